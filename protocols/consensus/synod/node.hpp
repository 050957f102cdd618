// Single-decree Paxos, the Synod protocol, exactly as in Lamport's "Paxos Made Simple" (PMS, 2001), section 2: agents choose one
// value among those that were proposed, and never another.
//
// The idea. A proposer with a ballot that nobody else can use asks all acceptors for a promise to ignore lower ballots (1a, 1b).
// When a quorum has promised it asks them to accept a value (2a, 2b): if any of the promises told of an accepted value, that of the
// highest ballot among them; its own only if none did. A value that a quorum accepts in one ballot is chosen.
//
// Why it is safe. A quorum of phase 1 meets every quorum of phase 2. Suppose v is chosen in ballot b, and let c be the next ballot
// in which a value is proposed. Its proposer heard from an acceptor that accepted v in b, and had done so before it promised c, or
// it would have refused v. No promise told of a higher ballot than b below c, for none proposed anything; so c proposes v. By
// induction all higher ballots do (PMS, P2a to P2c), hence nothing else is ever chosen.
//
// What that stands on: (1) a ballot is used by one proposer, once, across restarts; (2) an acceptor's promise and vote are on its
// disk before anybody hears of them, and are one record, so that they cannot part; (3) a promise counts for the ballot that it was
// given for; (4) the value of the highest ballot is taken. Each of the four has a planted bug that leaves it out.
//
// Liveness is another matter (PMS 2.4): two proposers can preempt each other for ever, and with equal delays and no back-off they
// do (scenarios/synod/duel.json). A random wait that doubles with every failure parts them.
//
// All nodes are acceptors and learners, the first `proposers` of them proposers too. The proposer is the learner that hears of
// votes and tells the rest (PMS 2.3: a distinguished learner); a learner that was told nothing asks.
//
// Deliberately left out: more than one decision (protocols/consensus/paxos), and a distinguished proposer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocols/consensus/synod/config.hpp"
#include "protocols/consensus/synod/messages.hpp"
#include "sim/node/node.hpp"

namespace protocols::synod {

/// Where a proposer is in its round.
enum class Phase : std::uint8_t {
  idle,     ///< it has begun none, or waits for its next
  prepare,  ///< it collects promises
  accept,   ///< it collects votes
};
SIM_DESCRIBE_ENUM(Phase, idle, prepare, accept)

/// One process: acceptor, learner and maybe proposer.
struct Node {
  explicit Node(const Config& config, Mutant mutant = Mutant::none);

  Acceptor acceptor;  ///< as saved

  // The proposer.
  std::string own;          ///< the value that it would like to see chosen; empty: it is none
  std::uint64_t round = 0;  ///< the highest that it has begun or heard of
  Phase phase = Phase::idle;
  Ballot ballot;                       ///< of its round
  std::vector<sim::NodeId> promisers;  ///< who promised
  Ballot best;                         ///< the highest ballot in which one of them had accepted a value...
  std::string value;                   ///< ...that value; in phase `accept`, what it proposes
  std::vector<sim::NodeId> voters;     ///< who accepted
  std::uint32_t failures = 0;          ///< rounds that came to nothing since the start
  std::uint64_t rounds = 0;            ///< rounds begun since the start

  std::optional<std::string> learned;  ///< the value that is chosen, once it knows

  sim::Time up_since{};  ///< by its own clock
  Config config;
  Mutant mutant = Mutant::none;
  SIM_DESCRIBE(Node, acceptor, own, round, phase, ballot, promisers, best, value, voters, failures, rounds, learned, up_since,
               config, mutant)

  using Inbox = sim::Accepts<Prepare, Promise, Accept, Accepted, Reject, Decided, Query, NextRound, RoundTimeout, AskAgain>;
  void start(sim::Ctx& ctx);

  // The acceptor.
  void on(sim::Ctx& ctx, sim::NodeId from, const Prepare& prepare);
  void on(sim::Ctx& ctx, sim::NodeId from, const Accept& accept);

  // The proposer.
  void on(sim::Ctx& ctx, const NextRound&);
  void on(sim::Ctx& ctx, const RoundTimeout&);
  void on(sim::Ctx& ctx, sim::NodeId from, const Promise& promise);
  void on(sim::Ctx& ctx, sim::NodeId from, const Accepted& accepted);
  void on(sim::Ctx& ctx, sim::NodeId from, const Reject& reject);

  // The learner.
  void on(sim::Ctx& ctx, sim::NodeId from, const Decided& decided);
  void on(sim::Ctx& ctx, sim::NodeId from, const Query&);
  void on(sim::Ctx& ctx, const AskAgain&);

  /// How many must promise, and how many accept, in a system of so many nodes.
  Quorums quorums(std::size_t nodes) const;

 private:
  bool planted(Mutant bug) const { return mutant == bug; }
  bool proposer() const { return !own.empty(); }
  template <class M>
  static void ask_all(sim::Ctx& ctx, M message);
  void begin_round(sim::Ctx& ctx);
  void preempted(sim::Ctx& ctx, const Ballot& by);
  void fail(sim::Ctx& ctx);
  void learn(sim::Ctx& ctx, const std::string& chosen);
};

}  // namespace protocols::synod
