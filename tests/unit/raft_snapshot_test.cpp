// Raft's rules one by one, as Ongaro's dissertation says them: snapshots (§5), reads (§6.4), and what a crash leaves.
#include "tests/unit/raft_support.hpp"

using namespace raft_test;

namespace {

using Terms = std::vector<std::uint64_t>;

Config snapshot_every(std::uint64_t entries) {
  Config config;
  config.snapshot_after = entries;
  return config;
}

// A snapshot of index `i` in which key 1 is "snap".
Snapshot snapshot_of(Server& s, std::uint64_t i, std::uint64_t term) {
  kv::Machine machine;
  REQUIRE(machine.apply({{kClient, 0}, 1, {kv::Function::write, 1, "snap", {}}}));
  return {i, term, s.fixture.ctx().share(std::move(machine))};
}

}  // namespace

TEST_CASE("raft 5.1: a server cuts its log only when the snapshot is durable", "[raft]") {
  Server s(1, snapshot_every(3));
  s.becomes_leader();
  s.request(1, kv::Function::append, "a");
  s.node.on(s.fixture.ctx(), kClient, kv::Request{{kClient, 0}, 2, {kv::Function::append, 1, "b", {}}});
  s.node.on(s.fixture.ctx(), NodeId{0}, Persisted{1, 3});
  CHECK(s.node.saving_index == 3);
  CHECK(s.log().first() == 1);
  CHECK(s.node.base_index == 0);
  s.node.on(s.fixture.ctx(), NodeId{0}, SnapshotSaved{3, false});
  CHECK(s.node.saving_index == 0);
  CHECK(s.node.base_index == 3);
  CHECK(s.log().first() == 4);
  s.restarts();
  CHECK(s.node.base_index == 3);
  CHECK(s.node.applied_index == 3);
  CHECK(s.node.machine.read(1).value == "ab");
  REQUIRE(s.node.machine.last_of({kClient, 0}) != nullptr);  // sessions are part of it
}

TEST_CASE("raft 5.3: a follower that lacks entries which the leader no longer has gets the snapshot", "[raft]") {
  Server s(3, snapshot_every(2));
  s.becomes_leader();
  s.acknowledges(NodeId{1}, 1);
  s.request(1);
  s.acknowledges(NodeId{1}, 2);
  REQUIRE(s.node.base_index == 2);
  s.gets(NodeId{2}, AppendReply{1, false, 0, 0, 0, 0});
  s.fires(HeartbeatTimeout{});  // n2 never answered: it is at the beginning of the log
  REQUIRE(s.said<InstallSnapshot>(NodeId{2}) != nullptr);
  CHECK(s.said<InstallSnapshot>(NodeId{2})->snapshot.index == 2);
  CHECK(s.node.progress[2].feed == Feed::snapshot);
  s.fires(HeartbeatTimeout{});  // a heartbeat still, but not the snapshot again
  CHECK(s.said<InstallSnapshot>(NodeId{2}) == nullptr);
  CHECK(s.said<AppendEntries>(NodeId{2}) != nullptr);
  s.fixture.advance(s.node.config.snapshot_resend);
  s.fires(HeartbeatTimeout{});
  CHECK(s.said<InstallSnapshot>(NodeId{2}) != nullptr);
  s.acknowledges(NodeId{2}, 2);
  CHECK(s.node.progress[2].feed == Feed::replicate);
  CHECK(s.node.progress[2].next == 3);
}

TEST_CASE("raft 5.3: a snapshot changes nothing and is not acknowledged before it is durable", "[raft]") {
  Server s;
  s.has_log({1, 1});
  s.gets_before_fsync(NodeId{1}, InstallSnapshot{3, snapshot_of(s, 5, 3)});
  CHECK(s.node.base_index == 0);
  CHECK(s.terms() == Terms{1, 1});
  CHECK(s.said<AppendReply>(NodeId{1}) == nullptr);
  s.gets(NodeId{0}, SnapshotSaved{5, true});
  CHECK(s.node.base_index == 5);
  CHECK(s.node.base_term == 3);
  CHECK(s.node.commit_index == 5);
  CHECK(s.node.applied_index == 5);
  CHECK(s.node.machine.read(1).value == "snap");
  CHECK(s.log().empty());
  CHECK(s.log().last() == 5);
  REQUIRE(s.said<AppendReply>(NodeId{1}) != nullptr);
  CHECK(s.said<AppendReply>(NodeId{1})->index == 5);
}

