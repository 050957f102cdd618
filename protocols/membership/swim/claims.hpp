// What SWIM claims, as an observer who sees all members checks it.
//
// The safety claims look only at the entries that the last event changed (Node::touched). The two liveness claims keep one
// pair of members that still contradicts them, and look for another only when that pair agrees.
#pragma once

#include <cstdint>
#include <vector>

#include "protocols/membership/swim/node.hpp"
#include "sim/check/spec.hpp"

namespace protocols::swim {

using Cluster = sim::check::Cluster<Node>;
using sim::check::Violation;

/// Calls f(place) for the entries of a member's table that changed since the last look; for all where it was restarted.
class Changes {
 public:
  template <class F>
  Violation each(const Node& node, sim::NodeId id, F&& f) {
    if (index(id) >= seen_.size()) seen_.resize(index(id) + 1);
    Seen& seen = seen_[index(id)];
    const bool same_life = seen.known && seen.up_since == node.up_since;
    if (same_life && seen.changes == node.changes) return {};
    const bool all = !same_life || node.changes - seen.changes != node.touched.size();
    seen = {node.up_since, node.changes, true};
    const auto count = static_cast<std::uint32_t>(all ? node.members.size() : node.touched.size());
    for (std::uint32_t i = 0; i < count; ++i) {
      if (Violation found = f(all ? i : node.touched[i], !same_life)) return found;
    }
    return {};
  }

 private:
  struct Seen {
    sim::Time up_since{};
    std::uint64_t changes = 0;
    bool known = false;
  };
  std::vector<Seen> seen_;
};

/// What a running member holds of another only rises in (incarnation, alive < suspect < dead) (SWIM §4.2): it takes nothing older
/// than it knows, and whom it holds dead returns only with a higher incarnation.
class IncarnationOrder {
 public:
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  Changes changes_;
  std::vector<std::vector<std::uint64_t>> held_;  // by member, by place: incarnation * 4 + status
};

/// Nobody holds an incarnation of a member that the member never had (SWIM §4.2: only the member raises it).
class IncarnationsAreOwn {
 public:
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  Changes changes_;
  std::vector<std::uint64_t> highest_;  // by place: what the member itself ever had, plus 1
};

/// No member sends one update more often than retransmit_mult * ceil(log10(n + 1)) times.
Violation transmit_limit(const Cluster& cluster, sim::NodeId changed);

/// No packet is larger than packet_bytes.
Violation packet_bound(const Cluster& cluster, sim::NodeId changed);

/// Reached when a member declares another dead, because its own suspicion of it timed out, though it is up.
class FalsePositive {
 public:
  bool operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  std::vector<std::uint64_t> deaths_;  // by node
};

/// What every live member must hold, in the end, of all others that are up or down as `up` says.
class EveryoneHolds {
 public:
  explicit EveryoneHolds(bool up) : up_(up) {}
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  bool wrong(const Cluster& cluster, std::size_t pair) const;
  bool up_;
  std::size_t pair_ = 0;  // observer * members + observed: the one that was wrong at the last look
};

}  // namespace protocols::swim
