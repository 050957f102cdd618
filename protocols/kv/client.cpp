#include "protocols/kv/client.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace protocols::kv {

using sim::check::Invoked;
using sim::check::Outcome;
using sim::check::Returned;
using sim::check::WorkloadKind;

namespace {

constexpr std::uint64_t kProcessesPerLife = 1'000'000;
constexpr std::uint64_t kGeneration = 1'000'000'000;
constexpr std::uint64_t kFewValues = 5;  // where values are not unique

// What the operations that are not reads are split over, evenly.
std::pair<std::array<Function, 4>, std::size_t> changes_of(const sim::check::Workload& w) {
  std::pair<std::array<Function, 4>, std::size_t> out{};
  const auto add = [&](bool wanted, Function f) {
    if (wanted) out.first[out.second++] = f;
  };
  add(w.puts, Function::write);
  add(w.cas && w.kind != WorkloadKind::reg, Function::cas);
  add(w.appends && w.kind == WorkloadKind::kv, Function::append);
  add(w.deletes && w.kind == WorkloadKind::kv, Function::erase);
  return out;
}

}  // namespace

KeyChoice::KeyChoice(std::uint32_t keys, sim::Ratio skew) : keys_(std::max(keys, 1U)), skew_(skew) {
  if (skew.billionths > 0) zipf_ = sim::Rc<sim::Zipf>::make(keys_, skew);
}

std::uint32_t KeyChoice::draw(sim::Rng& rng) const {
  if (zipf_) return zipf_->draw(rng);
  return static_cast<std::uint32_t>(rng.below(keys_));
}

Client::Client(const sim::check::Workload& w)
    : workload(w), choice(w.keys, w.skew), slots(open_loop() ? std::clamp(w.in_flight, 1U, kMaxSlots) : 1U) {}

std::uint64_t Client::process(const sim::Ctx& ctx, std::uint32_t slot) const {
  return slots[slot].generation * kGeneration + std::uint64_t{index(ctx.self())} * kMaxSlots + slot;
}

void Client::start(sim::Ctx& ctx) {
  const std::uint64_t lives = ctx.saved<Lives>().count;
  values = lives * kProcessesPerLife;
  for (Slot& s : slots) {
    s.generation = lives * kProcessesPerLife;
    s.sequence = lives << 32U;
  }
  ctx.save(Lives{lives + 1});
  ctx.send(ctx.self(), Begin{});
}

void Client::on(sim::Ctx& ctx, sim::NodeId, const Begin&) {
  if (const auto servers = ctx.members(workload.target); !servers.empty()) {
    leader = index(ctx.self()) % static_cast<std::uint32_t>(servers.size());
    arm_next(ctx);
  }
}

void Client::arm_next(sim::Ctx& ctx) {
  if (done()) return;
  ctx.set_timer(Next{}, open_loop() ? sim::exponential(ctx.stream("arrival"), workload.interval) : workload.think);
}

void Client::on(sim::Ctx& ctx, const Next&) {
  if (done()) return;
  const auto idle = std::find_if(slots.begin(), slots.end(), [](const Slot& s) { return !s.busy; });
  if (idle == slots.end()) {
    ++shed;
  } else {
    begin(ctx, static_cast<std::uint32_t>(idle - slots.begin()));
  }
  if (open_loop()) arm_next(ctx);
}

// ---- requests -------------------------------------------------------------------------------------------------------

void Client::begin(sim::Ctx& ctx, std::uint32_t slot) {
  Slot& s = slots[slot];
  s.busy = true;
  ++s.sequence;
  ++issued;
  s.command = draw(ctx);
  s.began = ctx.now();
  s.hops = 0;
  const Command& c = s.command;
  ctx.observe(Invoked{process(ctx, slot), c.function, c.key, c.value, c.expected});
  ask(ctx, slot, leader);
  wait(ctx, slot, workload.retry_after);
}

Function Client::draw_function(sim::Rng& rng) const {
  if (rng.chance(workload.reads)) return Function::read;
  const auto [functions, count] = changes_of(workload);
  if (count == 0) return Function::read;
  return functions[count == 1 ? 0 : rng.below(count)];
}

