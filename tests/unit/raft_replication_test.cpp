// Raft's rules one by one, as Ongaro's dissertation says them: replicating the log and committing its entries.
#include "tests/unit/raft_support.hpp"

using namespace raft_test;

namespace {

using Terms = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("raft 3.5: a leader appends a command to its log and sends it to all, without waiting for its disk", "[raft]") {
  Server s;
  s.becomes_leader();
  s.acknowledges(NodeId{1}, 1);
  s.acknowledges(NodeId{2}, 1);
  s.request(1);
  CHECK(s.terms() == Terms{1, 1});
  for (const NodeId peer : {NodeId{1}, NodeId{2}}) {
    const auto* append = s.said<AppendEntries>(peer);
    REQUIRE(append != nullptr);
    CHECK(append->prev_index == 1);
    CHECK(append->prev_term == 1);
    REQUIRE(append->entries.size() == 1);
    CHECK(append->entries[0].command.as<kv::Request>()->sequence == 1);
  }
  CHECK(s.at_once<AppendEntries>());
}

TEST_CASE("raft 10.2.1: a leader counts itself only once its own disk has the entry", "[raft]") {
  Server s;
  s.becomes_leader();
  s.acknowledges(NodeId{1}, 1);
  s.gets_before_fsync(kClient, kv::Request{{kClient, 0}, 1, {kv::Function::write, 1, "v", {}}});
  s.acknowledges(NodeId{1}, 2);
  CHECK(s.node.commit_index == 1);
  s.gets(NodeId{0}, Persisted{1, 2});
  CHECK(s.node.commit_index == 2);
}

TEST_CASE("raft 10.2.1: followers alone can be the majority, before the leader's disk is done", "[raft]") {
  Server s;
  s.becomes_leader();
  s.acknowledges(NodeId{1}, 1);
  s.gets_before_fsync(kClient, kv::Request{{kClient, 0}, 1, {kv::Function::write, 1, "v", {}}});
  s.acknowledges(NodeId{1}, 2);
  s.acknowledges(NodeId{2}, 2);
  CHECK(s.node.commit_index == 2);
}

TEST_CASE("raft 3.5: an entry is committed, applied and answered once a majority holds it", "[raft]") {
  struct Case {
    std::uint32_t nodes;
    std::vector<std::uint32_t> holders;  // beside the leader
    bool committed;
  };
  for (const Case& c : {Case{1, {}, true}, Case{3, {}, false}, Case{3, {1}, true}, Case{3, {1, 2}, true}, Case{5, {}, false},
                        Case{5, {1}, false}, Case{5, {1, 2}, true}, Case{5, {3, 4}, true}}) {
    Server s(c.nodes);
    s.becomes_leader();
    for (std::uint32_t i = 1; i < c.nodes; ++i) s.acknowledges(NodeId{i}, 1);
    s.request(1, kv::Function::write, "v");
    bool answered = s.said<kv::Reply>(kClient) != nullptr;
    for (const auto i : c.holders) {
      s.acknowledges(NodeId{i}, 2);
      answered = answered || s.said<kv::Reply>(kClient) != nullptr;
    }
    CHECK((s.node.commit_index == 2) == c.committed);
    CHECK((s.node.applied_index == 2) == c.committed);
    CHECK((s.node.machine.read(1).value == "v") == c.committed);
    CHECK(answered == c.committed);
  }
}

TEST_CASE("raft 3.5: followers learn what is committed from the next message, and apply it in order", "[raft]") {
  Server s;
  s.gets(NodeId{1}, AppendEntries{1, 0, 0, {write_entry(s, 1, 1, "a"), write_entry(s, 1, 2, "b")}, 0, 0});
  CHECK(s.node.applied_index == 0);
  s.gets(NodeId{1}, AppendEntries{1, 2, 1, {}, 1, 0});
  CHECK(s.node.machine.read(1).value == "a");
  s.gets(NodeId{1}, AppendEntries{1, 2, 1, {}, 2, 0});
  CHECK(s.node.machine.read(1).value == "b");
  CHECK(s.said<kv::Reply>(kClient) == nullptr);  // followers do not answer clients
}

TEST_CASE("raft 3.5: a follower commits no further than the message vouches for its log", "[raft]") {
  Server s;
  s.has_log({1, 1, 1});
  s.gets(NodeId{1}, AppendEntries{2, 1, 1, {}, 3, 0});  // only entry 1 is known to agree
  CHECK(s.node.commit_index == 1);
}

TEST_CASE("raft 3.5: a follower takes entries only where the one before them agrees", "[raft]") {
  struct Case {
    std::uint64_t prev_index;
    std::uint64_t prev_term;
    bool accepted;
  };
  for (const Case& c :
       {Case{0, 0, true}, Case{1, 1, true}, Case{2, 2, true}, Case{1, 2, false}, Case{3, 3, false}, Case{9, 2, false}}) {
    Server s;
    s.has_log({1, 2});
    s.gets(NodeId{1}, AppendEntries{3, c.prev_index, c.prev_term, {}, 0, 0});
    const auto* reply = s.said<AppendReply>(NodeId{1});
    REQUIRE(reply != nullptr);
    CHECK(reply->success == c.accepted);
    CHECK(reply->index == c.prev_index);
    CHECK(s.terms() == Terms{1, 2});
  }
}

TEST_CASE("raft 3.5: a follower drops entries that conflict, and all after them, and appends the leader's", "[raft]") {
  struct Case {
    std::uint64_t prev_index;
    std::uint64_t prev_term;
    Terms entries;
    Terms after;
  };
  for (const Case& c : {Case{2, 2, {3}, {1, 2, 3}}, Case{1, 1, {3, 4}, {1, 3, 4}}, Case{0, 0, {1}, {1, 2}}, Case{0, 0, {3}, {3}},
                        Case{0, 0, {1, 2, 3}, {1, 2, 3}}}) {
    Server s;
    s.has_log({1, 2});
    AppendEntries append{4, c.prev_index, c.prev_term, {}, 0, 0};
    for (const auto t : c.entries) append.entries.push_back({t, {}});
    s.gets(NodeId{1}, append);
    CHECK(s.terms() == c.after);
    CHECK(s.said<AppendReply>(NodeId{1})->index == c.prev_index + c.entries.size());
    CHECK_FALSE(s.at_once<AppendReply>());
  }
}

TEST_CASE("raft 3.5: an overtaken AppendEntries drops nothing that agrees", "[raft]") {
  for (const Mutant mutant : {Mutant::none, Mutant::heartbeat_race}) {
    Server s(3, {}, 1, mutant);
    s.gets(NodeId{1}, AppendEntries{1, 0, 0, {Entry{1, {}}, Entry{1, {}}, Entry{1, {}}}, 0, 0});
    s.gets(NodeId{1}, AppendEntries{1, 0, 0, {Entry{1, {}}}, 0, 0});
    CHECK(s.terms().size() == (mutant == Mutant::none ? 3U : 1U));
  }
}

TEST_CASE("raft 3.5: an acknowledgement waits for the disk", "[raft]") {
  for (const Mutant mutant : {Mutant::none, Mutant::ack_before_fsync}) {
    Server s(3, {}, 1, mutant);
    s.gets(NodeId{1}, AppendEntries{1, 0, 0, {Entry{1, {}}}, 0, 0});
    CHECK(s.at_once<AppendReply>() == (mutant == Mutant::ack_before_fsync));
  }
}

// The leader's log is that of Figure 3.6; the followers' are (a) to (f) there.
TEST_CASE("raft 3.5: a leader finds where logs part, a term a step, and makes them equal (Figure 3.6)", "[raft]") {
  const std::vector<std::uint64_t> leaders{1, 1, 1, 4, 4, 5, 5, 6, 6, 6};
  const std::vector<std::vector<std::uint64_t>> followers{
      {1, 1, 1, 4, 4, 5, 5, 6, 6},          {1, 1, 1, 4},          {1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6},
      {1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7}, {1, 1, 1, 4, 4, 4, 4}, {1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3},
  };
  for (const auto& theirs : followers) {
    Server leader;
    leader.has_log(leaders);
    leader.node.term = 7;
    leader.becomes_leader();  // of term 8
    Server follower;
    follower.has_log(theirs);
    int refusals = 0;
    for (int round = 0; round < 20; ++round) {
      if (round == 0) leader.fires(HeartbeatTimeout{});
      const auto* append = leader.said<AppendEntries>(NodeId{1});
      if (append == nullptr) break;
      follower.gets(NodeId{0}, AppendEntries(*append));
      const AppendReply reply = *follower.said<AppendReply>(NodeId{0});
      refusals += reply.success ? 0 : 1;
      leader.gets(NodeId{1}, reply);
    }
    CHECK(follower.terms() == leader.terms());
    CHECK(leader.node.progress[1].match == 11);
    CHECK(leader.node.progress[1].feed == Feed::replicate);
    CHECK(refusals <= 3);
  }
}

TEST_CASE("raft 3.6.2: entries of earlier terms commit only behind one of the leader's own", "[raft]") {
  for (const Mutant mutant : {Mutant::none, Mutant::commit_old_term}) {
    Server s(3, {}, 1, mutant);
    s.has_log({1, 2});
    s.becomes_leader();  // of term 3; its no-op is entry 3
    REQUIRE(s.terms() == Terms{1, 2, 3});
    s.acknowledges(NodeId{1}, 2);
    CHECK(s.node.commit_index == (mutant == Mutant::none ? 0U : 2U));
    s.acknowledges(NodeId{1}, 3);
    CHECK(s.node.commit_index == 3);
  }
}

TEST_CASE("raft 6.4: a leader begins its term with an entry that does nothing", "[raft]") {
  Server s;
  s.becomes_leader();
  REQUIRE(s.log().last() == 1);
  CHECK_FALSE(s.log().at(1).command);
  CHECK(s.node.noop_index == 1);
}

TEST_CASE("raft 6.3: a retry that finds its command applied is answered without a new entry", "[raft]") {
  Server s(1);
  s.becomes_leader();
  s.request(1, kv::Function::append, "x");
  const std::uint64_t last = s.log().last();
  s.request(1, kv::Function::append, "x");
  REQUIRE(s.said<kv::Reply>(kClient) != nullptr);
  CHECK(s.said<kv::Reply>(kClient)->status == kv::Status::ok);
  CHECK(s.log().last() == last);
  CHECK(s.node.machine.read(1).value == "x");
}

TEST_CASE("raft 6.2: who does not lead says who does", "[raft]") {
  Server s;
  s.request(1);
  REQUIRE(s.said<kv::Reply>(kClient) != nullptr);
  CHECK(s.said<kv::Reply>(kClient)->status == kv::Status::not_leader);
  CHECK_FALSE(s.said<kv::Reply>(kClient)->leader);
  s.gets(NodeId{2}, AppendEntries{1, 0, 0, {}, 0, 0});
  s.request(1);
  CHECK(s.said<kv::Reply>(kClient)->leader == NodeId{2});
  CHECK(s.terms().empty());
}

TEST_CASE("raft 10.2.1: a leader keeps a bounded number of messages of bounded size in flight", "[raft]") {
  Config config;
  config.max_entries_per_append = 2;
  config.max_in_flight = 3;
  Server s(3, config);
  s.becomes_leader();
  s.acknowledges(NodeId{1}, 1);
  std::size_t sent = 0;
  for (std::uint64_t n = 1; n <= 10; ++n) {
    s.request(n);
    sent += s.said<AppendEntries>(NodeId{1}) != nullptr ? 1 : 0;
  }
  CHECK(sent == 3);
  CHECK(s.node.progress[1].next == 5);
  s.acknowledges(NodeId{1}, 2);  // room for one more
  REQUIRE(s.said<AppendEntries>(NodeId{1}) != nullptr);
  CHECK(s.said<AppendEntries>(NodeId{1})->prev_index == 4);
  CHECK(s.said<AppendEntries>(NodeId{1})->entries.size() == 2);
  // n2 has not answered at all: it is probed, one message until it answers or the next heartbeat.
  CHECK(s.node.progress[2].feed == Feed::probe);
  CHECK(s.said<AppendEntries>(NodeId{2}) == nullptr);
}

TEST_CASE("raft 3.5: a message lost in the pipeline is noticed by the next heartbeat and sent again", "[raft]") {
  Server s;
  s.becomes_leader();
  s.acknowledges(NodeId{1}, 1);
  s.request(1);  // lost on the way to n1
  s.fires(HeartbeatTimeout{});
  REQUIRE(s.said<AppendEntries>(NodeId{1}) != nullptr);
  CHECK(s.said<AppendEntries>(NodeId{1})->prev_index == 2);
  s.gets(NodeId{1}, AppendReply{1, false, 2, 1, 1, 0});
  REQUIRE(s.said<AppendEntries>(NodeId{1}) != nullptr);
  CHECK(s.said<AppendEntries>(NodeId{1})->prev_index == 1);
  CHECK(s.said<AppendEntries>(NodeId{1})->entries.size() == 1);
  CHECK(s.node.progress[1].feed == Feed::probe);
}

TEST_CASE("raft: a follower whose disk has lost what it acknowledged gets it again from the leader that it has", "[raft]") {
  Server s;
  s.becomes_leader();
  s.request(1);
  s.request(2);
  s.acknowledges(NodeId{1}, 3);
  REQUIRE(s.node.progress[1].match == 3);
  // An ordinary refusal of entries that are acknowledged is an old one, and changes nothing.
  s.gets(NodeId{1}, AppendReply{1, false, 3, 1, 1, 0});
  CHECK(s.node.progress[1].match == 3);
  // One of a server that repairs its log says that they are gone: they count no more, and are sent again.
  s.gets(NodeId{1}, AppendReply{1, false, 3, 1, 1, 0, true});
  CHECK(s.node.progress[1].match == 1);
  REQUIRE(s.said<AppendEntries>(NodeId{1}) != nullptr);
  CHECK(s.said<AppendEntries>(NodeId{1})->prev_index == 1);
  CHECK(s.said<AppendEntries>(NodeId{1})->entries.size() == 2);
  s.acknowledges(NodeId{1}, 3);
  CHECK(s.node.progress[1].match == 3);
}
