// Rate limiters against the vectors of redis-cell's README and of golang.org/x/time/rate's tests, and against each other.
#include <algorithm>
#include <string>
#include <vector>

#include "protocols/resilience/rate_limiter.hpp"
#include "protocols/resilience/throttle.hpp"
#include "sim/core/random.hpp"
#include "tests/unit/catch.hpp"

using namespace protocols::resilience;
using sim::Duration;
using sim::Time;
using namespace sim::literals;

namespace {

constexpr Time at(Duration d) { return Time{} + d; }

struct Allow {
  int t;  // in steps of 100 ms, as Go's tests have them
  std::uint64_t n;
  bool ok;
};

template <class L>
void run(L limiter, const std::vector<Allow>& table) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    INFO("step " << i << ": t" << table[i].t << ", n = " << table[i].n);
    CHECK(limiter.admits(at(100_ms * table[i].t), table[i].n) == table[i].ok);
  }
}

const std::vector<Allow> kBurst1{{0, 1, true},  {0, 1, false}, {0, 1, false}, {1, 1, true}, {1, 1, false},
                                 {1, 1, false}, {2, 2, false}, {2, 1, true},  {2, 1, false}};
const std::vector<Allow> kBurst3{{0, 2, true}, {0, 2, false}, {0, 1, true}, {0, 1, false}, {1, 4, false}, {2, 1, true},
                                 {3, 1, true}, {4, 1, true},  {4, 1, true}, {4, 1, false}, {4, 1, false}, {9, 3, true}};

}  // namespace

TEST_CASE("limiter: redis-cell's README: burst 15, 30 in 60 s answers 0 16 15 -1 2", "[resilience]") {
  Gcra g({.burst = 16, .count = 30, .per = 60_s});
  const Gcra::Reply r = g.ask(at(1000_s));
  CHECK_FALSE(r.limited);
  CHECK(r.limit == 16);
  CHECK(r.remaining == 15);
  CHECK_FALSE(r.retry_after);  // -1
  CHECK(r.reset_after == 2_s);
}

TEST_CASE("limiter: GCRA's whole reply, step by step", "[resilience]") {
  Gcra g({.burst = 3, .count = 1, .per = 1_s});
  for (std::uint64_t i = 0; i < 3; ++i) {
    const Gcra::Reply r = g.ask(at(0_s));
    CHECK_FALSE(r.limited);
    CHECK(r.remaining == 2 - i);
    CHECK(r.reset_after == 1_s * static_cast<std::int64_t>(i + 1));
  }
  Gcra::Reply r = g.ask(at(250_ms));
  CHECK(r.limited);
  CHECK(r.remaining == 0);
  CHECK(r.retry_after == 750_ms);
  CHECK(r.reset_after == 2750_ms);
  r = g.ask(at(250_ms), 2);  // the volume counts: not 750 ms
  CHECK(r.retry_after == 1750_ms);
  r = g.ask(at(250_ms), 4);  // more than the bucket will ever hold
  CHECK(r.limited);
  CHECK_FALSE(r.retry_after);
  CHECK_FALSE(g.ask(at(1_s)).limited);
  CHECK(g.ask(at(1_s)).limited);
}

TEST_CASE("limiter: Go's TestLimiterBurst1 and TestLimiterBurst3, by token bucket and by GCRA", "[resilience]") {
  run(TokenBucket({.burst = 1, .count = 10, .per = 1_s}), kBurst1);
  run(TokenBucket({.burst = 3, .count = 10, .per = 1_s}), kBurst3);
  run(Gcra({.burst = 1, .count = 10, .per = 1_s}), kBurst1);
  run(Gcra({.burst = 3, .count = 10, .per = 1_s}), kBurst3);
}

TEST_CASE("limiter: Go's TestLimiterJumpBackwards: time that jumps back mints nothing", "[resilience]") {
  run(TokenBucket({.burst = 3, .count = 10, .per = 1_s}), {{1, 1, true},
                                                           {0, 1, true},
                                                           {0, 1, true},
                                                           {0, 1, false},
                                                           {0, 1, false},
                                                           {1, 1, true},
                                                           {1, 1, false},
                                                           {1, 1, false},
                                                           {2, 1, true},
                                                           {2, 1, false},
                                                           {2, 1, false}});
  // GCRA remembers an instant, which is too far ahead after the jump: at worst the bucket is empty.
  Gcra g({.burst = 3, .count = 10, .per = 1_s});
  CHECK(g.admits(at(3600_s)));
  CHECK_FALSE(g.admits(at(1_s)));
  CHECK(g.admits(at(1_s) + 100_ms));
  CHECK_FALSE(g.admits(at(1_s) + 100_ms));
  for (const LimiterKind kind : {LimiterKind::fixed_window, LimiterKind::sliding_log, LimiterKind::sliding_counter}) {
    RateLimiter limiter(kind, {.burst = 1, .count = 2, .per = 1_s});
    CHECK(limiter.admits(at(5_s)));
    CHECK(limiter.admits(at(5_s)));
    CHECK_FALSE(limiter.admits(at(4_s)));
    CHECK_FALSE(limiter.admits(at(4500_ms)));
  }
}

