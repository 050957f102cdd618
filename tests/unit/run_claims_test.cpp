// Runs: claims that hold, break, come true or are not judged, and a report whose numbers agree with each other.
#include <cstdint>
#include <string>
#include <vector>

#include "sim/explore/cause.hpp"
#include "sim/scenario/run.hpp"
#include "tests/unit/scenario_support.hpp"

namespace {

using namespace toy;  // NOLINT(google-build-using-namespace)

Time at(Duration d) { return Time{} + d; }

/// Keeps the scenario beside its report.
struct Ran {
  Scenario scenario;
  Report report;
};

Ran ran(const std::vector<std::string>& sets, std::uint64_t seed = 1) {
  Ran out{scenario(sets), {}};
  Run run(out.scenario, seed);
  run.finish();
  out.report = run.report();
  return out;
}

const ClaimReport& claim(const Report& report, const std::string& name) {
  for (const ClaimReport& c : report.claims) {
    if (c.name == name) return c;
  }
  FAIL("no claim " << name);
  return report.claims.front();
}

std::vector<std::string> names(const Report& report) {
  std::vector<std::string> out;
  for (const ClaimReport& c : report.claims) out.push_back(c.name);
  return out;
}

const std::string kStuck = R"(systems.0.mutant=stuck-after-crash)";
const std::string kCrash = R"(faults=[{"at":"3s","for":"1s","crash":"n2"}])";

}  // namespace

TEST_CASE("a sound system's claims hold, and its report's numbers agree", "[run]") {
  const Ran r =
      ran({"network.loss=2%", "network.duplicate=3%", R"(faults=[{"at":"3s","for":"1s","partition":"n1","against":["c1","c2"]}])",
           "clients.0.reads=1", "systems.0.fsync=2ms"});
  CHECK(r.report.verdict() == "ok");
  CHECK(r.report.violation() == nullptr);
  const Counters& n = r.report.counters;
  CHECK(n.sent >= n.lost + n.cut);
  CHECK(n.lost > 0);
  CHECK(n.cut > 0);
  CHECK(n.duplicated > 0);
  CHECK(n.events > n.delivered + n.timers);
  CHECK(n.unhandled == 0);
  const ClientReport& c = r.report.clients;
  CHECK(c.invoked == c.ok + c.failed + c.unknown);
  CHECK(c.ok > 500);
  CHECK(c.p50 > Duration{});
  CHECK(c.p50 <= c.p99);
  CHECK(c.p99 <= c.max);
  CHECK(c.per_second == c.ok / 20);
  CHECK(r.report.virtual_time == 20_s);
  CHECK(r.report.seed == 1);
}

TEST_CASE("one seed gives one report, another seed another digest", "[run]") {
  const Ran a = ran({"duration=2s"}, 7);
  CHECK(ran({"duration=2s"}, 7).report.digest == a.report.digest);
  CHECK(ran({"duration=2s"}, 8).report.digest != a.report.digest);
}

TEST_CASE("looking at claims changes nothing of the run", "[run]") {
  const Scenario s = scenario({"duration=5s", R"(faults=[{"at":"1s","for":"1s","crash":"n2"}])"});
  Run watched(s, 3);
  Run bare(s, 3, {.claims = false, .history = false});
  watched.finish();
  bare.finish();
  CHECK(watched.report().digest == bare.report().digest);
  CHECK(bare.report().claims.empty());
}

TEST_CASE("a violation stops the run and names the claim, the node and the time", "[run]") {
  const Ran r = ran({"systems.0.config.limit=7"});
  const ClaimReport* violation = r.report.violation();
  REQUIRE(violation != nullptr);
  CHECK(r.report.verdict() == "violation");
  CHECK(violation->name == "toy.below-limit");
  CHECK(violation->kind == "always");
  CHECK(violation->node == "n1");
  CHECK(violation->at == at(700_ms));
  CHECK(violation->message == "n1 has ticked 7 times");
  CHECK(index(violation->event) == r.report.counters.events);
  CHECK(r.report.virtual_time == 700_ms);
}

TEST_CASE("a run that is over does not go on", "[run]") {
  const Scenario s = scenario({"systems.0.config.limit=7"});
  Run run(s, 1);
  run.finish();
  const std::uint64_t events = run.world().counters().events;
  CHECK_FALSE(run.step());
  CHECK(run.world().counters().events == events);
}

