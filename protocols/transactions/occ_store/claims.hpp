// What the store claims, as an observer who sees all servers checks it. That transactions are isolated is judged by what clients
// saw; here is what the servers owe each other.
#pragma once

#include <cstdint>

#include "protocols/transactions/occ_store/node.hpp"
#include "sim/check/spec.hpp"
#include "sim/core/cow_log.hpp"

namespace protocols::occ_store {

using Cluster = sim::check::Cluster<Node>;
using sim::check::Violation;

/// Two servers that have applied the same entries have decided every transaction alike.
class SameDecisions {
 public:
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  struct Seen {
    std::uint64_t decisions = 0;  // 0: nobody was seen at this entry
    sim::NodeId by{};
  };
  sim::CowLog<Seen> at_;  // by the entry applied last
};

}  // namespace protocols::occ_store
