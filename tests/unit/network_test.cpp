// Links: loss, duplication, latency, order, bandwidth, and what disturbs them.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/net/network.hpp"
#include "tests/unit/catch.hpp"

namespace {

using namespace sim;  // NOLINT(google-build-using-namespace)

constexpr NodeId kA{0};
constexpr NodeId kB{1};
constexpr NodeId kC{2};
constexpr std::uint64_t kMessages = 100'000;

Link link_of(Latency latency) {
  Link link;
  link.latency = latency;
  return link;
}

Disturbance between(std::vector<std::uint8_t> from, std::vector<std::uint8_t> to) {
  Disturbance d;
  d.from = std::move(from);
  d.to = std::move(to);
  return d;
}

/// How many standard deviations a count of a binomial is away from its mean.
double sigmas(std::uint64_t count, std::uint64_t n, double p) {
  return std::abs(static_cast<double>(count) - static_cast<double>(n) * p) / std::sqrt(static_cast<double>(n) * p * (1 - p));
}

struct Counted {
  std::uint64_t lost = 0;
  std::uint64_t cut = 0;
  std::uint64_t twice = 0;
};

Counted count(Network& network, NodeId from, NodeId to, std::uint64_t messages = kMessages) {
  Counted out;
  for (std::uint64_t n = 0; n < messages; ++n) {
    const Route route = network.route(from, to, n, Time{}, 0);
    out.lost += route.fate == Fate::lost ? 1 : 0;
    out.cut += route.fate == Fate::cut ? 1 : 0;
    out.twice += route.again.has_value() ? 1 : 0;
  }
  return out;
}

std::vector<Duration> latencies(const Latency& latency, std::size_t n) {
  Rng rng(3, "latency", 0);
  std::vector<Duration> out;
  for (std::size_t i = 0; i < n; ++i) out.push_back(latency.sample(rng));
  return out;
}

}  // namespace

TEST_CASE("messages are lost and duplicated as often as the link says", "[network]") {
  Link link;
  link.loss = Ratio::percent(7);
  link.duplicate = Ratio::percent(3);
  Network network(1, 2, link);
  const Counted seen = count(network, kA, kB);
  CHECK(sigmas(seen.lost, kMessages, 0.07) < 3);
  CHECK(sigmas(seen.twice, kMessages, 0.93 * 0.03) < 3);
  CHECK(seen.cut == 0);
}

TEST_CASE("a link without faults loses nothing, a link of pure loss everything", "[network]") {
  Network good(1, 2, Link{});
  CHECK(count(good, kA, kB, 1000).lost == 0);
  CHECK(count(good, kA, kB, 1000).twice == 0);
  Link bad;
  bad.loss = Ratio::one();
  Network dead(1, 2, bad);
  CHECK(count(dead, kA, kB, 1000).lost == 1000);
}

