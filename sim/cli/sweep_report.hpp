// A sweep's report, for people and for machines.
#pragma once

#include <string>
#include <vector>

#include "sim/cli/commands.hpp"
#include "sim/cli/sweep.hpp"

namespace sim::cli {

/// What a report is about. Nothing in it but `swept.wall` differs from one sweep of the same seeds to another.
struct SweepReport {
  const Scenario& scenario;
  const SweepOptions& options;
  explore::SeedRange asked;
  const Swept& swept;
  std::vector<explore::Group> groups;
  std::vector<std::string> bundles;  ///< one a group, or none at all
};

/// "violation", "undecided" or "ok", of the seeds that were run.
std::string verdict_of(const Swept& swept);
/// As text of at most 80 columns.
std::string sweep_text(const SweepReport& report);
/// As one JSON object.
std::string sweep_json(const SweepReport& report);

}  // namespace sim::cli
