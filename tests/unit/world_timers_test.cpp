// Timers: typed values that fire once, move when set again, and run by the node's own clock.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "tests/unit/world_support.hpp"

namespace {

using namespace world_test;  // NOLINT(google-build-using-namespace)

/// (instant in ns, name) of each alarm that fired, in order.
std::vector<std::pair<std::int64_t, std::uint64_t>> fired(const World& world) {
  std::vector<std::pair<std::int64_t, std::uint64_t>> out;
  for (const Heard& alarm : at_node(world, kA).fired) out.emplace_back(alarm.at.ns, alarm.n);
  return out;
}

/// The plain model: a map from name to when it is due, looked at before every operation.
class Eager {
 public:
  void set(std::int64_t now, std::uint64_t name, std::int64_t after) {
    advance(now);
    due_[name] = now + after;
  }
  void cancel(std::int64_t now, std::uint64_t name) {
    advance(now);
    due_.erase(name);
  }
  void advance(std::int64_t now) {
    for (auto it = due_.begin(); it != due_.end();) {
      if (it->second < now) {
        fired.emplace(it->second, it->first);
        it = due_.erase(it);
      } else {
        ++it;
      }
    }
  }
  std::multiset<std::pair<std::int64_t, std::uint64_t>> fired;

 private:
  std::map<std::uint64_t, std::int64_t> due_;
};

}  // namespace

TEST_CASE("a timer fires once, after its time", "[world]") {
  World world = world_of({actor({{1_ms, {set(7, 5_ms)}}})});
  run_until(world, 1_s);
  CHECK(fired(world) == std::vector<std::pair<std::int64_t, std::uint64_t>>{{6'000'000, 7}});
}

TEST_CASE("setting an equal timer again moves it, later or earlier", "[world]") {
  World later = world_of({actor({{1_ms, {set(7, 5_ms)}}, {3_ms, {set(7, 50_ms)}}})});
  run_until(later, 1_s);
  CHECK(fired(later) == std::vector<std::pair<std::int64_t, std::uint64_t>>{{53'000'000, 7}});
  World earlier = world_of({actor({{1_ms, {set(7, 50_ms)}}, {3_ms, {set(7, 5_ms)}}})});
  run_until(earlier, 1_s);
  CHECK(fired(earlier) == std::vector<std::pair<std::int64_t, std::uint64_t>>{{8'000'000, 7}});
}

TEST_CASE("timers of different values are different timers", "[world]") {
  World world = world_of({actor({{1_ms, {set(1, 9_ms), set(2, 5_ms), set(3, 5_ms), cancel(2)}}})});
  run_until(world, 1_s);
  CHECK(fired(world) == std::vector<std::pair<std::int64_t, std::uint64_t>>{{6'000'000, 3}, {10'000'000, 1}});
}

TEST_CASE("a timer that is taken back does not fire, and can be set anew", "[world]") {
  World world = world_of({actor({{1_ms, {set(7, 5_ms)}}, {2_ms, {cancel(7), cancel(8)}}, {3_ms, {set(7, 20_ms)}}})});
  run_until(world, 1_s);
  CHECK(fired(world) == std::vector<std::pair<std::int64_t, std::uint64_t>>{{23'000'000, 7}});
}

TEST_CASE("a timer set for now fires in the same instant, after the handler", "[world]") {
  World world = world_of({actor({{1_ms, {set(1, Duration{}), send(kA, 5)}}})});
  run_until(world, 1_s);
  CHECK(fired(world) == std::vector<std::pair<std::int64_t, std::uint64_t>>{{1'000'000, 1}});
  CHECK(world.counters().timers == 2);  // the order, too, came by a timer
}

