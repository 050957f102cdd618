#include "protocols/flake/client.hpp"

#include <string>
#include <utility>

namespace protocols::flake {

using sim::check::Outcome;

Client::Client(const sim::check::Workload& w) : workload(w) {}

void Client::start(sim::Ctx& ctx) {
  const clients::Life life = clients::begin_life(ctx);
  generation = life.generation;
  sequence = life.sequence;
}

void Client::on(sim::Ctx& ctx, sim::NodeId, const Begin&) {
  if (!ctx.members(workload.target).empty() && !done()) ctx.set_timer(Next{}, workload.think);
}

void Client::on(sim::Ctx& ctx, const Next&) {
  if (busy || done()) return;
  busy = true;
  ++issued;
  ++sequence;
  began = ctx.now();
  ctx.observe(sim::check::Called{process(ctx), "generate", {}});
  ask(ctx);
}

void Client::ask(sim::Ctx& ctx) {
  const auto servers = ctx.members(workload.target);
  ctx.send(servers[ctx.choose("server", servers.size())], Generate{sequence});
  ctx.set_timer(Retry{}, workload.retry_after);
}

void Client::on(sim::Ctx& ctx, const Retry&) {
  if (!busy) return;
  if (ctx.now() >= began + workload.give_up_after) return finish(ctx, Outcome::info, {});
  ask(ctx);
}

void Client::on(sim::Ctx& ctx, sim::NodeId, const Generated& reply) {
  if (busy && reply.sequence == sequence) finish(ctx, Outcome::ok, std::to_string(reply.id));
}

void Client::finish(sim::Ctx& ctx, Outcome outcome, std::string id) {
  busy = false;
  ctx.cancel_timer(Retry{});
  ctx.observe(sim::check::Answered{process(ctx), outcome, std::move(id)});
  if (outcome == Outcome::info) ++generation;
  if (!done()) ctx.set_timer(Next{}, workload.think);
}

}  // namespace protocols::flake
