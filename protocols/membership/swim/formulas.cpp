#include "protocols/membership/swim/formulas.hpp"

#include <algorithm>
#include <bit>
#include <cassert>

namespace protocols::swim {

__extension__ using Wide = unsigned __int128;
__extension__ using SignedWide = __int128;

std::uint64_t log2_fixed(std::uint64_t x) {
  assert(x >= 1);
  const auto exponent = static_cast<unsigned>(63 - std::countl_zero(x));
  std::uint64_t mantissa = x << (63U - exponent);  // in [2^63, 2^64): from 1 to 2
  std::uint64_t out = exponent;
  for (int bit = 0; bit < 40; ++bit) {
    const Wide square = (static_cast<Wide>(mantissa) * mantissa) >> 63U;  // from 1 to 4
    const bool one = (square >> 64U) != 0;
    mantissa = static_cast<std::uint64_t>(one ? square >> 1U : square);
    out = out << 1U | (one ? 1U : 0U);
  }
  return out;
}

// Both logarithms are rounded down, and floor(j * log2 10) is not below j * floor(log2 10): powers of ten come out whole.
std::uint64_t log10_thousandths(std::uint64_t x) { return static_cast<std::uint64_t>(Wide{1000} * log2_fixed(x) / log2_fixed(10)); }

sim::Duration suspicion_timeout(std::uint32_t mult, std::uint64_t n, sim::Duration interval) {
  const std::uint64_t scale = std::max<std::uint64_t>(1000, log10_thousandths(std::max<std::uint64_t>(1, n)));
  return interval * static_cast<std::int64_t>(mult * scale) / 1000;
}

std::uint32_t retransmit_limit(std::uint32_t mult, std::uint64_t n) {
  std::uint32_t digits = 0;
  for (std::uint64_t power = 1; power < n + 1; power *= 10) ++digits;
  return mult * digits;
}

sim::Duration sync_scale(sim::Duration interval, std::uint64_t n) {
  constexpr std::uint64_t threshold = 32;
  if (n <= threshold) return interval;
  std::int64_t multiplier = 1;
  for (std::uint64_t power = threshold; power < n; power *= 2) ++multiplier;
  return interval * multiplier;
}

sim::Duration decayed_timeout(const Decay& decay, std::uint32_t confirmations) {
  assert(decay.wanted >= 1);
  const SignedWide whole = log2_fixed(std::uint64_t{decay.wanted} + 1);
  const SignedWide part = log2_fixed(std::uint64_t{confirmations} + 1);
  constexpr std::int64_t millisecond = 1'000'000;
  const SignedWide scaled = whole * decay.max.ns - part * (decay.max - decay.min).ns;
  if (scaled <= 0) return decay.min;
  const sim::Duration timeout{static_cast<std::int64_t>(scaled / (whole * millisecond)) * millisecond};
  return std::max(timeout, decay.min);
}

}  // namespace protocols::swim
