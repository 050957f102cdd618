#include "protocols/transactions/saga/service.hpp"

#include <cassert>

namespace protocols::saga {

namespace {
sim::DurableLog<Booked> books(sim::Ctx& ctx) { return ctx.log<Booked>("books"); }
}  // namespace

void Service::start(sim::Ctx& ctx) {
  auto log = books(ctx);
  for (std::uint64_t i = log.first(); i <= log.last(); ++i) apply(log.at(i).order, log.at(i).entry);
}

void Service::on(sim::Ctx& ctx, sim::NodeId from, const sim::Call<Hold>& call) {
  const Hold& hold = call.body;
  if (const auto known = entries.find(hold.order); known != entries.end()) {
    ctx.mark("repeated");
    const bool too_late = known->second.standing == Standing::released;
    if (too_late) ctx.mark("late-step-refused");
    if (!too_late || !planted(ServiceMutant::late_after_compensate))
      return sim::answer(ctx, from, call,
                         {known->second.standing == Standing::held || known->second.standing == Standing::settled});
  }
  const std::uint64_t account = hold.account % config.accounts;
  const Standing standing = decide(ctx, hold, account);
  book(ctx, hold.order, {standing, account, hold.amount});
  sim::answer(ctx, from, call, {standing == Standing::held});
}

Standing Service::decide(sim::Ctx& ctx, const Hold& hold, std::uint64_t account) const {
  if (config.refuses.billionths > 0 && ctx.stream("refuse").chance(config.refuses)) return Standing::refused;
  return available[account] >= hold.amount ? Standing::held : Standing::refused;
}

void Service::on(sim::Ctx& ctx, sim::NodeId from, const sim::Call<Release>& call) {
  const auto known = entries.find(call.body.order);
  if (known == entries.end()) {
    book(ctx, call.body.order, {Standing::released, 0, 0});
  } else if (known->second.standing == Standing::held) {
    book(ctx, call.body.order, {Standing::released, known->second.account, known->second.amount});
  } else if (known->second.standing == Standing::released && planted(ServiceMutant::compensation_not_idempotent)) {
    available[known->second.account] += known->second.amount;
    changed = call.body.order;
  }
  sim::answer(ctx, from, call, {true});
}

void Service::on(sim::Ctx& ctx, sim::NodeId from, const sim::Call<Settle>& call) {
  const auto known = entries.find(call.body.order);
  const bool held = known != entries.end() && known->second.standing == Standing::held;
  if (held) book(ctx, call.body.order, {Standing::settled, known->second.account, known->second.amount});
  sim::answer(ctx, from, call, {held || (known != entries.end() && known->second.standing == Standing::settled)});
}

void Service::book(sim::Ctx& ctx, OrderId order, const Entry& entry) {
  books(ctx).append({order, entry});
  apply(order, entry);
}

// The only place where balances change: by what an entry becomes.
void Service::apply(OrderId order, const Entry& entry) {
  const auto known = entries.find(order);
  const bool was_held = known != entries.end() && known->second.standing == Standing::held;
  if (entry.standing == Standing::held) available[entry.account] -= entry.amount;
  if (entry.standing == Standing::released && was_held) available[entry.account] += entry.amount;
  entries[order] = entry;
  changed = order;
}

}  // namespace protocols::saga
