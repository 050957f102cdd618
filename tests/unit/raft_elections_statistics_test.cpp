// How long elections take and how often they fail, against the closed forms and figures of the dissertation (chapter 9).
//
// l is the time a message travels, as a share of the range of election timeouts. A server that times out within l of the
// first does not hear of it in time and stands for election too; where so many do that nobody can have a majority of the n
// servers, s of which are up, the vote is split (§9.3).
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include "protocols/consensus/raft/node.hpp"
#include "sim/engine/world.hpp"
#include "tests/unit/catch.hpp"

using namespace protocols;
using sim::NodeId;
using namespace sim::literals;

namespace {

struct Cluster {
  std::uint32_t servers = 5;
  std::uint32_t up = 4;
  raft::Config config;
  sim::Latency latency;
};

struct Election {
  sim::Time first_timeout{};  // when the first server stood for election
  sim::Time elected{};        // when somebody led
  std::uint64_t term = 0;     // in which term; more than 1: votes were split before
};

// Boots the cluster, so that all timers are fresh, with some of its servers down, and waits for a leader.
Election elect(const Cluster& cluster, std::uint64_t seed) {
  sim::World world(seed);
  for (std::uint32_t i = 0; i < cluster.servers; ++i) {
    const std::string name = "n" + std::to_string(i + 1);
    world.add(sim::NodeBox(raft::Node(cluster.config)), {.system = "store", .name = name});
  }
  world.start({.latency = cluster.latency});
  sim::Fault down;
  for (std::uint32_t i = cluster.up; i < cluster.servers; ++i) down.target.nodes.push_back(NodeId{i});
  if (!down.target.nodes.empty()) world.schedule(sim::Time{}, down);
  Election out;
  while (world.step(sim::Time{} + 100_s)) {
    if (world.last().kind == sim::EventKind::fault) continue;
    const auto* node = world.node_as<raft::Node>(world.last().node);
    if (node->term > 0 && out.first_timeout == sim::Time{}) out.first_timeout = world.now();
    if (node->role == raft::Role::leader) {
      out.elected = world.now();
      out.term = node->term;
      return out;
    }
  }
  FAIL("no leader within 100 s");
  return out;
}

std::uint64_t samples(std::uint64_t standard) {
  const char* asked = std::getenv("FAULTLINE_SEEDS");
  return asked == nullptr ? standard : std::max<std::uint64_t>(standard, std::strtoull(asked, nullptr, 10));
}

// P = sum over k from c - 1 to s of C(s, k) l^k (1 - l)^(s - k), with c = s - floor(n / 2) + 1 candidates.
double split_vote(std::uint32_t n, std::uint32_t s, double l) {
  const std::uint32_t c = s - n / 2 + 1;
  double p = 0;
  for (std::uint32_t k = c - 1; k <= s; ++k) {
    double term = std::pow(l, k) * std::pow(1 - l, s - k);
    for (std::uint32_t i = 0; i < k; ++i) term *= static_cast<double>(s - i) / (i + 1);
    p += term;
  }
  return p;
}

// Timeouts of 1 s to 1.1 s, so that an election is over before anybody stands a second time.
Cluster with_latency_share(std::uint32_t n, std::uint32_t s, std::int64_t l_percent) {
  Cluster cluster{.servers = n, .up = s, .config = {}, .latency = sim::Latency::fixed(1_ms * l_percent)};
  cluster.config.election_timeout_min = 1_s;
  cluster.config.election_timeout_max = 1100_ms;
  cluster.config.heartbeat_interval = 100_ms;
  return cluster;
}

}  // namespace

TEST_CASE("raft 9.3: the closed form gives the dissertation's figures", "[raft]") {
  CHECK(std::abs(split_vote(5, 4, 0.1) - 0.052) < 0.0005);
  CHECK(std::abs(split_vote(5, 4, 0.2) - 0.181) < 0.0005);
  CHECK(std::abs(split_vote(5, 3, 0.2) - 0.488) < 0.0005);
}

TEST_CASE("raft 9.3: votes are split as often as the closed form says", "[raft]") {
  struct Row {
    std::uint32_t n;
    std::uint32_t s;
    std::int64_t l_percent;
  };
  const std::vector<Row> rows{{5, 4, 1},  {5, 4, 10}, {5, 4, 20}, {5, 3, 20}, {9, 5, 10},
                              {9, 5, 20}, {9, 7, 20}, {9, 6, 20}, {7, 6, 20}};
  const std::uint64_t runs = samples(10'000);
  for (const Row& row : rows) {
    const Cluster cluster = with_latency_share(row.n, row.s, row.l_percent);
    std::uint64_t split = 0;
    for (std::uint64_t seed = 1; seed <= runs; ++seed) split += elect(cluster, seed).term > 1 ? 1 : 0;
    const double expected = split_vote(row.n, row.s, static_cast<double>(row.l_percent) / 100);
    const double measured = static_cast<double>(split) / static_cast<double>(runs);
    const double sigma = std::sqrt(expected * (1 - expected) / static_cast<double>(runs));
    INFO(row.s << " of " << row.n << " servers up, l = " << row.l_percent << "%: " << measured << ", expected " << expected);
    CHECK(std::abs(measured - expected) < 3 * sigma);
  }
}

TEST_CASE("raft 9.3: the first of s servers times out after 1/(s+1) of the range", "[raft]") {
  const std::uint64_t runs = samples(10'000);
  for (const std::uint32_t s : {3U, 4U, 5U}) {
    const Cluster cluster = with_latency_share(5, s, 10);
    double sum = 0;
    for (std::uint64_t seed = 1; seed <= runs; ++seed) {
      const sim::Duration waited = elect(cluster, seed).first_timeout - (sim::Time{} + 1_s);
      sum += static_cast<double>(waited.ns) / 100e6;
    }
    const double expected = 1.0 / (s + 1);
    const double sigma = std::sqrt(static_cast<double>(s) / (s + 2.0)) / (s + 1.0) / std::sqrt(static_cast<double>(runs));
    INFO(s << " servers up");
    CHECK(std::abs(sum / static_cast<double>(runs) - expected) < 3 * sigma);
  }
}

// Five servers, 30 to 40 ms apart, timeouts of 300 to 600 ms; figures of the dissertation's WAN simulation.
TEST_CASE("raft 9.3: elections over a WAN take as long as the dissertation's", "[raft]") {
  struct Row {
    std::uint32_t up;
    double mean_ms;
    double most_ms;  // 99.9%
  };
  for (const Row& row : {Row{4, 475, 1500}, Row{3, 650, 3000}}) {
    Cluster cluster{.servers = 5, .up = row.up, .config = {}, .latency = sim::Latency::uniform(30_ms, 40_ms)};
    cluster.config.election_timeout_min = 300_ms;
    cluster.config.election_timeout_max = 600_ms;
    const std::uint64_t runs = samples(10'000);
    double sum = 0;
    std::uint64_t late = 0;
    for (std::uint64_t seed = 1; seed <= runs; ++seed) {
      const double took = static_cast<double>(elect(cluster, seed).elected.ns) / 1e6;
      sum += took;
      late += took >= row.most_ms ? 1 : 0;
    }
    const double mean = sum / static_cast<double>(runs);
    INFO(row.up << " of 5 servers up: mean " << mean << " ms, " << late << " of " << runs << " above " << row.most_ms << " ms");
    CHECK(std::abs(mean - row.mean_ms) < 0.08 * row.mean_ms);
    const double allowed = static_cast<double>(runs) / 1000;
    CHECK(static_cast<double>(late) < allowed + 3 * std::sqrt(allowed));
  }
}
