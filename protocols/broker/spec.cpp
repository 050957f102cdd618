#include "protocols/broker/spec.hpp"

#include "protocols/broker/client.hpp"
#include "protocols/consensus/raft/hosted.hpp"
#include "protocols/consensus/raft/spec.hpp"

namespace protocols::broker {

namespace {

using namespace sim::literals;  // NOLINT(google-build-using-namespace)

std::string_view role_of(const Node& node) { return raft::role_of(node.raft); }
std::uint64_t epoch_of(const Node& node) { return raft::epoch_of(node.raft); }

}  // namespace

sim::check::Spec<Node> spec() {
  sim::check::Spec<Node> s("broker", "A broker of partitions with offsets, as Kafka's, kept by a Raft log");
  s.config<Config, Mutant>({
      {"election_timeout_min", "the shortest time without a word from a leader before a server stands for election"},
      {"election_timeout_max", "the longest; each server draws one between them in every term"},
      {"heartbeat_interval", "how often a leader without news says that it lives; below election_timeout_min"},
      {"max_poll_records", "records of one partition in the answer to a poll, at most"},
  });
  s.clients<Client>("kafka", "send records to partitions, poll all of them, commit offsets and list them");
  s.role<&role_of>();
  s.epoch<&epoch_of>("term");
  s.history("kafka", "kafka");
  s.eventually("leader-exists", "a server leads, and a majority is in its term", raft::hosted_leader_exists<Node>, 5_s);
  s.sometimes("retry-recognised", "a command that was sent again, and is in the log twice, takes effect once");
  s.sometimes("poll-full", "there are more records than fit into the answer to a poll");
  s.sometimes("server-behind", "a client has polled more than the server has that it asks now");
  s.mutant("acks-leader", "acknowledges a record once the leader has it: it is lost with the leader, and its offset given again",
           "Kafka: acks=1; Jepsen Kafka, 2013");
  s.mutant("beyond-high-watermark", "gives consumers records that are not committed: an offset may come to mean another record",
           "KIP-101; Jepsen Redpanda 21.10.1");
  s.mutant("latest-first", "gives the newest of the records that do not fit into one answer: those before are skipped",
           "Kafka: auto.offset.reset=latest");
  s.mutant("not-idempotent", "does not recognise a retry: the record is there twice", "KIP-98; Jepsen Redpanda 21.10.1");
  return s;
}

}  // namespace protocols::broker
