// A server of a broker: partitions of records with offsets, as Kafka's, kept by a Raft log.
//
// The idea. A partition is a list of records; a record's offset is its place in it. Producers send records and are told their
// offsets; consumers poll from an offset on, and commit how far they have come. What changes anything goes through the log of
// protocols/consensus/raft, which is a member of this node; every server applies the log, and so has the same partitions.
//
// Why it is safe. (1) A record that was acknowledged is in the log of a majority, so it is never lost. (2) Offsets are assigned
// where entries are applied, so an offset means the same record everywhere and for ever, and offsets of a partition have no gaps.
// (3) A consumer sees only what is committed: what it has polled cannot be taken back. Kafka calls the end of that the high
// watermark. (4) A producer numbers its commands, so that a retry is the same record (KIP-98).
//
// A poll is answered by any server from what it has applied. One that lags gives fewer records, never others.
//
// Deliberately left out: a leader for each partition (here one Raft group holds all, as in a cluster of one partition's replicas),
// rebalancing of groups, transactions, retention and compaction, and snapshots (after a crash the partitions are built from the
// log).
#pragma once

#include <cstdint>

#include "protocols/broker/config.hpp"
#include "protocols/broker/machine.hpp"
#include "protocols/broker/messages.hpp"
#include "protocols/consensus/raft/hosted.hpp"
#include "sim/node/node.hpp"

namespace protocols::broker {

/// One server.
struct Node {
  explicit Node(const Config& config, Mutant mutant = Mutant::none);

  raft::Node raft;
  Machine machine;  ///< after raft.applied_index
  Config config;
  Mutant mutant = Mutant::none;
  SIM_DESCRIBE(Node, raft, machine, config, mutant)

  using Inbox = raft::HostInbox<Poll, Command>;
  void start(sim::Ctx& ctx);
  void on(sim::Ctx& ctx, sim::NodeId from, const Poll& poll);
  void on(sim::Ctx& ctx, sim::NodeId from, const Command& command);
  /// Raft's messages and timers.
  template <class M>
  requires sim::HandlesMessage<raft::Node, M>
  void on(sim::Ctx& ctx, sim::NodeId from, const M& message) {
    raft.on(ctx, from, message);
    catch_up(ctx);
  }
  template <class T>
  requires sim::HandlesTimer<raft::Node, T>
  void on(sim::Ctx& ctx, const T& timer) {
    raft.on(ctx, timer);
    catch_up(ctx);
  }

 private:
  bool planted(Mutant bug) const { return mutant == bug; }
  bool leads() const { return raft.role == raft::Role::leader; }
  void catch_up(sim::Ctx& ctx);
  /// The state with all that is in the log, committed or not.
  Machine ahead(sim::Ctx& ctx) const;
  static void answer(sim::Ctx& ctx, const Command& command, const Outcome& outcome);
};

}  // namespace protocols::broker
