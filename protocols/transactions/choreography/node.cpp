#include "protocols/transactions/choreography/node.hpp"

#include <algorithm>

namespace protocols::choreography {

namespace {
sim::DurableLog<Committed> journal(sim::Ctx& ctx) { return ctx.log<Committed>("journal"); }
}  // namespace

void Node::start(sim::Ctx& ctx) {
  const auto peers = ctx.peers();
  const auto place = std::find(peers.begin(), peers.end(), ctx.self()) - peers.begin();
  service = static_cast<Service>(std::min<std::ptrdiff_t>(place, 2));
  auto log = journal(ctx);
  for (std::uint64_t i = log.first(); i <= log.last(); ++i) apply(log.at(i));
  changed.clear();
  ctx.set_timer(Relay{}, config.relay);
}

// ---- reactions ----------------------------------------------------------------------------------------------------------

void Node::on(sim::Ctx& ctx, sim::NodeId from, const sim::Call<Place>& call) {
  if (service != Service::orders) return;
  const Place& place = call.body;
  waiting[place.order] = {from, call.id};
  if (entries.contains(place.order)) return tell(ctx, place.order);
  changed.clear();
  const Event event{Happened::placed, place.order, place.account, place.amount};
  commit(ctx, {std::nullopt, 0, place.order, Standing::pending, event, Happened::placed});
}

Committed Node::react(sim::Ctx& ctx, const Event& event) const {
  Committed out{.order = event.order, .standing = {}, .order_of = event, .announces = {}};
  switch (service) {
    case Service::orders:
      if (event.what == Happened::charged) out.standing = Standing::approved;
      if (event.what == Happened::out_of_stock || event.what == Happened::not_charged) out.standing = Standing::rejected;
      return out;
    case Service::stock:
      if (event.what == Happened::placed) return take(ctx, event, Standing::reserved, Happened::reserved, Happened::out_of_stock);
      if (event.what == Happened::charged) out.standing = Standing::settled;
      if (event.what == Happened::not_charged) out.standing = Standing::released;
      return out;
    case Service::payment:
      if (event.what == Happened::reserved) return take(ctx, event, Standing::charged, Happened::charged, Happened::not_charged);
      return out;
  }
  return out;
}

Committed Node::take(sim::Ctx& ctx, const Event& event, Standing yes, Happened announce_yes, Happened announce_no) const {
  const bool by_chance = config.refuses.billionths > 0 && ctx.stream("refuse").chance(config.refuses);
  const bool enough = available[event.account % config.accounts] >= event.amount;
  const bool good = enough && !by_chance;
  if (!good) ctx.mark("refused");
  return {.order = event.order,
          .standing = good ? yes : Standing::refused,
          .order_of = event,
          .announces = good ? announce_yes : announce_no};
}

void Node::commit(sim::Ctx& ctx, const Committed& record) {
  journal(ctx).append(record);
  apply(record);
  if (record.announces) {
    for (const sim::NodeId peer : ctx.peers()) {
      if (peer != ctx.self()) publish(ctx, peer);
    }
  }
  if (service == Service::orders && record.publisher) tell(ctx, record.order);
}

// The only place where the books change.
void Node::apply(const Committed& record) {
  if (record.publisher) consumed[*record.publisher] = record.consumed;
  if (record.standing) {
    const Event& event = record.order_of;
    const std::uint64_t account = event.account % config.accounts;
    if (*record.standing == Standing::reserved || *record.standing == Standing::charged) available[account] -= event.amount;
    if (*record.standing == Standing::released) available[account] += event.amount;
    entries[record.order] = {*record.standing, account, event.amount};
    changed.push_back(record.order);
  }
  if (record.announces) {
    const Event& of = record.order_of;
    outbox.push_back({*record.announces, record.order, of.account, of.amount});
  }
}

void Node::tell(sim::Ctx& ctx, OrderId order) {
  const auto whom = waiting.find(order);
  const Standing standing = entries.at(order).standing;
  if (whom == waiting.end() || standing == Standing::pending) return;
  ctx.send(whom->second.client, sim::Answer{whom->second.call, ctx.share(Outcome{.approved = standing == Standing::approved})});
  waiting.erase(whom);
}

// ---- the relay ----------------------------------------------------------------------------------------------------------

// send() waits for the disk: nobody hears of an event that is not in the log.
void Node::publish(sim::Ctx& ctx, sim::NodeId to) const {
  const auto known = acknowledged.find(to);
  const std::uint64_t done = known == acknowledged.end() ? 0 : known->second;
  if (done >= outbox.size()) return;
  const std::uint64_t count = std::min<std::uint64_t>(config.batch, outbox.size() - done);
  const auto first = outbox.begin() + static_cast<std::ptrdiff_t>(done);
  ctx.send(to, Publish{done + 1, {first, first + static_cast<std::ptrdiff_t>(count)}});
}

void Node::on(sim::Ctx& ctx, const Relay&) {
  for (const sim::NodeId peer : ctx.peers()) {
    if (peer == ctx.self()) continue;
    if (planted(Mutant::no_outbox)) acknowledged[peer] = outbox.size();  // it was sent once, and that has to do
    publish(ctx, peer);
  }
  ctx.set_timer(Relay{}, config.relay);
}

void Node::on(sim::Ctx& ctx, sim::NodeId from, const Publish& publish) {
  changed.clear();
  for (std::uint64_t i = 0; i < publish.events.size(); ++i) {
    const std::uint64_t number = publish.first + i;
    const std::uint64_t done = consumed[from];
    if (number <= done) ctx.mark("event-repeated");
    if (number > done + 1 && !planted(Mutant::no_outbox)) break;  // the one before is still to come
    if (number <= done && !planted(Mutant::inbox_forgets)) continue;
    Committed record = react(ctx, publish.events[i]);
    record.publisher = from;
    record.consumed = number;
    commit(ctx, record);
  }
  ctx.send(from, Acknowledge{consumed[from]});
}

void Node::on(sim::Ctx& ctx, sim::NodeId from, const Acknowledge& acknowledge) {
  std::uint64_t& done = acknowledged[from];
  if (acknowledge.number <= done) return;
  done = std::min<std::uint64_t>(acknowledge.number, outbox.size());
  publish(ctx, from);
}

}  // namespace protocols::choreography
