// Multi-Paxos beyond the papers' core: slots that come out of order, catching up, snapshots, lost votes, reads.
#include "tests/unit/paxos_support.hpp"

using namespace paxos_test;

namespace {

const Ballot kFirst{1, NodeId{1}};

Accept slots(Server& s, std::uint64_t first, std::initializer_list<const char*> values, std::uint64_t commit,
             Ballot ballot = kFirst) {
  Accept a{ballot, first, {}, commit, 0};
  std::uint64_t sequence = first;
  for (const char* v : values) a.commands.push_back(s.command(v, sequence++));
  return a;
}

std::string value_of(const Node& node) { return node.machine.read(1).value; }

}  // namespace

TEST_CASE("paxos: slots are accepted in any order, and applied in theirs", "[paxos]") {
  Server s;
  s.gets(NodeId{1}, slots(s, 3, {"c"}, 0));
  REQUIRE(s.said<Accepted>(NodeId{1}) != nullptr);
  CHECK(*s.said<Accepted>(NodeId{1}) == Accepted{kFirst, 3, 1, 0, 0});
  s.gets(NodeId{1}, slots(s, 1, {"a"}, 3));
  CHECK(s.node.commit_index == 1);
  CHECK(value_of(s.node) == "a");
  s.gets(NodeId{1}, slots(s, 2, {"b"}, 3));
  CHECK(s.said<Accepted>(NodeId{1})->match == 3);
  CHECK(s.node.commit_index == 3);
  CHECK(value_of(s.node) == "c");
}

TEST_CASE("paxos: a vote of an earlier ballot does not tell what was chosen, the leader must send the slot again", "[paxos]") {
  Server s;
  s.gets(NodeId{1}, slots(s, 1, {"old"}, 0));
  const Ballot second{2, NodeId{2}};
  s.gets(NodeId{2}, slots(s, 2, {"b"}, 2, second));
  CHECK(s.node.commit_index == 0);
  CHECK(s.said<Accepted>(NodeId{2})->match == 0);
  s.gets(NodeId{2}, slots(s, 1, {"new"}, 2, second));
  CHECK(s.node.commit_index == 2);
  CHECK(s.holds(1) == "new");
}

TEST_CASE("paxos: a 2a that arrives again changes nothing and is answered again", "[paxos]") {
  Server s;
  const Accept a = slots(s, 1, {"a"}, 0);
  s.gets(NodeId{1}, a);
  const std::uint64_t records = s.fixture.disk().log<Record>(Node::kLog).last();
  s.gets(NodeId{1}, a);
  CHECK(s.fixture.disk().log<Record>(Node::kLog).last() == records);
  CHECK(s.said<Accepted>(NodeId{1})->count == 1);
}

TEST_CASE("paxos: an answer waits for the disk, unless the bug is planted", "[paxos]") {
  Server s;
  s.gets(NodeId{1}, slots(s, 1, {"a"}, 0));
  CHECK_FALSE(s.at_once<Accepted>());
  Server planted(3, {}, Mutant::ack_before_fsync);
  planted.gets(NodeId{1}, slots(planted, 1, {"a"}, 0));
  CHECK(planted.at_once<Accepted>());
}

TEST_CASE("paxos: a vote counts though one before it is missing, and the gap is filled once a heartbeat", "[paxos]") {
  Server s(5);
  s.becomes_leader();
  for (std::uint64_t i = 1; i <= 3; ++i) s.request(i, kv::Function::write, "v" + std::to_string(i));
  s.accepts(NodeId{1}, 2, 1, 0);  // slot 1 was lost on the way to n1, slot 2 on the way to n2
  REQUIRE(s.said<Accept>(NodeId{1}) != nullptr);
  CHECK(s.said<Accept>(NodeId{1})->first == 1);
  CHECK(s.said<Accept>(NodeId{1})->commands.size() == 1);
  s.accepts(NodeId{1}, 3, 1, 0);
  CHECK(s.count<Accept>() == 0);
  s.accepts(NodeId{2}, 1, 1, 1);
  CHECK(s.node.commit_index == 0);
  s.accepts(NodeId{3}, 1, 2, 2);
  CHECK(s.node.commit_index == 2);  // slot 1 by n2 and n3, slot 2 by n1 and n3
}

TEST_CASE("paxos: a restart knows what it knew to be chosen when it wrote its last vote", "[paxos]") {
  Server s;
  s.gets(NodeId{1}, slots(s, 1, {"a", "b"}, 0));
  s.gets(NodeId{1}, slots(s, 3, {"c"}, 2));
  s.gets(NodeId{1}, slots(s, 4, {"d"}, 3));
  s.restarts();
  CHECK(s.node.commit_index == 2);
  CHECK(value_of(s.node) == "b");
  CHECK(s.holds(4) == "d");
}

