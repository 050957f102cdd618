#include "token.hpp"

#include <algorithm>

namespace outside {

using namespace sim::literals;

namespace {

bool first(const sim::Ctx& ctx) { return ctx.self() == ctx.peers().front(); }

sim::check::Violation one_holder(const sim::check::Cluster<Member>& cluster, sim::NodeId) {
  const auto holders =
      std::count_if(cluster.members().begin(), cluster.members().end(), [&](sim::NodeId id) { return cluster.node(id).holds; });
  if (holders <= 1) return std::nullopt;
  return std::to_string(holders) + " members hold the token";
}

}  // namespace

void Member::start(sim::Ctx& ctx) {
  if (!first(ctx)) return;
  holds = true;
  ctx.set_timer(Pass{}, 5_ms);
}

void Member::on(sim::Ctx& ctx, sim::NodeId, const Token& token) {
  holds = true;
  laps = token.laps + (first(ctx) ? 1 : 0);
  if (laps == 3) ctx.mark("three-laps");
  ctx.set_timer(Pass{}, 5_ms);
}

void Member::on(sim::Ctx& ctx, const Pass&) {
  const auto peers = ctx.peers();
  const auto me = std::find(peers.begin(), peers.end(), ctx.self());
  holds = false;
  ctx.send(me + 1 == peers.end() ? peers.front() : *(me + 1), Token{laps});
}

sim::check::Spec<Member> token_ring() {
  sim::check::Spec<Member> spec("token-ring", "one token goes round and round");
  spec.always("one-holder", "no two members hold the token", one_holder);
  spec.sometimes("three-laps", "the token went round three times");
  return spec;
}

}  // namespace outside
