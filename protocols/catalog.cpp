#include "protocols/catalog.hpp"

#include "protocols/consensus/paxos/spec.hpp"
#include "protocols/consensus/raft/spec.hpp"
#include "protocols/consensus/synod/spec.hpp"

namespace protocols {

void add_all(sim::Registry& registry) {
  registry.add(paxos::spec());
  registry.add(raft::spec());
  registry.add(synod::spec());
}

}  // namespace protocols
