// What gossip claims, as an observer who sees all sites checks it. The safety claims look only at the keys that the last event
// changed (Node::touched); the liveness claims keep one contradiction and look for another only when it is gone.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "protocols/membership/gossip/node.hpp"
#include "sim/check/spec.hpp"

namespace protocols::gossip {

using Cluster = sim::check::Cluster<Node>;
using sim::check::Violation;

/// Calls f(key, first look of this life) for the keys that changed at a site since the last look; for all where it was restarted.
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
    for (std::size_t i = 0; i < (all ? node.entries.size() : node.touched.size()); ++i) {
      if (Violation found = f(all ? node.entries[i].item().key : node.touched[i], !same_life)) return found;
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

/// A running site never replaces a version by an older one. Of two claims this is both: what replaced a value, and what
/// replaced a deletion, whose certificate it may have forgotten, but not before certificate_active has passed (§2.1).
class GoesForward {
 public:
  explicit GoesForward(bool deletions) : deletions_(deletions) {}
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  struct Known {
    std::uint32_t key = 0;
    Stamp stamp;
    bool deleted = false;
    sim::Time activated{};
  };
  bool deletions_;
  Changes changes_;
  std::vector<std::vector<Known>> known_;  // by node, by key
};

/// Every version was made at the site that its stamp names (§1.1, §2.2: awakening a certificate does not make it a new one).
class StampsAreIssued {
 public:
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  Changes changes_;
  std::set<std::pair<Stamp, std::uint32_t>> issued_;
};

/// In the end no live site holds an item that was deleted later, as far as any live site still knows of the deletion (§2).
class DeletionsWin {
 public:
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  struct Wrong {
    sim::NodeId site{};
    sim::NodeId witness{};  // holds the certificate
    std::uint32_t key = 0;
  };
  static bool still(const Cluster& cluster, const Wrong& wrong);
  static std::optional<Wrong> search(const Cluster& cluster);
  std::optional<Wrong> wrong_;
};

/// In the end all live sites hold the same (§1).
class Convergence {
 public:
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  static bool differ(const Cluster& cluster, sim::NodeId a, sim::NodeId b);
  std::optional<std::pair<sim::NodeId, sim::NodeId>> differing_;
};

}  // namespace protocols::gossip
