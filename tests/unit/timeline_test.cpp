// Timelines: what a run did, as viewers and exporters see it; the same whether it was listened to or read from its trace.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "tests/unit/timeline_support.hpp"

namespace {

using sim::MessageFate;
using sim::RecordKind;
using sim::Timeline;
using timeline_support::record;

constexpr std::uint32_t kNone = Timeline::kNone;

/// Everything of a timeline, as text.
std::string dump(const Timeline& t) {
  std::string out = t.scenario + " " + std::to_string(t.seed) + " " + std::to_string(t.end.ns) + "\n";
  const auto put = [&](auto... v) {
    ((out += std::to_string(v) + " "), ...);
    out += '\n';
  };
  for (const auto& e : t.events) {
    put(e.at.ns, e.cause, e.node, e.message, static_cast<int>(e.kind));
    out += t.text(e.type) + "\n";
  }
  for (const auto& m : t.messages) {
    put(m.sent.ns, m.ended.ns, m.cause, m.event, m.from, m.to, m.number, m.fault, static_cast<int>(m.fate), m.again ? 1 : 0,
        m.late ? 1 : 0);
    out += t.text(m.type) + "\n";
  }
  for (const auto& f : t.faults) {
    put(f.begin.ns, f.end.ns, f.begin_event, f.end_event, f.nodes.size(), f.others.size(), f.both_ways ? 1 : 0);
    out += f.kind + " " + f.text + "\n";
  }
  for (const auto& f : t.fault_events) out += std::to_string(f.event) + " " + std::to_string(f.fault) + " " + f.text + "\n";
  for (const auto& a : t.ailments) put(a.begin.ns, a.end.ns, a.node, a.fault);
  for (const auto& r : t.roles) {
    put(r.begin.ns, r.epoch, r.event, r.node);
    out += t.text(r.role) + "\n";
  }
  for (const auto& o : t.operations) {
    put(o.begin.ns, o.end.ns, o.begin_event, o.end_event, o.node, o.process);
    out += o.function + "|" + o.input + "|" + o.output + "|" + o.outcome + "\n";
  }
  for (const auto& a : t.asides) out += std::to_string(a.event) + " " + std::to_string(a.node) + " " + a.text + "\n";
  for (const auto& c : t.claims) {
    put(c.at.ns, c.event);
    out += c.name + "|" + c.kind + "|" + c.status + "|" + c.message + "|" + c.node + "\n";
  }
  return out;
}

/// What must hold of every timeline.
void check_order(const Timeline& t) {
  std::size_t at_nodes = 0;
  for (std::uint32_t node = 0; node < t.nodes.size(); ++node) {
    at_nodes += t.by_node[node].size();
    CHECK(std::is_sorted(t.by_node[node].begin(), t.by_node[node].end()));
  }
  const auto faults = static_cast<std::size_t>(
      std::count_if(t.events.begin(), t.events.end(), [](const Timeline::Event& e) { return e.kind == RecordKind::fault; }));
  CHECK(at_nodes + faults == t.events.size());
  CHECK(std::is_sorted(t.messages.begin(), t.messages.end(), [](const auto& a, const auto& b) { return a.sent < b.sent; }));
  std::size_t wrong = 0;
  std::size_t caused = 0;
  for (std::uint32_t n = 1; n <= t.events.size(); ++n) {
    const Timeline::Event& e = t.event(n);
    caused += e.cause != 0 ? 1 : 0;
    if (e.cause >= n || (n > 1 && e.at < t.event(n - 1).at)) ++wrong;
    if (e.kind == RecordKind::deliver && t.messages[e.message].event != n) ++wrong;
    for (const std::uint32_t effect : t.effects_of(n)) wrong += t.event(effect).cause != n ? 1 : 0;
  }
  for (const Timeline::Message& m : t.messages) {
    if (m.ended < m.sent || (m.event != 0) != (m.fate == MessageFate::delivered)) ++wrong;
    if (m.cause != 0 && t.event(m.cause).at > m.sent) ++wrong;
  }
  CHECK(wrong == 0);
  CHECK(t.effects.size() == caused);
}

std::size_t count(const Timeline& t, MessageFate fate) {
  return static_cast<std::size_t>(
      std::count_if(t.messages.begin(), t.messages.end(), [&](const Timeline::Message& m) { return m.fate == fate; }));
}

}  // namespace

