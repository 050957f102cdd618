#include "sim/engine/world.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace sim {

Time Clock::local(Time true_time) const {
  if (drift_per_billion == 0) return true_time + offset;
  __extension__ using Wide = __int128;
  const auto gained = static_cast<std::int64_t>(static_cast<Wide>(true_time.ns) * drift_per_billion / 1'000'000'000);
  return true_time + offset + Duration{gained};
}

Duration Clock::true_length(Duration local) const {
  if (drift_per_billion == 0) return local;
  __extension__ using Wide = __int128;
  return {static_cast<std::int64_t>(static_cast<Wide>(local.ns) * 1'000'000'000 / (1'000'000'000 + drift_per_billion))};
}

// ---- before the start -----------------------------------------------------------------------------------------------

NodeId World::add(NodeBox node, const NodeOptions& options) {
  const NodeId id{static_cast<std::uint32_t>(slots_.size())};
  Directory& directory = directory_.write();
  auto system =
      std::find_if(directory.systems.begin(), directory.systems.end(), [&](const auto& s) { return s.name == options.system; });
  if (system == directory.systems.end()) system = directory.systems.insert(system, {std::string(options.system), {}});
  system->members.push_back(id);
  directory.node_names.emplace_back(options.name);
  const auto system_index = static_cast<std::uint32_t>(system - directory.systems.begin());
  directory.system_of.push_back(system_index);

  Rc<NodeBox> pristine = Rc<NodeBox>::make(node);
  slots_.push_back({.node = std::move(node),
                    .system = system_index,
                    .instant_sync = options.fsync.is_zero(),
                    .clock = options.clock,
                    .streams = Streams(seed_, id),
                    .fsync = options.fsync,
                    .disk_luck = Rng(seed_, "disk", index(id)),
                    .pristine = std::move(pristine),
                    .role = options.role});
  return id;
}

void World::start(const Link& standard) {
  network_ = Network(seed_, slots_.size(), standard);
  for (std::uint32_t i = 0; i < slots_.size(); ++i) {
    queue_.push(now_, {.to = NodeId{i}, .incarnation = slots_[i].incarnation, .kind = EventKind::start});
  }
}

// ---- running --------------------------------------------------------------------------------------------------------

bool World::step(Time limit) {
  Event event;
  Time at;
  while (queue_.pop(limit, at, event)) {
    now_ = at;
    switch (event.kind) {
      case EventKind::message:
        if (on_message(event)) return true;
        break;
      case EventKind::timer:
        if (on_timer(event)) return true;
        break;
      case EventKind::sync:
        if (on_sync(event)) return true;
        break;
      case EventKind::start:
        if (on_start(event)) return true;
        break;
      case EventKind::fault: on_fault(event); return true;
    }
  }
  if (limit != Time::max() && now_ < limit) now_ = limit;
  return false;
}

void World::begin_event(EventKind kind, NodeId node, NodeId from, std::uint64_t digest) {
  const EventId id{++counters_.events};
  last_ = {kind, id, node, from, 0, false};
  const std::uint64_t who =
      (std::uint64_t{index(from)} << 36U) ^ (std::uint64_t{index(node)} << 8U) ^ static_cast<std::uint64_t>(kind);
  trace_.add(static_cast<std::uint64_t>(now_.ns) ^ mix(who, 0x9E3779B97F4A7C15U), digest);
}

template <class Handler>
void World::run(NodeId id, Handler&& handler) {
  Slot& s = slot(id);
  Environment environment{.self = id,
                          .now = s.clock.local(now_),
                          .peers = directory_->systems[s.system].members,
                          .directory = &*directory_,
                          .pool = &*pool_,
                          .disk = &s.disk,
                          .streams = &s.streams,
                          .effects = &effects_};
  Ctx ctx(environment);
  handler(*s.node, ctx);
  if (s.disk.written() > s.disk.synced()) persist(id);
  apply_effects(id);
}

bool World::wait_while_paused(Event& event) {
  Slot& s = slot(event.to);
  if (s.paused) s.backlog.push_back(std::move(event));
  return s.paused;
}

bool World::on_start(Event& event) {
  if (event.incarnation != slot(event.to).incarnation || wait_while_paused(event)) return false;
  slot(event.to).starting = false;
  begin_event(EventKind::start, event.to, event.to, 0);
  record(RecordKind::start, event.to, event.to, nullptr, {}, event.cause);
  run(event.to, [](AnyNode& node, Ctx& ctx) { node.start(ctx); });
  return true;
}

