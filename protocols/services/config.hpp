// The settings of a service, with where their defaults come from. Every guard is off unless it is switched on.
#pragma once

#include <cstdint>
#include <string>

#include "protocols/resilience/backoff.hpp"
#include "protocols/resilience/breaker.hpp"
#include "protocols/resilience/bulkhead.hpp"
#include "protocols/resilience/mutant.hpp"
#include "protocols/resilience/rate_limiter.hpp"
#include "protocols/resilience/retry_budget.hpp"
#include "sim/core/describe.hpp"

namespace protocols::services {

using resilience::Mutant;
using namespace sim::literals;  // NOLINT(google-build-using-namespace)

/// How long work takes.
enum class ServiceTime : std::uint8_t { fixed, exponential, log_normal };
SIM_DESCRIBE_ENUM(ServiceTime, fixed, exponential, log_normal)

/// Who in the queue is next.
enum class QueueOrder : std::uint8_t { fifo, lifo };
SIM_DESCRIBE_ENUM(QueueOrder, fifo, lifo)

/// What a scenario can set.
struct Config {
  // Its own work.
  std::uint32_t workers = 10;
  std::uint32_t queue = 100;  // resilience4j 2.x, ThreadPoolBulkhead: queueCapacity 100
  QueueOrder queue_order = QueueOrder::fifo;
  sim::Duration service_time = 10_ms;
  ServiceTime service_distribution = ServiceTime::exponential;
  sim::Ratio sigma = sim::Ratio::percent(50);
  sim::Ratio slow_share{};
  sim::Duration slow_time = 1000_ms;
  sim::Ratio failures{};
  sim::Ratio refusals{};
  sim::Duration brownout_at{};
  sim::Duration brownout_for{};
  std::uint32_t brownout_factor = 10;
  // What it lets in.
  resilience::LimiterKind limiter = resilience::LimiterKind::off;
  std::uint64_t limit_count = 50;
  sim::Duration limit_per = 1000_ms;
  std::uint64_t limit_burst = 50;
  bool effects = false;
  bool idempotency = false;
  sim::Duration key_retention = 86'400'000_ms;  // 24 h (Stripe)
  // What it calls.
  std::string calls;
  std::uint32_t fan_out = 1;
  bool calls_in_turn = false;
  sim::Duration timeout = 1000_ms;  // resilience4j 2.x, TimeLimiter: 1 s
  bool deadlines = false;
  std::uint32_t attempts = 1;  // resilience4j 2.x, Retry: 3, 500 ms
  resilience::Backoff backoff = resilience::Backoff::fixed;
  sim::Duration backoff_base = 500_ms;
  sim::Duration backoff_cap = 60'000_ms;
  sim::Ratio backoff_factor{1'500'000'000};
  bool budget = false;
  sim::Ratio budget_share = sim::Ratio::percent(20);  // Finagle: 20 %, 10 a second, 10 s
  std::uint32_t budget_min_per_second = 10;
  sim::Duration budget_window = 10'000_ms;
  bool breaker = false;
  resilience::WindowKind breaker_window = resilience::WindowKind::count;  // resilience4j 2.x, CircuitBreakerConfig
  std::uint32_t breaker_window_size = 100;
  std::uint32_t breaker_minimum_calls = 100;
  sim::Ratio breaker_failure_rate = sim::Ratio::percent(50);
  sim::Ratio breaker_slow_rate = sim::Ratio::percent(100);
  sim::Duration breaker_slow_call = 60'000_ms;
  sim::Duration breaker_open_for = 60'000_ms;
  std::uint32_t breaker_half_open_calls = 10;
  sim::Duration breaker_half_open_for{};
  std::uint32_t bulkhead = 0;  // resilience4j 2.x, Bulkhead: 25, nobody waits
  bool throttle = false;
  SIM_DESCRIBE(Config, workers, queue, queue_order, service_time, service_distribution, sigma, slow_share, slow_time, failures,
               refusals, brownout_at, brownout_for, brownout_factor, limiter, limit_count, limit_per, limit_burst, effects,
               idempotency, key_retention, calls, fan_out, calls_in_turn, timeout, deadlines, attempts, backoff, backoff_base,
               backoff_cap, backoff_factor, budget, budget_share, budget_min_per_second, budget_window, breaker, breaker_window,
               breaker_window_size, breaker_minimum_calls, breaker_failure_rate, breaker_slow_rate, breaker_slow_call,
               breaker_open_for, breaker_half_open_calls, breaker_half_open_for, bulkhead, throttle)

  /// What is wrong with the settings together, or "".
  std::string wrong() const;

  resilience::BreakerConfig breaker_config() const;
  resilience::RetryConfig retry_config() const;
  resilience::BudgetConfig budget_config() const;
  resilience::Quota quota() const { return {limit_burst, limit_count, limit_per}; }
  /// The names in `calls`.
  std::vector<std::string> dependencies() const;
};

}  // namespace protocols::services
