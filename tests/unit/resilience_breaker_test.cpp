// The circuit breaker against resilience4j's rules and defaults, gobreaker's, and the closed forms for how often it errs.
#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <vector>

#include "protocols/resilience/breaker.hpp"
#include "sim/core/random.hpp"
#include "tests/unit/catch.hpp"

using namespace protocols::resilience;
using sim::Duration;
using sim::Time;
using namespace sim::literals;

namespace {

constexpr Time at(Duration d) { return Time{} + d; }

struct Caller {
  CircuitBreaker breaker;
  Time now{};

  explicit Caller(const BreakerConfig& config = {}, Mutant mutant = Mutant::none) : breaker(config, mutant) {}
  // Makes a call that ends at once. False: not let through.
  bool call(Outcome outcome, Duration took = {}) {
    const auto permit = breaker.acquire(now);
    if (permit) breaker.report(*permit, outcome, took, now);
    return permit.has_value();
  }
  void calls(std::uint32_t n, Outcome outcome, Duration took = {}) {
    for (std::uint32_t i = 0; i < n; ++i) REQUIRE(call(outcome, took));
  }
  void open() { calls(breaker.config.minimum_calls, Outcome::failure); }
};

BreakerConfig small() {
  BreakerConfig c;
  c.window_size = 10;
  c.minimum_calls = 4;
  c.half_open_calls = 3;
  c.open_for = 10_s;
  return c;
}

}  // namespace

TEST_CASE("breaker: the defaults are resilience4j's", "[resilience]") {
  const BreakerConfig c;
  CHECK(c.failure_rate == sim::Ratio::percent(50));
  CHECK(c.slow_rate == sim::Ratio::percent(100));
  CHECK(c.slow_call == 60_s);
  CHECK(c.window == WindowKind::count);
  CHECK(c.window_size == 100);
  CHECK(c.minimum_calls == 100);
  CHECK(c.open_for == 60_s);
  CHECK(c.half_open_calls == 10);
  CHECK(c.half_open_for == 0_s);
}

TEST_CASE("breaker: from a full window of successes it trips at the 50th failure", "[resilience]") {
  Caller c;
  c.calls(100, Outcome::success);
  c.calls(49, Outcome::failure);
  CHECK(c.breaker.state == BreakerState::closed);
  CHECK(c.breaker.window.total == Tally{100, 49, 0});
  c.calls(1, Outcome::failure);
  CHECK(c.breaker.state == BreakerState::open);
}

TEST_CASE("breaker: nothing is judged before the window holds the minimum of calls", "[resilience]") {
  Caller c(small());
  c.calls(3, Outcome::failure);
  CHECK(c.breaker.state == BreakerState::closed);
  c.calls(1, Outcome::failure);
  CHECK(c.breaker.state == BreakerState::open);
  // The window holds no more than its size: a minimum above that means a full window.
  BreakerConfig config = small();
  config.minimum_calls = 1000;
  Caller full(config);
  full.calls(9, Outcome::failure);
  CHECK(full.breaker.state == BreakerState::closed);
  full.calls(1, Outcome::failure);
  CHECK(full.breaker.state == BreakerState::open);
  Caller planted(small(), Mutant::minimum_ignored);
  planted.calls(1, Outcome::failure);
  CHECK(planted.breaker.state == BreakerState::open);
}

TEST_CASE("breaker: slow calls trip it, whether they succeed or not", "[resilience]") {
  BreakerConfig config = small();
  config.slow_call = 100_ms;
  config.slow_rate = sim::Ratio::percent(50);
  Caller c(config);
  c.calls(2, Outcome::success, 100_ms);  // not slower than that
  c.calls(1, Outcome::success, 101_ms);
  CHECK(c.breaker.state == BreakerState::closed);
  c.calls(1, Outcome::success, 101_ms);
  CHECK(c.breaker.state == BreakerState::open);
}

