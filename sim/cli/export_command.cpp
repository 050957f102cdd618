// simulate export: a run as a file of another tool.
#include "sim/trace/export.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "sim/cli/commands.hpp"
#include "sim/cli/source.hpp"
#include "sim/cli/terminal.hpp"
#include "sim/core/words.hpp"
#include "sim/trace/jsonl.hpp"

namespace sim::cli {

namespace {

constexpr std::string_view kJsonl = "jsonl";  // a trace itself, which is no export of a timeline

/// What the options ask for.
struct Wanted {
  std::optional<ExportFormat> format;  // nothing: jsonl
  ExportOptions part;
};

std::optional<Time> time_of(const char* option, const std::string& text, Time unless_told) {
  if (text.empty()) return unless_told;
  const auto time = parse_duration(text);
  if (time) return Time{} + *time;
  complain(fmt::format("{}: found \"{}\", expected a time as \"4.2s\": {}", option, text, time.error().what));
  return std::nullopt;
}

/// Nothing where the options make no sense (said on stderr).
std::optional<Wanted> wanted_of(const ExportArguments& arguments) {
  Wanted out;
  std::vector<std::string> formats = enum_names<ExportFormat>();
  const auto at = std::find(formats.begin(), formats.end(), arguments.to);
  if (at != formats.end()) {
    out.format = static_cast<ExportFormat>(at - formats.begin());
  } else if (arguments.to != kJsonl) {
    formats.emplace_back(kJsonl);
    complain(fmt::format("--to: unknown format \"{}\", {}", arguments.to, expected_one_of(arguments.to, formats)));
    return std::nullopt;
  }
  const bool part = !arguments.from.empty() || !arguments.until.empty() || !arguments.nodes.empty() || arguments.most;
  if (!out.format && part) {
    complain("--to jsonl: it is the whole run; --from, --until, --node and --most are for the other formats");
    return std::nullopt;
  }
  const auto from = time_of("--from", arguments.from, out.part.from);
  const auto until = from ? time_of("--until", arguments.until, out.part.to) : std::nullopt;
  if (!until) return std::nullopt;
  if (*until < *from) {
    complain(fmt::format("--until: {} is before --from, {}", arguments.until, arguments.from));
    return std::nullopt;
  }
  out.part.from = *from;
  out.part.to = *until;
  out.part.most = arguments.most;
  return out;
}

/// Runs with somebody watching. Nothing where a bundle's run is another one (said on stderr).
template <class Watching>
std::optional<Report> run_watched(Run& run, const RunSource& source, Watching& watching) {
  run.world().watch(&watching);
  finish(run);
  Report report = run.report();
  if (source.bundle && !confirmed(*source.bundle, run.world().trace_digest())) return std::nullopt;
  return report;
}

/// What is exported as a run, before its first event. Not of a trace.
Run run_of(const RunSource& source) { return source.bundle ? source.bundle->run() : Run(*source.scenario, source.seed); }

Exit write_trace(RunSource& source, OutputFile& file) {
  const auto write = [&](std::string_view text) { file.write(text); };
  if (source.trace) {
    const auto copy = [&](std::string_view line) {
      file.write(line);
      file.write("\n");
    };
    return read_trace(source, copy) ? Exit::ok : Exit::usage;
  }
  Run run = run_of(source);
  JsonlWriter writer(trace_header(run.scenario(), source.seed, kVersion), run.world().directory().node_names, write);
  const auto report = run_watched(run, source, writer);
  if (!report) return Exit::nondeterministic;
  writer.finish();
  file.write(trace_ending(run, *report));
  return Exit::ok;
}

Exit write_timeline(const ExportArguments& arguments, Wanted& wanted, RunSource& source, OutputFile& file) {
  std::optional<Timeline> timeline;
  if (source.trace) {
    timeline = read_trace(source, [](std::string_view) {});
    if (!timeline) return Exit::usage;
  } else {
    Run run = run_of(source);
    TimelineRecorder recorder(run.scenario(), {.values = true});
    const auto report = run_watched(run, source, recorder);
    if (!report) return Exit::nondeterministic;
    timeline = std::move(recorder).finish(run, *report);
  }
  std::vector<std::string> names;
  for (const Timeline::Node& node : timeline->nodes) names.push_back(node.name);
  for (const std::string& name : arguments.nodes) {
    const auto at = std::find(names.begin(), names.end(), name);
    if (at == names.end()) {
      complain(fmt::format("--node: unknown node \"{}\", {}", name, expected_one_of(name, names)));
      return Exit::usage;
    }
    wanted.part.nodes.push_back(static_cast<std::uint32_t>(at - names.begin()));
  }
  const std::string notice =
      export_timeline(*timeline, *wanted.format, wanted.part, [&](std::string_view text) { file.write(text); });
  if (!notice.empty()) complain(fmt::format("{}: {} --most, --from, --until and --node choose others.", arguments.to, notice));
  return Exit::ok;
}

}  // namespace

Exit export_run(const ExportArguments& arguments, const Registry& registry) {
  auto wanted = wanted_of(arguments);
  if (!wanted) return Exit::usage;
  auto source = open_source(arguments.path, arguments.seed, arguments.sets, registry);
  if (!source) return Exit::usage;
  auto file = OutputFile::create(arguments.out);
  if (!file) {
    complain(fmt::format("{}: cannot write it: {}", arguments.out, file.error().what));
    return Exit::usage;
  }
  const Exit result = wanted->format ? write_timeline(arguments, *wanted, *source, *file) : write_trace(*source, *file);
  if (result != Exit::ok) return result;
  if (const std::string why = file->commit(); !why.empty()) {
    complain(fmt::format("{}: cannot write it: {}", arguments.out, why));
    return Exit::usage;
  }
  return Exit::ok;
}

}  // namespace sim::cli
