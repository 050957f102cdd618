// Planted bugs: a sweep must find each, by the claim that names it, and must find nothing where no bug is planted.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "sim/scenario/json.hpp"
#include "sim/scenario/run.hpp"
#include "tests/unit/catalog_support.hpp"
#include "tests/unit/catch.hpp"

namespace mutants {

using catalog_support::registry;

/// The document of scenarios/mutants/NAME.json, or nothing where there is no such file.
inline std::optional<sim::Value> document(const std::string& name) {
  std::ifstream file(std::string(FAULTLINE_SOURCE_DIR) + "/scenarios/mutants/" + name + ".json");
  if (!file) return std::nullopt;
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  auto parsed = sim::parse_json(text);
  if (!parsed) return std::nullopt;
  return *std::move(parsed);
}

inline sim::Scenario scenario(const sim::Value& document) {
  sim::Loaded loaded = sim::load_scenario(document, registry());
  for (const sim::Error& e : loaded.errors) FAIL_CHECK(e.where << ": " << e.what);
  REQUIRE(loaded.scenario);
  return *std::move(loaded.scenario);
}

/// The full name of the claim that the seed violates, or "".
inline std::string violated(const sim::Scenario& scenario, std::uint64_t seed) {
  sim::Run run(scenario, seed);
  run.finish();
  const sim::Report report = run.report();
  const sim::ClaimReport* violation = report.violation();
  return violation == nullptr ? std::string() : violation->name;
}

/// FAULTLINE_SEEDS, for a full run, or what is enough for every day.
inline std::uint64_t seeds(std::uint64_t standard) {
  const char* asked = std::getenv("FAULTLINE_SEEDS");
  return asked == nullptr ? standard : std::strtoull(asked, nullptr, 10);
}

/// Sweeps scenarios/mutants/NAME.json until its bug was found a few times by the claim that the scenario expects; says how
/// many seeds that took, in the median. Then sweeps the same scenario without the bug.
inline void check(const std::string& name) {
  constexpr std::uint64_t kBound = 500;  // seeds without a find, before the bug counts as not found
  const std::uint64_t correct_seeds = seeds(20);
  const std::size_t finds = correct_seeds > 100 ? 21 : 3;
  auto planted = document(name);
  REQUIRE(planted);
  const sim::Scenario with_bug = scenario(*planted);
  REQUIRE(with_bug.expect);
  std::vector<std::uint64_t> took;
  std::uint64_t last = 0;
  for (std::uint64_t seed = 1; took.size() < finds && seed - last <= kBound; ++seed) {
    if (violated(with_bug, seed) != *with_bug.expect) continue;
    took.push_back(seed - last);
    last = seed;
  }
  INFO(name << " violates " << *with_bug.expect << " in " << took.size() << " of " << finds << " searches of " << kBound
            << " seeds");
  REQUIRE(took.size() == finds);
  std::sort(took.begin(), took.end());
  if (correct_seeds > 100) WARN(name << ": found by " << *with_bug.expect << " in " << took[took.size() / 2] << " seeds (median)");

  REQUIRE_FALSE(sim::set_member(*planted, "systems.0.mutant="));
  REQUIRE_FALSE(sim::set_member(*planted, "expect=no violation"));
  const sim::Scenario correct = scenario(*planted);
  for (std::uint64_t seed = 1; seed <= correct_seeds; ++seed) {
    INFO("seed " << seed << " of " << name << " without its bug");
    CHECK(violated(correct, seed).empty());
  }
}

}  // namespace mutants
