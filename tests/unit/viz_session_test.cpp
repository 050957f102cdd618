// Sessions: a run that is looked into at any event, and its forks.
#include <algorithm>
#include <string>

#include "sim/explore/look.hpp"
#include "tests/unit/timeline_support.hpp"
#include "viz/model/session.hpp"

namespace {

using sim::Timeline;
using viz::Branch;
using viz::Change;
using viz::Session;

viz::Wish wish(const std::string& path, std::uint64_t seed, const std::vector<std::string>& sets = {}) {
  return {std::make_shared<const sim::Scenario>(timeline_support::scenario(path, sets)), seed, {}};
}

void finish(Branch& branch) {
  while (branch.advance(1000)) {
  }
}

/// How many events two runs have in common from the beginning.
std::uint32_t common(const Timeline& a, const Timeline& b) {
  std::uint32_t n = 0;
  while (n < a.events.size() && n < b.events.size() && a.events[n].at == b.events[n].at && a.events[n].node == b.events[n].node &&
         a.events[n].kind == b.events[n].kind)
    ++n;
  return n;
}

/// The first message of that type which another node got after an event.
std::uint32_t message_after(const Timeline& t, std::uint32_t event, const std::string& type) {
  for (std::uint32_t i = 0; i < t.messages.size(); ++i) {
    const Timeline::Message& m = t.messages[i];
    if (m.cause > event && m.event != 0 && m.from != m.to && t.text(m.type) == type) return i;
  }
  return Timeline::kNone;
}

}  // namespace