TEST_CASE("breaker: open lets nothing through, then ten probes and no more", "[resilience]") {
  Caller c;
  c.open();
  REQUIRE(c.breaker.state == BreakerState::open);
  for (int i = 0; i < 6000; ++i) {
    CHECK_FALSE(c.call(Outcome::success));
    c.now = c.now + 10_ms;
  }
  std::vector<Permit> probes;
  for (int i = 0; i < 100; ++i) {
    if (const auto permit = c.breaker.acquire(c.now)) probes.push_back(*permit);
  }
  CHECK(c.breaker.state == BreakerState::half_open);
  CHECK(probes.size() == 10);
  CHECK(c.breaker.out == 10);
  for (const Permit p : probes) c.breaker.report(p, Outcome::success, {}, c.now);
  CHECK(c.breaker.state == BreakerState::closed);
}

TEST_CASE("breaker: a sick dependency gets at most ten calls in sixty seconds", "[resilience]") {
  Caller c;
  c.open();
  const Time opened = c.now;
  std::vector<Time> passed;
  while (c.now < opened + 3600_s) {
    c.now = c.now + 100_ms;
    if (c.call(Outcome::failure)) passed.push_back(c.now);
  }
  CHECK(passed.size() == 590);  // the hour less the first minute
  for (std::size_t i = 10; i < passed.size(); ++i) REQUIRE(passed[i] - passed[i - 10] >= 60_s);
}

TEST_CASE("breaker: half-open is judged by the same thresholds", "[resilience]") {
  BreakerConfig config = small();
  config.half_open_calls = 4;
  for (const std::uint32_t failures : {1U, 2U}) {
    Caller c(config);
    c.open();
    c.now = at(10_s);
    c.calls(4 - failures, Outcome::success);
    c.calls(failures, Outcome::failure);
    CHECK(c.breaker.state == (failures == 1 ? BreakerState::closed : BreakerState::open));
  }
  // A minimum below the number of probes decides earlier (resilience4j#1351).
  config.minimum_calls = 1;
  Caller c(config);
  c.open();
  c.now = at(10_s);
  c.calls(1, Outcome::success);
  CHECK(c.breaker.state == BreakerState::closed);
}

TEST_CASE("breaker: half-open lasts no longer than it may", "[resilience]") {
  BreakerConfig config = small();
  config.half_open_for = 5_s;
  Caller c(config);
  c.open();
  c.now = at(10_s);
  for (int i = 0; i < 3; ++i) REQUIRE(c.breaker.acquire(c.now));  // and never reported
  c.now = at(14_s);
  CHECK_FALSE(c.breaker.acquire(c.now));
  CHECK(c.breaker.state == BreakerState::half_open);
  c.now = at(15_s);
  CHECK_FALSE(c.breaker.acquire(c.now));
  CHECK(c.breaker.state == BreakerState::open);
  c.now = at(25_s);
  CHECK(c.breaker.acquire(c.now));
}

TEST_CASE("breaker: late results of an earlier state do not count", "[resilience]") {
  for (const Mutant mutant : {Mutant::none, Mutant::late_result_counts}) {
    Caller c(small(), mutant);
    std::vector<Permit> early;
    for (int i = 0; i < 3; ++i) early.push_back(*c.breaker.acquire(c.now));
    c.open();
    c.now = at(10_s);
    const auto probe = c.breaker.acquire(c.now);
    REQUIRE(probe);
    for (const Permit p : early) c.breaker.report(p, Outcome::success, 10_s, c.now);
    CHECK(c.breaker.state == (mutant == Mutant::none ? BreakerState::half_open : BreakerState::closed));
    if (mutant == Mutant::none) {
      CHECK(c.breaker.window.total == Tally{});
      CHECK(c.breaker.out == 1);
    }
  }
}

TEST_CASE("breaker: an ignored outcome counts for neither and gives its place back", "[resilience]") {
  for (const Mutant mutant : {Mutant::none, Mutant::half_open_leak}) {
    Caller c(small(), mutant);
    c.calls(20, Outcome::ignored);
    CHECK(c.breaker.window.total == Tally{});
    c.open();
    c.now = at(10_s);
    c.calls(3, Outcome::ignored);
    CHECK(c.breaker.state == BreakerState::half_open);
    CHECK(c.breaker.acquire(c.now).has_value() == (mutant == Mutant::none));
  }
}

