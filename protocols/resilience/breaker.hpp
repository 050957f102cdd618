// A circuit breaker, after Nygard's "Release It!" (2nd ed., ch. 5), with the rules of resilience4j 2.x.
//
// The idea. A caller counts how its calls to one dependency go. Where too many fail or are slow, it stops calling: the
// dependency gets time to recover, and the caller's own resources do not pile up behind it. After a while it lets a few calls
// through to see.
//
//   closed      calls pass; once the window holds the minimum of calls and the share of failures, or of slow calls, reaches its
//               threshold: open
//   open        no call passes; after `open_for`: half-open
//   half-open   `half_open_calls` calls pass, no more; when they have been judged: closed or open. After `half_open_for`, where
//               that is not 0: open
//
// Why it can be relied on. Every change of state begins a generation. A permit carries the generation in which it was given,
// and its result counts in that generation only: a call that was sent while closed and fails a minute later says nothing about
// the probes of now. Every permit is reported exactly once, and an ignored outcome gives its place back, so half-open always
// ends: each of its places is judged, or free for another call.
//
// Deliberately left out: a transition without a call. Nothing happens unless somebody asks; who wants resilience4j's automatic
// transition calls advance() by a timer.
//
// Cost: O(1) a call, amortised over the buckets that time passes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "protocols/resilience/mutant.hpp"
#include "protocols/resilience/ring.hpp"
#include "sim/core/describe.hpp"

namespace protocols::resilience {

using namespace sim::literals;  // NOLINT(google-build-using-namespace)

/// What a window is made of.
enum class WindowKind : std::uint8_t {
  count,  ///< the last `window_size` calls
  time,   ///< the calls of the last `window_size` buckets of time
};
SIM_DESCRIBE_ENUM(WindowKind, count, time)

/// Settings; the defaults are those of resilience4j 2.x (CircuitBreakerConfig).
struct BreakerConfig {
  WindowKind window = WindowKind::count;
  std::uint32_t window_size = 100;                    ///< calls, or buckets
  sim::Duration bucket = 1000_ms;                     ///< time: how long one is; resilience4j's are one second
  std::uint32_t minimum_calls = 100;                  ///< in the window before it is judged
  sim::Ratio failure_rate = sim::Ratio::percent(50);  ///< trips at this share or above; more than 100%: never
  sim::Ratio slow_rate = sim::Ratio::percent(100);
  sim::Duration slow_call = 60'000_ms;  ///< a call that takes longer is slow
  sim::Duration open_for = 60'000_ms;
  std::uint32_t half_open_calls = 10;
  sim::Duration half_open_for{};           ///< at most; 0: until its calls are judged
  std::uint32_t consecutive_failures = 0;  ///< trips at so many in a row, whatever the rates; 0: does not
  SIM_DESCRIBE(BreakerConfig, window, window_size, bucket, minimum_calls, failure_rate, slow_rate, slow_call, open_for,
               half_open_calls, half_open_for, consecutive_failures)
};

/// sony/gobreaker: more than five consecutive failures trip it; 60 s open, one call half-open; the counts are never cleared.
BreakerConfig gobreaker();
/// Hystrix 1.5: 20 requests in 10 buckets of 1 s, 50 %, sleeps 5 s, one call half-open.
BreakerConfig hystrix();
/// Polly 8: 10 % of at least 100 calls in 30 s, 5 s open, one call half-open.
BreakerConfig polly();

/// The states; the last three are entered by force() only.
enum class BreakerState : std::uint8_t {
  closed,
  open,
  half_open,
  disabled,      ///< lets all pass and counts nothing
  forced_open,   ///< lets none pass
  metrics_only,  ///< lets all pass and counts, but never trips
};
SIM_DESCRIBE_ENUM(BreakerState, closed, open, half_open, disabled, forced_open, metrics_only)

/// How a call ended, as far as a breaker is concerned.
enum class Outcome : std::uint8_t {
  success,
  failure,
  ignored,  ///< says nothing about the dependency's health: a refusal by its business rules, a call that was never sent
};
SIM_DESCRIBE_ENUM(Outcome, success, failure, ignored)

/// Leave to make one call. To be reported exactly once.
struct Permit {
  std::uint64_t generation = 0;
  SIM_DESCRIBE(Permit, generation)
};

/// Calls in a window.
struct Tally {
  std::uint32_t calls = 0;
  std::uint32_t failures = 0;
  std::uint32_t slow = 0;
  SIM_DESCRIBE(Tally, calls, failures, slow)
  Tally& operator+=(const Tally& o) { return *this = {calls + o.calls, failures + o.failures, slow + o.slow}; }
  Tally& operator-=(const Tally& o) { return *this = {calls - o.calls, failures - o.failures, slow - o.slow}; }
};

struct CircuitBreaker {
  BreakerConfig config;
  Mutant mutant = Mutant::none;
  BreakerState state = BreakerState::closed;
  std::uint64_t generation = 0;  ///< rises with every change of state
  sim::Time since{};             ///< when it entered the state
  std::uint32_t probes = 0;      ///< half-open: places taken
  std::uint32_t out = 0;         ///< permits of this generation that are not reported
  std::uint32_t failed_in_a_row = 0;
  Ring<Tally> window;
  SIM_DESCRIBE(CircuitBreaker, config, mutant, state, generation, since, probes, out, failed_in_a_row, window)

  CircuitBreaker() : CircuitBreaker(BreakerConfig{}) {}
  explicit CircuitBreaker(const BreakerConfig& settings, Mutant bug = Mutant::none);

  /// Leave to make a call now, or nothing where none may be made.
  std::optional<Permit> acquire(sim::Time now);
  /// How the call of that permit ended, and how long it took.
  void report(Permit permit, Outcome outcome, sim::Duration took, sim::Time now);
  /// The changes of state that time alone brings.
  void advance(sim::Time now);
  /// Enters a state by hand.
  void force(BreakerState to, sim::Time now) { enter(to, now); }

  /// How many calls the window must hold before it is judged, in this state.
  std::uint32_t minimum() const;

 private:
  bool planted(Mutant bug) const { return mutant == bug; }
  void enter(BreakerState to, sim::Time now);
  void record(Outcome outcome, sim::Duration took, sim::Time now);
  void judge(sim::Time now);
};

}  // namespace protocols::resilience
