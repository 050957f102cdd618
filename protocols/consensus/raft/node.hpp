// A Raft server, after Diego Ongaro's dissertation "Consensus: Bridging Theory and Practice" (2014); § refers to it.
//
// The idea. Servers agree on a log of commands, and each applies it, in order, to its copy of a deterministic state
// machine. Time is cut into terms. A term has at most one leader, elected by a majority; only the leader appends, and it
// makes the followers' logs equal to its own. An entry that a majority holds is committed: it can never be lost.
//
// Why it is safe. (1) A server votes once a term, and remembers that on its disk, so two majorities of one term would
// share a voter: no two leaders. (2) A follower takes entries only where the entry before them agrees, so equal (index,
// term) means equal logs up to there. (3) A voter refuses a candidate whose log is less up to date than its own, and a
// leader counts replicas only of entries of its own term; so every later leader has every committed entry: a majority
// holds it, a majority elected the leader, and the server in both of them would have refused. (4) Hence servers apply the
// same commands at the same indices.
//
// The disk. Nothing is promised that a crash could take back: ctx.send() holds a message until everything written before
// is durable, so votes and acknowledgements go that way. The leader's AppendEntries promise nothing of its own disk and
// go at once, while the disk writes (§10.2.1); the leader counts itself only when Persisted, a message to itself sent by
// ctx.send(), says that its own copy is durable. The log on the disk is the log; the node keeps no other.
//
// What a crash leaves. HardState, snapshot and log each keep what was durable and some prefix of what was written since,
// each independently of the others. So:
//   * The log may hold entries of a term above the saved one. The term is then the log's. No vote was given in it: one
//     would have been durable before anybody heard of it.
//   * A truncation may survive though the term that caused it did not. The entries were in conflict with an elected
//     leader's log, so they were not committed, and they never will be: a majority has left their term behind.
//   * A log must never begin after its snapshot ends, so cutting the log waits for SnapshotSaved, which says that the
//     snapshot is durable. A snapshot from the leader changes nothing in memory until then, either: until then the server
//     is what it was, and has acknowledged nothing.
//   * The snapshot may reach beyond the log, or contradict it: then the log's entries are in the snapshot or were never
//     committed, and start() drops them. Where the log has the snapshot's last entry, what follows it is kept.
//
// What it does beyond Figure 3.1: a no-op at the start of a term (§6.4), snapshots (§5), sessions that apply a command once
// (§6.3), linearizable reads without the log (§6.4), pipelining with a bound on what is in flight (§10.2.1), and a
// follower's hint how far to go back (§3.5, in etcd's form).
//
// Deliberately left out: membership changes (§4), leadership transfer (§3.10), PreVote and CheckQuorum (§9.6, §6.2), leases
// (§6.4.1), learners, and snapshots in chunks (§5.3).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "protocols/consensus/raft/config.hpp"
#include "protocols/consensus/raft/messages.hpp"
#include "protocols/kv/machine.hpp"
#include "protocols/kv/messages.hpp"
#include "sim/node/node.hpp"

namespace protocols::raft {

/// What part a server plays in its term.
enum class Role : std::uint8_t { follower, candidate, leader };
SIM_DESCRIBE_ENUM(Role, follower, candidate, leader)

/// How the leader feeds a follower (etcd's names).
enum class Feed : std::uint8_t {
  probe,      ///< where their logs part is not known: one message, then wait for its answer or for the next heartbeat
  replicate,  ///< they agree: entries go as they come, several messages in flight
  snapshot,   ///< a snapshot is on its way
};
SIM_DESCRIBE_ENUM(Feed, probe, replicate, snapshot)

/// What the leader knows of one server, itself included.
struct Progress {
  std::uint64_t next = 1;         ///< the next entry to send (nextIndex); ahead of what is acknowledged while replicating
  std::uint64_t match = 0;        ///< its log equals mine up to here, durably (matchIndex)
  std::uint64_t acked_round = 0;  ///< the newest round of reads in which it confirmed my leadership
  std::uint32_t in_flight = 0;    ///< messages with entries that are not answered
  Feed feed = Feed::probe;
  bool waiting = false;  ///< probing: for an answer
  sim::Time resend{};    ///< snapshot: when to send it again
  SIM_DESCRIBE(Progress, next, match, acked_round, in_flight, feed, waiting, resend)
};

/// A read that waits for the leader to be sure of itself.
struct PendingRead {
  kv::Session session;
  std::uint64_t sequence = 0;
  std::uint32_t key = 0;
  std::uint64_t round = 0;  ///< whose confirmation it waits for; 0: of one that has not begun
  std::uint64_t index = 0;  ///< what must be applied before it is served
  SIM_DESCRIBE(PendingRead, session, sequence, key, round, index)
};

/// One server.
struct Node {
  explicit Node(const Config& config, Mutant mutant = Mutant::none);

  // Saved as HardState before anything is said (Figure 3.1).
  std::uint64_t term = 0;
  std::optional<sim::NodeId> voted_for;

  // Of every server, in memory.
  Role role = Role::follower;
  std::optional<sim::NodeId> leader;  ///< of this term, if known
  std::uint64_t commit_index = 0;
  std::uint64_t applied_index = 0;
  std::uint64_t base_index = 0;  ///< the last entry that the snapshot replaced: the log begins after it
  std::uint64_t base_term = 0;
  std::uint64_t saving_index = 0;    ///< of the snapshot that is on its way to the disk; 0: none
  kv::Machine machine;               ///< after applied_index
  std::uint64_t repair_until = 0;    ///< lost entries to its disk, up to here; 0: none that it may have acknowledged
  bool opening = false;              ///< that is being written down, and until it is the log stays as it is
  sim::Duration election_timeout{};  ///< drawn anew in every term
  sim::Time up_since{};              ///< by its own clock

