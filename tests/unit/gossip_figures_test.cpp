// Epidemics against published figures (Demers et al. 1987), with real sites in a world. All sites begin their cycles together and a
// message takes a millisecond, so a cycle is a round of the paper. Bands are three standard deviations of what is measured.
#include <algorithm>
#include <cmath>
#include <functional>
#include <string>

#include "protocols/membership/gossip/node.hpp"
#include "sim/engine/world.hpp"
#include "tests/unit/catch.hpp"

namespace {

using namespace sim;                // NOLINT(google-build-using-namespace)
using namespace protocols::gossip;  // NOLINT(google-build-using-namespace)
using Node = protocols::gossip::Node;
namespace kv = protocols::kv;

/// Writes one key at site 0 when the run begins.
struct Editor {
  std::uint64_t writes = 0;
  SIM_DESCRIBE(Editor, writes)

  using Inbox = Accepts<kv::Reply>;
  void start(Ctx& ctx) { ctx.send(NodeId{0}, kv::Request{{ctx.self(), 0}, ++writes, {kv::Function::write, 1, "news", {}}}); }
  void on(Ctx&, NodeId, const kv::Reply&) {}
};

World sites(std::uint64_t seed, std::uint32_t n, Config config) {
  config.stagger = false;
  config.collect_interval = 3'600'000_ms;
  World world(seed);
  for (std::uint32_t i = 0; i < n; ++i) world.add(NodeBox(Node(config)), NodeOptions{"db", "n" + std::to_string(i)});
  world.add(NodeBox(Editor{}), NodeOptions{"editor", "editor"});
  world.start({.latency = Latency::fixed(1_ms)});
  return world;
}

/// The cycle in which a site heard the news, or nothing.
std::optional<std::int64_t> heard(const World& world, std::uint32_t site) {
  const Entry* entry = world.node_as<Node>(NodeId{site})->find(1);
  return entry == nullptr ? std::nullopt : std::optional(entry->learned.ns / 1'000'000'000);
}

/// Mean and standard error of what runs with different seeds give.
struct Sample {
  double mean = 0;
  double error = 0;
};

Sample sample(int runs, const std::function<double(std::uint64_t)>& measure) {
  double sum = 0;
  double squares = 0;
  for (int run = 1; run <= runs; ++run) {
    const double x = measure(static_cast<std::uint64_t>(run));
    sum += x;
    squares += x * x;
  }
  const double mean = sum / runs;
  return {mean, std::sqrt(std::max(0.0, squares / runs - mean * mean) / runs)};
}

void close(const std::string& what, const Sample& measured, double target, double rounding = 0) {
  INFO(what << ": measured " << measured.mean << ", target " << target << " +- " << 3 * measured.error + rounding);
  CHECK(std::abs(measured.mean - target) <= 3 * measured.error + rounding);
}

/// How many cycles of anti-entropy it takes until all sites have the news.
double cycles_until_all(std::uint64_t seed, std::uint32_t n, Exchange exchange) {
  Config config;
  config.rumours = false;
  config.anti_entropy = exchange;
  World world = sites(seed, n, config);
  for (std::int64_t cycle = 1;; ++cycle) {
    while (world.step(Time{} + 1_s * cycle + 500_ms)) {
    }
    std::uint32_t site = 0;
    while (site < n && heard(world, site)) ++site;
    if (site == n) return static_cast<double>(cycle);
  }
}

/// What Demers measures of a rumour: the share of sites that never hear it, updates sent for each site, the cycle in which the last
/// site that hears it does.
struct Epidemic {
  Sample residue;
  Sample traffic;
  Sample last;
  Sample average;
};

Epidemic rumours(int runs, const Config& given) {
  constexpr std::uint32_t n = 1000;
  Config config = given;
  config.anti_entropy = Exchange::none;
  config.rumour_interval = 1_s;
  std::vector<double> traffic;
  std::vector<double> last;
  std::vector<double> average;
  Epidemic out;
  out.residue = sample(runs, [&](std::uint64_t seed) {
    World world = sites(seed, n, config);
    while (world.step(Time{} + 200_s)) {
    }
    std::uint64_t missed = 0;
    std::uint64_t sent = 0;
    std::int64_t latest = 0;
    std::int64_t sum = 0;
    for (std::uint32_t site = 0; site < n; ++site) {
      const auto cycle = heard(world, site);
      missed += cycle ? 0 : 1;
      latest = std::max(latest, cycle.value_or(0));
      sum += cycle.value_or(0);
      const Node& node = *world.node_as<Node>(NodeId{site});
      REQUIRE(node.hot.empty());
      sent += node.tally.updates_sent;
    }
    traffic.push_back(static_cast<double>(sent) / n);
    last.push_back(static_cast<double>(latest));
    average.push_back(static_cast<double>(sum) / static_cast<double>(n - missed));
    return static_cast<double>(missed) / n;
  });
  const auto of = [&](const std::vector<double>& values) {
    return sample(runs, [&](std::uint64_t run) { return values[run - 1]; });
  };
  out.traffic = of(traffic);
  out.last = of(last);
  out.average = of(average);
  return out;
}

/// s = e^-m, whatever the rule (§1.4), where each contact is with a site at random.
void residue_follows_traffic(const Epidemic& e) {
  const double spread = 3 * e.residue.error / e.residue.mean / e.traffic.mean;  // of ln s, relative
  INFO("s = " << e.residue.mean << ", m = " << e.traffic.mean << ", -ln s / m = " << -std::log(e.residue.mean) / e.traffic.mean);
  CHECK(std::abs(-std::log(e.residue.mean) / e.traffic.mean - 1) < std::max(0.02, spread));
}

}  // namespace

// §1.3 and Pittel 1987: log2 n + ln n + O(1) rounds; n = 1000: 16.9 and, re-simulated, 18.0; n = 4096: 20.3 and 21.5.
TEST_CASE("gossip 1.3: pushing to one site a cycle takes log2 n + ln n + O(1) cycles", "[gossip]") {
  const Sample thousand = sample(60, [](std::uint64_t seed) { return cycles_until_all(seed, 1000, Exchange::push); });
  close("push, n = 1000", thousand, 18.0, 0.05);
  const Sample more = sample(12, [](std::uint64_t seed) { return cycles_until_all(seed, 4096, Exchange::push); });
  close("push, n = 4096", more, 21.5, 0.05);
  for (const auto& [n, measured] : {std::pair(1000.0, thousand), std::pair(4096.0, more)}) {
    const double theory = std::log2(n) + std::log(n);
    CHECK(measured.mean > theory);
    CHECK(measured.mean < theory + 2);
  }
}

TEST_CASE("gossip 1.3: push-pull takes about half as many cycles", "[gossip]") {
  close("push-pull, n = 1000", sample(60, [](std::uint64_t seed) { return cycles_until_all(seed, 1000, Exchange::push_pull); }),
        9.2, 0.05);
}

// §1.4, Table 1, n = 1000: feedback and counter. It comes out where all contacts of a cycle are judged on what the receiver
// knew when the cycle began, and a useful contact sets the counter back.
TEST_CASE("gossip 1.4: Table 1, feedback and counter", "[gossip]") {
  struct Row {
    std::uint32_t k;
    double residue;
    double traffic;
    double last;
    double rounding;
    int runs;
  };
  for (const Row& row :
       {Row{1, 0.18, 1.7, 16.8, 0.005, 60}, Row{2, 0.037, 3.3, 16.9, 0.0005, 60}, Row{3, 0.011, 4.5, 17.4, 0.0005, 40},
        Row{4, 0.0036, 5.6, 17.5, 0.00005, 40}, Row{5, 0.0012, 6.7, 17.7, 0.00005, 40}}) {
    Config config;
    config.k = row.k;
    config.judged = Judged::at_cycle_start;
    config.counter_reset = true;
    const Epidemic e = rumours(row.runs, config);
    const std::string k = "k = " + std::to_string(row.k);
    close(k + ", residue", e.residue, row.residue, row.rounding);
    close(k + ", traffic", e.traffic, row.traffic, 0.05);
    residue_follows_traffic(e);
  }
}

// Where each contact is judged as it comes, s = e^-(k+1)(1-s), the mean-field solution.
TEST_CASE("gossip 1.4: rumours judged one after the other leave the mean-field residue", "[gossip]") {
  for (const auto& [k, residue] :
       {std::pair(1U, 0.203), std::pair(2U, 0.0595), std::pair(3U, 0.0198), std::pair(4U, 0.0070), std::pair(5U, 0.0025)}) {
    Config config;
    config.k = k;
    const Epidemic e = rumours(40, config);
    close("k = " + std::to_string(k) + ", residue", e.residue, residue, 0.0005);
    CHECK(std::abs(std::exp(-(k + 1.0) * (1 - residue)) - residue) < 0.0005);
    residue_follows_traffic(e);
  }
}

// §1.4, Table 2, n = 1000: blind and coin.
TEST_CASE("gossip 1.4: Table 2, blind and coin", "[gossip]") {
  struct Row {
    std::uint32_t k;
    double residue;
    double traffic;
    double rounding;
  };
  for (const Row& row : {Row{1, 0.96, 0.04, 0.005}, Row{2, 0.20, 1.6, 0.005}, Row{3, 0.060, 2.8, 0.0005},
                         Row{4, 0.021, 3.9, 0.0005}, Row{5, 0.008, 4.9, 0.0005}}) {
    Config config;
    config.k = row.k;
    config.feedback = false;
    config.loss = Loss::coin;
    const Epidemic e = rumours(40, config);
    const std::string k = "k = " + std::to_string(row.k);
    close(k + ", residue", e.residue, row.residue, row.rounding);
    close(k + ", traffic", e.traffic, row.traffic, 0.05);
    residue_follows_traffic(e);
  }
}
