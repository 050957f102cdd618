#include "sim/engine/world.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace sim {

namespace {
bool listed(const std::vector<std::uint64_t>& numbers, std::uint64_t n) {
  return std::binary_search(numbers.begin(), numbers.end(), n);
}

Duration delay_of(const std::vector<Delay>& delays, std::uint64_t number) {
  const auto it =
      std::lower_bound(delays.begin(), delays.end(), number, [](const Delay& d, std::uint64_t n) { return d.number < n; });
  return it == delays.end() || it->number != number ? Duration{} : it->by;
}

}  // namespace

Time Clock::local(Time true_time) const {
  if (rate() == 0) return true_time + offset;
  __extension__ using Wide = __int128;
  const auto gained = static_cast<std::int64_t>(static_cast<Wide>(true_time.ns) * rate() / 1'000'000'000);
  return true_time + offset + Duration{gained};
}

void Clock::change_drift(Time now, std::int64_t per_billion) {
  const Time shown = local(now);
  drift_per_billion += per_billion;
  offset = offset + (shown - local(now));
}

Duration Clock::true_length(Duration local) const {
  if (rate() == 0) return local;
  __extension__ using Wide = __int128;
  return {static_cast<std::int64_t>(static_cast<Wide>(local.ns) * 1'000'000'000 / (1'000'000'000 + rate()))};
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
                    .slow = options.cost > Duration{},
                    .clock = options.clock,
                    .streams = Streams(seed_, id),
                    .trouble = {.cost = options.cost},
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

void World::omit(std::vector<Omission> omissions) {
  std::sort(omissions.begin(), omissions.end());
  for (const Omission& o : omissions) {
    Rc<Altered>& altered = slot(o.node).altered;
    if (!altered) altered = Rc<Altered>::make();
    (o.kind == Omission::Kind::message ? altered.write().messages : altered.write().timers).push_back(o.number);
  }
}

void World::delay(std::vector<Delay> delays) {
  std::sort(delays.begin(), delays.end());
  for (const Delay& d : delays) {
    Rc<Altered>& altered = slot(d.node).altered;
    if (!altered) altered = Rc<Altered>::make();
    altered.write().delays.push_back(d);
  }
}

void World::reseed(std::uint64_t seed) {
  luck_ = seed;
  network_.reseed(seed);
  for (std::uint32_t i = 0; i < slots_.size(); ++i) {
    slots_[i].streams = Streams(seed, NodeId{i});
    slots_[i].disk_luck = Rng(seed, "disk", i);
  }
}

// ---- running --------------------------------------------------------------------------------------------------------

bool World::step(Time limit) {
  Event event;
  Time at;
  while (queue_.pop(limit, at, event)) {
    now_ = at;
    if (handle(event)) return true;
  }
  if (limit != Time::max() && now_ < limit) now_ = limit;
  return false;
}

inline bool World::handle(Event& event) {
  switch (event.kind) {
    case EventKind::message: return on_message(event);
    case EventKind::timer: return on_timer(event);
    case EventKind::sync: return on_sync(event);
    case EventKind::start: return on_start(event);
    case EventKind::fault: return on_fault(event);
    case EventKind::wake: return on_wake(event);
  }
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
                          .effects = &effects_,
                          .rarities = &rarities_};
  Ctx ctx(environment);
  handler(*s.node, ctx);
  if (s.slow) s.trouble.busy_until = now_ + s.trouble.cost;
  if (s.disk.written() > s.disk.synced()) persist(id);
  apply_effects(id);
}

// What comes to a paused node waits until it goes on; what comes to a slow one while it is busy stands in line.
bool World::wait_in_line(Event& event) {
  Slot& s = slot(event.to);
  if (!s.paused && !s.slow) return false;
  if (!s.paused) {
    if (std::exchange(serving_, false) || (now_ >= s.trouble.busy_until && s.backlog.empty())) return false;
    if (!std::exchange(s.trouble.waking, true)) {
      queue_.push(std::max(now_, s.trouble.busy_until), {.to = event.to, .incarnation = s.incarnation, .kind = EventKind::wake});
    }
  }
  s.backlog.push_back(std::move(event));
  return true;
}

