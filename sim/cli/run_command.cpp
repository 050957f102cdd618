// simulate run, simulate replay.
#include <fmt/format.h>

#include "sim/check/formats/formats.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/files.hpp"
#include "sim/cli/terminal.hpp"
#include "sim/scenario/json.hpp"
#include "sim/trace/jsonl.hpp"

namespace sim::cli {

namespace {

std::string header_of(const Scenario& scenario, std::uint64_t seed) {
  return Value(Value::Map{{"faultline", Value(kVersion)},
                          {"kind", "trace"},
                          {"seed", Value(static_cast<std::int64_t>(seed))},
                          {"scenario", scenario.source}})
      .to_json();
}

std::string bundle_of(const Scenario& scenario, const Report& report) {
  const ClaimReport* violation = report.violation();
  return Value(Value::Map{{"faultline", Value(kVersion)},
                          {"kind", "bundle"},
                          {"seed", Value(static_cast<std::int64_t>(report.seed))},
                          {"verdict", Value(report.verdict())},
                          {"claim", violation == nullptr ? Value() : Value(violation->name)},
                          {"digest", Value(hex(report.digest))},
                          {"events", Value(static_cast<std::int64_t>(report.counters.events))},
                          {"decisions", Value::List{}},
                          {"scenario", scenario.source}})
             .to_json() +
         "\n";
}

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
    trace.emplace(header_of(scenario, options.seed), run.world().directory().node_names,
                  [&](std::string_view text) { trace_file->write(text); });
    run.world().watch(&*trace);
  }
  finish(run);
  if (trace) {
    trace->finish();
    if (const std::string why = trace_file->commit(); !why.empty()) {
      complain(fmt::format("{}: cannot write it: {}", options.trace, why));
      return std::nullopt;
    }
  }
  Report report = run.report();
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
  if (const auto divergence = verify(scenario, options.seed)) {
    print(fmt::format("{} event {} at {}: {}\n", red("nondeterministic"), index(divergence->event), to_text(divergence->at),
                      divergence->what));
    return Exit::nondeterministic;
  }
  Run run(scenario, options.seed);
  finish(run);
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
    if (!options.bundle.empty()) text += "           " + options.program + " replay " + options.bundle + "\n";
  }
  print(text);
  return exit_of(*report);
}

namespace {

struct Bundle {
  Value scenario;
  std::uint64_t seed = 0;
  std::string digest;
  std::string claim;
  std::string version;
};

Result<Bundle> read_bundle(const std::string& path) {
  auto text = read_file(path);
  if (!text) return Error{"", "cannot read it: " + text.error().what};
  auto document = parse_json(*text);
  if (!document) return document.error();
  const Value* kind = document->find("kind");
  const Value* scenario = document->find("scenario");
  const Value* seed = document->find("seed");
  const Value* digest = document->find("digest");
  if (kind == nullptr || kind->text() == nullptr || *kind->text() != "bundle") {
    return Error{"/kind", R"(expected a bundle (a file that `simulate run --bundle` wrote), with "kind": "bundle")"};
  }
  if (scenario == nullptr) return Error{"/scenario", "it is missing"};
  if (seed == nullptr || seed->integer() == nullptr || *seed->integer() < 0) return Error{"/seed", "expected a whole number"};
  if (digest == nullptr || digest->text() == nullptr) return Error{"/digest", "expected a text of 16 hexadecimal digits"};
  Bundle out{*scenario, static_cast<std::uint64_t>(*seed->integer()), *digest->text(), {}, {}};
  if (const Value* claim = document->find("claim"); claim != nullptr && claim->text() != nullptr) out.claim = *claim->text();
  if (const Value* version = document->find("faultline"); version != nullptr && version->text() != nullptr)
    out.version = *version->text();
  return out;
}

}  // namespace

Exit replay_bundle(const std::string& path, bool json, const Registry& registry) {
  const auto bundle = read_bundle(path);
  if (!bundle) {
    complain_all(path, {bundle.error()});
    return Exit::usage;
  }
  const Loaded loaded = load_scenario(bundle->scenario, registry);
  for (const Error& error : loaded.errors) complain(fmt::format("{}: /scenario{}: {}", path, error.where, error.what));
  if (!loaded.scenario) return Exit::usage;
  const double begun = wall_seconds();
  Run run(*loaded.scenario, bundle->seed);
  finish(run);
  const Report report = run.report();
  const double wall = wall_seconds() - begun;
  print(json ? report_json(*loaded.scenario, report, wall) + "\n" : report_text(*loaded.scenario, report, wall));

  if (hex(report.digest) == bundle->digest) {
    if (!json) print(fmt::format("replay     {}: the digest is the bundle's\n", green("confirmed")));
    return exit_of(report);
  }
  complain(fmt::format("{}: the run's digest is {}, the bundle's {}: {}", path, hex(report.digest), bundle->digest,
                       bundle->version == kVersion
                           ? "the run is not deterministic, or the code has changed since the bundle was made"
                           : "the bundle was made by version " + bundle->version + ", this is " + std::string(kVersion)));
  return Exit::nondeterministic;
}

}  // namespace sim::cli