TEST_CASE("raft 5.3: what follows the snapshot's last entry is kept where that entry agrees, else dropped", "[raft]") {
  for (const Mutant mutant : {Mutant::none, Mutant::snapshot_keeps_conflict}) {
    Server agrees(3, {}, 1, mutant);
    agrees.has_log({1, 2, 2, 2});
    agrees.gets(NodeId{1}, InstallSnapshot{3, snapshot_of(agrees, 2, 2)});
    CHECK(agrees.terms() == Terms{2, 2});
    CHECK(agrees.log().first() == 3);
    Server conflicts(3, {}, 1, mutant);
    conflicts.has_log({1, 1, 1, 1});
    conflicts.gets(NodeId{1}, InstallSnapshot{3, snapshot_of(conflicts, 2, 2)});
    CHECK(conflicts.terms() == (mutant == Mutant::none ? Terms{} : Terms{1, 1}));
    CHECK(conflicts.log().first() == 3);
  }
}

TEST_CASE("raft 5.3: an old snapshot is ignored", "[raft]") {
  for (const Mutant mutant : {Mutant::none, Mutant::old_snapshot_truncates}) {
    Server s(3, {}, 1, mutant);
    s.gets(NodeId{1},
           AppendEntries{1, 0, 0, {write_entry(s, 1, 2, "a"), write_entry(s, 1, 3, "b"), write_entry(s, 1, 4, "c")}, 3, 0});
    REQUIRE(s.node.commit_index == 3);
    s.gets(NodeId{1}, InstallSnapshot{1, snapshot_of(s, 2, 1)});
    REQUIRE(s.said<AppendReply>(NodeId{1}) != nullptr);
    CHECK(s.said<AppendReply>(NodeId{1})->success);
    if (mutant == Mutant::none) {
      CHECK(s.said<AppendReply>(NodeId{1})->index == 3);
      CHECK(s.terms().size() == 3);
      CHECK(s.node.machine.read(1).value == "c");
    } else {
      CHECK(s.node.commit_index == 2);
      CHECK(s.node.machine.read(1).value == "snap");
    }
  }
}

TEST_CASE("raft 5.3: entries that the snapshot covers already are passed over", "[raft]") {
  Server s;
  s.gets(NodeId{1}, InstallSnapshot{3, snapshot_of(s, 5, 3)});
  s.gets(NodeId{1}, AppendEntries{3, 3, 2, {Entry{3, {}}, Entry{3, {}}, Entry{3, {}}}, 0, 0});
  CHECK(s.said<AppendReply>(NodeId{1})->success);
  CHECK(s.said<AppendReply>(NodeId{1})->index == 6);
  CHECK(s.terms() == Terms{3});
  CHECK(s.log().last() == 6);
}

TEST_CASE("raft: after a crash the log is fitted to the snapshot that survived", "[raft]") {
  SECTION("the snapshot reaches beyond the log") {
    Server s;
    s.has_log({1, 1});
    s.fixture.disk().save("Snapshot", s.fixture.ctx().share(snapshot_of(s, 5, 3)));
    s.restarts();
    CHECK(s.log().empty());
    CHECK(s.log().last() == 5);
    CHECK(s.node.term == 3);
    CHECK(s.node.machine.read(1).value == "snap");
  }
  SECTION("the log contradicts the snapshot") {
    Server s;
    s.has_log({1, 1, 1});
    s.fixture.disk().save("Snapshot", s.fixture.ctx().share(snapshot_of(s, 2, 2)));
    s.restarts();
    CHECK(s.log().empty());
    CHECK(s.log().last() == 2);
  }
  SECTION("the log was to be cut, and was not") {
    Server s;
    s.has_log({1, 2, 2});
    s.fixture.disk().save("Snapshot", s.fixture.ctx().share(snapshot_of(s, 2, 2)));
    s.restarts();
    CHECK(s.log().first() == 3);
    CHECK(s.terms() == Terms{2});
    CHECK(s.node.commit_index == 2);
  }
}

// ---- reads (§6.4) ---------------------------------------------------------------------------------------------------

namespace {

// A leader of 3 with an entry of its own term committed, and key 1 = "v".
void settles(Server& s) {
  s.becomes_leader();
  s.acknowledges(NodeId{1}, 1);
  s.request(1, kv::Function::write, "v");
  s.acknowledges(NodeId{1}, 2);
  REQUIRE(s.node.commit_index == 2);
}

}  // namespace

TEST_CASE("raft 6.4: a read waits for a quorum to confirm the leader, and makes no entry", "[raft]") {
  Server s;
  settles(s);
  s.request(2, kv::Function::read, {});
  CHECK(s.said<kv::Reply>(kClient) == nullptr);
  REQUIRE(s.said<AppendEntries>(NodeId{1}) != nullptr);
  CHECK(s.said<AppendEntries>(NodeId{1})->read_round == 1);
  s.gets(NodeId{2}, AppendReply{1, true, 1, 0, 0, 0});  // an answer to an earlier heartbeat confirms nothing
  CHECK(s.said<kv::Reply>(kClient) == nullptr);
  s.gets(NodeId{2}, AppendReply{1, true, 2, 0, 0, 1});
  REQUIRE(s.said<kv::Reply>(kClient) != nullptr);
  CHECK(s.said<kv::Reply>(kClient)->value == "v");
  CHECK(s.log().last() == 2);
}

