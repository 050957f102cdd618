// SWIM's and Lifeguard's rules one by one, as their papers and memberlist say them: single handlers of one member.
#include <cmath>

#include "sim/node/fixture.hpp"
#include "tests/unit/swim_support.hpp"

using namespace swim_test;

namespace {

/// Member 0 of a group, outside any world.
struct Alone {
  explicit Alone(std::uint32_t n = 5, const Config& config = {}, Mutant mutant = Mutant::none)
      : fixture({.nodes = n}), node(config, mutant) {
    node.start(fixture.ctx());
  }
  template <class M>
  void gets(std::uint32_t from, const M& message) {
    node.on(fixture.ctx(), NodeId{from}, message);
  }
  template <class T>
  void fires(const T& timer) {
    node.on(fixture.ctx(), timer);
  }
  void told(const Update& update, std::uint32_t from = 1) { gets(from, Gossip{{update}}); }
  const Member& held(std::uint32_t i) const { return node.members[i]; }
  /// Whom the probe of this period is aimed at.
  std::uint32_t probes() {
    fires(ProbePeriod{});
    return index(node.probe.target);
  }

  Fixture fixture;
  protocols::swim::Node node;
};

Update about(std::uint32_t member, Status status, std::uint32_t incarnation, std::uint32_t from = 1) {
  return {NodeId{member}, NodeId{from}, incarnation, status};
}

}  // namespace

TEST_CASE("swim 3.1: a period's probe is a ping, and an ack settles it", "[swim]") {
  Alone a;
  const std::uint32_t target = a.probes();
  REQUIRE(a.fixture.sent<Ping>(NodeId{target}) != nullptr);
  CHECK(a.fixture.count_sent<Ping>() == 1);
  CHECK(a.fixture.timer_set<ProbeTimeout>() == 500_ms);
  a.gets(target, Ack{a.node.probe.sequence, {}});
  CHECK_FALSE(a.node.probe.open);
  a.fires(ProbePeriod{});
  CHECK(a.held(target).status == Status::alive);
}

TEST_CASE("swim 3.1: without an answer k others are asked, and one answer through them settles it", "[swim]") {
  Alone a(10);
  const std::uint32_t target = a.probes();
  a.fires(ProbeTimeout{});
  CHECK(a.fixture.count_sent<PingRequest>() == 3);
  CHECK(a.fixture.sent<PingRequest>(NodeId{target}) == nullptr);
  a.gets(target == 1 ? 2 : 1, Ack{a.node.probe.sequence, {}});
  a.fires(ProbePeriod{});
  CHECK(a.held(target).status == Status::alive);
  CHECK(a.node.tally.failed_probes == 0);
}

TEST_CASE("swim 3.1: a relay pings the target and passes its ack on, with the asker's number", "[swim]") {
  Alone a;
  a.gets(1, PingRequest{77, NodeId{2}, true, {}});
  const Ping* ping = a.fixture.sent<Ping>(NodeId{2});
  REQUIRE(ping != nullptr);
  a.gets(2, Ack{ping->sequence, {}});
  REQUIRE(a.fixture.sent<Ack>(NodeId{1}) != nullptr);
  CHECK(a.fixture.sent<Ack>(NodeId{1})->sequence == 77);
  CHECK(a.node.relays.empty());
}

TEST_CASE("swim 3.1: a probe that nobody answers makes its target suspected, or dead where there is no suspicion", "[swim]") {
  for (const std::uint32_t mult : {0U, 4U}) {
    Config config;
    config.suspicion_mult = mult;
    Alone a(5, config);
    const std::uint32_t target = a.probes();
    a.fires(ProbeTimeout{});
    a.fires(ProbePeriod{});
    CHECK(a.held(target).status == (mult == 0 ? Status::dead : Status::suspect));
    CHECK(a.node.tally.failed_probes == 1);
  }
}

TEST_CASE("swim 4.3: each round probes everybody once, in an order of its own", "[swim]") {
  Alone a(20);
  std::vector<std::vector<std::uint32_t>> rounds(3);
  for (auto& round : rounds) {
    for (int i = 0; i < 19; ++i) {
      round.push_back(a.probes());
      a.gets(round.back(), Ack{a.node.probe.sequence, {}});
    }
  }
  CHECK(rounds[0] != rounds[1]);
  for (auto& round : rounds) {
    std::sort(round.begin(), round.end());
    CHECK(round.front() == 1);
    CHECK(std::adjacent_find(round.begin(), round.end()) == round.end());
  }
}

