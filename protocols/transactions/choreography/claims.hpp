// What a choreographed saga claims, as an observer of all three services checks it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "protocols/transactions/choreography/node.hpp"
#include "sim/check/spec.hpp"

namespace protocols::choreography {

using Cluster = sim::check::Cluster<Node>;
using sim::check::Violation;

/// An order is approved only if its goods are set aside and it is paid for, and rejected only if it is not paid for.
Violation outcome_is_true(const Cluster& cluster, sim::NodeId changed);

/// Of every account: what is available, set aside and sold is what there was.
class Conserved {
 public:
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  struct Seen {
    std::uint32_t incarnation = 0;
    std::map<OrderId, Entry> entries;
    std::vector<std::uint64_t> out;  // by account
  };
  static void take(Seen& seen, OrderId order, const Entry& entry);
  std::map<sim::NodeId, Seen> seen_;
};

/// Every order that was open when faults stopped is approved or rejected, and its goods are sold or put back.
class EveryOrderEnds {
 public:
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  std::optional<std::vector<OrderId>> open_;  // none before the first look
};

}  // namespace protocols::choreography