TEST_CASE("limiter: Go's TestSimultaneousRequests: 15 at once, a burst of 5: five pass", "[resilience]") {
  TokenBucket bucket({.burst = 5, .count = 1, .per = 1_s});
  int passed = 0;
  for (int i = 0; i < 15; ++i) passed += bucket.admits(at(7_s)) ? 1 : 0;
  CHECK(passed == 5);
}

TEST_CASE("limiter: Go's TestLongRunningQPS: 500 a second for 5 s against 100 a second, burst 100", "[resilience]") {
  TokenBucket bucket({.burst = 100, .count = 100, .per = 1_s});
  int passed = 0;
  for (Time now{}; now < at(5_s); now = now + 2_ms) passed += bucket.admits(now) ? 1 : 0;
  const int ideal = 100 + 100 * 5;
  CHECK(passed >= 999 * ideal / 1000);
  CHECK(passed <= ideal + 1);
}

TEST_CASE("limiter: nothing is lost by rounding", "[resilience]") {
  // 0.7692 a second: one in 1.3 s; and 3 in 10 s, whose interval is no whole number of nanoseconds. Asked every millisecond.
  for (const Quota& quota : {Quota{.burst = 1, .count = 10, .per = 13_s}, Quota{.burst = 1, .count = 3, .per = 10_s}}) {
    TokenBucket bucket(quota);
    Gcra gcra(quota);
    int by_bucket = 0;
    int by_gcra = 0;
    const Duration span = quota.per * 60;
    for (Time now{}; now <= at(span); now = now + 1_ms) {
      by_bucket += bucket.admits(now) ? 1 : 0;
      by_gcra += gcra.admits(now) ? 1 : 0;
    }
    const int ideal = 60 * static_cast<int>(quota.count) + 1;
    CHECK(by_gcra == by_bucket);
    CHECK(by_bucket <= ideal);
    CHECK(by_bucket >= ideal - 1 - 60 / 10);  // asked by the millisecond: up to 1 ms late each
  }
}

TEST_CASE("limiter: GCRA and token bucket decide alike", "[resilience]") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    sim::Rng rng(seed, "quota", 0);
    Quota quota;
    quota.burst = 1 + rng.below(20);
    quota.count = 1 + rng.below(50);
    quota.per = rng.between(1_ms, 60_s);
    TokenBucket bucket(quota);
    Gcra gcra(quota);
    Time now = at(rng.between({}, 100_s));
    for (int i = 0; i < 500; ++i) {
      now = now + rng.between({}, quota.per / static_cast<std::int64_t>(quota.count) * 2);
      const std::uint64_t n = rng.below(4) == 0 ? rng.below(quota.burst + 3) : 1;
      const auto wait = bucket.retry_after(now, n);
      REQUIRE(gcra.retry_after(now, n) == wait);
      const bool passed = bucket.admits(now, n);
      REQUIRE(gcra.admits(now, n) == passed);
      REQUIRE(passed == (wait == Duration{}));
    }
  }
}

TEST_CASE("limiter: admitted in any span t is at most burst + rate * t", "[resilience]") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    sim::Rng rng(seed, "quota", 0);
    const Quota quota{.burst = 1 + rng.below(10), .count = 1 + rng.below(20), .per = 1_s};
    TokenBucket bucket(quota);
    std::vector<Time> passed;
    Time now{};
    for (int i = 0; i < 600; ++i) {
      now = now + rng.between({}, rng.below(20) == 0 ? 3_s : 60_ms);
      if (bucket.admits(now)) passed.push_back(now);
    }
    for (std::size_t i = 0; i < passed.size(); ++i) {
      for (std::size_t k = i; k < passed.size(); ++k) {
        const auto span = static_cast<std::uint64_t>((passed[k] - passed[i]).ns);
        REQUIRE((k - i + 1) * 1'000'000'000 <= quota.burst * 1'000'000'000 + span * quota.count);
      }
    }
  }
}

