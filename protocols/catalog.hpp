// Catalog: every system of this project, in one list that can be read.
#pragma once

#include "sim/scenario/registry.hpp"

namespace protocols {

/// Adds all systems to a registry.
void add_all(sim::Registry& registry);

}  // namespace protocols
