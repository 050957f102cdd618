// The systems of replicated data types: one a type, all of the same node.
#pragma once

#include <vector>

#include "sim/check/spec.hpp"

namespace protocols::crdt {

/// All of them, from crdt-g-counter to crdt-text.
std::vector<sim::check::SystemInfo> specs();

}  // namespace protocols::crdt
