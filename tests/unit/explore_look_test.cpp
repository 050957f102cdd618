// A run looked at: nodes as trees, what one event changes, and where two runs part.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/explore/lockstep.hpp"
#include "sim/explore/look.hpp"
#include "tests/unit/scenario_support.hpp"

namespace {

using namespace toy;  // NOLINT(google-build-using-namespace)

constexpr NodeId kFirst{0};
constexpr NodeId kSecond{1};

/// Steps until that many events were handled.
Run run_to(const Scenario& s, std::uint64_t seed, std::uint64_t events) {
  Run run(s, seed);
  while (run.world().counters().events < events) REQUIRE(run.step());
  return run;
}

std::optional<Divergence> divergence(const Scenario& left, std::uint64_t left_seed, const Scenario& right,
                                     std::uint64_t right_seed) {
  Run a(left, left_seed);
  Run b(right, right_seed);
  Lockstep pair(a, b);
  while (pair.step()) {
  }
  return pair.divergence();
}

std::string text_at(const Value& tree, std::initializer_list<std::string_view> path) {
  const Value* at = &tree;
  for (const std::string_view step : path) {
    at = at->find(step);
    if (at == nullptr) return "nothing";
  }
  return at->to_json();
}

const std::string kCrash = R"(faults=[{"at":"1s","for":"1s","crash":"n2"}])";

}  // namespace

TEST_CASE("a node as a tree has its status, its fields and its disk", "[look]") {
  const Scenario s = scenario({kCrash});
  Run run(s, 1);
  while (run.world().now() < Time{} + 550_ms) REQUIRE(run.step());
  const Value up = node_state(run, kSecond);
  CHECK(text_at(up, {"status"}) == R"("up")");
  CHECK(text_at(up, {"state", "ticks"}) == "5");
  CHECK(text_at(up, {"disk", "written"}) == "1");
  CHECK(text_at(up, {"disk", "synced"}) == "1");
  CHECK(text_at(up, {"disk", "slots", "Lives", "count"}) == "1");
  CHECK(node_role(run, kSecond) == "ticking");
  CHECK(node_role(run, NodeId{3}).empty());  // a client
  while (run.world().now() < Time{} + 1500_ms) REQUIRE(run.step());
  const Value down = node_state(run, kSecond);
  CHECK(text_at(down, {"status"}) == R"("down")");
  CHECK(text_at(down, {"state", "ticks"}) == "9");
}

TEST_CASE("a paused node says so", "[look]") {
  const Scenario s = scenario({R"(faults=[{"at":"1s","for":"1s","pause":"n2"}])"});
  Run run(s, 1);
  while (run.world().now() < Time{} + 1500_ms) REQUIRE(run.step());
  CHECK(text_at(node_state(run, kSecond), {"status"}) == R"("paused")");
  CHECK(text_at(node_state(run, kFirst), {"status"}) == R"("up")");
}

TEST_CASE("timers that are set, and when they are due, and none of a node that is down", "[look]") {
  const Scenario s = scenario({kCrash});
  Run run(s, 1);
  while (run.world().now() < Time{} + 550_ms) REQUIRE(run.step());
  CHECK(node_timers(run, kSecond).to_json() == R"([{"type":"Tick","value":{},"due":600000000}])");
  while (run.world().now() < Time{} + 1500_ms) REQUIRE(run.step());
  CHECK(node_timers(run, kSecond).to_json() == "[]");
}

TEST_CASE("looking at an event gives its line and what it changed, and changes nothing itself", "[look]") {
  const Scenario s = scenario();
  Run plain(s, 1);
  Run looked(s, 1);
  std::uint64_t ticks = 0;
  for (int i = 0; i < 200; ++i) {
    REQUIRE(plain.step());
    const NodeId node = plain.world().last().node;
    const Look look = look_at_next(looked, std::vector<NodeId>{node, kFirst});
    REQUIRE(looked.world().trace_digest() == plain.world().trace_digest());
    CHECK(text_at(look.event, {"event"}) == std::to_string(i + 1));
    CHECK(text_at(look.event, {"node"}) == '"' + s.node_names[index(node)] + '"');
    REQUIRE(look.nodes.size() == 2);
    CHECK(look.nodes[0].node == node);
    if (text_at(look.event, {"type"}) == R"("Tick")" && node == kFirst) {
      const Difference tick{"/state/ticks", Value(static_cast<std::int64_t>(ticks)), Value(static_cast<std::int64_t>(ticks + 1))};
      CHECK(look.nodes[1].changes == std::vector<Difference>{tick});
      ++ticks;
    }
  }
  CHECK(ticks >= 2);
}

