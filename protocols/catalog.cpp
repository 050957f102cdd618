#include "protocols/catalog.hpp"

#include "protocols/consensus/paxos/spec.hpp"
#include "protocols/consensus/raft/spec.hpp"

namespace protocols {

void add_all(sim::Registry& registry) {
  registry.add(paxos::spec());
  registry.add(raft::spec());
}

}  // namespace protocols
