// How long to wait before a retry. The jittered forms are those of M. Brooker, "Exponential Backoff And Jitter" (AWS
// Architecture Blog, 2015); `randomized` is resilience4j's IntervalFunction.
//
// Why jitter: clients that collided once wait equally long and collide again. Spreading their waits over an interval is what
// parts them; growing the interval alone does not.
#pragma once

#include <cstdint>

#include "sim/core/describe.hpp"
#include "sim/core/random.hpp"

namespace protocols::resilience {

using namespace sim::literals;  // NOLINT(google-build-using-namespace)

/// With v = min(cap, base * factor^n) before the n-th retry, n from 0:
enum class Backoff : std::uint8_t {
  none,          ///< 0
  fixed,         ///< base
  exponential,   ///< v
  full,          ///< uniform in [0, v]
  equal,         ///< v/2 + uniform in [0, v/2]
  decorrelated,  ///< min(cap, uniform in [base, 3 * the wait before]), the first wait before being base
  randomized,    ///< uniform in [v/2, 3v/2]
};
SIM_DESCRIBE_ENUM(Backoff, none, fixed, exponential, full, equal, decorrelated, randomized)

/// Settings of retries; the defaults are resilience4j's: 3 attempts, 500 ms, times 1.5.
struct RetryConfig {
  std::uint32_t attempts = 3;  ///< the first one included; 1: no retries
  Backoff backoff = Backoff::fixed;
  sim::Duration base = 500_ms;
  sim::Duration cap = 60'000_ms;
  sim::Ratio factor{1'500'000'000};  ///< at least 1
  SIM_DESCRIBE(RetryConfig, attempts, backoff, base, cap, factor)
};

/// min(cap, base * factor^n), rounded down at each step.
sim::Duration exponential_wait(const RetryConfig& config, std::uint32_t n);

/// The wait before retry n (from 0). `last` is what this returned for the retry before, or 0s; only `decorrelated` reads it.
sim::Duration wait_before_retry(const RetryConfig& config, std::uint32_t n, sim::Duration last, sim::Rng& rng);

}  // namespace protocols::resilience
