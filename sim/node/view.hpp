// View: read-only sight of all nodes at once, as an omniscient observer has it. Claims look through it; nodes never can.
#pragma once

#include "sim/node/node.hpp"

namespace sim {

/// The nodes, their disks and the true time.
class View {
 public:
  View() = default;
  virtual ~View() = default;
  /// True virtual time.
  virtual Time now() const = 0;
  /// The state of a node; of one that is down, what it was when it crashed.
  virtual const AnyNode& node(NodeId id) const = 0;
  virtual const Disk& disk(NodeId id) const = 0;
  /// Neither crashed nor stopped. A paused node is up.
  virtual bool up(NodeId id) const = 0;
  /// How often the node was started again.
  virtual std::uint32_t incarnation(NodeId id) const = 0;
  virtual const Directory& directory() const = 0;

 protected:
  View(const View&) = default;
  View& operator=(const View&) = default;
};

}  // namespace sim