TEST_CASE("marks and observations of an event are its asides, and those of others are not", "[look]") {
  const Scenario s = scenario({"clients=[]"});
  Run run(s, 1);
  std::vector<std::string> asides;
  while (run.world().now() < Time{} + 550_ms) {
    for (const Value& aside : look_at_next(run, {}).asides) {
      CHECK(text_at(aside, {"event"}) == std::to_string(index(run.world().last().event)));
      asides.push_back(text_at(aside, {"kind"}) + text_at(aside, {"text"}));
    }
  }
  CHECK(asides == std::vector<std::string>(3, R"("mark""five-ticks")"));
}

TEST_CASE("two runs of one scenario and seed never part", "[lockstep]") {
  const Scenario s = scenario({"duration=3s", "network.loss=5%", "systems.0.fsync=3ms"});
  for (std::uint64_t seed = 0; seed < 5; ++seed) CHECK_FALSE(divergence(s, seed, s, seed).has_value());
}

TEST_CASE("other seeds part at the first event that chance decides", "[lockstep]") {
  const Scenario s = scenario({"duration=3s"});
  const auto found = divergence(s, 1, s, 2);
  REQUIRE(found.has_value());
  const Run left = run_to(s, 1, index(found->event) - 1);
  const Run right = run_to(s, 2, index(found->event) - 1);
  CHECK(left.world().trace_digest() == right.world().trace_digest());
}

TEST_CASE("a fault that only one run has is where they part", "[lockstep]") {
  const Scenario with = scenario({kCrash});
  const Scenario without = scenario();
  const auto found = divergence(with, 1, without, 1);
  REQUIRE(found.has_value());
  CHECK(found->how == Parting::events);
  CHECK(found->at == Time{} + 1_s);
  CHECK(run_to(with, 1, index(found->event)).world().last().kind == EventKind::fault);
}

TEST_CASE("a run that ends earlier parts from the other with the other's next event", "[lockstep]") {
  const Scenario shorter = scenario({"duration=2s", "quiet=0s"});
  const Scenario longer = scenario({"duration=3s", "quiet=0s"});
  Run run(shorter, 1);
  run.finish();
  for (const bool first : {true, false}) {
    const auto found = first ? divergence(shorter, 1, longer, 1) : divergence(longer, 1, shorter, 1);
    REQUIRE(found.has_value());
    CHECK(found->how == Parting::end);
    CHECK(index(found->event) == run.world().counters().events + 1);
    CHECK(found->at > Time{} + 2_s);
  }
}

TEST_CASE("nodes of other names are other nodes, whatever their numbers", "[lockstep]") {
  const auto found = divergence(scenario(), 1, scenario({R"(systems.0.nodes=["n1","n2","x3"])"}), 1);
  REQUIRE(found.has_value());
  CHECK(found->how == Parting::events);
  CHECK(index(found->event) == 3);
}

TEST_CASE("what differs from the beginning is left out of what differs later", "[lockstep]") {
  const Scenario plain = scenario();
  const Scenario loud = scenario({"systems.0.config.loud=true", "systems.0.config.period=70ms"});
  const Run a(plain, 1);
  const Run b(loud, 1);
  const Beginnings beginnings(a, b);
  CHECK_FALSE(beginnings.equal(kFirst));
  CHECK(beginnings.equal(NodeId{3}));
  CHECK(beginnings.shared(NodeId{4}));
  CHECK_FALSE(beginnings.shared(NodeId{5}));
  CHECK(beginnings.beyond(kFirst, a, b).empty());
  const Run later = run_to(plain, 1, 100);
  CHECK(beginnings.strayed(kFirst, later, b));
  bool ticks = false;
  for (const Difference& d : beginnings.beyond(kFirst, later, b)) ticks = ticks || d.path == "/state/ticks";
  CHECK(ticks);
}

TEST_CASE("an equal event that leaves other states is found before the events differ", "[lockstep]") {
  const Scenario left = scenario({kCrash, "systems.0.mutant=stuck-after-crash"});
  const Scenario right = scenario({kCrash});
  const auto parted = divergence(left, 1, right, 1);
  REQUIRE(parted.has_value());
  REQUIRE(parted->how == Parting::events);
  // n2 starts again at 2 s: then it is stuck, which shows when its first tick is due.
  const EventId found = first_other_state(Run(left, 1), Run(right, 1), parted->event);
  REQUIRE(index(found) != 0);
  CHECK(found < parted->event);
  const Run at = run_to(left, 1, index(found));
  CHECK(at.world().last().kind == EventKind::start);
  CHECK(at.world().now() == Time{} + 2_s);
  CHECK(index(first_other_state(Run(left, 1), Run(right, 1), found)) == 0);
}

TEST_CASE("where states never differ beyond their beginnings, no event is found", "[lockstep]") {
  const Scenario plain = scenario({"duration=3s"});
  const Scenario loud = scenario({"duration=3s", "systems.0.config.loud=true"});
  CHECK_FALSE(divergence(plain, 1, loud, 1).has_value());
  Run run(plain, 1);
  run.finish();
  CHECK(index(first_other_state(Run(plain, 1), Run(loud, 1), EventId{run.world().counters().events + 1})) == 0);
}
