#include "protocols/consensus/paxos/spec.hpp"

#include "protocols/consensus/paxos/claims.hpp"
#include "protocols/kv/client.hpp"

namespace protocols::paxos {

std::string_view role_of(const Node& node) {
  switch (node.role) {
    case Role::leader: return "leader";
    case Role::candidate: return "candidate";
    case Role::follower: break;
  }
  return "follower";
}

std::uint64_t epoch_of(const Node& node) { return node.promised.round; }

namespace {

using namespace sim::literals;  // NOLINT(google-build-using-namespace)
using sim::check::Spec;

void add_claims(Spec<Node>& s) {
  s.always("one-proposal-per-ballot", "a ballot has one command in a slot, and its owner proposed it",
           SlotClaim{SlotRule::one_proposal_per_ballot});
  s.always("chosen-is-proposed", "once a command is chosen, every higher ballot proposes it",
           SlotClaim{SlotRule::chosen_is_proposed});
  s.always("one-command-chosen", "at most one command is chosen in a slot", SlotClaim{SlotRule::one_command_chosen});
  s.always("learned-is-chosen", "what a server takes for chosen, a quorum has accepted in one ballot",
           SlotClaim{SlotRule::learned_is_chosen});
  s.always("promise-monotone", "an acceptor's promise only rises, across crashes", PromiseMonotone{});
  s.always("votes-stay", "an acceptor remembers what it accepted, across crashes, or knows that it does not", VotesStay{});
  s.always("state-machine-safety", "no two servers apply different commands in one slot", StateMachineSafety{});
  s.always("commit-monotone", "what a running server knows to be chosen only grows", CommitMonotone{});
  s.history("linearizable-kv");

  s.sometimes("leader-preempted", "a leader hears of a higher ballot and steps down");
  s.sometimes("leader-gave-up", "with leases: a leader that no quorum answers steps down");
  s.sometimes("election-failed", "a candidate's phase 1 ends without a quorum of promises");
  s.sometimes("value-adopted", "a new leader proposes again what phase 1 has shown it");
  s.sometimes("gap-filled", "a new leader proposes a no-op in a slot that nobody of its quorum voted in");
  s.sometimes("slots-sent-again", "a leader sends a follower slots again that it lacks");
  s.sometimes("window-full", "a command waits because too many slots are in flight");
  s.sometimes("snapshot-installed", "a server takes over another's snapshot");
  s.sometimes("log-damaged", "a server finds that its disk has lost votes");
  s.sometimes("log-repaired", "a server whose disk had lost votes has made up for them and promises again");
  s.sometimes("read-by-lease", "a leader reads without asking anybody");
  s.measure("slots", "slots that are known to be chosen", slots_chosen);
  s.measure("rounds", "the highest round of a ballot", highest_round);
  s.eventually("leader-exists", "a server leads, and a quorum is in its ballot", leader_exists, 5_s);
}

void add_mutants(Spec<Node>& s) {
  s.mutant("promise-forgotten", "keeps its promise in memory only: a restarted acceptor accepts what it had promised not to",
           "Paxos Made Live, 5.1; Paxos Made Simple, 2.5");
  s.mutant("ballot-reused", "goes on with its last ballot after a restart: it proposes other commands in the same slots",
           "phxpaxos#145");
  s.mutant("stale-promise", "counts promises that it was given for an earlier ballot of its own", "MyPaxos#18");
  s.mutant("any-value", "proposes its own commands though a promise told of others in those slots", "Paxos Made Simple, P2c");
  s.mutant("highest-ignored", "proposes the command that the last promise told of, not that of the highest ballot",
           "Paxos Made Simple, P2c");
  s.mutant("quorums-disjoint", "takes one promise too few: q1 + q2 = n, and a quorum of phase 1 can miss one of phase 2",
           "Howard, Malkhi, Spiegelman 2016");
  s.mutant("slot-gap", "passes over a slot that its quorum showed no vote in, before a no-op is chosen there: replicas differ",
           "Paxos Made Moderately Complex, 2.3; Paxos Made Simple, 3");
  s.mutant("ack-before-fsync", "says that it has accepted before its disk has the vote",
           "Paxos Made Live, 5.1; Jepsen NATS 2.12.1");
  s.mutant("rot-forgotten", "cuts its log where a checksum fails and promises as if it had never voted beyond",
           "Paxos Made Live, 5.1; Alagappan et al., FAST 2018");
  s.mutant("read-no-quorum", "serves reads without asking whether it still leads: stale reads", "d-engine#381");
  s.mutant("read-before-recovered", "serves reads before what phase 1 has shown it is chosen: stale reads", "etcd#7331, tikv#6340");
  s.mutant("lease-drift", "takes its lease to last as long as the others' clocks say: with a slow clock it reads too long",
           "Paxos Made Live, 5.2");
  s.mutant("old-snapshot-adopted", "takes over a snapshot that is older than its own state: it forgets what it knew to be chosen",
           "camunda#6092, of a Raft store");
  s.mutant("lease-forgotten", "forgets in a restart that it has promised to promise nobody else for a while",
           "Paxos Made Live, 5.2");
}

}  // namespace

Spec<Node> spec() {
  Spec<Node> s("paxos", "Multi-Paxos: numbered slots, a stable leader, serving a key-value store");
  s.config<Config, Mutant>({
      {"election_timeout_min", "the shortest time without a word from a leader before a server campaigns"},
      {"election_timeout_max", "the longest; each server draws one between them for every ballot"},
      {"heartbeat_interval", "how often a leader says that it lives; below election_timeout_min"},
      {"max_entries_per_append", "commands in one Accept, at most"},
      {"max_in_flight", "slots in use beyond the last that is known to be chosen, at most"},
      {"snapshot_after", "commands applied since the last snapshot before the next is taken; 0: never"},
      {"snapshot_resend", "how long a leader waits before it sends a snapshot again"},
      {"reads",
       "read-index: once a quorum confirmed the leader; log: in slots of their own; lease: while a quorum promises nobody else"},
      {"lease_duration", "lease: for how long a server that hears from its leader promises nobody else"},
      {"clock_drift", "lease: how much faster or slower than true a clock may run, at most"},
      {"q1", "how many must promise; 0: a majority, or the least that meets every quorum of q2"},
      {"q2",
       "how many must accept; 0: a majority, or the least that meets every quorum of q1; q1 + q2 is above the number of nodes"},
  });
  s.clients<kv::Client>();
  s.role<&role_of>();
  s.epoch<&epoch_of>("round");
  add_claims(s);
  add_mutants(s);
  return s;
}

}  // namespace protocols::paxos
