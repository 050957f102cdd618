#include "protocols/catalog.hpp"

#include "protocols/consensus/paxos/spec.hpp"
#include "protocols/consensus/raft/spec.hpp"
#include "protocols/consensus/synod/spec.hpp"
#include "protocols/transactions/saga/spec.hpp"
#include "protocols/transactions/two_phase_commit/spec.hpp"

namespace protocols {

void add_all(sim::Registry& registry) {
  registry.add(paxos::spec());
  registry.add(raft::spec());
  registry.add(synod::spec());
  registry.add(saga::spec());
  registry.add(saga::service_spec());
  registry.add(two_phase_commit::spec());
}

}  // namespace protocols
