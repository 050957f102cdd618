// Lockstep: two runs side by side, event by event, until they part.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/core/difference.hpp"
#include "sim/scenario/run.hpp"

namespace sim {

/// How two runs parted.
enum class Parting : std::uint8_t {
  events,  ///< they handled different events, or equal ones at different times
  states,  ///< they handled the same event, and it left its node in different states
  end,     ///< one ended and the other went on
};

/// The first event at which two runs differ.
struct Divergence {
  Parting how{};
  EventId event{};   ///< all events before it were equal
  Time at{};         ///< of `event`; where only one run has it, in that one
  std::string what;  ///< one sentence: how they differ
};

/// How the nodes of two runs differ before their first event, as nodes with other settings do: what is compared later is
/// compared but for that.
class Beginnings {
 public:
  /// Both have handled no event yet.
  Beginnings(const Run& left, const Run& right);

  /// Whether both have a node of that number, with the same name.
  bool shared(NodeId node) const { return index(node) < nodes_.size() && nodes_[index(node)].shared; }
  /// Whether a node is shared and was equal in both.
  bool equal(NodeId node) const { return shared(node) && nodes_[index(node)].differed.empty(); }
  /// Whether all shared nodes were equal.
  bool all_equal() const;
  /// What differs of a shared node's state now, but for the places at which it did from the beginning.
  std::vector<Difference> beyond(NodeId node, const Run& left, const Run& right) const;
  /// The same, in short: whether a node that did not begin equal differs beyond that.
  bool strayed(NodeId node, const Run& left, const Run& right) const {
    return shared(node) && !equal(node) && !beyond(node, left, right).empty();
  }

 private:
  struct Node {
    bool shared = false;
    std::vector<std::string> differed;  // the paths at which it did
  };
  std::vector<Node> nodes_;
};

/// The first event before `parting` which two runs handled alike, and which yet left its node in states that differ beyond their
/// beginnings; none (0) where there is none among the last 12,800. Such a difference is what later makes their events differ.
/// Both runs have handled no event yet.
EventId first_other_state(const Run& left, const Run& right, EventId parting);

/// Steps two runs together and compares them after every event: what was handled, and the state of the node that handled it. The
/// state of a node that differed before the first event is not compared: see first_other_state().
class Lockstep {
 public:
  /// Both must outlive this, and have handled no event yet. They may be of one scenario (which shows that it is deterministic)
  /// or of two.
  Lockstep(Run& left, Run& right);

  /// Takes one step of both. False: they have parted, or are over.
  bool step();
  /// Where they parted, if they have.
  const std::optional<Divergence>& divergence() const { return divergence_; }
  const Run& left() const { return *left_; }
  const Run& right() const { return *right_; }

 private:
  Run* left_;
  Run* right_;
  Beginnings beginnings_;
  std::optional<Divergence> divergence_;
};

}  // namespace sim
