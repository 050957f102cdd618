#include "sim/fault/plan.hpp"

#include <algorithm>
#include <utility>

namespace sim {

namespace {

template <class T>
void shuffle(std::vector<T>& items, std::size_t first, Rng& rng) {  // the first steps of Fisher and Yates
  for (std::size_t i = 0; i < first && i + 1 < items.size(); ++i) std::swap(items[i], items[i + rng.below(items.size() - i)]);
}

std::size_t size_of(const Pick& pick, Rng& rng) {
  const std::size_t n = pick.nodes.size();
  switch (pick.share) {
    case Pick::Share::number: return pick.random;
    case Pick::Share::minority: return n > 2 ? 1 + rng.below((n - 1) / 2) : 1;
    case Pick::Share::half: return std::max<std::size_t>(1, n / 2);
    case Pick::Share::majority: return n / 2 + 1;
  }
  return 0;
}

Target choose(const Pick& pick, Rng& rng) {
  if (!pick.zones.empty()) return {pick.zones[rng.below(pick.zones.size())], {}, {}};
  Target target{pick.nodes, pick.system, pick.role};
  const std::size_t count = size_of(pick, rng);
  if (count == 0 || count >= target.nodes.size()) return target;
  shuffle(target.nodes, count, rng);
  target.nodes.resize(count);
  std::sort(target.nodes.begin(), target.nodes.end());
  return target;
}

bool has_end(const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::restart:
    case FaultKind::resume:
    case FaultKind::heal:
    case FaultKind::core: return false;
    case FaultKind::disk: return !destroys(fault.effect);
    default: return true;
  }
}

/// Collects what one seed decides.
class Expander {
 public:
  Expander(const FaultPlan& plan, std::uint64_t seed, Time stop, std::span<const std::string> names)
      : plan_(plan), seed_(seed), stop_(stop), names_(names) {}

  Expansion take() {
    draw_atlas();
    if (plan_.swarm) draw_swarm();
    for (std::size_t i = 0; i < plan_.faults.size(); ++i) add_entry(plan_.faults[i], i);
    add_nemesis();
    draw_core();
    return std::move(out_);
  }

 private:
  std::string listed(const std::vector<NodeId>& nodes) const {
    std::string out;
    for (const NodeId id : nodes) {
      out += ' ';
      out += names_[index(id)];
    }
    return out;
  }

  void draw_atlas() {
    const auto destructive = [](const PlannedFault& p) {
      return p.fault.wipe || (p.fault.kind == FaultKind::disk && destroys(p.fault.effect));
    };
    const bool any = std::any_of(plan_.faults.begin(), plan_.faults.end(), destructive) ||
                     std::any_of(plan_.nemesis.mix.begin(), plan_.nemesis.mix.end(), destructive);
    if (!any || plan_.atlas.empty()) return;
    Rng rng(seed_, "atlas", 0);
    for (std::vector<NodeId> members : plan_.atlas) {
      shuffle(members, members.size(), rng);
      spared_.insert(spared_.end(), members.begin(), members.begin() + static_cast<std::ptrdiff_t>(members.size() / 2 + 1));
    }
    std::sort(spared_.begin(), spared_.end());
    out_.choices.push_back("atlas: what is durable stays so at" + listed(spared_));
  }

  // Swarm testing (Groce et al. 2012): leaving features out makes room for what they would have masked.
  void draw_swarm() {
    std::vector<std::string> families;
    const auto note = [&](const PlannedFault& p) {
      if (std::string f = family(p.fault); std::find(families.begin(), families.end(), f) == families.end())
        families.push_back(std::move(f));
    };
    for (const PlannedFault& p : plan_.faults) note(p);
    for (const PlannedFault& p : plan_.nemesis.mix) note(p);
    std::string on;
    for (const std::string& f : families) {
      if (Rng(seed_, "swarm", digest_of_text(f)).below(2) == 0) {
        off_.push_back(f);
      } else {
        on += on.empty() ? "" : ", ";
        on += f;
      }
    }
    if (families.empty()) return;
    std::string line = "swarm: " + (on.empty() ? "no faults" : on);
    for (std::size_t i = 0; i < off_.size(); ++i) {
      line += i == 0 ? "; not " : ", ";
      line += off_[i];
    }
    out_.choices.push_back(std::move(line));
  }

  void draw_core() {
    if (plan_.cores.empty()) return;
    Rng rng(seed_, "core", 0);
    for (std::vector<NodeId> members : plan_.cores) {
      shuffle(members, members.size(), rng);
      // Those whose data is safe come first: the others may have to wait for a leader among them.
      std::stable_partition(members.begin(), members.end(),
                            [&](NodeId id) { return std::binary_search(spared_.begin(), spared_.end(), id); });
      out_.core.insert(out_.core.end(), members.begin(), members.begin() + static_cast<std::ptrdiff_t>(members.size() / 2 + 1));
    }
    std::sort(out_.core.begin(), out_.core.end());
    out_.choices.push_back("core: healed when faults stop are" + listed(out_.core) + ", what ails the others stays");
    out_.core.insert(out_.core.end(), plan_.beside_core.begin(), plan_.beside_core.end());
  }

  bool off(const Fault& fault) const { return !off_.empty() && std::find(off_.begin(), off_.end(), family(fault)) != off_.end(); }

  void add_entry(const PlannedFault& planned, std::size_t i) {
    if (off(planned.fault)) return;
    Rng rng(seed_, "fault", i);
    if (planned.every == Duration{}) {
      if (planned.at < stop_) add_one(planned, planned.at, rng);
      return;
    }
    at_random(planned.at, planned.every, planned.until, rng, [&](Time at, Rng& own) { add_one(planned, at, own); });
  }

