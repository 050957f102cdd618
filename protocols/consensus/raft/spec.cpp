#include "protocols/consensus/raft/spec.hpp"

#include "protocols/consensus/raft/claims.hpp"
#include "protocols/kv/client.hpp"

namespace protocols::raft {

std::string_view role_of(const Node& node) {
  switch (node.role) {
    case Role::leader: return "leader";
    case Role::candidate: return "candidate";
    case Role::follower: break;
  }
  return "follower";
}

std::uint64_t epoch_of(const Node& node) { return node.term; }

namespace {

using namespace sim::literals;  // NOLINT(google-build-using-namespace)
using sim::check::Spec;

void add_claims(Spec<Node>& s) {
  s.always("election-safety", "at most one leader is elected in a term", ElectionSafety{});
  s.always("one-vote-per-term", "a server votes for one candidate a term, and remembers it across crashes", OneVotePerTerm{});
  s.always("leader-append-only", "a leader never overwrites or deletes entries of its log", LeaderAppendOnly{});
  s.always("log-matching", "logs that share an entry's index and term are equal up to it", LogMatching{});
  s.always("leader-completeness", "a committed entry is in the log of the leader of every later term", LeaderCompleteness{});
  s.always("committed-stays", "a majority holds a committed entry from then on", CommittedStays{});
  s.always("state-machine-safety", "no two servers apply different entries at one index", StateMachineSafety{});
  s.always("commit-monotone", "a running server's commit index only rises", CommitMonotone{});
  s.history("linearizable-kv");

  s.sometimes("leader-deposed", "a leader hears of a later term and steps down");
  s.sometimes("suffix-truncated", "a follower drops entries that contradict its leader's");
  s.sometimes("snapshot-installed", "a follower takes over its leader's snapshot");
  s.sometimes("log-damaged", "a server finds that its disk has lost entries");
  s.sometimes("log-repaired", "a server whose disk had lost entries has got them back and takes part again");
  s.sometimes("split-vote", "an election ends without a winner");
  // That clients get answers again is a claim of every system with clients; whoever runs the scenario checks it.
  s.eventually("leader-exists", "a server leads, and a majority is in its term", leader_exists, 5_s);
}

void add_mutants(Spec<Node>& s) {
  s.mutant("vote-not-persisted", "keeps term and vote in memory only: a restarted server votes twice",
           "akka-raft#56, raft-java#57");
  s.mutant("term-vote-torn", "saves term and vote by two writes: a crash between them frees the vote of the old term",
           "hashicorp/raft#661");
  s.mutant("commit-old-term", "commits an earlier term's entry by counting its replicas: a later leader lacks it (Figure 3.7)",
           "Raft paper 5.4.2, logcabin#44");
  s.mutant("votes-not-voters", "counts votes, not voters: a duplicated reply makes a majority", "akka-raft#45");
  s.mutant("vote-reset-same-term", "forgets its vote when it follows a leader of its own term: it votes twice", "etcd#2461");
  s.mutant("seen-is-granted", "takes a refused vote for a vote: a leader without a majority", "databend#16175");
  s.mutant("log-check-or", "votes for a log with a later term OR a greater length: a leader lacks committed entries",
           "liferaft#10");
  s.mutant("read-before-noop", "serves reads before an entry of its term is committed: stale reads", "etcd#7331, tikv#6340");
  s.mutant("read-no-quorum", "serves reads without asking a quorum whether it still leads: stale reads", "d-engine#381");
  s.mutant("heartbeat-race", "truncates its log after any AppendEntries: an overtaken one drops acknowledged entries",
           "hashicorp/raft#695");
  s.mutant("snapshot-keeps-conflict", "keeps the entries behind a snapshot though they contradict it", "hashicorp/raft#697");
  s.mutant("old-snapshot-truncates", "installs a snapshot that is older than its log: committed entries are dropped",
           "camunda#6092");
  s.mutant("rot-truncates",
           "cuts its log where a checksum fails and goes on as if it had never held the rest: acknowledged entries are lost",
           "Alagappan et al., FAST 2018: ZooKeeper, LogCabin");
  s.mutant("ack-before-fsync", "acknowledges entries that its disk does not have yet: power loss loses them", "Jepsen NATS 2.12.1");
}

}  // namespace

Spec<Node> spec() {
  Spec<Node> s("raft", "Raft: a replicated log with elected leaders, serving a key-value store");
  s.config<Config, Mutant>({
      {"election_timeout_min", "the shortest time without a word from a leader before a server stands for election"},
      {"election_timeout_max", "the longest; each server draws one between them in every term"},
      {"heartbeat_interval", "how often a leader without news says that it lives; below election_timeout_min"},
      {"max_entries_per_append", "entries in one message, at most"},
      {"max_in_flight", "messages with entries on their way to a follower, at most"},
      {"snapshot_after", "entries applied since the last snapshot before the next is taken; 0: never"},
      {"snapshot_resend", "how long a leader waits before it sends a snapshot again"},
      {"reads", "read-index: from the leader's state once a quorum confirmed it; log: as commands in the log"},
  });
  s.clients<kv::Client>();
  s.role<&role_of>();
  s.epoch<&epoch_of>("term");
  add_claims(s);
  add_mutants(s);
  return s;
}

}  // namespace protocols::raft