  // Of candidates and leaders: who voted for them.
  std::vector<sim::NodeId> votes;

  // Of leaders.
  std::vector<Progress> progress;  ///< in the order of ctx.peers()
  std::uint64_t noop_index = 0;    ///< the first entry of my term
  std::uint64_t read_round = 0;    ///< the newest round of reads
  bool reading = false;            ///< that round is not confirmed yet
  std::vector<PendingRead> reads;

  Config config;
  Mutant mutant = Mutant::none;
  SIM_DESCRIBE(Node, term, voted_for, role, leader, commit_index, applied_index, base_index, base_term, saving_index, machine,
               repair_until, opening, election_timeout, up_since, votes, progress, noop_index, read_round, reading, reads, config,
               mutant)

  using Inbox = sim::Accepts<AppendEntries, AppendReply, kv::Request, Persisted, HeartbeatTimeout, ElectionTimeout, RequestVote,
                             Vote, InstallSnapshot, SnapshotSaved, LossSaved, LossMended>;
  void start(sim::Ctx& ctx);
  void on(sim::Ctx& ctx, sim::NodeId from, const kv::Request& request);
  /// For a system that has Raft order commands of its own: appends one if this server leads, else says no. The system applies
  /// what the log holds up to applied_index, after each event; for the store here such a command does nothing.
  bool offer(sim::Ctx& ctx, sim::Payload command);
  void on(sim::Ctx& ctx, sim::NodeId from, const LossSaved&);
  void on(sim::Ctx& ctx, sim::NodeId from, const LossMended& mended);

  // election.cpp
  void on(sim::Ctx& ctx, const ElectionTimeout&);
  void on(sim::Ctx& ctx, sim::NodeId from, const RequestVote& ask);
  void on(sim::Ctx& ctx, sim::NodeId from, const Vote& vote);

  // replication.cpp: the leader; follower.cpp
  void on(sim::Ctx& ctx, const HeartbeatTimeout&);
  void on(sim::Ctx& ctx, sim::NodeId from, const AppendEntries& append);
  void on(sim::Ctx& ctx, sim::NodeId from, const AppendReply& reply);
  void on(sim::Ctx& ctx, sim::NodeId from, const Persisted& own);

  // snapshot.cpp
  void on(sim::Ctx& ctx, sim::NodeId from, const InstallSnapshot& install);
  void on(sim::Ctx& ctx, sim::NodeId from, const SnapshotSaved& saved);

  /// The log of the node that ctx belongs to.
  using Log = sim::DurableLog<Entry>;
  static Log log(sim::Ctx& ctx) { return ctx.log<Entry>(kLog); }
  static constexpr std::string_view kLog = "log";

 private:
  /// The message made last, to be shared by the followers that need the same one.
  struct Batch {
    std::uint64_t next = 0;
    std::uint64_t count = 0;
    sim::Payload message;
  };

  bool planted(Mutant bug) const { return mutant == bug; }
  /// The term of the entry at `i`, from base_index to the log's last.
  std::uint64_t term_at(const Log& log, std::uint64_t i) const { return i == base_index ? base_term : log.at(i).term; }
  static std::size_t place_of(const sim::Ctx& ctx, sim::NodeId peer);

  // Terms and roles.
  void restore_hard_state(sim::Ctx& ctx);
  void persist(sim::Ctx& ctx) const;
  void open_log(sim::Ctx& ctx);
  void repaired(sim::Ctx& ctx, std::uint64_t up_to) const;
  void draw_election_timeout(sim::Ctx& ctx);
  void arm_election_timer(sim::Ctx& ctx) const;
  void step_down(sim::Ctx& ctx, std::uint64_t to_term);
  void follow(sim::Ctx& ctx, std::uint64_t of_term, sim::NodeId whom);
  bool up_to_date(const RequestVote& ask, const Log& mine) const;
  void lead(sim::Ctx& ctx);

  // The leader's side of replication.
  void propose(sim::Ctx& ctx, sim::Payload command);
  void replicate(sim::Ctx& ctx, bool heartbeat);
  bool send_next(sim::Ctx& ctx, std::size_t peer, bool heartbeat, Batch& batch);
  void accepted(sim::Ctx& ctx, std::size_t peer, std::uint64_t index);
  void refused(sim::Ctx& ctx, std::size_t peer, const AppendReply& reply);
  void advance_commit(sim::Ctx& ctx);

  // The follower's side.
  void reply_to_append(sim::Ctx& ctx, sim::NodeId to, const AppendReply& reply) const;
  void refuse_append(sim::Ctx& ctx, sim::NodeId from, const AppendEntries& append, const Log& mine) const;
  std::uint64_t merge(sim::Ctx& ctx, const AppendEntries& append);
  void apply(sim::Ctx& ctx);

  // Snapshots.
  void restore_snapshot(sim::Ctx& ctx);
  void take_snapshot(sim::Ctx& ctx);
  void adopt_snapshot(sim::Ctx& ctx, const Snapshot& snapshot);
  void send_snapshot(sim::Ctx& ctx, std::size_t peer);

  // Reads.
  void read(sim::Ctx& ctx, const kv::Request& request);
  void begin_reads(sim::Ctx& ctx);
  void finish_reads(sim::Ctx& ctx);
  void answer(sim::Ctx& ctx, const kv::Session& session, std::uint64_t sequence, kv::Answer answer) const;
  void refuse(sim::Ctx& ctx, const kv::Session& session, std::uint64_t sequence) const;
  void drop_reads(sim::Ctx& ctx);
};

}  // namespace protocols::raft
