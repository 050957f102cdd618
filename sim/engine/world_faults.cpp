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

void World::on_fault(const Event& event) {
  const auto number = static_cast<std::uint32_t>(event.number);
  const bool ends = event.generation == 1;
  begin_event(EventKind::fault, {}, {}, mix(event.number + 1, digest_of(faults_[number].fault)) + event.generation);
  last_.fault = number;
  last_.fault_ends = ends;
  if (ends) {
    end_fault(number);
  } else {
    begin_fault(number);
  }
  for (const NodeId id : faults_[number].hit) trace_.add(index(id));
  if (sink_.sink != nullptr) {
    std::string text = enum_name(faults_[number].fault.kind) + (ends ? " ends:" : ":");
    for (const NodeId id : faults_[number].hit) text += " " + directory_->node_names[index(id)];
    record(RecordKind::fault, {}, {}, nullptr, text);
  }
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
                .loss = fault.loss,
                .duplicate = fault.duplicate,
                .delay = fault.delay};
  for (const NodeId id : side) d.from[index(id)] = 1;
  for (const NodeId id : resolve(fault.others)) d.to[index(id)] = 1;
  if (fault.others.empty()) {
    for (const NodeId id : side) {
      for (const NodeId other : directory_->systems[slot(id).system].members) d.to[index(other)] = d.from[index(other)] ^ 1U;
    }
  }
  return d;
}

void World::begin_fault(std::uint32_t number) {
  PlannedFault& planned = faults_[number];
  const std::vector<NodeId> aimed = resolve(planned.fault.target);
  planned.hit.clear();
  const auto each = [&](auto&& act) {
    for (const NodeId id : aimed) {
      if (act(id)) planned.hit.push_back(id);
    }
  };
  switch (planned.fault.kind) {
    case FaultKind::crash: each([&](NodeId id) { return crash(id); }); break;
    case FaultKind::restart: each([&](NodeId id) { return restart(id); }); break;
    case FaultKind::pause: each([&](NodeId id) { return pause(id); }); break;
    case FaultKind::resume: each([&](NodeId id) { return resume(id); }); break;
    case FaultKind::partition:
    case FaultKind::link:
      planned.hit = aimed;
      if (!aimed.empty()) network_.disturb(number, disturbance(planned.fault, aimed));
      break;
    case FaultKind::clock:
      each([&](NodeId id) {
        slot(id).clock.offset = slot(id).clock.offset + planned.fault.clock_offset;
        return true;
      });
      break;
    case FaultKind::heal: network_.calm_all(); break;
  }
}

void World::end_fault(std::uint32_t number) {
  const PlannedFault& planned = faults_[number];
  switch (planned.fault.kind) {
    case FaultKind::crash:
      for (const NodeId id : planned.hit) restart(id);
      break;
    case FaultKind::pause:
      for (const NodeId id : planned.hit) resume(id);
      break;
    case FaultKind::partition:
    case FaultKind::link: network_.calm(number); break;
    case FaultKind::clock:
      for (const NodeId id : planned.hit) slot(id).clock.offset = slot(id).clock.offset - planned.fault.clock_offset;
      break;
    case FaultKind::restart:
    case FaultKind::resume:
    case FaultKind::heal: break;
  }
}

// Memory, timers and unsent messages are gone; of the unsynced writes chance decides. The state stays to be looked at.
bool World::crash(NodeId id) {
  Slot& s = slot(id);
  if (!s.up) return false;
  s.up = false;
  s.paused = false;
  s.syncing = false;
  ++s.incarnation;
  s.timers.clear();
  s.held.clear();
  s.backlog.clear();
  s.disk.crash(s.disk_luck);
  return true;
}

bool World::restart(NodeId id) {
  Slot& s = slot(id);
  if (s.up) return false;
  s.up = true;
  s.starting = true;
  s.node = *s.pristine;
  queue_.push(now_, {.cause = last_.event, .to = id, .incarnation = s.incarnation, .kind = EventKind::start});
  return true;
}

bool World::pause(NodeId id) {
  Slot& s = slot(id);
  if (!s.up || s.paused) return false;
  s.paused = true;
  return true;
}

// What arrived meanwhile comes up now, in the order of its arrival.
bool World::resume(NodeId id) {
  Slot& s = slot(id);
  if (!s.paused) return false;
  s.paused = false;
  for (Event& event : s.backlog) {
    if (event.kind == EventKind::timer) s.timers[event.slot].queued_for = now_;
    queue_.push(now_, std::move(event));
  }
  s.backlog.clear();
  return true;
}

}  // namespace sim
