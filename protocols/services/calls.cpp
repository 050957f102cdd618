// The calls that a service makes, and what guards them.
#include <cassert>
#include <utility>

#include "protocols/services/node.hpp"

namespace protocols::services {

Sight Node::look(const Dependency& d) {
  const resilience::CircuitBreaker& b = d.breaker;
  return {b.state, b.generation, b.out, b.probes, b.window.total};
}

// What an answer says of the health of whoever gave it.
Outcome Node::outcome_of(Status status) {
  switch (status) {
    case Status::ok: return Outcome::success;
    case Status::rejected:
    case Status::missing_key:
    case Status::conflict:
    case Status::mismatch: return Outcome::ignored;
    case Status::limited:
    case Status::failed:
    case Status::unavailable:
    case Status::late: break;
  }
  return Outcome::failure;
}

// Makes an attempt, unless a guard of ours forbids it: then the call has ended, and nothing was sent.
void Node::call(sim::Ctx& ctx, Attempt attempt) {
  const sim::Time now = ctx.now();
  Dependency& d = dependencies[attempt.dependency];
  const Job& job = jobs.at(attempt.job);
  const auto members = ctx.members(d.name);
  if (members.empty()) {
    ctx.mark("nobody-to-call");
    return ended(ctx, attempt.job, Status::unavailable);
  }
  if (config.deadlines && job.deadline.passed(now)) return ended(ctx, attempt.job, Status::late);
  if (config.throttle && !d.throttle.admits(now, ctx.stream("throttle"))) {
    ctx.mark("throttled");
    return ended(ctx, attempt.job, Status::unavailable);
  }
  const Sight before = look(d);
  const auto permit = d.breaker.acquire(now);
  if (before.state == BreakerState::open && d.breaker.state == BreakerState::half_open) ctx.mark("breaker-half-open");
  const bool room = permit && (config.bulkhead == 0 || d.bulkhead.enter(0, now) == resilience::Bulkhead::Answer::admitted);
  if (!room) {
    ctx.mark(permit ? "bulkhead-full" : "call-refused-by-breaker");
    if (permit) d.breaker.report(*permit, Outcome::ignored, {}, now);
    Deed& deed = note(Did::refused, now);
    deed.dependency = attempt.dependency;
    deed.before = before;
    deed.after = look(d);
    return ended(ctx, attempt.job, Status::unavailable);
  }
  const bool shrinks = config.deadlines && !planted(Mutant::deadline_restarts);
  const sim::Duration left = shrinks ? job.deadline.for_call(now, config.timeout) : config.timeout;
  attempt.permit = *permit;
  attempt.sent = now;
  const std::uint64_t id = next_attempt++;
  out.emplace(id, attempt);
  ctx.set_timer(TimedOut{id}, left);
  const Request& r = job.request;
  const std::uint64_t turn = r.key.empty() ? d.next++ : sim::digest_of_text(r.key);
  ctx.send_at_once(members[turn % members.size()], Request{id, left, r.key, r.payload, r.tenant});
  ++second(now).calls;
  Deed& deed = note(Did::called, now);
  deed.dependency = attempt.dependency;
  deed.deadline = now + left;
  deed.until = job.deadline.at;
  deed.permit = permit->generation;
  deed.before = before;
  deed.after = look(d);
}

void Node::on(sim::Ctx& ctx, sim::NodeId, const Reply& reply) {
  begin_event();
  if (!out.contains(reply.id)) {  // it was given up, and has been judged
    if (planted(Mutant::bulkhead_double_release) && config.bulkhead > 0 && dependencies.front().bulkhead.inside > 0) {
      dependencies.front().bulkhead.leave(ctx.now());
    }
    return;
  }
  ctx.cancel_timer(TimedOut{reply.id});
  settle(ctx, reply.id, reply.status);
  pump(ctx);
}

void Node::on(sim::Ctx& ctx, const TimedOut& timer) {
  begin_event();
  settle(ctx, timer.attempt, Status::late);
  pump(ctx);
}

void Node::on(sim::Ctx& ctx, const Again& timer) {
  begin_event();
  const auto at = resting.find(timer.attempt);
  const Attempt attempt = at->second;
  resting.erase(at);
  call(ctx, attempt);
  pump(ctx);
}

// An attempt has ended: its guards are told, then it is made again, or the call is over.
void Node::settle(sim::Ctx& ctx, std::uint64_t id, Status status) {
  const sim::Time now = ctx.now();
  Attempt a = out.at(id);
  out.erase(id);
  Dependency& d = dependencies[a.dependency];
  const Outcome outcome = outcome_of(status);
  Deed& deed = note(Did::settled, now);
  deed.dependency = a.dependency;
  deed.permit = a.permit.generation;
  deed.outcome = outcome;
  deed.slow = now - a.sent > config.breaker_slow_call;
  deed.before = look(d);
  d.breaker.report(a.permit, outcome, now - a.sent, now);
  deed.after = look(d);
  if (config.breaker && deed.permit != deed.before.generation) ctx.mark("late-result-ignored");
  if (deed.before.state == BreakerState::half_open && outcome == Outcome::ignored) ctx.mark("probe-ignored");
  if (deed.before.state != deed.after.state) {
    const bool opened = deed.after.state == BreakerState::open;
    ctx.mark(!opened ? "breaker-closed-again" : deed.before.state == BreakerState::closed ? "breaker-opened" : "breaker-reopened");
  }
  if (config.bulkhead > 0) d.bulkhead.leave(now);
  if (config.throttle && outcome != Outcome::failure) d.throttle.accepted(now);
  if (outcome == Outcome::failure && a.number + 1 < config.attempts) {
    const bool in_vain = config.deadlines && jobs.at(a.job).deadline.passed(now);
    if (!in_vain && (!config.budget || d.budget.try_retry(now))) {
      note(Did::retried, now).dependency = a.dependency;
      ctx.mark("retried");
      a.waited = resilience::wait_before_retry(config.retry_config(), a.number, a.waited, ctx.stream("backoff"));
      ++a.number;
      resting.emplace(id, a);
      ctx.set_timer(Again{id}, a.waited);
      return;
    }
    if (!in_vain) ctx.mark("budget-spent");
  }
  ended(ctx, a.job, status);
}

void Node::ended(sim::Ctx& ctx, std::uint64_t job, Status status) {
  Job& j = jobs.at(job);
  if (j.status == Status::ok) j.status = status;
  if (config.calls_in_turn && j.status == Status::ok && j.begun < calls_of_a_job()) {
    begin_call(ctx, job);
    return;
  }
  assert(j.open > 0);
  if (--j.open == 0) finish(ctx, job);
}

}  // namespace protocols::services
