// The id servers by name, for the registry.
#pragma once

#include "protocols/flake/node.hpp"
#include "sim/check/spec.hpp"

namespace protocols::flake {

sim::check::Spec<Node> spec();

}  // namespace protocols::flake
