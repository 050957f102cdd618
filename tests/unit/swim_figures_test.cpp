// SWIM and Lifeguard against published figures, with real members in a world. Each case names its target; bands are three
// standard deviations of what is measured.
#include <algorithm>
#include <cmath>

#include "tests/unit/swim_support.hpp"

using namespace swim_test;

namespace {

/// Group, target, measured and the band's half width: a line for the reader, and the check.
void close(const char* what, double measured, double target, double band) {
  INFO(what << ": measured " << measured << ", target " << target << " +- " << band);
  CHECK(std::abs(measured - target) <= band);
}

}  // namespace

// §3.1: with probes at random, the first is aimed at a crashed member after 1 / (1 - (1 - 1/(n-1))^(n-1)) periods on average, which
// tends to e / (e - 1) = 1.582; n = 50 gives 1.573. It crashes a moment before a period begins, and is suspected when the period of
// the first probe is over.
TEST_CASE("swim 3.1: the first detection takes e/(e-1) periods", "[swim]") {
  constexpr int kRuns = 3000;
  const Config config = paper();
  double sum = 0;
  double squares = 0;
  for (int run = 0; run < kRuns; ++run) {
    World world = group(static_cast<std::uint64_t>(run) + 1, 50, config, {.latency = Latency::fixed(1_ms)});
    world.schedule(Time{} + 999_ms, fault(FaultKind::crash, 7));
    std::uint64_t suspected = 0;
    while (suspected == 0 && world.step(Time{} + 60_s)) suspected = member(world, index(world.last().node)).tally.failed_probes;
    const double periods = static_cast<double>((world.now() - (Time{} + 1_s)).ns) / 1e9;
    sum += periods;
    squares += periods * periods;
  }
  const double mean = sum / kRuns;
  const double deviation = std::sqrt(squares / kRuns - mean * mean);
  const double target = 1 / (1 - std::pow(1 - 1.0 / 49, 49));
  close("first detection, n = 50", mean, target, 3 * deviation / std::sqrt(kRuns));
  CHECK(std::abs(target - 1.573) < 0.001);
}

// §3.1: a probe of a live member fails if the direct round trip does and all k relayed ones do: (1 - q^2) (1 - q^4)^k for a share q
// of messages delivered. Per member and period that is the paper's rate of false positives: 9.8e-4 (e - 1) / e for 5 % loss and k
// = 3.
TEST_CASE("swim 3.1: false positives a period", "[swim]") {
  struct Case {
    unsigned loss;
    unsigned n;
    Duration time;
  };
  for (const Case& c : {Case{5, 100, 6000_s}, Case{10, 50, 2000_s}, Case{20, 50, 1000_s}}) {
    Config config = paper();
    config.suspicion_mult = 1'000'000;  // suspected, never declared dead: so everybody goes on being probed
    World world = group(5, c.n, config, {.latency = Latency::fixed(1_ms), .loss = Ratio::percent(c.loss)});
    run_until(world, c.time);
    std::uint64_t probes = 0;
    std::uint64_t failed = 0;
    for (std::uint32_t i = 0; i < c.n; ++i) {
      probes += member(world, i).tally.probes;
      failed += member(world, i).tally.failed_probes;
    }
    const double q = 1 - c.loss / 100.0;
    const double target = (1 - q * q) * std::pow(1 - std::pow(q, 4), 3);
    const double measured = static_cast<double>(failed) / static_cast<double>(probes);
    close("false positives a period", measured, target, 3 * std::sqrt(target / static_cast<double>(probes)));
    if (c.loss == 5) CHECK(std::abs(target - 9.84e-4 * (1 - std::exp(-1))) < 1e-6);
  }
}
