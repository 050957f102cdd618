// Backoff, retry budgets, deadlines and bulkheads.
#include <algorithm>
#include <cmath>
#include <map>
#include <queue>
#include <string>
#include <tuple>
#include <vector>

#include "protocols/resilience/backoff.hpp"
#include "protocols/resilience/bulkhead.hpp"
#include "protocols/resilience/deadline.hpp"
#include "protocols/resilience/retry_budget.hpp"
#include "tests/unit/catch.hpp"

using namespace protocols::resilience;
using sim::Duration;
using sim::Time;
using namespace sim::literals;

namespace {

constexpr Time at(Duration d) { return Time{} + d; }

RetryConfig aws(Backoff backoff) {
  RetryConfig c;
  c.backoff = backoff;
  c.base = 5_ms;
  c.cap = 2000_ms;
  c.factor = {2 * sim::Ratio::kOne};
  return c;
}

// The contest of Brooker's simulator: clients change one row under optimistic concurrency. Each reads its version and writes on
// condition that it still is that; whoever fails backs off and reads again. A message takes N(10 ms, 2 ms).
struct Contest {
  std::uint64_t calls = 0;  // that the server handled
  Duration time{};          // until the last client is done
};

Contest contest(std::uint32_t clients, Backoff backoff, std::uint64_t seed) {
  struct Event {
    Time when;
    std::uint64_t order;
    std::uint32_t client;
    enum { read, got, write, judged } what;
    std::uint64_t version;
    bool operator>(const Event& o) const { return std::tie(when, order) > std::tie(o.when, o.order); }
  };
  struct Client {
    std::uint32_t tries = 0;
    Duration last{};
  };
  std::priority_queue<Event, std::vector<Event>, std::greater<>> queue;
  std::vector<Client> state(clients);
  sim::Rng net(seed, "net", 0);
  sim::Rng jitter(seed, "jitter", 0);
  const RetryConfig config = aws(backoff);
  const auto delay = [&] {
    const std::int64_t z = sim::fixed::normal(net.next());  // 32 fractional bits
    return std::max(Duration{}, Duration{10'000'000 + ((2'000'000 * z) >> 32)});
  };
  std::uint64_t order = 0;
  std::uint64_t version = 0;
  Contest out;
  for (std::uint32_t i = 0; i < clients; ++i) queue.push({Time{} + delay(), order++, i, Event::read, 0});
  while (!queue.empty()) {
    const Event e = queue.top();
    queue.pop();
    Client& c = state[e.client];
    switch (e.what) {
      case Event::read:
        ++out.calls;
        queue.push({e.when + delay(), order++, e.client, Event::got, version});
        break;
      case Event::got: queue.push({e.when + delay(), order++, e.client, Event::write, e.version}); break;
      case Event::write: {
        ++out.calls;
        const bool won = e.version == version;
        if (won) ++version;
        queue.push({e.when + delay(), order++, e.client, Event::judged, won ? 1U : 0U});
        break;
      }
      case Event::judged:
        if (e.version == 1) {
          out.time = e.when - Time{};
          break;
        }
        c.last = wait_before_retry(config, c.tries++, c.last, jitter);
        queue.push({e.when + c.last + delay(), order++, e.client, Event::read, 0});
        break;
    }
  }
  return out;
}

}  // namespace

