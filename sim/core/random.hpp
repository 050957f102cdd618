// Randomness: counter-based streams, each named by its purpose and its entity, and integer samplers.
//
// A stream is two integers, so it copies, hashes and forks with the world; a new draw in one stream moves no other
// (ns-3's rule). Nothing here calls libm or a standard distribution: both differ between builds.
#pragma once

#include <array>
#include <cassert>
#include <cstdint>
#include <string_view>
#include <vector>

#include "sim/core/digest.hpp"
#include "sim/core/ratio.hpp"
#include "sim/core/time.hpp"

namespace sim {

/// What a stream is for ("jitter", "workload"): a literal, whose digest the compiler computes.
struct Purpose {
  std::string_view name;
  std::uint64_t digest;
  consteval Purpose(const char* literal) : name(literal), digest(digest_of_text(literal)) {}  // NOLINT(google-explicit-constructor)
};

/// One stream of random numbers.
class Rng {
 public:
  constexpr Rng() = default;
  /// The stream of `purpose` ("net", "disk", ...) for one entity of a run with that seed.
  constexpr Rng(std::uint64_t seed, std::string_view purpose, std::uint64_t entity)
      : Rng(derive(seed, digest_of_text(purpose), entity)) {}
  /// A stream by its key alone, for those who derive keys themselves.
  constexpr explicit Rng(std::uint64_t key, std::uint64_t counter = 0) : key_(key), counter_(counter) {}

  /// The key of a stream from three numbers that name it.
  static constexpr std::uint64_t derive(std::uint64_t seed, std::uint64_t purpose, std::uint64_t entity) {
    return mix(mix(seed ^ 0x9E3779B97F4A7C15U, purpose ^ 0xBF58476D1CE4E5B9U) ^ entity, 0x94D049BB133111EBU) ^ entity;
  }

  /// 64 random bits.
  constexpr std::uint64_t next() { return bits(counter_++); }

  /// The n-th number of this stream from its beginning, without moving it.
  constexpr std::uint64_t bits(std::uint64_t n) const {
    const std::uint64_t x = (n + 1) * 0x9E3779B97F4A7C15U;
    const std::uint64_t y = mix(key_ ^ x, 0xE7037ED1A0B428DBU ^ x);
    return mix(y ^ key_, 0xA0761D6478BD642FU);
  }

  /// Uniform in [0, bound), unbiased (Lemire 2019). `bound` is at least 1.
  constexpr std::uint64_t below(std::uint64_t bound) {
    assert(bound > 0);
    __extension__ using Wide = unsigned __int128;
    Wide product = static_cast<Wide>(next()) * bound;
    if (auto low = static_cast<std::uint64_t>(product); low < bound) {
      const std::uint64_t threshold = (0 - bound) % bound;
      while (low < threshold) {
        product = static_cast<Wide>(next()) * bound;
        low = static_cast<std::uint64_t>(product);
      }
    }
    return static_cast<std::uint64_t>(product >> 64U);
  }

  /// True with that probability.
  constexpr bool chance(Ratio p) { return p.billionths > 0 && below(Ratio::kOne) < p.billionths; }

  /// Uniform in [low, high], both ends included. `low` is not above `high`.
  constexpr Duration between(Duration low, Duration high) {
    assert(low <= high);
    return {low.ns + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high.ns - low.ns) + 1))};
  }

  /// The state as two integers, for digests and saved decisions.
  constexpr std::uint64_t key() const { return key_; }
  constexpr std::uint64_t counter() const { return counter_; }

  friend constexpr bool operator==(const Rng&, const Rng&) = default;

 private:
  std::uint64_t key_ = 0;
  std::uint64_t counter_ = 0;
};

/// Fixed-point numbers with 32 fractional bits: what the samplers compute in.
namespace fixed {

/// -log2 of (x + 1) / 2^64, for x any 64 random bits: from 0 to 64, with an error below 2^-28.
std::uint64_t negative_log2(std::uint64_t x);
/// 2^x for x in (-32, 31], both in fixed point.
std::uint64_t exp2(std::int64_t x);
/// A standard normal variate from two numbers of random bits (inverse of the distribution function by Acklam's
/// rational approximation, error below 2e-9 in exact arithmetic), in fixed point.
std::int64_t normal(std::uint64_t bits);

}  // namespace fixed

/// Exponential with that mean (Poisson arrivals, memoryless delays). Never negative; capped at 44 means.
Duration exponential(Rng&, Duration mean);

/// Log-normal: the median, and sigma of the underlying normal as a Ratio (1 = 1.0; long tails from 0.5 up).
Duration log_normal(Rng&, Duration median, Ratio sigma);

/// Pareto: the smallest value and the shape alpha (Ratio: 2.0 = 2 * Ratio::kOne; the mean is infinite at or below 1).
/// Capped at 2^30 times the smallest.
Duration pareto(Rng&, Duration minimum, Ratio alpha);

/// Zipf over [0, count): rank r with weight 1 / (r + 1)^skew, drawn by a table of cumulated weights.
class Zipf {
 public:
  /// `count` from 1 to 2^20; `skew` 0 is uniform, 0.99 YCSB's default.
  Zipf(std::uint32_t count, Ratio skew);
  std::uint32_t draw(Rng&) const;
  std::uint32_t count() const { return static_cast<std::uint32_t>(cumulated_.size()); }

  friend bool operator==(const Zipf&, const Zipf&) = default;

 private:
  std::vector<std::uint64_t> cumulated_;
};

}  // namespace sim
