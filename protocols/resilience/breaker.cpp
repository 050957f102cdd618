#include "protocols/resilience/breaker.hpp"

#include <algorithm>

namespace protocols::resilience {

namespace {

constexpr sim::Ratio kNever{2 * sim::Ratio::kOne};

bool counts_time(const CircuitBreaker& b) { return b.config.window == WindowKind::time && b.state != BreakerState::half_open; }

}  // namespace

BreakerConfig gobreaker() {
  BreakerConfig c;
  c.failure_rate = kNever;
  c.slow_rate = kNever;
  c.half_open_calls = 1;
  c.consecutive_failures = 6;
  return c;
}

BreakerConfig hystrix() {
  BreakerConfig c;
  c.window = WindowKind::time;
  c.window_size = 10;
  c.minimum_calls = 20;
  c.slow_rate = kNever;
  c.open_for = 5000_ms;
  c.half_open_calls = 1;
  return c;
}

BreakerConfig polly() {
  BreakerConfig c;
  c.window = WindowKind::time;
  c.window_size = 30;
  c.failure_rate = sim::Ratio::percent(10);
  c.slow_rate = kNever;
  c.open_for = 5000_ms;
  c.half_open_calls = 1;
  return c;
}

CircuitBreaker::CircuitBreaker(const BreakerConfig& settings, Mutant bug)
    : config(settings), mutant(bug), window(settings.window_size) {}

std::uint32_t CircuitBreaker::minimum() const {
  if (state == BreakerState::half_open) return std::max(1U, std::min(config.minimum_calls, config.half_open_calls));
  return config.window == WindowKind::count ? std::min(config.minimum_calls, config.window_size) : config.minimum_calls;
}

void CircuitBreaker::enter(BreakerState to, sim::Time now) {
  state = to;
  ++generation;
  since = now;
  probes = 0;
  out = 0;
  failed_in_a_row = 0;
  window = Ring<Tally>(to == BreakerState::half_open ? config.half_open_calls : config.window_size);
}

void CircuitBreaker::advance(sim::Time now) {
  if (now < since) since = now;  // the clock went back: the wait begins again, rather than last for as long as it went back
  if (state == BreakerState::open && now - since >= config.open_for) {
    enter(planted(Mutant::open_closes) ? BreakerState::closed : BreakerState::half_open, now);
  } else if (state == BreakerState::half_open && config.half_open_for > sim::Duration{} && now - since >= config.half_open_for) {
    enter(BreakerState::open, now);
  }
}

std::optional<Permit> CircuitBreaker::acquire(sim::Time now) {
  advance(now);
  switch (state) {
    case BreakerState::closed:
    case BreakerState::disabled:
    case BreakerState::metrics_only: break;
    case BreakerState::open:
      if (planted(Mutant::open_is_advice) && now - since >= config.open_for / 2) break;
      return std::nullopt;
    case BreakerState::forced_open: return std::nullopt;
    case BreakerState::half_open:
      if (probes >= config.half_open_calls && !planted(Mutant::half_open_flood)) return std::nullopt;
      ++probes;
      break;
  }
  ++out;
  return Permit{generation};
}

void CircuitBreaker::report(Permit permit, Outcome outcome, sim::Duration took, sim::Time now) {
  if (permit.generation == generation) {
    assert(out > 0);
    --out;
  } else if (!planted(Mutant::late_result_counts)) {
    return;  // it says how things were, in a state that is over
  }
  if (outcome == Outcome::ignored) {
    if (state == BreakerState::half_open && !planted(Mutant::half_open_leak)) --probes;  // for another call to be judged by
    return;
  }
  if (state == BreakerState::disabled || state == BreakerState::forced_open) return;
  record(outcome, took, now);
  judge(now);
}

void CircuitBreaker::record(Outcome outcome, sim::Duration took, sim::Time now) {
  const bool failed = outcome == Outcome::failure;
  failed_in_a_row = failed ? failed_in_a_row + 1 : 0;
  window.advance_to(counts_time(*this) ? stretch(now, config.bucket) : window.at + 1);
  window.add({1, failed ? 1U : 0U, took > config.slow_call ? 1U : 0U});
}

void CircuitBreaker::judge(sim::Time now) {
  if (state != BreakerState::closed && state != BreakerState::half_open) return;
  const Tally& seen = window.total;
  if (state == BreakerState::closed && config.consecutive_failures > 0 && failed_in_a_row >= config.consecutive_failures) {
    enter(BreakerState::open, now);
    return;
  }
  if (seen.calls < minimum() && !planted(Mutant::minimum_ignored)) return;
  if (at_least(seen.failures, seen.calls, config.failure_rate) || at_least(seen.slow, seen.calls, config.slow_rate)) {
    enter(BreakerState::open, now);
  } else if (state == BreakerState::half_open) {
    enter(BreakerState::closed, now);
  }
}

}  // namespace protocols::resilience
