#include "viz/app/start.hpp"

#include <algorithm>
#include <charconv>

#include "viz/panels/actions.hpp"

namespace viz {

namespace {

constexpr double kAround = 0.02;  // of the run, where an event is asked for and no zoom

template <class T>
std::optional<T> number(std::string_view text) {
  T out{};
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), out);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return out;
}

std::optional<std::uint32_t> node_named(const sim::Timeline& timeline, std::string_view name) {
  for (std::uint32_t i = 0; i < timeline.nodes.size(); ++i) {
    if (timeline.nodes[i].name == name) return i;
  }
  return std::nullopt;
}

std::string no_node(const sim::Timeline& timeline, std::string_view name) {
  std::string out = "there is no node \"" + std::string(name) + "\"; there are ";
  for (std::size_t i = 0; i < timeline.nodes.size(); ++i) out += (i == 0 ? "" : ", ") + timeline.nodes[i].name;
  return out;
}

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t to = std::min(text.find(' ', from), text.size());
    if (to > from) out.push_back(text.substr(from, to - from));
    from = to + 1;
  }
  return out;
}

/// Two runs were opened to be compared: the focus is where they part.
bool compares(const Ui& ui) {
  for (std::size_t i = 0; i < ui.session->size(); ++i) {
    if (ui.session->branch(i).compared) return true;
  }
  return false;
}

std::string set_focus(Ui& ui, const std::string& at) {
  const sim::Timeline& timeline = *ui.timeline();
  if (at.empty() && compares(ui)) return {};
  if (at.empty() || at == "violation") {
    const sim::Timeline::Claim* claim = timeline.violation();
    if (claim != nullptr) select(ui, 0, claim->event);
    return claim == nullptr && !at.empty() ? "--at violation: no claim is violated at an event of this run" : "";
  }
  if (const auto event = number<std::uint32_t>(at)) {
    if (*event == 0 || *event > timeline.events.size())
      return "--at " + at + ": the run has the events 1 to " + std::to_string(timeline.events.size());
    select(ui, 0, *event);
    return {};
  }
  const auto time = sim::parse_duration(at);
  if (!time) return "--at " + at + ": found neither an instant such as 4.2s, nor an event's number, nor \"violation\"";
  const std::uint32_t event = timeline.last_until(sim::Time{time->ns});
  if (event == 0) return "--at " + at + ": nothing has happened until then";
  select(ui, 0, event);
  return {};
}

void show(Ui& ui, double length) {
  const Range all = ui.whole();
  double middle = all.begin + all.length() / 2;
  if (ui.focus.event() != 0) {
    const sim::Timeline& timeline = *ui.timeline();
    middle = Axis{ui.scale, ui.range, 1}.position(timeline, timeline.event(ui.focus.event()).at, ui.focus.event());
  }
  ui.range = zoomed(all, all.length() / std::max(length, 1.0), middle, all);
  ui.range = moved(ui.range, middle - (ui.range.begin + ui.range.length() / 2), all);
}

std::string set_zoom(Ui& ui, const ViewOptions& options) {
  const std::string& zoom = options.zoom;
  const double all = ui.whole().length();
  if (zoom.empty() && (!options.at.empty() || compares(ui)) && ui.focus.event() != 0) {
    show(ui, all * kAround);
  } else if (zoom.empty() || zoom == "all") {
    fit(ui);
  } else if (const auto times = zoom.back() == 'x' ? number<std::uint32_t>(zoom.substr(0, zoom.size() - 1)) : std::nullopt) {
    if (*times == 0) return "--zoom " + zoom + ": expected at least 1x";
    show(ui, all / *times);
  } else {
    const auto length = sim::parse_duration(zoom);
    if (!length) return "--zoom " + zoom + ": found neither \"all\", nor a duration such as 50ms, nor a factor such as 10x";
    const Scale scale = ui.scale;
    set_scale(ui, Scale::time);
    show(ui, static_cast<double>(length->ns));
    set_scale(ui, scale);
  }
  return {};
}

std::string set_panel(Ui& ui, const ViewOptions& options) {
  if (!options.find.empty()) {
    ui.filter.text = options.find;
    ui.tab = Tab::find;
  }
  if (!options.node.empty()) {
    const auto node = node_named(*ui.timeline(), options.node);
    if (!node) return "--node " + options.node + ": " + no_node(*ui.timeline(), options.node);
    ui.node = *node;
    ui.tab = Tab::state;
  }
  if (options.panel.empty()) return {};
  constexpr const char* names[kTabs] = {"event", "state", "history", "claims", "find"};
  const auto found = std::find(std::begin(names), std::end(names), options.panel);
  if (found == std::end(names)) return "--panel " + options.panel + ": expected event, state, history, claims or find";
  ui.tab = static_cast<Tab>(found - std::begin(names));
  return {};
}

