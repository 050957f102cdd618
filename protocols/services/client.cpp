#include "protocols/services/client.hpp"

#include <algorithm>

namespace protocols::services {

namespace {

// An id is the number of the attempt and the slot that made it, so that a reply finds its slot.
std::uint64_t slot_of(std::uint64_t id) { return id % Client::kMaxSlots; }

}  // namespace

Client::Client(const sim::check::Workload& w) : workload(w), slots(open_loop() ? std::clamp(w.in_flight, 1U, kMaxSlots) : 1U) {}

std::uint64_t Client::process(const sim::Ctx& ctx, std::uint32_t slot) const {
  return slots[slot].generation * 1'000'000'000 + std::uint64_t{index(ctx.self())} * kMaxSlots + slot;
}

void Client::start(sim::Ctx& ctx) {
  life = ctx.saved<Lives>().count;
  ctx.save(Lives{life + 1});
  attempts = life << 32U;
  for (Slot& s : slots) s.generation = life * 1'000'000;
  ctx.send(ctx.self(), Begin{});
}

void Client::on(sim::Ctx& ctx, sim::NodeId, const Begin&) {
  if (!ctx.members(workload.target).empty()) arm_next(ctx);
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

void Client::begin(sim::Ctx& ctx, std::uint32_t slot) {
  Slot& s = slots[slot];
  s.busy = true;
  s.payload = ++issued;
  const bool reuses = ctx.maybe("reuse-key") && !last_key.empty();
  s.key = reuses ? last_key : std::to_string(life) + "." + std::to_string(issued);
  last_key = s.key;
  s.began = ctx.now();
  s.first_id = attempts * kMaxSlots;
  ctx.observe(sim::check::Invoked{process(ctx, slot), sim::check::Function::call, 0, s.key, {}});
  ask(ctx, slot);
}

void Client::ask(sim::Ctx& ctx, std::uint32_t slot) {
  Slot& s = slots[slot];
  s.id = attempts++ * kMaxSlots + slot;
  const auto servers = ctx.members(workload.target);
  const std::uint64_t turn = (s.payload + index(ctx.self())) % servers.size();
  const sim::Duration left = s.began + workload.give_up_after - ctx.now();
  ctx.send_at_once(servers[turn], Request{s.id, left, s.key, s.payload, ctx.self()});
  wait(ctx, slot, workload.retry_after);
}

void Client::wait(sim::Ctx& ctx, std::uint32_t slot, sim::Duration at_most) {
  const sim::Time over = slots[slot].began + workload.give_up_after;
  ctx.set_timer(Retry{slot}, std::clamp(over - ctx.now(), sim::Duration{}, at_most));
}

void Client::on(sim::Ctx& ctx, const Retry& timer) {
  const Slot& s = slots[timer.slot];
  if (!s.busy) return;
  if (ctx.now() >= s.began + workload.give_up_after) {
    finish(ctx, timer.slot, sim::check::Outcome::info, {});
  } else {
    ask(ctx, timer.slot);
  }
}

void Client::on(sim::Ctx& ctx, sim::NodeId, const Reply& reply) {
  const auto slot = static_cast<std::uint32_t>(slot_of(reply.id));
  const Slot& s = slots[slot];
  if (!s.busy || reply.id < s.first_id) return;  // of a request that is settled
  if (reply.status == Status::conflict) return;  // an earlier attempt is being worked on: wait, and ask again
  finish(ctx, slot, reply.status == Status::ok ? sim::check::Outcome::ok : sim::check::Outcome::fail, reply.body);
}

void Client::finish(sim::Ctx& ctx, std::uint32_t slot, sim::check::Outcome outcome, const std::string& body) {
  Slot& s = slots[slot];
  s.busy = false;
  ctx.observe(sim::check::Returned{process(ctx, slot), outcome, outcome == sim::check::Outcome::ok, body});
  if (outcome == sim::check::Outcome::info) ++s.generation;
  ctx.cancel_timer(Retry{slot});
  if (open_loop() || done()) return;
  if (workload.think > sim::Duration{}) {
    arm_next(ctx);
  } else {
    begin(ctx, slot);
  }
}

}  // namespace protocols::services