TEST_CASE("breaker: the time window forgets by buckets", "[resilience]") {
  BreakerConfig config = small();
  config.window = WindowKind::time;
  config.window_size = 3;
  config.minimum_calls = 5;
  Caller c(config);
  c.calls(2, Outcome::failure);
  c.now = at(1999_ms);
  c.calls(1, Outcome::failure);
  CHECK(c.breaker.window.total == Tally{3, 3, 0});
  c.now = at(2999_ms);
  c.calls(1, Outcome::success);
  CHECK(c.breaker.window.total == Tally{4, 3, 0});
  c.now = at(3_s);  // the first second falls out
  c.calls(1, Outcome::failure);
  CHECK(c.breaker.window.total == Tally{3, 2, 0});
  c.now = at(3600_s);
  c.calls(4, Outcome::failure);
  CHECK(c.breaker.window.total == Tally{4, 4, 0});
  c.calls(1, Outcome::failure);
  CHECK(c.breaker.state == BreakerState::open);
}

TEST_CASE("breaker: both windows count as a plain recount does", "[resilience]") {
  for (const WindowKind kind : {WindowKind::count, WindowKind::time}) {
    BreakerConfig config;
    config.window = kind;
    config.window_size = 7;
    config.failure_rate = {2 * sim::Ratio::kOne};
    config.slow_rate = config.failure_rate;
    config.slow_call = 10_ms;
    Caller c(config);
    struct One {
      Time when;
      bool failed;
      bool slow;
    };
    std::vector<One> all;
    sim::Rng rng(7, "calls", 0);
    for (int i = 0; i < 3000; ++i) {
      c.now = c.now + rng.between({}, 900_ms);
      const bool failed = rng.chance(sim::Ratio::percent(40));
      const bool slow = rng.chance(sim::Ratio::percent(30));
      c.calls(1, failed ? Outcome::failure : Outcome::success, slow ? 11_ms : 10_ms);
      all.push_back({c.now, failed, slow});
      Tally expected;
      for (std::size_t k = all.size(); k-- > 0;) {
        if (kind == WindowKind::count ? all.size() - k > 7 : c.now.ns / 1'000'000'000 - all[k].when.ns / 1'000'000'000 >= 7) break;
        expected += Tally{1, all[k].failed ? 1U : 0U, all[k].slow ? 1U : 0U};
      }
      REQUIRE(c.breaker.window.total == expected);
    }
  }
}