TEST_CASE("a copy of a run goes on exactly as the original does, claims and all", "[run]") {
  const Scenario s = scenario({"systems.0.config.limit=30", "duration=5s"});
  Run a(s, 5);
  for (int i = 0; i < 700; ++i) a.step();
  Run b = a;
  b.finish();
  a.finish();
  CHECK(a.report().digest == b.report().digest);
  REQUIRE(b.report().violation() != nullptr);
  CHECK(a.report().violation()->event == b.report().violation()->event);
  CHECK(claim(b.report(), "toy.ten-ticks").at == claim(a.report(), "toy.ten-ticks").at);
}

TEST_CASE("only the claims that the scenario names are looked at", "[run]") {
  const Ran all = ran({"duration=12s"});
  CHECK(names(all.report) == std::vector<std::string>{"toy.below-limit", "toy.five-ticks", "toy.ten-ticks", "toy.all-ticking",
                                                      "clients.progress", "toy.linearizable-kv"});
  const Ran some = ran({"duration=12s", "systems.0.config.limit=7", R"(checks=["toy.ten-ticks","toy.linearizable-kv"])"});
  CHECK(names(some.report) == std::vector<std::string>{"toy.ten-ticks", "toy.linearizable-kv"});
  CHECK(some.report.verdict() == "ok");  // what nobody looks at is not violated
}

TEST_CASE("an expected violation is told from an unexpected one", "[run]") {
  const Ran r = ran({"systems.0.config.limit=7", "expect=violation of toy.below-limit"});
  REQUIRE(r.scenario.expect.has_value());
  REQUIRE(r.report.violation() != nullptr);
  CHECK(r.report.violation()->name == *r.scenario.expect);
}

TEST_CASE("what happens sometimes is reached with its first time, or not in this run", "[run]") {
  const Ran r = ran({"duration=700ms"});
  const ClaimReport& mark = claim(r.report, "toy.five-ticks");
  CHECK(mark.status == ClaimStatus::reached);
  CHECK(mark.at == at(500_ms));
  CHECK(index(mark.event) > 0);
  CHECK(claim(r.report, "toy.ten-ticks").status == ClaimStatus::not_reached);
  const Ran longer = ran({"duration=2s"});
  CHECK(claim(longer.report, "toy.ten-ticks").status == ClaimStatus::reached);
  CHECK(claim(longer.report, "toy.ten-ticks").at == at(1_s));
  CHECK(claim(longer.report, "toy.ten-ticks").node == "n1");
}

TEST_CASE("a system that recovers does so in time after faults have stopped", "[run]") {
  const Ran r = ran({kCrash});
  CHECK(claim(r.report, "toy.all-ticking").status == ClaimStatus::holds);
  CHECK(claim(r.report, "toy.all-ticking").at >= at(15_s));
  CHECK(claim(r.report, "clients.progress").status == ClaimStatus::holds);
}

