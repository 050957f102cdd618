// Lifeguard against plain SWIM among members that stand still for 5 to 20 s at a time (Dadgar et al. 2017, abstract of v1: more
// than 50 times fewer false positives).
#include "tests/unit/swim_support.hpp"

using namespace swim_test;

namespace {

constexpr std::uint32_t kMembers = 100;
constexpr std::uint32_t kSlow = 20;

struct False {
  std::uint64_t declared = 0;  ///< deaths of healthy members that somebody declared by himself
  std::uint64_t believed = 0;  ///< times that a healthy member came to hold another one dead
};

/// The first kSlow members stand still for 5 to 20 s and run for 1 to 20 ms, in turn, for five minutes: starved of processor time.
/// When they go on, overdue timers fire before what has arrived is read.
World slow_group(std::uint64_t seed, const Config& config) {
  World world = group(seed, kMembers, config, {.latency = Latency::uniform(1_ms, 5_ms)});
  for (std::uint32_t i = 0; i < kSlow; ++i) {
    Rng rng(seed, "slow", i);
    for (Time t = Time{} + rng.between(5_s, 20_s); t < Time{} + 300_s;) {
      Fault pause = fault(FaultKind::pause, i);
      pause.timers_first = true;
      const std::uint32_t number = world.schedule(t, pause);
      t = t + rng.between(5_s, 20_s);
      world.schedule_end(t, number);
      t = t + rng.between(1_ms, 20_ms);
    }
  }
  return world;
}

False false_positives(const Config& config, std::uint64_t seeds) {
  False out;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    World world = slow_group(seed, config);
    std::vector<std::uint64_t> deaths(kMembers);
    std::vector<std::uint64_t> changes(kMembers);
    while (world.step(Time{} + 300_s)) {
      if (world.last().kind == EventKind::fault) continue;
      const std::uint32_t at = index(world.last().node);
      const auto& node = member(world, at);
      if (node.changes == changes[at]) continue;
      const bool declared = node.tally.deaths > deaths[at];
      for (const std::uint32_t place : node.touched) {
        if (place < kSlow || node.members[place].status != Status::dead) continue;
        out.declared += declared ? 1 : 0;
        out.believed += at >= kSlow ? 1 : 0;
      }
      deaths[at] = node.tally.deaths;
      changes[at] = node.changes;
    }
  }
  return out;
}

}  // namespace

TEST_CASE("lifeguard: slow members kill fewer healthy ones", "[swim]") {
  Config plain;
  plain.suspicion_max_mult = 1;
  plain.health_max = 1;
  plain.buddy = false;
  const False without = false_positives(plain, 2);
  const False with = false_positives(Config{}, 2);
  INFO("healthy members declared dead: " << without.declared << " by SWIM, " << with.declared << " by Lifeguard; believed by "
                                         << without.believed << " and " << with.believed << " healthy members");
  CHECK(without.declared > 100);
  CHECK(without.declared >= 50 * with.declared);
}
