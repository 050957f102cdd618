// Services as the command knows them: settings, claims, mutants, clients.
#pragma once

#include "protocols/services/node.hpp"
#include "sim/check/spec.hpp"

namespace protocols::services {

/// The spec of the system "service".
sim::check::Spec<Node> spec();

}  // namespace protocols::services
