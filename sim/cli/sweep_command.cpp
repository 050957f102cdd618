// simulate sweep.
#include <fmt/format.h>

#include <filesystem>

#include "sim/cli/bundle.hpp"
#include "sim/cli/crew.hpp"
#include "sim/cli/files.hpp"
#include "sim/cli/sweep_report.hpp"
#include "sim/cli/terminal.hpp"
#include "sim/scenario/json.hpp"

namespace sim::cli {

namespace {

std::optional<SweepBounds> bounds_of(const SweepOptions& options) {
  const auto seeds = seeds_in("--seeds", options.seeds);
  if (!seeds) return std::nullopt;
  SweepBounds out{.seeds = *seeds, .stop_after = options.stop_after, .seconds = 0};
  if (options.time_limit.empty()) return out;
  const auto limit = parse_duration(options.time_limit);
  if (!limit || limit->ns == 0) {
    complain("--time-limit: " + (limit ? "found \"" + options.time_limit + "\", expected more than that" : limit.error().what));
    return std::nullopt;
  }
  out.seconds = static_cast<double>(limit->ns) / 1e9;
  return out;
}

bool make_folder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (!error && std::filesystem::is_directory(path, error)) return true;
  complain(fmt::format("{}: cannot make this folder: {}", path, error ? error.message() : "a file of that name is in the way"));
  return false;
}

/// "OUT/raft.election-safety-17.json": the names of systems may hold anything.
std::string bundle_path(const std::string& folder, const explore::Group& group) {
  std::string name = group.claim;
  for (char& c : name) {
    if (std::string_view("/\\ \t\n").find(c) != std::string_view::npos) c = '-';
  }
  return (std::filesystem::path(folder) / fmt::format("{}-{}.json", name, group.cheapest.seed)).string();
}

/// Runs the cheapest seed of each group once more and keeps it. What is returned is not `ok` where a file could not be written,
/// or where the second run was another one (said on stderr).
Exit keep_bundles(SweepReport& report) {
  for (const explore::Group& group : report.groups) {
    Run run(report.scenario, group.cheapest.seed);
    run.finish();
    const Report again = run.report();
    if (again.digest != group.cheapest.digest) {
      complain(fmt::format("seed {}: two runs had two digests, {} and {}", group.cheapest.seed, hex(group.cheapest.digest),
                           hex(again.digest)));
      return Exit::nondeterministic;
    }
    report.bundles.push_back(bundle_path(report.options.out, group));
    if (const std::string why = write_file(report.bundles.back(), bundle_of(report.scenario, again)); !why.empty()) {
      complain(fmt::format("{}: cannot write it: {}", report.bundles.back(), why));
      return Exit::usage;
    }
  }
  return Exit::ok;
}

Exit lead(const Scenario& scenario, const SweepOptions& options, const SweepBounds& bounds, unsigned jobs, Ranks& ranks) {
  const Swept swept = sweep(scenario, bounds, jobs, ranks);
  SweepReport report{scenario, options, bounds.seeds, swept, swept.tally.groups(), {}};
  if (!options.out.empty()) {
    if (const Exit kept = keep_bundles(report); kept != Exit::ok) return kept;
  }
  print(options.json ? sweep_json(report) : sweep_text(report));
  const std::string verdict = verdict_of(swept);
  return verdict == "violation" ? Exit::violated : verdict == "undecided" ? Exit::undecided : Exit::ok;
}

/// What rank 0 read and found good, for ranks that may have no such file.
Exit help(const std::string& document, unsigned jobs, Ranks& ranks, const Registry& registry) {
  if (document.empty()) return Exit::usage;
  const auto parsed = parse_json(document);
  assert(parsed.ok());
  const Loaded loaded = load_scenario(*parsed, registry);
  assert(loaded.scenario.has_value());
  help_sweep(*loaded.scenario, jobs, ranks);
  return Exit::ok;
}

}  // namespace

Exit sweep_seeds(const SweepOptions& options, const Registry& registry) {
  if (mpi_processes() > 1 && !built_with_mpi()) {
    complain("this simulate was built without MPI: mpirun would run the same sweep several times");
    return Exit::usage;
  }
  Ranks ranks;
  const unsigned jobs = options.jobs == 0 ? default_jobs() : options.jobs;
  if (ranks.rank() > 0) return help(ranks.share({}), jobs, ranks, registry);
  const auto bounds = bounds_of(options);
  auto scenario = bounds ? open_scenario(options.path, options.sets, registry) : std::nullopt;
  if (scenario && !options.out.empty() && !make_folder(options.out)) scenario.reset();
  ranks.share(scenario ? scenario->source.to_json() : "");
  return scenario ? lead(*scenario, options, *bounds, jobs, ranks) : Exit::usage;
}

}  // namespace sim::cli