TEST_CASE("the state of a node at any event is what a run from the beginning has there", "[viz][session]") {
  Session session(wish("raft/partition.json", 7));
  Branch& branch = session.branch(0);
  CHECK(branch.live());
  CHECK_FALSE(branch.finished());
  CHECK(branch.advance(1));
  CHECK(branch.progress() < 0.1);
  finish(branch);
  CHECK(branch.progress() == 1);
  const Timeline& t = branch.timeline();
  REQUIRE(t.events.size() > 40'000);
  sim::Rng rng(5, "test", 0);
  for (int i = 0; i < 12; ++i) {
    const auto event = static_cast<std::uint32_t>(1 + rng.below(t.events.size()));
    const auto node = static_cast<std::uint32_t>(rng.below(t.nodes.size()));
    sim::Run run(*branch.wish().scenario, 7, {.claims = false, .history = false});
    while (run.world().counters().events + 1 < event) run.step();
    const sim::Value before = sim::node_state(run, sim::NodeId{node});
    run.step();
    const viz::Inspection seen = branch.inspect(node, event);
    CHECK(seen.state == sim::node_state(run, sim::NodeId{node}));
    CHECK(seen.timers == sim::node_timers(run, sim::NodeId{node}));
    CHECK(seen.last <= event);
    if (seen.last == event) CHECK(seen.changes == sim::differences(before, seen.state));
    if (seen.last != event) CHECK(before == seen.state);
    CHECK(*seen.message.find("event")->integer() == std::int64_t{event});
    CHECK(branch.line_of(event) == seen.message);
  }
  CHECK(branch.inspect(0, 0).last == 0);
}

TEST_CASE("a fork differs only from its event on, and its bundle is the same run", "[viz][session]") {
  Session session(wish("raft/partition.json", 7, {"duration=4s", "faults=[]"}));
  finish(session.branch(0));
  const Timeline& t = session.branch(0).timeline();
  const auto middle = static_cast<std::uint32_t>(t.events.size() / 2);
  const std::uint32_t message = message_after(t, middle, "AppendEntries");
  REQUIRE(message != Timeline::kNone);
  const std::uint32_t leader = t.messages[message].from;

  std::vector<Change> changes(5);
  changes[0] = {.kind = Change::Kind::drop, .message = message, .nodes = {}};
  changes[1] = {.kind = Change::Kind::delay, .message = message, .nodes = {}, .by = sim::Duration{300'000'000}};
  changes[2] = {.kind = Change::Kind::crash, .event = middle, .nodes = {leader}, .by = sim::Duration{500'000'000}};
  changes[3] = {.kind = Change::Kind::partition, .event = middle, .nodes = {leader}};
  changes[4] = {.kind = Change::Kind::reseed, .event = middle, .nodes = {}, .seed = 99};
  for (const Change& change : changes) {
    INFO(describe(t, change));
    const auto made = session.fork(0, change);
    REQUIRE(made.ok());
    Branch& fork = session.branch(*made);
    finish(fork);
    CHECK(fork.parent == 0);
    CHECK(fork.forked_at >= middle);
    const std::uint32_t same = common(t, fork.timeline());
    CHECK(same >= fork.forked_at);
    CHECK(same < t.events.size());
    // As its bundle keeps it.
    const sim::Value kept = to_value(fork.wish().decisions, *fork.wish().scenario);
    const auto read = sim::read_decisions(kept, *fork.wish().scenario, "");
    REQUIRE(read.ok());
    sim::Run again(*fork.wish().scenario, 7, {.decisions = *read});
    again.finish();
    CHECK(again.world().trace_digest() == fork.report()->digest);
  }
  CHECK(session.branch(1).timeline().messages[message].fate == sim::MessageFate::omitted);
  const auto late = std::find_if(session.branch(2).timeline().messages.begin(), session.branch(2).timeline().messages.end(),
                                 [&](const auto& m) { return m.from == leader && m.number == t.messages[message].number; });
  CHECK(late->ended == t.messages[message].ended + sim::Duration{300'000'000});
  CHECK(session.branch(3).timeline().faults.at(0).text == "crash " + t.nodes[leader].name);
  CHECK(session.branch(3).timeline().faults.at(0).end - session.branch(3).timeline().faults.at(0).begin ==
        sim::Duration{500'000'000});
  CHECK(session.branch(4).timeline().faults.at(0).others.size() == t.nodes.size() - 1);
  // A liveness claim is not judged where the fork's own fault lasts to the end.
  for (const sim::ClaimReport& claim : session.branch(4).report()->claims) {
    INFO(claim.name);  // what came true before the fork stays so
    if (claim.name == "clients.progress") CHECK(claim.status == sim::ClaimStatus::not_judged);
  }
  // A fork of a fork.
  const auto second = session.fork(3, {.kind = Change::Kind::reseed, .event = middle + 100, .nodes = {}, .seed = 5});
  REQUIRE(second.ok());
  finish(session.branch(*second));
  CHECK(common(session.branch(3).timeline(), session.branch(*second).timeline()) >= middle + 100);
  session.close(3);
  CHECK(session.size() == 6);
  CHECK(session.branch(5).parent == 0);
}

TEST_CASE("two runs side by side part where their events first differ", "[viz][session]") {
  Session session(wish("mutants/raft-commit-old-term.json", 2));
  const std::size_t without = session.add(wish("mutants/raft-commit-old-term.json", 2, {"systems.0.mutant=\"\""}));
  const std::size_t same = session.add(wish("mutants/raft-commit-old-term.json", 2));
  session.part();
  CHECK(session.branch(without).forked_at == 0);
  for (std::size_t i = 0; i < session.size(); ++i) finish(session.branch(i));
  session.part();
  const Timeline& t = session.branch(0).timeline();
  CHECK(session.branch(same).forked_at == t.events.size());
  const std::uint32_t last = session.branch(without).forked_at;
  CHECK(last == 1638);
  const Timeline& other = session.branch(without).timeline();
  CHECK(common(t, other) == last);
  CHECK(t.describe(last) == other.describe(last));
  CHECK(t.describe(last + 1) == "c2 gets Reply from n3");
  CHECK(session.branch(without).compared);
}

TEST_CASE("forks that cannot be made are refused", "[viz][session]") {
  Session session(wish("raft/partition.json", 7, {"duration=500ms", "faults=[]"}));
  CHECK(session.fork(0, {.kind = Change::Kind::reseed, .event = 1, .nodes = {}}).error().what == "the run is not over yet");
  finish(session.branch(0));
  CHECK(session.fork(0, {.kind = Change::Kind::drop, .nodes = {}}).error().what == "no message is selected");
  CHECK(session.fork(0, {.kind = Change::Kind::crash, .event = 1, .nodes = {}}).error().what == "no node is selected");
  CHECK(session.fork(0, {.kind = Change::Kind::reseed, .event = 0, .nodes = {}}).error().what == "no event is selected");
  Session trace(Timeline{}, "a trace");
  CHECK_FALSE(trace.branch(0).live());
  CHECK(trace.fork(0, {.kind = Change::Kind::reseed, .event = 1, .nodes = {}}).error().what.find("a trace cannot be forked") == 0);
}

TEST_CASE("a violated history has a core among the timeline's operations, a valid one an order", "[viz][session]") {
  Session session(wish("mutants/raft-read-no-quorum.json", 1));
  finish(session.branch(0));
  const auto& broken = session.branch(0).histories();
  REQUIRE(broken.size() == 1);
  REQUIRE(broken[0].judgement.verdict == sim::check::Verdict::invalid);
  CHECK_FALSE(broken[0].judgement.core.empty());
  const Timeline& t = session.branch(0).timeline();
  REQUIRE(broken[0].rows.size() == broken[0].history.operations.size());
  for (std::size_t i = 0; i < broken[0].rows.size(); ++i) {
    REQUIRE(broken[0].rows[i] < t.operations.size());
    CHECK(t.operations[broken[0].rows[i]].begin == *broken[0].history.operations[i].call_time);
  }
  Session healthy(wish("raft/partition.json", 7, {"duration=2s", "faults=[]"}));
  finish(healthy.branch(0));
  const auto& valid = healthy.branch(0).histories();
  REQUIRE(valid.size() == 1);
  CHECK(valid[0].judgement.verdict == sim::check::Verdict::valid);
  CHECK(valid[0].judgement.order.size() > 10);
}

TEST_CASE("decisions that are none are refused with their place", "[viz][session][decisions]") {
  const sim::Scenario scenario = timeline_support::scenario("raft/partition.json");
  const auto refused = [&](const std::string& json) {
    const auto read = sim::read_decisions(*sim::parse_json(json), scenario, "/decisions");
    return read.ok() ? std::string() : read.error().where + ": " + read.error().what;
  };
  CHECK(refused(R"({"interventions":[{"after":5,"crash":["n1"],"for":"2s"},{"after":6,"reseed":9}],"delays":{"n1":[[4,"31ms"]]}})")
            .empty());
  CHECK(refused(R"({"delays":{"n9":[]}})") == "/decisions/delays/n9: unknown node \"n9\"");
  CHECK(refused(R"({"delays":{"n1":[[4]]}})").find("/decisions/delays/n1: found [[4]], expected a list of pairs") == 0);
  CHECK(refused(R"({"delays":{"n1":[[4,"soon"]]}})").find("/decisions/delays/n1: ") == 0);
  CHECK(refused(R"({"delays":[]})").find("/decisions/delays: found [], expected an object") == 0);
  CHECK(refused(R"({"interventions":{}})") == "/decisions/interventions: found {}, expected a list");
  CHECK(refused(R"({"interventions":[{"after":5}]})").find("/decisions/interventions/0: found no \"after\"") == 0);
  CHECK(refused(R"({"interventions":[{"crash":["n1"]}]})").find("/decisions/interventions/0: found no \"after\"") == 0);
  CHECK(refused(R"({"interventions":[{"after":5,"crash":[]}]})").find("/decisions/interventions/0/crash: found []") == 0);
  CHECK(refused(R"({"interventions":[{"after":5,"crash":["x"]}]})") == "/decisions/interventions/0/crash: unknown node \"x\"");
  CHECK(refused(R"({"interventions":[{"after":5,"explode":["n1"]}]})").find("/decisions/interventions/0/explode: found") == 0);
  CHECK(refused(R"({"what":1})") == "/decisions/what: unknown member, expected faults, messages, timers, delays or interventions");
}
