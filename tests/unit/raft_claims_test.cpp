// Raft's claims by themselves: states made by hand, which they must pass or refuse, with what they say.
#include <vector>

#include "protocols/consensus/raft/claims.hpp"
#include "tests/unit/catch.hpp"

using namespace protocols::raft;
using sim::NodeId;

namespace {

// Three servers and their disks, as an observer sees them, to be changed at will.
class Stage final : public sim::View {
 public:
  Stage() {
    directory_.systems.push_back({"store", {NodeId{0}, NodeId{1}, NodeId{2}}});
    for (int i = 0; i < 3; ++i) {
      directory_.node_names.push_back("n" + std::to_string(i + 1));
      directory_.system_of.push_back(0);
    }
  }
  sim::Time now() const override { return {}; }
  const sim::AnyNode& node(NodeId id) const override { return *boxes_[index(id)]; }
  const sim::Disk& disk(NodeId id) const override { return disks_[index(id)]; }
  bool up(NodeId) const override { return true; }
  std::uint32_t incarnation(NodeId) const override { return 0; }
  const sim::Directory& directory() const override { return directory_; }

  sim::Disk& disk_of(std::uint32_t i) { return disks_[i]; }
  sim::Payload wrap(Snapshot snapshot) { return sim::Payload::of(*pool_, std::move(snapshot)); }
  sim::Payload command(std::uint64_t n) { return sim::Payload::of(*pool_, HardState{n, {}}); }
  void append(std::uint32_t i, std::uint64_t term, std::uint64_t command_number = 0) {
    disks_[i].log<Entry>(Node::kLog).append({term, command(command_number)});
  }
  void set(std::uint32_t i, const Node& node) { boxes_[i] = sim::NodeBox(node); }

 private:
  sim::PoolRef pool_;
  sim::Directory directory_;
  std::vector<sim::Disk> disks_ = std::vector<sim::Disk>(3);
  std::vector<sim::NodeBox> boxes_ = std::vector<sim::NodeBox>(3, sim::NodeBox(Node(Config{})));
};

// A stage, the servers' states, and one claim that looks at it.
template <class Claim>
struct Watch {
  Stage stage;
  std::vector<Node> nodes = std::vector<Node>(3, Node(Config{}));
  Claim claim;

  // What the claim says after an event at that server.
  std::string look(std::uint32_t i) {
    stage.set(i, nodes[i]);
    const Cluster cluster(stage, stage.directory().systems[0].members);
    return claim(cluster, NodeId{i}).value_or("");
  }
  void leads(std::uint32_t i, std::uint64_t term) {
    nodes[i].role = Role::leader;
    nodes[i].term = term;
  }
};

}  // namespace

TEST_CASE("raft claim: election safety", "[raft]") {
  Watch<ElectionSafety> w;
  w.leads(0, 3);
  CHECK(w.look(0).empty());
  w.leads(1, 4);
  CHECK(w.look(1).empty());
  CHECK(w.look(0).empty());  // two leaders at once, but of two terms
  w.leads(2, 3);
  CHECK(w.look(2) == "n1 and n3 were both elected leader of term 3");
}

TEST_CASE("raft claim: one vote per term, as candidates count them", "[raft]") {
  Watch<OneVotePerTerm> w;
  for (const std::uint32_t i : {0U, 1U}) {
    w.nodes[i].role = Role::candidate;
    w.nodes[i].term = 5;
    w.nodes[i].votes = {NodeId{i}};
    CHECK(w.look(i).empty());
  }
  w.nodes[0].votes.push_back(NodeId{2});
  CHECK(w.look(0).empty());
  w.nodes[1].votes.push_back(NodeId{2});
  CHECK(w.look(1) == "n1 and n2 both count the vote of n3 in term 5");
}

