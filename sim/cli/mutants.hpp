// What the two halves of `simulate mutants` share. Internal to sim/cli.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/cli/commands.hpp"

namespace sim::cli {

/// The files themselves, and the .json files of folders, by name. Nothing, with a complaint, where a folder cannot be read.
std::optional<std::vector<std::string>> scenario_files(const std::vector<std::string>& paths);

/// `--correct`: every scenario without its bug, over many seeds.
Exit run_correct(const MutantsOptions& options, const Registry& registry);

}  // namespace sim::cli
