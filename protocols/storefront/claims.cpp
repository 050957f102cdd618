#include "protocols/storefront/claims.hpp"

#include "protocols/consensus/paxos/node.hpp"
#include "protocols/consensus/raft/node.hpp"
#include "protocols/transactions/saga/node.hpp"

namespace protocols::storefront {

namespace {

/// What a server of the store holds under a key, whichever protocol it runs; nothing where it is down.
bool holds(const Cluster& cluster, sim::NodeId server, std::uint32_t key) {
  if (!cluster.up(server)) return false;
  if (const auto* raft = cluster.other<raft::Node>(server); raft != nullptr) return raft->machine.read(key).value == "approved";
  if (const auto* paxos = cluster.other<paxos::Node>(server); paxos != nullptr) return paxos->machine.read(key).value == "approved";
  return false;
}

}  // namespace

Violation ApprovedIsTrue::operator()(const Cluster& cluster, sim::NodeId changed) {
  if (cluster.other<Node>(changed) == nullptr) return {};
  const Node& node = cluster.node(changed);
  std::size_t& seen = seen_[changed];
  if (seen > node.approved.size()) seen = 0;  // another life
  for (; seen < node.approved.size(); ++seen) {
    const saga::OrderId order = node.approved[seen];
    for (const sim::NodeId id : cluster.members(node.config.orders)) {
      const auto* orders = cluster.other<saga::Node>(id);
      if (orders == nullptr || !cluster.up(id)) continue;
      const auto known = orders->finished.find(order);
      if (known != orders->finished.end() && known->second) continue;
      if (known == orders->finished.end() && cluster.members(node.config.orders).size() > 1) continue;  // another's order
      return "a customer was told that order " + std::to_string(order) + " is approved, but " + cluster.name(id) +
             (known == orders->finished.end() ? " has not finished it" : " refused it");
    }
  }
  return {};
}

Violation OpenLetsNobodyIn::operator()(const Cluster& cluster, sim::NodeId changed) {
  if (cluster.other<Node>(changed) == nullptr) return {};
  const Node& node = cluster.node(changed);
  const bool open = node.breaker.state == resilience::BreakerState::open;
  Seen& seen = seen_[changed];
  const bool still = seen.open && open && seen.generation == node.breaker.generation;
  const bool let_in = node.last_script == seen.last_script + 1;
  seen = {open, node.breaker.generation, node.last_script};
  if (still && let_in) return "an order was let in while the breaker was open";
  return {};
}

Violation ApprovedIsRecorded::operator()(const Cluster& cluster, sim::NodeId) {
  if (!looked_) {
    looked_ = true;
    for (const sim::NodeId id : cluster.members()) {
      open_.insert(open_.end(), cluster.node(id).approved.begin(), cluster.node(id).approved.end());
    }
  }
  const auto servers = cluster.members(cluster.node(cluster.members().front()).config.store);
  while (!open_.empty()) {
    std::size_t holders = 0;
    for (const sim::NodeId server : servers) holders += holds(cluster, server, key_of(open_.back())) ? 1 : 0;
    if (holders <= servers.size() / 2)
      return "a customer was told that order " + std::to_string(open_.back()) + " is approved, but only " +
             std::to_string(holders) + " of " + std::to_string(servers.size()) + " servers of the store have it";
    open_.pop_back();
  }
  return {};
}

}  // namespace protocols::storefront