TEST_CASE("paxos: a snapshot stands for votes once it is durable, and a candidate that needs those is sent it", "[paxos]") {
  Config config;
  config.snapshot_after = 2;
  Server s(3, config);
  s.node.on(s.fixture.ctx(), NodeId{1}, slots(s, 1, {"a", "b", "c"}, 2));
  CHECK(s.node.base_index == 0);
  s.tell_itself();
  CHECK(s.node.base_index == 2);
  CHECK(s.holds(3) == "c");
  CHECK(s.fixture.disk().log<Record>(Node::kLog).first() == 3);
  s.gets(NodeId{2}, Prepare{{5, NodeId{2}}, 1});
  CHECK(s.said<Promise>(NodeId{2}) == nullptr);
  CHECK(s.node.promised == kFirst);
  const auto* install = s.said<InstallSnapshot>(NodeId{2});
  REQUIRE(install != nullptr);

  Server behind(3, config);
  behind.gets(NodeId{1}, slots(behind, 4, {"d"}, 0));
  behind.gets(NodeId{0}, InstallSnapshot{install->snapshot});
  CHECK(behind.node.commit_index == 2);
  CHECK(value_of(behind.node) == "b");
  CHECK(behind.holds(4) == "d");  // later votes have nothing to do with it
  behind.restarts();
  CHECK(behind.node.commit_index == 2);
  CHECK(behind.holds(4) == "d");
}

TEST_CASE("paxos PML 5.1: an acceptor that lost votes makes no promise until it has made up for them", "[paxos]") {
  Server s;
  s.gets(NodeId{1}, slots(s, 1, {"a", "b", "c"}, 0));
  sim::Rng rng(1, "rot", 0);
  s.fixture.disk().sync(s.fixture.disk().written());
  s.fixture.disk().destroy(sim::Disk::Damage::rot, rng, 3);
  s.restarts();
  REQUIRE(s.node.repair.active);
  CHECK(s.marked("log-damaged"));
  // Until it is durable that votes are missing the log stays as it is, and nothing goes into it.
  CHECK(s.node.opening);
  s.node.on(s.fixture.ctx(), NodeId{1}, slots(s, 5, {"e"}, 0));
  CHECK(s.fixture.count_sent<Accepted>() == 0);
  s.node.on(s.fixture.ctx(), NodeId{0}, LossSaved{});
  CHECK_FALSE(s.node.opening);
  s.gets(NodeId{2}, Prepare{{2, NodeId{2}}, 1});
  CHECK(s.count<Promise>() == 0);
  s.fires(ElectionTimeout{});
  CHECK(s.node.role == Role::follower);

  s.gets(NodeId{1}, slots(s, 5, {"e"}, 0));  // it accepts, and asks how far slots are used
  CHECK(s.said<Accepted>(NodeId{1}) != nullptr);
  REQUIRE(s.said<RepairQuery>(NodeId{1}) != nullptr);
  const std::uint64_t damages = s.said<RepairQuery>(NodeId{1})->damages;
  s.gets(NodeId{1}, RepairAnswer{kFirst, damages - 1, 0});  // about an earlier loss
  CHECK(s.node.repair.active);
  s.gets(NodeId{1}, RepairAnswer{kFirst, damages, 5});
  CHECK(s.node.repair.active);
  s.gets(NodeId{1}, slots(s, 1, {"a", "b", "c", "d"}, 0));
  CHECK_FALSE(s.node.repair.active);
  s.gets(NodeId{2}, Prepare{{2, NodeId{2}}, 1});
  REQUIRE(s.said<Promise>(NodeId{2}) != nullptr);
  CHECK(s.said<Promise>(NodeId{2})->votes.size() == 5);
}

TEST_CASE("paxos: a leader sends again what an acceptor has lost", "[paxos]") {
  Server s;
  s.becomes_leader();
  for (std::uint64_t i = 1; i <= 3; ++i) s.request(i);
  s.accepts(NodeId{1}, 1, 3, 3);
  s.gets(NodeId{1}, RepairQuery{s.node.promised, 1, 0});
  REQUIRE(s.said<RepairAnswer>(NodeId{1}) != nullptr);
  CHECK(s.said<RepairAnswer>(NodeId{1})->last == 3);
  CHECK(s.node.own.progress[1].match == 0);
  s.accepts(NodeId{1}, 4, 0, 0);
  REQUIRE(s.said<Accept>(NodeId{1}) != nullptr);
  CHECK(s.said<Accept>(NodeId{1})->commands.size() == 3);
}

TEST_CASE("paxos: a read waits until a quorum has confirmed the leader after it came", "[paxos]") {
  Server s(5);
  s.becomes_leader();
  s.request(1, kv::Function::read, "");
  CHECK(s.said<kv::Reply>(kClient) == nullptr);
  const std::uint64_t round = s.node.own.read_round;
  s.gets(NodeId{1}, Accepted{s.node.promised, 1, 0, 0, round - 1});
  s.gets(NodeId{2}, Accepted{s.node.promised, 1, 0, 0, round});
  CHECK(s.said<kv::Reply>(kClient) == nullptr);
  s.gets(NodeId{3}, Accepted{s.node.promised, 1, 0, 0, round});
  CHECK(s.said<kv::Reply>(kClient) != nullptr);
}

