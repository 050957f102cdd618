// What a scenario means: defaults, targets, --set, JSON, the schema, and the scenarios that come along.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/catalog.hpp"
#include "sim/scenario/format.hpp"
#include "tests/unit/scenario_support.hpp"

namespace {

using namespace toy;  // NOLINT(google-build-using-namespace)

Time at(Duration d) { return Time{} + d; }

std::string error_of_json(std::string_view text) {
  const auto value = parse_json(text);
  return value ? "read as " + value->to_json() : value.error().where + ": " + value.error().what;
}

std::string error_of_set(std::string_view assignment) {
  Value value = parsed(kBase);
  const auto error = set_member(value, assignment);
  return error ? error->where + ": " + error->what : "ok";
}

std::vector<NodeId> ids(std::initializer_list<std::uint32_t> numbers) {
  std::vector<NodeId> out;
  for (const std::uint32_t n : numbers) out.push_back(NodeId{n});
  return out;
}

}  // namespace

TEST_CASE("a scenario that says little means what the documentation says", "[scenario]") {
  const Scenario s = scenario();
  CHECK(s.name == "base");
  CHECK(s.node_names == std::vector<std::string>{"n1", "n2", "n3", "c1", "c2"});
  CHECK(s.systems[0].name == "store");
  CHECK(s.systems[0].fsync == Latency::fixed(1_ms));
  CHECK(s.network == Link{});
  CHECK(s.network.latency == Latency::uniform(1_ms, 5_ms));
  CHECK(s.clients[0].workload.target == "store");
  CHECK(s.clients[0].workload.think == 10_ms);
  CHECK(s.clients[0].members == ids({3, 4}));
  CHECK(s.duration == at(20_s));
  CHECK(s.faults_stop == at(15_s));
  CHECK(s.checks.empty());
  CHECK_FALSE(s.expect.has_value());
  CHECK(s.find_node("c2") == NodeId{4});
  CHECK_FALSE(s.find_node("c3").has_value());
  CHECK(s.source == document());
}

TEST_CASE("the quiet end is five seconds, at most half of the duration, or as the scenario says", "[scenario]") {
  CHECK(scenario({"duration=4s"}).faults_stop == at(2_s));
  CHECK(scenario({"quiet=0s"}).faults_stop == at(20_s));
  CHECK(scenario({"quiet=20s"}).faults_stop == at(0_s));
}

TEST_CASE("nodes are named by the system where there are several", "[scenario]") {
  const Scenario s = scenario({R"(systems=[{"name":"x","protocol":"toy","nodes":2},{"protocol":"mute","nodes":["solo"]}])"});
  CHECK(s.node_names == std::vector<std::string>{"x-1", "x-2", "solo", "c1", "c2"});
  CHECK(s.systems[1].name == "mute");
}

TEST_CASE("ratios may be numbers of any size, down to a billionth", "[scenario]") {
  CHECK(scenario({"network.loss=0.1"}).network.loss == Ratio::percent(10));
  CHECK(scenario({"network.loss=0.0001"}).network.loss == Ratio::per_million(100));
  CHECK(scenario({"network.loss=0.000000001"}).network.loss == Ratio{1});
  CHECK(scenario({"network.loss=1"}).network.loss == Ratio::one());
  CHECK(scenario({"network.loss=200ppm"}).network.loss == Ratio::per_million(200));
}

TEST_CASE("every form of a latency is read", "[scenario]") {
  const auto fsync = [](const std::string& text) { return scenario({"systems.0.fsync=" + text}).systems[0].fsync; };
  CHECK(fsync("0s").is_zero());
  CHECK(fsync("3ms") == Latency::fixed(3_ms));
  CHECK(fsync(R"({"fixed":"3ms"})") == Latency::fixed(3_ms));
  CHECK(fsync(R"({"uniform":["1ms","2ms"]})") == Latency::uniform(1_ms, 2_ms));
  CHECK(fsync(R"({"exponential":{"mean":"2ms","floor":"1ms"}})") == Latency{LatencyKind::exponential, 1_ms, 2_ms, {}});
  CHECK(fsync(R"({"log-normal":{"median":"2ms","sigma":0.5}})") == Latency{LatencyKind::log_normal, 2_ms, {}, Ratio::percent(50)});
  CHECK(fsync(R"({"pareto":{"min":"1ms","alpha":1.5}})") == Latency{LatencyKind::pareto, 1_ms, {}, Ratio::percent(150)});
}

TEST_CASE("a link that differs keeps the rest of the network's, in both directions unless it says one", "[scenario]") {
  const Scenario s = scenario({R"(network={"loss":"1%","links":[{"from":"n1","to":["n2","c1"],"latency":"50ms"},)"
                               R"({"from":"n3","to":"n1","one_way":true,"fifo":true}]})"});
  REQUIRE(s.links.size() == 5);
  CHECK((s.links[0].from == NodeId{0} && s.links[0].to == NodeId{1}));
  CHECK((s.links[1].from == NodeId{1} && s.links[1].to == NodeId{0}));
  CHECK(s.links[0].link.latency == Latency::fixed(50_ms));
  CHECK(s.links[0].link.loss == Ratio::percent(1));
  CHECK((s.links[4].from == NodeId{2} && s.links[4].to == NodeId{0} && s.links[4].link.fifo));
}