bool World::on_message(Event& event) {
  Slot& s = slot(event.to);
  const Time sent{static_cast<std::int64_t>(event.number)};
  if (!s.up || s.starting) {                   // nobody listens before start() has read what the disk kept
    if (event.from == event.to) return false;  // what a node told itself dies with it
    ++counters_.to_down;
    record(RecordKind::drop, event.to, event.from, &event.what, "down", event.cause, sent);
    return false;
  }
  if (event.from == event.to && event.incarnation != s.incarnation) return false;
  if (wait_while_paused(event)) return false;
  ++counters_.delivered;
  begin_event(EventKind::message, event.to, event.from, event.what.digest());
  record(RecordKind::deliver, event.to, event.from, &event.what, {}, event.cause, sent);
  run(event.to, [&](AnyNode& node, Ctx& ctx) { counters_.unhandled += node.deliver(ctx, event.from, event.what) ? 0 : 1; });
  return true;
}

bool World::on_timer(Event& event) {
  Slot& s = slot(event.to);
  if (event.incarnation != s.incarnation || s.timers[event.slot].generation != event.generation) return false;
  if (wait_while_paused(event)) return false;
  Timer& timer = s.timers[event.slot];
  timer.queued = false;
  if (!timer.armed) return false;
  if (timer.due > now_) {  // it was set again since: only now is the entry worth moving
    timer.queued = true;
    timer.queued_for = timer.due;
    queue_.push(timer.due, std::move(event));
    return false;
  }
  timer.armed = false;
  const Payload what = timer.what;
  ++counters_.timers;
  begin_event(EventKind::timer, event.to, event.to, what.digest());
  record(RecordKind::timer, event.to, event.to, &what, {}, timer.cause);
  run(event.to, [&](AnyNode& node, Ctx& ctx) { counters_.unhandled += node.deliver(ctx, event.to, what) ? 0 : 1; });
  return true;
}

bool World::on_sync(Event& event) {
  Slot& s = slot(event.to);
  if (event.incarnation != s.incarnation || wait_while_paused(event)) return false;
  ++counters_.syncs;
  begin_event(EventKind::sync, event.to, event.to, event.number);
  record(RecordKind::sync, event.to, event.to, nullptr, {}, event.cause);
  s.syncing = false;
  s.disk.sync(event.number);
  if (s.disk.written() > s.disk.synced()) begin_sync(event.to);
  std::size_t released = 0;
  while (released < s.held.size() && s.held[released].until_write <= s.disk.synced()) {
    const Held& held = s.held[released++];
    send(event.to, held.to, held.what, held.cause);
  }
  s.held.erase(s.held.begin(), s.held.begin() + static_cast<std::ptrdiff_t>(released));
  return true;
}

// ---- effects --------------------------------------------------------------------------------------------------------

void World::persist(NodeId id) {
  Slot& s = slot(id);
  if (s.instant_sync) {
    s.disk.sync(s.disk.written());
  } else if (!s.syncing) {
    begin_sync(id);
  }
}

// One sync at a time: what is written meanwhile goes with the next (group commit).
void World::begin_sync(NodeId id) {
  Slot& s = slot(id);
  s.syncing = true;
  queue_.push(now_ + s.fsync.sample(s.disk_luck),
              {.cause = last_.event, .number = s.disk.written(), .to = id, .incarnation = s.incarnation, .kind = EventKind::sync});
}

void World::apply_effects(NodeId id) {
  Slot& s = slot(id);
  for (const Effect& effect : effects_) {
    switch (effect.kind) {
      case EffectKind::send:
        if (s.disk.synced() < s.disk.written()) {
          s.held.push_back({s.disk.written(), effect.to, last_.event, effect.what});
          break;
        }
        [[fallthrough]];
      case EffectKind::send_at_once: send(id, effect.to, effect.what, last_.event); break;
      case EffectKind::set_timer: set_timer(id, effect.what, effect.after); break;
      case EffectKind::cancel_timer: cancel_timer(id, effect.what); break;
      case EffectKind::observe:
        observations_.append({now_, id, last_.event, effect.what});
        record(RecordKind::observe, id, id, &effect.what);
        break;
      case EffectKind::note: record(RecordKind::note, id, id, nullptr, effect.what.as<Text>()->text); break;
      case EffectKind::mark: reach(effect.what); break;
    }
  }
  effects_.clear();
}

