#include "protocols/transactions/saga/node.hpp"

namespace protocols::saga {

namespace {
sim::DurableLog<Finished> finished_log(sim::Ctx& ctx) { return ctx.log<Finished>("finished"); }
}  // namespace

void Node::start(sim::Ctx& ctx) {
  auto log = finished_log(ctx);
  for (std::uint64_t i = log.first(); i <= log.last(); ++i) finished[log.at(i).order] = log.at(i).approved;
  for (const auto& ended : sagas.recover(ctx)) finish(ctx, ended);
  if (!sagas.running().empty()) ctx.mark("resumed");
}

void Node::on(sim::Ctx& ctx, sim::NodeId from, const sim::Call<Place>& call) {
  const OrderId order = call.body.order;
  if (const auto known = finished.find(order); known != finished.end())
    return sim::answer(ctx, from, call, {.approved = known->second});
  if (sagas.contains(order)) return;  // it answers when it is over
  Purchase purchase{.order = call.body,
                    .services = {},
                    .timeout = config.timeout,
                    .attempts = config.attempts,
                    .longest_timeout = config.longest_timeout,
                    .mutant = mutant,
                    .client = from,
                    .call = call.id};
  for (const std::string& name : config.services) {
    const auto members = ctx.members(name);
    if (members.empty())
      return sim::answer(ctx, from, call, {.unavailable = true});  // a scenario without that service takes no orders
    purchase.services.push_back(members[order % members.size()]);
  }
  finish(ctx, sagas.begin(ctx, order, std::move(purchase)));
}

void Node::finish(sim::Ctx& ctx, const std::optional<sim::Ended<Purchase>>& ended) {
  if (!ended) return;
  const bool approved = ended->state.approved;
  finished_log(ctx).append({ended->id, approved});
  finished[ended->id] = approved;
  last_finished = ended->id;
  steps += ended->state.steps;
  ctx.send(ended->program.client, sim::Answer{ended->program.call, ctx.share(Outcome{.approved = approved})});
}

}  // namespace protocols::saga