TEST_CASE("limiter: a reservation waits its turn, or is not made", "[resilience]") {
  TokenBucket bucket({.burst = 2, .count = 10, .per = 1_s});
  CHECK(bucket.reserve(at(0_s), 2, 0_s) == 0_s);
  CHECK(bucket.reserve(at(0_s), 2, 1_s) == 200_ms);
  CHECK(bucket.reserve(at(0_s), 1, 1_s) == 300_ms);
  CHECK_FALSE(bucket.reserve(at(0_s), 1, 399_ms));  // and takes nothing
  CHECK(bucket.reserve(at(0_s), 1, 400_ms) == 400_ms);
  CHECK_FALSE(bucket.reserve(at(0_s), 3, 100_s));
  CHECK(bucket.reserve(at(400_ms), 1, 1_s) == 100_ms);
}

TEST_CASE("limiter: a fixed window admits twice its limit across an edge, a sliding log never", "[resilience]") {
  const Quota quota{.burst = 1, .count = 10, .per = 1_s};
  for (const LimiterKind kind : {LimiterKind::fixed_window, LimiterKind::sliding_counter, LimiterKind::sliding_log}) {
    RateLimiter limiter(kind, quota);
    int passed = 0;
    for (int i = 0; i < 20; ++i) passed += limiter.admits(at(999'999'999_ns)) ? 1 : 0;
    for (int i = 0; i < 20; ++i) passed += limiter.admits(at(1_s)) ? 1 : 0;
    CHECK(passed == (kind == LimiterKind::fixed_window ? 20 : 10));
  }
}

TEST_CASE("limiter: the sliding counter weighs the window before", "[resilience]") {
  SlidingCounter c{.limit = 100, .window = 60_s};
  for (int i = 0; i < 84; ++i) REQUIRE(c.admits(at(10_s)));
  for (int i = 0; i < 36; ++i) REQUIRE(c.admits(at(105_s)));
  // A quarter of the minute before still counts: 84 / 4 + 36 = 57, and 43 more fit.
  for (int i = 0; i < 43; ++i) REQUIRE(c.admits(at(105_s)));
  CHECK_FALSE(c.admits(at(105_s)));
}

TEST_CASE("limiter: who waits for retry-after is admitted, and nobody is before", "[resilience]") {
  for (const LimiterKind kind : {LimiterKind::token_bucket, LimiterKind::gcra, LimiterKind::fixed_window, LimiterKind::sliding_log,
                                 LimiterKind::sliding_counter}) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      sim::Rng rng(seed, "retry-after", 0);
      const Quota quota{.burst = 2 + rng.below(6), .count = 2 + rng.below(9), .per = rng.between(100_ms, 5_s)};
      RateLimiter limiter(kind, quota);
      Time now{};
      for (int i = 0; i < 200; ++i) {
        now = now + rng.between({}, quota.per / 8);
        const std::uint64_t n = 1 + rng.below(2);
        const auto wait = limiter.retry_after(now, n);
        REQUIRE(wait);
        RateLimiter copy = limiter;
        REQUIRE(copy.admits(now + *wait, n));
        if (*wait > 0_s) {
          copy = limiter;
          REQUIRE_FALSE(copy.admits(now + *wait - 1_ns, n));
        }
        limiter.admits(now, n);
      }
    }
  }
}

TEST_CASE("limiter: without the maximum, idle time is credit without bound", "[resilience]") {
  Gcra planted({.burst = 3, .count = 10, .per = 1_s}, Mutant::tat_max_omitted);
  int passed = 0;
  for (int i = 0; i < 100; ++i) passed += planted.admits(at(5_s)) ? 1 : 0;
  CHECK(passed > 50);
}

// Google SRE book, ch. 21: with K = 2 the backend sees at most about twice what it accepts.
TEST_CASE("throttle: a backend that accepts 50 of 1,000 a second is asked about 100 times", "[resilience]") {
  AdaptiveThrottle throttle;
  sim::Rng rng(1, "throttle", 0);
  int sent = 0;
  int accepted = 0;
  for (int second = 0; second < 600; ++second) {
    int left = 50;
    for (int i = 0; i < 1000; ++i) {
      const Time now = at(1_s * second + 1_ms * i);
      if (!throttle.admits(now, rng)) continue;
      if (second >= 300) ++sent;
      if (left-- <= 0) continue;
      throttle.accepted(now);
      if (second >= 300) ++accepted;
    }
  }
  INFO("sent " << sent / 300.0 << " a second, accepted " << accepted / 300.0);
  CHECK(accepted == 300 * 50);
  CHECK(std::abs(sent / 300.0 - 100.0) < 3);
  AdaptiveThrottle healthy;
  for (int i = 0; i < 10'000; ++i) {
    CHECK(healthy.admits(at(1_ms * i), rng));
    healthy.accepted(at(1_ms * i));
  }
}
