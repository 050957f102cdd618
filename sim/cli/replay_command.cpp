// simulate replay: the whole run once more. Looking into it is in look_command.cpp.
#include <fmt/format.h>

#include "sim/cli/bundle.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/look.hpp"
#include "sim/cli/terminal.hpp"

namespace sim::cli {

Exit replay_bundle(const ReplayOptions& options, const Registry& registry) {
  const auto opened = open_bundle(options.path, registry);
  if (!opened) return Exit::usage;
  if (!options.follow.empty()) return follow_event(*opened, options);
  if (!options.until.empty() || !options.show.empty()) return show_nodes(*opened, options);

  const double begun = wall_seconds();
  Run run = opened->run();
  finish(run);
  Report report = run.report();
  report.measures = run.measures();
  const double wall = wall_seconds() - begun;
  print(options.json ? report_json(opened->scenario, report, wall) + "\n" : report_text(opened->scenario, report, wall));
  if (!confirmed(*opened, report.digest)) return Exit::nondeterministic;
  if (!options.json) print(fmt::format("replay     {}: the digest is the bundle's\n", green("confirmed")));
  return exit_of(report);
}

}  // namespace sim::cli
