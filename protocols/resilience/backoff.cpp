#include "protocols/resilience/backoff.hpp"

#include <algorithm>

namespace protocols::resilience {

namespace {

// d * r, capped; d and cap at most Duration::longest(). In two parts, so that nothing overflows.
sim::Duration times(sim::Duration d, sim::Ratio r, sim::Duration cap) {
  const auto one = static_cast<std::int64_t>(sim::Ratio::kOne);
  const auto factor = static_cast<std::int64_t>(r.billionths);
  if (factor == 0) return {};
  if (d.ns / one > cap.ns / factor) return cap;
  return std::min(cap, sim::Duration{d.ns / one * factor + d.ns % one * factor / one});
}

}  // namespace

sim::Duration exponential_wait(const RetryConfig& config, std::uint32_t n) {
  sim::Duration v = std::min(config.base, config.cap);
  for (std::uint32_t i = 0; i < n && v < config.cap && v > sim::Duration{}; ++i) {
    const sim::Duration longer = times(v, config.factor, config.cap);
    if (longer == v) break;  // a factor of 1
    v = longer;
  }
  return v;
}

sim::Duration wait_before_retry(const RetryConfig& config, std::uint32_t n, sim::Duration last, sim::Rng& rng) {
  const sim::Duration v = exponential_wait(config, n);
  switch (config.backoff) {
    case Backoff::none: break;
    case Backoff::fixed: return config.base;
    case Backoff::exponential: return v;
    case Backoff::full: return rng.between({}, v);
    case Backoff::equal: return v / 2 + rng.between({}, v / 2);
    case Backoff::decorrelated: {
      const sim::Duration before = std::clamp(last, config.base, std::max(config.base, config.cap));
      return std::min(config.cap, rng.between(config.base, before * 3));
    }
    case Backoff::randomized: return v / 2 + rng.between({}, v);
  }
  return {};
}

}  // namespace protocols::resilience
