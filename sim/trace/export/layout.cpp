// Where everything of a space-time diagram stands.
#include <algorithm>

#include "sim/trace/export/parts.hpp"

namespace sim::exports {

namespace {

constexpr int kAxisHeight = 26;
constexpr int kFaultRow = 18;
constexpr int kGroupHeight = 22;
constexpr int kLaneHeight = 46;
constexpr int kOperationRow = 16;
constexpr int kBelow = 24;
constexpr std::uint64_t kLabelled = 30;  // messages at most, for each to have a label
constexpr int kNarrowest = 1000;
constexpr int kAnEvent = 20;  // width of the plot for each event, at most
constexpr int kAFlight = 40;  // and for the usual time that a message takes
constexpr int kPadding = 8;   // at both ends of the plot, so that what stands at its edge is whole
constexpr int kLetter = 7;

/// Half of the messages take no longer.
std::int64_t usual_flight(const Selection& s) {
  std::vector<std::int64_t> flights;
  for (const std::uint32_t i : s.messages) {
    const Timeline::Message& m = s.timeline->messages[i];
    if (m.fate == MessageFate::delivered && m.from != m.to) flights.push_back((m.ended - m.sent).ns);
  }
  if (flights.empty()) return 1;
  const auto middle = flights.begin() + static_cast<std::ptrdiff_t>(flights.size() / 2);
  std::nth_element(flights.begin(), middle, flights.end());
  return std::max(*middle, std::int64_t{1});
}

int width_for(const Selection& s, int widest) {
  const double span = static_cast<double>(std::max((s.until - s.from).ns, std::int64_t{1}));
  const double by_flights = span / static_cast<double>(usual_flight(s)) * kAFlight;
  const double by_events = static_cast<double>(s.events.size() + s.messages.size()) * kAnEvent;
  return static_cast<int>(std::clamp(std::min(by_flights, by_events), double{kNarrowest}, static_cast<double>(widest)));
}

/// Texts by how often they are counted, the most frequent first.
std::vector<std::uint16_t> by_frequency(const std::vector<std::uint64_t>& counts) {
  std::vector<std::uint16_t> out;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] > 0) out.push_back(static_cast<std::uint16_t>(i));
  }
  std::stable_sort(out.begin(), out.end(), [&](std::uint16_t a, std::uint16_t b) { return counts[a] > counts[b]; });
  return out;
}

void choose_messages(Diagram& d, std::uint64_t most) {
  const Selection& s = *d.selection;
  std::uint64_t wanted = 0;
  for (const std::uint32_t i : s.messages) {
    if (!s.between_shown(s.timeline->messages[i])) continue;
    ++wanted;
    if (most == 0 || d.messages.size() < most) d.messages.push_back(i);
  }
  d.labels = wanted <= kLabelled;
  if (wanted > d.messages.size())
    d.notice = "Only the first " + number(std::uint64_t{d.messages.size()}) + " of " + number(wanted) + " messages are drawn.";
}

void choose_colors(Diagram& d) {
  const Timeline& timeline = *d.selection->timeline;
  std::vector<std::uint64_t> counts(timeline.texts.size(), 0);
  for (const std::uint32_t i : d.messages) ++counts[timeline.messages[i].type];
  d.types = by_frequency(counts);
  d.colors.assign(timeline.texts.size(), kColors - 1);
  constexpr std::size_t own = kColors - 1;
  d.others = d.types.size() > own;
  if (d.others) d.types.resize(own);
  for (std::size_t i = 0; i < d.types.size(); ++i) d.colors[d.types[i]] = static_cast<int>(i);
  // Roles get theirs in the order in which the run has them, so that two ranges of one run agree.
  d.role_colors.assign(timeline.texts.size(), -1);
  std::vector<Timeline::Role> roles = timeline.roles;
  std::stable_sort(roles.begin(), roles.end(), [](const auto& a, const auto& b) { return a.begin < b.begin; });
  int next = 0;
  for (const Timeline::Role& role : roles) {
    if (role.role != 0 && d.role_colors[role.role] < 0) d.role_colors[role.role] = std::min(next++, kColors - 1);
  }
}

void place_faults(Diagram& d, Rows& rows) {
  const Selection& s = *d.selection;
  std::vector<std::uint32_t> faults = s.faults;
  const auto& all = s.timeline->faults;
  std::stable_sort(faults.begin(), faults.end(), [&](std::uint32_t a, std::uint32_t b) { return all[a].begin < all[b].begin; });
  for (const std::uint32_t i : faults) {
    // Room for the label of a fault that is over at once.
    const auto letters = static_cast<std::int64_t>(all[i].kind.size()) + 2;
    const Duration room{(s.until - s.from).ns / std::max(d.width, 1) * letters * kLetter};
    const Time begin = s.clipped(all[i].begin);
    d.faults.push_back({i, static_cast<int>(rows.place(begin, std::max(s.clipped(all[i].end), begin + room)))});
  }
}

}  // namespace

Diagram Diagram::of(const Selection& selection, std::uint64_t most, int widest) {
  Diagram d;
  d.selection = &selection;
  const Timeline& timeline = *selection.timeline;
  d.width = width_for(selection, widest);
  choose_messages(d, most);
  choose_colors(d);
  Rows fault_rows;
  place_faults(d, fault_rows);

  d.operations = place_operations(selection);
  std::vector<int> operation_rows(timeline.nodes.size(), 0);
  for (const OperationBar& bar : d.operations) {
    int& rows = operation_rows[timeline.operations[bar.index].node];
    rows = std::max(rows, static_cast<int>(bar.row) + 1);
  }
  d.lane_of.assign(timeline.nodes.size(), Timeline::kNone);
  d.axis = kAxisHeight;
  int top = kAxisHeight + static_cast<int>(fault_rows.count()) * kFaultRow + 4;
  std::size_t longest = 6;
  for (const auto& [system, nodes] : systems_of(selection)) {
    d.groups.push_back({system, top});
    longest = std::max(longest, system.size());
    top += kGroupHeight;
    for (const std::uint32_t node : nodes) {
      const int height = kLaneHeight + operation_rows[node] * kOperationRow;
      d.lane_of[node] = static_cast<std::uint32_t>(d.lanes.size());
      d.lanes.push_back({node, top, top + kLaneHeight / 2 + 4, height});
      longest = std::max(longest, name_of(timeline, node).size() + 2);
      top += height;
    }
  }
  d.height = top + kBelow;
  d.names = 32 + static_cast<int>(std::min(longest, std::size_t{24})) * kLetter;
  return d;
}

std::int64_t Diagram::x10(Time at) const {
  const Selection& s = *selection;
  const double span = static_cast<double>(std::max((s.until - s.from).ns, std::int64_t{1}));
  const double part = static_cast<double>((s.clipped(at) - s.from).ns) / span;
  return static_cast<std::int64_t>(part * ((width - 2 * kPadding) * 10.0) + kPadding * 10.0 + 0.5);
}

}  // namespace sim::exports
