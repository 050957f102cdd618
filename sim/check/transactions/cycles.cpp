#include "sim/check/transactions/cycles.hpp"

namespace sim::check::transactions {

namespace {

constexpr std::uint32_t kWrites = bit(Why::ww) | kOrders;
constexpr std::uint32_t kCommitted = kWrites | bit(Why::wr);
constexpr std::uint32_t kAll = kCommitted | bit(Why::rw);
constexpr std::array<Beyond, 3> kBeyonds{Beyond::data, Beyond::session, Beyond::realtime};

struct Class {
  Anomaly anomaly;
  Level level;  // whose components hold all cycles of the class
  Shape shape;
};

// The classes at one Beyond, the gravest first.
std::array<Class, 6> classes(Beyond beyond) {
  const auto rule = [&](std::uint32_t kinds, bool no_adjacent = false) { return Rule{kinds, beyond, no_adjacent, false}; };
  const auto plain = [&](std::uint32_t kinds) { return Rule{kinds, beyond, false, true}; };
  return {{
      {Anomaly::g0, Level::writes, {bit(Why::ww), plain(kWrites), false, false}},
      {Anomaly::g1c, Level::committed, {bit(Why::wr), plain(kCommitted), false, false}},
      {Anomaly::g_single, Level::snapshots, {bit(Why::rw), rule(kCommitted), false, false}},
      {Anomaly::g_nonadjacent, Level::snapshots, {bit(Why::rw), rule(kAll, true), false, true}},
      {Anomaly::g2_item, Level::serial, {bit(Why::rw), rule(kAll), true, false}},
      // With ww edges that the order of sessions or of time implies; where nothing else is there to show.
      {Anomaly::g1c, Level::snapshots, {bit(Why::ww) | bit(Why::wr), rule(kCommitted), false, false}},
  }};
}

Rule rule_of(Level level, Beyond beyond) {
  switch (level) {
    case Level::writes: return {kWrites, beyond, false, true};
    case Level::committed: return {kCommitted, beyond, false, true};
    case Level::snapshots: return {kAll, beyond, true, false};
    case Level::serial: break;
  }
  return {kAll, beyond, false, false};
}

}  // namespace

CycleStudy study_cycles(const Graph& graph, std::uint64_t budget) {
  CycleStudy out;
  std::vector<std::uint32_t> nodes;
  const Components all = components(graph, rule_of(Level::serial, Beyond::realtime), {}, &nodes);
  out.steps = graph.edges();
  out.acyclic = !all.any();
  if (out.acyclic) {
    for (const std::uint32_t node : nodes) {
      if (graph.is_transaction(node)) out.order.push_back(node);
    }
    return out;
  }
  std::vector<bool> within(graph.nodes());
  for (std::uint32_t node = 0; node < graph.nodes(); ++node) within[node] = all.holds(node);
  std::array<bool, kAnomalies> seen{};
  for (const Beyond beyond : kBeyonds) {
    std::array<Components, 4> parts;
    for (std::size_t level = 0; level < parts.size(); ++level) {
      parts.at(level) = components(graph, rule_of(static_cast<Level>(level), beyond), within);
      out.contradicts.at(static_cast<std::size_t>(beyond)).at(level) = parts.at(level).any();
    }
    const auto all_classes = classes(beyond);
    for (const Class& c : all_classes) {
      if (&c == &all_classes.back() && !out.found.empty()) continue;
      bool& known = seen.at(static_cast<std::size_t>(c.anomaly));
      if (known) continue;
      std::uint64_t left = budget;
      Cycle cycle = shortest_cycle(graph, c.shape, parts.at(static_cast<std::size_t>(c.level)), left);
      out.steps += budget - left;
      if (cycle.empty()) continue;
      known = true;
      out.found.push_back({c.anomaly, beyond, std::move(cycle)});
    }
  }
  return out;
}

}  // namespace sim::check::transactions
