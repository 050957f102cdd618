// The order saga and its services as `simulate` knows them: settings, claims, planted bugs.
#pragma once

#include "protocols/transactions/saga/node.hpp"
#include "protocols/transactions/saga/service.hpp"
#include "sim/check/spec.hpp"

namespace protocols::saga {

sim::check::Spec<Node> spec();
sim::check::Spec<Service> service_spec();

}  // namespace protocols::saga