// The order of preference, from both sides: what overrides what.
TEST_CASE("swim 4.2: of two states the higher incarnation counts, then alive < suspect < dead", "[swim]") {
  const std::vector<Status> all{Status::alive, Status::suspect, Status::dead};
  for (const Status held : all) {
    for (const Status news : all) {
      for (const std::uint32_t incarnation : {4U, 5U, 6U}) {
        Alone a;
        a.told(about(3, held, 5));
        a.told(about(3, news, incarnation));
        const bool overrides = incarnation > 5 || (incarnation == 5 && news > held);
        INFO(enum_name(held) << " at 5, then " << enum_name(news) << " at " << incarnation);
        CHECK(a.held(3).status == (overrides ? news : held));
        CHECK(a.held(3).incarnation == (overrides ? incarnation : 5));
      }
    }
  }
}

TEST_CASE("swim 4.2: a member that is accused refutes with the next incarnation and tells everybody", "[swim]") {
  for (const Status status : {Status::suspect, Status::dead}) {
    Alone a;
    a.told(about(0, status, 3));
    CHECK(a.held(0).incarnation == 4);
    CHECK(a.held(0).status == Status::alive);
    REQUIRE(a.node.queue.size() == 1);
    CHECK(a.node.queue[0].update == about(0, Status::alive, 4, 0));
    a.told(about(0, status, 3));  // an old accusation
    CHECK(a.held(0).incarnation == 4);
  }
  Alone planted(5, {}, Mutant::no_incarnation);
  planted.told(about(0, Status::dead, 0));
  CHECK(planted.held(0).incarnation == 0);
}

TEST_CASE("swim 4.2: a member goes beyond what is told of its earlier life", "[swim]") {
  Alone a;
  a.told(about(0, Status::alive, 7));
  CHECK(a.held(0).incarnation == 8);
  CHECK(a.node.tally.refutations == 0);
}

TEST_CASE("swim 4.2: a suspicion that is not refuted in time is a death, and spreads", "[swim]") {
  Alone a;
  a.told(about(3, Status::suspect, 0));
  CHECK(a.fixture.timer_set<SuspicionTimeout>());
  a.fixture.advance(24_s - 1_ns);
  a.fires(SuspicionTimeout{});
  CHECK(a.held(3).status == Status::suspect);
  a.fixture.advance(1_ns);
  a.fires(SuspicionTimeout{});
  CHECK(a.held(3).status == Status::dead);
  REQUIRE(a.node.queue.size() == 1);
  CHECK(a.node.queue[0].update == about(3, Status::dead, 0, 0));
  CHECK(a.node.suspicions.empty());
}

TEST_CASE("swim 4.1: updates ride on pings and acks, those sent least often first, each at most limit times", "[swim]") {
  Alone a(10);
  a.told(about(3, Status::alive, 1));
  for (std::uint32_t sent = 1; sent <= a.node.limit() + 2; ++sent) {
    a.gets(2, Ping{sent, {}});
    const Ack* ack = a.fixture.sent<Ack>(NodeId{2});
    REQUIRE(ack != nullptr);
    CHECK(ack->updates.size() == (sent <= a.node.limit() ? 1U : 0U));
    if (sent == 3) {
      a.told(about(4, Status::alive, 1));
      CHECK(a.node.queue[0].update.member == NodeId{4});
      a.node.queue.erase(a.node.queue.begin());
    }
  }
  CHECK(a.node.limit() == 8);
}

TEST_CASE("swim: a packet carries as many updates as fit in 1400 bytes", "[swim]") {
  Alone a(200);
  for (std::uint32_t i = 1; i < 100; ++i) a.told(about(i, Status::alive, 1));
  a.gets(150, Ping{1, {}});
  CHECK(a.fixture.sent<Ack>(NodeId{150})->updates.size() == 21);
  CHECK(a.node.tally.largest_packet == 1360);
}

TEST_CASE("lifeguard: a suspected member is told so first with the next ping (buddy)", "[swim]") {
  for (const bool buddy : {true, false}) {
    Config config;
    config.buddy = buddy;
    Alone a(2, config);
    a.told(about(1, Status::suspect, 5));
    a.node.queue.clear();
    a.probes();
    CHECK(a.fixture.sent<Ping>(NodeId{1})->updates.size() == (buddy ? 1U : 0U));
  }
}

