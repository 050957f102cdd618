// Two-phase commit as `simulate` knows it: settings, claims, planted bugs.
#pragma once

#include "protocols/transactions/two_phase_commit/node.hpp"
#include "sim/check/spec.hpp"

namespace protocols::two_phase_commit {

sim::check::Spec<Node> spec();

}  // namespace protocols::two_phase_commit
