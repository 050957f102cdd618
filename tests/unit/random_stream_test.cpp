// Streams of random numbers: what makes a run repeatable and its decisions independent.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/core/random.hpp"
#include "tests/unit/catch.hpp"

namespace {

using namespace sim;  // NOLINT(google-build-using-namespace)

/// Pearson's statistic of counts that should all be equal.
double chi_square(const std::vector<std::uint64_t>& counts) {
  const auto total = static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}));
  const double expected = total / static_cast<double>(counts.size());
  double sum = 0;
  for (const std::uint64_t count : counts)
    sum += (static_cast<double>(count) - expected) * (static_cast<double>(count) - expected) / expected;
  return sum;
}

/// The statistic of n cells has mean n - 1 and variance 2 (n - 1); five sigma from the mean is out of the question.
void check_uniform(const std::vector<std::uint64_t>& counts) {
  const auto freedom = static_cast<double>(counts.size() - 1);
  CHECK(std::abs(chi_square(counts) - freedom) < 5 * std::sqrt(2 * freedom));
}

}  // namespace

TEST_CASE("a stream is the same on every compiler: golden values", "[random]") {
  Rng rng(42, "net", 7);
  CHECK(rng.next() == 0x40110CB291855CD5U);
  CHECK(rng.next() == 0x6CCD7057CBCEAC5FU);
  CHECK(rng.below(1000) == 611);
  constexpr std::uint64_t early = Rng(42, "net", 7).bits(0);
  CHECK(early == Rng(42, "net", 7).next());
}

TEST_CASE("a stream is told by its seed, its purpose and its entity", "[random]") {
  std::set<std::uint64_t> firsts;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    for (const std::string_view purpose : {"net", "disk", "jitter", ""}) {
      for (std::uint64_t entity = 0; entity < 20; ++entity) firsts.insert(Rng(seed, purpose, entity).next());
    }
  }
  CHECK(firsts.size() == 20 * 4 * 20);
}

TEST_CASE("neighbouring streams have nothing in common", "[random]") {
  // Two independent 64-bit words differ in 32 bits, give or take 4; the mean over n pairs strays by 4 / sqrt(n).
  for (const auto& [a, b] : {std::pair{Rng(1, "net", 0), Rng(1, "net", 1)}, std::pair{Rng(1, "net", 0), Rng(2, "net", 0)},
                             std::pair{Rng(1, "a", 0), Rng(1, "b", 0)}, std::pair{Rng(0), Rng(1)}}) {
    std::uint64_t differing = 0;
    constexpr std::uint64_t n = 10'000;
    for (std::uint64_t i = 0; i < n; ++i) differing += static_cast<std::uint64_t>(std::popcount(a.bits(i) ^ b.bits(i)));
    CHECK(std::abs(static_cast<double>(differing) / n - 32) < 5 * 4.0 / 100);
  }
}

TEST_CASE("a draw from one stream moves no other", "[random]") {
  Rng alone(9, "net", 1);
  Rng other(9, "disk", 1);
  Rng beside(9, "net", 1);
  for (int i = 0; i < 100; ++i) {
    for (int k = 0; k < i % 5; ++k) other.next();
    REQUIRE(alone.next() == beside.next());
  }
}

TEST_CASE("a copy of a stream goes on as the original does", "[random]") {
  Rng a(3, "net", 1);
  a.next();
  Rng b = a;
  CHECK(a == b);
  for (int i = 0; i < 100; ++i) REQUIRE(a.next() == b.next());
  b.next();
  CHECK_FALSE(a == b);
  Rng restored(a.key(), a.counter());
  CHECK(restored.next() == a.next());
}

TEST_CASE("looking at a number of a stream does not move it", "[random]") {
  Rng rng(3, "net", 1);
  const std::uint64_t third = rng.bits(2);
  rng.next();
  rng.next();
  CHECK(rng.next() == third);
}

TEST_CASE("every bit of a stream is set half of the time", "[random]") {
  Rng rng(5, "bits", 0);
  std::array<std::uint64_t, 64> set{};
  constexpr int n = 40'000;
  for (int i = 0; i < n; ++i) {
    const std::uint64_t x = rng.next();
    for (std::size_t b = 0; b < 64; ++b) set[b] += x >> b & 1U;
  }
  for (const std::uint64_t count : set) CHECK(std::abs(static_cast<double>(count) - n / 2.0) < 5 * std::sqrt(n) / 2);
}

TEST_CASE("below() is uniform for bounds that are no powers of two", "[random]") {
  for (const std::uint64_t bound : {2U, 3U, 5U, 7U, 10U, 100U, 1000U}) {
    CAPTURE(bound);
    Rng rng(11, "below", bound);
    std::vector<std::uint64_t> counts(bound);
    for (int i = 0; i < 200'000; ++i) ++counts[rng.below(bound)];
    check_uniform(counts);
  }
}

TEST_CASE("below() is unbiased where a plain remainder would be off by half", "[random]") {
  // Of 3/4 * 2^64 a remainder makes the lowest third twice as likely; Lemire's method (2019) rejects what is too much.
  constexpr std::uint64_t bound = std::uint64_t{3} << 62U;
  Rng rng(12, "below", 0);
  std::vector<std::uint64_t> counts(3);
  for (int i = 0; i < 200'000; ++i) {
    const std::uint64_t x = rng.below(bound);
    REQUIRE(x < bound);
    ++counts[x >> 62U];
  }
  check_uniform(counts);
}

TEST_CASE("below(1) is 0 and the greatest bound is allowed", "[random]") {
  Rng rng(1);
  CHECK(rng.below(1) == 0);
  CHECK(rng.below(~std::uint64_t{0}) < ~std::uint64_t{0});
}

TEST_CASE("between() takes both ends and nothing outside", "[random]") {
  Rng rng(13, "between", 0);
  std::set<std::int64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(rng.between(3_ns, 7_ns).ns);
  CHECK(seen == std::set<std::int64_t>{3, 4, 5, 6, 7});
  CHECK(rng.between(5_ms, 5_ms) == 5_ms);
  for (int i = 0; i < 1000; ++i) {
    const Duration d = rng.between(Duration{-2}, Duration{2});
    REQUIRE(d >= Duration{-2});
    REQUIRE(d <= Duration{2});
  }
}

TEST_CASE("chance() happens as often as it says", "[random]") {
  for (const std::uint64_t percent : {1U, 10U, 50U, 99U}) {
    CAPTURE(percent);
    Rng rng(14, "chance", percent);
    constexpr int n = 100'000;
    int hits = 0;
    for (int i = 0; i < n; ++i) hits += rng.chance(Ratio::percent(percent)) ? 1 : 0;
    const double p = static_cast<double>(percent) / 100;
    CHECK(std::abs(hits - n * p) < 3 * std::sqrt(n * p * (1 - p)));
  }
}

TEST_CASE("what has no chance never happens, and what is certain always does", "[random]") {
  Rng rng(15);
  for (int i = 0; i < 1000; ++i) {
    REQUIRE_FALSE(rng.chance(Ratio{}));
    REQUIRE(rng.chance(Ratio::one()));
    REQUIRE(rng.chance(Ratio::percent(250)));
  }
}
