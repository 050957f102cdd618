#include "protocols/catalog.hpp"

#include "protocols/consensus/raft/spec.hpp"
#include "protocols/membership/gossip/spec.hpp"
#include "protocols/membership/swim/spec.hpp"

namespace protocols {

void add_all(sim::Registry& registry) {
  registry.add(raft::spec());
  registry.add(gossip::spec());
  registry.add(swim::spec());
}

}  // namespace protocols
