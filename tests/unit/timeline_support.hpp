// Scenarios of the tree as runs, timelines and traces, for tests of what shows them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/scenario/run.hpp"
#include "sim/scenario/timeline_recorder.hpp"
#include "sim/trace/jsonl.hpp"
#include "tests/unit/catalog_support.hpp"

namespace timeline_support {

using catalog_support::scenario;

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
