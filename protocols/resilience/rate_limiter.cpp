#include "protocols/resilience/rate_limiter.hpp"

#include <algorithm>
#include <cassert>
#include <type_traits>

#include "protocols/resilience/ring.hpp"

namespace protocols::resilience {

namespace {

// a / b upwards; a from 0, b above 0.
std::int64_t divided_up(std::int64_t a, std::int64_t b) { return a / b + (a % b > 0 ? 1 : 0); }

sim::Time end_of(std::int64_t number, sim::Duration window) { return sim::Time{} + window * (number + 1); }

}  // namespace

// ---- token bucket ---------------------------------------------------------------------------------------------------

void TokenBucket::refill(sim::Time now) {
  if (now > last) {
    const auto rate = static_cast<std::int64_t>(quota.count);
    const std::int64_t elapsed = (now - last).ns;
    level = elapsed >= divided_up(full() - level, rate) ? full() : level + elapsed * rate;
  }
  last = now;
}

bool TokenBucket::admits(sim::Time now, std::uint64_t n) { return reserve(now, n, {}).has_value(); }

std::optional<sim::Duration> TokenBucket::retry_after(sim::Time now, std::uint64_t n) {
  if (n > quota.burst) return std::nullopt;
  refill(now);
  const std::int64_t lacking = static_cast<std::int64_t>(n) * quota.per.ns - level;
  return sim::Duration{lacking <= 0 ? 0 : divided_up(lacking, static_cast<std::int64_t>(quota.count))};
}

std::optional<sim::Duration> TokenBucket::reserve(sim::Time now, std::uint64_t n, sim::Duration max_wait) {
  const auto wait = retry_after(now, n);
  if (!wait || *wait > max_wait) return std::nullopt;
  level -= static_cast<std::int64_t>(n) * quota.per.ns;
  return wait;
}

// ---- GCRA -----------------------------------------------------------------------------------------------------------
//
// In units of 1/count ns the emission interval is per.ns and the delay variation tolerance burst * per.ns, whole numbers both.

// How far TAT is ahead of now: 0 to the tolerance. After a clock went back it would be further: then as far as it can be.
std::int64_t Gcra::ahead(sim::Time now) const {
  const std::int64_t tolerance = static_cast<std::int64_t>(quota.burst) * quota.per.ns;
  const auto count = static_cast<std::int64_t>(quota.count);
  if (tat < now && mutant != Mutant::tat_max_omitted) return 0;
  if ((tat - now).ns > tolerance / count) return tolerance;
  return std::min(tolerance, (tat - now).ns * count + static_cast<std::int64_t>(tat_part));
}

Gcra::Reply Gcra::ask(sim::Time now, std::uint64_t n) {
  const std::int64_t interval = quota.per.ns;
  const std::int64_t tolerance = static_cast<std::int64_t>(quota.burst) * interval;
  const auto count = static_cast<std::int64_t>(quota.count);
  const std::int64_t held = ahead(now);
  Reply out;
  out.limit = quota.burst;
  out.limited = n > quota.burst;
  std::int64_t then = held;
  if (!out.limited) {
    then = held + static_cast<std::int64_t>(n) * interval;
    out.limited = then > tolerance;
    if (out.limited) {
      out.retry_after = sim::Duration{divided_up(then - tolerance, count)};
      then = held;
    }
  }
  const std::int64_t whole = then >= 0 ? then / count : -divided_up(-then, count);
  tat = now + sim::Duration{whole};  // of a refusal what it was, unless the clock went back
  tat_part = static_cast<std::uint64_t>(then - whole * count);
  out.remaining = static_cast<std::uint64_t>((tolerance - then) / interval);
  out.reset_after = sim::Duration{divided_up(std::max<std::int64_t>(then, 0), count)};
  return out;
}

std::optional<sim::Duration> Gcra::retry_after(sim::Time now, std::uint64_t n) const {
  if (n > quota.burst) return std::nullopt;
  Gcra copy = *this;
  const Reply reply = copy.ask(now, n);
  return reply.limited ? reply.retry_after : sim::Duration{};
}

// ---- windows --------------------------------------------------------------------------------------------------------

void FixedWindow::move_to(sim::Time now) {
  const std::int64_t at = stretch(now, window);
  if (at <= number) return;
  number = at;
  used = 0;
}

bool FixedWindow::admits(sim::Time now, std::uint64_t n) {
  move_to(now);
  if (n > limit || used > limit - n) return false;
  used += n;
  return true;
}

std::optional<sim::Duration> FixedWindow::retry_after(sim::Time now, std::uint64_t n) {
  move_to(now);
  if (n > limit) return std::nullopt;
  return used <= limit - n ? sim::Duration{} : end_of(number, window) - now;
}

void SlidingLog::forget(sim::Time now) {
  std::size_t old = 0;
  while (old < admitted.size() && now - admitted[old] >= window) ++old;
  admitted.erase(admitted.begin(), admitted.begin() + static_cast<std::ptrdiff_t>(old));
}

bool SlidingLog::admits(sim::Time now, std::uint64_t n) {
  forget(now);
  if (n > limit || admitted.size() > limit - n) return false;
  const sim::Time at = admitted.empty() ? now : std::max(now, admitted.back());  // in order, though the clock went back
  admitted.insert(admitted.end(), n, at);
  return true;
}

std::optional<sim::Duration> SlidingLog::retry_after(sim::Time now, std::uint64_t n) {
  forget(now);
  if (n > limit) return std::nullopt;
  if (admitted.size() <= limit - n) return sim::Duration{};
  return admitted[admitted.size() + n - limit - 1] + window - now;
}

void SlidingCounter::move_to(sim::Time now) {
  const std::int64_t at = stretch(now, window);
  if (at <= number) return;
  previous = at == number + 1 ? current : 0;
  number = at;
  current = 0;
}

// How much of the current window is over.
sim::Duration SlidingCounter::into(sim::Time now) const { return std::max(sim::Duration{}, now - (sim::Time{} + window * number)); }

bool SlidingCounter::admits(sim::Time now, std::uint64_t n) {
  const auto wait = retry_after(now, n);
  if (!wait || *wait > sim::Duration{}) return false;
  current += n;
  return true;
}

std::optional<sim::Duration> SlidingCounter::retry_after(sim::Time now, std::uint64_t n) {
  move_to(now);
  if (n > limit) return std::nullopt;
  // With `room` left for what the window before weighs, of `weighing`: from when on?
  const auto from = [this](std::uint64_t room, std::uint64_t weighing) {
    if (room >= weighing) return sim::Duration{};
    return sim::Duration{divided_up(static_cast<std::int64_t>(weighing - room) * window.ns, static_cast<std::int64_t>(weighing))};
  };
  if (current <= limit - n) return std::max(sim::Duration{}, from(limit - n - current, previous) - into(now));
  return end_of(number, window) - now + from(limit - n, current);
}

// ---- any of them ----------------------------------------------------------------------------------------------------

RateLimiter::RateLimiter(LimiterKind kind, const Quota& quota, Mutant bug) {
  switch (kind) {
    case LimiterKind::off: break;
    case LimiterKind::token_bucket: how = TokenBucket(quota); break;
    case LimiterKind::gcra: how = Gcra(quota, bug); break;
    case LimiterKind::fixed_window: how = FixedWindow{.limit = quota.count, .window = quota.per}; break;
    case LimiterKind::sliding_log: how = SlidingLog{.limit = quota.count, .window = quota.per, .admitted = {}}; break;
    case LimiterKind::sliding_counter: how = SlidingCounter{.limit = quota.count, .window = quota.per}; break;
  }
}

bool RateLimiter::admits(sim::Time now, std::uint64_t n) {
  return std::visit(
      [&](auto& limiter) {
        if constexpr (std::is_same_v<std::remove_reference_t<decltype(limiter)>, std::monostate>) {
          return true;
        } else {
          return limiter.admits(now, n);
        }
      },
      how);
}

std::optional<sim::Duration> RateLimiter::retry_after(sim::Time now, std::uint64_t n) {
  return std::visit(
      [&](auto& limiter) -> std::optional<sim::Duration> {
        if constexpr (std::is_same_v<std::remove_reference_t<decltype(limiter)>, std::monostate>) {
          return sim::Duration{};
        } else {
          return limiter.retry_after(now, n);
        }
      },
      how);
}

}  // namespace protocols::resilience