TEST_CASE("backoff: the waits of each form", "[resilience]") {
  sim::Rng rng(1, "backoff", 0);
  RetryConfig c = aws(Backoff::exponential);
  const std::vector<Duration> doubled{5_ms, 10_ms, 20_ms, 40_ms, 80_ms, 160_ms, 320_ms, 640_ms, 1280_ms, 2000_ms, 2000_ms};
  for (std::uint32_t n = 0; n < doubled.size(); ++n) CHECK(wait_before_retry(c, n, {}, rng) == doubled[n]);
  CHECK(wait_before_retry(aws(Backoff::none), 5, {}, rng) == 0_s);
  CHECK(wait_before_retry(aws(Backoff::fixed), 5, {}, rng) == 5_ms);
  // resilience4j: 500 ms, times 1.5.
  CHECK(exponential_wait(RetryConfig{}, 0) == 500_ms);
  CHECK(exponential_wait(RetryConfig{}, 1) == 750_ms);
  CHECK(exponential_wait(RetryConfig{}, 2) == 1125_ms);
  CHECK(exponential_wait(RetryConfig{}, 4'000'000'000) == 60_s);
  c.cap = Duration::longest();
  CHECK(exponential_wait(c, 4'000'000'000) == Duration::longest());
}

TEST_CASE("backoff: jittered waits stay in their intervals and reach their ends", "[resilience]") {
  struct Form {
    Backoff backoff;
    Duration low;
    Duration high;
  };
  sim::Rng rng(2, "backoff", 0);
  // The fourth retry: v = 40 ms; the wait before was 25 ms.
  for (const Form& f : {Form{Backoff::full, 0_ms, 40_ms}, Form{Backoff::equal, 20_ms, 40_ms},
                        Form{Backoff::randomized, 20_ms, 60_ms}, Form{Backoff::decorrelated, 5_ms, 75_ms}}) {
    Duration least = Duration::longest();
    Duration most{};
    Duration sum{};
    constexpr int kDraws = 20'000;
    for (int i = 0; i < kDraws; ++i) {
      const Duration d = wait_before_retry(aws(f.backoff), 3, 25_ms, rng);
      least = std::min(least, d);
      most = std::max(most, d);
      sum = sum + d;
    }
    CHECK(least >= f.low);
    CHECK(least < f.low + 1_ms);
    CHECK(most <= f.high);
    CHECK(most > f.high - 1_ms);
    const double sigma = static_cast<double>((f.high - f.low).ns) / std::sqrt(12.0 * kDraws);
    CHECK(std::abs(static_cast<double>((sum / kDraws).ns) - static_cast<double>(((f.low + f.high) / 2).ns)) < 3 * sigma);
  }
}

// "Exponential Backoff And Jitter", AWS Architecture Blog, 2015: work grows with N^2 without backoff; backoff without jitter is
// the loser in time and still far worse in calls than the jittered forms; of those, equal jitter does more work than full jitter
// and takes much longer; full and decorrelated jitter are close.
TEST_CASE("backoff: the AWS comparison comes out in the published order", "[resilience]") {
  const auto mean = [](std::uint32_t clients, Backoff backoff) {
    constexpr std::uint64_t kRuns = 20;
    std::pair<double, double> out{};
    for (std::uint64_t seed = 1; seed <= kRuns; ++seed) {
      const Contest c = contest(clients, backoff, seed);
      out.first += static_cast<double>(c.calls) / kRuns;
      out.second += static_cast<double>(c.time.ns) / 1e6 / kRuns;
    }
    return out;
  };
  std::map<Backoff, std::pair<double, double>> at100;
  for (const Backoff b : {Backoff::none, Backoff::exponential, Backoff::full, Backoff::equal, Backoff::decorrelated}) {
    for (const std::uint32_t n : {20U, 50U, 100U}) {
      const auto [calls, time] = mean(n, b);
      UNSCOPED_INFO(sim::enum_name(b) << " N=" << n << ": " << calls << " calls, " << time << " ms");
      if (n == 100) at100[b] = {calls, time};
    }
  }
  const auto calls = [&](Backoff b) { return at100[b].first; };
  const auto time = [&](Backoff b) { return at100[b].second; };
  CHECK(calls(Backoff::none) > 1.2 * calls(Backoff::exponential));
  CHECK(calls(Backoff::exponential) > 1.5 * calls(Backoff::equal));
  CHECK(calls(Backoff::equal) > calls(Backoff::full));
  CHECK(time(Backoff::exponential) > 2 * time(Backoff::equal));
  CHECK(time(Backoff::equal) > time(Backoff::full));
  CHECK(time(Backoff::equal) > time(Backoff::decorrelated));
  CHECK(std::abs(calls(Backoff::decorrelated) / calls(Backoff::full) - 1) < 0.35);
  // Without backoff: work of the order N^2.
  const double growth = mean(100, Backoff::none).first / mean(50, Backoff::none).first;
  INFO("twice the clients: " << growth << " times the calls");
  CHECK(growth > 3);
  CHECK(growth < 5);
}

TEST_CASE("budget: Finagle's defaults: ten a second over ten seconds, and a fifth of the requests", "[resilience]") {
  RetryBudget budget;
  CHECK(budget.balance() == 100);
  for (int i = 0; i < 1000; ++i) budget.request(at(5_s));
  CHECK(budget.balance() == 300);
  for (int i = 0; i < 300; ++i) REQUIRE(budget.try_retry(at(5_s)));
  CHECK_FALSE(budget.try_retry(at(5_s)));
  for (int i = 0; i < 4; ++i) budget.request(at(5_s));
  CHECK_FALSE(budget.try_retry(at(5_s)));
  budget.request(at(5_s));  // the fifth pays for one
  CHECK(budget.try_retry(at(5_s)));
  CHECK_FALSE(budget.try_retry(at(14'999_ms)));
  CHECK(budget.try_retry(at(15_s)));  // both what was paid and what was taken are forgotten
  CHECK(budget.balance() == 99);
}

TEST_CASE("budget: retries of any span stay below the share and the reserve", "[resilience]") {
  for (const Mutant mutant : {Mutant::none, Mutant::retries_earn_budget}) {
    BudgetConfig config;
    config.min_per_second = 2;
    RetryBudget budget(config, mutant);
    sim::Rng rng(1, "budget", 0);
    std::vector<Time> requests;
    std::vector<Time> retries;
    bool held = true;
    for (Time now{}; now < at(120_s); now = now + rng.between({}, now < at(60_s) ? 20_ms : 200_ms)) {
      requests.push_back(now);
      budget.request(now);
      for (int i = 0; i < 3; ++i) {
        if (!budget.try_retry(now)) continue;
        retries.push_back(now);
        const auto within = [now](const std::vector<Time>& all, Duration span) {
          return static_cast<std::uint64_t>(std::count_if(all.begin(), all.end(), [&](Time t) { return now - t < span; }));
        };
        if (retries.size() % 7 == 0) held = held && within(retries, 9_s) * 5 <= within(requests, 10_s) + 5 * 20;
      }
    }
    CHECK(held == (mutant == Mutant::none));
    CHECK(retries.size() > 500);
  }
}

TEST_CASE("deadline: what is left is passed on, and shrinks", "[resilience]") {
  const Deadline d = Deadline::after(at(10_s), 1_s);
  CHECK(d.left(at(10_s)) == 1_s);
  CHECK(d.left(at(10'400_ms)) == 600_ms);
  CHECK(d.for_call(at(10'400_ms), 1_s) == 600_ms);
  CHECK(d.for_call(at(10'400_ms), 100_ms) == 100_ms);
  CHECK_FALSE(d.passed(at(11_s) - 1_ns));
  CHECK(d.passed(at(11_s)));
  CHECK(d.left(at(12_s)) == 0_s);
  const Deadline none;
  CHECK(none.for_call(at(1000_s), 1_s) == 1_s);
  CHECK_FALSE(none.passed(at(1'000'000_s)));
}

TEST_CASE("bulkhead: 25 at once, and nobody waits (resilience4j's defaults)", "[resilience]") {
  Bulkhead b;
  for (std::uint64_t i = 0; i < 25; ++i) CHECK(b.enter(i, {}) == Bulkhead::Answer::admitted);
  CHECK(b.enter(25, {}) == Bulkhead::Answer::refused);
  CHECK_FALSE(b.leave({}));
  CHECK(b.enter(26, {}) == Bulkhead::Answer::admitted);
  CHECK(b.inside == 25);
}

TEST_CASE("bulkhead: who waits is served in order, unless it waited too long", "[resilience]") {
  Bulkhead b({.max_concurrent = 1, .max_wait = 1_s});
  CHECK(b.enter(1, at(0_s)) == Bulkhead::Answer::admitted);
  CHECK(b.enter(2, at(100_ms)) == Bulkhead::Answer::waits);
  CHECK(b.enter(3, at(200_ms)) == Bulkhead::Answer::waits);
  CHECK(b.leave(at(300_ms)) == 2U);
  CHECK(b.enter(4, at(1100_ms)) == Bulkhead::Answer::waits);
  CHECK(b.leave(at(1200_ms)) == 4U);  // 3 gave up at 1.2 s: its place was not given to somebody who is gone (failsafe#393)
  CHECK_FALSE(b.leave(at(1300_ms)));
  CHECK(b.inside == 0);
}
