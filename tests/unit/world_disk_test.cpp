// Persist before you promise: what a node sends waits until what it wrote is durable.
#include <algorithm>
#include <cstdint>
#include <set>
#include <vector>

#include "tests/unit/world_support.hpp"

namespace {

using namespace world_test;  // NOLINT(google-build-using-namespace)

constexpr WorldOptions kSlowDisk{.latency = 1_ms, .fsync = 10_ms};

std::vector<Heard> heard(const std::vector<Actor>& actors, NodeId who, const WorldOptions& options = kSlowDisk) {
  World world = world_of(actors, options);
  run_until(world, 1_s);
  return at_node(world, who).heard;
}

/// How often a crash after the first node's write leaves what it wrote.
std::set<std::uint64_t> restored_after_crash(std::vector<Act> acts, Duration crash_at) {
  std::set<std::uint64_t> out;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    World world = world_of({actor({{1_ms, acts}})}, {.fsync = 10_ms, .seed = seed});
    world.schedule_end(at(50_ms), world.schedule(at(crash_at), fault(FaultKind::crash, {kA})));
    run_until(world, 1_s);
    REQUIRE(at_node(world, kA).lives == 1);  // memory is gone: a fresh value counts its first start
    out.insert(at_node(world, kA).restored);
  }
  return out;
}

}  // namespace

TEST_CASE("a message sent after a save leaves when the save is durable", "[world]") {
  CHECK(heard({actor({{1_ms, {save(1), send(kB, 1)}}}), actor({})}, kB) == std::vector<Heard>{{at(12_ms), kA, 1}});
}

TEST_CASE("a message sent before a save in the same handler waits as well, for the handler is one step", "[world]") {
  CHECK(heard({actor({{1_ms, {send(kB, 1), save(1)}}}), actor({})}, kB) == std::vector<Heard>{{at(12_ms), kA, 1}});
}

TEST_CASE("a message to oneself waits for the disk like any other", "[world]") {
  CHECK(heard({actor({{1_ms, {save(1), send(kA, 1)}}})}, kA) == std::vector<Heard>{{at(11_ms), kA, 1}});
}

TEST_CASE("a message that promises nothing does not wait", "[world]") {
  CHECK(heard({actor({{1_ms, {save(1), send_at_once(kB, 1), send(kB, 2)}}}), actor({})}, kB) ==
        std::vector<Heard>{{at(2_ms), kA, 1}, {at(12_ms), kA, 2}});
}

TEST_CASE("a log's append and a file's write hold messages back as a save does", "[world]") {
  CHECK(heard({actor({{1_ms, {append(1), send(kB, 1)}}}), actor({})}, kB).at(0).at == at(12_ms));
  CHECK(heard({actor({{1_ms, {{Do::write, 10, {}, {}}, send(kB, 1)}}}), actor({})}, kB).at(0).at == at(12_ms));
}

TEST_CASE("what is written during a sync goes with the next, all together", "[world]") {
  // Group commit: the sync of 1 ms ends at 11 ms; the writes of 3, 5 and 7 ms share the one that ends at 21 ms.
  World world = world_of({actor({{1_ms, {save(1), send(kB, 1)}},
                                 {3_ms, {save(3), send(kB, 3)}},
                                 {5_ms, {append(5), send(kB, 5)}},
                                 {7_ms, {save(7), send(kB, 7)}}}),
                          actor({})},
                         kSlowDisk);
  run_until(world, 1_s);
  CHECK(at_node(world, kB).heard ==
        std::vector<Heard>{{at(12_ms), kA, 1}, {at(22_ms), kA, 3}, {at(22_ms), kA, 5}, {at(22_ms), kA, 7}});
  CHECK(world.counters().syncs == 2);
  CHECK(world.disk(kA).synced() == world.disk(kA).written());
}

TEST_CASE("a message of a handler that writes nothing waits for what the handlers before it wrote", "[world]") {
  CHECK(heard({actor({{1_ms, {save(1)}}, {4_ms, {send(kB, 2)}}, {30_ms, {send(kB, 3)}}}), actor({})}, kB) ==
        std::vector<Heard>{{at(12_ms), kA, 2}, {at(31_ms), kA, 3}});
}

TEST_CASE("one node's disk holds nobody else back", "[world]") {
  CHECK(heard({actor({{1_ms, {save(1)}}}), actor({{2_ms, {send(kC, 5)}}}), actor({})}, kC) ==
        std::vector<Heard>{{at(3_ms), kB, 5}});
}

TEST_CASE("an instant disk is durable when the handler returns, and costs no event", "[world]") {
  World world = world_of({actor({{1_ms, {save(1), send(kB, 1)}}}), actor({})});
  run_until(world, 1_s);
  CHECK(at_node(world, kB).heard == std::vector<Heard>{{at(2_ms), kA, 1}});
  CHECK(world.counters().syncs == 0);
  CHECK(world.disk(kA).synced() == world.disk(kA).written());
}

TEST_CASE("a crash before the sync loses the message, whatever becomes of the write", "[world]") {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    World world = world_of({actor({{1_ms, {save(1), send(kB, 1)}}}), actor({})}, {.fsync = 10_ms, .seed = seed});
    world.schedule(at(5_ms), fault(FaultKind::crash, {kA}));
    run_until(world, 1_s);
    REQUIRE(at_node(world, kB).heard.empty());
  }
}

TEST_CASE("what was synced is there after a crash, what was not may be", "[world]") {
  CHECK(restored_after_crash({save(7)}, 30_ms) == std::set<std::uint64_t>{7});
  CHECK(restored_after_crash({save(7)}, 5_ms) == std::set<std::uint64_t>{0, 7});
}

TEST_CASE("a promise that was heard is never taken back by a crash", "[world]") {
  // The rule itself, over many seeds and instants: whoever got the message can count on the record.
  int promised = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    std::vector<Order> orders;
    for (std::uint64_t n = 1; n <= 8; ++n) orders.push_back({3_ms * static_cast<std::int64_t>(n), {append(n), send(kB, n)}});
    World world = world_of({actor(orders), actor({})}, {.fsync = 4_ms, .seed = seed});
    world.schedule_end(at(60_ms),
                       world.schedule(at(Duration{static_cast<std::int64_t>(seed) * 100'000}), fault(FaultKind::crash, {kA})));
    run_until(world, 1_s);
    if (at_node(world, kA).records == 0) continue;  // nothing durable: the orders were carried out by the second life
    std::uint64_t last = 0;
    for (const Heard& h : at_node(world, kB).heard) last = std::max(last, h.n);
    REQUIRE(at_node(world, kA).records >= last);
    promised += last > 0 ? 1 : 0;
  }
  CHECK(promised > 100);
}
