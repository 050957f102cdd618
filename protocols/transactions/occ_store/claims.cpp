#include "protocols/transactions/occ_store/claims.hpp"

#include <string>

namespace protocols::occ_store {

// A server that applies several entries in one event is seen at the last of them only; the digest covers those before.
Violation SameDecisions::operator()(const Cluster& cluster, sim::NodeId changed) {
  const Machine& machine = cluster.node(changed).machine;
  if (machine.applied == 0) return {};
  while (at_.last() < machine.applied) at_.append({});
  Seen seen = at_.at(machine.applied);
  if (seen.decisions == 0) {
    if (at_.last() != machine.applied) return {};  // others passed here unseen
    at_.truncate(machine.applied);
    at_.append({machine.decisions, changed});
    return {};
  }
  if (seen.decisions == machine.decisions) return {};
  return cluster.name(changed) + " and " + cluster.name(seen.by) + " have applied the same " + std::to_string(machine.applied) +
         " entries of the log and decided them differently";
}

Violation leader_exists(const Cluster& cluster, sim::NodeId) {
  for (const sim::NodeId id : cluster.members()) {
    const raft::Node& leader = cluster.node(id).raft;
    if (!cluster.up(id) || leader.role != raft::Role::leader) continue;
    std::size_t followers = 0;
    for (const sim::NodeId other : cluster.members())
      followers += cluster.up(other) && cluster.node(other).raft.term == leader.term ? 1 : 0;
    if (followers > cluster.members().size() / 2) return {};
  }
  return "no server leads a majority";
}

}  // namespace protocols::occ_store
