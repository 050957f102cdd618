#include "sim/core/random.hpp"

#include <algorithm>
#include <bit>
#include <limits>

namespace sim {

namespace {

// Tables are computed by the compiler from series, with +, -, * and / alone: IEEE 754 defines these exactly, so every
// compiler that keeps to it (we build with -ffp-contract=off) makes the same bits.
constexpr int kSteps = 256;

/// log2(1 + t) for t in [0, 1] by the series of the inverse hyperbolic tangent.
constexpr double log2_one_plus(double t) {
  const double z = t / (2 + t);
  double power = z;
  double sum = 0;
  for (int n = 1; n < 60; n += 2) {
    sum += power / n;
    power *= z * z;
  }
  return 2 * sum / 0.693147180559945309417;
}

/// 2^t for t in [0, 1] by the series of the exponential function.
constexpr double exp2_series(double t) {
  const double x = t * 0.693147180559945309417;
  double term = 1;
  double sum = 1;
  for (int n = 1; n < 30; ++n) {
    term *= x / n;
    sum += term;
  }
  return sum;
}

constexpr double kTwo32 = 4294967296.0;

template <class F>
constexpr std::array<std::uint64_t, kSteps + 1> tabulate(F f, double scale) {
  std::array<std::uint64_t, kSteps + 1> out{};
  for (int i = 0; i <= kSteps; ++i)
    out[static_cast<std::size_t>(i)] = static_cast<std::uint64_t>(f(double(i) / kSteps) * scale + 0.5);
  return out;
}

// 44 fractional bits in the logarithm's table and 62 in the exponential's leave room for interpolation.
constexpr auto kLog2 = tabulate(log2_one_plus, kTwo32 * 4096);
constexpr auto kExp2 = tabulate(exp2_series, kTwo32 * 1073741824.0 / 2);

std::int64_t clamp_to_ns(unsigned __int128 ns) {
  constexpr auto limit = static_cast<std::uint64_t>(Duration::longest().ns);
  return static_cast<std::int64_t>(ns > limit ? limit : static_cast<std::uint64_t>(ns));
}

__extension__ using Wide = unsigned __int128;

/// Natural logarithm of a positive double below 1, by the tables above: enough for the tail of the normal.
double natural_log_of_fraction(double fraction) {
  const auto bits = static_cast<std::uint64_t>(fraction * 18446744073709551615.0);
  return -static_cast<double>(fixed::negative_log2(bits)) / kTwo32 * 0.693147180559945309417;
}

/// Square root by Newton's iteration: std::sqrt may call libm.
double square_root(double x) {
  double r = x > 1 ? x : 1;
  for (int i = 0; i < 60; ++i) {
    const double next = 0.5 * (r + x / r);
    if (next >= r) break;
    r = next;
  }
  return r;
}

}  // namespace

namespace fixed {

std::uint64_t negative_log2(std::uint64_t x) {
  if (x == std::numeric_limits<std::uint64_t>::max()) return 0;
  const std::uint64_t v = x + 1;
  const int zeros = std::countl_zero(v);
  const std::uint64_t mantissa = (v << static_cast<unsigned>(zeros)) << 1U;  // the leading 1 shifted out: 64 fractional bits
  const std::uint64_t cell = mantissa >> 56U;
  const std::uint64_t rest = (mantissa << 8U) >> 32U;  // 32 bits within the cell
  const std::uint64_t low = kLog2[cell];
  const std::uint64_t rise = kLog2[cell + 1] - low;
  // Linear interpolation misses the curvature; its error within a cell is at most 2.8e-6, corrected by the parabola.
  const auto linear = static_cast<std::uint64_t>((static_cast<Wide>(rise) * rest) >> 32U);
  // -f''/2 * h^2 * t(1 - t), with f'' = -1 / (ln 2 * (1 + x)^2)
  const double t = static_cast<double>(rest) / kTwo32;
  const double at = 1 + (static_cast<double>(cell) + t) / kSteps;
  const double bend = t * (1 - t) / (2 * 0.693147180559945309417 * at * at * kSteps * kSteps);
  const std::uint64_t fraction = low + linear + static_cast<std::uint64_t>(bend * kTwo32 * 4096);
  const std::uint64_t log2 = (static_cast<std::uint64_t>(63 - zeros) << 32U) + ((fraction + 2048) >> 12U);
  return (std::uint64_t{64} << 32U) - log2;
}

std::uint64_t exp2(std::int64_t x) {
  const std::int64_t whole = x >> 32;
  const std::uint64_t part = static_cast<std::uint64_t>(x) & 0xFFFFFFFFU;
  const std::uint64_t cell = part >> 24U;
  const std::uint64_t rest = part & 0xFFFFFFU;
  const std::uint64_t low = kExp2[cell];
  const std::uint64_t rise = kExp2[cell + 1] - low;
  const std::uint64_t mantissa = low + static_cast<std::uint64_t>((static_cast<Wide>(rise) * rest) >> 24U);  // 61 fractional bits
  const std::int64_t shift = 61 - 32 - whole;
  if (shift >= 64) return 0;
  return shift >= 0 ? mantissa >> static_cast<unsigned>(shift) : mantissa << static_cast<unsigned>(-shift);
}

std::int64_t normal(std::uint64_t bits) {
  const bool negative = (bits & 1U) == 0;
  const double p = (static_cast<double>(bits >> 12U) + 0.5) / 9007199254740992.0;  // (0, 1/2]
  double z = 0;                                                                    // the quantile of p, at or below 0
  if (p < 0.02425) {
    const double q = square_root(-2 * natural_log_of_fraction(p));
    const double num =
        ((((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838e+00) * q - 2.549732539343734e+00) * q +
         4.374664141464968e+00) *
            q +
        2.938163982698783e+00;
    const double den =
        (((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996e+00) * q + 3.754408661907416e+00) * q + 1;
    z = num / den;
  } else {
    const double q = p - 0.5;
    const double r = q * q;
    const double num =
        ((((-3.969683028665376e+01 * r + 2.209460984245205e+02) * r - 2.759285104469687e+02) * r + 1.383577518672690e+02) * r -
         3.066479806614716e+01) *
            r +
        2.506628277459239e+00;
    const double den =
        ((((-5.447609879822406e+01 * r + 1.615858368580409e+02) * r - 1.556989798598866e+02) * r + 6.680131188771972e+01) * r -
         1.328068155288572e+01) *
            r +
        1;
    z = num * q / den;
  }
  const auto magnitude = static_cast<std::int64_t>(-z * kTwo32);
  return negative ? -magnitude : magnitude;
}

}  // namespace fixed

Duration exponential(Rng& rng, Duration mean) {
  assert(mean.ns >= 0);
  constexpr std::uint64_t ln2 = 2977044472;  // in 32 fractional bits
  const std::uint64_t logs = fixed::negative_log2(rng.next());
  const auto natural = static_cast<std::uint64_t>((static_cast<Wide>(logs) * ln2) >> 32U);
  return {clamp_to_ns((static_cast<Wide>(natural) * static_cast<std::uint64_t>(mean.ns)) >> 32U)};
}

Duration log_normal(Rng& rng, Duration median, Ratio sigma) {
  assert(median.ns >= 0);
  constexpr std::int64_t log2_e = 6196328019;  // in 32 fractional bits
  __extension__ using Signed = __int128;
  Signed exponent = static_cast<Signed>(fixed::normal(rng.next())) * static_cast<std::int64_t>(sigma.billionths) /
                    static_cast<std::int64_t>(Ratio::kOne);
  exponent = (exponent * log2_e) >> 32;
  constexpr Signed bound = static_cast<Signed>(30) << 32;
  exponent = std::clamp<Signed>(exponent, -bound, bound);
  const std::uint64_t factor = fixed::exp2(static_cast<std::int64_t>(exponent));
  return {clamp_to_ns((static_cast<Wide>(factor) * static_cast<std::uint64_t>(median.ns)) >> 32U)};
}

Duration pareto(Rng& rng, Duration minimum, Ratio alpha) {
  assert(minimum.ns >= 0);
  assert(alpha.billionths > 0);
  const Wide exponent = static_cast<Wide>(fixed::negative_log2(rng.next())) * Ratio::kOne / alpha.billionths;
  constexpr Wide bound = static_cast<Wide>(30) << 32U;
  const std::uint64_t factor = fixed::exp2(static_cast<std::int64_t>(std::min(exponent, bound)));
  return {clamp_to_ns((static_cast<Wide>(factor) * static_cast<std::uint64_t>(minimum.ns)) >> 32U)};
}

Zipf::Zipf(std::uint32_t count, Ratio skew) {
  assert(count >= 1);
  assert(count <= (1U << 20U));
  cumulated_.reserve(count);
  std::uint64_t total = 0;
  for (std::uint32_t rank = 1; rank <= count; ++rank) {
    // rank^-skew = 2^(-skew * log2 rank); log2 of an integer from the logarithm of its 64-bit fraction.
    const std::uint64_t log2 = (std::uint64_t{64} << 32U) - fixed::negative_log2(rank - 1);
    const auto exponent = static_cast<std::int64_t>(static_cast<Wide>(log2) * skew.billionths / Ratio::kOne);
    total += fixed::exp2(exponent > (std::int64_t{31} << 32) ? -(std::int64_t{31} << 32) : -exponent) + 1;
    cumulated_.push_back(total);
  }
}

std::uint32_t Zipf::draw(Rng& rng) const {
  const std::uint64_t at = rng.below(cumulated_.back());
  return static_cast<std::uint32_t>(std::upper_bound(cumulated_.begin(), cumulated_.end(), at) - cumulated_.begin());
}

}  // namespace sim
