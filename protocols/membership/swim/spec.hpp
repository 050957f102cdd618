// SWIM as the command knows it: settings, claims, mutants.
#pragma once

#include "protocols/membership/swim/node.hpp"
#include "sim/check/spec.hpp"

namespace protocols::swim {

/// The spec of the system "swim".
sim::check::Spec<Node> spec();

}  // namespace protocols::swim