TEST_CASE("raft claim: one vote per term, as voters remember it", "[raft]") {
  Watch<OneVotePerTerm> w;
  const auto vote = [&](std::uint64_t term, std::optional<NodeId> whom, bool durable) {
    w.nodes[0].term = term;
    w.nodes[0].voted_for = whom;
    w.stage.disk_of(0).save("HardState", w.stage.command(term));
    if (durable) w.stage.disk_of(0).sync(w.stage.disk_of(0).written());
    return w.look(0);
  };
  CHECK(vote(1, NodeId{1}, false).empty());
  CHECK(vote(1, {}, false).empty());  // a crash took it back, and nobody had heard of it
  CHECK(vote(1, NodeId{2}, true).empty());
  CHECK(vote(2, NodeId{1}, false).empty());
  SECTION("back in the old term with the old vote") { CHECK(vote(1, NodeId{2}, false).empty()); }
  SECTION("back in the old term without it") {
    CHECK(vote(1, {}, false) == "n1 voted for n3 in term 1, and now, in the same term, has forgotten it");
  }
  SECTION("back in the old term with another") {
    CHECK(vote(1, NodeId{1}, false) == "n1 voted for n3 in term 1, and now, in the same term, for n2");
  }
}

TEST_CASE("raft claim: a leader only appends", "[raft]") {
  Watch<LeaderAppendOnly> w;
  w.stage.append(0, 1);
  w.leads(0, 2);
  w.stage.append(0, 2);
  CHECK(w.look(0).empty());
  w.stage.append(0, 2);
  CHECK(w.look(0).empty());
  auto log = w.stage.disk_of(0).log<Entry>(Node::kLog);
  SECTION("it cuts its log") {
    log.truncate(3);
    CHECK(w.look(0) == "n1, leader of term 2, cut its log from entry 3 back to 2");
  }
  SECTION("it overwrites an entry") {
    log.truncate(3);
    w.stage.append(0, 2, 77);
    w.stage.append(0, 2);
    CHECK(w.look(0) == "n1, leader of term 2, overwrote its entry 3");
  }
  SECTION("a follower may do both") {
    w.nodes[0].role = Role::follower;
    log.truncate(2);
    CHECK(w.look(0).empty());
  }
}

TEST_CASE("raft claim: log matching", "[raft]") {
  Watch<LogMatching> w;
  for (const std::uint64_t term : {1U, 1U, 3U}) w.stage.append(0, term);
  CHECK(w.look(0).empty());
  SECTION("equal logs, and logs that differ in their terms, match") {
    for (const std::uint64_t term : {1U, 1U, 3U}) w.stage.append(1, term);
    for (const std::uint64_t term : {1U, 2U, 2U, 2U}) w.stage.append(2, term);
    CHECK(w.look(1).empty());
    CHECK(w.look(2).empty());
  }
  SECTION("one entry, two commands") {
    w.stage.append(1, 1, 9);
    CHECK(w.look(1) == "n1 and n2 both have entry 1 of term 1, but their logs differ at or below it");
  }
  SECTION("one entry, two predecessors") {
    for (const std::uint64_t term : {1U, 2U}) w.stage.append(1, term);
    CHECK(w.look(1).empty());
    w.stage.append(1, 3);
    CHECK(w.look(1) == "n1 and n2 both have entry 3 of term 3, but their logs differ at or below it");
  }
  SECTION("what follows a snapshot must follow its last entry") {
    for (const std::uint64_t term : {1U, 2U, 2U}) w.stage.append(1, term);
    CHECK(w.look(1).empty());
    w.nodes[1].base_index = 2;
    w.nodes[1].base_term = 1;  // a snapshot of the other history, while entry 3 of term 2 stays
    w.stage.disk_of(1).log<Entry>(Node::kLog).compact(3);
    CHECK(w.look(1) == "the log of n2 below its entry 3 of term 2 is not what it was");
  }
}

