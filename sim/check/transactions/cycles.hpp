// Cycles of dependencies by their classes: G0, G1c, G-single, G-nonadjacent and G2-item, each also with the order of sessions and
// with that of real time.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sim/check/transactions/anomalies.hpp"
#include "sim/check/transactions/graph.hpp"

namespace sim::check::transactions {

/// A cycle, the shortest found of its class.
struct CycleFound {
  Anomaly anomaly = Anomaly::g0;
  Beyond beyond = Beyond::data;
  Cycle cycle;
};

/// What the cycles of a graph are.
struct CycleStudy {
  bool acyclic = true;                               ///< nothing at all, with every order that the graph has
  std::vector<std::uint32_t> order;                  ///< of an acyclic graph: its transactions, every edge leading forward
  std::vector<CycleFound> found;                     ///< by class, data before session before real time
  std::array<std::array<bool, 4>, 3> contradicts{};  ///< by Beyond and Level, exactly
  std::uint64_t steps = 0;                           ///< edges looked at
};

/// Rules of which one is the weakest that a cycle breaks.
enum class Level : std::uint8_t {
  writes,     ///< ww: PL-1
  committed,  ///< ww and wr: PL-2
  snapshots,  ///< and rw, no two of which follow each other: snapshot isolation
  serial,     ///< and any rw: serializability
};

/// `budget`: edges looked at while looking for the shortest cycle of each class; which levels are broken does not depend on it.
CycleStudy study_cycles(const Graph& graph, std::uint64_t budget);

}  // namespace sim::check::transactions
