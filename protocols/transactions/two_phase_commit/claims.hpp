// What two-phase commit claims (Bernstein, Hadzilacos & Goodman, "Concurrency Control and Recovery" (1987), section 7.3, AC1 to
// AC5).
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "protocols/transactions/two_phase_commit/node.hpp"
#include "sim/check/spec.hpp"

namespace protocols::two_phase_commit {

using Cluster = sim::check::Cluster<Node>;
using sim::check::Violation;

/// AC1: no two members decide a transaction differently. AC2: none reverses its decision once anybody can have heard of it.
class Agreement {
 public:
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  struct Pending {
    TxId tx;
    Decision decision;
    std::uint64_t written;  // once the disk has that, others may hear of it
  };
  struct Watched {
    std::uint32_t incarnation = 0;
    std::vector<Pending> pending;  // oldest first
    TxId last = 0;
  };
  std::map<sim::NodeId, Watched> watched_;
  std::map<TxId, std::pair<Decision, sim::NodeId>> decided_;
};

/// AC3: commit only where both participants have promised.
Violation commit_needs_promises(const Cluster& cluster, sim::NodeId changed);

/// AC5: once faults have stopped, every participant that was in doubt learns the decision.
class NobodyInDoubt {
 public:
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  std::vector<std::pair<sim::NodeId, TxId>> open_;
  bool looked_ = false;
};

}  // namespace protocols::two_phase_commit
