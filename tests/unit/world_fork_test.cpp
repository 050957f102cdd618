// A world is a value: a copy goes on exactly as the original does, whatever is under way.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tests/unit/world_support.hpp"

namespace {

using namespace world_test;  // NOLINT(google-build-using-namespace)

struct Rumour {
  std::uint64_t hops = 0;
  std::string text;
  SIM_DESCRIBE(Rumour, hops, text)
};

struct Wake {
  std::uint64_t which = 0;
  SIM_DESCRIBE(Wake, which)
};

/// Uses every door to the world, at random.
struct Restless {
  std::uint64_t handled = 0;
  std::vector<std::uint64_t> memory;
  SIM_DESCRIBE(Restless, handled, memory)

  using Inbox = Accepts<Rumour, Wake>;
  void start(Ctx& ctx) {
    memory.push_back(ctx.saved<Kept>().n + ctx.log<std::uint64_t>("log").last() + ctx.disk().size("wal"));
    for (std::uint64_t i = 0; i < 2; ++i) ctx.set_timer(Wake{i}, ctx.jitter(1_ms, 20_ms));
  }
  void on(Ctx& ctx, NodeId from, const Rumour& rumour) {
    memory.push_back(rumour.hops ^ index(from));
    if (memory.size() > 20) memory.erase(memory.begin());
    if (rumour.hops > 0) ctx.send(pick(ctx), Rumour{rumour.hops - 1, rumour.text + "x"});
    act(ctx);
  }
  void on(Ctx& ctx, const Wake& wake) {
    ctx.set_timer(wake, ctx.jitter(1_ms, 20_ms));
    ctx.broadcast(Rumour{2, "a rumour that is longer than a short string"});
    act(ctx);
  }

 private:
  static NodeId pick(Ctx& ctx) { return ctx.peers()[ctx.choose("peer", ctx.peers().size())]; }
  void act(Ctx& ctx) {
    ++handled;
    auto log = ctx.log<std::uint64_t>("log");
    switch (ctx.choose("act", 10)) {
      case 0: ctx.save(Kept{handled}); break;
      case 1: log.append(handled); break;
      case 2:
        if (!log.empty()) log.truncate(log.last());
        break;
      case 3:
        if (!log.empty()) log.compact(log.first() + 1);
        break;
      case 4: ctx.disk().append("wal", std::string(1 + handled % 700, 'w')); break;
      case 5: ctx.cancel_timer(Wake{2}); break;
      case 6: ctx.set_timer(Wake{2 + handled % 3}, ctx.jitter(Duration{}, 50_ms)); break;
      case 7: ctx.send_at_once(pick(ctx), Rumour{0, "now"}); break;
      case 8: ctx.observe(Kept{handled}); break;
      default: ctx.mark("idle");
    }
  }
};

/// Five restless nodes on bad links, with slow disks and clocks that are off, under every kind of fault.
World troubled_world(std::uint64_t seed) {
  World world(seed);
  for (std::uint32_t i = 0; i < 5; ++i) {
    world.add(NodeBox(Restless{}), {.system = "restless",
                                    .name = "n" + std::to_string(i),
                                    .fsync = Latency::uniform(Duration{}, i == 0 ? Duration{} : 8_ms),
                                    .clock = {.offset = 1_ms * i, .drift_per_billion = 1'000'000 * static_cast<std::int64_t>(i)}});
  }
  Link link;
  link.latency = {LatencyKind::exponential, 1_ms, 3_ms, {}};
  link.loss = Ratio::percent(5);
  link.duplicate = Ratio::percent(5);
  link.fifo = seed % 2 == 0;
  link.bytes_per_second = seed % 3 == 0 ? 1'000'000 : 0;
  world.start(link);
  Rng rng(seed, "troubles", 0);
  for (int i = 0; i < 8; ++i) {
    Fault f = fault(static_cast<FaultKind>(rng.below(5)), {NodeId{static_cast<std::uint32_t>(rng.below(5))}});
    f.both_ways = rng.below(2) == 0;
    f.loss = Ratio::percent(30);
    f.delay = 4_ms;
    f.clock_offset = 3_ms;
    const Time begins = at(rng.between(Duration{}, 200_ms));
    const std::uint32_t number = world.schedule(begins, f);
    world.schedule_end(begins + rng.between(1_ms, 60_ms), number);
  }
  return world;
}

constexpr Duration kEnd = 250_ms;

void finish(World& world) { run_until(world, kEnd); }

void require_equal(const World& a, const World& b) {
  REQUIRE(a.trace_digest() == b.trace_digest());
  REQUIRE(a.state_digest() == b.state_digest());
  REQUIRE(a.counters() == b.counters());
  REQUIRE(a.now() == b.now());
  REQUIRE(a.observations().size() == b.observations().size());
}

}  // namespace