TEST_CASE("clocks are read with their signs", "[scenario]") {
  const Scenario s = scenario({R"(clocks={"n1":{"offset":"-20ms","drift":"-50ppm"},"n2":{"drift":"0.1%"}})"});
  REQUIRE(s.clocks.size() == 2);
  CHECK(s.clocks[0].clock.offset == Duration{} - 20_ms);
  CHECK(s.clocks[0].clock.drift_per_billion == -50'000);
  CHECK(s.clocks[1].clock.drift_per_billion == 1'000'000);
}

TEST_CASE("each way to name a target is understood", "[scenario]") {
  const auto target = [](const std::string& text) {
    return scenario({R"(faults=[{"at":"1s","crash":)" + text + "}]"}).plan.faults[0].target;
  };
  CHECK(target(R"("n2")").nodes == ids({1}));
  CHECK(target(R"("store")").nodes == ids({0, 1, 2}));
  CHECK(target(R"(["n1","c2"])").nodes == ids({0, 4}));
  CHECK((target(R"("any")").nodes == ids({0, 1, 2}) && target(R"("any")").random == 1));
  CHECK((target(R"({"random":2})").nodes == ids({0, 1, 2}) && target(R"({"random":2})").random == 2));
  CHECK(target(R"({"random":"minority"})").share == Pick::Share::minority);
  CHECK(target(R"({"random":"half"})").share == Pick::Share::half);
  CHECK(target(R"({"random":"majority"})").share == Pick::Share::majority);
  const Pick role = target(R"({"role":"ticking"})");
  CHECK((role.nodes.empty() && role.system == "store" && role.role == "ticking"));
}

TEST_CASE("a repeated fault is read with its span and its length", "[scenario]") {
  const Scenario s =
      scenario({R"(faults=[{"at":"1s","every":"200ms","until":"9s","for":{"uniform":["1ms","5ms"]},"link":"n1","against":["n2"],)"
                R"("one_way":true,"loss":"10%","duplicate":"5%","delay":"3ms"},{"at":"2s","clock":"n1","offset":"-1s"}])"});
  const PlannedFault& f = s.plan.faults[0];
  CHECK(f.fault.kind == FaultKind::link);
  CHECK(f.at == at(1_s));
  CHECK(f.every == 200_ms);
  CHECK(f.until == at(9_s));
  CHECK(f.lasts == Latency::uniform(1_ms, 5_ms));
  CHECK(f.others.nodes == ids({1}));
  CHECK_FALSE(f.fault.both_ways);
  CHECK(f.fault.loss == Ratio::percent(10));
  CHECK(f.fault.delay == 3_ms);
  CHECK(s.plan.faults[1].fault.clock_offset == Duration{} - 1_s);
}

TEST_CASE("a member is changed by --set, by dots or slashes, as JSON or as a text", "[scenario]") {
  CHECK(document({"systems.0.nodes=7"}).find("systems")->list()->at(0).find("nodes")->to_json() == "7");
  CHECK(document({"/systems/0/nodes=7"}) == document({"systems.0.nodes=7"}));
  CHECK(*document({"name=with spaces = and more"}).find("name")->text() == "with spaces = and more");
  CHECK(document({"network.loss=5%"}).find("network")->to_json() == R"({"loss":"5%"})");
  CHECK(document({R"(faults=[{"at":"1s"}])"}).find("faults")->to_json() == R"([{"at":"1s"}])");
  CHECK(document({"systems.0.config.limit=3"}).find("systems")->list()->at(0).find("config")->to_json() == R"({"limit":3})");
  CHECK(document({"name="}).find("name")->to_json() == R"("")");
}

TEST_CASE("what is wrong with a --set is said", "[scenario]") {
  const std::string form = R"(, expected PATH=VALUE, as in systems.0.nodes=7)";
  CHECK(error_of_set("name") == R"(: found "name")" + form);
  CHECK(error_of_set("") == R"(: found "")" + form);
  CHECK(error_of_set("=7") == R"(: found "=7")" + form);
  CHECK(error_of_set("systems.1.nodes=7") == R"(/systems/1: found "1", expected an index below 1)");
  CHECK(error_of_set("systems.-1=7") == R"(/systems/-1: found "-1", expected an index below 1)");
  CHECK(error_of_set("systems.x.nodes=7") == R"(/systems/x: found "x", expected an index below 1)");
  CHECK(error_of_set("systems.99999999999999999999=7") ==
        R"(/systems/99999999999999999999: found "99999999999999999999", expected an index below 1)");
  CHECK(error_of_set("name.first=7") == R"(/name/first: found "base" above it, which has no members)");
}

TEST_CASE("a --set that fails changes nothing", "[scenario]") {
  Value value = parsed(kBase);
  CHECK(set_member(value, "systems.0.nodes.deep=7").has_value());
  CHECK(value == parsed(kBase));
}

TEST_CASE("JSON is read with the order of its keys and with whole numbers whole", "[scenario]") {
  CHECK(parsed(R"({"b":1,"a":[true,null,-2,1.5,"é\n"]})").to_json() == "{\"b\":1,\"a\":[true,null,-2,1.5,\"é\\n\"]}");
  CHECK(*parsed("9223372036854775807").integer() == 9223372036854775807);
  CHECK(parsed("9223372036854775808").real() != nullptr);
  CHECK(*parsed("1e3").real() == 1000);
}

TEST_CASE("what is not JSON is refused with its place, whatever it is", "[scenario]") {
  for (const std::string_view text : {"",        " ",       "{",           "[1,",      R"({"a")",  R"({"a":)", R"({"a":1,})",
                                      "[1 2]",   "nul",     "'a'",         "01",       "+1",       ".5",       "1.",
                                      R"("abc)", R"("\x")", R"("\ud800")", "\"\xff\"", "\xef\xbb", "{} {}",    "// comment\n{}",
                                      "NaN",     "\"a\tb\""}) {
    CAPTURE(text);
    const auto value = parse_json(text);
    REQUIRE_FALSE(value.ok());
    CHECK(value.error().where.starts_with("line "));
    CHECK(value.error().what.find("json.exception") == std::string::npos);
  }
  CHECK(parse_json("{\n  \"a\": 1,\n  oops\n}").error().where == "line 3, column 3");
}

