// What Multi-Paxos servers say to each other, what they tell themselves, and what they keep. The names 1a, 1b, 2a and 2b are those
// of Lamport's specifications.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "protocols/consensus/synod/ballot.hpp"
#include "sim/core/describe.hpp"
#include "sim/core/payload.hpp"

namespace protocols::paxos {

using synod::Ballot;

/// What an acceptor has accepted in one slot: the newest ballot and its command. Without a ballot: nothing yet. A command that is
/// empty is a no-op.
struct Vote {
  Ballot ballot;
  sim::Payload command;
  SIM_DESCRIBE(Vote, ballot, command)
};

/// A vote and the slot it is for.
struct SlotVote {
  std::uint64_t slot = 0;
  Vote vote;
  SIM_DESCRIBE(SlotVote, slot, vote)
};

// ---- on disk --------------------------------------------------------------------------------------------------------

/// The highest ballot that this acceptor has promised. Saved before anything is said in it.
struct Promised {
  Ballot ballot;
  SIM_DESCRIBE(Promised, ballot)
};

/// One record of the acceptor's log: it has accepted `command` in `slot`. Records stand in the order in which they were made, and a
/// slot has a record for each ballot it was accepted in; the newest counts.
struct Record {
  std::uint64_t slot = 0;
  Ballot ballot;
  sim::Payload command;
  std::uint64_t commit_index = 0;  ///< what this server knew to be chosen when it wrote the record
  SIM_DESCRIBE(Record, slot, ballot, command, commit_index)
};

/// The state machine after the command of slot `index`; it stands for everything up to there.
struct Snapshot {
  std::uint64_t index = 0;
  sim::Payload state;
  SIM_DESCRIBE(Snapshot, index, state)
};

/// Saved by an acceptor whose disk has lost votes that it may have told.
struct Repair {
  std::uint64_t damages = 0;  ///< how often that has happened
  bool active = false;        ///< it makes no promises until it has made up for the last
  SIM_DESCRIBE(Repair, damages, active)
};

// ---- between servers ------------------------------------------------------------------------------------------------

/// 1a. A candidate asks for a promise, for all slots from `from` on at once (PMMC, section 2: a scout).
struct Prepare {
  Ballot ballot;
  std::uint64_t from = 1;
  SIM_DESCRIBE(Prepare, ballot, from)
};

/// 1b. The acceptor will accept nothing below the ballot any more, and says what it has accepted so far.
struct Promise {
  Ballot ballot;
  std::uint64_t commit_index = 0;  ///< it knows what was chosen up to here
  std::vector<SlotVote> votes;     ///< from the slot asked for on
  SIM_DESCRIBE(Promise, ballot, commit_index, votes)
};

/// 2a. The leader proposes commands in consecutive slots. Without commands: a heartbeat. What a follower lacks of chosen slots
/// comes in the same way: in a later ballot nothing else can be proposed there.
struct Accept {
  Ballot ballot;
  std::uint64_t first = 1;  ///< the slot of the first command; of a heartbeat, the slot that comes next
  std::vector<sim::Payload> commands;
  std::uint64_t commit_index = 0;  ///< every slot up to here is chosen
  std::uint64_t read_round = 0;    ///< the newest round of reads that the leader has begun
  SIM_DESCRIBE(Accept, ballot, first, commands, commit_index, read_round)
};

/// 2b. The acceptor has accepted those slots in that ballot.
struct Accepted {
  Ballot ballot;
  std::uint64_t first = 1;
  std::uint64_t count = 0;
  std::uint64_t match = 0;       ///< it has accepted in this ballot, or knows to be chosen, every slot up to here
  std::uint64_t read_round = 0;  ///< as asked
  SIM_DESCRIBE(Accepted, ballot, first, count, match, read_round)
};

/// The answer to a 1a or 2a below the acceptor's promise ("preempted", PMMC section 2).
struct Reject {
  Ballot promised;
  SIM_DESCRIBE(Reject, promised)
};

/// A snapshot for a server that needs slots which the sender has forgotten. What is chosen is chosen, so it carries no ballot.
struct InstallSnapshot {
  Snapshot snapshot;
  SIM_DESCRIBE(InstallSnapshot, snapshot)
};

/// A server that lost votes asks its leader how far slots are used.
struct RepairQuery {
  Ballot ballot;
  std::uint64_t damages = 0;  ///< which loss it asks about, so that an old answer does not count
  std::uint64_t held = 0;     ///< the match that is left to it
  SIM_DESCRIBE(RepairQuery, ballot, damages, held)
};

/// The leader of that ballot has proposed nothing beyond slot `last` yet.
struct RepairAnswer {
  Ballot ballot;
  std::uint64_t damages = 0;
  std::uint64_t last = 0;
  SIM_DESCRIBE(RepairAnswer, ballot, damages, last)
};

// ---- to oneself: sent after a write, so they arrive once it is durable ------------------------------------------------

/// A message to oneself: that votes are lost is written down, so the log may be cut.
struct LossSaved {
  SIM_DESCRIBE(LossSaved)
};
/// A message to oneself: the votes that make up for that loss are durable.
struct LossMended {
  std::uint64_t damages = 0;  ///< which loss
  SIM_DESCRIBE(LossMended, damages)
};

/// The leader's own votes in its ballot are durable up to that slot.
struct Persisted {
  Ballot ballot;
  std::uint64_t slot = 0;
  SIM_DESCRIBE(Persisted, ballot, slot)
};

/// The snapshot up to `index` is durable: now what it stands for may be forgotten.
struct SnapshotSaved {
  std::uint64_t index = 0;
  bool installed = false;  ///< it came from another server; else it was taken here
  SIM_DESCRIBE(SnapshotSaved, index, installed)
};

// ---- timers ---------------------------------------------------------------------------------------------------------

/// No word from a leader for so long: time to become one.
struct ElectionTimeout {
  SIM_DESCRIBE(ElectionTimeout)
};

/// Time for the leader to say that it lives.
struct HeartbeatTimeout {
  SIM_DESCRIBE(HeartbeatTimeout)
};

/// The acceptor is free again to promise a ballot to somebody else than its leader.
struct GrantOver {
  SIM_DESCRIBE(GrantOver)
};

/// The leader's lease, as far as it rests on that round, is over.
struct LeaseOver {
  std::uint64_t round = 0;
  SIM_DESCRIBE(LeaseOver, round)
};

}  // namespace protocols::paxos
