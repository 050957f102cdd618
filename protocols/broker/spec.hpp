// The broker by name, for the registry.
#pragma once

#include "protocols/broker/node.hpp"
#include "sim/check/spec.hpp"

namespace protocols::broker {

sim::check::Spec<Node> spec();

}  // namespace protocols::broker
