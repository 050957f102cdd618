// Plans: what chance makes of them, when, and whom it hits.
#include <cmath>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/fault/plan.hpp"
#include "tests/unit/world_support.hpp"

namespace {

using namespace world_test;  // NOLINT(google-build-using-namespace)

World world_of_five(std::uint64_t seed) { return world_of(std::vector<Actor>(5), {.seed = seed}); }

std::vector<NodeId> nodes(std::uint32_t count) {
  std::vector<NodeId> out;
  for (std::uint32_t i = 0; i < count; ++i) out.push_back(NodeId{i});
  return out;
}

Pick pick(std::vector<NodeId> among, std::uint32_t random) {
  Pick out;
  out.nodes = std::move(among);
  out.random = random;
  return out;
}

void plan_into(World& world, std::vector<PlannedFault> faults, Time stop) {
  FaultPlan plan;
  plan.faults = std::move(faults);
  schedule(world, expand(plan, world.seed(), stop, world.directory().node_names), stop);
}

PlannedFault planned(FaultKind kind, Pick target) {
  PlannedFault out;
  out.fault.kind = kind;
  out.target = std::move(target);
  return out;
}

/// When the faults of a world begin and end, as its records say: (time, text).
std::vector<Seen> fault_records(World world, Duration until) {
  Keeper keeper;
  world.watch(&keeper);
  run_until(world, until);
  std::vector<Seen> out;
  for (const Seen& s : keeper.seen) {
    if (s.kind == RecordKind::fault) out.push_back(s);
  }
  return out;
}

std::vector<Seen> records_of(const PlannedFault& fault, std::uint64_t seed, Duration stop) {
  World world = world_of_five(seed);
  plan_into(world, {fault}, at(stop));
  return fault_records(world, stop + 1_s);
}

}  // namespace

TEST_CASE("a planned fault begins at its time and lasts as long as it says", "[faults]") {
  PlannedFault crash = planned(FaultKind::crash, pick({kB}, 0));
  crash.at = at(2_s);
  crash.lasts = Latency::fixed(500_ms);
  const auto seen = records_of(crash, 1, 10_s);
  REQUIRE(seen.size() == 2);
  CHECK(seen[0].at == at(2_s));
  CHECK(seen[0].text == "crash b");
  CHECK(seen[1].at == at(2500_ms));
  CHECK(seen[1].text == "restart b");
}

TEST_CASE("a fault without an end lasts until faults stop, and none outlasts that or begins then", "[faults]") {
  PlannedFault crash = planned(FaultKind::crash, pick({kB}, 0));
  crash.at = at(2_s);
  CHECK(records_of(crash, 1, 10_s).back().at == at(10_s));
  crash.lasts = Latency::fixed(100_s);
  CHECK(records_of(crash, 1, 10_s).back().at == at(10_s));
  crash.at = at(10_s);
  CHECK(records_of(crash, 1, 10_s).empty());
}

TEST_CASE("mending faults have no end", "[faults]") {
  PlannedFault heal = planned(FaultKind::heal, {});
  heal.at = at(1_s);
  CHECK(records_of(heal, 1, 10_s).size() == 1);
}

TEST_CASE("a repeated fault comes as a Poisson process within its span", "[faults]") {
  PlannedFault pause = planned(FaultKind::pause, pick(nodes(5), 1));
  pause.at = at(10_s);
  pause.every = 100_ms;
  pause.until = at(60_s);
  pause.lasts = Latency::fixed(1_ms);
  std::uint64_t begun = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    for (const Seen& s : records_of(pause, seed, 100_s)) {
      if (s.text.starts_with("resume")) continue;
      ++begun;
      REQUIRE(s.at > at(10_s));
      REQUIRE(s.at < at(60_s));
    }
  }
  const double expected = 20 * 50 * 10;  // of a Poisson count the variance is the mean
  CHECK(std::abs(static_cast<double>(begun) - expected) < 3 * std::sqrt(expected));
}

TEST_CASE("a pick of N nodes hits N different ones, and over seeds each as often", "[faults]") {
  PlannedFault crash = planned(FaultKind::crash, pick(nodes(5), 2));
  crash.at = at(1_s);
  std::map<char, int> hits;
  constexpr int seeds = 1000;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    const std::string text = records_of(crash, seed, 2_s).front().text;  // "crash b d"
    REQUIRE(text.size() == 9);
    REQUIRE(text[6] < text[8]);
    ++hits[text[6]];
    ++hits[text[8]];
  }
  for (const char name : {'a', 'b', 'c', 'd', 'e'}) CHECK(std::abs(hits[name] - seeds * 2 / 5) < 5 * std::sqrt(seeds * 0.4 * 0.6));
}

TEST_CASE("a minority is at least one and fewer than half, and takes every such size", "[faults]") {
  const std::map<std::uint32_t, std::set<std::size_t>> sizes{{1, {1}}, {2, {1}}, {3, {1}}, {4, {1}}, {5, {1, 2}}, {7, {1, 2, 3}}};
  for (const auto& [count, expected] : sizes) {
    CAPTURE(count);
    PlannedFault crash = planned(FaultKind::crash, pick(nodes(count), 0));
    crash.target.share = Pick::Share::minority;
    crash.at = at(1_s);
    std::set<std::size_t> seen;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
      World world = world_of(std::vector<Actor>(count), {.seed = seed});
      plan_into(world, {crash}, at(2_s));
      run_until(world, 1500_ms);
      seen.insert(world.fault_hit(0).size());
    }
    CHECK(seen == expected);
  }
}

TEST_CASE("the entries of a plan draw from streams of their own", "[faults]") {
  PlannedFault first = planned(FaultKind::pause, pick(nodes(5), 1));
  first.every = 300_ms;
  first.lasts = Latency::uniform(1_ms, 50_ms);
  PlannedFault second = first;
  second.fault.kind = FaultKind::partition;
  const auto partitions = [&](const PlannedFault& before) {
    World world = world_of_five(7);
    plan_into(world, {before, second}, at(10_s));
    std::vector<std::pair<Time, std::string>> out;
    for (const Seen& s : fault_records(world, 11_s)) {
      if (s.text.starts_with("cut off") || s.text.starts_with("heal")) out.emplace_back(s.at, s.text);
    }
    return out;
  };
  PlannedFault busier = first;
  busier.every = 20_ms;
  CHECK(partitions(first) == partitions(busier));
  CHECK(partitions(first).size() > 10);
}

TEST_CASE("one occurrence's draws do not move the next occurrence's time", "[faults]") {
  PlannedFault short_ones = planned(FaultKind::pause, pick(nodes(5), 1));
  short_ones.every = 300_ms;
  short_ones.lasts = Latency::fixed(1_ms);
  PlannedFault long_ones = short_ones;
  long_ones.target.random = 3;  // draws more
  long_ones.lasts = Latency::uniform(1_ms, 2_ms);
  const auto begins = [](const std::vector<Seen>& seen) {
    std::vector<Time> out;
    for (const Seen& s : seen) {
      if (!s.text.starts_with("resume")) out.push_back(s.at);
    }
    return out;
  };
  CHECK(begins(records_of(short_ones, 3, 10_s)) == begins(records_of(long_ones, 3, 10_s)));
}
