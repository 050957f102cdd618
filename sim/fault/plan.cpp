#include "sim/fault/plan.hpp"

#include <algorithm>

namespace sim {

namespace {

Target choose(const Pick& pick, Rng& rng) {
  Target target{pick.nodes, pick.system, pick.role};
  std::size_t count = pick.random;
  if (pick.minority) count = pick.nodes.size() > 2 ? 1 + rng.below((pick.nodes.size() - 1) / 2) : 1;
  if (count == 0 || count >= target.nodes.size()) return target;
  for (std::size_t i = 0; i < count; ++i) {  // the first steps of a Fisher-Yates shuffle
    const std::uint64_t j = i + rng.below(target.nodes.size() - i);
    std::swap(target.nodes[i], target.nodes[j]);
  }
  target.nodes.resize(count);
  std::sort(target.nodes.begin(), target.nodes.end());
  return target;
}

bool has_end(FaultKind kind) { return kind != FaultKind::restart && kind != FaultKind::resume && kind != FaultKind::heal; }

void schedule_one(World& world, const PlannedFault& planned, Time at, Time stop, Rng& rng) {
  Fault fault = planned.fault;
  fault.target = choose(planned.target, rng);
  fault.others = choose(planned.others, rng);
  const Duration lasts = planned.lasts ? planned.lasts->sample(rng) : stop - at;
  const std::uint32_t number = world.schedule(at, std::move(fault));
  if (has_end(planned.fault.kind)) world.schedule_end(std::min(at + lasts, stop), number);
}

}  // namespace

void schedule(World& world, std::span<const PlannedFault> plan, Time stop) {
  for (std::size_t i = 0; i < plan.size(); ++i) {
    const PlannedFault& planned = plan[i];
    Rng rng(world.seed(), "fault", i);
    if (planned.every == Duration{}) {
      if (planned.at < stop) schedule_one(world, planned, planned.at, stop, rng);
      continue;
    }
    const Time until = planned.until ? std::min(*planned.until, stop) : stop;
    Time at = planned.at;
    while (true) {
      at = at + std::max(exponential(rng, planned.every), 1_ns);
      if (at >= until) break;
      // The draws of one occurrence come from a stream of their own, so that one that draws more moves no later one.
      Rng own(rng.next());
      schedule_one(world, planned, at, stop, own);
    }
  }
}

}  // namespace sim
