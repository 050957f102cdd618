#include "protocols/catalog.hpp"

#include <utility>

#include "protocols/broker/spec.hpp"
#include "protocols/consensus/paxos/spec.hpp"
#include "protocols/consensus/raft/spec.hpp"
#include "protocols/consensus/synod/spec.hpp"
#include "protocols/crdt/spec.hpp"
#include "protocols/flake/spec.hpp"
#include "protocols/membership/gossip/spec.hpp"
#include "protocols/membership/swim/spec.hpp"
#include "protocols/services/spec.hpp"
#include "protocols/storefront/spec.hpp"
#include "protocols/transactions/choreography/spec.hpp"
#include "protocols/transactions/occ_store/spec.hpp"
#include "protocols/transactions/saga/spec.hpp"
#include "protocols/transactions/two_phase_commit/spec.hpp"

namespace protocols {

void add_all(sim::Registry& registry) {
  // consensus
  registry.add(raft::spec());
  registry.add(paxos::spec());
  registry.add(synod::spec());
  // membership
  registry.add(gossip::spec());
  registry.add(swim::spec());
  // replicated data types, a system each
  for (sim::check::SystemInfo& system : crdt::specs()) registry.add(std::move(system));
  // records with offsets
  registry.add(broker::spec());
  // unique ids
  registry.add(flake::spec());
  // services and their resilience
  registry.add(services::spec());
  // transactions
  registry.add(saga::spec());
  registry.add(saga::service_spec());
  registry.add(choreography::spec());
  registry.add(two_phase_commit::spec());
  registry.add(occ_store::spec());
  // several of the above put together
  registry.add(storefront::spec());
}

}  // namespace protocols