// The first in line is served; the next one when the node is free again.
bool World::on_wake(const Event& wake) {
  const NodeId id = wake.to;
  Slot& s = slot(id);
  if (wake.incarnation != s.incarnation) return false;
  s.trouble.waking = false;
  if (s.paused || s.backlog.empty()) return false;
  Event first = std::move(s.backlog.front());
  s.backlog.erase(s.backlog.begin());
  serving_ = true;
  const bool handled = handle(first);
  serving_ = false;
  if (!s.backlog.empty() && !std::exchange(s.trouble.waking, true)) {
    queue_.push(std::max(now_, s.trouble.busy_until), {.to = id, .incarnation = s.incarnation, .kind = EventKind::wake});
  }
  s.slow = s.trouble.cost > Duration{} || !s.backlog.empty();
  return handled;
}

bool World::on_start(Event& event) {
  if (event.incarnation != slot(event.to).incarnation || wait_in_line(event)) return false;
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
    record(RecordKind::drop, event.to, event.from, &event.what, "down", event.cause, sent, event.slot);
    return false;
  }
  if (event.from == event.to && event.incarnation != s.incarnation) return false;
  if (event.generation == 1 && !deliver_corrupt(event)) return false;
  if (wait_in_line(event)) return false;
  ++counters_.delivered;
  begin_event(EventKind::message, event.to, event.from, event.what.digest());
  record(RecordKind::deliver, event.to, event.from, &event.what, {}, event.cause, sent, event.slot);
  run(event.to, [&](AnyNode& node, Ctx& ctx) { counters_.unhandled += node.deliver(ctx, event.from, event.what) ? 0 : 1; });
  return true;
}

bool World::on_timer(Event& event) {
  Slot& s = slot(event.to);
  if (event.incarnation != s.incarnation || s.timers[event.slot].generation != event.generation) return false;
  if (wait_in_line(event)) return false;
  Timer& timer = s.timers[event.slot];
  timer.queued = false;
  if (!timer.armed) {
    s.timers.released(event.slot);
    return false;
  }
  if (timer.due > now_) {  // it was set again since: only now is the entry worth moving
    timer.queued = true;
    timer.queued_for = timer.due;
    queue_.push(timer.due, std::move(event));
    return false;
  }
  timer.armed = false;
  s.timers.released(event.slot);
  const std::uint64_t fired = s.fired++;
  if (omitted(Omission::Kind::timer, event.to, fired, event.to, timer.what)) return false;
  const Payload what = timer.what;
  ++counters_.timers;
  begin_event(EventKind::timer, event.to, event.to, what.digest());
  record(RecordKind::timer, event.to, event.to, &what, {}, timer.cause, {}, fired);
  run(event.to, [&](AnyNode& node, Ctx& ctx) { counters_.unhandled += node.deliver(ctx, event.to, what) ? 0 : 1; });
  return true;
}

bool World::on_sync(Event& event) {
  Slot& s = slot(event.to);
  if (event.incarnation != s.incarnation) return false;
  if (s.trouble.disk_stalls > 0) {
    s.trouble.stalled_sync = event.number;
    return false;
  }
  if (wait_in_line(event)) return false;
  ++counters_.syncs;
  begin_event(EventKind::sync, event.to, event.to, event.number);
  record(RecordKind::sync, event.to, event.to, nullptr, {}, event.cause);
  s.syncing = false;
  if (s.trouble.disk_lies > 0) {
    s.disk.pretend_sync(event.number);
  } else {
    s.disk.sync(event.number);
  }
  if (s.disk.written() > s.disk.synced()) begin_sync(event.to, sync_time(s));
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
  if (s.ailing && persist_ailing(id)) return;
  if (s.instant_sync) {
    s.disk.sync(s.disk.written());
  } else if (!s.syncing) {
    begin_sync(id, sync_time(s));
  }
}

