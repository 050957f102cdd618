#include "sim/explore/hunt.hpp"

#include <algorithm>
#include <cassert>
#include <map>

namespace sim::explore {

std::optional<Hunt> hunt(const Scenario& scenario, SeedRange seeds, bool (*goes_on)()) {
  constexpr std::uint64_t piece = 4096;
  Hunt out;
  for (std::uint64_t seed = seeds.first; seed <= seeds.last; ++seed) {
    Run run(scenario, seed);
    for (std::uint64_t steps = 1; run.step(); ++steps) {
      if (steps % piece == 0 && !goes_on()) return std::nullopt;
    }
    const Report report = run.report();
    ++out.seeds;
    if (const ClaimReport* violation = report.violation(); violation != nullptr) {
      out.claim = violation->name;
      return out;
    }
  }
  return out;
}

std::uint64_t Hunts::found() const {
  return static_cast<std::uint64_t>(std::count_if(hunts.begin(), hunts.end(), [](const Hunt& h) { return h.found(); }));
}

std::optional<std::uint64_t> Hunts::seeds_at(std::uint64_t percent) const {
  std::vector<std::uint64_t> taken;
  for (const Hunt& h : hunts) {
    if (h.found()) taken.push_back(h.seeds);
  }
  std::sort(taken.begin(), taken.end());
  const std::uint64_t rank = std::max<std::uint64_t>(1, (hunts.size() * percent + 99) / 100);
  return rank <= taken.size() ? std::optional(taken[rank - 1]) : std::nullopt;
}

std::vector<std::pair<std::string, std::uint64_t>> Hunts::claims() const {
  std::map<std::string, std::uint64_t> counts;
  for (const Hunt& h : hunts) {
    if (h.found()) ++counts[h.claim];
  }
  std::vector<std::pair<std::string, std::uint64_t>> out(counts.begin(), counts.end());
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  return out;
}

SeedRange hunting_ground(std::uint64_t i, std::uint64_t limit) {
  constexpr std::uint64_t apart = 1'000'000;
  assert(limit >= 1);
  assert(limit <= apart);
  return {1 + i * apart, i * apart + limit};
}

}  // namespace sim::explore