// Found by scenarios/services/jumping-clocks.json: a ring that begins at position 0 never moves on while the clock is before 0.
TEST_CASE("breaker: the time window forgets before time 0, too", "[resilience]") {
  BreakerConfig config = small();
  config.window = WindowKind::time;
  config.window_size = 2;
  Caller c(config);
  c.now = at(Duration{-3'500'000'000});
  c.calls(1, Outcome::failure);
  c.now = at(Duration{-1'500'000'000});
  c.calls(2, Outcome::failure);
  CHECK(c.breaker.window.total == Tally{2, 2, 0});
}

TEST_CASE("breaker: gobreaker trips at the sixth failure in a row and lets one probe through", "[resilience]") {
  Caller c(gobreaker());
  c.calls(1000, Outcome::success);
  for (int i = 0; i < 20; ++i) {
    c.calls(5, Outcome::failure);
    c.calls(1, Outcome::success);
  }
  CHECK(c.breaker.state == BreakerState::closed);
  c.calls(6, Outcome::failure);
  CHECK(c.breaker.state == BreakerState::open);
  c.now = at(59'999_ms);
  CHECK_FALSE(c.call(Outcome::success));
  c.now = at(60_s);
  const auto probe = c.breaker.acquire(c.now);
  REQUIRE(probe);
  CHECK_FALSE(c.breaker.acquire(c.now));
  c.breaker.report(*probe, Outcome::success, {}, c.now);
  CHECK(c.breaker.state == BreakerState::closed);
}

TEST_CASE("breaker: the other presets", "[resilience]") {
  Caller h(hystrix());
  h.calls(19, Outcome::failure);
  CHECK(h.breaker.state == BreakerState::closed);
  h.calls(1, Outcome::failure);
  CHECK(h.breaker.state == BreakerState::open);
  Caller p(polly());
  p.calls(91, Outcome::success);
  p.calls(9, Outcome::failure);
  CHECK(p.breaker.state == BreakerState::closed);
  p.calls(2, Outcome::failure);
  CHECK(p.breaker.state == BreakerState::open);
}

TEST_CASE("breaker: states that are entered by hand", "[resilience]") {
  Caller c(small());
  c.breaker.force(BreakerState::metrics_only, c.now);
  c.calls(50, Outcome::failure);
  CHECK(c.breaker.window.total == Tally{10, 10, 0});
  c.breaker.force(BreakerState::disabled, c.now);
  c.calls(50, Outcome::failure);
  CHECK(c.breaker.window.total == Tally{});
  c.breaker.force(BreakerState::forced_open, c.now);
  c.now = at(3600_s);
  CHECK_FALSE(c.call(Outcome::success));
  c.breaker.force(BreakerState::closed, c.now);
  c.calls(1, Outcome::success);
}

TEST_CASE("breaker: a clock that goes back makes it wait once more, not for ever", "[resilience]") {
  Caller c(small());
  c.now = at(3600_s);
  c.open();
  c.now = at(10_s);  // an hour back
  CHECK_FALSE(c.call(Outcome::success));
  c.now = at(20_s);
  CHECK(c.call(Outcome::success));
}

TEST_CASE("breaker: only the allowed changes of state, and no place is lost, whatever happens", "[resilience]") {
  using S = BreakerState;
  const std::map<S, std::vector<S>> allowed{
      {S::closed, {S::open}}, {S::open, {S::half_open}}, {S::half_open, {S::open, S::closed}}};
  std::map<std::pair<S, S>, int> seen;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Caller c(small());
    sim::Rng rng(seed, "breaker", 0);
    std::vector<Permit> out;
    for (int i = 0; i < 3000; ++i) {
      c.now = c.now + rng.between({}, 400_ms);
      const S before = c.breaker.state;
      const std::uint64_t generation = c.breaker.generation;
      const bool calls = rng.below(2) == 0;
      if (calls) {
        if (const auto p = c.breaker.acquire(c.now)) {
          CHECK(c.breaker.state != S::open);
          out.push_back(*p);
        }
      } else if (!out.empty()) {
        const std::size_t k = rng.below(out.size());
        const std::uint64_t outcome = rng.below(5);
        c.breaker.report(out[k], outcome < 2 ? Outcome::success : outcome < 4 ? Outcome::failure : Outcome::ignored, {}, c.now);
        out.erase(out.begin() + static_cast<std::ptrdiff_t>(k));
      }
      std::uint32_t mine = 0;
      for (const Permit p : out) mine += p.generation == c.breaker.generation ? 1 : 0;
      REQUIRE(c.breaker.out == mine);
      if (c.breaker.state == S::half_open) {
        REQUIRE(mine <= 3);
        REQUIRE(c.breaker.probes == mine + c.breaker.window.total.calls);
      }
      if (c.breaker.generation == generation) continue;
      ++seen[{before, c.breaker.state}];
      REQUIRE(c.breaker.generation == generation + 1);
    }
  }
  for (const auto& [change, times] : seen) {
    const auto& to = allowed.at(change.first);
    CHECK(std::find(to.begin(), to.end(), change.second) != to.end());
    CHECK(times > 10);
  }
  CHECK(seen.size() == 4);
}

// At a failure probability below the threshold each judgement is a coin: P(Bin(100, .4) >= 50) = 2.7 %.
TEST_CASE("breaker: how often it opens by mistake at 40 % failures", "[resilience]") {
  double expected = 0;
  double term = std::pow(0.6, 100);
  for (int k = 0; k <= 100; ++k) {
    if (k >= 50) expected += term;
    term *= static_cast<double>(100 - k) / (k + 1) * (0.4 / 0.6);
  }
  CHECK(std::abs(expected - 0.0271) < 0.0001);
  constexpr int kWindows = 40'000;
  sim::Rng rng(1, "false-open", 0);
  int opened = 0;
  for (int i = 0; i < kWindows; ++i) {  // fresh breakers: the first judgement, at the hundredth call
    Caller c;
    for (int k = 0; k < 100; ++k) c.call(rng.chance(sim::Ratio::percent(40)) ? Outcome::failure : Outcome::success);
    opened += c.breaker.state == BreakerState::open ? 1 : 0;
  }
  const double share = static_cast<double>(opened) / kWindows;
  const double sigma = std::sqrt(expected * (1 - expected) / kWindows);
  INFO("opened " << share << " of the time, expected " << expected << " +- " << 3 * sigma);
  CHECK(std::abs(share - expected) < 3 * sigma);
}
