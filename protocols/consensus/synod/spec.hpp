// Single-decree Paxos as the command knows it: settings, claims, mutants.
#pragma once

#include "protocols/consensus/synod/node.hpp"
#include "sim/check/spec.hpp"

namespace protocols::synod {

/// The spec of the system "synod".
sim::check::Spec<Node> spec();

/// What a process is busy with: "proposer" in a round, "learner" once it knows the value, else "acceptor".
std::string_view role_of(const Node& node);

}  // namespace protocols::synod
