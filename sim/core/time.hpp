// Virtual time: integer nanoseconds, so that every machine computes the same instant.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "sim/core/result.hpp"

namespace sim {

/// A length of virtual time in nanoseconds; about 292 years fit.
struct Duration {
  std::int64_t ns = 0;

  /// The longest that inputs may ask for and samplers return, about 73 years: three of them can be added to an instant.
  static constexpr Duration longest() { return {std::int64_t{1} << 61}; }
  friend constexpr auto operator<=>(const Duration&, const Duration&) = default;
  friend constexpr Duration operator+(Duration a, Duration b) { return {a.ns + b.ns}; }
  friend constexpr Duration operator-(Duration a, Duration b) { return {a.ns - b.ns}; }
  friend constexpr Duration operator*(Duration a, std::int64_t k) { return {a.ns * k}; }
  friend constexpr Duration operator/(Duration a, std::int64_t k) { return {a.ns / k}; }
};

/// An instant, in nanoseconds since the run began (of virtual time, or of a node's own clock where that is said).
struct Time {
  std::int64_t ns = 0;

  static constexpr Time max() { return {std::numeric_limits<std::int64_t>::max()}; }
  friend constexpr auto operator<=>(const Time&, const Time&) = default;
  friend constexpr Time operator+(Time t, Duration d) { return {t.ns + d.ns}; }
  friend constexpr Time operator-(Time t, Duration d) { return {t.ns - d.ns}; }
  friend constexpr Duration operator-(Time a, Time b) { return {a.ns - b.ns}; }
};

inline namespace literals {
constexpr Duration operator""_ns(unsigned long long v) { return {static_cast<std::int64_t>(v)}; }
constexpr Duration operator""_us(unsigned long long v) { return {static_cast<std::int64_t>(v) * 1'000}; }
constexpr Duration operator""_ms(unsigned long long v) { return {static_cast<std::int64_t>(v) * 1'000'000}; }
constexpr Duration operator""_s(unsigned long long v) { return {static_cast<std::int64_t>(v) * 1'000'000'000}; }
}  // namespace literals

/// Exact text in the largest unit that keeps it short: "150ms", "1.5s", "0s", "-2us".
std::string to_text(Duration);
/// Seconds since the start, exact: "4.2s".
std::string to_text(Time);

/// Reads "150ms", "1.5s", "2min", "1h", "10us", "5ns" (a decimal number and a unit, no blank, not negative).
/// Error: no unit, an unknown unit, no number, finer than a nanosecond, or too large.
Result<Duration> parse_duration(std::string_view text);

}  // namespace sim
