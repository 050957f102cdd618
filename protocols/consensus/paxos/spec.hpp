// Multi-Paxos as the command knows it: settings, claims, mutants, clients.
#pragma once

#include "protocols/consensus/paxos/node.hpp"
#include "sim/check/spec.hpp"

namespace protocols::paxos {

/// The spec of the system "paxos".
sim::check::Spec<Node> spec();

/// The role a server plays: "leader", "candidate" or "follower".
std::string_view role_of(const Node& node);
/// The round of the ballot that a server has promised.
std::uint64_t epoch_of(const Node& node);

}  // namespace protocols::paxos
