// Multi-Paxos against "Paxos Made Simple" (PMS) and "Paxos Made Moderately Complex" (PMMC): ballots, promises, votes, what a new
// leader must propose.
#include "tests/unit/paxos_support.hpp"

using namespace paxos_test;

TEST_CASE("paxos PMS 2.2: an acceptor promises a higher ballot and refuses a lower one, with what it has promised", "[paxos]") {
  Server s;
  s.gets(NodeId{1}, Prepare{{3, NodeId{1}}, 1});
  REQUIRE(s.said<Promise>(NodeId{1}) != nullptr);
  CHECK(s.said<Promise>(NodeId{1})->ballot == Ballot{3, NodeId{1}});
  CHECK_FALSE(s.at_once<Promise>());  // PMS 2.5: on the disk first
  s.gets(NodeId{2}, Prepare{{2, NodeId{2}}, 1});
  CHECK(s.said<Promise>(NodeId{2}) == nullptr);
  REQUIRE(s.said<Reject>(NodeId{2}) != nullptr);
  CHECK(s.said<Reject>(NodeId{2})->promised == Ballot{3, NodeId{1}});
  s.gets(NodeId{2}, Accept{{2, NodeId{2}}, 1, {s.command("x")}, 0, 0});
  CHECK(s.said<Reject>(NodeId{2}) != nullptr);
  CHECK(s.holds(1).empty());
}

TEST_CASE("paxos PMMC 2.1: ballots of one round are ordered by their owners", "[paxos]") {
  Server s;
  s.gets(NodeId{2}, Prepare{{3, NodeId{2}}, 1});
  s.gets(NodeId{1}, Prepare{{3, NodeId{1}}, 1});
  CHECK(s.said<Reject>(NodeId{1}) != nullptr);
}

TEST_CASE("paxos PMS 2.2: a promise tells of everything that was accepted from the slot asked for on", "[paxos]") {
  Server s;
  s.gets(NodeId{1}, Accept{{1, NodeId{1}}, 1, {s.command("a"), s.command("b"), s.command("c")}, 0, 0});
  s.gets(NodeId{1}, Accept{{1, NodeId{1}}, 5, {s.command("e")}, 0, 0});
  s.gets(NodeId{2}, Prepare{{2, NodeId{2}}, 2});
  const auto* promise = s.said<Promise>(NodeId{2});
  REQUIRE(promise != nullptr);
  REQUIRE(promise->votes.size() == 3);
  CHECK(promise->votes[0].slot == 2);
  CHECK(promise->votes[1].slot == 3);
  CHECK(promise->votes[2].slot == 5);
  CHECK(promise->votes[2].vote.ballot == Ballot{1, NodeId{1}});
}

TEST_CASE("paxos PMS 2.5: promise and votes outlive a restart", "[paxos]") {
  Server s;
  s.gets(NodeId{1}, Accept{{4, NodeId{1}}, 1, {s.command("a")}, 0, 0});
  s.gets(NodeId{2}, Prepare{{7, NodeId{2}}, 1});
  s.restarts();
  CHECK(s.node.promised == Ballot{7, NodeId{2}});
  CHECK(s.holds(1) == "a");
  s.gets(NodeId{1}, Accept{{4, NodeId{1}}, 2, {s.command("b")}, 0, 0});
  CHECK(s.holds(2).empty());

  Server planted(3, {}, Mutant::promise_forgotten);
  planted.gets(NodeId{2}, Prepare{{7, NodeId{2}}, 1});
  planted.restarts();
  CHECK(planted.node.promised.none());
}

TEST_CASE("paxos: a vote is a promise, though the promise itself did not survive", "[paxos]") {
  Server s;
  s.fixture.disk().log<Record>(Node::kLog).append({1, {4, NodeId{1}}, s.command("a"), 0});
  s.restarts();
  CHECK(s.node.promised == Ballot{4, NodeId{1}});
}

TEST_CASE("paxos PMS 2.5: a candidate's ballot is above all that it has promised or used, across restarts", "[paxos]") {
  Server s;
  s.fires(ElectionTimeout{});
  CHECK(s.node.promised == Ballot{1, NodeId{0}});
  REQUIRE(s.said<Prepare>(NodeId{1}) != nullptr);
  CHECK_FALSE(s.at_once<Prepare>());
  s.restarts();
  s.fires(ElectionTimeout{});
  CHECK(s.node.promised == Ballot{2, NodeId{0}});
  s.gets(NodeId{1}, Prepare{{9, NodeId{1}}, 1});
  s.fires(ElectionTimeout{});
  CHECK(s.node.promised == Ballot{10, NodeId{0}});

  Server planted(3, {}, Mutant::ballot_reused);
  planted.fires(ElectionTimeout{});
  planted.restarts();
  planted.fires(ElectionTimeout{});
  CHECK(planted.node.promised == Ballot{1, NodeId{0}});
}

