// The storefront as `simulate` knows it: settings, claims, planted bugs.
#pragma once

#include "protocols/storefront/node.hpp"
#include "sim/check/spec.hpp"

namespace protocols::storefront {

sim::check::Spec<Node> spec();

}  // namespace protocols::storefront