  void add_nemesis() {
    const Nemesis& nemesis = plan_.nemesis;
    std::vector<const PlannedFault*> mix;
    std::uint64_t weights = 0;
    for (const PlannedFault& p : nemesis.mix) {
      if (off(p.fault)) continue;
      mix.push_back(&p);
      weights += p.weight;
    }
    if (nemesis.every == Duration{} || weights == 0) return;
    Rng rng(seed_, "nemesis", 0);
    at_random(nemesis.from, nemesis.every, nemesis.until, rng, [&](Time at, Rng& own) {
      std::uint64_t draw = own.below(weights);
      std::size_t i = 0;
      while (draw >= mix[i]->weight) draw -= mix[i++]->weight;
      add_one(*mix[i], at, own);
    });
  }

  // A Poisson process. The draws of one occurrence come from a stream of their own, so that one that draws more moves no later.
  template <class Add>
  void at_random(Time at, Duration every, const std::optional<Time>& until, Rng& rng, Add&& add) {
    const Time end = until ? std::min(*until, stop_) : stop_;
    while (true) {
      at = at + std::max(exponential(rng, every), 1_ns);
      if (at >= end) return;
      Rng own(rng.next());
      add(at, own);
    }
  }

  void add_one(const PlannedFault& planned, Time at, Rng& rng) {
    Fault fault = planned.fault;
    fault.target = choose(planned.target, rng);
    fault.others = choose(planned.others, rng);
    if (fault.wipe || (fault.kind == FaultKind::disk && destroys(fault.effect))) {
      std::erase_if(fault.target.nodes, [&](NodeId id) { return std::binary_search(spared_.begin(), spared_.end(), id); });
      if (fault.target.nodes.empty()) return;
    }
    const Duration lasts = planned.lasts ? planned.lasts->sample(rng) : Duration::longest();
    switch (planned.shape) {
      case Shape::together: add_span(planned, std::move(fault), at, at + lasts); return;
      case Shape::rolling:
      case Shape::swizzle: one_by_one(planned, fault, at, lasts, rng); return;
      case Shape::ring:
        fault.ring = true;
        shuffle(fault.target.nodes, fault.target.nodes.size(), rng);
        add_span(planned, std::move(fault), at, at + lasts);
        return;
      case Shape::bridge: {
        std::vector<NodeId> nodes = fault.target.nodes;
        shuffle(nodes, nodes.size(), rng);
        const auto half = static_cast<std::ptrdiff_t>((nodes.size() - 1) / 2);
        fault.target.nodes.assign(nodes.begin() + 1, nodes.begin() + 1 + half);
        fault.others.nodes.assign(nodes.begin() + 1 + half, nodes.end());
        add_span(planned, std::move(fault), at, at + lasts);
        return;
      }
    }
  }

  void one_by_one(const PlannedFault& planned, const Fault& fault, Time at, Duration lasts, Rng& rng) {
    std::vector<NodeId> order = fault.target.nodes;
    std::vector<NodeId> mended = order;
    const bool random = planned.shape == Shape::swizzle;
    if (random) {
      shuffle(order, order.size(), rng);
      shuffle(mended, mended.size(), rng);
    }
    const auto parts = static_cast<std::int64_t>(std::max<std::size_t>(1, order.size()));
    const Duration step = random ? planned.step / parts : planned.step;
    const auto after = [&](std::ptrdiff_t n) { return Duration{step.ns * static_cast<std::int64_t>(n)}; };
    for (std::size_t i = 0; i < order.size(); ++i) {
      Fault one = fault;
      one.target.nodes = {order[i]};
      const Time begins = at + after(static_cast<std::ptrdiff_t>(i));
      const auto place = std::find(mended.begin(), mended.end(), order[i]) - mended.begin();
      const Time ends = random ? at + planned.step + lasts + after(place) : begins + lasts;
      add_span(planned, std::move(one), begins, ends);
    }
  }

  void add_span(const PlannedFault& planned, Fault fault, Time at, Time ends) {
    if (at >= stop_ || fault.target.empty()) {
      if (fault.kind != FaultKind::heal || at >= stop_) return;
    }
    if (planned.flap == Duration{}) {
      add(std::move(fault), at, ends);
      return;
    }
    for (Time on = at; on < std::min(ends, stop_); on = on + planned.flap + planned.flap)
      add(fault, on, std::min(ends, on + planned.flap));
  }

  void add(Fault fault, Time at, Time ends) {
    std::optional<Time> end;
    if (has_end(fault) && (plan_.cores.empty() || ends <= stop_)) end = std::min(ends, stop_);
    out_.occurrences.push_back({std::move(fault), at, end});
  }

  const FaultPlan& plan_;
  std::uint64_t seed_;
  Time stop_;
  std::span<const std::string> names_;
  std::vector<NodeId> spared_;  // in order
  std::vector<std::string> off_;
  Expansion out_;
};

}  // namespace

std::string family(const Fault& fault) {
  if (fault.kind == FaultKind::disk) return "disk " + enum_name(fault.effect);
  return enum_name(fault.kind);
}

Expansion expand(const FaultPlan& plan, std::uint64_t seed, Time stop, std::span<const std::string> names) {
  return Expander(plan, seed, stop, names).take();
}

void schedule(World& world, const Expansion& expansion, Time stop) {
  for (const Occurrence& o : expansion.occurrences) {
    const std::uint32_t number = world.schedule(o.at, o.fault);
    if (o.ends) world.schedule_end(*o.ends, number);
  }
  if (expansion.core.empty()) return;
  Fault core;
  core.kind = FaultKind::core;
  core.target.nodes = expansion.core;
  world.schedule(stop, std::move(core));
}

}  // namespace sim
