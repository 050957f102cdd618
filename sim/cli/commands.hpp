// The commands of `simulate`, one function each, and what they share. Internal to sim/cli.
#pragma once

#include <CLI/CLI.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/cli/cli.hpp"
#include "sim/scenario/run.hpp"
#include "sim/scenario/scenario.hpp"

namespace sim::cli {

inline constexpr std::string_view kVersion = "0.1.0";

/// What a command does once its arguments are read.
using Action = std::function<Exit()>;

// Each adds its subcommand to the application and says, through `chosen`, what to do if it was called.
void add_run(CLI::App& app, const Registry& registry, Action& chosen);
void add_replay(CLI::App& app, const Registry& registry, Action& chosen);
void add_check(CLI::App& app, Action& chosen);
void add_list(CLI::App& app, const Registry& registry, Action& chosen);
void add_describe(CLI::App& app, const Registry& registry, Action& chosen);
void add_validate(CLI::App& app, const Registry& registry, Action& chosen);
void add_schema(CLI::App& app, const Registry& registry, Action& chosen);

/// Reads a scenario file, applies `--set`s and checks it; complains of every mistake on stderr.
std::optional<Scenario> open_scenario(const std::string& path, const std::vector<std::string>& sets, const Registry& registry);
/// Complains of each error as "file: /json/path: what".
void complain_all(const std::string& file, const std::vector<Error>& errors);

/// Seconds of the wall clock since some fixed point.
double wall_seconds();
/// A digest as people see it: 16 hexadecimal digits.
std::string hex(std::uint64_t digest);
/// A run's outcome as an exit code.
Exit exit_of(const Report& report);

/// The report as text of at most 80 columns.
std::string report_text(const Scenario& scenario, const Report& report, double wall);
/// The report as one JSON object.
std::string report_json(const Scenario& scenario, const Report& report, double wall);
/// "simulate run FILE --seed 7 --set ...", quoted for a shell.
std::string run_command(const std::string& path, std::uint64_t seed, const std::vector<std::string>& sets);

}  // namespace sim::cli
