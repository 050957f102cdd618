#include "sim/explore/lockstep.hpp"

#include <algorithm>
#include <utility>

#include "sim/explore/look.hpp"

namespace sim {

Beginnings::Beginnings(const Run& left, const Run& right) {
  const std::vector<std::string>& names = left.scenario().node_names;
  const std::vector<std::string>& others = right.scenario().node_names;
  for (std::uint32_t i = 0; i < std::min(names.size(), others.size()); ++i) {
    const NodeId node{i};
    Node& begun = nodes_.emplace_back();
    begun.shared = names[i] == others[i];
    if (!begun.shared || left.world().node_digest(node) == right.world().node_digest(node)) continue;
    for (Difference& d : differences(node_state(left, node), node_state(right, node))) begun.differed.push_back(std::move(d.path));
  }
}

bool Beginnings::all_equal() const {
  return std::all_of(nodes_.begin(), nodes_.end(), [](const Node& node) { return !node.shared || node.differed.empty(); });
}

std::vector<Difference> Beginnings::beyond(NodeId node, const Run& left, const Run& right) const {
  std::vector<Difference> out = differences(node_state(left, node), node_state(right, node));
  const std::vector<std::string>& known = nodes_[index(node)].differed;
  std::erase_if(out, [&](const Difference& d) { return std::find(known.begin(), known.end(), d.path) != known.end(); });
  return out;
}

// States as trees are too slow to be compared after every event. So look at the last few events before the parting, and go
// further back only while the states differ already where that begins.
EventId first_other_state(const Run& left, const Run& right, EventId parting) {
  constexpr std::uint64_t least = 100;
  constexpr std::uint64_t most = 12'800;
  const Beginnings beginnings(left, right);
  if (beginnings.all_equal()) return {};
  const std::uint64_t common = index(parting) - 1;
  for (std::uint64_t window = least; window <= most; window *= 2) {
    Run a = left;
    Run b = right;
    const std::uint64_t begin = common - std::min(common, window);
    for (std::uint64_t e = 0; e < begin; ++e) {
      a.step();
      b.step();
    }
    bool differ_already = false;
    for (std::uint32_t i = 0; i < a.world().size() && begin > 0; ++i)
      differ_already = differ_already || beginnings.strayed(NodeId{i}, a, b);
    for (std::uint64_t e = begin; e < common && !differ_already; ++e) {
      a.step();
      b.step();
      const Step& at = a.world().last();
      if (at.kind != EventKind::fault && beginnings.strayed(at.node, a, b)) return at.event;
    }
    if (!differ_already) return {};
  }
  return {};
}

Lockstep::Lockstep(Run& left, Run& right) : left_(&left), right_(&right), beginnings_(left, right) {}

bool Lockstep::step() {
  if (divergence_) return false;
  const bool left_goes_on = left_->step();
  const bool right_goes_on = right_->step();
  const World& left = left_->world();
  const World& right = right_->world();
  const World& one = left_goes_on ? left : right;
  const Step& at = one.last();
  const auto name = [&] { return one.directory().node_names[index(at.node)]; };
  if (left_goes_on != right_goes_on) {
    divergence_ = {Parting::end, at.event, one.now(), "one run ended and the other went on"};
  } else if (!left_goes_on) {
    return false;
  } else if (left.trace_digest() != right.trace_digest() || (at.kind != EventKind::fault && !beginnings_.shared(at.node))) {
    const std::string kind = enum_name(RecordKind{static_cast<std::uint8_t>(at.kind)});
    divergence_ = {Parting::events, at.event, std::min(left.now(), right.now()),
                   "the runs handled different events: " + kind + (at.kind == EventKind::fault ? "" : " at " + name())};
  } else if (at.kind != EventKind::fault && beginnings_.equal(at.node) && left.node_digest(at.node) != right.node_digest(at.node)) {
    divergence_ = {Parting::states, at.event, one.now(), "the same event left node " + name() + " in different states"};
  }
  return !divergence_;
}

}  // namespace sim
