// Causality: which event caused which, for a whole run, in a few bytes an event.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "sim/engine/world.hpp"

namespace sim {

/// Listens to a run (World::watch) and keeps of each event when, where and why it happened. An event has at most one cause: the
/// event that sent the message, set the timer, began the sync or restarted the node.
class Causality final : public Sink {
 public:
  /// One event, in 24 bytes: a run of ten million events takes 240 MB.
  struct Entry {
    EventId cause{};  ///< none (0): the scenario itself
    Time at{};
    NodeId node{};  ///< of a fault nobody's: see touched()
    RecordKind kind{};
  };
  /// The causal past of an event.
  struct Past {
    std::vector<EventId> events;  ///< each the cause of the next, oldest first; the event itself is the last
    std::uint64_t earlier = 0;    ///< how many causes before these were left out
  };

  /// `world` is the one that will be watched, from its first event on; it must outlive this and stay where it is.
  explicit Causality(const World& world) : world_(&world) {}
  void write(const Record& record) override;

  /// How many events there were; they are numbered from 1 to this.
  std::uint64_t size() const { return entries_.size(); }
  /// `event` is in [1, size()].
  const Entry& at(EventId event) const { return entries_[index(event) - 1]; }
  /// The nodes whose state the event may have changed; of a fault those that it hit.
  std::vector<NodeId> touched(EventId event) const;
  /// The newest event at or before `time`; none (0) where there is none.
  EventId last_until(Time time) const;
  /// The newest event up to `until` that touched `node`; none (0) where there is none.
  EventId last_at(NodeId node, EventId until) const;
  /// What led to `event`: at most `most` events, at least the event itself.
  Past past(EventId event, std::uint64_t most) const;

 private:
  const World* world_;
  std::vector<Entry> entries_;
  std::vector<std::pair<EventId, std::vector<NodeId>>> hits_;  // of faults, in their order
};

}  // namespace sim
