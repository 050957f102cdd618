// Raft's rules one by one, as Ongaro's dissertation says them: terms, elections, votes. After etcd's raft_paper_test.
#include <set>

#include "tests/unit/raft_support.hpp"

using namespace raft_test;

TEST_CASE("raft 3.3: a server that hears of a later term enters it as a follower", "[raft]") {
  for (const Role role : {Role::follower, Role::candidate, Role::leader}) {
    Server s;
    if (role == Role::candidate) s.fires(ElectionTimeout{});
    if (role == Role::leader) s.becomes_leader();
    REQUIRE(s.node.role == role);
    s.gets(NodeId{1}, AppendEntries{7, 0, 0, {}, 0, 0});
    CHECK(s.node.term == 7);
    CHECK(s.node.role == Role::follower);
    CHECK(s.node.leader == NodeId{1});
    CHECK_FALSE(s.node.voted_for);
  }
}

TEST_CASE("raft 3.3: a message of an earlier term is refused, with the term that it is", "[raft]") {
  Server s;
  s.node.term = 7;
  s.gets(NodeId{1}, AppendEntries{6, 0, 0, {Entry{6, {}}}, 0, 0});
  REQUIRE(s.said<AppendReply>(NodeId{1}) != nullptr);
  CHECK_FALSE(s.said<AppendReply>(NodeId{1})->success);
  CHECK(s.said<AppendReply>(NodeId{1})->term == 7);
  CHECK(s.terms().empty());
  s.gets(NodeId{1}, RequestVote{6, 10, 6});
  CHECK_FALSE(s.said<Vote>(NodeId{1})->granted);
  CHECK(s.said<Vote>(NodeId{1})->term == 7);
  s.gets(NodeId{1}, InstallSnapshot{6, {5, 5, {}}});
  CHECK(s.said<AppendReply>(NodeId{1})->term == 7);
  CHECK(s.count<SnapshotSaved>() == 0);
}

TEST_CASE("raft 3.4: servers start as followers, with an election timer", "[raft]") {
  Server s;
  CHECK(s.node.role == Role::follower);
  CHECK(s.fixture.timer_set<ElectionTimeout>());
}

TEST_CASE("raft 3.4: a leader sends heartbeats to all followers, and an election timer does not move it", "[raft]") {
  Server s(5);
  s.becomes_leader();
  s.fires(HeartbeatTimeout{});
  CHECK(s.count<AppendEntries>() == 4);
  CHECK(s.armed<HeartbeatTimeout>());
  s.fires(ElectionTimeout{});
  CHECK(s.node.role == Role::leader);
  CHECK(s.node.term == 1);
}

TEST_CASE("raft 3.4: an election begins a new term with a vote for oneself and a request to all others", "[raft]") {
  for (const bool again : {false, true}) {  // also when it is a candidate already
    Server s(5);
    if (again) s.fires(ElectionTimeout{});
    s.fires(ElectionTimeout{});
    CHECK(s.node.term == (again ? 2U : 1U));
    CHECK(s.node.role == Role::candidate);
    CHECK(s.node.voted_for == NodeId{0});
    CHECK(s.node.votes == std::vector<NodeId>{NodeId{0}});
    CHECK(s.count<RequestVote>() == 4);
    CHECK(s.armed<ElectionTimeout>());
  }
}

TEST_CASE("raft 3.4: a candidate with the votes of a majority leads", "[raft]") {
  struct Case {
    std::uint32_t nodes;
    std::vector<std::uint32_t> grants;
    std::vector<std::uint32_t> refusals;
    Role role;
  };
  const std::vector<Case> cases{{1, {}, {}, Role::leader},
                                {3, {}, {}, Role::candidate},
                                {3, {1}, {}, Role::leader},
                                {3, {}, {1, 2}, Role::candidate},
                                {5, {1}, {}, Role::candidate},
                                {5, {1, 2}, {}, Role::leader},
                                {5, {1}, {2, 3, 4}, Role::candidate},
                                {5, {1, 3}, {2, 4}, Role::leader}};
  for (const Case& c : cases) {
    Server s(c.nodes);
    s.fires(ElectionTimeout{});
    for (const auto from : c.refusals) s.gets(NodeId{from}, Vote{1, false});
    for (const auto from : c.grants) s.gets(NodeId{from}, Vote{1, true});
    CHECK(s.node.role == c.role);
  }
}

TEST_CASE("raft 3.4: voters count, not votes: a reply that arrives twice counts once", "[raft]") {
  Server s(5);
  s.fires(ElectionTimeout{});
  for (int i = 0; i < 4; ++i) s.gets(NodeId{1}, Vote{1, true});
  CHECK(s.node.role == Role::candidate);
  Server planted(5, {}, 1, Mutant::votes_not_voters);
  planted.fires(ElectionTimeout{});
  for (int i = 0; i < 2; ++i) planted.gets(NodeId{1}, Vote{1, true});
  CHECK(planted.node.role == Role::leader);
}

TEST_CASE("raft 3.4: votes of an earlier term do not count", "[raft]") {
  Server s(3);
  s.fires(ElectionTimeout{});
  s.fires(ElectionTimeout{});
  s.gets(NodeId{1}, Vote{1, true});
  CHECK(s.node.role == Role::candidate);
}

TEST_CASE("raft 3.4: a candidate that hears from the leader of its term or a later one follows", "[raft]") {
  for (const std::uint64_t term : {1U, 2U}) {
    Server s(3);
    s.fires(ElectionTimeout{});
    s.gets(NodeId{1}, AppendEntries{term, 0, 0, {}, 0, 0});
    CHECK(s.node.role == Role::follower);
    CHECK(s.node.term == term);
    CHECK(s.node.leader == NodeId{1});
  }
}

