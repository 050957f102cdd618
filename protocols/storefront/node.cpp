#include "protocols/storefront/node.hpp"

#include <algorithm>

namespace protocols::storefront {

namespace {

constexpr std::uint64_t kScriptsPerLife = 1'000'000;

/// Writes the outcome to the store: asks one server after the other, and whom they name as leader, until it is done or too late.
sim::Task<bool> record(sim::Proc p, const Checkout& self) {
  const auto servers = p.members(self.config.store);
  if (servers.empty()) co_return false;
  const auto slot = static_cast<std::uint32_t>(p.script());
  const kv::Request request{{p.self(), slot}, 1, {kv::Function::write, key_of(self.order.order), "approved", {}}};
  const sim::Time until = p.now() + self.config.record_within;
  std::size_t place = p.script() % servers.size();
  while (p.now() < until) {
    p.send(servers[place], request);
    if (self.mutant == Mutant::answers_before_recorded) co_return true;
    const auto reply = co_await p.receive<kv::Reply>(self.config.retry_after);
    if (reply && reply->second.status == kv::Status::ok) co_return true;
    p.mark("store-asked-again");
    const auto named = reply ? reply->second.leader : std::nullopt;
    const auto leader = named ? std::find(servers.begin(), servers.end(), *named) : servers.end();
    place = leader != servers.end() ? static_cast<std::size_t>(leader - servers.begin()) : (place + 1) % servers.size();
    if (reply && !named) co_await p.sleep(self.config.retry_after);  // it has no leader: give it time
  }
  co_return false;
}

}  // namespace

std::uint32_t key_of(saga::OrderId order) { return static_cast<std::uint32_t>(sim::mix(order, 0x9E3779B97F4A7C15U)); }

sim::Task<> Checkout::run(sim::Proc p, Checkout self, State& state) {
  const auto orders = p.members(self.config.orders);
  const sim::NodeId orchestrator = orders[self.order.order % orders.size()];
  const auto outcome = co_await p.call(orchestrator, self.order, {.timeout = self.config.timeout});
  state.answered = outcome.has_value();
  if (!outcome && self.mutant != Mutant::timeout_is_yes) co_return;
  if (outcome && !outcome->approved) {
    state.approved = false;
    co_return;
  }
  if (co_await record(p, self)) state.approved = true;
}

Node::Node(const Config& c, Mutant m) : config(c), mutant(m) {
  resilience::BreakerConfig settings;
  settings.window_size = settings.minimum_calls = c.breaker_window;
  settings.open_for = c.breaker_open_for;
  settings.half_open_calls = std::min(settings.half_open_calls, c.breaker_window);
  breaker = resilience::CircuitBreaker(settings);
}

void Node::start(sim::Ctx& ctx) {
  const std::uint64_t lives = ctx.saved<Lives>().count + 1;
  ctx.save(Lives{lives});
  last_script = lives * kScriptsPerLife;
}

void Node::on(sim::Ctx& ctx, sim::NodeId from, const sim::Call<saga::Place>& call) {
  if (open.contains(call.body.order) || ctx.members(config.orders).empty()) return;
  const auto permit = config.breaker ? breaker.acquire(ctx.now()) : resilience::Permit{};
  if (!permit) {
    ctx.mark("shop-closed");
    return sim::answer(ctx, from, call, {.approved = false, .unavailable = true});
  }
  open[call.body.order] = ++last_script;
  Checkout checkout{call.body, config, mutant, from, call.id, *permit, ctx.now()};
  finish(ctx, checkouts.begin(ctx, last_script, std::move(checkout)));
}

void Node::finish(sim::Ctx& ctx, const std::optional<sim::Ended<Checkout>>& ended) {
  if (!ended) return;
  const Checkout& checkout = ended->program;
  open.erase(checkout.order.order);
  if (config.breaker) {
    const auto outcome = ended->state.answered ? resilience::Outcome::success : resilience::Outcome::failure;
    breaker.report(checkout.permit, outcome, ctx.now() - checkout.began, ctx.now());
  }
  if (!ended->state.approved) return ctx.mark("outcome-unknown");
  if (*ended->state.approved) approved.push_back(checkout.order.order);
  ctx.send(checkout.customer, sim::Answer{checkout.call, ctx.share(saga::Outcome{.approved = *ended->state.approved})});
}

}  // namespace protocols::storefront
