// Plan: the faults of a scenario before chance has decided when and whom they hit.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sim/engine/world.hpp"

namespace sim {

/// Whom a fault hits, as a scenario says it.
struct Pick {
  std::vector<NodeId> nodes;  ///< these, or those to choose from
  std::uint32_t random = 0;   ///< choose so many of them; 0: all
  bool minority = false;      ///< choose fewer than half of them, at least one
  std::string system;         ///< with a role: of which system
  std::string role;           ///< whoever plays it when the fault begins
  SIM_DESCRIBE(Pick, nodes, random, minority, system, role)

  bool empty() const { return nodes.empty() && role.empty(); }
};

/// A fault that comes at a time, or again and again at random times.
struct PlannedFault {
  Fault fault;  ///< what it is; its targets are filled in by the picks
  Pick target;
  Pick others;
  Time at{};                     ///< the time, or the beginning of the span of a repeated one
  Duration every{};              ///< mean time between two (exponential); 0: once
  std::optional<Time> until;     ///< repeated: none begins from here on; else until faults stop
  std::optional<Latency> lasts;  ///< how long each lasts; else until faults stop
  SIM_DESCRIBE(PlannedFault, fault, target, others, at, every, until, lasts)
};

/// Puts the faults of a plan into a world that has not started, as its seed decides: each entry has a stream of its own. All
/// faults end at `stop` at the latest; none begins at or after it.
void schedule(World& world, std::span<const PlannedFault> plan, Time stop);

}  // namespace sim
