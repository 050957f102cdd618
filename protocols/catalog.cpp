#include "protocols/catalog.hpp"

#include "protocols/consensus/raft/spec.hpp"
#include "protocols/membership/gossip/spec.hpp"
#include "protocols/membership/swim/spec.hpp"
#include "protocols/services/spec.hpp"
#include "protocols/transactions/choreography/spec.hpp"
#include "protocols/transactions/saga/spec.hpp"
#include "protocols/transactions/two_phase_commit/spec.hpp"

namespace protocols {

void add_all(sim::Registry& registry) {
  registry.add(raft::spec());
  registry.add(services::spec());
  registry.add(gossip::spec());
  registry.add(swim::spec());
  registry.add(saga::spec());
  registry.add(saga::service_spec());
  registry.add(choreography::spec());
  registry.add(two_phase_commit::spec());
}

}  // namespace protocols