TEST_CASE("keys that stand twice, numbers that are too large and nests that are too deep are refused", "[scenario]") {
  CHECK(error_of_json(R"({"a":1,"b":{"a":2},"a":3})") == R"(: the key "a" stands twice in one object)");
  CHECK(error_of_json(std::string(201, '[') + std::string(201, ']')) == ": it is nested deeper than 200 levels");
  CHECK(parse_json(std::string(200, '[') + std::string(200, ']')).ok());
  CHECK_FALSE(parse_json(std::string(1'000'000, '[')).ok());
  const std::string huge = error_of_json("[1e999]");
  CHECK(huge.find("number overflow") != std::string::npos);
  CHECK(huge.find("json.exception") == std::string::npos);
}

TEST_CASE("the schema is JSON, defines every kind of part and mentions every field", "[scenario]") {
  const Value schema = parsed(scenario_schema(registry()));
  CHECK(*schema.find("$schema")->text() == "https://json-schema.org/draft/2020-12/schema");
  REQUIRE(schema.find("$defs") != nullptr);
  std::set<std::string> defined;
  for (const auto& [name, definition] : *schema.find("$defs")->map()) defined.insert(name);
  CHECK(defined == std::set<std::string>{"duration", "ratio", "drift",  "latency",      "target", "protocol", "systems",
                                         "network",  "links", "clocks", "clients",      "faults", "checks",   "zones",
                                         "nemesis",  "mix",   "swarm",  "swarm_config", "maybe",  "workload"});
  const std::string text = schema.to_json();
  const auto mentions = [&](const auto& fields) {
    for (const format::Field& field : fields) {
      CAPTURE(field.name);
      CHECK(text.find("\"" + std::string(field.name) + "\":{") != std::string::npos);
    }
  };
  mentions(format::kScenario), mentions(format::kSystem), mentions(format::kLink), mentions(format::kNetworkOnly),
      mentions(format::kLinkOnly);
  mentions(format::kClock), mentions(format::kClientsOnly), mentions(format::kFaultVerbs), mentions(format::kFault),
      mentions(format::kTarget);
  for (const char* word : {"\"very-fancy\"", "\"stale-reads\"", "\"period\"", "\"toy\"", "\"mute\"", "\"retry_after\""}) {
    CHECK(text.find(word) != std::string::npos);
  }
}

TEST_CASE("every reference of the schema leads to a definition", "[scenario]") {
  Registry all;
  protocols::add_all(all);
  const std::string text = scenario_schema(all);
  const Value schema = parsed(text);
  const std::string mark = R"("$ref":"#/$defs/)";
  std::size_t references = 0;
  for (std::size_t i = text.find(mark); i != std::string::npos; i = text.find(mark, i + 1)) {
    const std::string name = text.substr(i + mark.size(), text.find('"', i + mark.size()) - i - mark.size());
    CAPTURE(name);
    CHECK(schema.find("$defs")->find(name) != nullptr);
    ++references;
  }
  CHECK(references > 20);
}

TEST_CASE("every scenario that comes along loads", "[scenario]") {
  Registry all;
  protocols::add_all(all);
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(std::string(FAULTLINE_SOURCE_DIR) + "/scenarios")) {
    if (entry.path().extension() != ".json") continue;
    ++files;
    std::ostringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    const auto value = parse_json(text.str());
    INFO(entry.path().string());
    REQUIRE(value.ok());
    const Loaded loaded = load_scenario(*value, all);
    for (const Error& error : loaded.errors) UNSCOPED_INFO(error.where << ": " << error.what);
    CHECK(loaded.errors.empty());
  }
  CHECK(files > 0);
}
