// Traces: one JSON object a line, each event after the one that caused it, the same to the byte every time.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "sim/scenario/json.hpp"
#include "sim/trace/jsonl.hpp"
#include "tests/unit/world_support.hpp"

namespace {

using namespace world_test;  // NOLINT(google-build-using-namespace)

constexpr const char* kHeader = R"({"faultline":"test","kind":"trace"})";

/// Three actors with everything that leaves a record: sends, saves, timers, notes, marks, losses, duplicates, faults.
World small_world() {
  World world(11);
  const Latency fsync = Latency::fixed(2_ms);
  world.add(
      NodeBox(actor({{1_ms, {send(kB, 1), save(4), send(kC, 2), set(9, 6_ms)}},
                     {4_ms, {{Do::note, 3, {}, {}}, {Do::mark, 0, {}, {}}, {Do::observe, 8, {}, {}}, send(kB, 5), send(kA, 6)}},
                     {12_ms, {send(kB, 7), send(kC, 7), send(kC, 8), send(kC, 9)}}})),
      {.system = "actors", .name = "a", .fsync = fsync});
  world.add(NodeBox(actor({{3_ms, std::vector<Act>(6, send(kC, 4))}})), {.system = "actors", .name = "b \"two\"", .fsync = fsync});
  world.add(NodeBox(actor({})), {.system = "actors", .name = "c", .fsync = fsync});
  Link link = fixed_link(1_ms);
  link.loss = Ratio::percent(25);
  link.duplicate = Ratio::percent(25);
  world.start(link);
  world.schedule_end(at(15_ms), world.schedule(at(10_ms), fault(FaultKind::crash, {kC})));
  world.schedule_end(at(14_ms), world.schedule(at(11_ms), fault(FaultKind::partition, {kB})));
  world.schedule_end(at(5_ms), world.schedule(at(2_ms), fault(FaultKind::clog, {kA})));
  return world;
}

std::string trace_of(World world) {
  std::string text;
  const std::vector<std::string> names = world.directory().node_names;
  JsonlWriter writer(kHeader, names, [&](std::string_view piece) { text += piece; });
  world.watch(&writer);
  run_until(world, 50_ms);
  writer.finish();
  return text;
}

std::vector<Value> lines_of(const std::string& trace) {
  std::vector<Value> out;
  std::istringstream in(trace);
  for (std::string line; std::getline(in, line);) {
    const auto parsed = parse_json(line);
    INFO(line);
    REQUIRE(parsed.ok());
    REQUIRE(parsed->map() != nullptr);
    out.push_back(*parsed);
  }
  return out;
}

std::int64_t number(const Value& line, std::string_view key) {
  const Value* found = line.find(key);
  return found == nullptr || found->integer() == nullptr ? -1 : *found->integer();
}

std::string text(const Value& line, std::string_view key) {
  const Value* found = line.find(key);
  return found == nullptr || found->text() == nullptr ? "" : *found->text();
}

/// The golden text of that name; rewritten where the environment says so, and then its diff is read.
std::string golden(const std::string& name, const std::string& now) {
  const std::string path = std::string(FAULTLINE_SOURCE_DIR) + "/tests/golden/" + name;
  const char* rewrite = std::getenv("FAULTLINE_REWRITE_GOLDEN");
  if (rewrite != nullptr && std::string(rewrite) == "1") std::ofstream(path, std::ios::binary) << now;
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

}  // namespace

TEST_CASE("the trace of a small world is golden", "[trace]") {
  const std::string now = trace_of(small_world());
  CHECK(golden("small_world_trace.txt", now) == now);
}

TEST_CASE("every line of a trace is a JSON object, the header first", "[trace]") {
  const auto lines = lines_of(trace_of(small_world()));
  REQUIRE(lines.size() > 30);
  CHECK(lines[0].to_json() == kHeader);
  for (std::size_t i = 1; i < lines.size(); ++i) {
    CHECK(number(lines[i], "event") > 0);
    CHECK(number(lines[i], "t") >= 0);
  }
}

TEST_CASE("a trace tells of every kind of record, and as often as the counters say", "[trace]") {
  World world = small_world();
  std::map<std::string, std::uint64_t> kinds;
  std::map<std::string, std::uint64_t> drops;
  for (const Value& line : lines_of(trace_of(world))) {
    ++kinds[text(line, "kind")];
    if (text(line, "kind") == "drop") ++drops[text(line, "text")];
  }
  run_until(world, 50_ms);
  const Counters& n = world.counters();
  for (const std::string& kind : enum_names<RecordKind>()) {
    if (kind != "role") CHECK(kinds[kind] > 0);  // roles are of protocols: a Run tells them
  }
  CHECK(kinds["deliver"] == n.delivered);
  CHECK(kinds["timer"] == n.timers);
  CHECK(kinds["sync"] == n.syncs);
  CHECK(kinds["duplicate"] == n.duplicated);
  CHECK(drops["loss"] == n.lost);
  CHECK(drops["cut"] == n.cut);
  CHECK(drops["down"] == n.to_down);
  for (const char* why : {"loss", "cut", "down"}) CHECK(drops[why] > 0);
  CHECK(kinds["start"] + kinds["deliver"] + kinds["timer"] + kinds["sync"] + kinds["fault"] == n.events);
}

TEST_CASE("events count from 1, time never runs backwards, and causes come before what they cause", "[trace]") {
  std::int64_t event = 0;
  std::int64_t now = 0;
  const std::set<std::string> events{"start", "deliver", "timer", "sync", "fault"};
  auto lines = lines_of(trace_of(small_world()));
  lines.erase(lines.begin());
  for (const Value& line : lines) {
    INFO(line.to_json());
    if (events.contains(text(line, "kind"))) CHECK(number(line, "event") == ++event);
    CHECK(number(line, "t") >= now);
    now = number(line, "t");
    if (line.find("cause") == nullptr) continue;
    CHECK(number(line, "cause") >= 1);
    // A drop or a duplicate hangs on the event that sent the message, which may be the event under way.
    CHECK(number(line, "cause") <= number(line, "event") - (events.contains(text(line, "kind")) ? 1 : 0));
  }
}

TEST_CASE("a delivery names its sender, its cause and when it was sent", "[trace]") {
  const auto lines = lines_of(trace_of(small_world()));
  std::map<std::int64_t, const Value*> by_event;
  for (const Value& line : lines) {
    const std::string kind = text(line, "kind");
    if (kind != "drop" && kind != "duplicate" && kind != "hold" && kind != "note" && kind != "mark" && kind != "observe")
      by_event[number(line, "event")] = &line;
  }
  std::size_t deliveries = 0;
  for (const Value& line : lines) {
    if (text(line, "kind") != "deliver") continue;
    ++deliveries;
    INFO(line.to_json());
    REQUIRE(by_event.contains(number(line, "cause")));
    CHECK(text(*by_event[number(line, "cause")], "node") == text(line, "from"));
    CHECK(number(line, "sent") <= number(line, "t"));
    CHECK(text(line, "type") == "Word");
    REQUIRE(line.find("value") != nullptr);
    CHECK(number(*line.find("value"), "n") > 0);
  }
  CHECK(deliveries > 5);
}

TEST_CASE("a long trace is handed over in pieces, and nothing is lost between them", "[trace]") {
  const std::vector<std::string> names{"a"};
  std::string all;
  std::size_t pieces = 0;
  JsonlWriter writer(kHeader, names, [&](std::string_view piece) {
    ++pieces;
    all += piece;
  });
  for (std::uint64_t i = 1; i <= 10'000; ++i) {
    writer.write({.kind = RecordKind::note,
                  .event = EventId{i},
                  .node = kA,
                  .peer = kA,
                  .text = "a note with \"quotes\" and \n a line break"});
  }
  CHECK(pieces > 5);
  writer.finish();
  const auto lines = lines_of(all);
  REQUIRE(lines.size() == 10'001);
  CHECK(text(lines[10'000], "text") == "a note with \"quotes\" and \n a line break");
  CHECK(number(lines[10'000], "event") == 10'000);
}
