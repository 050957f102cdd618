#include "sim/cli/cli.hpp"

#include <CLI/CLI.hpp>

#include <map>

#include "sim/cli/commands.hpp"
#include "sim/cli/terminal.hpp"

namespace sim::cli {

namespace {

constexpr const char* kFooter = R"(
Examples:
  simulate run scenarios/raft/partition.json --seed 7
  simulate run scenarios/mutants/raft-commit-old-term.json --seed 1 --bundle bug.json
  simulate replay bug.json
  simulate check history.edn --model cas-register
  simulate describe raft

Exit codes: 0 every claim holds, 1 a claim is violated, 2 bad input or usage,
3 undecided (a budget ran out), 4 nondeterminism found.
`simulate COMMAND --help` teaches each command.)";

}  // namespace

int run(int argc, char** argv, const Registry& registry) {
  CLI::App app{"Faultline: a deterministic distributed-systems simulator. One seed, one run, every time.", "simulate"};
  app.require_subcommand(1);
  app.set_version_flag("--version", "simulate " + std::string(kVersion));
  app.footer(kFooter);
  Color color = Color::automatic;
  app.add_option("--color", color, "Colours in the output: auto (only on a terminal; NO_COLOR is heeded), always, never")
      ->transform(CLI::CheckedTransformer(std::map<std::string, Color>{{"auto", Color::automatic}, {"always", Color::always}, {"never", Color::never}}))
      ->type_name("WHEN");
  app.fallthrough();

  Action chosen;
  add_run(app, registry, chosen);
  add_replay(app, registry, chosen);
  add_check(app, chosen);
  add_list(app, registry, chosen);
  add_describe(app, registry, chosen);
  add_validate(app, registry, chosen);
  add_schema(app, registry, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? 0 : static_cast<int>(Exit::usage);
  }
  set_color(color);
  return static_cast<int>(chosen());
}

}  // namespace sim::cli