TEST_CASE("raft 6.4: a follower that refuses the entries still confirms the leader", "[raft]") {
  Server s;
  settles(s);
  s.request(2, kv::Function::read, {});
  s.gets(NodeId{2}, AppendReply{1, false, 2, 0, 0, 1});
  CHECK(s.said<kv::Reply>(kClient) != nullptr);
}

TEST_CASE("raft 6.4: a new leader serves no read before an entry of its term is committed", "[raft]") {
  for (const Mutant mutant : {Mutant::none, Mutant::read_before_noop}) {
    Server s(3, {}, 1, mutant);
    s.log().append(write_entry(s, 1, 1, "committed, but it does not know"));
    s.node.term = 1;
    s.becomes_leader();
    s.request(2, kv::Function::read, {});
    s.gets(NodeId{1}, AppendReply{2, true, 1, 0, 0, s.node.read_round});
    CHECK((s.said<kv::Reply>(kClient) == nullptr) == (mutant == Mutant::none));
    if (mutant != Mutant::none) continue;
    s.acknowledges(NodeId{1}, 2);  // its no-op: now it knows
    s.gets(NodeId{1}, AppendReply{2, true, 2, 0, 0, 1});
    REQUIRE(s.said<kv::Reply>(kClient) != nullptr);
    CHECK(s.said<kv::Reply>(kClient)->value == "committed, but it does not know");
  }
}

TEST_CASE("raft 6.4: reads that arrive during a round share the next one", "[raft]") {
  Server s;
  settles(s);
  s.request(2, kv::Function::read, {});
  for (std::uint32_t slot = 1; slot <= 3; ++slot) {
    s.gets(kClient, kv::Request{{kClient, slot}, 1, {kv::Function::read, 1, {}, {}}});
    CHECK(s.count<AppendEntries>() == 0);
  }
  s.gets(NodeId{1}, AppendReply{1, true, 2, 0, 0, 1});
  CHECK(s.count<kv::Reply>() == 1);
  CHECK(s.node.read_round == 2);
  s.gets(NodeId{1}, AppendReply{1, true, 2, 0, 0, 2});
  CHECK(s.count<kv::Reply>() == 3);
}

TEST_CASE("raft 6.4: a deposed leader refuses the reads that wait", "[raft]") {
  Server s;
  settles(s);
  s.request(2, kv::Function::read, {});
  s.gets(NodeId{2}, AppendEntries{2, 0, 0, {}, 0, 0});
  REQUIRE(s.said<kv::Reply>(kClient) != nullptr);
  CHECK(s.said<kv::Reply>(kClient)->status == kv::Status::not_leader);
  CHECK(s.node.reads.empty());
}

TEST_CASE("raft 6.4: reads by the log are entries like any other", "[raft]") {
  Config config;
  config.reads = ReadMode::log;
  Server s(3, config);
  settles(s);
  s.request(2, kv::Function::read, {});
  CHECK(s.log().last() == 3);
  s.acknowledges(NodeId{1}, 3);
  REQUIRE(s.said<kv::Reply>(kClient) != nullptr);
  CHECK(s.said<kv::Reply>(kClient)->value == "v");
}

TEST_CASE("raft: a log is cut only when it is durable that entries are missing, and that is forgotten only when they are back",
          "[raft]") {
  Server s;
  s.gets(NodeId{1}, AppendEntries{.term = 1, .prev_index = 0, .prev_term = 0, .entries = {{1, {}}, {1, {}}, {1, {}}}});
  sim::Rng rng(1, "rot", 0);
  s.fixture.disk().sync(s.fixture.disk().written());
  s.fixture.disk().destroy(sim::Disk::Damage::rot, rng, 3);
  Node again(s.node.config);
  again.start(s.fixture.ctx());
  CHECK(again.opening);
  CHECK(again.repair_until == 3);
  CHECK(Node::log(s.fixture.ctx()).last() == 3);
  const AppendEntries whole{.term = 1, .prev_index = 0, .prev_term = 0, .entries = {{1, {}}, {1, {}}, {1, {}}}};
  again.on(s.fixture.ctx(), NodeId{1}, whole);
  CHECK(s.fixture.count_sent<AppendReply>() == 0);
  again.on(s.fixture.ctx(), NodeId{0}, LossSaved{});
  CHECK(Node::log(s.fixture.ctx()).last() < 3);
  again.on(s.fixture.ctx(), NodeId{1}, whole);
  CHECK(s.fixture.count_sent<LossMended>() == 1);
  CHECK(again.repair_until == 3);  // what came is not durable yet
  again.on(s.fixture.ctx(), NodeId{0}, LossMended{3});
  CHECK(again.repair_until == 0);
}