// A disk with something wrong, or a crash that waits for a write. False: nothing that concerns this write.
bool World::persist_ailing(NodeId id) {
  Slot& s = slot(id);
  if (s.trouble.trap != kNoFault) {
    const std::uint32_t fault = std::exchange(s.trouble.trap, kNoFault);
    update_ailing(id);
    const Duration takes = s.syncing ? Duration{} : sync_time(s);
    queue_.push(now_ + takes / 2,
                {.number = fault, .to = id, .generation = 2, .incarnation = s.incarnation, .kind = EventKind::fault});
    if (!s.syncing) begin_sync(id, takes);
    return true;
  }
  if (s.trouble.disk_full > 0) {
    effects_.clear();
    fill_up(id);
    return true;
  }
  if (!s.instant_sync) return false;
  if (s.trouble.disk_lies > 0 && s.trouble.disk_stalls == 0 && s.trouble.disk_delay == Duration{}) {
    s.disk.pretend_sync(s.disk.written());
  } else if (!s.syncing) {
    begin_sync(id, sync_time(s));
  }
  return true;
}

Duration World::sync_time(Slot& s) { return s.fsync.sample(s.disk_luck) + s.trouble.disk_delay; }

// One sync at a time: what is written meanwhile goes with the next (group commit).
void World::begin_sync(NodeId id, Duration takes) {
  Slot& s = slot(id);
  s.syncing = true;
  queue_.push(now_ + takes,
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

bool World::omitted(Omission::Kind kind, NodeId node, std::uint64_t number, NodeId to, const Payload& what) {
  const Slot& s = slot(node);
  if (!s.altered && censor_.who == nullptr) return false;
  const bool is_message = kind == Omission::Kind::message;
  const bool out = (s.altered && listed(is_message ? s.altered->messages : s.altered->timers, number)) ||
                   (censor_.who != nullptr && censor_.who->omits({kind, node, number}, now_, to, what));
  counters_.omitted += out ? 1 : 0;
  return out;
}

void World::send(NodeId from, NodeId to, const Payload& what, EventId cause) {
  Slot& s = slot(from);
  if (from == to) {
    queue_.push(now_, {.what = what,
                       .cause = cause,
                       .number = static_cast<std::uint64_t>(now_.ns),
                       .to = to,
                       .from = from,
                       .incarnation = s.incarnation,
                       .kind = EventKind::message});
    return;
  }
  ++counters_.sent;
  const std::uint64_t number = s.sent++;
  if (omitted(Omission::Kind::message, from, number, to, what)) {
    record(RecordKind::drop, to, from, &what, "omitted", cause, {}, number);
    return;
  }
  transmit(from, to, number, what, cause);
}

void World::transmit(NodeId from, NodeId to, std::uint64_t number, const Payload& what, EventId cause) {
  std::uint64_t bytes = 0;
  if (network_.wants_size()) {
    std::string text;
    what.json(text);
    bytes = text.size();
  }
  Route route = network_.route(from, to, number, now_, bytes);
  if (slot(from).altered) route.arrives = route.arrives + delay_of(slot(from).altered->delays, number);
  switch (route.fate) {
    case Fate::lost:
      ++counters_.lost;
      record(RecordKind::drop, to, from, &what, "loss", cause, {}, number);
      return;
    case Fate::cut:
      ++counters_.cut;
      record(RecordKind::drop, to, from, &what, "cut", cause, {}, number);
      return;
    case Fate::clogged:
      ++counters_.clogged;
      record(RecordKind::hold, to, from, &what, "clog", cause, {}, number);
      clogged_.push_back({from, to, number, cause, what});
      return;
    case Fate::delivered: break;
  }
  Event event{.what = what,
              .cause = cause,
              .number = static_cast<std::uint64_t>(now_.ns),
              .to = to,
              .from = from,
              .slot = static_cast<std::uint32_t>(number),
              .generation = route.corrupt ? 1U : 0U,
              .incarnation = slot(from).incarnation,
              .kind = EventKind::message};
  if (route.again) {
    ++counters_.duplicated;
    record(RecordKind::duplicate, to, from, &what, {}, cause, {}, number);
    queue_.push(*route.again, event);
  }
  queue_.push(route.arrives, std::move(event));
}

// False: it is thrown away.
bool World::deliver_corrupt(Event& event) {
  ++counters_.corrupt;
  event.generation = 0;
  Corruption walk{.pool = &*pool_};
  corrupt_in(walk, event.what);
  if (checksums_ || walk.seen == 0) {  // without a text to spoil, what is spoiled is the frame, which any decoder notices
    record(RecordKind::drop, event.to, event.from, &event.what, "corrupt", event.cause,
           Time{static_cast<std::int64_t>(event.number)}, event.slot);
    return false;
  }
  const std::uint64_t key = Rng::derive(luck_, digest_of_text("corrupt"), index(event.from));
  walk = {.pool = &*pool_, .flip = Rng(key, event.slot).below(walk.seen), .wet = true};
  corrupt_in(walk, event.what);
  return true;
}

// What a link held goes out when it is free again, in the order of sending.
void World::release_clogged() {
  if (clogged_.empty()) return;
  std::vector<Clogged> waiting;
  std::swap(waiting, clogged_);
  for (Clogged& held : waiting) {
    if (network_.clogged(held.from, held.to)) {
      clogged_.push_back(std::move(held));
    } else {
      transmit(held.from, held.to, held.number, held.what, held.cause);
    }
  }
}

// A timer that is set again and again (an election timeout) costs no queue operation each time: its entry stays where it is
// as long as it comes up early enough, and moves to the true time when it does.
void World::set_timer(NodeId id, const Payload& what, Duration after) {
  Slot& s = slot(id);
  const Time due = now_ + s.clock.true_length(after);
  const std::uint32_t place = s.timers.place_for(what);
  Timer& timer = s.timers[place];
  timer.due = due;
  timer.cause = last_.event;
  timer.armed = true;
  if (timer.queued && timer.queued_for <= due) return;
  ++timer.generation;  // an entry that would come up too late is dead
  timer.queued = true;
  timer.queued_for = due;
  queue_.push(due,
              {.to = id, .slot = place, .generation = timer.generation, .incarnation = s.incarnation, .kind = EventKind::timer});
}

void World::cancel_timer(NodeId id, const Payload& what) {
  TimerTable& timers = slot(id).timers;
  if (const std::uint32_t place = timers.find(what); place != TimerTable::kNone) timers[place].armed = false;
}

void World::reach(const Payload& mark) {
  const std::string& name = mark.as<Text>()->text;
  record(RecordKind::mark, last_.node, last_.node, nullptr, name);
  const std::uint32_t system = slot(last_.node).system;
  for (Mark& known : marks_) {
    if (known.system == system && known.name == name) {
      ++known.count;
      return;
    }
  }
  marks_.push_back({name, system, 1, last_.event, now_});
}

void World::record(RecordKind kind, NodeId node, NodeId peer, const Payload* what, std::string_view text, EventId cause, Time sent,
                   std::uint64_t number) {
  if (sink_.who == nullptr) return;
  sink_.who->write({.kind = kind,
                    .event = last_.event,
                    .cause = cause,
                    .at = now_,
                    .node = node,
                    .peer = peer,
                    .sent = sent,
                    .number = number,
                    .what = what,
                    .text = text});
}

void World::watch(Sink* sink) {
  sink_ = Watcher<Sink>{sink};
  ailing_.clear();
  if (sink != nullptr) ailments_changed();
}

void World::tell_role(NodeId node, std::string_view role, std::uint64_t epoch) {
  record(RecordKind::role, node, node, nullptr, role, {}, {}, epoch);
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
  d.add(in_flight, clogged_.size());
  for (const Clogged& held : clogged_) d.add((std::uint64_t{index(held.from)} << 32U) | index(held.to), held.what.digest());
  hash_into(d, network_);
  return d.value();
}

}  // namespace sim
