// What replicas say to each other in each style, what they keep, and their timers.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "protocols/crdt/types/crdt.hpp"
#include "sim/core/describe.hpp"

namespace protocols::crdt {

// ---- state-based -----------------------------------------------------------------------------------------------------

/// A replica's whole state and the edits that it is made of. Also in the op-based style, for a peer that lacks operations which
/// the sender does not have one by one any more.
template <Crdt T>
struct StateMessage {
  ReplicaId from;
  VersionVector known;
  T state;
  SIM_DESCRIBE(StateMessage, from, known, state)
};

// ---- op-based --------------------------------------------------------------------------------------------------------

/// An operation: its name, what its source knew, and its effect.
template <Crdt T>
struct LoggedOp {
  Dot dot;
  VersionVector past;
  typename T::Op op;
  SIM_DESCRIBE(LoggedOp, dot, past, op)
};

/// Operations, each after those that it depends on; and what the sender knows.
template <Crdt T>
struct Ops {
  ReplicaId from;
  VersionVector known;
  std::vector<LoggedOp<T>> ops;
  SIM_DESCRIBE(Ops, from, known, ops)
};

/// Says what its sender knows; the answer is what it lacks.
struct Have {
  ReplicaId from;
  VersionVector known;
  SIM_DESCRIBE(Have, from, known)
};

// ---- delta-based (Almeida et al. 2018, Algorithm 2) ------------------------------------------------------------------

/// The deltas numbered (since, until] of their sender, joined. since is 0 where it is the whole state.
template <Crdt T>
struct Interval {
  ReplicaId from;
  std::uint64_t since = 0;
  std::uint64_t until = 0;
  VersionVector known;  ///< what the sender knew at `until`
  typename T::Delta delta;
  SIM_DESCRIBE(Interval, from, since, until, known, delta)
};

/// The receiver has joined all deltas of a sender up to that number: the acknowledgement.
struct Joined {
  ReplicaId from;
  ReplicaId of;  ///< the sender of the deltas
  std::uint64_t until = 0;
  SIM_DESCRIBE(Joined, from, of, until)
};

// ---- timers ----------------------------------------------------------------------------------------------------------

/// The user at this replica edits.
struct EditTimer {
  SIM_DESCRIBE(EditTimer)
};

/// It is time for anti-entropy with one peer.
struct GossipTimer {
  SIM_DESCRIBE(GossipTimer)
};

// ---- on disk ---------------------------------------------------------------------------------------------------------

/// All that a replica must not forget, in one record, so that no part survives a crash without the others.
template <Crdt T>
struct Saved {
  std::optional<ReplicaId> id;
  VersionVector known;
  T state;
  std::uint64_t sequence = 0;                 ///< delta: of my newest delta
  std::map<ReplicaId, std::uint64_t> joined;  ///< delta: by sender, up to which of its deltas I have joined
  VersionVector base;                         ///< op: what is not in `ops` one by one
  std::vector<LoggedOp<T>> ops;               ///< op: the others, in the order in which they were applied
  SIM_DESCRIBE(Saved, id, known, state, sequence, joined, base, ops)
};

}  // namespace protocols::crdt