TEST_CASE("raft 3.4: a server votes once a term, first come first served", "[raft]") {
  struct Case {
    std::optional<NodeId> voted_for;
    NodeId asks;
    bool granted;
  };
  for (const Case& c : {Case{{}, NodeId{1}, true}, Case{{}, NodeId{2}, true}, Case{NodeId{1}, NodeId{1}, true},
                        Case{NodeId{2}, NodeId{2}, true}, Case{NodeId{1}, NodeId{2}, false}, Case{NodeId{2}, NodeId{1}, false}}) {
    Server s;
    s.node.term = 1;
    s.node.voted_for = c.voted_for;
    s.gets(c.asks, RequestVote{1, 0, 0});
    CHECK(s.said<Vote>(c.asks)->granted == c.granted);
  }
}

TEST_CASE("raft 3.4: a granted vote restarts the election timer, a refused one does not", "[raft]") {
  Server s;
  s.gets(NodeId{1}, RequestVote{1, 0, 0});
  CHECK(s.armed<ElectionTimeout>());
  s.gets(NodeId{2}, RequestVote{1, 0, 0});
  CHECK_FALSE(s.armed<ElectionTimeout>());
}

TEST_CASE("raft 3.4: election timeouts are random, within their bounds, and new in every term", "[raft]") {
  const Config config;
  std::set<std::int64_t> drawn;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Server s(3, config, seed);
    for (int term = 0; term < 10; ++term) {
      s.node.on(s.fixture.ctx(), ElectionTimeout{});
      const auto after = s.fixture.timer_set<ElectionTimeout>();
      REQUIRE(after);
      CHECK(*after >= config.election_timeout_min);
      CHECK(*after <= config.election_timeout_max);
      drawn.insert(after->ns);
    }
  }
  CHECK(drawn.size() > 190);
}

TEST_CASE("raft 3.6.1: a voter refuses a candidate whose log is less up to date than its own", "[raft]") {
  struct Case {
    std::initializer_list<std::uint64_t> log;
    std::uint64_t last_term;
    std::uint64_t last_index;
    bool granted;
  };
  for (const Case& c : {Case{{1}, 1, 1, true}, Case{{1}, 1, 2, true}, Case{{1, 1}, 1, 1, false},  // same last term: the longer
                        Case{{1}, 2, 1, true}, Case{{1}, 2, 2, true}, Case{{1, 1}, 2, 1, true},   // a later last term wins
                        Case{{2}, 1, 1, false}, Case{{2}, 1, 2, false}, Case{{1, 2}, 1, 9, false}}) {
    Server s;
    s.has_log(c.log);
    s.gets(NodeId{1}, RequestVote{3, c.last_index, c.last_term});
    CHECK(s.said<Vote>(NodeId{1})->granted == c.granted);
    CHECK(s.node.voted_for.has_value() == c.granted);
    CHECK(s.node.term == 3);
  }
}

TEST_CASE("raft 3.6.1: a candidate says how far its log goes", "[raft]") {
  Server s;
  s.has_log({1, 1, 4});
  s.fires(ElectionTimeout{});
  REQUIRE(s.said<RequestVote>(NodeId{2}) != nullptr);
  CHECK(*s.said<RequestVote>(NodeId{2}) == RequestVote{5, 3, 4});
}

TEST_CASE("raft 3.8: a vote and its term are on the disk before the answer goes out, and outlive a restart", "[raft]") {
  Server s;
  s.gets(NodeId{1}, RequestVote{4, 0, 0});
  REQUIRE(s.said<Vote>(NodeId{1})->granted);
  CHECK_FALSE(s.at_once<Vote>());
  s.restarts();
  CHECK(s.node.term == 4);
  CHECK(s.node.voted_for == NodeId{1});
  s.gets(NodeId{2}, RequestVote{4, 0, 0});
  CHECK_FALSE(s.said<Vote>(NodeId{2})->granted);

  Server planted(3, {}, 1, Mutant::vote_not_persisted);
  planted.gets(NodeId{1}, RequestVote{4, 0, 0});
  planted.restarts();
  planted.gets(NodeId{2}, RequestVote{4, 0, 0});
  CHECK(planted.said<Vote>(NodeId{2})->granted);
}

TEST_CASE("raft 3.8: a candidate counts its own vote only once it is durable", "[raft]") {
  Server s(1);
  s.node.on(s.fixture.ctx(), ElectionTimeout{});
  CHECK(s.node.role == Role::candidate);
  CHECK(s.node.votes.empty());
  s.tell_itself();
  CHECK(s.node.role == Role::leader);
}

TEST_CASE("raft: after a crash the term is not below that of the log", "[raft]") {
  Server s;
  s.gets(NodeId{1}, RequestVote{2, 0, 0});
  s.log().append({5, {}});  // the entry survived, the term that came with it did not
  s.restarts();
  CHECK(s.node.term == 5);
  CHECK_FALSE(s.node.voted_for);
}

TEST_CASE("raft: settings that contradict each other are refused", "[raft]") {
  CHECK(Config{}.wrong().empty());
  Config c;
  c.election_timeout_min = 400_ms;
  CHECK(c.wrong().find("election_timeout_min (400ms) is above election_timeout_max (300ms)") == 0);
  c = {};
  c.heartbeat_interval = 150_ms;
  CHECK(c.wrong().find("heartbeat_interval (150ms) is not below election_timeout_min (150ms)") == 0);
  c = {};
  c.max_entries_per_append = 0;
  CHECK_FALSE(c.wrong().empty());
  c = {};
  c.max_in_flight = 0;
  CHECK_FALSE(c.wrong().empty());
}
