// What Raft servers say to each other (Figure 3.1 of the dissertation), what they tell themselves, and what they keep.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/core/describe.hpp"
#include "sim/core/payload.hpp"

namespace protocols::raft {

/// One entry of the log. The command is shared by all logs and messages that hold it; a no-op has none.
struct Entry {
  std::uint64_t term = 0;
  sim::Payload command;
  SIM_DESCRIBE(Entry, term, command)
};

// ---- on disk --------------------------------------------------------------------------------------------------------

/// Saved before anything is said in that term. One record, so that term and vote cannot part in a crash.
struct HardState {
  std::uint64_t term = 0;
  std::optional<sim::NodeId> voted_for;
  SIM_DESCRIBE(HardState, term, voted_for)
};

/// Saved by a server whose disk lost entries that it may have acknowledged: it takes no part in elections until its log reaches
/// this far again.
struct Repair {
  std::uint64_t until = 0;
  SIM_DESCRIBE(Repair, until)
};

/// A message to oneself: that entries are lost is written down, so the log may be cut.
struct LossSaved {
  SIM_DESCRIBE(LossSaved)
};
/// A message to oneself: the log durably reaches so far again.
struct LossMended {
  std::uint64_t until = 0;
  SIM_DESCRIBE(LossMended, until)
};

/// The two halves that the mutant term-vote-torn saves in the place of a HardState.
struct TornTerm {
  std::uint64_t term = 0;
  SIM_DESCRIBE(TornTerm, term)
};
struct TornVote {
  std::optional<sim::NodeId> voted_for;
  SIM_DESCRIBE(TornVote, voted_for)
};

/// The state machine after the entry at `index`, whose term is `term`; it stands for the log up to there.
struct Snapshot {
  std::uint64_t index = 0;
  std::uint64_t term = 0;
  sim::Payload state;
  SIM_DESCRIBE(Snapshot, index, term, state)
};

// ---- between servers ------------------------------------------------------------------------------------------------

/// A candidate asks for a vote (§3.4) and says how far its log goes (§3.6.1).
struct RequestVote {
  std::uint64_t term = 0;
  std::uint64_t last_index = 0;
  std::uint64_t last_term = 0;
  SIM_DESCRIBE(RequestVote, term, last_index, last_term)
};

/// The answer to a RequestVote; also a candidate's vote for itself, which it sends to itself.
struct Vote {
  std::uint64_t term = 0;
  bool granted = false;
  SIM_DESCRIBE(Vote, term, granted)
};

/// The leader replicates entries (§3.5). Without entries: a heartbeat.
struct AppendEntries {
  std::uint64_t term = 0;
  std::uint64_t prev_index = 0;  ///< the entries follow this one...
  std::uint64_t prev_term = 0;   ///< ...whose term is this
  std::vector<Entry> entries;
  std::uint64_t commit_index = 0;
  std::uint64_t read_round = 0;  ///< the newest round of reads that the leader has begun (§6.4)
  SIM_DESCRIBE(AppendEntries, term, prev_index, prev_term, entries, commit_index, read_round)
};

/// The answer to AppendEntries and to InstallSnapshot.
struct AppendReply {
  std::uint64_t term = 0;
  bool success = false;
  std::uint64_t index = 0;       ///< success: the log equals the leader's up to here; else: the prev_index that was refused
  std::uint64_t hint_index = 0;  ///< refused: the newest entry that may agree with the leader's log...
  std::uint64_t hint_term = 0;   ///< ...and its term
  std::uint64_t read_round = 0;  ///< as asked
  bool repairing = false;        ///< refused: entries that it acknowledged are gone from its disk
  SIM_DESCRIBE(AppendReply, term, success, index, hint_index, hint_term, read_round, repairing)
};

/// The leader sends its snapshot to a follower that needs entries which the leader's log no longer has (§5.3).
struct InstallSnapshot {
  std::uint64_t term = 0;
  Snapshot snapshot;
  SIM_DESCRIBE(InstallSnapshot, term, snapshot)
};

// ---- to oneself: sent after a write, so they arrive once it is durable ------------------------------------------------

/// The leader's own log is durable up to `index` (§10.2.1: it writes its disk in parallel with the followers).
struct Persisted {
  std::uint64_t term = 0;
  std::uint64_t index = 0;
  SIM_DESCRIBE(Persisted, term, index)
};

/// The snapshot up to `index` is durable: now the log may be cut.
struct SnapshotSaved {
  std::uint64_t index = 0;
  bool installed = false;  ///< it came from the leader; else it was taken here
  SIM_DESCRIBE(SnapshotSaved, index, installed)
};

// ---- timers ---------------------------------------------------------------------------------------------------------

/// No word from a leader for so long: time for an election.
struct ElectionTimeout {
  SIM_DESCRIBE(ElectionTimeout)
};

/// Time for the leader to say that it lives.
struct HeartbeatTimeout {
  SIM_DESCRIBE(HeartbeatTimeout)
};

}  // namespace protocols::raft