TEST_CASE("timers that are moved without queue operations fire as an eager model says", "[world]") {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    Rng rng(seed, "timers", 0);
    Eager eager;
    std::vector<Order> orders;
    std::int64_t now = 0;
    for (int i = 0; i < 60; ++i) {
      now += 2 * static_cast<std::int64_t>(1 + rng.below(20));  // orders on even instants, alarms on odd ones: no ties
      const std::uint64_t name = rng.below(4);
      if (rng.below(5) == 0) {
        eager.cancel(now, name);
        orders.push_back({Duration{now}, {cancel(name)}});
      } else {
        const auto after = static_cast<std::int64_t>(1 + 2 * rng.below(60));
        eager.set(now, name, after);
        orders.push_back({Duration{now}, {set(name, Duration{after})}});
      }
    }
    eager.advance(1'000'000);
    World world = world_of({actor(orders)});
    while (world.step()) {
    }
    const auto seen = fired(world);
    REQUIRE(std::multiset<std::pair<std::int64_t, std::uint64_t>>(seen.begin(), seen.end()) == eager.fired);
    REQUIRE(std::is_sorted(seen.begin(), seen.end(), [](const auto& a, const auto& b) { return a.first < b.first; }));
  }
}

TEST_CASE("a timer that is moved a thousand times leaves no trail of events", "[world]") {
  std::vector<Order> orders;
  for (int i = 1; i <= 1000; ++i) orders.push_back({1_us * i, {set(7, 50_ms)}});
  World world = world_of({actor(orders)});
  run_until(world, 1100_us);
  CHECK(world.pending() <= 2);
  run_until(world, 1_s);
  CHECK(fired(world) == std::vector<std::pair<std::int64_t, std::uint64_t>>{{51'000'000, 7}});
  CHECK(world.counters().timers == 1001);
}

TEST_CASE("a clock that is off shows another time and waits as long", "[world]") {
  World world =
      world_of({actor({{1_ms, {set(7, 5_ms), send(kB, 1)}}}), actor({})},
               {.clocks = {{.offset = 100_s, .drift_per_billion = 0}, {.offset = Duration{} - 1_s, .drift_per_billion = 0}}});
  run_until(world, 1_s);
  CHECK(at_node(world, kA).fired.at(0).at == at(100_s + 6_ms));
  CHECK(at_node(world, kB).heard.at(0).at == at(2_ms - 1_s));
}

TEST_CASE("a clock that is fast fires its timers early in true time, one that is slow late", "[world]") {
  const auto truly = [](std::int64_t drift) {
    World world = world_of({actor({{Duration{}, {set(7, 1_s)}}})}, {.clocks = {{.offset = {}, .drift_per_billion = drift}}});
    while (world.step()) {
    }
    CHECK(std::abs((at_node(world, kA).fired.at(0).at - at(1_s)).ns) <= 1);  // by its own clock it is exact, up to rounding
    return world.now();
  };
  CHECK(truly(250'000'000) == Time{800'000'000});  // gains a quarter: 0.8 s show as 1 s
  CHECK(truly(-200'000'000) == Time{1'250'000'000});
  CHECK(truly(0) == at(1_s));
  CHECK(truly(200'000) == Time{999'800'039});  // 200 ppm: 1 s / 1.0002
}

TEST_CASE("a drifting clock is exact over a year", "[world]") {
  const Clock fast{.offset = 5_s, .drift_per_billion = 50'000};  // 50 ppm
  const Duration year = 365_s * (24 * 3600);
  CHECK(fast.local(Time{} + year) == Time{} + 5_s + year + year / 20'000);
  CHECK(Clock{}.true_length(year) == year);
  const Duration shown = fast.true_length(year);
  CHECK(std::abs((shown + shown / 20'000 - year).ns) < 10'000);
}

TEST_CASE("a clock that jumps moves no timer", "[world]") {
  World world = world_of({actor({{1_ms, {set(7, 9_ms)}}, {20_ms, {set(8, 5_ms)}}})});
  Fault jump = fault(FaultKind::clock, {kA});
  jump.clock_offset = 100_s;
  const std::uint32_t number = world.schedule(at(5_ms), jump);
  world.schedule_end(at(15_ms), number);
  run_until(world, 1_s);
  const auto& seen = at_node(world, kA).fired;
  REQUIRE(seen.size() == 2);
  CHECK(seen[0].at == at(100_s + 10_ms));  // fired at its true time, which the clock shows in its own way
  CHECK(seen[1].at == at(25_ms));          // and the jump was taken back
}
