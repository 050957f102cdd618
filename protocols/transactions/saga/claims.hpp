// What sagas claim (Garcia-Molina & Salem 1987: T1 .. Tn, or T1 .. Tj Cj .. C1), as an observer of all nodes checks it. Each claim
// looks at the one order that the event was about.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "protocols/transactions/saga/node.hpp"
#include "protocols/transactions/saga/service.hpp"
#include "sim/check/spec.hpp"

namespace protocols::saga {

using Cluster = sim::check::Cluster<Node>;
using sim::check::Violation;

/// When a saga ends, each of its steps is settled, or none is in effect.
class AllOrNothing {
 public:
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  std::map<sim::NodeId, OrderId> seen_;  // by orchestrator: what it finished last
};

/// After a saga has ended no step of it takes effect any more.
Violation no_step_after_end(const Cluster& cluster, sim::NodeId changed);

/// Compensations run in reverse: when a step is given back, no later one is in effect.
Violation reverse_order(const Cluster& cluster, sim::NodeId changed);

/// Past the pivot nothing is given back.
Violation pivot_is_final(const Cluster& cluster, sim::NodeId changed);

/// Every saga that had begun when faults stopped ends, and sets free what it held.
class EverySagaEnds {
 public:
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  std::optional<std::vector<OrderId>> open_;  // those that have not ended; none before the first look
};

/// Of every account at a service: what is available, held and sold is what there was.
class Conserved {
 public:
  Violation operator()(const sim::check::Cluster<Service>& cluster, sim::NodeId changed);

 private:
  struct Seen {
    std::uint32_t incarnation = 0;
    std::map<OrderId, Entry> entries;
    std::vector<std::uint64_t> out;  // by account: held or sold
  };
  static void take(Seen& seen, OrderId order, const Entry& entry);
  std::map<sim::NodeId, Seen> seen_;
};

}  // namespace protocols::saga
