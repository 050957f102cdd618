// Raft as the command knows it: settings, claims, mutants, clients.
#pragma once

#include "protocols/consensus/raft/node.hpp"
#include "sim/check/spec.hpp"

namespace protocols::raft {

/// The spec of the system "raft".
sim::check::Spec<Node> spec();

/// The role a server plays: "leader", "candidate" or "follower".
std::string_view role_of(const Node& node);
/// A server's term.
std::uint64_t epoch_of(const Node& node);

}  // namespace protocols::raft
