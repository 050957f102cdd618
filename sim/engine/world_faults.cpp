// The faults of a World: what each does to nodes, disks, clocks and links, and how it ends.
#include <algorithm>
#include <cassert>
#include <utility>

#include "sim/engine/world.hpp"

namespace sim {

std::uint32_t World::schedule(Time at, Fault fault) {
  const auto number = static_cast<std::uint32_t>(faults_.size());
  faults_.push_back({std::move(fault), {}});
  queue_.push(at, {.number = number, .generation = 0, .kind = EventKind::fault});
  return number;
}

void World::schedule_end(Time at, std::uint32_t fault) {
  assert(fault < faults_.size());
  queue_.push(at, {.number = fault, .generation = 1, .kind = EventKind::fault});
}

bool World::on_fault(const Event& event) {
  const auto number = static_cast<std::uint32_t>(event.number);
  const bool ends = event.generation == 1;
  if (event.generation == 2 && strikes_in_vain(event)) return false;
  begin_event(EventKind::fault, {}, {}, mix(event.number + 1, digest_of(faults_[number].fault)) + event.generation);
  last_.fault = number;
  last_.fault_ends = ends;
  last_.fault_strikes = event.generation == 2;
  if (last_.fault_strikes) {
    crash(event.to, number);
  } else if (ends) {
    end_fault(number);
  } else {
    begin_fault(number);
  }
  for (const NodeId id : faults_[number].hit) trace_.add(index(id));
  if (sink_.who != nullptr) record_fault(number);
  release_clogged();  // where a link is free again; after the fault's own record
  return true;
}

void World::record_fault(std::uint32_t number) {
  const PlannedFault& planned = faults_[number];
  const Fault& fault = planned.fault;
  std::vector<NodeId> others;
  const bool of_links = fault.kind == FaultKind::partition || fault.kind == FaultKind::clog || fault.kind == FaultKind::link;
  if (of_links && !fault.ring) {
    const Disturbance d = disturbance(fault, planned.hit);
    for (std::uint32_t i = 0; i < d.to.size(); ++i) {
      if (d.to[i] != 0) others.push_back(NodeId{i});
    }
  }
  const std::string kind = enum_name(fault.kind);
  const std::string text = fault_text(*this, last_);
  const std::vector<FaultRecord::Ailing> changes = ailments_changed();
  const FaultRecord detail{.number = number,
                           .phase = last_.fault_ends      ? FaultPhase::ends
                                    : last_.fault_strikes ? FaultPhase::strikes
                                                          : FaultPhase::begins,
                           .kind = kind,
                           .nodes = planned.hit,
                           .others = others,
                           .both_ways = fault.both_ways,
                           .changes = changes};
  sink_.who->write({.kind = RecordKind::fault, .event = last_.event, .at = now_, .text = text, .fault = &detail});
}

// Every fault that ails others than the sink was told; from now on it knows.
std::vector<FaultRecord::Ailing> World::ailments_changed() {
  std::vector<FaultRecord::Ailing> out;
  ailing_.resize(faults_.size());
  for (std::uint32_t number = 0; number < faults_.size(); ++number) {
    std::vector<NodeId> now = ailed_by(number);
    if (now == ailing_[number]) continue;
    ailing_[number] = now;
    out.push_back({number, std::move(now)});
  }
  return out;
}

std::vector<NodeId> World::resolve(const Target& target) const {
  std::vector<NodeId> out = target.nodes;
  if (!target.role.empty()) {
    for (const NodeId id : directory_->members(target.system)) {
      const Slot& s = slot(id);
      if (s.up && s.role != nullptr && s.role(*s.node) == target.role) out.push_back(id);
    }
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

Disturbance World::disturbance(const Fault& fault, std::span<const NodeId> side) const {
  Disturbance d{.from = std::vector<std::uint8_t>(slots_.size()),
                .to = std::vector<std::uint8_t>(slots_.size()),
                .both_ways = fault.both_ways,
                .cut = fault.kind == FaultKind::partition,
                .clog = fault.kind == FaultKind::clog,
                .loss = fault.loss,
                .duplicate = fault.duplicate,
                .corrupt = fault.corrupt,
                .delay = fault.delay,
                .jitter = fault.jitter,
                .burst = fault.burst,
                .bytes_per_second = fault.bandwidth};
  if (fault.ring) {
    d.ring.resize(slots_.size());
    // Each sees as many to its left as to its right, and with itself at least a majority.
    d.ring_size = static_cast<std::uint16_t>(side.size());
    d.ring_reach = static_cast<std::uint16_t>((side.size() / 2 + 1) / 2);
    for (std::size_t place = 0; place < side.size(); ++place) d.ring[index(side[place])] = static_cast<std::uint16_t>(place + 1);
    return d;
  }
  for (const NodeId id : side) d.from[index(id)] = 1;
  for (const NodeId id : resolve(fault.others)) d.to[index(id)] = 1;
  if (fault.others.empty()) {
    for (const NodeId id : side) {
      for (const NodeId other : directory_->systems[slot(id).system].members) d.to[index(other)] = d.from[index(other)] ^ 1U;
    }
  }
  return d;
}

// ---- begin and end --------------------------------------------------------------------------------------------------

void World::begin_fault(std::uint32_t number) {
  PlannedFault& planned = faults_[number];
  const Fault& fault = planned.fault;
  // A ring keeps the order in which its nodes are given; everything else is a set.
  const std::vector<NodeId> aimed = fault.ring ? fault.target.nodes : resolve(fault.target);
  planned.hit.clear();
  planned.active = true;
  const auto each = [&](auto&& act) {
    for (const NodeId id : aimed) {
      if (act(slot(id), id)) planned.hit.push_back(id);
    }
  };
  switch (fault.kind) {
    case FaultKind::crash: each([&](Slot&, NodeId id) { return fault.in_save ? set_trap(id, number) : crash(id, number); }); break;
    case FaultKind::restart: each([&](Slot&, NodeId id) { return restart(id); }); break;
    case FaultKind::pause: each([&](Slot&, NodeId id) { return pause(id, number); }); break;
    case FaultKind::resume: each([&](Slot&, NodeId id) { return resume(id); }); break;
    case FaultKind::slow:
      each([&](Slot& s, NodeId) {
        s.trouble.cost = s.trouble.cost + fault.delay;
        return s.slow = true;
      });
      break;
    case FaultKind::partition:
    case FaultKind::clog:
    case FaultKind::link:
      planned.hit = aimed;
      if (!aimed.empty()) network_.disturb(number, disturbance(fault, aimed));
      break;
    case FaultKind::disk: each([&](Slot&, NodeId id) { return strike_disk(number, id); }); break;
    case FaultKind::clock:
      each([&](Slot& s, NodeId) {
        s.clock.change_drift(now_, fault.drift_per_billion);
        s.clock.offset = s.clock.offset + fault.clock_offset;
        return true;
      });
      break;
    case FaultKind::heal: network_.calm_all(); break;
    case FaultKind::core:
      planned.hit = aimed;
      heal_core(aimed);
      break;
  }
}

void World::end_fault(std::uint32_t number) {
  PlannedFault& planned = faults_[number];
  planned.active = false;
  for (const NodeId id : planned.hit) mend(number, id);
  network_.calm(number);
}

// Undoes what that fault did to that node, and nothing that another fault did.
void World::mend(std::uint32_t number, NodeId id) {
  const Fault& fault = faults_[number].fault;
  Slot& s = slot(id);
  switch (fault.kind) {
    case FaultKind::crash:
      if (s.trouble.trap == number) s.trouble.trap = kNoFault;
      if (!s.up && s.down_by == number) restart(id);
      break;
    case FaultKind::pause:
      if (s.paused_by == number) resume(id);
      break;
    case FaultKind::slow: s.trouble.cost = s.trouble.cost - fault.delay; break;  // the line empties by itself
    case FaultKind::disk: mend_disk(number, id); break;
    case FaultKind::clock:
      s.clock.change_drift(now_, -fault.drift_per_billion);
      s.clock.offset = s.clock.offset - fault.clock_offset;
      break;
    case FaultKind::partition:
    case FaultKind::clog:
    case FaultKind::link:
    case FaultKind::restart:
    case FaultKind::resume:
    case FaultKind::heal:
    case FaultKind::core: break;
  }
  update_ailing(id);
}

// These nodes are well from now on, and so are the links between them; whatever else is broken stays so.
void World::heal_core(std::span<const NodeId> core) {
  const auto in_core = [&](NodeId id) { return std::find(core.begin(), core.end(), id) != core.end(); };
  for (std::uint32_t number = 0; number < faults_.size(); ++number) {
    if (!faults_[number].active || faults_[number].fault.kind == FaultKind::core) continue;
    for (const NodeId id : faults_[number].hit) {
      if (in_core(id)) mend(number, id);
    }
    if (auto& kind = faults_[number].fault.kind; kind != FaultKind::partition && kind != FaultKind::clog && kind != FaultKind::link)
      std::erase_if(faults_[number].hit, in_core);
  }
  for (const NodeId id : core) restart(id);
  std::vector<std::uint8_t> spared(slots_.size());
  for (const NodeId id : core) spared[index(id)] = 1;
  network_.spare(std::move(spared));
}

std::vector<NodeId> World::ailed_by(std::uint32_t number) const {
  const PlannedFault& planned = faults_[number];
  if (!planned.active) return {};
  std::vector<NodeId> out = planned.hit;
  switch (planned.fault.kind) {
    case FaultKind::crash: std::erase_if(out, [&](NodeId id) { return slot(id).up || slot(id).down_by != number; }); return out;
    case FaultKind::pause:
      std::erase_if(out, [&](NodeId id) { return !slot(id).paused || slot(id).paused_by != number; });
      return out;
    case FaultKind::partition:
    case FaultKind::clog:
    case FaultKind::link: return network_.disturbed_by(number) ? out : std::vector<NodeId>{};
    case FaultKind::disk: return destroys(planned.fault.effect) ? std::vector<NodeId>{} : out;
    case FaultKind::slow:
    case FaultKind::clock: return out;
    case FaultKind::restart:
    case FaultKind::resume:
    case FaultKind::heal:
    case FaultKind::core: break;
  }
  return {};
}

// ---- nodes ----------------------------------------------------------------------------------------------------------

// Memory, timers and unsent messages are gone; of the unsynced writes chance decides. The state stays to be looked at.
bool World::crash(NodeId id, std::uint32_t by) {
  Slot& s = slot(id);
  if (!s.up) return false;
  s.up = false;
  s.down_by = by;
  s.paused = false;
  s.syncing = false;
  ++s.incarnation;
  s.timers.clear();
  s.held.clear();
  s.backlog.clear();
  s.slow = s.trouble.cost > Duration{};
  s.trouble.waking = false;
  s.trouble.busy_until = now_;
  s.trouble.stalled_sync = 0;
  s.disk.crash(s.disk_luck);
  if (by != kNoFault && faults_[by].fault.wipe) {
    s.disk.wipe();
    s.wiped = true;
  }
  return true;
}

bool World::set_trap(NodeId id, std::uint32_t fault) {
  Slot& s = slot(id);
  if (!s.up || s.trouble.trap != kNoFault) return false;
  s.trouble.trap = fault;
  update_ailing(id);
  return true;
}

// The crash that waited for a save does not come where the node is gone for another reason, or where the fault has ended while
// the save was under way: then nobody would restart the node.
bool World::strikes_in_vain(const Event& event) const {
  return event.incarnation != slot(event.to).incarnation || !faults_[event.number].active;
}

bool World::restart(NodeId id) {
  Slot& s = slot(id);
  if (s.up) return false;
  s.up = true;
  s.down_by = kNoFault;
  s.starting = true;
  s.node = *s.pristine;
  queue_.push(now_, {.cause = last_.event, .to = id, .incarnation = s.incarnation, .kind = EventKind::start});
  return true;
}

bool World::pause(NodeId id, std::uint32_t by) {
  Slot& s = slot(id);
  if (!s.up || s.paused) return false;
  s.paused = true;
  s.paused_by = by;
  return true;
}

// What arrived meanwhile comes up now, in the order of its arrival; or after the timers that came due, where the pause says so.
bool World::resume(NodeId id) {
  Slot& s = slot(id);
  if (!s.paused) return false;
  s.paused = false;
  if (faults_[std::exchange(s.paused_by, kNoFault)].fault.timers_first) {
    std::stable_partition(s.backlog.begin(), s.backlog.end(), [](const Event& e) { return e.kind == EventKind::timer; });
  }
  for (Event& event : s.backlog) {
    if (event.kind == EventKind::timer) s.timers[event.slot].queued_for = now_;
    queue_.push(now_, std::move(event));
  }
  s.backlog.clear();
  return true;
}

// ---- disks ----------------------------------------------------------------------------------------------------------

void World::update_ailing(NodeId id) {
  Slot& s = slot(id);
  s.ailing = s.trouble.trap != kNoFault || s.trouble.disk_full > 0 || s.trouble.disk_lies > 0 || s.trouble.disk_stalls > 0 ||
             s.trouble.disk_delay > Duration{};
}

bool World::strike_disk(std::uint32_t number, NodeId id) {
  const Fault& fault = faults_[number].fault;
  Slot& s = slot(id);
  if (destroys(fault.effect)) {
    // Named by when and where, not by the fault's number: another fault less moves nothing.
    Rng rng(Rng::derive(luck_ ^ static_cast<std::uint64_t>(now_.ns), digest_of_text("destroy"), index(id)));
    const auto first = static_cast<std::uint8_t>(DiskEffect::rot);
    const auto damage = static_cast<Disk::Damage>(static_cast<std::uint8_t>(fault.effect) - first);
    return s.disk.destroy(damage, rng, fault.count) > 0;
  }
  switch (fault.effect) {
    case DiskEffect::slow: s.trouble.disk_delay = s.trouble.disk_delay + fault.delay; break;
    case DiskEffect::stall: ++s.trouble.disk_stalls; break;
    case DiskEffect::full: ++s.trouble.disk_full; break;
    case DiskEffect::lie: ++s.trouble.disk_lies; break;
    default: break;
  }
  update_ailing(id);
  return true;
}

void World::mend_disk(std::uint32_t number, NodeId id) {
  const Fault& fault = faults_[number].fault;
  Slot& s = slot(id);
  switch (fault.effect) {
    case DiskEffect::slow: s.trouble.disk_delay = s.trouble.disk_delay - fault.delay; break;
    case DiskEffect::stall:
      if (--s.trouble.disk_stalls == 0 && s.trouble.stalled_sync > 0) {
        queue_.push(now_, {.cause = last_.event,
                           .number = std::exchange(s.trouble.stalled_sync, 0),
                           .to = id,
                           .incarnation = s.incarnation,
                           .kind = EventKind::sync});
      }
      break;
    case DiskEffect::full:
      --s.trouble.disk_full;
      if (!s.up && s.down_by == number) restart(id);
      break;
    case DiskEffect::lie: --s.trouble.disk_lies; break;
    default: break;
  }
}

// The node could not write, and stops; it comes back when there is room again.
void World::fill_up(NodeId id) {
  std::uint32_t by = kNoFault;
  for (std::uint32_t number = 0; number < faults_.size(); ++number) {
    const PlannedFault& f = faults_[number];
    const bool full = f.active && f.fault.kind == FaultKind::disk && f.fault.effect == DiskEffect::full;
    if (full && std::find(f.hit.begin(), f.hit.end(), id) != f.hit.end()) by = number;
  }
  crash(id, by);
}

}  // namespace sim
