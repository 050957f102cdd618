// simulate run.
#include <fmt/format.h>

#include "sim/check/formats/formats.hpp"
#include "sim/cli/bundle.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/files.hpp"
#include "sim/cli/terminal.hpp"
#include "sim/scenario/timeline_recorder.hpp"
#include "sim/trace/jsonl.hpp"

namespace sim::cli {

namespace {

/// Runs with what is to be written along the way. Nothing where a file could not be written (said on stderr).
std::optional<Report> run_and_write(const Scenario& scenario, const RunOptions& options) {
  Run run(scenario, options.seed);
  std::optional<OutputFile> trace_file;
  std::optional<JsonlWriter> trace;
  if (!options.trace.empty()) {
    auto file = OutputFile::create(options.trace);
    if (!file) {
      complain(fmt::format("{}: cannot write it: {}", options.trace, file.error().what));
      return std::nullopt;
    }
    trace_file = *std::move(file);
    trace.emplace(trace_header(scenario, options.seed, kVersion), run.world().directory().node_names,
                  [&](std::string_view text) { trace_file->write(text); });
    run.world().watch(&*trace);
  }
  finish(run);
  Report report = run.report();
  if (trace) {
    trace->finish();
    trace_file->write(trace_ending(run, report));
    if (const std::string why = trace_file->commit(); !why.empty()) {
      complain(fmt::format("{}: cannot write it: {}", options.trace, why));
      return std::nullopt;
    }
  }
  report.measures = run.measures();
  const auto write = [](const std::string& path, const std::string& text) {
    const std::string why = path.empty() ? "" : write_file(path, text);
    if (!why.empty()) complain(fmt::format("{}: cannot write it: {}", path, why));
    return why.empty();
  };
  if (!options.history.empty() && !write(options.history, check::to_jsonl(run.history()))) return std::nullopt;
  if (!options.bundle.empty() && !write(options.bundle, bundle_of(scenario, report))) return std::nullopt;
  return report;
}

Exit run_verify(const Scenario& scenario, const RunOptions& options) {
  Run run(scenario, options.seed);
  Run again(scenario, options.seed);
  Lockstep pair(run, again);
  finish(pair);
  if (const auto& divergence = pair.divergence()) {
    print(fmt::format("{} event {} at {}: {}\n", red("nondeterministic"), index(divergence->event), to_text(divergence->at),
                      divergence->what));
    return Exit::nondeterministic;
  }
  print(fmt::format("{} two runs of {} events, seed {}, were equal event by event (digest {})\n", green("deterministic"),
                    grouped(run.world().counters().events), options.seed, hex(run.world().trace_digest())));
  return Exit::ok;
}

}  // namespace

Exit run_scenario(const RunOptions& options, const Registry& registry) {
  const auto scenario = open_scenario(options.path, options.sets, registry);
  if (!scenario) return Exit::usage;
  if (options.verify) return run_verify(*scenario, options);
  const double begun = wall_seconds();
  const auto report = run_and_write(*scenario, options);
  if (!report) return Exit::usage;
  const double wall = wall_seconds() - begun;
  if (options.json) {
    print(report_json(*scenario, *report, wall) + "\n");
    return exit_of(*report);
  }
  std::string text = report_text(*scenario, *report, wall);
  if (report->violation() != nullptr) {
    text += "reproduce  " + run_command(options) + "\n";
    text += "see it     " + run_command(options, "view") + "\n";
    if (!options.bundle.empty()) text += "           " + options.program + " replay " + options.bundle + "\n";
  }
  print(text);
  return exit_of(*report);
}

}  // namespace sim::cli
