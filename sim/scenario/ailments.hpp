// Ailments: what is still wrong with a world, for claims of liveness that have not come true.
#pragma once

#include <string>

#include "sim/engine/world.hpp"
#include "sim/scenario/scenario.hpp"

namespace sim {

/// One sentence: whom what still ails, which core was healed, and how many nodes of each system are whole: "still ailing: n3
/// (down), n4 (cut off); whole: n1 n2 n5 of store, 3 of 5 (a majority is 3)". A node is whole if no fault ails it, or none that
/// reaches into the core that it belongs to, and it has never lost its disk.
std::string ailments_text(const World& world, const Scenario& scenario);

}  // namespace sim
