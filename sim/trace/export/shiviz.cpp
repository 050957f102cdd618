// A log for ShiViz: every event of a node on a line, with its vector clock.
//
// The clocks tell exactly which of the events that are written happened before which. An event that is not written (of a node that
// is left out, or a fault, which is no node's) passes on what it knows and counts for nothing.
#include <algorithm>
#include <map>

#include "sim/trace/export/parts.hpp"

namespace sim::exports {

namespace {

using Clock = std::vector<std::uint32_t>;  // by node

void raise(Clock& clock, const Clock& other) {
  for (std::size_t i = 0; i < clock.size(); ++i) clock[i] = std::max(clock[i], other[i]);
}

/// Walks through the events of the range and gives each its clock.
class VectorClocks {
 public:
  explicit VectorClocks(const Selection& s) : s_(s), clocks_(s.timeline->nodes.size(), Clock(s.timeline->nodes.size(), 0)) {}

  /// The clock of the next event; numbers ascend by one.
  const Clock& next(std::uint32_t n) {
    const Timeline& timeline = *s_.timeline;
    const Timeline::Event& event = timeline.event(n);
    const bool no_ones = event.node == Timeline::kNone;
    if (no_ones) nobodys_.assign(timeline.nodes.size(), 0);
    Clock& clock = no_ones ? nobodys_ : clocks_[event.node];
    if (const auto cause = pending_.find(event.cause); cause != pending_.end()) {
      raise(clock, cause->second.clock);
      if (--cause->second.effects == 0) pending_.erase(cause);
    }
    if (!no_ones && s_.has(n)) ++clock[event.node];
    if (const std::size_t effects = timeline.effects_of(n).size(); effects > 0) pending_[n] = {clock, effects};
    return clock;
  }

 private:
  struct Pending {
    Clock clock;
    std::size_t effects = 0;  // that are still to come
  };
  const Selection& s_;
  std::vector<Clock> clocks_;  // by node
  Clock nobodys_;
  std::map<std::uint32_t, Pending> pending_;  // by the number of the event
};

/// Names without anything that the first line's expression does not take; no two are equal.
std::vector<std::string> host_names(const Timeline& timeline) {
  std::vector<std::string> out;
  for (const Timeline::Node& node : timeline.nodes) {
    std::string name;
    for (const char c : node.name) {
      const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
      name += plain ? c : '_';
    }
    if (name.empty()) name = "_";
    const std::string base = name;
    for (std::size_t i = 2; std::find(out.begin(), out.end(), name) != out.end(); ++i) name = base + "_" + number(std::uint64_t{i});
    out.push_back(name);
  }
  return out;
}

}  // namespace

std::string write_shiviz(const Selection& s, Writer& out) {
  const Timeline& timeline = *s.timeline;
  // The first line says how to read the others, the second what stands between two executions: nothing does.
  out += "(?<host>\\S+) (?<clock>\\{[^{}]*\\}) (?<event>.*)\n\n";
  const std::vector<std::string> hosts = host_names(timeline);
  std::multimap<std::uint32_t, std::string> asides;
  for (const std::uint32_t i : s.asides)
    asides.emplace(timeline.asides[i].event, enum_name(timeline.asides[i].kind) + ": " + timeline.asides[i].text);
  for (const std::uint32_t i : s.messages) {
    const Timeline::Message& m = timeline.messages[i];
    if (m.fate != MessageFate::delivered)
      asides.emplace(m.cause, timeline.text(m.type) + " to " + name_of(timeline, m.to) + " is lost (" + enum_name(m.fate) + ")");
  }
  VectorClocks clocks(s);
  for (std::uint32_t n = s.events.empty() ? 1 : s.events.front(); !s.events.empty() && n <= s.events.back(); ++n) {
    const Clock& clock = clocks.next(n);
    const std::uint32_t node = timeline.event(n).node;
    if (node == Timeline::kNone || !s.has(n)) continue;
    std::string line = hosts[node] + " {";
    for (std::size_t i = 0; i < clock.size(); ++i) {
      if (clock[i] > 0) line += (line.back() == '{' ? "\"" : ",\"") + hosts[i] + "\":" + number(clock[i]);
    }
    line += "} " + one_line(timeline.describe(n)) + " at " + exports::clock(timeline.event(n).at);
    const auto [begin, end] = asides.equal_range(n);
    for (auto aside = begin; aside != end; ++aside) line += "; " + one_line(aside->second);
    out += line + "\n";
  }
  return s.notice;
}

}  // namespace sim::exports