TEST_CASE("lifeguard: relays that keep silent make my health worse, those that answer do not, and an ack mends it", "[swim]") {
  for (const std::uint32_t nacks : {0U, 2U, 3U}) {
    Alone a(10);
    a.probes();
    a.fires(ProbeTimeout{});
    for (std::uint32_t i = 0; i < nacks; ++i) a.gets(9, Nack{a.node.probe.sequence, {}});
    a.fires(ProbePeriod{});
    CHECK(a.node.health == 3 - nacks);
    if (nacks != 0) continue;
    CHECK(a.node.probe.periods == 4);  // and the next probe takes so much longer
    a.gets(index(a.node.probe.target), Ack{a.node.probe.sequence, {}});
    CHECK(a.node.health == 2);
  }
}

TEST_CASE("lifeguard: others that suspect the same member bring the timeout down, each once", "[swim]") {
  Alone a(100);
  a.told(about(3, Status::suspect, 0, 10));
  CHECK(a.fixture.timer_set<SuspicionTimeout>() == 48_s);  // 4 * log10(100) * 1 s, times 6
  a.told(about(3, Status::suspect, 0, 10));
  CHECK_FALSE(a.fixture.timer_set<SuspicionTimeout>());
  a.told(about(3, Status::suspect, 0, 11));
  CHECK(a.fixture.timer_set<SuspicionTimeout>() == 22762_ms);  // 48 - ln 2 / ln 3 * 40, in whole milliseconds
  a.told(about(3, Status::suspect, 0, 12));
  CHECK(a.fixture.timer_set<SuspicionTimeout>() == 8_s);
  a.told(about(3, Status::suspect, 0, 13));
  CHECK_FALSE(a.fixture.timer_set<SuspicionTimeout>());
}

TEST_CASE("swim: of a member that another holds dead a sync makes a suspect, so that it can refute", "[swim]") {
  Alone a;
  a.gets(1, Sync{false, {about(3, Status::dead, 2)}});
  CHECK(a.held(3).status == Status::suspect);
  CHECK(a.held(3).incarnation == 2);
  REQUIRE(a.fixture.sent<Sync>(NodeId{1}) != nullptr);
  CHECK(a.fixture.sent<Sync>(NodeId{1})->states.size() == 5);
}

// ---- memberlist's formulas, exactly (util_test.go, suspicion_test.go) --------------------------------------------------

TEST_CASE("memberlist: the suspicion timeout", "[swim]") {
  const std::vector<std::pair<std::uint64_t, Duration>> cases{{5, 1000_ms},   {10, 1000_ms},  {50, 1698_ms},
                                                              {100, 2000_ms}, {500, 2698_ms}, {1000, 3000_ms}};
  for (const auto& [n, expected] : cases) CHECK(suspicion_timeout(3, n, 1_s) == expected * 3);
  // Thousandths of log10, against libm, for every size of a group.
  for (std::uint64_t n = 1; n <= (1U << 20U); ++n) {
    const auto thousandths =
        static_cast<std::uint64_t>(std::floor(static_cast<double>(1000 * std::log10(static_cast<long double>(n)))));
    if (log10_thousandths(n) != thousandths) FAIL("n = " << n << ": " << log10_thousandths(n) << ", libm says " << thousandths);
  }
}

TEST_CASE("memberlist: the limit of retransmissions", "[swim]") {
  CHECK(retransmit_limit(3, 0) == 0);
  CHECK(retransmit_limit(3, 1) == 3);
  CHECK(retransmit_limit(3, 99) == 6);
  CHECK(retransmit_limit(3, 100) == 9);
  CHECK(retransmit_limit(4, 1000) == 16);
}

TEST_CASE("memberlist: what remains of a suspicion", "[swim]") {
  struct Case {
    std::uint32_t confirmations;
    Duration elapsed;
    Duration remaining;
  };
  const Decay decay{3, 2_s, 30_s};
  for (const Case& c : {Case{0, 0_s, 30_s}, Case{1, 2_s, 14_s}, Case{2, 3_s, 4810_ms}, Case{3, 4_s, Duration{} - 2_s},
                        Case{4, 5_s, Duration{} - 3_s}, Case{5, 10_s, Duration{} - 8_s}}) {
    CHECK(decayed_timeout(decay, c.confirmations) - c.elapsed == c.remaining);
  }
}

TEST_CASE("memberlist: syncs are rarer in larger groups", "[swim]") {
  for (std::uint64_t n = 1; n <= 32; ++n) CHECK(sync_scale(1_s, n) == 1_s);
  for (std::uint64_t n = 33; n <= 64; ++n) CHECK(sync_scale(1_s, n) == 2_s);
  for (std::uint64_t n = 65; n <= 128; ++n) CHECK(sync_scale(1_s, n) == 3_s);
  CHECK(sync_scale(30_s, 1000) == 180_s);
}
