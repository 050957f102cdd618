// What systems share that have Raft order their commands: their nodes hold a raft::Node as a member called `raft`.
#pragma once

#include <cstddef>

#include "protocols/consensus/raft/node.hpp"
#include "sim/check/spec.hpp"

namespace protocols::raft {

/// What a host is sent and awaits: its own messages, and all that its raft::Node takes.
template <class... Own>
using HostInbox = sim::Accepts<AppendEntries, AppendReply, Own..., Persisted, HeartbeatTimeout, ElectionTimeout, RequestVote, Vote,
                               InstallSnapshot, SnapshotSaved, LossSaved, LossMended>;

/// The settings of the Raft inside a host whose state is built from the whole log: no snapshots.
template <class HostConfig>
Config hosted_config(const HostConfig& host) {
  Config out;
  out.election_timeout_min = host.election_timeout_min;
  out.election_timeout_max = host.election_timeout_max;
  out.heartbeat_interval = host.heartbeat_interval;
  out.snapshot_after = 0;
  return out;
}

/// Liveness: somebody leads, and a majority is in its term. As leader_exists, of the servers inside.
template <class Host>
sim::check::Violation hosted_leader_exists(const sim::check::Cluster<Host>& cluster, sim::NodeId) {
  for (const sim::NodeId id : cluster.members()) {
    const Node& leader = cluster.node(id).raft;
    if (!cluster.up(id) || leader.role != Role::leader) continue;
    std::size_t in_term = 0;
    for (const sim::NodeId other : cluster.members())
      in_term += cluster.up(other) && cluster.node(other).raft.term == leader.term ? 1 : 0;
    if (in_term > cluster.members().size() / 2) return {};
  }
  return "no server leads a majority";
}

}  // namespace protocols::raft