/// "drop", "delay DURATION", "crash NODE", "partition NODE...", "reseed N", each at the focus.
std::string make_fork(Ui& ui, const std::string& wanted) {
  const std::vector<std::string> words = words_of(wanted);
  if (words.empty()) return {};
  if (ui.focus.event() == 0) return "--fork: it needs --at, the event from which on it differs";
  Change change{.event = ui.focus.event(), .nodes = {}};
  const std::string& kind = words.front();
  if (kind == "drop" || kind == "delay") {
    if (ui.message == kNone) return "--fork " + kind + ": no message is delivered at event " + std::to_string(change.event);
    change.kind = kind == "drop" ? Change::Kind::drop : Change::Kind::delay;
    change.message = ui.message;
    const auto by = sim::parse_duration(words.size() > 1 ? words[1] : "");
    if (kind == "delay" && !by) return "--fork delay: expected how much longer it takes, as 50ms";
    if (by) change.by = *by;
  } else if (kind == "crash" || kind == "partition") {
    change.kind = kind == "crash" ? Change::Kind::crash : Change::Kind::partition;
    for (std::size_t i = 1; i < words.size(); ++i) {
      const auto node = node_named(*ui.timeline(), words[i]);
      if (!node) return "--fork " + kind + ": " + no_node(*ui.timeline(), words[i]);
      change.nodes.push_back(*node);
    }
    const std::uint32_t own = ui.timeline()->event(change.event).node;
    if (change.nodes.empty() && own != kNone) change.nodes.push_back(own);
    change.by = *sim::parse_duration("2s");
  } else if (kind == "reseed") {
    const auto seed = words.size() > 1 ? number<std::uint64_t>(words[1]) : std::nullopt;
    if (!seed) return "--fork reseed: expected a whole number after it";
    change.kind = Change::Kind::reseed;
    change.seed = *seed;
  } else {
    return "--fork " + kind + ": expected drop, delay DURATION, crash NODE, partition NODE... or reseed N";
  }
  if (!fork(ui, change)) return "--fork " + wanted + ": " + ui.notice;
  while (ui.running()) advance(ui, 100'000);
  return {};
}

}  // namespace

std::string start(Ui& ui, const ViewOptions& options) {
  ui.help = options.help;
  if (ui.session == nullptr) return {};
  while (ui.running()) advance(ui, 100'000);
  if (ui.timeline()->events.empty()) return {};
  if (options.scale) {
    ui.scale = *options.scale;
    fit(ui);
  }
  std::string error = set_focus(ui, options.at);
  if (error.empty()) error = set_zoom(ui, options);
  if (error.empty()) error = make_fork(ui, options.fork);
  if (error.empty()) error = set_panel(ui, options);
  return error;
}

Settings read_settings(const std::string& text) {
  Settings out;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t to = std::min(text.find('\n', from), text.size());
    const std::vector<std::string> words = words_of(text.substr(from, to - from));
    from = to + 1;
    if (words.size() < 2) continue;
    if (words[0] == "theme") out.light = words[1] == "light";
    const auto value = number<int>(words[1]);
    if (!value) continue;
    if (words[0] == "side") out.side = static_cast<float>(std::clamp(*value, 200, 4000));
    if (words[0] == "font-percent") out.font_scale = static_cast<float>(std::clamp(*value, 60, 300)) / 100;
    const auto height = words[0] == "window" && words.size() > 2 ? number<int>(words[2]) : std::nullopt;
    if (!height) continue;
    out.width = std::clamp(*value, 640, 16384);
    out.height = std::clamp(*height, 400, 16384);
  }
  return out;
}

std::string to_text(const Settings& settings) {
  return std::string("theme ") + (settings.light ? "light" : "dark") + "\nside " + std::to_string(static_cast<int>(settings.side)) +
         "\nfont-percent " + std::to_string(static_cast<int>(settings.font_scale * 100 + 0.5F)) + "\nwindow " +
         std::to_string(settings.width) + " " + std::to_string(settings.height) + "\n";
}

}  // namespace viz
