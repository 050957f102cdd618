// TimelineRecorder: a run or its trace becomes a timeline: what TimelineBuilder does, and what takes knowing clients and claims.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/core/result.hpp"
#include "sim/scenario/run.hpp"
#include "sim/trace/timeline.hpp"

namespace sim {

class TraceLine;

/// The nodes of a scenario as a timeline knows them.
std::vector<Timeline::Node> timeline_nodes(const Scenario& scenario);

/// The first line of a trace, without its line break: the scenario, the seed and the nodes. `version` is of the program.
std::string trace_header(const Scenario& scenario, std::uint64_t seed, std::string_view version);
/// The last lines of a trace, with their line breaks: what the run says of its claims, and when it ended.
std::string trace_ending(const Run& run, const Report& report);

/// Listens to a run from its beginning (World::watch).
class TimelineRecorder final : public Sink {
 public:
  TimelineRecorder(const Scenario& scenario, TimelineBuilder::Options options);
  void write(const Record& record) override;
  std::size_t events() const { return builder_.events(); }
  /// The run is over.
  Timeline finish(const Run& run, const Report& report) &&;

 private:
  TimelineBuilder builder_;
};

/// Reads a trace line by line.
class TraceReader {
 public:
  /// Reads the first line, the header. Error: it is none of a trace.
  static Result<TraceReader> begin(std::string_view header, TimelineBuilder::Options options);
  /// Reads another line. Error: what is wrong with it; the line's number is for the caller to say.
  std::optional<Error> line(std::string_view text);
  /// The scenario's document, for those who know its systems.
  const Value& scenario() const { return scenario_; }
  std::uint64_t seed() const { return seed_; }
  Timeline finish() &&;

 private:
  explicit TraceReader(TimelineBuilder builder) : builder_(std::move(builder)) {}
  std::optional<Error> fault_line(const TraceLine& line, Record& record);
  std::optional<Error> claim_line(const TraceLine& line);
  void observe(const TraceLine& line, const Record& record);
  bool find_node(const TraceLine& line, std::string_view key, NodeId& into) const;
  bool find_nodes(const Value& list, std::vector<NodeId>& into) const;

  TimelineBuilder builder_;
  std::map<std::string, NodeId, std::less<>> names_;
  std::vector<std::string> kinds_ = enum_names<RecordKind>();
  Value scenario_;
  std::string name_;
  std::uint64_t seed_ = 0;
  Time end_{};
};

}  // namespace sim
