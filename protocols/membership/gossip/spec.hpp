// Gossip as the command knows it: settings, claims, mutants, clients.
#pragma once

#include "protocols/membership/gossip/node.hpp"
#include "sim/check/spec.hpp"

namespace protocols::gossip {

/// The spec of the system "gossip".
sim::check::Spec<Node> spec();

}  // namespace protocols::gossip
