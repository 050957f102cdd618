// Scenarios of the tree as runs, timelines and traces, for tests of what shows them.
#pragma once

#include <cstdint>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "protocols/catalog.hpp"
#include "sim/scenario/json.hpp"
#include "sim/scenario/run.hpp"
#include "sim/scenario/timeline_recorder.hpp"
#include "sim/trace/jsonl.hpp"
#include "tests/unit/catch.hpp"

namespace timeline_support {

inline const sim::Registry& registry() {
  static const sim::Registry all = [] {
    sim::Registry r;
    protocols::add_all(r);
    return r;
  }();
  return all;
}

/// scenarios/PATH with "PATH=VALUE"s.
inline sim::Scenario scenario(const std::string& path, const std::vector<std::string>& sets = {}) {
  std::ifstream file(std::string(FAULTLINE_SOURCE_DIR) + "/scenarios/" + path);
  REQUIRE(file);
  auto document = sim::parse_json(std::string{std::istreambuf_iterator<char>(file), {}});
  REQUIRE(document);
  for (const std::string& set : sets) REQUIRE_FALSE(sim::set_member(*document, set));
  sim::Loaded loaded = sim::load_scenario(*document, registry());
  for (const sim::Error& e : loaded.errors) FAIL_CHECK(path << " " << e.where << ": " << e.what);
  REQUIRE(loaded.scenario);
  return *std::move(loaded.scenario);
}

/// A run as its timeline and as its trace.
struct Recorded {
  sim::Timeline timeline;
  std::string trace;
  std::uint64_t digest = 0;
};

inline Recorded record(const sim::Scenario& scenario, std::uint64_t seed, sim::TimelineBuilder::Options options = {},
                       sim::Decisions decisions = {}) {
  Recorded out;
  sim::Run run(scenario, seed, {.decisions = decisions});
  sim::TimelineRecorder recorder(scenario, options);
  run.world().watch(&recorder);
  run.finish();
  out.timeline = std::move(recorder).finish(run, run.report());
  sim::Run again(scenario, seed, {.decisions = std::move(decisions)});
  sim::JsonlWriter writer(sim::trace_header(scenario, seed, "test"), again.world().directory().node_names,
                          [&](std::string_view text) { out.trace += text; });
  again.world().watch(&writer);
  again.finish();
  writer.finish();
  out.trace += sim::trace_ending(again, again.report());
  out.digest = again.world().trace_digest();
  return out;
}

/// The timeline of a trace's text.
inline sim::Timeline read(const std::string& trace, sim::TimelineBuilder::Options options = {}) {
  std::size_t at = trace.find('\n');
  auto reader = sim::TraceReader::begin(trace.substr(0, at), options);
  REQUIRE(reader.ok());
  while (++at < trace.size()) {
    const std::size_t end = trace.find('\n', at);
    const auto wrong = reader->line(std::string_view(trace).substr(at, end - at));
    INFO(trace.substr(at, end - at));
    REQUIRE_FALSE(wrong);
    at = end;
  }
  return std::move(*reader).finish();
}

}  // namespace timeline_support
