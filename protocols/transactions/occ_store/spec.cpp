#include "protocols/transactions/occ_store/spec.hpp"

#include "protocols/consensus/raft/hosted.hpp"
#include "protocols/consensus/raft/spec.hpp"
#include "protocols/transactions/occ_store/claims.hpp"
#include "protocols/transactions/occ_store/client.hpp"

namespace protocols::occ_store {

namespace {

using namespace sim::literals;  // NOLINT(google-build-using-namespace)
using sim::check::Spec;

std::string_view role_of(const Node& node) { return raft::role_of(node.raft); }
std::uint64_t epoch_of(const Node& node) { return raft::epoch_of(node.raft); }

void add_workloads(Spec<Node>& s) {
  s.clients<ClientOf<Does::append>>("append", "transactions of one to four accesses that append to lists and read them");
  s.clients<ClientOf<Does::txn>>("txn", "transactions of one to four accesses that write and read registers");
  s.clients<ClientOf<Does::bank>>("bank", "transfers between `keys` accounts of 10 each, and reads of all accounts");
  s.clients<ClientOf<Does::queue>>("queue", "enqueue to one queue and dequeue; the share of `reads` dequeues");
  s.clients<ClientOf<Does::set>>("set", "add to one set, and read it");
  s.clients<ClientOf<Does::counter>>("counter", "add to one counter, and read it");
  s.clients<ClientOf<Does::stack>>("stack", "push to one stack, and pop; in a quarter of the `reads` peek");
  s.clients<ClientOf<Does::priority_queue>>("priority-queue", "insert, and poll the greatest; in a quarter of the `reads` peek");
  s.clients<ClientOf<Does::lock>>("lock", "acquire one lock, and release it; what is not its own to do fails");
  s.clients<ClientOf<Does::members>>("members", "insert, remove and contains of `keys` values in one set");
  s.clients<ClientOf<Does::multi_register>>("multi-register", "as txn, judged by search and not by inference");
  s.clients<ClientOf<Does::work>>("work", "enqueue and dequeue; the last of a client's `operations` drains the queue");
  s.clients<ClientOf<Does::comments>>("comments", "writes of values, and reads of all that was written");
  s.clients<ClientOf<Does::long_fork>>(
      "long-fork",
      "writes that read nothing, of a key a client in every group of `keys`, and reads of a group; as many `keys` as clients");
  s.history("strict-serializable-list-append", "append");
  s.history("strict-serializable-rw-register", "txn");
  s.history("bank", "bank");
  s.history("linearizable-queue", "queue");
  s.history("set-full", "set");
  s.history("counter", "counter");
  s.history("linearizable-stack", "stack");
  s.history("linearizable-priority-queue", "priority-queue");
  s.history("linearizable-mutex", "lock");
  s.history("linearizable-set", "members");
  s.history("linearizable-multi-register", "multi-register");
  s.history("total-queue", "work");
  s.history("comments", "comments");
  s.history("long-fork", "long-fork");
}

void add_mutants(Spec<Node>& s) {
  s.mutant("snapshot-isolation",
           "aborts only what writes a row that was written meanwhile: of two transactions that each read what the other writes "
           "both commit (write skew)",
           "Berenson et al., SIGMOD 1995: A5B");
  s.mutant("read-committed", "commits without looking whether anything changed: updates are lost",
           "Berenson et al., SIGMOD 1995: P4");
  s.mutant("lost-update",
           "does not check rows that the transaction also writes, as if writing locked them: of two updates of one row one is lost",
           "Jepsen TiDB 2.1.7: automatic retries");
  s.mutant("stale-read", "commits what only reads at once, without the log: it may read the past", "Jepsen etcd and Consul, 2014");
  s.mutant("dirty-read", "reads rows from entries of the log that are not decided yet: some of them are aborted",
           "Adya 1999: G1a; Jepsen VoltDB 6.3");
  s.mutant("torn-transfer", "of a transaction that must abort, what it writes to rows that did not change happens all the same",
           "Jepsen Cassandra 2.0, 2013");
  s.mutant("duplicate-enqueue",
           "keeps no record of what it decided: a retry is judged again, fails because of what it has itself written, and is run "
           "again",
           "FoundationDB: commit_unknown_result");
  s.mutant("lost-add", "answers when the transaction is in the leader's log, before it is decided", "Jepsen MongoDB, 2013: w=1");
  s.mutant(
      "counter-retry",
      "a leader that is deposed tells clients that what it has not decided is aborted; it may commit yet, and they run it again",
      "Jepsen jetcd 0.8.2");
  s.mutant("leader-validates", "only the leader validates; the others take whatever it put in the log for committed",
           "Bernstein, Reid and Das, CIDR 2011: meld must be deterministic");
  s.mutant("latest-read",
           "reads each row as it is now, and not as it was in the transaction's snapshot: reads of one transaction "
           "are of different times",
           "Bailis et al., SIGMOD 2014: fractured reads");
}

}  // namespace

Spec<Node> spec() {
  Spec<Node> s("occ-store", "A transactional store: optimistic transactions, decided in the order of a Raft log");
  s.config<Config, Mutant>({
      {"election_timeout_min", "the shortest time without a word from a leader before a server stands for election"},
      {"election_timeout_max", "the longest; each server draws one between them in every term"},
      {"heartbeat_interval", "how often a leader without news says that it lives; below election_timeout_min"},
      {"snapshot_window", "how many log entries old the snapshot may be that a transaction reads"},
  });
  add_workloads(s);
  s.role<&role_of>();
  s.epoch<&epoch_of>("term");
  s.always("same-decisions", "servers that have applied the same entries have decided every transaction alike", SameDecisions{});
  s.eventually("leader-exists", "a server leads, and a majority is in its term", raft::hosted_leader_exists<Node>, 5_s);
  s.sometimes("conflict", "a transaction aborts because a row that it read has changed");
  s.sometimes("retry-recognised", "a commit that was sent again, and is in the log twice, is decided once");
  s.sometimes("snapshot-not-served", "a server is asked for a snapshot that it does not have");
  add_mutants(s);
  return s;
}

}  // namespace protocols::occ_store
