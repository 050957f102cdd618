#include "viz/panels/actions.hpp"

#include <algorithm>
#include <charconv>
#include <string>

#include "viz/panels/panels.hpp"
#include "viz/panels/widgets.hpp"

namespace viz {

namespace {

double position_of(const Ui& ui, std::uint32_t event) {
  const auto& timeline = *ui.timeline();
  return Axis{ui.scale, ui.range, 1}.position(timeline, timeline.event(event).at, event);
}

/// Moves the axis so that a position is in sight, and not at its very edge.
void reveal_position(Ui& ui, double position) {
  const double margin = ui.range.length() * 0.02;
  if (position >= ui.range.begin + margin && position <= ui.range.end - margin) return;
  ui.range = moved(ui.range, position - (ui.range.begin + ui.range.length() / 2), ui.whole());
}

/// A name for a bundle: the scenario, the seed, and which fork it is.
std::string bundle_name(const Ui& ui) {
  const Branch& branch = *ui.branch();
  std::string out = branch.timeline().scenario.empty() ? "run" : branch.timeline().scenario;
  for (char& c : out) {
    if (c == '/' || c == ' ') c = '-';
  }
  out += "-seed" + std::to_string(branch.timeline().seed);
  if (ui.active > 0) out += "-fork" + std::to_string(ui.active);
  return out + ".json";
}

/// A branch is over: from now on it is shown.
void begin_view(Ui& ui, std::size_t i) {
  const Branch& branch = ui.session->branch(i);
  const sim::Timeline& timeline = branch.timeline();
  ui.views[i].lanes = Lanes::of(timeline);
  ui.views[i].index.emplace(timeline);
  ui.colours.learn(timeline);
  // Where the clients saw what cannot be, the bars of their operations show which.
  const bool unexplained = std::any_of(timeline.claims.begin(), timeline.claims.end(), [](const sim::Timeline::Claim& claim) {
    return claim.kind == "history" && claim.status == "violated";
  });
  if (unexplained) judge(ui, i);
  const sim::Timeline::Claim* violated = timeline.violation();
  if (i == 0) {
    ui.range = ui.whole();
    // What a broken run is opened for.
    if (violated != nullptr) select(ui, 0, violated->event);
    return;
  }
  const auto events = static_cast<std::uint32_t>(timeline.events.size());
  if (branch.compared) return;  // see compare()
  select(ui, i, std::min(branch.forked_at, events));
  say(ui, branch.title() + (violated != nullptr ? ": " + violated->name + " is violated" : ": no claim is violated"));
}

/// Runs that are compared are over: the focus goes to where they part.
void compare(Ui& ui) {
  Session& session = *ui.session;
  for (std::size_t i = 1; i < session.size(); ++i) {
    if (!session.branch(i).compared || session.branch(i).forked_at != 0) continue;
    session.part();
    const std::uint32_t last = session.branch(i).forked_at;
    if (last == 0) continue;
    const auto events = static_cast<std::uint32_t>(session.branch(0).timeline().events.size());
    const bool equal = last == events && last == session.branch(i).timeline().events.size();
    select(ui, 0, std::min(last + (last < events ? 1 : 0), events));
    say(ui, equal ? "both runs are the same, event by event" : "the same up to event " + grouped(last) + "; then they part");
  }
}

}  // namespace

void open_session(Ui& ui, std::unique_ptr<Session> session) {
  ui.session = std::move(session);
  ui.active = 0;
  ui.views.clear();
  ui.focus = Focus();
  ui.filter = Filter();
  ui.message = kNone;
  ui.trail.clear();
  ui.bookmarks.clear();
  ui.play.on = false;
  ui.node.reset();
  ui.found = Found();
  ui.inspection.reset();
  ui.colours = Colours();
  ui.picker.open = ui.session == nullptr;
  advance(ui, 0);
}

void advance(Ui& ui, std::uint64_t events) {
  if (ui.session == nullptr) return;
  for (std::size_t i = 0; i < ui.session->size(); ++i) {
    Branch& branch = ui.session->branch(i);
    if (!branch.finished()) branch.advance(events);
    if (i >= ui.views.size()) ui.views.resize(i + 1);
    if (branch.finished() && !ui.views[i].index) begin_view(ui, i);
  }
  compare(ui);
}

void select(Ui& ui, std::size_t branch, std::uint32_t event, bool reveal) {
  if (ui.session == nullptr || branch >= ui.session->size() || !ui.session->branch(branch).finished()) return;
  const sim::Timeline& timeline = ui.session->branch(branch).timeline();
  if (event > timeline.events.size()) return;
  if (branch != ui.active) ui.found.fresh = false;
  ui.active = branch;
  const bool delivery = event != 0 && timeline.event(event).kind == sim::RecordKind::deliver;
  ui.message = delivery ? timeline.event(event).message : kNone;
  ui.focus.set(timeline, event, ui.focus.hops());
  if (event == 0) {
    ui.trail.clear();
    return;
  }
  if (!ui.play.on) ui.play.position = position_of(ui, event);
  if (!reveal) return;
  reveal_position(ui, position_of(ui, event));
  if (timeline.event(event).node != kNone) ui.reveal = timeline.event(event).node;
}

void select_message(Ui& ui, std::size_t branch, std::uint32_t message) {
  const auto& row = ui.session->branch(branch).timeline().messages[message];
  ui.trail.clear();
  select(ui, branch, row.event != 0 ? row.event : row.cause, false);
  ui.message = message;
}

void seek(Ui& ui, double position) {
  const sim::Timeline* timeline = ui.timeline();
  if (timeline == nullptr) return;
  const sim::Time at = Axis{ui.scale, ui.range, 1}.time_at(*timeline, position);
  std::uint32_t event = timeline->last_until(at);
  if (ui.scale == Scale::events) {
    const double last = static_cast<double>(timeline->events.size());
    event = static_cast<std::uint32_t>(std::clamp(position, 0.0, last));
  }
  ui.trail.clear();
  if (event != 0) select(ui, ui.active, event, false);
}

void step(Ui& ui, Step step) {
  const sim::Timeline* timeline = ui.timeline();
  if (timeline == nullptr || timeline->events.empty()) return;
  ui.play.on = false;
  if (ui.focus.event() == 0) {
    seek(ui, ui.range.begin + ui.range.length() / 2);
    if (ui.focus.event() == 0) select(ui, ui.active, 1);
    return;
  }
  const std::uint32_t before = ui.focus.event();
  if (step != Step::cause && step != Step::effect) ui.trail.clear();
  const std::uint32_t after = stepped(*timeline, before, step, ui.filter, ui.trail);
  select(ui, ui.active, after);
  if (after == before)
    say(ui, step == Step::cause ? "nothing caused it: it is the scenario's own" : "there is no further event of that kind");
}

void change_hops(Ui& ui, int by) {
  const sim::Timeline* timeline = ui.timeline();
  if (timeline == nullptr) return;
  const auto hops = static_cast<std::uint32_t>(std::clamp(static_cast<int>(ui.focus.hops()) + by, 1, 200));
  ui.focus.set(*timeline, ui.focus.event(), hops);
  say(ui, "causes and effects are followed for " + std::to_string(hops) + (hops == 1 ? " hop" : " hops"));
}

void zoom(Ui& ui, double factor, double around) { ui.range = zoomed(ui.range, factor, around, ui.whole()); }

void zoom(Ui& ui, double factor) {
  if (ui.timeline() == nullptr) return;
  double around = ui.range.begin + ui.range.length() / 2;
  if (ui.focus.event() != 0) {
    const double position = position_of(ui, ui.focus.event());
    if (position >= ui.range.begin && position <= ui.range.end) around = position;
  }
  zoom(ui, factor, around);
}

void pan(Ui& ui, double share) { ui.range = moved(ui.range, ui.range.length() * share, ui.whole()); }

void fit(Ui& ui) { ui.range = ui.whole(); }

void set_scale(Ui& ui, Scale scale) {
  if (ui.timeline() == nullptr || scale == ui.scale) return;
  ui.range = converted(*ui.timeline(), ui.range, ui.scale, scale);
  ui.scale = scale;
  if (ui.focus.event() == 0) return;
  ui.play.position = position_of(ui, ui.focus.event());
}

void toggle_play(Ui& ui) {
  const sim::Timeline* timeline = ui.timeline();
  if (timeline == nullptr || timeline->events.empty()) return;
  ui.play.on = !ui.play.on;
  if (!ui.play.on) return;
  if (ui.focus.event() == 0 || ui.focus.event() == timeline->events.size()) {
    const double begin = std::max(ui.range.begin, 0.0);
    ui.play.position = ui.focus.event() == 0 ? begin : 0;
  } else {
    ui.play.position = position_of(ui, ui.focus.event());
  }
}

void play_on(Ui& ui, double seconds) {
  if (!ui.play.on || ui.timeline() == nullptr) return;
  const double factor = kSpeeds[ui.play.speed].factor;
  ui.play.position += seconds * factor * (ui.scale == Scale::time ? 1e9 : 100);
  const sim::Timeline& timeline = *ui.timeline();
  seek(ui, ui.play.position);
  const double last = ui.scale == Scale::time ? static_cast<double>(timeline.end.ns) : static_cast<double>(timeline.events.size());
  if (ui.play.position >= last) ui.play.on = false;
  const double length = ui.range.length();
  if (ui.play.position > ui.range.end - length * 0.15) {
    ui.range = moved(ui.range, ui.play.position - (ui.range.begin + length * 0.85), ui.whole());
  } else if (ui.play.position < ui.range.begin) {
    reveal_position(ui, ui.play.position);
  }
}

void toggle_bookmark(Ui& ui) {
  if (ui.focus.event() == 0) return say(ui, "a bookmark needs a focus: click an event first");
  const Bookmark bookmark{ui.active, ui.focus.event()};
  const auto found = std::find(ui.bookmarks.begin(), ui.bookmarks.end(), bookmark);
  if (found != ui.bookmarks.end()) {
    ui.bookmarks.erase(found);
    return say(ui, "bookmark removed");
  }
  ui.bookmarks.push_back(bookmark);
  std::sort(ui.bookmarks.begin(), ui.bookmarks.end(),
            [](const Bookmark& a, const Bookmark& b) { return a.branch != b.branch ? a.branch < b.branch : a.event < b.event; });
  say(ui, "bookmark set at event " + std::to_string(bookmark.event));
}

void next_bookmark(Ui& ui, int direction) {
  if (ui.bookmarks.empty()) return say(ui, "there is no bookmark: B sets one at the focus");
  const auto before = [](const Bookmark& a, const Bookmark& b) {
    return a.branch != b.branch ? a.branch < b.branch : a.event < b.event;
  };
  const Bookmark here{ui.active, ui.focus.event()};
  Bookmark to = direction > 0 ? ui.bookmarks.front() : ui.bookmarks.back();
  if (direction > 0) {
    const auto next = std::upper_bound(ui.bookmarks.begin(), ui.bookmarks.end(), here, before);
    if (next != ui.bookmarks.end()) to = *next;
  } else {
    const auto next = std::lower_bound(ui.bookmarks.begin(), ui.bookmarks.end(), here, before);
    if (next != ui.bookmarks.begin()) to = *(next - 1);
  }
  ui.trail.clear();
  select(ui, to.branch, to.event);
}

void go_to_violation(Ui& ui) {
  const sim::Timeline* timeline = ui.timeline();
  if (timeline == nullptr) return;
  const sim::Timeline::Claim* claim = timeline->violation();
  if (claim == nullptr) return say(ui, "no claim is violated at an event of this run");
  ui.trail.clear();
  select(ui, ui.active, claim->event);
  say(ui, claim->name + " is violated here: " + claim->message, true);
}

void set_light(Ui& ui, bool light) {
  ui.theme = light ? &light_theme() : &dark_theme();
  apply(*ui.theme, ui.fonts.scale);
}

std::optional<std::size_t> fork(Ui& ui, const Change& change) {
  if (ui.branch() == nullptr) return std::nullopt;
  auto made = ui.session->fork(ui.active, change);
  if (!made) {
    say(ui, "cannot fork: " + made.error().what, true);
    return std::nullopt;
  }
  ui.views.resize(ui.session->size());
  say(ui, "running: " + ui.session->branch(*made).title());
  return *made;
}

void fork_with_luck(Ui& ui) {
  std::uint64_t seed = 0;
  const std::string& words = ui.fork.seed;
  const auto parsed = std::from_chars(words.data(), words.data() + words.size(), seed);
  if (parsed.ec != std::errc() || parsed.ptr != words.data() + words.size())
    return say(ui, "the seed is \"" + words + "\", expected a whole number", true);
  if (fork(ui, {.kind = Change::Kind::reseed, .event = ui.focus.event(), .nodes = {}, .seed = seed}))
    ui.fork.seed = std::to_string(seed + 1);
}

void close_branch(Ui& ui, std::size_t i) {
  if (ui.session == nullptr || i == 0 || i >= ui.session->size()) return;
  ui.session->close(i);
  ui.views.erase(ui.views.begin() + static_cast<std::ptrdiff_t>(i));
  std::erase_if(ui.bookmarks, [i](const Bookmark& b) { return b.branch == i; });
  for (Bookmark& bookmark : ui.bookmarks) bookmark.branch -= bookmark.branch > i ? 1 : 0;
  ui.inspection.reset();
  ui.found.fresh = false;
  const std::uint32_t event = ui.focus.event();
  const bool was_active = ui.active == i;
  if (ui.active >= i) --ui.active;
  if (!was_active) return;
  ui.active = 0;
  const auto events = static_cast<std::uint32_t>(ui.session->branch(0).timeline().events.size());
  select(ui, 0, std::min(event, events), false);
}

void save(Ui& ui) {
  if (ui.branch() == nullptr) return;
  if (!ui.branch()->live()) return say(ui, "a trace cannot be saved as a bundle: it has no scenario to run", true);
  if (!ui.door->save) return say(ui, "there is nowhere to save to", true);
  const std::string path = bundle_name(ui);
  const std::string error = ui.door->save(*ui.branch(), path);
  say(ui, error.empty() ? "saved as " + path : error, !error.empty());
}

void toggle_picker(Ui& ui) {
  ui.picker.open = !ui.picker.open || ui.session == nullptr;
  if (!ui.picker.open || ui.session == nullptr || !ui.session->branch(0).live()) return;
  const Wish& wish = ui.session->branch(0).wish();
  const auto& offers = ui.door->offers;
  const auto same =
      std::find_if(offers.begin(), offers.end(), [&](const Offer& offer) { return offer.name == wish.scenario->name; });
  if (same == offers.end()) return;
  ui.picker.chosen = static_cast<std::size_t>(same - offers.begin());
  ui.picker.seed = std::to_string(wish.seed);
  ui.picker.reveal = true;
}

void run_chosen(Ui& ui) {
  Picker& picker = ui.picker;
  if (picker.chosen >= ui.door->offers.size() || !ui.door->open) return;
  std::uint64_t seed = 0;
  const auto parsed = std::from_chars(picker.seed.data(), picker.seed.data() + picker.seed.size(), seed);
  if (parsed.ec != std::errc() || parsed.ptr != picker.seed.data() + picker.seed.size()) {
    picker.error = "the seed is \"" + picker.seed + "\", expected a whole number";
    return;
  }
  std::vector<std::string> sets;
  for (std::size_t from = 0; from < picker.sets.size();) {
    const std::size_t to = std::min(picker.sets.find('\n', from), picker.sets.size());
    if (to > from) sets.push_back(picker.sets.substr(from, to - from));
    from = to + 1;
  }
  auto wish = ui.door->open(ui.door->offers[picker.chosen].path, sets, seed);
  if (!wish) {
    const sim::Error& error = wish.error();
    picker.error = error.where.empty() ? error.what : error.where + ": " + error.what;
    return;
  }
  picker.error.clear();
  open_session(ui, std::make_unique<Session>(std::move(*wish)));
}

void say(Ui& ui, std::string text, bool bad) {
  ui.notice = std::move(text);
  ui.notice_bad = bad;
}

}  // namespace viz