TEST_CASE("a system that cannot recover violates its liveness, after its time and not before", "[run]") {
  const Ran r = ran({kStuck, kCrash});
  const ClaimReport& stuck = claim(r.report, "toy.all-ticking");
  CHECK(stuck.status == ClaimStatus::violated);
  CHECK(stuck.at > at(17_s));
  CHECK(stuck.at <= at(17'100_ms));
  CHECK(stuck.message ==
        "it has not come true within 2s after faults stopped at 15s: every node ticks again; nothing ails any node any more");
}

TEST_CASE("a claim of liveness that fails says what still ails whom, and which core was healed", "[run]") {
  const auto has = [](const ClaimReport& claim, const char* part) { return claim.message.find(part) != std::string::npos; };
  const Ran r = ran({kStuck, "core=majority",
                     R"(faults=[{"at":"3s","crash":"store"},{"at":"4s","disk":"store","effect":"stall"},)"
                     R"({"at":"4s","partition":"store","against":["c1"]}])"});
  const ClaimReport& stuck = claim(r.report, "toy.all-ticking");
  REQUIRE(stuck.status == ClaimStatus::violated);
  INFO(stuck.message);
  CHECK(has(stuck, "; still ailing: n"));
  CHECK(has(stuck, " (down, disk stalled, cut off)"));
  CHECK(has(stuck, "; healed core of store: n"));
  CHECK(has(stuck, "; whole: 2 of 3 of store, a majority is 2"));
  CHECK(explore::cause_of(stuck.message, {}) == "it has not come true within N after faults stopped at N: every node ticks again");

  // A disk that was lost does not come back with its node.
  const Ran wiped = ran({"systems.0.mutant=deaf", "duration=30s", "quiet=10s", "atlas=false",
                         R"(faults=[{"at":"3s","for":"1s","crash":"n1","wipe":true}])"});
  CHECK(has(claim(wiped.report, "clients.progress"), "; still ailing: n1 (has lost its disk); whole: 2 of 3 of store"));

  // Where a fault was mended before, it ails nobody.
  const Ran mended = ran({kStuck, "core=majority",
                          R"(faults=[{"at":"3s","for":"1s","crash":"store"},{"at":"4s","clog":"n1"},)"
                          R"({"at":"5s","heal":"all"}])"});
  CHECK(has(claim(mended.report, "toy.all-ticking"), "; nothing ails any node any more; healed core of store: n"));
}

TEST_CASE("a system in which nothing happens any more is found out when the run ends", "[run]") {
  // All nodes stand still, so there is no event at which the claim could be looked at.
  const Ran r = ran({kStuck, R"(faults=[{"at":"3s","for":"1s","crash":"store"}])", "clients=[]"});
  const ClaimReport& stuck = claim(r.report, "toy.all-ticking");
  CHECK(stuck.status == ClaimStatus::violated);
  CHECK(stuck.message.starts_with("it has not come true within 2s"));
}

TEST_CASE("a store that answers nobody violates the progress of its clients", "[run]") {
  const Ran r = ran({"systems.0.mutant=deaf", "duration=30s", "quiet=10s"});
  const ClaimReport& progress = claim(r.report, "clients.progress");
  CHECK(progress.status == ClaimStatus::violated);
  CHECK(progress.at == at(25_s));
  CHECK(progress.message.ends_with("; nothing ails any node any more"));
  CHECK(r.report.clients.ok == 0);
  CHECK(r.report.clients.unknown == r.report.clients.invoked);
}

TEST_CASE("without a quiet end liveness is not judged", "[run]") {
  const Ran r = ran({kStuck, kCrash, "quiet=0s"});
  CHECK(claim(r.report, "toy.all-ticking").status == ClaimStatus::not_judged);
  CHECK(claim(r.report, "clients.progress").status == ClaimStatus::not_judged);
  CHECK(r.report.verdict() == "ok");
}

TEST_CASE("a quiet end that is shorter than the claim's time judges nothing against it", "[run]") {
  const Ran r = ran({kStuck, kCrash, "quiet=1s"});
  CHECK(claim(r.report, "toy.all-ticking").status == ClaimStatus::not_judged);
}

TEST_CASE("the history of a store that reads stale values is judged invalid", "[run]") {
  const Ran r = ran({"systems.0.mutant=stale-reads", "clients.0.keys=1", "duration=3s"});
  const ClaimReport& history = claim(r.report, "toy.linearizable-kv");
  CHECK(history.status == ClaimStatus::violated);
  CHECK(history.message.find("the get on key \"0\"") != std::string::npos);
  CHECK(r.report.verdict() == "violation");
  CHECK(claim(ran({"clients.0.keys=1", "duration=3s"}).report, "toy.linearizable-kv").status == ClaimStatus::holds);
}

TEST_CASE("the log of faults says what happened to whom", "[run]") {
  const Ran r =
      ran({R"(faults=[{"at":"1s","for":"1s","crash":"n2"},{"at":"3s","for":"1s","partition":["n1","n3"],"one_way":true},)"
           R"({"at":"5s","for":"1s","clock":"n1","offset":"-2s"},{"at":"7s","crash":{"role":"stuck"}},{"at":"8s","heal":"all"},)"
           R"({"at":"9s","for":"1s","link":"n1","delay":"5ms","loss":"1%"},{"at":"11s","for":"1s","pause":{"random":3}}])"});
  std::vector<std::string> seen;
  for (const FaultReport& f : r.report.faults) seen.push_back(to_text(f.at) + " " + f.text);
  CHECK(seen == std::vector<std::string>{"1s crash n2", "2s restart n2", "3s cut off, outgoing only, n1 n3", "4s heal n1 n3",
                                         "5s clock of n1 jumps by -2s", "6s clock of n1 jumps back by -2s",
                                         "7s crash: nobody to hit", "8s heal all", "9s link faults at n1: loss +1%, delay +5ms",
                                         "10s link faults end at n1", "11s pause n1 n2 n3", "12s resume n1 n2 n3"});
}

TEST_CASE("the history of a run has an operation for each that the clients began", "[run]") {
  const Scenario s = scenario({"duration=2s"});
  Run run(s, 1);
  run.finish();
  const check::History history = run.history();
  const Report report = run.report();
  CHECK(history.operations.size() == report.clients.invoked);
  CHECK(run.history("store") == history);
  CHECK(run.history("nobody").operations.empty());
}
