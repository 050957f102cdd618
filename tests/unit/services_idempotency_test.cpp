// That what a key asks for is done once: over links that lose, with crashes after every single event, by two at once.
#include <algorithm>
#include <cmath>
#include <string>

#include "sim/node/fixture.hpp"
#include "tests/unit/services_support.hpp"

using namespace services_test;

namespace {

Config ledger(bool idempotent) {
  Config c;
  c.workers = 100;
  c.service_time = 1_ms;
  c.service_distribution = ServiceTime::fixed;
  c.effects = true;
  c.idempotency = idempotent;
  return c;
}

sim::check::Workload until_answered(std::uint64_t operations) {
  sim::check::Workload w;
  w.retry_after = 20_ms;
  w.give_up_after = 1'000'000_s;
  w.operations = operations;
  return w;
}

std::uint64_t effects(const sim::World& world) {
  const auto* log = world.disk(NodeId{0}).records<Effect>(Node::kEffects);
  return log == nullptr ? 0 : log->size();
}

std::uint64_t answered(const sim::World& world) { return sojourns(world).size(); }

}  // namespace

// A request is sent until it is answered, each direction losing a share p. An execution is the last one with probability 1 - p,
// so there are 1 / (1 - p) of them, and 1 / (1 - p)^2 attempts.
TEST_CASE("services: without keys a lossy link makes 1.111 effects of a request, with keys 1", "[services]") {
  constexpr std::uint64_t kRequests = 20'000;
  const double p = 0.1;
  for (const bool idempotent : {false, true}) {
    sim::World world =
        world_of({{"ledger", ledger(idempotent)}}, until_answered(kRequests), 1, link_of(1_ms, sim::Ratio::percent(10)));
    run_until(world, 100'000_s);
    REQUIRE(answered(world) == kRequests);
    const double per_request = static_cast<double>(effects(world)) / kRequests;
    const double attempts = static_cast<double>(world.node_as<Client>(NodeId{1})->attempts) / kRequests;
    INFO((idempotent ? "with keys " : "without keys ") << per_request << " effects, " << attempts << " attempts");
    if (idempotent) {
      CHECK(effects(world) == kRequests);
    } else {
      const double sigma = std::sqrt(p / ((1 - p) * (1 - p)) / kRequests);  // geometric
      CHECK(std::abs(per_request - 1 / (1 - p)) < 3 * sigma);
    }
    const double q = 1 - (1 - p) * (1 - p);
    CHECK(std::abs(attempts - 1 / ((1 - p) * (1 - p))) < 3 * std::sqrt(q / ((1 - q) * (1 - q)) / kRequests));
  }
}

// Power fails at the ledger after each of the events of one request in turn: before it came, while it is worked on, when the
// effect is written and not durable, when it is durable and not answered, after the answer.
TEST_CASE("services: a crash after any event leaves one effect", "[services]") {
  for (const Mutant mutant : {Mutant::none, Mutant::keys_in_memory}) {
    std::uint64_t worst = 0;
    int points = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      sim::World base = world_of({{"ledger", ledger(true), mutant}}, until_answered(1), seed, link_of(5_ms), 3_ms);
      for (int events = 0; events < 40; ++events) {
        sim::World world = base;
        sim::Fault power;
        power.kind = sim::FaultKind::crash;
        power.target.nodes = {NodeId{0}};
        world.schedule_end(world.now() + 7_ms, world.schedule(world.now(), power));
        run_until(world, 10_s);
        REQUIRE(answered(world) == 1);
        worst = std::max(worst, effects(world));
        if (mutant == Mutant::none) REQUIRE(effects(world) == 1);
        ++points;
        if (!base.step(at(1_s))) break;
      }
    }
    CHECK(points >= 20 * 8);
    CHECK(worst == (mutant == Mutant::none ? 1U : 2U));
  }
}

TEST_CASE("services: of two at once one is done and one is told so", "[services]") {
  for (const Mutant mutant : {Mutant::none, Mutant::check_then_act}) {
    sim::check::Workload twice = until_answered(1);
    twice.retry_after = 500_us;  // while the first is being worked on
    sim::World world = world_of({{"ledger", ledger(true), mutant}}, twice, 1, link_of(100_us));
    run_until(world, 10_s);
    CHECK(answered(world) == 1);
    CHECK((effects(world) == 1) == (mutant == Mutant::none));
    const auto has = [&](const char* name) {
      for (const sim::Mark& m : world.marks()) {
        if (m.name == name) return true;
      }
      return false;
    };
    CHECK(has("key-conflict") == (mutant == Mutant::none));
  }
}

TEST_CASE("services: just before its retention is over a key replays, just after it executes", "[services]") {
  Config c = ledger(true);
  c.service_time = {};
  c.key_retention = 1_s;
  Node node(c);
  sim::Fixture f({.nodes = 1});
  node.start(f.ctx());
  Request r;
  r.key = "k";
  r.tenant = NodeId{5};
  const auto ask = [&] {
    node.on(f.ctx(), NodeId{5}, r);
    return f.sent<Reply>(NodeId{5})->body;
  };
  CHECK(ask() == "receipt 1");
  f.advance(1_s - 1_ns);
  CHECK(ask() == "receipt 1");
  f.advance(2_ns);
  CHECK(ask() == "receipt 2");
}
