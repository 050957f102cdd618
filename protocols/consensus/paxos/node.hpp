// A server of Multi-Paxos, after Lamport's "Paxos Made Simple" (PMS, 2001) and van Renesse and Altinbuken's "Paxos Made Moderately
// Complex" (PMMC, 2015); what an implementation needs beyond, after Chandra, Griesemer and Redstone's "Paxos Made Live" (PML,
// 2007).
//
// The idea. Commands stand in numbered slots, and each slot is decided by a run of Paxos of its own (PMS section 3; the protocol of
// one slot is in protocols/consensus/synod). A leader runs phase 1 once, for all slots from some slot on, and then proposes a
// command a round trip: phase 2 only. Servers apply the commands of the slots in order, to copies of one deterministic state
// machine. Every server is an acceptor and a replica, and may become the leader.
//
// Why it is safe. (1) A ballot belongs to one server, which uses it once and proposes one command in a slot of it. (2) An acceptor
// that has promised a ballot accepts nothing below it, and remembers promises and votes on its disk. (3) A new leader hears from a
// quorum what was accepted, and proposes in each slot the command of the highest ballot it heard of. A quorum of phase 1 meets
// every quorum of phase 2, so if a command was chosen in a lower ballot it hears of it, and by induction on the ballots nothing
// else was proposed since (PMS, P2c). (4) Hence at most one command is chosen in a slot. Nothing needs to be said about
// neighbouring slots: unlike Raft, a log with holes may win, and it is the leader that learns.
//
// A slot that nobody of the quorum voted in, below one that somebody did, is a gap: commands behind it cannot be applied.
// The leader proposes a no-op there and waits until that is chosen, as of any command: another server may hold a vote for it.
//
// The disk. ctx.send() holds a message until everything written before is durable, so promises and votes go that way. The leader's
// 2a promises nothing of its own disk and goes at once; the leader counts its own vote when Persisted, a message to itself, says
// that it is durable. An acceptor's log is a log of votes in the order in which they were made, not of slots; the node keeps the
// newest vote of each slot that its snapshot does not cover.
//
// What a crash leaves. Promise, snapshot and log each keep what was durable and some prefix of what was written since.
//   * The log may hold a vote above the saved promise. Then the promise is the vote's: accepting implies it.
//   * Each record says up to where its server knew slots to be chosen. Every vote for those stands before it in the log, so a
//   restart
//     need not learn them again.
//   * A snapshot takes the place of votes only once it is durable. It holds what is chosen, whatever the ballot.
//
// A rotten disk. An acceptor that lost votes must not promise: the new leader would miss what it has forgotten (PML 5.1). It goes
// on accepting. It asks the leader of its ballot which slot is the last in use, and promises again when it has a vote in that
// ballot, or knows what is chosen, in every slot up to there. That is enough: a vote that it lost in a lower ballot was either
// heard of in that leader's phase 1, for which the quorum did without it, so that it stands in the slots up to there; or its
// command is not chosen, and never will be. The promise itself survives, for disks keep it twice.
//
// Reads. read-index and lease are as in Raft, with one difference: a new leader need not get a no-op chosen first. Slots that may
// be chosen are those that its phase 1 has shown; once they are, it knows the newest state.
//
// Quorums. q1 and q2 set the sizes of the quorums of phase 1 and 2 (Howard, Malkhi, Spiegelman, "Flexible Paxos", 2016): they must
// meet each other, q1 + q2 > n, and need not meet among themselves.
//
// Deliberately left out: reconfiguration (PMS section 3 bounds slots in flight for its sake; here max_in_flight is for flow control
// only), snapshots in chunks, Fast Paxos, and a PreVote: a server that was cut off preempts the leader when it returns.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "protocols/consensus/paxos/config.hpp"
#include "protocols/consensus/paxos/messages.hpp"
#include "protocols/kv/machine.hpp"
#include "protocols/kv/messages.hpp"
#include "sim/node/node.hpp"

