// Fault: something that goes wrong at a time, to nodes or to the links between them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/core/describe.hpp"

namespace sim {

/// What goes wrong. The last three mend: they end what others began.
enum class FaultKind : std::uint8_t { crash, pause, partition, link, clock, restart, resume, heal };
SIM_DESCRIBE_ENUM(FaultKind, crash, pause, partition, link, clock, restart, resume, heal)

/// Whom it hits: nodes by their ids, and those that play a role of a system when the fault begins ("leader" of "store").
struct Target {
  std::vector<NodeId> nodes;
  std::string system;
  std::string role;
  SIM_DESCRIBE(Target, nodes, system, role)

  bool empty() const { return nodes.empty() && role.empty(); }
};

/// One fault. Where it has an end, the end undoes exactly what its beginning did.
struct Fault {
  FaultKind kind{};
  Target target;            ///< crash, pause, clock, restart, resume: who; partition, link: the first side
  Target others;            ///< partition, link: the second side; empty: all others of the first side's systems
  bool both_ways = true;    ///< partition, link: false hits only messages from the first side to the second
  Ratio loss{};             ///< link: added
  Ratio duplicate{};        ///< link: added
  Duration delay{};         ///< link: added
  Duration clock_offset{};  ///< clock: the node's clock jumps by so much; may be negative
  SIM_DESCRIBE(Fault, kind, target, others, both_ways, loss, duplicate, delay, clock_offset)
};

}  // namespace sim