Command Client::draw(sim::Ctx& ctx) {
  sim::Rng& rng = ctx.stream("workload");
  Command c;
  c.function = draw_function(rng);
  const std::uint32_t rank = workload.kind == WorkloadKind::kv ? choice.draw(rng) : 0;
  c.key = workload.key_offset + epoch * workload.keys + rank;
  if (c.function == Function::read || c.function == Function::erase) return c;
  const auto few = [&rng] { return std::to_string(rng.below(kFewValues)); };
  c.value = workload.unique_values ? "c" + std::to_string(index(ctx.self())) + "." + std::to_string(++values) : few();
  if (c.function == Function::cas) {
    c.expected = workload.unique_values ? last_seen(c.key) : few();
    if (c.expected.empty()) c.expected = "nothing";
  }
  if (workload.writes_per_key > 0 && ++writes >= std::uint64_t{workload.writes_per_key} * workload.keys) move_on();
  return c;
}

void Client::move_on() {
  writes = 0;
  ++epoch;
  seen.clear();
}

std::string& Client::last_seen(std::uint32_t key) {
  auto at = std::lower_bound(seen.begin(), seen.end(), key, [](const auto& s, std::uint32_t k) { return s.first < k; });
  if (at == seen.end() || at->first != key) at = seen.insert(at, {key, {}});
  return at->second;
}

void Client::ask(sim::Ctx& ctx, std::uint32_t slot, std::uint32_t server) {
  Slot& s = slots[slot];
  s.asked = server;
  ctx.send(ctx.members(workload.target)[server], Request{{ctx.self(), slot}, s.sequence, s.command});
}

void Client::wait(sim::Ctx& ctx, std::uint32_t slot, sim::Duration at_most) {
  const sim::Time over = slots[slot].began + workload.give_up_after;
  ctx.set_timer(Retry{slot}, std::clamp(over - ctx.now(), sim::Duration{}, at_most));
}

void Client::on(sim::Ctx& ctx, const Retry& timer) {
  Slot& s = slots[timer.slot];
  if (!s.busy) return;
  if (ctx.now() >= s.began + workload.give_up_after) {
    finish(ctx, timer.slot, {process(ctx, timer.slot), Outcome::info, false, {}});
    return;
  }
  const auto servers = static_cast<std::uint32_t>(ctx.members(workload.target).size());
  if (leader == s.asked) leader = (leader + 1) % servers;
  s.hops = 0;
  ask(ctx, timer.slot, leader);
  wait(ctx, timer.slot, workload.retry_after);
}

// ---- replies --------------------------------------------------------------------------------------------------------

void Client::on(sim::Ctx& ctx, sim::NodeId from, const Reply& reply) {
  Slot& s = slots[reply.slot];
  if (!s.busy || s.sequence != reply.sequence) return;  // of a request that is settled
  if (reply.status == Status::not_leader) {
    refused(ctx, from, reply);
    return;
  }
  const auto servers = ctx.members(workload.target);
  leader = static_cast<std::uint32_t>(std::find(servers.begin(), servers.end(), from) - servers.begin()) %
           static_cast<std::uint32_t>(servers.size());
  finish(ctx, reply.slot, {process(ctx, reply.slot), Outcome::ok, reply.found, reply.value});
}

// Where the refusal points, at once; but hints can go in a circle, and while there is no leader all refuse: then it waits
// for a part of the usual time, lest it hammer servers that are busy with an election.
void Client::refused(sim::Ctx& ctx, sim::NodeId from, const Reply& reply) {
  constexpr std::uint32_t kMaxHops = 2;
  Slot& s = slots[reply.slot];
  const auto servers = ctx.members(workload.target);
  if (servers[s.asked] != from) return;  // it has asked another one since
  const auto hint = reply.leader ? std::find(servers.begin(), servers.end(), *reply.leader) : servers.end();
  if (hint == servers.end() || *hint == from || s.hops >= kMaxHops) {
    wait(ctx, reply.slot, workload.retry_after / 8);
    return;
  }
  ++s.hops;
  leader = static_cast<std::uint32_t>(hint - servers.begin());
  ask(ctx, reply.slot, leader);
  wait(ctx, reply.slot, workload.retry_after);
}

void Client::finish(sim::Ctx& ctx, std::uint32_t slot, Returned returned) {
  Slot& s = slots[slot];
  s.busy = false;
  const bool writes_value = s.command.function == Function::write || s.command.function == Function::cas;
  if (returned.outcome == Outcome::info) {
    ++s.generation;
  } else if (workload.unique_values && workload.kind != WorkloadKind::reg) {
    if (s.command.function == Function::read) last_seen(s.command.key) = returned.value;
    if (writes_value && returned.found) last_seen(s.command.key) = s.command.value;
  }
  ctx.observe(std::move(returned));
  if (open_loop()) return;
  if (workload.think > sim::Duration{}) {
    arm_next(ctx);
  } else if (!done()) {
    begin(ctx, slot);
  }
}

}  // namespace protocols::kv
