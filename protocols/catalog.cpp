#include "protocols/catalog.hpp"

#include <utility>

#include "protocols/consensus/raft/spec.hpp"
#include "protocols/crdt/spec.hpp"

namespace protocols {

void add_all(sim::Registry& registry) {
  registry.add(raft::spec());
  for (sim::check::SystemInfo& system : crdt::specs()) registry.add(std::move(system));
}

}  // namespace protocols
