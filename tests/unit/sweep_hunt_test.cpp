// Hunts: how many seeds it takes to find a bug, and what is said of many such numbers.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/explore/hunt.hpp"
#include "tests/unit/scenario_support.hpp"

namespace {

using namespace toy;  // NOLINT(google-build-using-namespace)
using explore::Hunts;

/// 0: not found.
Hunts hunts(const std::vector<std::uint64_t>& seeds) {
  Hunts out;
  for (const std::uint64_t n : seeds) out.hunts.push_back({n == 0 ? 1000 : n, n == 0 ? "" : n % 2 == 0 ? "toy.even" : "toy.odd"});
  return out;
}

bool always() { return true; }
bool never() { return false; }

}  // namespace

TEST_CASE("a hunt ends at the first seed that violates a claim", "[sweep]") {
  const Scenario broken = scenario({"duration=2s", "systems.0.config.limit=7"});
  const auto at_once = explore::hunt(broken, {5, 9}, always);
  REQUIRE(at_once.has_value());
  CHECK(at_once->seeds == 1);
  CHECK(at_once->claim == "toy.below-limit");
  const auto nothing = explore::hunt(scenario({"duration=2s"}), {5, 9}, always);
  REQUIRE(nothing.has_value());
  CHECK(nothing->seeds == 5);
  CHECK_FALSE(nothing->found());
}

TEST_CASE("a hunt takes as many seeds as a sweep in order", "[sweep]") {
  // Short, so that it depends on the seed whether a key is read again before the end.
  const Scenario s = scenario({"systems.0.mutant=stale-reads", "duration=200ms", "quiet=0s", "clients.0.keys=30"});
  std::uint64_t most = 0;
  for (std::uint64_t first = 1; first < 30; first += 7) {
    const auto found = explore::hunt(s, {first, first + 99}, always);
    REQUIRE(found.has_value());
    std::uint64_t seed = first;
    for (;; ++seed) {
      Run run(s, seed);
      run.finish();
      if (run.report().verdict() == "violation" || seed == first + 99) break;
    }
    CHECK(found->seeds == seed - first + 1);
    most = std::max(most, found->seeds);
  }
  CHECK(most > 1);
}

TEST_CASE("a hunt can be called off in the middle of a run", "[sweep]") {
  CHECK_FALSE(explore::hunt(scenario({"duration=200s"}), {1, 1}, never).has_value());
}

TEST_CASE("quantiles are by nearest rank, and what was not found counts as beyond all", "[sweep]") {
  const Hunts twenty = hunts({9, 1, 2, 3, 4, 5, 6, 7, 8, 10, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11});
  CHECK(twenty.seeds_at(50) == std::optional<std::uint64_t>(10));
  CHECK(twenty.seeds_at(90) == std::optional<std::uint64_t>(18));
  CHECK(twenty.seeds_at(100) == std::optional<std::uint64_t>(20));
  CHECK(hunts({7}).seeds_at(50) == std::optional<std::uint64_t>(7));
  const Hunts three = hunts({0, 4, 3});
  CHECK(three.found() == 2);
  CHECK(three.seeds_at(50) == std::optional<std::uint64_t>(4));
  CHECK_FALSE(three.seeds_at(90).has_value());
  CHECK_FALSE(hunts({0, 0, 5}).seeds_at(50).has_value());
  CHECK(hunts({0, 5}).seeds_at(50) == std::optional<std::uint64_t>(5));
}

TEST_CASE("claims are told by how often they found it", "[sweep]") {
  using Claims = std::vector<std::pair<std::string, std::uint64_t>>;
  CHECK(hunts({1, 3, 2, 0, 5}).claims() == Claims{{"toy.odd", 3}, {"toy.even", 1}});
  CHECK(hunts({1, 2}).claims() == Claims{{"toy.even", 1}, {"toy.odd", 1}});
  CHECK(hunts({0}).claims().empty());
}

TEST_CASE("no two hunts see the same seed", "[sweep]") {
  CHECK(explore::hunting_ground(0, 1000) == explore::SeedRange{1, 1000});
  for (const std::uint64_t limit : {1U, 1000U, 1'000'000U}) {
    for (std::uint64_t i = 0; i < 20; ++i) {
      CHECK(explore::hunting_ground(i, limit).size() == limit);
      CHECK(explore::hunting_ground(i, limit).last < explore::hunting_ground(i + 1, limit).first);
    }
  }
}
