// simulate export: a run as a file of another tool.
#include "sim/trace/export.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "sim/cli/bundle.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/files.hpp"
#include "sim/cli/terminal.hpp"
#include "sim/core/words.hpp"
#include "sim/scenario/json.hpp"
#include "sim/scenario/timeline_recorder.hpp"
#include "sim/trace/jsonl.hpp"

namespace sim::cli {

namespace {

constexpr std::string_view kJsonl = "jsonl";  // a trace itself, which is no export of a timeline

/// What is exported: a trace, of which the first line was read; a bundle; or a scenario.
struct Exported {
  std::string header;
  std::optional<InputFile> trace;
  std::optional<OpenedBundle> bundle;
  std::optional<Scenario> scenario;
};

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

/// Opens whatever it is. Nothing where it is nothing that can be exported (said on stderr).
std::optional<Exported> open_exported(const ExportArguments& arguments, const Registry& registry) {
  const std::string& path = arguments.path;
  Exported out;
  auto file = InputFile::open(path);
  if (!file) {
    complain(fmt::format("{}: cannot read it: {}", path, file.error().what));
    return std::nullopt;
  }
  file->line(out.header);
  const auto header = parse_json(out.header);
  std::string kind = "a bundle";
  if (header && has_kind(*header, "trace")) {
    kind = "a trace";
    out.trace = *std::move(file);
  } else {
    const std::string text = out.header + "\n" + file->rest();
    if (!file->error().empty()) {
      complain(fmt::format("{}: cannot read it: {}", path, file->error()));
      return std::nullopt;
    }
    const auto document = parse_json(text);
    if (!document) {
      complain_all(path, {document.error()});
      return std::nullopt;
    }
    if (document->find("systems") != nullptr) {
      out.scenario = open_scenario(path, text, arguments.sets, registry);
      return out.scenario ? std::optional(std::move(out)) : std::nullopt;
    }
    if (!has_kind(*document, "bundle")) {
      complain(path + ": expected a trace or a bundle, as `simulate run` writes with --trace and --bundle, or a scenario");
      return std::nullopt;
    }
    out.bundle = open_bundle(path, text, registry);
    if (!out.bundle) return std::nullopt;
  }
  if (!arguments.seed && arguments.sets.empty()) return out;
  complain(fmt::format("{}: {} is {}, whose run is decided; expected a scenario", arguments.seed ? "--seed" : "--set", path, kind));
  return std::nullopt;
}

/// Runs with somebody watching. Nothing where a bundle's run is another one (said on stderr).
template <class Watching>
std::optional<Report> run_watched(Run& run, const Exported& exported, Watching& watching) {
  run.world().watch(&watching);
  finish(run);
  Report report = run.report();
  if (exported.bundle && !confirmed(*exported.bundle, run.world().trace_digest())) return std::nullopt;
  return report;
}

/// Reads the rest of a trace, and hands over each line. Nothing where there is something wrong with it (said on stderr).
std::optional<Timeline> read_trace(const std::string& path, Exported& exported, const std::function<void(std::string_view)>& line) {
  auto reader = TraceReader::begin(exported.header, {.values = true});
  if (!reader) {
    complain(fmt::format("{}: line 1: {}", path, reader.error().what));
    return std::nullopt;
  }
  line(exported.header);
  std::string text;
  for (std::uint64_t n = 2; exported.trace->line(text); ++n) {
    if (const auto error = reader->line(text)) {
      complain(fmt::format("{}: line {}: {}{}{}", path, n, error->where, error->where.empty() ? "" : ": ", error->what));
      return std::nullopt;
    }
    line(text);
  }
  if (!exported.trace->error().empty()) {
    complain(fmt::format("{}: cannot read it: {}", path, exported.trace->error()));
    return std::nullopt;
  }
  return (*std::move(reader)).finish();
}

/// What is exported as a run, before its first event. Not of a trace.
Run run_of(const Exported& exported, const ExportArguments& arguments) {
  return exported.bundle ? exported.bundle->run() : Run(*exported.scenario, arguments.seed.value_or(1));
}

Exit write_trace(const ExportArguments& arguments, Exported& exported, OutputFile& file) {
  const auto write = [&](std::string_view text) { file.write(text); };
  if (exported.trace) {
    const auto copy = [&](std::string_view line) {
      file.write(line);
      file.write("\n");
    };
    return read_trace(arguments.path, exported, copy) ? Exit::ok : Exit::usage;
  }
  Run run = run_of(exported, arguments);
  const std::uint64_t seed = exported.bundle ? exported.bundle->bundle.seed : arguments.seed.value_or(1);
  JsonlWriter writer(trace_header(run.scenario(), seed, kVersion), run.world().directory().node_names, write);
  const auto report = run_watched(run, exported, writer);
  if (!report) return Exit::nondeterministic;
  writer.finish();
  file.write(trace_ending(run, *report));
  return Exit::ok;
}

Exit write_timeline(const ExportArguments& arguments, Wanted& wanted, Exported& exported, OutputFile& file) {
  std::optional<Timeline> timeline;
  if (exported.trace) {
    timeline = read_trace(arguments.path, exported, [](std::string_view) {});
    if (!timeline) return Exit::usage;
  } else {
    Run run = run_of(exported, arguments);
    TimelineRecorder recorder(run.scenario(), {.values = true});
    const auto report = run_watched(run, exported, recorder);
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
  auto exported = open_exported(arguments, registry);
  if (!exported) return Exit::usage;
  auto file = OutputFile::create(arguments.out);
  if (!file) {
    complain(fmt::format("{}: cannot write it: {}", arguments.out, file.error().what));
    return Exit::usage;
  }
  const Exit result =
      wanted->format ? write_timeline(arguments, *wanted, *exported, *file) : write_trace(arguments, *exported, *file);
  if (result != Exit::ok) return result;
  if (const std::string why = file->commit(); !why.empty()) {
    complain(fmt::format("{}: cannot write it: {}", arguments.out, why));
    return Exit::usage;
  }
  return Exit::ok;
}

}  // namespace sim::cli
