// The transactional store by name, for the registry.
#pragma once

#include "protocols/transactions/occ_store/node.hpp"
#include "sim/check/spec.hpp"

namespace protocols::occ_store {

sim::check::Spec<Node> spec();

}  // namespace protocols::occ_store