TEST_CASE("paxos PMMC 2.2: a quorum of promises makes a leader, each acceptor counts once, and only for this ballot", "[paxos]") {
  Server s(5);
  s.fires(ElectionTimeout{});
  const Ballot first = s.node.promised;
  s.gets(NodeId{1}, Promise{first, 0, {}});
  s.gets(NodeId{1}, Promise{first, 0, {}});
  CHECK(s.node.role == Role::candidate);
  s.fires(ElectionTimeout{});
  s.gets(NodeId{1}, Promise{s.node.promised, 0, {}});
  s.gets(NodeId{2}, Promise{first, 0, {}});
  CHECK(s.node.role == Role::candidate);
  s.gets(NodeId{2}, Promise{s.node.promised, 0, {}});
  CHECK(s.node.role == Role::leader);

  Server planted(5, {}, Mutant::stale_promise);
  planted.fires(ElectionTimeout{});
  planted.fires(ElectionTimeout{});
  planted.gets(NodeId{1}, Promise{first, 0, {}});
  planted.gets(NodeId{2}, Promise{first, 0, {}});
  CHECK(planted.node.role == Role::leader);
}

TEST_CASE("paxos PMS P2c: a new leader proposes in each slot the command of the highest ballot that it hears of", "[paxos]") {
  for (const Mutant mutant : {Mutant::none, Mutant::any_value, Mutant::highest_ignored}) {
    Server s(5, {}, mutant);
    const Vote high{{3, NodeId{2}}, s.command("high")};
    const Vote low{{2, NodeId{1}}, s.command("low")};
    s.gets(NodeId{4}, Prepare{{6, NodeId{4}}, 1});
    s.fires(ElectionTimeout{});
    s.gets(NodeId{1}, Promise{s.node.promised, 0, {{1, high}}});
    s.gets(NodeId{2}, Promise{s.node.promised, 0, {{1, low}}});
    REQUIRE(s.node.role == Role::leader);
    s.request(1, kv::Function::write, "own");
    CHECK(s.holds(1) == (mutant == Mutant::none ? "high" : mutant == Mutant::any_value ? "own" : "low"));
  }
}

TEST_CASE("paxos PMS 3: a gap below a slot with a vote gets a no-op, and new commands come behind", "[paxos]") {
  Server s(3);
  s.gets(NodeId{1}, Prepare{{1, NodeId{1}}, 1});
  s.fires(ElectionTimeout{});
  const Vote vote{{1, NodeId{1}}, s.command("c")};
  s.gets(NodeId{1}, Promise{s.node.promised, 0, {{3, vote}}});
  REQUIRE(s.node.role == Role::leader);
  CHECK(s.marked("gap-filled"));
  CHECK(s.holds(1) == "no-op");
  CHECK(s.holds(2) == "no-op");
  CHECK(s.holds(3) == "c");
  s.request(1, kv::Function::write, "d");
  CHECK(s.holds(4) == "d");
  CHECK(s.node.commit_index == 0);  // nothing is chosen before a quorum has accepted it
  s.accepts(NodeId{2}, 1, 3, 3);
  CHECK(s.node.commit_index == 3);

  Server planted(3, {}, Mutant::slot_gap);
  planted.fires(ElectionTimeout{});
  planted.gets(NodeId{1}, Promise{planted.node.promised, 0, {{3, vote}}});
  CHECK(planted.node.commit_index == 2);
}

TEST_CASE("paxos: a candidate reckons with its own votes, whoever promises first", "[paxos]") {
  Server s(5);
  s.gets(NodeId{1}, Accept{{1, NodeId{1}}, 1, {s.command("a")}, 0, 0});
  s.node.on(s.fixture.ctx(), ElectionTimeout{});  // its own promise is not durable yet
  for (std::uint32_t i = 1; i <= 3; ++i) s.gets(NodeId{i}, Promise{s.node.promised, 0, {}});
  REQUIRE(s.node.role == Role::leader);
  CHECK(s.holds(1) == "a");
  CHECK(s.node.vote(1).ballot == s.node.promised);
}

TEST_CASE("paxos PMS 3: a leader runs phase 2 only, the 2a goes out at once, and a quorum chooses", "[paxos]") {
  Server s(5);
  s.becomes_leader();
  s.request(1, kv::Function::write, "x");
  CHECK(s.count<Prepare>() == 0);
  CHECK(s.count<Accept>() == 4);
  CHECK(s.at_once<Accept>());
  CHECK(s.said<kv::Reply>(kClient) == nullptr);
  s.accepts(NodeId{3}, 1, 1, 1);
  CHECK(s.node.commit_index == 0);
  s.accepts(NodeId{3}, 1, 1, 1);  // acceptors count, not answers
  CHECK(s.node.commit_index == 0);
  s.accepts(NodeId{1}, 1, 1, 1);
  CHECK(s.node.commit_index == 1);
  REQUIRE(s.said<kv::Reply>(kClient) != nullptr);
  CHECK(s.said<kv::Reply>(kClient)->status == kv::Status::ok);
}

