#include "protocols/transactions/saga/purchase.hpp"

namespace protocols::saga {

namespace {

/// One step. False: it was refused, or nobody knows.
sim::Task<bool> hold(sim::Proc p, sim::NodeId service, const Purchase& self) {
  const Hold command{self.order.order, self.order.account, self.order.amount};
  const bool unlogged = self.mutant == Mutant::log_after_send;
  const auto reply = co_await p.call(service, command, {.timeout = self.timeout, .attempts = self.attempts, .at_once = unlogged});
  if (!reply) p.mark("step-unknown");
  if (self.mutant == Mutant::step_marked_done) co_return true;
  co_return reply.has_value() && reply->ok;
}

/// A step behind the pivot: sent until it is done. False: never.
sim::Task<bool> settle(sim::Proc p, sim::NodeId service, const Purchase& self) {
  const std::uint32_t attempts = self.mutant == Mutant::pivot_compensated ? self.attempts : 0;
  const sim::CallOptions options{.timeout = self.timeout, .attempts = attempts, .longest_timeout = self.longest_timeout};
  const auto reply = co_await p.call(service, Settle{self.order.order}, options);
  co_return reply.has_value();
}

/// Compensates the first `steps` steps, the last one first; each is sent until it is done.
sim::Task<> undo(sim::Proc p, std::size_t steps, const Purchase& self) {
  const sim::CallOptions options{.timeout = self.timeout, .attempts = 0, .longest_timeout = self.longest_timeout};
  while (steps-- > 0) co_await p.call(self.services[steps], Release{self.order.order}, options);
  p.mark("compensated");
}

}  // namespace

sim::Task<> Purchase::run(sim::Proc p, Purchase self, State& state) {
  bool good = true;
  for (std::size_t i = 0; good && i < self.services.size(); ++i) {
    ++state.steps;
    good = co_await hold(p, self.services[i], self);
  }
  if (good) {
    // The last hold was the pivot: from here on there is only forward.
    state.stage = Stage::settling;
    state.approved = true;
    for (std::size_t i = 0; good && i < self.services.size(); ++i) good = co_await settle(p, self.services[i], self);
    if (good) p.mark("approved");
  }
  if (!good) {
    // The step that failed is compensated with the others: it may have been served, or be served yet.
    state.stage = Stage::undoing;
    co_await undo(p, state.steps, self);
  }
  state.stage = Stage::over;
}

}  // namespace protocols::saga
