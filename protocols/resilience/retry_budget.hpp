// A retry budget, after Finagle's RetryBudget: retries may be a share of the requests of a window, and a few more, so that a
// client of few requests can retry at all.
//
// Why: a retry on every failure multiplies the load just when the dependency cannot bear it. With R retries at each of d layers
// a request becomes (R + 1)^d calls at the bottom (Google SRE book, ch. 21). A budget bounds the factor to 1 + share.
//
// In any span that the window covers: retries <= share * requests + min_per_second * window.
#pragma once

#include <cstdint>

#include "protocols/resilience/mutant.hpp"
#include "protocols/resilience/ring.hpp"

namespace protocols::resilience {

using namespace sim::literals;  // NOLINT(google-build-using-namespace)

/// Settings; the defaults are Finagle's (RetryBudget.apply).
struct BudgetConfig {
  sim::Duration window = 10'000_ms;
  std::uint32_t min_per_second = 10;           ///< retries that are always allowed, on average over the window
  sim::Ratio share = sim::Ratio::percent(20);  ///< of requests
  SIM_DESCRIBE(BudgetConfig, window, min_per_second, share)
};

/// What requests have paid in, less what retries have taken out, over a window of ten buckets.
struct RetryBudget {
  static constexpr std::int64_t kBuckets = 10;

  BudgetConfig config;
  Mutant mutant = Mutant::none;
  Ring<std::int64_t> paid{kBuckets};  ///< in billionths of a retry
  SIM_DESCRIBE(RetryBudget, config, mutant, paid)

  RetryBudget() = default;
  explicit RetryBudget(const BudgetConfig& settings, Mutant bug = Mutant::none) : config(settings), mutant(bug) {}

  /// A request, not a retry of one, is made.
  void request(sim::Time now) {
    move_to(now);
    paid.add(static_cast<std::int64_t>(config.share.billionths));
  }
  /// Takes leave for one retry. False: the budget is spent.
  bool try_retry(sim::Time now) {
    move_to(now);
    if (reserve() + paid.total < kRetry) return false;
    paid.add(-kRetry);
    if (mutant == Mutant::retries_earn_budget) request(now);
    return true;
  }
  /// Retries that are allowed at once, now.
  std::int64_t balance() const { return (reserve() + paid.total) / kRetry; }

 private:
  static constexpr auto kRetry = static_cast<std::int64_t>(sim::Ratio::kOne);
  std::int64_t reserve() const { return config.window.ns * static_cast<std::int64_t>(config.min_per_second); }  // (ns/s = 1e9)
  void move_to(sim::Time now) { paid.advance_to(stretch(now, config.window / kBuckets)); }
};

}  // namespace protocols::resilience
