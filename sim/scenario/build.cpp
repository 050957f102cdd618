// Building a run: the world of a scenario and a seed, and what is decided otherwise.
#include <algorithm>
#include <cassert>

#include "sim/scenario/run.hpp"

namespace sim {

void Run::build() {
  const Scenario& scenario = *scenario_;
  const auto clock_of = [&](NodeId id) {
    for (const ClockPlan& plan : scenario.clocks) {
      if (plan.node == id) return plan.clock;
    }
    return Clock{};
  };
  std::vector<Error> none;  // the loader has made each node once already, to see that it can
  for (const SystemPlan& system : scenario.systems) {
    for (const NodeId id : system.members) {
      auto node = system.protocol->make_node(system.config, system.mutant, system.members.size(), "", none);
      assert(node.has_value());
      world_.add(std::move(*node), {.system = system.name,
                                    .name = scenario.node_names[index(id)],
                                    .fsync = system.fsync,
                                    .cost = system.cost,
                                    .clock = clock_of(id),
                                    .role = system.protocol->role});
    }
  }
  for (const ClientPlan& group : scenario.clients) {
    for (const NodeId id : group.members) {
      world_.add(group.kind->make(group.workload),
                 {.system = "clients", .name = scenario.node_names[index(id)], .clock = clock_of(id)});
    }
  }
  world_.start(scenario.network);
  world_.set_checksums(scenario.checksums);
  if (scenario.maybe_on.billionths > 0) world_.set_rarities(scenario.maybe_on, scenario.maybe_fires);
  for (const LinkPlan& plan : scenario.links) world_.network().set_link(plan.from, plan.to, plan.link);

  Expansion expansion = expand(scenario.plan, world_.seed(), scenario.faults_stop, scenario.node_names);
  planned_faults_ = expansion.occurrences.size();
  choices_.insert(choices_.end(), expansion.choices.begin(), expansion.choices.end());
  const std::vector<std::uint32_t>& without = options_.decisions.faults;
  for (std::size_t i = without.size(); i-- > 0;) {
    if (without[i] < expansion.occurrences.size())
      expansion.occurrences.erase(expansion.occurrences.begin() + static_cast<std::ptrdiff_t>(without[i]));
  }
  schedule(world_, expansion, scenario.faults_stop);
  world_.omit(options_.decisions.omissions);
  world_.delay(options_.decisions.delays);
  quiet_from_ = scenario.faults_stop;
}

void Run::intervene() {
  const std::vector<Intervention>& all = options_.decisions.interventions;
  for (; next_intervention_ < all.size() && all[next_intervention_].after == world_.last().event; ++next_intervention_) {
    const Intervention& it = all[next_intervention_];
    if (it.kind == Intervention::Kind::reseed) {
      world_.reseed(it.seed);
      continue;
    }
    Fault fault;
    fault.target.nodes = it.nodes;
    if (it.kind == Intervention::Kind::crash) fault.kind = FaultKind::crash;
    if (it.kind == Intervention::Kind::pause) fault.kind = FaultKind::pause;
    if (it.kind == Intervention::Kind::partition) {
      fault.kind = FaultKind::partition;
      for (std::uint32_t i = 0; i < world_.size(); ++i) {
        if (std::find(it.nodes.begin(), it.nodes.end(), NodeId{i}) == it.nodes.end()) fault.others.nodes.push_back(NodeId{i});
      }
    }
    const std::uint32_t number = world_.schedule(world_.now(), std::move(fault));
    const bool for_good = it.lasts == Duration{} || it.lasts > scenario_->duration - world_.now();
    const Time end = for_good ? scenario_->duration : world_.now() + it.lasts;
    if (!for_good) world_.schedule_end(end, number);
    quiet_from_ = std::max(quiet_from_, end);
  }
}

}  // namespace sim