TEST_CASE("a run listened to and its trace read back are one timeline", "[trace][timeline]") {
  for (const auto& [path, seed] : std::vector<std::pair<std::string, std::uint64_t>>{{"raft/partition.json", 7},
                                                                                     {"raft/nemesis.json", 3},
                                                                                     {"occ-store/objects.json", 1},
                                                                                     {"storefront/zone-outage.json", 2}}) {
    INFO(path);
    const sim::Scenario scenario = timeline_support::scenario(path);
    const auto both = record(scenario, seed, {.values = true});
    check_order(both.timeline);
    const Timeline read = timeline_support::read(both.trace, {.values = true});
    CHECK(dump(both.timeline) == dump(read));
    CHECK(both.timeline.values == read.values);
    CHECK(both.timeline.events.size() > 1000);
  }
}

TEST_CASE("a timeline says what became of every message, and why", "[trace][timeline]") {
  const sim::Scenario scenario = timeline_support::scenario("raft/partition.json");
  const Timeline t = record(scenario, 7).timeline;
  check_order(t);
  sim::Run run(scenario, 7);
  run.finish();
  const sim::Counters& counters = run.world().counters();
  CHECK(t.events.size() == counters.events);
  CHECK(count(t, MessageFate::loss) == counters.lost);
  CHECK(count(t, MessageFate::cut) == counters.cut);
  CHECK(count(t, MessageFate::down) == counters.to_down);
  const auto again = std::count_if(t.messages.begin(), t.messages.end(), [](const auto& m) { return m.again; });
  CHECK(static_cast<std::uint64_t>(again) <= counters.duplicated);
  CHECK(again > 0);
  std::set<std::string> why;
  for (const Timeline::Message& m : t.messages) {
    if (m.fate == MessageFate::cut) {
      REQUIRE(m.fault != kNone);
      CHECK(t.faults[m.fault].kind == "partition");
      CHECK(t.faults[m.fault].between(m.from, m.to));
      why.insert(t.explain(m));
    }
    if (m.fate == MessageFate::down) {
      REQUIRE(m.fault != kNone);
      CHECK(t.faults[m.fault].kind == "crash");
    }
    if (m.fate == MessageFate::delivered && !m.again && !m.late) CHECK(t.explain(m).empty());
  }
  CHECK(why.contains("stopped by a partition: cut off n2 (leader)"));
  const bool late = std::any_of(t.messages.begin(), t.messages.end(), [&](const Timeline::Message& m) {
    return m.late && t.explain(m).find("pause n1 (leader)") != std::string::npos;
  });
  CHECK(late);
}