TEST_CASE("paxos: the leader counts its own vote only once its disk has it", "[paxos]") {
  Server s(3);
  s.becomes_leader();
  s.node.on(s.fixture.ctx(), kClient, kv::Request{{kClient, 0}, 1, {kv::Function::write, 1, "x", {}}});
  const std::vector<sim::Effect> held = s.fixture.effects();
  s.node.on(s.fixture.ctx(), NodeId{1}, Accepted{s.node.promised, 1, 1, 1, 0});
  CHECK(s.node.commit_index == 0);
  for (const sim::Effect& e : held) {
    if (const auto* m = e.what.as<Persisted>()) s.gets(NodeId{0}, *m);
  }
  CHECK(s.node.commit_index == 1);
}

TEST_CASE("paxos PMMC 2.2: a leader that hears of a higher ballot is preempted", "[paxos]") {
  const Ballot higher{9, NodeId{2}};
  for (int how = 0; how < 3; ++how) {
    Server s;
    s.becomes_leader();
    if (how == 0) s.gets(NodeId{1}, Reject{higher});
    if (how == 1) s.gets(NodeId{2}, Prepare{higher, 1});
    if (how == 2) s.gets(NodeId{2}, Accept{higher, 1, {}, 0, 0});
    CHECK(s.node.role == Role::follower);
    CHECK(s.node.promised == higher);
    CHECK(s.marked("leader-preempted"));
  }
  Server s;
  s.becomes_leader();
  s.gets(NodeId{2}, Reject{{0, NodeId{2}}});
  CHECK(s.node.role == Role::leader);
}

TEST_CASE("paxos PMMC 4.1: a slot is used only max_in_flight beyond the last that is chosen", "[paxos]") {
  Config config;
  config.max_in_flight = 2;
  Server s(3, config);
  s.becomes_leader();
  for (std::uint32_t i = 0; i < 4; ++i) s.request(1, kv::Function::write, "v" + std::to_string(i), i);
  CHECK(s.node.last() == 2);
  CHECK(s.node.own.backlog.size() == 2);
  s.request(2, kv::Function::write, "again", 3);  // a session waits with one request
  CHECK(s.node.own.backlog.size() == 2);
  s.accepts(NodeId{1}, 1, 1, 1);
  CHECK(s.node.last() == 3);
  CHECK(s.holds(3) == "v2");
  s.gets(NodeId{1}, Reject{{9, NodeId{1}}});  // what waits is refused, not forgotten
  REQUIRE(s.said<kv::Reply>(kClient) != nullptr);
  CHECK(s.said<kv::Reply>(kClient)->status == kv::Status::not_leader);
}

TEST_CASE("paxos: flexible quorums: q1 promise, q2 accept", "[paxos]") {
  Config config;
  config.q2 = 2;
  Server s(5, config);
  s.fires(ElectionTimeout{});
  s.gets(NodeId{1}, Promise{s.node.promised, 0, {}});
  s.gets(NodeId{2}, Promise{s.node.promised, 0, {}});
  CHECK(s.node.role == Role::candidate);
  s.gets(NodeId{3}, Promise{s.node.promised, 0, {}});
  REQUIRE(s.node.role == Role::leader);
  s.request(1);
  s.accepts(NodeId{4}, 1, 1, 1);
  CHECK(s.node.commit_index == 1);
}

TEST_CASE("paxos: quorums that need not meet are refused, and other settings that contradict each other", "[paxos]") {
  CHECK(Config{}.wrong(5).empty());
  Config c;
  c.q1 = 2;
  c.q2 = 3;
  CHECK(c.wrong(4).empty());
  CHECK(c.wrong(5).find("q1 (2) and q2 (3) together are not above the number of nodes (5)") == 0);
  c = {};
  c.q2 = 6;
  CHECK(c.wrong(5).find("q2 (6) is above the number of nodes (5)") == 0);
  for (const std::uint32_t n : {1U, 2U, 3U, 4U, 5U, 8U}) {
    for (std::uint32_t q = 1; q <= n; ++q) {
      c = {};
      c.q1 = q;
      CHECK(c.wrong(n).empty());  // the other one is made to fit
      CHECK(Node(c).quorums(n).phase1 + Node(c).quorums(n).phase2 == n + 1);
    }
    CHECK(Node({}).quorums(n).phase1 + Node({}).quorums(n).phase2 > n);
    CHECK(Node({}, Mutant::quorums_disjoint).quorums(n).phase1 + Node({}, Mutant::quorums_disjoint).quorums(n).phase2 == n);
  }
  c = {};
  c.reads = ReadMode::lease;
  c.lease_duration = 50_ms;
  CHECK(c.wrong(3).find("lease_duration (50ms) is not above heartbeat_interval (50ms)") == 0);
  c = {};
  c.election_timeout_min = 400_ms;
  CHECK_FALSE(c.wrong(3).empty());
  c = {};
  c.max_in_flight = 0;
  CHECK_FALSE(c.wrong(3).empty());
  c = {};
  c.clock_drift = sim::Ratio::percent(50);
  CHECK_FALSE(c.wrong(3).empty());
}
