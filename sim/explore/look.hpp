// Look: a run seen from outside: the state of a node as a tree, and what one event did to it.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "sim/core/difference.hpp"
#include "sim/scenario/run.hpp"

namespace sim {

/// A node as a tree: "status" (up, paused or down), "state" (its own fields; of one that is down, what they were when it crashed),
/// and "disk" with "written" and "synced" (numbers of writes), "slots", "logs" and "files".
Value node_state(const Run& run, NodeId node);

/// The role that a node plays ("leader"), or empty.
std::string_view node_role(const Run& run, NodeId node);

/// The timers of a node that are set: a list of maps with "type", "value" and "due" (ns), the next one first.
Value node_timers(const Run& run, NodeId node);

/// What an event did to a node.
struct NodeChange {
  NodeId node{};
  std::vector<Difference> changes;  ///< of node_state(), before and after
};

/// One event, looked at.
struct Look {
  Value event;                    ///< as its line of a trace
  std::vector<Value> asides;      ///< the other lines of it: notes, marks, observations, messages lost or doubled
  std::vector<NodeChange> nodes;  ///< in the order in which they were asked for
};

/// Takes the next step of a run that is not over, and looks at it and at what it changes at those nodes.
Look look_at_next(Run& run, std::span<const NodeId> nodes);

}  // namespace sim
