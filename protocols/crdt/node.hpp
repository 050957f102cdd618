// A replica of a replicated data type: it takes edits of its user at once, asks nobody, and lets the others know when it can.
//
// The idea. A conflict-free replicated data type (Shapiro, Preguica, Baquero, Zawirski: A comprehensive study of Convergent and
// Commutative Replicated Data Types, INRIA RR-7506, 2011) is made so that the order in which replicas hear of edits does not
// matter. Two that have heard of the same edits are equal, whatever was lost, late, twice or cut off on the way (strong eventual
// consistency). There is no leader, no quorum and no conflict; what there is instead is a rule in each type for edits that did not
// know of each other.
//
// One node serves all types (types/crdt.hpp) and three styles. Every edit has a dot, (replica, number), and every replica keeps
// `known`, the version vector of the edits that it has. Who knows what is in the vector in each style:
//
//   state  GossipTimer sends the whole state to a random peer, which merges it. A lost message costs nothing but time.
//   op     An edit is sent to everybody as an operation with what its source knew. A receiver holds it back until it knows that
//          too, and drops what it knows already: applied once, in causal order. GossipTimer asks a peer for what was lost (Have).
//          An operation that every peer is known to have (it is causally stable) is forgotten; a peer that lacks one nevertheless
//          gets the state.
//   delta  An edit is a numbered delta, sent to everybody as the interval (n - 1, n]. A receiver joins an interval only if it
//          has joined all deltas of that sender before it; else it says how far it has come, and the sender's GossipTimer
//          sends it everything from there as one interval, or the whole state (Almeida, Shoker, Baquero: Delta state replicated
//          data types, 2018, Algorithm 2; its causal delta-merging condition).
//
// Why it is safe. In state and delta style the state only moves up in a semilattice, and `known` says exactly which edits are in
// it: intervals without a gap carry everything that the sender knew. In op style concurrent operations commute and dependent ones
// come in order. A message leaves when what it tells is on the disk; so an edit that others know survives a crash of its source,
// and an edit that a crash destroys was never told.
//
// Ids. A replica whose disk is empty draws a new incarnation, because the old id's counter is gone and its next edit would bear the
// id of a lost one. One that hears more of its own edits from others than it knows itself (its disk was set back to an older state)
// takes a new id too. Between the restart and that message it may already have reused an id: a disk that forgets what it has synced
// is outside of what the protocol stands.
//
// Deliberately left out: members that come and go for good (a version vector never forgets an incarnation), garbage collection
// that waits for causal stability of text tombstones, and compression of what is sent.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "protocols/crdt/config.hpp"
#include "protocols/crdt/messages.hpp"
#include "protocols/crdt/user.hpp"
#include "sim/node/node.hpp"

namespace protocols::crdt {

/// An edit of this replica's user, as it was made: for those who check what becomes of it.
template <Crdt T>
struct Made {
  LoggedOp<T> op;
  typename T::Edit edit;
  SIM_DESCRIBE(Made, op, edit)
};

/// What a delta-based replica knows of a peer.
struct DeltaPeer {
  ReplicaId id;
  bool heard = false;
  std::uint64_t acknowledged = 0;  ///< it has joined my deltas up to this number
  SIM_DESCRIBE(DeltaPeer, id, heard, acknowledged)
};

template <Crdt T>
struct Replica {
  explicit Replica(const Config& config, Mutant mutant = Mutant::none);

  // Saved together, before anything of it is told.
  ReplicaId id;
  VersionVector known;  ///< the edits that `state` is made of
  T state;
  std::uint64_t sequence = 0;
  std::map<ReplicaId, std::uint64_t> joined;
  VersionVector base;
  std::vector<LoggedOp<T>> ops;

  // In memory.
  std::optional<Made<T>> last;  ///< the user's last edit
  std::uint64_t changes = 0;    ///< how often `state` was touched
  User user;
  // delta: the newest deltas, up to `sequence`; by peer, what it has.
  std::vector<typename T::Delta> deltas;
  std::map<sim::NodeId, DeltaPeer> peers;
  // op: what waits for what it depends on; by peer, what it said that it knows.
  std::vector<LoggedOp<T>> waiting;
  std::map<sim::NodeId, VersionVector> heard;

  Config config;
  Mutant mutant = Mutant::none;
  SIM_DESCRIBE(Replica, id, known, state, sequence, joined, base, ops, last, changes, user, deltas, peers, waiting, heard, config,
               mutant)

  using Inbox = sim::Accepts<EditTimer, GossipTimer, StateMessage<T>, Ops<T>, Have, Interval<T>, Joined>;
  void start(sim::Ctx& ctx);
  void on(sim::Ctx& ctx, const EditTimer&);
  void on(sim::Ctx& ctx, const GossipTimer&);
  void on(sim::Ctx& ctx, sim::NodeId from, const StateMessage<T>& message);
  void on(sim::Ctx& ctx, sim::NodeId from, const Ops<T>& message);
  void on(sim::Ctx& ctx, sim::NodeId from, const Have& have);
  void on(sim::Ctx& ctx, sim::NodeId from, const Interval<T>& interval);
  void on(sim::Ctx& ctx, sim::NodeId from, const Joined& ack);

  /// Makes an edit here and now, and tells the others as the style does.
  void edit(sim::Ctx& ctx, const typename T::Edit& edit);

 private:
  bool planted(Mutant bug) const { return mutant == bug; }
  void persist(sim::Ctx& ctx) const;
  void take_new_id(sim::Ctx& ctx);
  void notice_own_loss(sim::Ctx& ctx, const VersionVector& elsewhere);
  void note_concurrency(sim::Ctx& ctx, const VersionVector& elsewhere) const;
  void arm_edit_timer(sim::Ctx& ctx) const;

  // op
  void deliver_waiting(sim::Ctx& ctx);
  void forget_stable(const sim::Ctx& ctx);
  void drop_covered();
  void send_state(sim::Ctx& ctx, sim::NodeId to) const;

  // delta
  void keep_delta(typename T::Delta delta);
  DeltaPeer& peer(sim::NodeId node, const ReplicaId& id);
  void send_interval(sim::Ctx& ctx, sim::NodeId to);
  void forget_acknowledged(const sim::Ctx& ctx);
};

}  // namespace protocols::crdt