namespace protocols::paxos {

/// What a server does beside accepting.
enum class Role : std::uint8_t { follower, candidate, leader };
SIM_DESCRIBE_ENUM(Role, follower, candidate, leader)

/// What the leader knows of one server, itself included.
struct Progress {
  std::uint64_t match = 0;  ///< it has, durably, a vote in my ballot for every slot up to here, or knows that it is chosen
  std::vector<std::uint64_t> beyond;  ///< further slots with a vote in my ballot, in order
  std::uint64_t next = 1;             ///< the next slot to send
  std::uint64_t floor = 0;            ///< where it was resumed: only what was sent since counts as in flight
  std::uint64_t acked_round = 0;      ///< the newest round of reads that it has answered
  bool heard = false;                 ///< it has answered in my ballot
  bool filled = false;                ///< a gap was filled since the last heartbeat
  sim::Time resend{};                 ///< when to send a snapshot again
  SIM_DESCRIBE(Progress, match, beyond, next, floor, acked_round, heard, filled, resend)
};

/// A read that waits for the leader to be sure of itself.
struct PendingRead {
  kv::Session session;
  std::uint64_t sequence = 0;
  std::uint32_t key = 0;
  std::uint64_t round = 0;  ///< whose confirmation it waits for; 0: of one that has not begun
  SIM_DESCRIBE(PendingRead, session, sequence, key, round)
};

/// What only candidates and leaders have.
struct Leadership {
  // Of a candidate: who promised, and what they had accepted.
  std::vector<sim::NodeId> promisers;
  std::uint64_t from = 1;       ///< the first slot that phase 1 is about
  std::vector<Vote> adopted;    ///< by slot, from there on: the vote of the highest ballot heard of (PMMC: pmax)
  std::uint64_t recovered = 0;  ///< the last slot of those: reads wait until it is chosen

  // Of a leader.
  std::vector<Progress> progress;     ///< in the order of ctx.peers()
  std::vector<sim::Payload> backlog;  ///< requests that wait for a slot
  std::uint64_t read_round = 0;       ///< the newest round of reads
  bool reading = false;               ///< that round is not confirmed yet
  std::vector<PendingRead> reads;
  std::uint64_t lease_round = 0;  ///< the newest round that a quorum answered
  std::uint64_t lapsed = 0;       ///< the newest round on which no lease rests any more
  SIM_DESCRIBE(Leadership, promisers, from, adopted, recovered, progress, backlog, read_round, reading, reads, lease_round, lapsed)
};

/// One server.
struct Node {
  explicit Node(const Config& config, Mutant mutant = Mutant::none);

  // The acceptor.
  Ballot promised;                            ///< saved as Promised before anything is said in it
  std::vector<Vote> votes;                    ///< of the slots after base_index; the log on the disk has them too
  bool granted = false;                       ///< has told its leader that it promises nobody else for a while
  std::uint64_t held = 0;                     ///< has a vote in `promised`, or knows what is chosen, in every slot up to here
  Repair repair;                              ///< after a loss of votes
  bool opening = false;                       ///< that is being written down, and until it is the log stays as it is
  std::optional<std::uint64_t> repair_until;  ///< promises again when `held` reaches this; nothing: not known yet

  // The replica.
  std::uint64_t commit_index = 0;  ///< every slot up to here is chosen, and its command is known here
  std::uint64_t applied_index = 0;
  std::uint64_t base_index = 0;    ///< the last slot that the snapshot stands for
  std::uint64_t saving_index = 0;  ///< of the snapshot that is on its way to the disk; 0: none
  kv::Machine machine;             ///< after applied_index

  // The proposer.
  Role role = Role::follower;
  std::optional<sim::NodeId> leader;  ///< of the promised ballot, if it is known to lead
  std::uint64_t attempts = 0;         ///< campaigns since the start
  sim::Duration election_timeout{};   ///< drawn anew for every ballot
  sim::Time up_since{};               ///< by its own clock
  Leadership own;

  Config config;
  Mutant mutant = Mutant::none;
  SIM_DESCRIBE(Node, promised, votes, granted, held, repair, opening, repair_until, commit_index, applied_index, base_index,
               saving_index, machine, role, leader, attempts, election_timeout, up_since, own, config, mutant)

  using Inbox =
      sim::Accepts<Accept, Accepted, kv::Request, Persisted, HeartbeatTimeout, ElectionTimeout, Prepare, Promise, Reject, GrantOver,
                   LeaseOver, InstallSnapshot, SnapshotSaved, RepairQuery, RepairAnswer, LossSaved, LossMended>;
  void start(sim::Ctx& ctx);
  void on(sim::Ctx& ctx, sim::NodeId from, const kv::Request& request);

  // election.cpp: phase 1
  void on(sim::Ctx& ctx, const ElectionTimeout&);
  void on(sim::Ctx& ctx, sim::NodeId from, const Prepare& prepare);
  void on(sim::Ctx& ctx, sim::NodeId from, const Promise& promise);
  void on(sim::Ctx& ctx, sim::NodeId from, const Reject& reject);

  // leader.cpp and acceptor.cpp: phase 2
  void on(sim::Ctx& ctx, const HeartbeatTimeout&);
  void on(sim::Ctx& ctx, sim::NodeId from, const Accept& accept);
  void on(sim::Ctx& ctx, sim::NodeId from, const Accepted& accepted);
  void on(sim::Ctx& ctx, sim::NodeId from, const Persisted& persisted);

