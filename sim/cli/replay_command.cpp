// simulate replay.
#include <fmt/format.h>

#include "sim/cli/bundle.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/terminal.hpp"

namespace sim::cli {

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
