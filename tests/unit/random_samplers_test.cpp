// The samplers against closed forms. The tests may call libm; the samplers may not.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "sim/core/random.hpp"
#include "tests/unit/catch.hpp"

namespace {

using namespace sim;  // NOLINT(google-build-using-namespace)

constexpr double kTwo32 = 4294967296.0;
constexpr int kDraws = 200'000;

template <class Draw>
std::vector<double> drawn(Draw draw) {
  std::vector<double> out;
  out.reserve(kDraws);
  for (int i = 0; i < kDraws; ++i) out.push_back(draw());
  return out;
}

double mean(const std::vector<double>& sample) {
  double sum = 0;
  for (const double x : sample) sum += x;
  return sum / static_cast<double>(sample.size());
}

/// Where the distribution function says P, the sample's share below has to say P too, within three sigma of a binomial.
void check_share_below(const std::vector<double>& sample, double value, double probability) {
  CAPTURE(value, probability);
  const auto below = std::count_if(sample.begin(), sample.end(), [&](double x) { return x <= value; });
  const auto n = static_cast<double>(sample.size());
  CHECK(std::abs(static_cast<double>(below) - n * probability) < 3 * std::sqrt(n * probability * (1 - probability)));
}

double as_double(Duration d) { return static_cast<double>(d.ns); }

}  // namespace