TEST_CASE("over 1,000 seeds a copy of a world, and a copy of the copy, end as the original does", "[world]") {
  std::uint64_t crashes = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    CAPTURE(seed);
    World original = troubled_world(seed);
    Rng rng(seed, "fork", 0);
    for (std::uint64_t i = rng.below(600); i > 0; --i) original.step(at(kEnd));
    World copy = original;
    require_equal(original, copy);
    for (std::uint64_t i = rng.below(100); i > 0; --i) copy.step(at(kEnd));
    World second(seed + 1);
    second = copy;
    finish(second);  // the youngest first, so that it would disturb what it shares with the others
    finish(original);
    finish(copy);
    require_equal(original, copy);
    require_equal(original, second);
    crashes += original.counters().to_down;
  }
  CHECK(crashes > 1000);  // the test meets what it is about
}

TEST_CASE("a copy outlives its original, and the other way round", "[world]") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    World expected = troubled_world(seed);
    finish(expected);
    std::vector<World> line{troubled_world(seed)};
    for (int i = 0; i < 50; ++i) {
      for (int k = 0; k < 10; ++k) line.back().step(at(kEnd));
      std::vector<World> next{line.back()};
      line.swap(next);  // the original goes
    }
    finish(line.back());
    require_equal(expected, line.back());
  }
}

TEST_CASE("what happens to a copy does not happen to the original", "[world]") {
  World original = troubled_world(3);
  for (int i = 0; i < 200; ++i) original.step();
  const std::uint64_t before = original.state_digest();
  World copy = original;
  copy.schedule(copy.now(), fault(FaultKind::crash, {NodeId{1}}));
  finish(copy);
  CHECK(original.state_digest() == before);
  CHECK_FALSE(copy.up(NodeId{1}));
  World untouched = troubled_world(3);
  finish(untouched);
  finish(original);
  require_equal(untouched, original);
}

TEST_CASE("a state's digest changes with each event that changes the state", "[world]") {
  World world = troubled_world(5);
  for (int i = 0; i < 500; ++i) {
    const std::uint64_t before = world.state_digest();
    REQUIRE(world.state_digest() == before);
    REQUIRE(world.step());
    if (world.last().kind == EventKind::message || world.last().kind == EventKind::timer) REQUIRE(world.state_digest() != before);
  }
}

TEST_CASE("states are equal by what they are and not by how they came to be", "[world]") {
  // Two worlds whose nodes heard the same words by different ways: one directly, one with another message lost before.
  World straight = world_of({actor({{5_ms, {send(kB, 1)}}}), actor({})});
  World crooked = world_of({actor({{5_ms, {send(kB, 1)}}}), actor({})});
  crooked.schedule_end(at(2_ms), crooked.schedule(at(1_ms), fault(FaultKind::partition, {kA})));
  run_until(straight, 20_ms);
  run_until(crooked, 20_ms);
  CHECK(straight.trace_digest() != crooked.trace_digest());
  CHECK(straight.state_digest() == crooked.state_digest());
}

TEST_CASE("states that differ in one thing have different digests", "[world]") {
  const auto digest = [](std::vector<Order> orders, Duration until, const std::vector<std::pair<Duration, Fault>>& faults = {}) {
    World world = world_of({actor(std::move(orders)), actor({})}, {.fsync = 10_ms});
    for (const auto& [when, f] : faults) world.schedule(at(when), f);
    run_until(world, until);
    return world.state_digest();
  };
  const std::vector<Order> base{{1_ms, {set(1, 50_ms)}}};
  const std::uint64_t plain = digest(base, 30_ms);
  CHECK(digest(base, 30_ms) == plain);
  CHECK(digest(base, 29_ms) != plain);                                               // the timer is nearer
  CHECK(digest(base, 30_ms, {{5_ms, fault(FaultKind::crash, {kB})}}) != plain);      // a node is down
  CHECK(digest(base, 30_ms, {{5_ms, fault(FaultKind::pause, {kB})}}) != plain);      // a node is paused
  CHECK(digest(base, 30_ms, {{5_ms, fault(FaultKind::partition, {kB})}}) != plain);  // a link is cut
}

TEST_CASE("what waits at a paused node is part of its state", "[world]") {
  const auto digest = [](std::uint64_t word) {
    World world = world_of({actor({{5_ms, {send(kB, word)}}}), actor({})});
    world.schedule(at(1_ms), fault(FaultKind::pause, {kB}));
    run_until(world, 20_ms);
    return world.node_digest(kB);
  };
  CHECK(digest(1) == digest(1));
  CHECK(digest(1) != digest(2));
}
