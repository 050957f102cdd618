#include "sim/scenario/ailments.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace sim {

namespace {

bool of_network(FaultKind kind) { return kind == FaultKind::partition || kind == FaultKind::clog || kind == FaultKind::link; }

/// What such a fault makes of a node.
std::string_view ailment(const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::crash: return "down";
    case FaultKind::pause: return "paused";
    case FaultKind::slow: return "slow";
    case FaultKind::partition: return fault.ring ? "sees neighbours only" : fault.both_ways ? "cut off" : "cut off, outgoing";
    case FaultKind::clog: return fault.both_ways ? "clogged" : "clogged, outgoing";
    case FaultKind::link: return "bad links";
    case FaultKind::clock: return "clock wrong";
    case FaultKind::disk: break;
    default: return "";
  }
  switch (fault.effect) {
    case DiskEffect::slow: return "disk slow";
    case DiskEffect::stall: return "disk stalled";
    case DiskEffect::full: return "disk full";
    case DiskEffect::lie: return "disk lies";
    default: return "";
  }
}

/// Nodes and what ails them.
class Patients {
 public:
  Patients(const World& world, const std::vector<NodeId>& core) : world_(&world), of_(world.size()), whole_(world.size(), true) {
    for (std::uint32_t number = 0; number < world.faults(); ++number) {
      const Fault& fault = world.fault(number);
      for (const NodeId id : world.ailed_by(number)) {
        const bool spared = of_network(fault.kind) && std::find(core.begin(), core.end(), id) != core.end();
        if (!spared) add(id, ailment(fault));
      }
    }
    for (std::uint32_t i = 0; i < world.size(); ++i) {
      if (!world.up(NodeId{i})) add(NodeId{i}, "down");
      if (world.wiped(NodeId{i})) add(NodeId{i}, "has lost its disk");
    }
  }

  bool whole(NodeId id) const { return whole_[index(id)]; }
  /// "n3 (down), n4 (cut off, disk full)", or empty.
  std::string text() const {
    std::string out;
    for (std::uint32_t i = 0; i < of_.size(); ++i) {
      if (of_[i].empty()) continue;
      out += (out.empty() ? "" : ", ") + world_->directory().node_names[i] + " (";
      for (std::size_t k = 0; k < of_[i].size(); ++k) out += std::string(k == 0 ? "" : ", ") + std::string(of_[i][k]);
      out += ")";
    }
    return out;
  }

 private:
  void add(NodeId id, std::string_view what) {
    std::vector<std::string_view>& all = of_[index(id)];
    if (std::find(all.begin(), all.end(), what) == all.end()) all.push_back(what);
    whole_[index(id)] = false;
  }

  const World* world_;
  std::vector<std::vector<std::string_view>> of_;
  std::vector<bool> whole_;
};

std::vector<NodeId> core_of(const World& world) {
  for (std::uint32_t number = 0; number < world.faults(); ++number) {
    const auto hit = world.fault_hit(number);
    if (world.fault(number).kind == FaultKind::core && !hit.empty()) return {hit.begin(), hit.end()};
  }
  return {};
}

template <class Wanted>
std::string names_of(const World& world, const std::vector<NodeId>& nodes, Wanted&& wanted) {
  std::string out;
  for (const NodeId id : nodes) {
    if (wanted(id)) out += (out.empty() ? "" : " ") + world.directory().node_names[index(id)];
  }
  return out;
}

}  // namespace

std::string ailments_text(const World& world, const Scenario& scenario) {
  const std::vector<NodeId> core = core_of(world);
  const Patients patients(world, core);
  const std::string ailing = patients.text();
  std::string out = ailing.empty() ? "nothing ails any node any more" : "still ailing: " + ailing;
  for (const SystemPlan& system : scenario.systems) {
    const std::vector<NodeId>& all = system.members;
    const auto in_core = [&](NodeId id) { return std::find(core.begin(), core.end(), id) != core.end(); };
    if (!core.empty()) out += "; healed core of " + system.name + ": " + names_of(world, all, in_core);
    const auto whole =
        static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](NodeId id) { return patients.whole(id); }));
    if (whole == all.size()) continue;
    out += "; whole: " + std::to_string(whole) + " of " + std::to_string(all.size()) + " of " + system.name + ", a majority is " +
           std::to_string(all.size() / 2 + 1);
  }
  return out;
}

}  // namespace sim
