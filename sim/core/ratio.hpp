// Ratio: a probability or a share, exact in billionths, so that no floating point decides anything.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "sim/core/result.hpp"

namespace sim {

/// A number from 0 to 1 in steps of one billionth. Larger values are allowed where a field says so (a drift, a factor).
struct Ratio {
  std::uint64_t billionths = 0;

  static constexpr std::uint64_t kOne = 1'000'000'000;
  static constexpr Ratio percent(std::uint64_t n) { return {n * (kOne / 100)}; }
  static constexpr Ratio per_million(std::uint64_t n) { return {n * (kOne / 1'000'000)}; }
  static constexpr Ratio one() { return {kOne}; }

  friend constexpr auto operator<=>(const Ratio&, const Ratio&) = default;
};

/// "2.5%", exact.
std::string to_text(Ratio);

/// Reads "2.5%", "0.025" or "200ppm". Error: none of these, negative, or finer than a billionth.
Result<Ratio> parse_ratio(std::string_view text);

}  // namespace sim
