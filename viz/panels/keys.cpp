// Keys: everything can be done without a mouse.
#include <algorithm>

#include "viz/panels/actions.hpp"
#include "viz/panels/panels.hpp"

namespace viz {

namespace {

constexpr double kPan = 0.1;  // of what is seen

void fork_here(Ui& ui, Change::Kind kind) {
  const sim::Timeline* timeline = ui.timeline();
  if (timeline == nullptr || ui.focus.event() == 0) return say(ui, "a fork needs a focus: click an event first");
  const std::uint32_t node = timeline->event(ui.focus.event()).node;
  Change change{.kind = kind, .event = ui.focus.event(), .message = ui.message, .nodes = {}};
  if (kind == Change::Kind::drop && ui.message == kNone) return say(ui, "no message is selected that could be lost");
  if (kind == Change::Kind::crash || kind == Change::Kind::partition) {
    if (node == kNone) return say(ui, "this event is at no single node");
    change.nodes = {node};
    const auto last = sim::parse_duration(ui.fork.last);
    if (last) change.by = *last;
  }
  if (kind == Change::Kind::reseed) return fork_with_luck(ui);
  fork(ui, change);
}

void take_arrow(Ui& ui, const Stroke& stroke) {
  const bool next = stroke.key == Key::right;
  if (stroke.alt || stroke.shift) return step(ui, next ? Step::next_of_type : Step::previous_of_type);
  if (stroke.ctrl) return step(ui, next ? Step::next_of_node : Step::previous_of_node);
  step(ui, next ? Step::next : Step::previous);
}

void take_escape(Ui& ui) {
  if (ui.help) {
    ui.help = false;
  } else if (ui.picker.open && ui.session != nullptr) {
    ui.picker.open = false;
  } else {
    select(ui, ui.active, 0);
  }
}

void show_tab(Ui& ui, Tab tab) { ui.tab = tab; }

void look_for(Ui& ui) {
  ui.tab = Tab::find;
  ui.find_typing = true;
}

void set_speed(Ui& ui, int by) {
  const int last = static_cast<int>(std::size(kSpeeds)) - 1;
  ui.play.speed = std::clamp(ui.play.speed + by, 0, last);
  say(ui, std::string("plays at ") + kSpeeds[ui.play.speed].label);
}

void next_branch(Ui& ui) {
  if (ui.session == nullptr || ui.session->size() < 2) return;
  const std::size_t to = (ui.active + 1) % ui.session->size();
  if (!ui.session->branch(to).finished()) return;
  const auto events = static_cast<std::uint32_t>(ui.session->branch(to).timeline().events.size());
  select(ui, to, std::min(ui.focus.event(), events), false);
}

void set_font_scale(Ui& ui, float by) {
  ui.font_scale = std::clamp(ui.font_scale * by, 0.6F, 3.0F);
  ui.rescaled = true;
}

/// What a character does, of those that stay as they are with every panel in front.
void take_character(Ui& ui, char32_t c) {
  switch (c) {
    case ' ': return toggle_play(ui);
    case '[': return step(ui, Step::cause);
    case ']': return step(ui, Step::effect);
    case '+':
    case '=': return zoom(ui, 1.5);
    case '-': return zoom(ui, 1 / 1.5);
    case '0': return fit(ui);
    case '1':
    case '2':
    case '3':
    case '4':
    case '5': return show_tab(ui, static_cast<Tab>(c - '1'));
    case '<': return set_speed(ui, -1);
    case '>': return set_speed(ui, 1);
    case ',': return next_bookmark(ui, -1);
    case '.': return next_bookmark(ui, 1);
    case '{': return change_hops(ui, -1);
    case '}': return change_hops(ui, 1);
    case '(': return set_font_scale(ui, 1 / 1.1F);
    case ')': return set_font_scale(ui, 1.1F);
    case 'h': return pan(ui, -kPan);
    case 'j': return pan(ui, kPan);
    case 'n': return next_branch(ui);
    case 'b': return toggle_bookmark(ui);
    case 'f':
    case '/': return look_for(ui);
    case 'v': return go_to_violation(ui);
    case 't': return set_scale(ui, ui.scale == Scale::time ? Scale::events : Scale::time);
    case 'l': return set_light(ui, !ui.theme->light);
    case 'd': return fork_here(ui, Change::Kind::drop);
    case 'c': return fork_here(ui, Change::Kind::crash);
    case 'p': return fork_here(ui, Change::Kind::partition);
    case 'r': return fork_here(ui, Change::Kind::reseed);
    case 's': return save(ui);
    case 'x': return close_branch(ui, ui.active);
    default: return;
  }
}

void take(Ui& ui, const Stroke& stroke) {
  if (stroke.key == Key::escape) return take_escape(ui);
  char32_t c = stroke.key == Key::character ? stroke.character : 0;
  if (c >= 'A' && c <= 'Z') c = c - 'A' + 'a';
  if (c == '?') {
    ui.help = !ui.help;
    return;
  }
  if (c == 'q') {
    ui.quit = true;
    return;
  }
  if (ui.help) return;
  if (c == 'o') return toggle_picker(ui);
  if (ui.picker.open) {
    if (stroke.key == Key::up) choose_offer(ui, -1);
    if (stroke.key == Key::down) choose_offer(ui, 1);
    if (stroke.key == Key::enter) run_chosen(ui);
    if (c == '/' || c == 'f') ui.find_typing = true;
    if (c == 'l') set_light(ui, !ui.theme->light);
    return;
  }
  switch (stroke.key) {
    case Key::left:
    case Key::right: return take_arrow(ui, stroke);
    case Key::up:
    case Key::down:
      if (ui.active < ui.views.size())
        ui.views[ui.active].scroll += (stroke.key == Key::up ? -1.0F : 1.0F) * ui.views[ui.active].metrics.lane;
      return;
    case Key::home: return fit(ui);
    case Key::end: return go_to_violation(ui);
    case Key::character: return take_character(ui, c);
    default: return;
  }
}

}  // namespace

void take_strokes(Ui& ui) {
  const std::vector<Stroke> strokes = std::exchange(ui.strokes, {});
  for (const Stroke& stroke : strokes) {
    // Whoever types into a field means the field; up, down and Enter still choose in the picker.
    const bool chooses = stroke.key == Key::up || stroke.key == Key::down || stroke.key == Key::enter;
    const bool choosing = ui.picker.open && chooses && !ui.picker.in_lines;
    if (ImGui::GetIO().WantTextInput && !choosing) continue;
    take(ui, stroke);
  }
}

const std::vector<KeyGroup>& key_groups() {
  static const std::vector<KeyGroup> groups = {{"Moving",
                                                {{"left, right", "the previous, the next event"},
                                                 {"ctrl + left, right", "of the same node"},
                                                 {"shift + left, right", "of the same type (alt too)"},
                                                 {"[  ]", "to what caused it, and back or on"},
                                                 {"{  }", "follow fewer or more hops"},
                                                 {"space", "play, pause"},
                                                 {"<  >", "play slower, faster"},
                                                 {"V", "the first violation"},
                                                 {"B", "set or remove a bookmark"},
                                                 {",  .", "the previous, the next bookmark"}}},
                                               {"Forking, at the focus",
                                                {{"D", "lose the message"},
                                                 {"C", "crash the node"},
                                                 {"P", "cut the node off"},
                                                 {"R", "new luck from here on"},
                                                 {"N", "the next branch"},
                                                 {"X", "close this fork"},
                                                 {"S", "save this run as a bundle"}}},
                                               {"Seeing",
                                                {{"+  -", "closer, farther"},
                                                 {"0, Home", "the whole run"},
                                                 {"H  J", "to the left, to the right"},
                                                 {"up, down", "scroll the lanes"},
                                                 {"T", "axis of time, or of events"},
                                                 {"L", "light or dark"},
                                                 {"(  )", "smaller, larger letters"}}},
                                               {"Panels",
                                                {{"1 .. 5", "event, state, history, claims, find"},
                                                 {"F, /", "find"},
                                                 {"O", "open another scenario"},
                                                 {"?", "this help"},
                                                 {"Esc", "close, or select nothing"},
                                                 {"Q", "quit"}}},
                                               {"With the mouse",
                                                {{"wheel", "closer or farther, at the pointer"},
                                                 {"drag", "move along"},
                                                 {"right drag", "show just this stretch"},
                                                 {"shift + drag", "the focus follows the pointer"},
                                                 {"double click", "the whole run"},
                                                 {"ctrl + wheel", "scroll the lanes"}}}};
  return groups;
}

}  // namespace viz