TEST_CASE("paxos: a new leader reads only when what phase 1 has shown is chosen", "[paxos]") {
  Server s(3);
  const Vote vote{{0, NodeId{1}}, s.command("a")};
  s.gets(NodeId{1}, Accept{kFirst, 1, {s.command("a")}, 0, 0});
  s.becomes_leader();
  s.request(2, kv::Function::read, "", 1);
  const auto round = s.node.own.read_round;
  s.gets(NodeId{1}, Accepted{s.node.promised, 1, 0, 0, round});
  CHECK(s.said<kv::Reply>(kClient) == nullptr);
  s.accepts(NodeId{1}, 1, 1, 1);
  s.gets(NodeId{1}, Accepted{s.node.promised, 2, 0, 1, s.node.own.read_round});
  REQUIRE(s.said<kv::Reply>(kClient) != nullptr);
  CHECK(s.said<kv::Reply>(kClient)->value == "a");
}

TEST_CASE("paxos PML 5.2: a lease: the leader reads alone while a quorum promises nobody else", "[paxos]") {
  Config config;
  config.reads = ReadMode::lease;
  Server s(5, config);
  s.fires(GrantOver{});  // of the life before
  s.becomes_leader();
  const auto round = s.node.own.read_round;
  s.gets(NodeId{1}, Accepted{s.node.promised, 1, 0, 0, round});
  s.request(1, kv::Function::read, "");
  CHECK(s.said<kv::Reply>(kClient) == nullptr);
  s.gets(NodeId{2}, Accepted{s.node.promised, 1, 0, 0, s.node.own.read_round});
  s.gets(NodeId{3}, Accepted{s.node.promised, 1, 0, 0, s.node.own.read_round});
  s.request(2, kv::Function::read, "");
  CHECK(s.said<kv::Reply>(kClient) != nullptr);
  CHECK(s.marked("read-by-lease"));
  s.gets(NodeId{4}, Prepare{{9, NodeId{4}}, 1});  // it keeps its own word too
  CHECK(s.node.role == Role::leader);
  s.fires(LeaseOver{s.node.own.read_round});
  s.request(3, kv::Function::read, "");
  CHECK(s.said<kv::Reply>(kClient) == nullptr);
}

TEST_CASE("paxos: with leases a leader that no quorum answers gives up, and frees those who gave it their word", "[paxos]") {
  for (const ReadMode reads : {ReadMode::lease, ReadMode::read_index}) {
    Config config;
    config.reads = reads;
    Server s(5, config);
    s.fires(GrantOver{});
    s.becomes_leader();
    for (int i = 0; i < 20 && s.node.role == Role::leader; ++i) {
      s.accepts(NodeId{1}, 1, 0, 0);  // one follower is not enough
      s.fires(HeartbeatTimeout{});
    }
    CHECK((s.node.role == Role::leader) == (reads == ReadMode::read_index));
    CHECK(s.marked("leader-gave-up") == (reads == ReadMode::lease));
  }
}

TEST_CASE("paxos PML 5.2: the leader's lease ends before anybody's word does, by whatever clocks", "[paxos]") {
  Config config;
  config.reads = ReadMode::lease;
  config.clock_drift = sim::Ratio::percent(10U);
  for (const Mutant mutant : {Mutant::none, Mutant::lease_drift}) {
    Server s(1, config, mutant);
    s.fires(GrantOver{});
    s.fires(ElectionTimeout{});
    REQUIRE(s.node.role == Role::leader);
    s.node.on(s.fixture.ctx(), HeartbeatTimeout{});
    REQUIRE(s.fixture.timer_set<LeaseOver>());
    CHECK(*s.fixture.timer_set<LeaseOver>() == (mutant == Mutant::none ? 80_ms : 100_ms));
  }
}

TEST_CASE("paxos PML 5.2: who has given its word promises nobody else, nor campaigns, not even after a restart", "[paxos]") {
  Config config;
  config.reads = ReadMode::lease;
  for (const Mutant mutant : {Mutant::none, Mutant::lease_forgotten}) {
    Server s(3, config, mutant);
    s.gets(NodeId{1}, Accept{kFirst, 1, {}, 0, 1});
    s.gets(NodeId{2}, Prepare{{5, NodeId{2}}, 1});
    CHECK(s.count<Promise>() == 0);
    s.fires(ElectionTimeout{});
    CHECK(s.node.role == Role::follower);
    s.restarts();
    s.gets(NodeId{2}, Prepare{{5, NodeId{2}}, 1});
    CHECK(s.count<Promise>() == (mutant == Mutant::none ? 0U : 1U));
    s.fires(GrantOver{});
    s.gets(NodeId{2}, Prepare{{6, NodeId{2}}, 1});
    CHECK(s.count<Promise>() == 1);
  }
}