TEST_CASE("the samplers are the same on every compiler: golden values", "[random]") {
  Rng rng(42, "golden", 0);
  CHECK(exponential(rng, 1_s).ns == 467'250'296);
  CHECK(log_normal(rng, 1_s, Ratio::percent(50)).ns == 978'653'154);
  CHECK(pareto(rng, 1_s, Ratio::percent(150)).ns == 1'371'237'008);
  CHECK(Zipf(1000, Ratio::percent(99)).draw(rng) == 166);
  CHECK(fixed::normal(0x0123456789ABCDEFU) == 12'218'165'094);
  CHECK(fixed::normal(1) == 35'614'921'093);
}

TEST_CASE("the fixed-point logarithm is off by less than 2^-28", "[random]") {
  Rng rng(1, "log", 0);
  double worst = 0;
  for (int i = 0; i < 300'000; ++i) {
    const std::uint64_t x = rng.next() >> rng.below(64);
    const double exact = 64 - static_cast<double>(std::log2(static_cast<long double>(x) + 1));
    worst = std::max(worst, std::abs(static_cast<double>(fixed::negative_log2(x)) / kTwo32 - exact));
  }
  CHECK(worst < std::exp2(-28));
}

TEST_CASE("the fixed-point logarithm is exact at powers of two and falls everywhere", "[random]") {
  CHECK(fixed::negative_log2(0) == std::uint64_t{64} << 32U);
  CHECK(fixed::negative_log2(std::numeric_limits<std::uint64_t>::max()) == 0);
  for (unsigned b = 0; b < 64; ++b) CHECK(fixed::negative_log2((std::uint64_t{1} << b) - 1) == std::uint64_t{64 - b} << 32U);
  Rng rng(2, "log", 0);
  for (int i = 0; i < 100'000; ++i) {
    const std::uint64_t a = rng.next() >> rng.below(64);
    const std::uint64_t b = rng.next() >> rng.below(64);
    REQUIRE((a < b ? fixed::negative_log2(a) >= fixed::negative_log2(b) : fixed::negative_log2(a) <= fixed::negative_log2(b)));
  }
}

TEST_CASE("the fixed-point exponential is right to one part in a million", "[random]") {
  Rng rng(3, "exp", 0);
  for (int i = 0; i < 100'000; ++i) {
    const auto x = static_cast<std::int64_t>(rng.below(std::uint64_t{47} << 32U)) - (std::int64_t{16} << 32);  // [-16, 31)
    const double exact = std::exp2(static_cast<double>(x) / kTwo32) * kTwo32;
    // Below 1 the last bit of 32 is all the precision there is.
    REQUIRE(std::abs(static_cast<double>(fixed::exp2(x)) - exact) <= 1 + exact * 1e-6);
  }
  CHECK(fixed::exp2(0) == std::uint64_t{1} << 32U);
  CHECK(fixed::exp2(std::int64_t{31} << 32) == std::uint64_t{1} << 63U);
  CHECK(fixed::exp2(-(std::int64_t{32} << 32) + 1) <= 1);
  CHECK(fixed::exp2(-(std::int64_t{40} << 32)) == 0);
}

TEST_CASE("the normal variate follows the distribution function", "[random]") {
  Rng rng(4, "normal", 0);
  const auto sample = drawn([&] { return static_cast<double>(fixed::normal(rng.next())) / kTwo32; });
  CHECK(std::abs(mean(sample)) < 3 / std::sqrt(kDraws));
  for (const double z : {-3.0, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0}) {
    check_share_below(sample, z, 0.5 * std::erfc(-z / std::sqrt(2.0)));
  }
}

TEST_CASE("an exponential has its mean and its quantiles", "[random]") {
  Rng rng(5, "exponential", 0);
  const double m = 10e6;
  const auto sample = drawn([&] { return as_double(exponential(rng, 10_ms)); });
  CHECK(std::abs(mean(sample) - m) < 3 * m / std::sqrt(kDraws));  // its sigma is its mean
  for (const double p : {0.01, 0.1, 0.5, 0.9, 0.99, 0.999}) check_share_below(sample, -m * std::log(1 - p), p);
  CHECK(*std::min_element(sample.begin(), sample.end()) >= 0);
}

TEST_CASE("a log-normal has its median, its mean and its quantiles", "[random]") {
  Rng rng(6, "log-normal", 0);
  const double median = 2e6;
  const double sigma = 0.5;
  const auto sample = drawn([&] { return as_double(log_normal(rng, 2_ms, Ratio::percent(50))); });
  check_share_below(sample, median, 0.5);
  check_share_below(sample, median * std::exp(sigma), 0.5 * std::erfc(-1 / std::sqrt(2.0)));
  check_share_below(sample, median * std::exp(-2 * sigma), 0.5 * std::erfc(2 / std::sqrt(2.0)));
  const double expected = median * std::exp(sigma * sigma / 2);
  const double spread = expected * std::sqrt(std::exp(sigma * sigma) - 1);
  CHECK(std::abs(mean(sample) - expected) < 3 * spread / std::sqrt(kDraws));
}

TEST_CASE("a Pareto has its least value, its quantiles and, above 2, its mean", "[random]") {
  for (const std::uint64_t percent : {80U, 150U, 300U}) {
    CAPTURE(percent);
    Rng rng(7, "pareto", percent);
    const double least = 1e6;
    const double alpha = static_cast<double>(percent) / 100;
    const auto sample = drawn([&] { return as_double(pareto(rng, 1_ms, Ratio::percent(percent))); });
    CHECK(*std::min_element(sample.begin(), sample.end()) >= least);
    for (const double p : {0.1, 0.5, 0.9, 0.99, 0.999}) check_share_below(sample, least * std::pow(1 - p, -1 / alpha), p);
    if (percent == 300) {
      const double spread = least * std::sqrt(alpha / ((alpha - 1) * (alpha - 1) * (alpha - 2)));
      CHECK(std::abs(mean(sample) - alpha * least / (alpha - 1)) < 3 * spread / std::sqrt(kDraws));
    }
  }
}

TEST_CASE("a sampler of nothing gives nothing, and the longest durations do not overflow", "[random]") {
  Rng rng(8, "edges", 0);
  const Duration longest = Duration::longest();
  for (int i = 0; i < 10'000; ++i) {
    REQUIRE(exponential(rng, Duration{}) == Duration{});
    REQUIRE(log_normal(rng, Duration{}, Ratio::one()) == Duration{});
    REQUIRE(log_normal(rng, 1_ms, Ratio{}) == 1_ms);
    REQUIRE(exponential(rng, longest) >= Duration{});
    REQUIRE(log_normal(rng, longest, Ratio::percent(1000)) >= Duration{});
    REQUIRE(pareto(rng, longest, Ratio{1}) == longest);
    REQUIRE(pareto(rng, 1_ms, Ratio{1}) <= 1_ms * (std::int64_t{1} << 30));
  }
}

TEST_CASE("a Zipf draws each rank with the frequency of its weight", "[random]") {
  for (const std::uint64_t skew : {0U, 50U, 99U, 200U}) {
    CAPTURE(skew);
    constexpr std::uint32_t count = 50;
    const Zipf zipf(count, Ratio::percent(skew));
    Rng rng(9, "zipf", skew);
    std::vector<double> seen(count);
    for (int i = 0; i < kDraws; ++i) ++seen[zipf.draw(rng)];
    double total = 0;
    const auto weight = [&](std::uint32_t rank) { return std::pow(rank + 1, -static_cast<double>(skew) / 100); };
    for (std::uint32_t rank = 0; rank < count; ++rank) total += weight(rank);
    double statistic = 0;
    for (std::uint32_t rank = 0; rank < count; ++rank) {
      const double expected = kDraws * weight(rank) / total;
      statistic += (seen[rank] - expected) * (seen[rank] - expected) / expected;
    }
    CHECK(statistic < (count - 1) + 5 * std::sqrt(2.0 * (count - 1)));
  }
}

TEST_CASE("a Zipf of one rank or of the most ranks is allowed", "[random]") {
  Rng rng(10);
  const Zipf one(1, Ratio::percent(99));
  CHECK(one.draw(rng) == 0);
  const Zipf most(1U << 20U, Ratio::percent(99));
  CHECK(most.count() == 1U << 20U);
  for (int i = 0; i < 1000; ++i) REQUIRE(most.draw(rng) < 1U << 20U);
  const Zipf steep(10, Ratio::percent(100'000));
  for (int i = 0; i < 1000; ++i) REQUIRE(steep.draw(rng) == 0);
}