TEST_CASE("raft claim: leader completeness", "[raft]") {
  Watch<LeaderCompleteness> w;
  for (const std::uint64_t term : {1U, 2U}) w.stage.append(0, term);
  w.leads(0, 2);
  w.nodes[0].commit_index = 2;
  CHECK(w.look(0).empty());
  w.stage.append(1, 1);
  SECTION("a leader of a later term without the entry") {
    w.leads(1, 3);
    CHECK(w.look(1) == "n2 leads term 3 without entry 2 of term 2, which was committed in term 2");
  }
  SECTION("a leader of an earlier term need not have it") {
    w.leads(1, 1);
    CHECK(w.look(1).empty());
  }
  SECTION("a leader that has it, in its log or in its snapshot") {
    w.stage.append(1, 2);
    w.leads(1, 3);
    CHECK(w.look(1).empty());
    w.nodes[2].base_index = 2;
    w.nodes[2].base_term = 2;
    w.stage.disk_of(2).log<Entry>(Node::kLog).reset(3);
    w.leads(2, 4);
    CHECK(w.look(2).empty());
  }
  SECTION("a deposed leader commits what its successor lacks") {
    w.stage.append(1, 2);
    w.leads(1, 3);
    CHECK(w.look(1).empty());
    w.stage.append(0, 2);
    w.nodes[0].commit_index = 3;
    CHECK(w.look(0) == "n2 leads term 3 without entry 3 of term 2, which was committed in term 2");
  }
}

TEST_CASE("raft claim: what is committed stays with a majority", "[raft]") {
  Watch<CommittedStays> w;
  for (const std::uint32_t i : {0U, 1U, 2U}) {
    for (const std::uint64_t term : {1U, 1U}) w.stage.append(i, term);
    if (i == 0) {
      w.leads(0, 1);
      w.nodes[0].commit_index = 2;
    }
    CHECK(w.look(i).empty());
  }
  w.stage.disk_of(1).log<Entry>(Node::kLog).truncate(2);
  CHECK(w.look(1).empty());  // two of three still hold it
  w.stage.disk_of(2).log<Entry>(Node::kLog).truncate(2);
  CHECK(w.look(2) == "entry 2 of term 1 was committed in term 1, but now that n3 lost it only 1 of 3 servers hold it");
}

TEST_CASE("raft claim: state machine safety", "[raft]") {
  Watch<StateMachineSafety> w;
  w.stage.append(0, 1, 7);
  w.stage.append(1, 1, 7);
  w.stage.append(2, 1, 8);
  w.nodes[0].applied_index = w.nodes[1].applied_index = w.nodes[2].applied_index = 1;
  CHECK(w.look(0).empty());
  CHECK(w.look(1).empty());
  SECTION("different entries at one index") {
    CHECK(w.look(2) == "n1 applied an entry of term 1 at index 1, and n3 another one of term 1");
  }
  SECTION("a server that restarts applies the same again") {
    w.nodes[1].up_since = sim::Time{5};
    w.nodes[1].applied_index = 0;
    CHECK(w.look(1).empty());
    w.nodes[1].applied_index = 1;
    CHECK(w.look(1).empty());
  }
  SECTION("different snapshots of one index") {
    for (const std::uint32_t i : {0U, 1U}) {
      w.nodes[i].base_index = 1;
      w.nodes[i].base_term = 1;
      w.stage.disk_of(i).save("Snapshot", w.stage.wrap({1, 1, w.stage.command(i)}));
    }
    CHECK(w.look(0).empty());
    CHECK(w.look(1) == "n1 and n2 have different snapshots of index 1");
  }
}

TEST_CASE("raft claim: the commit index of a running server only rises", "[raft]") {
  Watch<CommitMonotone> w;
  w.nodes[0].commit_index = 5;
  CHECK(w.look(0).empty());
  SECTION("it goes back") {
    w.nodes[0].commit_index = 4;
    CHECK(w.look(0) == "the commit index of n1 went back from 5 to 4");
  }
  SECTION("it begins again after a restart") {
    w.nodes[0].up_since = sim::Time{9};
    w.nodes[0].commit_index = 0;
    CHECK(w.look(0).empty());
  }
}

TEST_CASE("raft claim: a leader exists once a majority is in its term", "[raft]") {
  Stage stage;
  const Cluster cluster(stage, stage.directory().systems[0].members);
  CHECK(leader_exists(cluster, NodeId{0}) == "no server leads a term that a majority is in");
  Node leader{Config{}};
  leader.role = Role::leader;
  leader.term = 2;
  stage.set(0, leader);
  CHECK(leader_exists(cluster, NodeId{0}));
  Node follower{Config{}};
  follower.term = 2;
  stage.set(1, follower);
  CHECK_FALSE(leader_exists(cluster, NodeId{0}));
}
