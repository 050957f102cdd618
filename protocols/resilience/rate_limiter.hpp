// Rate limiters. All are exact: a fraction of a token is kept as an integer over a fixed denominator, so nothing is lost by
// rounding, however small the steps of time.
//
//   token bucket     `count` tokens drip in each `per`, up to `burst`; a request takes one. In any span t: at most burst + rate * t
//   GCRA             the same decisions from one instant, the theoretical arrival time (ITU-T I.371); the form that fits a store
//   fixed window     `limit` in each aligned window; across an edge 2 * limit in no time at all
//   sliding log      `limit` in any window, at the cost of remembering each
//   sliding counter  the last window's count, weighted by how much of it is still in the window, plus this one's (Cloudflare)
//
// A clock that jumps back mints nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "protocols/resilience/mutant.hpp"
#include "sim/core/describe.hpp"

namespace protocols::resilience {

using namespace sim::literals;  // NOLINT(google-build-using-namespace)

/// `count` in each `per`, and `burst` of them at once. All at least 1; burst * per below 2^62 ns.
struct Quota {
  std::uint64_t burst = 1;
  std::uint64_t count = 1;
  sim::Duration per = 1000_ms;
  SIM_DESCRIBE(Quota, burst, count, per)
};

/// golang.org/x/time/rate is the model: lazy refill, and reservations that borrow from the future.
struct TokenBucket {
  Quota quota;
  std::int64_t level = 0;  ///< in tokens / per.ns; below 0: reserved ahead
  sim::Time last{};        ///< when it was brought up to date
  SIM_DESCRIBE(TokenBucket, quota, level, last)

  TokenBucket() : TokenBucket(Quota{}) {}
  /// Full.
  explicit TokenBucket(const Quota& q) : quota(q), level(full()) {}

  bool admits(sim::Time now, std::uint64_t n = 1);
  /// How long until `n` would be admitted; 0 where they are; nothing where they never will be.
  std::optional<sim::Duration> retry_after(sim::Time now, std::uint64_t n = 1);
  /// Takes `n` that may act after the time returned, which is no longer than `max_wait`. Nothing: it takes none.
  std::optional<sim::Duration> reserve(sim::Time now, std::uint64_t n, sim::Duration max_wait);

 private:
  std::int64_t full() const { return static_cast<std::int64_t>(quota.burst) * quota.per.ns; }
  void refill(sim::Time now);
};

/// The generic cell rate algorithm (virtual scheduling), with the reply of brandur/redis-cell. A key's whole state is one instant.
struct Gcra {
  struct Reply {
    bool limited = false;
    std::uint64_t limit = 0;
    std::uint64_t remaining = 0;
    std::optional<sim::Duration> retry_after;  ///< where it is limited and ever will be admitted
    sim::Duration reset_after{};               ///< until all of `limit` is there again
    SIM_DESCRIBE(Reply, limited, limit, remaining, retry_after, reset_after)
  };

  Quota quota;  ///< redis-cell's max_burst is quota.burst - 1
  Mutant mutant = Mutant::none;
  sim::Time tat{};             ///< theoretical arrival time
  std::uint64_t tat_part = 0;  ///< and so many (1 / quota.count) ns
  SIM_DESCRIBE(Gcra, quota, mutant, tat, tat_part)

  Gcra() = default;
  explicit Gcra(const Quota& q, Mutant bug = Mutant::none) : quota(q), mutant(bug) {}

  Reply ask(sim::Time now, std::uint64_t n = 1);
  bool admits(sim::Time now, std::uint64_t n = 1) { return !ask(now, n).limited; }
  std::optional<sim::Duration> retry_after(sim::Time now, std::uint64_t n = 1) const;

 private:
  std::int64_t ahead(sim::Time now) const;
};

/// `limit` in each window that begins at a multiple of its length.
struct FixedWindow {
  std::uint64_t limit = 1;
  sim::Duration window = 1000_ms;
  std::int64_t number = 0;  ///< of the window
  std::uint64_t used = 0;
  SIM_DESCRIBE(FixedWindow, limit, window, number, used)

  bool admits(sim::Time now, std::uint64_t n = 1);
  std::optional<sim::Duration> retry_after(sim::Time now, std::uint64_t n = 1);

 private:
  void move_to(sim::Time now);
};

/// `limit` in any span of that length.
struct SlidingLog {
  std::uint64_t limit = 1;
  sim::Duration window = 1000_ms;
  std::vector<sim::Time> admitted;  ///< in order; those in the window
  SIM_DESCRIBE(SlidingLog, limit, window, admitted)

  bool admits(sim::Time now, std::uint64_t n = 1);
  std::optional<sim::Duration> retry_after(sim::Time now, std::uint64_t n = 1);

 private:
  void forget(sim::Time now);
};

/// previous * (1 - f) + current, f being how much of the current window is over.
struct SlidingCounter {
  std::uint64_t limit = 1;
  sim::Duration window = 1000_ms;
  std::int64_t number = 0;
  std::uint64_t previous = 0;
  std::uint64_t current = 0;
  SIM_DESCRIBE(SlidingCounter, limit, window, number, previous, current)

  bool admits(sim::Time now, std::uint64_t n = 1);
  std::optional<sim::Duration> retry_after(sim::Time now, std::uint64_t n = 1);

 private:
  sim::Duration into(sim::Time now) const;
  void move_to(sim::Time now);
};

/// Which of them.
enum class LimiterKind : std::uint8_t { off, token_bucket, gcra, fixed_window, sliding_log, sliding_counter };
SIM_DESCRIBE_ENUM(LimiterKind, off, token_bucket, gcra, fixed_window, sliding_log, sliding_counter)

/// One of them, chosen by settings. The windows have `per` as their length and `count` as their limit.
struct RateLimiter {
  std::variant<std::monostate, TokenBucket, Gcra, FixedWindow, SlidingLog, SlidingCounter> how;
  SIM_DESCRIBE(RateLimiter, how)

  RateLimiter() = default;
  RateLimiter(LimiterKind kind, const Quota& quota, Mutant bug = Mutant::none);
  bool admits(sim::Time now, std::uint64_t n = 1);
  std::optional<sim::Duration> retry_after(sim::Time now, std::uint64_t n = 1);
};

}  // namespace protocols::resilience
