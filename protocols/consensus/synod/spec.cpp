#include "protocols/consensus/synod/spec.hpp"

#include "protocols/consensus/synod/claims.hpp"

namespace protocols::synod {

std::string_view role_of(const Node& node) {
  if (node.learned) return "learner";
  return node.phase == Phase::idle ? "acceptor" : "proposer";
}

namespace {

using namespace sim::literals;  // NOLINT(google-build-using-namespace)
using sim::check::Spec;

void add_claims(Spec<Node>& s) {
  s.always("only-proposed", "only values that a proposer asked for are proposed and accepted", BallotClaim{Rule::only_proposed});
  s.always("one-value-per-ballot", "a ballot has one value, and its owner proposed it", BallotClaim{Rule::one_value_per_ballot});
  s.always("chosen-is-proposed", "once a value is chosen, every higher ballot proposes it", BallotClaim{Rule::chosen_is_proposed});
  s.always("one-value-chosen", "at most one value is chosen", BallotClaim{Rule::one_value_chosen});
  s.always("learned-is-chosen", "what a process takes for chosen, a quorum has accepted in one ballot",
           BallotClaim{Rule::learned_is_chosen});
  s.always("acceptor-remembers", "an acceptor's promise and vote only rise, across crashes", AcceptorRemembers{});

  s.sometimes("value-adopted", "a proposer takes the value of an earlier ballot");
  s.sometimes("proposer-preempted", "a proposer hears of a higher ballot and gives its round up");
  s.sometimes("round-timed-out", "a round gets no quorum in time");
  s.measure("rounds", "rounds that proposers have begun since they started last", rounds_of);
  s.eventually("decides", "every process that is up knows the chosen value", all_know, 5_s);
}

void add_mutants(Spec<Node>& s) {
  s.mutant("promise-forgotten",
           "an acceptor keeps its promise in memory only: after a restart it accepts what it had promised not to",
           "Paxos Made Live, 5.1; Paxos Made Simple, 2.5");
  s.mutant("ballot-reused", "a proposer keeps its round in memory only: after a restart it proposes another value in an old ballot",
           "phxpaxos#145");
  s.mutant("stale-promise", "a proposer counts promises that it was given for an earlier ballot of its own", "MyPaxos#18");
  s.mutant("any-value", "a proposer proposes its own value though a promise told of another", "Paxos Made Simple, P2c");
  s.mutant("highest-ignored", "a proposer takes the value that the last promise told of, not that of the highest ballot",
           "Paxos Made Simple, P2c");
  s.mutant("quorums-disjoint", "takes one promise too few: q1 + q2 = n, and a quorum of phase 1 can miss one of phase 2",
           "Howard, Malkhi, Spiegelman 2016");
  s.mutant("votes-not-voters",
           "counts votes, not acceptors: an answer that arrives twice makes a quorum, and what is learned is not chosen",
           "akka-raft#45, of a Raft election");
}

}  // namespace

Spec<Node> spec() {
  Spec<Node> s("synod", "Single-decree Paxos: proposers, acceptors and learners choose one value");
  s.config<Config, Mutant>({
      {"proposers", "how many of the nodes propose, from the first on; 0: all"},
      {"start_within", "each proposer begins at a random time within this"},
      {"back_off",
       "after a round that failed; none: the next at once; exponential: after up to 2^k units, k being the failures so far"},
      {"back_off_unit", "the unit of that"},
      {"back_off_limit", "the greatest k"},
      {"round_timeout", "a round without a quorum is given up after this; how often a learner asks"},
      {"q1", "how many must promise; 0: a majority, or the least that meets every quorum of q2"},
      {"q2",
       "how many must accept; 0: a majority, or the least that meets every quorum of q1; q1 + q2 is above the number of nodes"},
  });
  s.role<&role_of>();
  add_claims(s);
  add_mutants(s);
  return s;
}

}  // namespace protocols::synod