TEST_CASE("a timeline has faults from beginning to end and whom they ailed", "[trace][timeline]") {
  const sim::Scenario scenario = timeline_support::scenario("raft/partition.json");
  const Timeline t = record(scenario, 7).timeline;
  REQUIRE(t.faults.size() == 6);
  CHECK(t.faults[0].text == "cut off n2 (leader)");
  CHECK(t.faults[0].begin == sim::Time{3'000'000'000});
  CHECK(t.faults[0].end == sim::Time{5'000'000'000});
  CHECK(t.describe(t.faults[0].begin_event) == "cut off n2 (leader)");
  CHECK(t.describe(t.faults[0].end_event) == "heal n2 (leader)");
  REQUIRE(t.ailments_of(0).size() == 3);
  CHECK(t.faults[t.ailments_of(0)[0].fault].kind == "crash");
  CHECK(t.ailments_of(0)[0].end == sim::Time{12'000'000'000});
  CHECK(t.faults[t.ailments_of(0)[1].fault].kind == "pause");
  CHECK(t.ailments_of(7).empty());
}

TEST_CASE("a timeline has the roles and epochs of nodes", "[trace][timeline]") {
  const sim::Scenario scenario = timeline_support::scenario("raft/partition.json");
  const Timeline t = record(scenario, 7).timeline;
  CHECK(t.nodes[0].epoch == "term");
  CHECK(t.nodes[5].epoch.empty());
  std::map<std::uint64_t, std::set<std::uint32_t>> leaders;
  for (const Timeline::Role& role : t.roles) {
    if (t.text(role.role) == "leader") leaders[role.epoch].insert(role.node);
  }
  CHECK(leaders.size() >= 4);
  for (const auto& [term, nodes] : leaders) CHECK(nodes.size() == 1);
  for (std::uint32_t node = 0; node < 5; ++node) {
    const auto roles = t.roles_of(node);
    std::uint64_t epoch = 0;
    for (const Timeline::Role& role : roles) {
      if (role.role == 0) continue;
      CHECK(role.epoch >= epoch);
      epoch = role.epoch;
    }
    CHECK(t.role_at(node, t.end) == static_cast<std::uint32_t>(&roles.back() - t.roles.data()));
    CHECK(t.role_at(node, sim::Time{-1}) == kNone);
    for (const Timeline::Ailment& ailment : t.ailments_of(node)) {
      if (t.faults[ailment.fault].kind != "crash") continue;
      CHECK(t.roles[t.role_at(node, ailment.begin)].role == 0);
      CHECK(t.text(t.roles[t.role_at(node, ailment.end)].role) == "follower");
    }
  }
}

TEST_CASE("a timeline has the clients' operations and the claims' verdicts", "[trace][timeline]") {
  const sim::Scenario scenario = timeline_support::scenario("mutants/raft-votes-not-voters.json");
  const Timeline t = record(scenario, 1).timeline;
  REQUIRE(t.violation() != nullptr);
  CHECK(t.violation()->name == "raft.election-safety");
  CHECK(t.violation()->event == t.events.size());
  const Timeline healthy = record(timeline_support::scenario("raft/partition.json"), 7).timeline;
  CHECK(healthy.violation() == nullptr);
  sim::Run run(timeline_support::scenario("raft/partition.json"), 7);
  const sim::Scenario kept = timeline_support::scenario("raft/partition.json");
  sim::Run again(kept, 7);
  again.finish();
  CHECK(healthy.operations.size() == again.report().clients.invoked);
  for (const Timeline::Operation& op : healthy.operations) {
    REQUIRE(op.begin <= op.end);
    CHECK((op.end_event == 0) == (op.end == Timeline::kOpen));
    CHECK(healthy.event(op.begin_event).node == op.node);
  }
}

TEST_CASE("lines of a trace that are wrong are refused", "[trace][timeline]") {
  const auto recorded = record(timeline_support::scenario("raft/partition.json", {"duration=200ms", "faults=[]"}), 1);
  const std::string header = recorded.trace.substr(0, recorded.trace.find('\n'));
  const auto refused = [&](const std::string& line) {
    auto reader = sim::TraceReader::begin(header, {});
    REQUIRE(reader.ok());
    REQUIRE_FALSE(reader->line(R"({"event":1,"t":0,"kind":"start","node":"n1"})"));
    const auto wrong = reader->line(line);
    return wrong ? wrong->where + ": " + wrong->what : std::string();
  };
  CHECK(refused(R"({"event":2,"t":0,"kind":"start","node":"n2"})").empty());
  CHECK(refused("{") != "");
  CHECK(refused("[]") == R"(: expected a line of a trace, a JSON object with "event", "t" and "kind")");
  CHECK(refused(R"({"event":2,"t":0,"kind":"stort","node":"n2"})").find("/kind: found \"stort\", expected one of") == 0);
  CHECK(refused(R"({"event":3,"t":0,"kind":"start","node":"n2"})") == "/event: found event 3 after event 1");
  CHECK(refused(R"({"event":2,"t":0,"kind":"start","node":"n99"})") == "/node: unknown node \"n99\"");
  CHECK(refused(R"({"event":2,"cause":2,"t":0,"kind":"timer","node":"n2"})") == "/cause: an event is caused by one before it");
  CHECK(refused(R"({"event":2,"cause":1,"t":0,"kind":"deliver","node":"n2","from":"x"})") == "/from: unknown node \"x\"");
  CHECK(refused(R"({"event":2,"t":0,"kind":"fault","nodes":["x"]})") == "/nodes: expected a list of the names of nodes");
  CHECK(refused(R"({"event":1,"t":5,"kind":"note","node":"n1"})").empty());
  CHECK(refused(R"({"event":9,"t":0,"kind":"claim","claim":"a"})") == "/event: found event 9, beyond the last");
  auto reader = sim::TraceReader::begin(header, {});
  REQUIRE(reader.ok());
  REQUIRE_FALSE(reader->line(R"({"event":1,"t":7,"kind":"start","node":"n1"})"));
  CHECK(reader->line(R"({"event":2,"t":6,"kind":"start","node":"n2"})")->where == "/t");
  CHECK_FALSE(sim::TraceReader::begin("{}", {}).ok());
  CHECK_FALSE(sim::TraceReader::begin("not json", {}).ok());
  CHECK_FALSE(sim::TraceReader::begin(R"({"kind":"trace","seed":1})", {}).ok());
}
