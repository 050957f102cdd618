// That services queue as queueing theory says: sojourn times of M/M/1, M/M/c (Erlang C) and tandems (Jackson), fan-out.
#include <algorithm>
#include <cmath>

#include "tests/unit/services_support.hpp"

using namespace services_test;

namespace {

constexpr double kService = 0.01;  // seconds

Config queue_of(std::uint32_t workers) {
  Config c;
  c.workers = workers;
  c.queue = 1'000'000;
  c.service_time = 10_ms;
  return c;
}

sim::check::Workload poisson(double rate, std::uint64_t operations) {
  sim::check::Workload w;
  w.interval = Duration{std::llround(1e9 / rate)};
  w.in_flight = 1000;
  w.retry_after = 1000_s;
  w.give_up_after = 1000_s;
  w.operations = operations;
  return w;
}

// P(wait) and mean sojourn in service times.
struct ErlangC {
  double wait;
  double sojourn;
};
ErlangC erlang_c(std::uint32_t c, double rho) {
  const double a = c * rho;
  double b = 1;  // Erlang B, by recursion
  for (std::uint32_t n = 1; n <= c; ++n) b = a * b / (n + a * b);
  const double wait = b / (1 - rho + rho * b);
  return {wait, 1 + wait / (c * (1 - rho))};
}

std::vector<double> measure(const std::vector<Named>& systems, double rate, std::uint64_t operations) {
  sim::World world = world_of(systems, poisson(rate, operations), 1, link_of(0_s));
  run_until(world, 100'000_s);
  std::vector<double> out = sojourns(world);
  REQUIRE(out.size() > operations - 10);
  out.erase(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(operations / 20));  // from empty to steady
  return out;
}

void check_sojourn(std::uint32_t c, double rho, double published, std::uint64_t operations) {
  const ErlangC expected = erlang_c(c, rho);
  CHECK(std::abs(expected.sojourn - published) < 0.0006);
  const Estimate seen = estimate(measure({{"store", queue_of(c)}}, c * rho / kService, operations));
  INFO("M/M/" << c << " at " << rho << ": " << seen.mean / kService << " +- " << seen.error / kService
              << " service times, expected " << expected.sojourn);
  CHECK(std::abs(seen.mean / kService - expected.sojourn) < 3 * seen.error / kService);
  CHECK(3 * seen.error < 0.12 * seen.mean);
}

}  // namespace

TEST_CASE("services: Erlang C's figures", "[services]") {
  CHECK(std::abs(erlang_c(2, 0.8).wait - 0.711) < 0.0006);
  CHECK(std::abs(erlang_c(4, 0.8).wait - 0.596) < 0.0006);
  CHECK(std::abs(erlang_c(10, 0.9).wait - 0.669) < 0.0006);
  CHECK(std::abs(erlang_c(100, 0.9).wait - 0.217) < 0.0006);
}

TEST_CASE("services: M/M/1: mean and 99th percentile of the sojourn", "[services]") {
  std::vector<double> all = measure({{"store", queue_of(1)}}, 0.5 / kService, 200'000);
  const Estimate seen = estimate(all);
  INFO("mean " << seen.mean << " +- " << seen.error);
  CHECK(std::abs(seen.mean - 0.02) < 3 * seen.error);  // 1 / (mu - lambda)
  CHECK(3 * seen.error < 0.03 * seen.mean);
  std::sort(all.begin(), all.end());
  const double p99 = all[all.size() * 99 / 100];
  INFO("p99 " << p99);
  CHECK(std::abs(p99 - std::log(100.0) * 0.02) < 0.04 * p99);  // ln 100 / (mu - lambda)
}

TEST_CASE("services: M/M/2 at 0.8: 2.778 service times", "[services]") { check_sojourn(2, 0.8, 2.778, 200'000); }
TEST_CASE("services: M/M/4 at 0.8: 1.746 service times", "[services]") { check_sojourn(4, 0.8, 1.746, 200'000); }
TEST_CASE("services: M/M/10 at 0.9: 1.669 service times", "[services]") { check_sojourn(10, 0.9, 1.669, 200'000); }
TEST_CASE("services: M/M/100 at 0.9: 1.022 service times", "[services]") { check_sojourn(100, 0.9, 1.022, 200'000); }

// Jackson's theorem: queues in a row are as if alone, and their sojourns add up.
TEST_CASE("services: three stages in a row take three sojourns", "[services]") {
  Config root;
  root.workers = 100'000;
  root.service_time = {};
  root.service_distribution = ServiceTime::fixed;
  root.calls = "a, b, c";
  root.calls_in_turn = true;
  root.timeout = 5_s;
  const Estimate seen =
      estimate(measure({{"root", root}, {"a", queue_of(1)}, {"b", queue_of(1)}, {"c", queue_of(1)}}, 0.5 / kService, 100'000));
  INFO("mean " << seen.mean << " +- " << seen.error);
  CHECK(std::abs(seen.mean - 0.06) < 3 * seen.error);
  CHECK(3 * seen.error < 0.03 * seen.mean);
}

// Dean & Barroso 2013: one call in a hundred is slow; of requests that need a hundred calls, 63.4 % are.
TEST_CASE("services: fan-out: one percent of slow leaves slows 63.4 percent of requests of a hundred", "[services]") {
  Config root;
  root.workers = 1000;
  root.service_time = {};
  root.service_distribution = ServiceTime::fixed;
  root.calls = "leaf";
  root.fan_out = 100;
  root.timeout = 1500_ms;
  Config leaf;
  leaf.workers = 100'000;
  leaf.service_distribution = ServiceTime::fixed;
  leaf.service_time = 10_ms;
  leaf.slow_share = sim::Ratio::percent(1);
  leaf.slow_time = 1_s;
  sim::World world = world_of({{"root", root}, {"leaf", leaf}}, poisson(2, 1000), 1, link_of(0_s));
  run_until(world, 1000_s);
  const std::vector<double> all = sojourns(world);
  REQUIRE(all.size() == 1000);
  const auto slow = static_cast<double>(std::count_if(all.begin(), all.end(), [](double s) { return s >= 1; }));
  const double expected = 1 - std::pow(0.99, 100);
  CHECK(std::abs(expected - 0.634) < 0.0005);
  const double sigma = std::sqrt(expected * (1 - expected) / 1000);
  INFO("slow: " << slow / 1000 << ", expected " << expected << " +- " << 3 * sigma);
  CHECK(std::abs(slow / 1000 - expected) < 3 * sigma);
  CHECK(std::abs(1 - std::pow(0.9999, 2000) - 0.181) < 0.0005);
}