  // reads.cpp
  void on(sim::Ctx& ctx, const GrantOver&);
  void on(sim::Ctx& ctx, const LeaseOver& over);

  // snapshot.cpp
  void on(sim::Ctx& ctx, sim::NodeId from, const InstallSnapshot& install);
  void on(sim::Ctx& ctx, sim::NodeId from, const SnapshotSaved& saved);

  // repair.cpp
  void on(sim::Ctx& ctx, sim::NodeId from, const RepairQuery& query);
  void on(sim::Ctx& ctx, sim::NodeId from, const RepairAnswer& answer);
  void on(sim::Ctx& ctx, sim::NodeId from, const LossSaved&);
  void on(sim::Ctx& ctx, sim::NodeId from, const LossMended& mended);

  /// The acceptor's log of the node that ctx belongs to.
  using Log = sim::DurableLog<Record>;
  static Log log(sim::Ctx& ctx) { return ctx.log<Record>(kLog); }
  static constexpr std::string_view kLog = "votes";

  /// The last slot that this server has, or had, a vote for.
  std::uint64_t last() const { return base_index + votes.size(); }
  /// Its vote in a slot after base_index; none where it has none.
  const Vote& vote(std::uint64_t slot) const;
  /// How many must promise, and how many accept, in a system of so many servers.
  synod::Quorums quorums(std::size_t nodes) const;

 private:
  /// The message made last, to be shared by the followers that need the same one.
  struct Batch {
    std::uint64_t first = 0;
    std::uint64_t count = 0;
    sim::Payload message;
  };

  bool planted(Mutant bug) const { return mutant == bug; }
  static std::size_t place_of(const sim::Ctx& ctx, sim::NodeId peer);

  // The acceptor.
  void promise(sim::Ctx& ctx, const Ballot& ballot);
  bool accept(sim::Ctx& ctx, std::uint64_t slot, const Ballot& ballot, const sim::Payload& command);
  void follow(sim::Ctx& ctx, const Ballot& ballot);
  void extend_held();
  std::vector<SlotVote> votes_from(std::uint64_t slot) const;
  void open_log(sim::Ctx& ctx);
  void replay(sim::Ctx& ctx);
  void find_damage(sim::Ctx& ctx);
  void repaired(sim::Ctx& ctx) const;

  // The proposer.
  void draw_election_timeout(sim::Ctx& ctx);
  void arm_election_timer(sim::Ctx& ctx) const;
  void step_down(sim::Ctx& ctx, std::string_view why = "leader-preempted");
  void adopt(const SlotVote& theirs);
  void lead(sim::Ctx& ctx);
  void recover(sim::Ctx& ctx);
  void propose(sim::Ctx& ctx, const sim::Payload& command);
  void enqueue(sim::Ctx& ctx, const kv::Request& request);
  void replicate(sim::Ctx& ctx, bool heartbeat);
  bool send_next(sim::Ctx& ctx, std::size_t peer, bool heartbeat, Batch& batch);
  void send_slots(sim::Ctx& ctx, std::size_t peer, std::uint64_t first, std::uint64_t count, Batch& batch) const;
  void fill_gap(sim::Ctx& ctx, std::size_t peer);
  bool note_votes(Progress& p, const Accepted& accepted) const;
  bool chosen(sim::Ctx& ctx, std::uint64_t slot) const;
  void advance_commit(sim::Ctx& ctx);

  // The replica.
  void apply(sim::Ctx& ctx);
  void answer(sim::Ctx& ctx, const kv::Session& session, std::uint64_t sequence, kv::Answer answer) const;
  void refuse(sim::Ctx& ctx, const kv::Session& session, std::uint64_t sequence) const;

  // Snapshots.
  void take_snapshot(sim::Ctx& ctx);
  void adopt_snapshot(sim::Ctx& ctx, const Snapshot& snapshot);
  void forget_until(sim::Ctx& ctx, std::uint64_t slot);

  // Reads.
  void read(sim::Ctx& ctx, const kv::Request& request);
  bool knows_newest() const;
  void next_round(sim::Ctx& ctx);
  void renew_lease(sim::Ctx& ctx);
  std::size_t confirming(sim::Ctx& ctx) const;
  bool leased() const { return role == Role::leader && own.lease_round > own.lapsed; }
  bool bound() const { return granted || leased(); }
  bool out_of_touch() const;
  void begin_reads(sim::Ctx& ctx);
  void finish_reads(sim::Ctx& ctx);
  void drop_requests(sim::Ctx& ctx);
};

}  // namespace protocols::paxos
