#include "protocols/catalog.hpp"

#include "protocols/consensus/raft/spec.hpp"
#include "protocols/transactions/saga/spec.hpp"

namespace protocols {

void add_all(sim::Registry& registry) {
  registry.add(raft::spec());
  registry.add(saga::spec());
  registry.add(saga::service_spec());
}

}  // namespace protocols