void World::send(NodeId from, NodeId to, const Payload& what, EventId cause) {
  Slot& s = slot(from);
  Event event{.what = what,
              .cause = cause,
              .number = static_cast<std::uint64_t>(now_.ns),
              .to = to,
              .from = from,
              .incarnation = s.incarnation,
              .kind = EventKind::message};
  if (from == to) {
    queue_.push(now_, std::move(event));
    return;
  }
  ++counters_.sent;
  std::uint64_t bytes = 0;
  if (network_.wants_size()) {
    std::string text;
    what.json(text);
    bytes = text.size();
  }
  const Route route = network_.route(from, to, s.sent++, now_, bytes);
  switch (route.fate) {
    case Fate::lost:
      ++counters_.lost;
      record(RecordKind::drop, to, from, &what, "loss", cause);
      return;
    case Fate::cut:
      ++counters_.cut;
      record(RecordKind::drop, to, from, &what, "cut", cause);
      return;
    case Fate::delivered: break;
  }
  if (route.again) {
    ++counters_.duplicated;
    record(RecordKind::duplicate, to, from, &what, {}, cause);
    queue_.push(*route.again, event);
  }
  queue_.push(route.arrives, std::move(event));
}

// A timer that is set again and again (an election timeout) costs no queue operation each time: its entry stays where it is
// as long as it comes up early enough, and moves to the true time when it does.
void World::set_timer(NodeId id, const Payload& what, Duration after) {
  Slot& s = slot(id);
  const Time due = now_ + s.clock.true_length(after);
  std::size_t place = s.timers.size();
  for (std::size_t i = 0; i < s.timers.size(); ++i) {
    if (s.timers[i].what == what) {
      place = i;
      break;
    }
    if (place == s.timers.size() && !s.timers[i].armed && !s.timers[i].queued) place = i;
  }
  if (place == s.timers.size()) s.timers.emplace_back();
  Timer& timer = s.timers[place];
  timer.what = what;
  timer.due = due;
  timer.cause = last_.event;
  timer.armed = true;
  if (timer.queued && timer.queued_for <= due) return;
  ++timer.generation;  // an entry that would come up too late is dead
  timer.queued = true;
  timer.queued_for = due;
  queue_.push(due, {.to = id,
                    .slot = static_cast<std::uint32_t>(place),
                    .generation = timer.generation,
                    .incarnation = s.incarnation,
                    .kind = EventKind::timer});
}

void World::cancel_timer(NodeId id, const Payload& what) {
  for (Timer& timer : slot(id).timers) {
    if (timer.armed && timer.what == what) timer.armed = false;
  }
}

void World::reach(const Payload& mark) {
  const std::string& name = mark.as<Text>()->text;
  record(RecordKind::mark, last_.node, last_.node, nullptr, name);
  for (Mark& known : marks_) {
    if (known.name == name) {
      ++known.count;
      return;
    }
  }
  marks_.push_back({name, 1, last_.event, now_});
}

void World::record(RecordKind kind, NodeId node, NodeId peer, const Payload* what, std::string_view text, EventId cause,
                   Time sent) {
  if (sink_.sink == nullptr) return;
  sink_.sink->write({kind, last_.event, cause, now_, node, peer, sent, what, text});
}

// ---- digests --------------------------------------------------------------------------------------------------------

std::uint64_t World::node_digest(NodeId id) const {
  const Slot& s = slot(id);
  Digest d;
  s.node->hash(d);
  s.disk.hash(d);
  d.add((s.up ? 1U : 0U) | (s.paused ? 2U : 0U) | (s.syncing ? 4U : 0U) | (s.starting ? 8U : 0U), s.held.size());
  for (const Held& held : s.held) d.add(held.what.digest(), index(held.to));
  std::uint64_t timers = 0;  // a set: its order means nothing
  for (const Timer& timer : s.timers) {
    if (timer.armed) timers += mix(timer.what.digest(), static_cast<std::uint64_t>((timer.due - now_).ns) | 1U);
  }
  d.add(timers, s.backlog.size());
  for (const Event& waits : s.backlog) {
    const std::uint64_t what = waits.kind == EventKind::timer ? s.timers[waits.slot].what.digest() : waits.what.digest();
    d.add((std::uint64_t{index(waits.from)} << 8U) | static_cast<std::uint64_t>(waits.kind), what);
  }
  return d.value();
}

std::uint64_t World::state_digest() const {
  Digest d;
  for (std::uint32_t i = 0; i < slots_.size(); ++i) d.add(node_digest(NodeId{i}));
  std::uint64_t in_flight = 0;  // a bag
  queue_.for_each([&](Time at, const Event& event) {
    if (event.kind != EventKind::message) return;
    Digest m;
    m.add((std::uint64_t{index(event.from)} << 32U) | index(event.to), event.what.digest());
    m.add(static_cast<std::uint64_t>((at - now_).ns));
    in_flight += m.value();
  });
  d.add(in_flight);
  hash_into(d, network_);
  return d.value();
}

}  // namespace sim
