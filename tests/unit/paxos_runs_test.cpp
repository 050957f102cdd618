// Whole runs of Multi-Paxos: what a command costs, and the scenarios of Raft with one word changed.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "protocols/consensus/paxos/node.hpp"
#include "sim/scenario/json.hpp"
#include "sim/scenario/run.hpp"
#include "tests/unit/catalog_support.hpp"
#include "tests/unit/catch.hpp"

using namespace sim::literals;

namespace {

using catalog_support::registry;
using catalog_support::scenario;

/// Counts what is delivered, by type.
class Tally final : public sim::Sink {
 public:
  void write(const sim::Record& record) override {
    if (record.kind == sim::RecordKind::deliver && record.node != record.peer) ++messages[std::string(record.what->name())];
  }
  std::map<std::string, std::uint64_t> messages;
};

struct Quiet {
  sim::Report report;
  std::map<std::string, std::uint64_t> messages;
};

// Nothing fails; messages take 10 ms, disks 1 ms; one client.
Quiet quiet(const std::vector<std::string>& sets) {
  const sim::Scenario s = scenario("paxos/quiet.json", sets);
  sim::Run run(s, 1);
  Tally tally;
  run.world().watch(&tally);
  run.finish();
  return {run.report(), tally.messages};
}

}  // namespace

TEST_CASE("paxos: with a stable leader phase 1 is skipped: one round trip to a quorum and one write a command", "[paxos]") {
  const Quiet q = quiet({});
  CHECK(q.report.verdict() == "ok");
  const std::uint64_t commands = q.report.clients.ok;
  REQUIRE(commands > 250);
  CHECK(q.messages.at("Prepare") == 4);  // n - 1, once
  CHECK(q.messages.at("Promise") == 4);
  // Client to leader, 2a, disk, 2b, leader to client: 10 + 10 + 1 + 10 + 10.
  CHECK(q.report.clients.p50 == 41_ms);
  CHECK(q.report.clients.p99 == 41_ms);
  // 2 (n - 1) messages a command; what is chosen is told by the next 2a or heartbeat.
  const std::uint64_t heartbeats = 4 * (30'000 / 50);
  CHECK(q.messages.at("Accept") >= 4 * commands);
  CHECK(q.messages.at("Accept") <= 4 * commands + heartbeats);
  CHECK(q.messages.at("Accepted") <= q.messages.at("Accept"));
  CHECK(q.messages.size() == 6);  // with the client's Request and the Reply
}

TEST_CASE("paxos: a quorum of two waits for the nearest only, a majority for the second nearest", "[paxos]") {
  const std::string far =
      R"(network={"latency":"10ms","links":[{"from":"store","to":"store","latency":"30ms"},{"from":"n1","to":"n2","latency":"5ms"},)"
      R"({"from":"n1","to":["n3"],"latency":"20ms"}]})";
  // Only n1 campaigns: the others wait for so long.
  const auto p50 = [&](const std::string& q2) {
    const sim::Scenario s =
        scenario("paxos/quiet.json",
                 {far, "systems.0.config.q2=" + q2,
                  R"(clocks={"n2":{"drift":"-50%"},"n3":{"drift":"-50%"},"n4":{"drift":"-50%"},"n5":{"drift":"-50%"}})"});
    sim::Run run(s, 1);
    run.finish();
    for (std::uint32_t i = 0; i < 5; ++i) {
      const auto* node = run.world().node_as<protocols::paxos::Node>(sim::NodeId{i});
      if (node->role == protocols::paxos::Role::leader) CHECK(i == 0);
    }
    return run.report().clients.p50;
  };
  CHECK(p50("2") == 20_ms + 5_ms * 2 + 1_ms);
  CHECK(p50("3") == 20_ms + 20_ms * 2 + 1_ms);
}

TEST_CASE("paxos: quorums that do not fit the number of nodes are a mistake in the scenario", "[paxos]") {
  std::ifstream file(std::string(FAULTLINE_SOURCE_DIR) + "/scenarios/paxos/quiet.json");
  auto document = sim::parse_json(std::string{std::istreambuf_iterator<char>(file), {}});
  REQUIRE(document);
  REQUIRE_FALSE(sim::set_member(*document, R"(systems.0.config={"q1":2,"q2":3})"));
  const sim::Loaded five = sim::load_scenario(*document, registry());
  REQUIRE(five.errors.size() == 1);
  CHECK(five.errors[0].where == "/systems/0/config");
  CHECK(five.errors[0].what.find("q1 (2) and q2 (3) together are not above the number of nodes (5)") == 0);
  REQUIRE_FALSE(sim::set_member(*document, "systems.0.nodes=4"));
  CHECK(sim::load_scenario(*document, registry()).errors.empty());
}

TEST_CASE("paxos: every scenario of Raft that must hold, with one word changed", "[paxos]") {
  for (const std::string name : {"partition", "crashes", "snapshots", "chaos", "nemesis", "wan", "reads-by-log"}) {
    const sim::Scenario s = scenario("raft/" + name + ".json", {"systems.0.protocol=paxos"});
    for (const std::uint64_t seed : {1U, 2U}) {
      sim::Run run(s, seed);
      run.finish();
      const sim::Report report = run.report();
      INFO(name << ", seed " << seed << ": " << (report.violation() != nullptr ? report.violation()->name : std::string()));
      CHECK(report.verdict() == "ok");
      CHECK(report.clients.ok > 100);
    }
  }
}

TEST_CASE("paxos: what no protocol survives is found under it as under Raft", "[paxos]") {
  for (const std::string name : {"lying-disks", "wiped-disks", "no-checksums"}) {
    const sim::Scenario s = scenario("raft/" + name + ".json", {"systems.0.protocol=paxos", "expect=no violation"});
    std::string found;
    for (std::uint64_t seed = 1; seed <= 20 && found.empty(); ++seed) {
      sim::Run run(s, seed);
      run.finish();
      const sim::Report report = run.report();
      if (report.violation() != nullptr) found = report.violation()->name;
    }
    INFO(name);
    CHECK(found.find("paxos.") == 0);
  }
}
