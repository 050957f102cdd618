// The choreographed saga as `simulate` knows it: settings, claims, planted bugs.
#pragma once

#include "protocols/transactions/choreography/node.hpp"
#include "sim/check/spec.hpp"

namespace protocols::choreography {

sim::check::Spec<Node> spec();

}  // namespace protocols::choreography