TEST_CASE("each kind of latency keeps within its bounds", "[network]") {
  for (const Duration d : latencies(Latency::fixed(3_ms), 100)) REQUIRE(d == 3_ms);
  const auto uniform = latencies(Latency::uniform(1_ms, 5_ms), 20'000);
  const auto [least, greatest] = std::minmax_element(uniform.begin(), uniform.end());
  CHECK((*least >= 1_ms && *least < 1010_us));
  CHECK((*greatest <= 5_ms && *greatest > 4990_us));
  const auto exponential = latencies({LatencyKind::exponential, 1_ms, 2_ms, {}}, 20'000);
  CHECK(*std::min_element(exponential.begin(), exponential.end()) >= 1_ms);
  const auto half = std::count_if(exponential.begin(), exponential.end(), [](Duration d) { return d <= Duration{2'386'294}; });
  CHECK(sigmas(static_cast<std::uint64_t>(half), 20'000, 0.5) < 3);  // the floor and ln 2 of the mean
  const auto log_normal = latencies({LatencyKind::log_normal, 2_ms, {}, Ratio::percent(50)}, 20'000);
  const auto below = std::count_if(log_normal.begin(), log_normal.end(), [](Duration d) { return d <= 2_ms; });
  CHECK(sigmas(static_cast<std::uint64_t>(below), 20'000, 0.5) < 3);
  const auto pareto = latencies({LatencyKind::pareto, 1_ms, {}, Ratio::percent(150)}, 20'000);
  CHECK(*std::min_element(pareto.begin(), pareto.end()) >= 1_ms);
}

TEST_CASE("a duplicate travels with a latency of its own", "[network]") {
  Link link = link_of(Latency::uniform(1_ms, 5_ms));
  link.duplicate = Ratio::one();
  Network network(1, 2, link);
  int earlier = 0;
  int later = 0;
  for (std::uint64_t n = 0; n < 1000; ++n) {
    const Route route = network.route(kA, kB, n, Time{}, 0);
    REQUIRE(route.again.has_value());
    earlier += *route.again < route.arrives ? 1 : 0;
    later += *route.again > route.arrives ? 1 : 0;
  }
  CHECK(earlier > 400);
  CHECK(later > 400);
}

TEST_CASE("without FIFO messages overtake each other, with it none does", "[network]") {
  for (const bool fifo : {false, true}) {
    CAPTURE(fifo);
    Link link = link_of(Latency::uniform(1_ms, 50_ms));
    link.fifo = fifo;
    link.duplicate = Ratio::percent(20);
    Network network(1, 3, link);
    Time last{};
    int overtakes = 0;
    for (std::uint64_t n = 0; n < 1000; ++n) {
      const Route route = network.route(kA, kB, n, Time{} + 1_ms * static_cast<std::int64_t>(n), 0);
      overtakes += route.arrives < last ? 1 : 0;
      last = std::max(last, route.again.value_or(route.arrives));
    }
    CHECK((overtakes == 0) == fifo);
  }
}

TEST_CASE("FIFO orders one direction of one link and nothing else", "[network]") {
  Link link = link_of(Latency::uniform(1_ms, 50_ms));
  link.fifo = true;
  Network alone(1, 3, link);
  Network busy(1, 3, link);
  for (std::uint64_t n = 0; n < 100; ++n) busy.route(kA, kB, n, Time{}, 0);
  for (std::uint64_t n = 0; n < 10; ++n) {
    REQUIRE(busy.route(kB, kA, n, Time{}, 0).arrives == alone.route(kB, kA, n, Time{}, 0).arrives);
    REQUIRE(busy.route(kA, kC, n, Time{}, 0).arrives == alone.route(kA, kC, n, Time{}, 0).arrives);
  }
}

TEST_CASE("messages queue for a wire of finite bandwidth, exactly", "[network]") {
  Link link = link_of(Latency::fixed(2_ms));
  link.bytes_per_second = 1'000'000;
  Network network(1, 2, link);
  CHECK(network.wants_size());
  CHECK(network.route(kA, kB, 0, Time{}, 500).arrives == Time{} + 500_us + 2_ms);
  CHECK(network.route(kA, kB, 1, Time{}, 1500).arrives == Time{} + 2000_us + 2_ms);  // behind the first
  CHECK(network.route(kB, kA, 0, Time{}, 100).arrives == Time{} + 100_us + 2_ms);    // the other direction is free
  const Time later = Time{} + 10_ms;
  CHECK(network.route(kA, kB, 2, later, 1000).arrives == later + 1_ms + 2_ms);  // the wire has been idle
  CHECK(network.route(kA, kB, 3, later, 0).arrives == later + 1_ms + 2_ms);
  CHECK_FALSE(Network(1, 2, Link{}).wants_size());
}

TEST_CASE("the arithmetic of bandwidth rounds down and does not overflow", "[network]") {
  Link link = link_of(Latency::fixed(Duration{}));
  link.bytes_per_second = 3;
  Network slow(1, 2, link);
  CHECK(slow.route(kA, kB, 0, Time{}, 1).arrives == Time{333'333'333});
  CHECK(slow.route(kA, kB, 1, Time{}, 20'000'000'000).arrives == Time{333'333'333 + 6'666'666'666'666'666'666});
}

TEST_CASE("a cut holds both ways unless it is said to hold one way", "[network]") {
  Network network(1, 3, Link{});
  Disturbance cut = between({1, 0, 0}, {0, 1, 1});
  cut.cut = true;
  network.disturb(5, cut);
  CHECK(network.disturbed());
  CHECK(network.route(kA, kB, 0, Time{}, 0).fate == Fate::cut);
  CHECK(network.route(kC, kA, 0, Time{}, 0).fate == Fate::cut);
  CHECK(network.route(kB, kC, 0, Time{}, 0).fate == Fate::delivered);
  network.calm(5);
  CHECK_FALSE(network.disturbed());
  cut.both_ways = false;
  network.disturb(6, cut);
  CHECK(network.route(kA, kB, 1, Time{}, 0).fate == Fate::cut);
  CHECK(network.route(kB, kA, 1, Time{}, 0).fate == Fate::delivered);
}

TEST_CASE("disturbances add up, and each goes by its own number", "[network]") {
  Network network(1, 2, link_of(Latency::fixed(1_ms)));
  Disturbance slow = between({1, 0}, {0, 1});
  slow.delay = 10_ms;
  Disturbance lossy = between({1, 0}, {0, 1});
  lossy.loss = Ratio::percent(30);
  lossy.delay = 5_ms;
  lossy.duplicate = Ratio::percent(20);
  network.disturb(1, slow);
  network.disturb(2, lossy);
  const Counted seen = count(network, kA, kB);
  CHECK(sigmas(seen.lost, kMessages, 0.3) < 3);
  CHECK(sigmas(seen.twice, kMessages, 0.7 * 0.2) < 3);
  network.calm(2);
  CHECK(network.route(kA, kB, 0, Time{}, 0).arrives == Time{} + 11_ms);
  network.calm(7);  // nobody's number
  CHECK(network.route(kA, kB, 0, Time{}, 0).arrives == Time{} + 11_ms);
  network.disturb(3, lossy);
  network.calm_all();
  CHECK(network.route(kA, kB, 0, Time{}, 0).arrives == Time{} + 1_ms);
}

TEST_CASE("whether one message is lost moves no decision about any other", "[network]") {
  Link quiet = link_of(Latency::uniform(1_ms, 50_ms));
  quiet.duplicate = Ratio::percent(10);
  Link lossy = quiet;
  lossy.loss = Ratio::percent(50);
  Network without(1, 3, quiet);
  Network with(1, 3, lossy);
  int lost = 0;
  for (std::uint64_t n = 0; n < 2000; ++n) {
    const Route a = without.route(kA, kB, n, Time{}, 0);
    const Route b = with.route(kA, kB, n, Time{}, 0);
    if (b.fate == Fate::lost) {
      ++lost;
      continue;
    }
    REQUIRE(a.arrives == b.arrives);
    REQUIRE(a.again == b.again);
  }
  CHECK(lost > 800);
}

TEST_CASE("the same message does the same thing every time it is asked for", "[network]") {
  Link link = link_of(Latency::uniform(1_ms, 50_ms));
  link.loss = Ratio::percent(30);
  Network network(1, 3, link);
  std::vector<Route> forwards;
  for (std::uint64_t n = 0; n < 200; ++n) forwards.push_back(network.route(kA, kB, n, Time{}, 0));
  for (std::uint64_t n = 200; n-- > 0;) {
    const Route again = network.route(kA, kB, n, Time{}, 0);
    REQUIRE(again.fate == forwards[n].fate);
    REQUIRE(again.arrives == forwards[n].arrives);
  }
}

TEST_CASE("links, directions, messages and seeds have draws of their own", "[network]") {
  std::set<std::int64_t> seen;
  for (const std::uint64_t seed : {1U, 2U}) {
    Network network(seed, 3, link_of(Latency::uniform(Duration{}, 1'000'000'000_s)));
    for (const NodeId from : {kA, kB, kC}) {
      for (const NodeId to : {kA, kB, kC}) {
        for (std::uint64_t n = 0; n < 20; ++n) seen.insert(network.route(from, to, n, Time{}, 0).arrives.ns);
      }
    }
  }
  CHECK(seen.size() == 2 * 9 * 20);
}

TEST_CASE("an override holds for one direction of one link and can be replaced", "[network]") {
  Network network(1, 3, link_of(Latency::fixed(1_ms)));
  network.set_link(kA, kB, link_of(Latency::fixed(20_ms)));
  CHECK(network.route(kA, kB, 0, Time{}, 0).arrives == Time{} + 20_ms);
  CHECK(network.route(kB, kA, 0, Time{}, 0).arrives == Time{} + 1_ms);
  CHECK(network.route(kA, kC, 0, Time{}, 0).arrives == Time{} + 1_ms);
  network.set_link(kA, kB, link_of(Latency::fixed(30_ms)));
  CHECK(network.link(kA, kB).latency == Latency::fixed(30_ms));
  CHECK(network.link(kB, kA).latency == Latency::fixed(1_ms));
  Link narrow = link_of(Latency::fixed(1_ms));
  narrow.bytes_per_second = 1000;
  network.set_link(kC, kA, narrow);
  CHECK(network.wants_size());
  CHECK(network.route(kC, kA, 0, Time{}, 1).arrives == Time{} + 2_ms);
  CHECK(network.route(kB, kC, 0, Time{}, 1'000'000).arrives == Time{} + 1_ms);
}

TEST_CASE("a copy of a network goes its own way", "[network]") {
  Link link = link_of(Latency::fixed(1_ms));
  link.bytes_per_second = 1000;
  Network a(1, 2, link);
  Network b = a;
  b.route(kA, kB, 0, Time{}, 1000);
  Disturbance cut = between({1, 0}, {0, 1});
  cut.cut = true;
  b.disturb(1, cut);
  CHECK(a.route(kA, kB, 1, Time{}, 1).arrives == Time{} + 2_ms);
  CHECK_FALSE(a.disturbed());
  CHECK(digest_of(a) != digest_of(b));
  b.calm_all();
  CHECK(digest_of(a) == digest_of(Network(a)));
}
