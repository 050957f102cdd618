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

}  // namespace protocols::occ_store
