#include "sim/cli/cli.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <functional>
#include <memory>

#include "sim/cli/commands.hpp"
#include "sim/cli/terminal.hpp"
#include "sim/core/words.hpp"
#include "sim/explore/shrink.hpp"

namespace sim::cli {

namespace {

constexpr const char* kFooter = R"(
Examples:
  simulate run scenarios/raft/partition.json --seed 7
  simulate run scenarios/mutants/raft-votes-not-voters.json --seed 1 --bundle bug.json
  simulate replay bug.json
  simulate sweep scenarios/raft/chaos.json --seeds 1..1000
  simulate shrink bug.json
  simulate check history.edn --model cas-register
  simulate describe raft

Exit codes: 0 every claim holds, 1 a claim is violated, 2 bad input or usage,
3 undecided (a budget ran out), 4 nondeterminism found.
`simulate COMMAND --help` teaches each command.)";

/// What to do once the arguments are read.
using Action = std::function<Exit()>;

void add_run(CLI::App& app, const std::string& program, const Registry& registry, Action& chosen) {
  auto options = std::make_shared<RunOptions>();
  options->program = program;
  CLI::App* command = app.add_subcommand("run", "Run one seed of a scenario and judge it");
  command->add_option("SCENARIO", options->path, "A scenario file; - is standard input")->required();
  command->add_option("--seed", options->seed, "What chance decides; the same seed does the same, every time")
      ->check(CLI::Range(std::uint64_t{0}, std::uint64_t{INT64_MAX}))
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--set", options->sets, "Change a member of the scenario, as systems.0.nodes=7")->type_name("PATH=VALUE");
  command->add_option("--trace", options->trace, "Write every event as JSON lines; compressed where the name ends in .zst")
      ->type_name("FILE");
  command->add_option("--history", options->history, "Write what the clients saw, for `simulate check`")->type_name("FILE");
  command->add_option("--bundle", options->bundle, "Write what `simulate replay` needs to do the same again")->type_name("FILE");
  CLI::Option* json = command->add_flag("--json", options->json, "The report as one JSON object");
  CLI::Option* verify = command->add_flag("--verify", options->verify,
                                          "Run twice, compare event by event, name the first difference; writes no files");
  for (CLI::Option* other :
       {json, command->get_option("--trace"), command->get_option("--history"), command->get_option("--bundle")})
    verify->excludes(other);
  command->footer("\nExample:\n  simulate run scenarios/raft/partition.json --seed 7 --set systems.0.nodes=3 --history h.jsonl");
  command->callback([&registry, &chosen, options] { chosen = [&registry, options] { return run_scenario(*options, registry); }; });
}

void add_sweep(CLI::App& app, const std::string& program, const Registry& registry, Action& chosen) {
  auto options = std::make_shared<SweepOptions>();
  options->program = program;
  CLI::App* command = app.add_subcommand("sweep", "Run many seeds of a scenario on every core");
  command->add_option("SCENARIO", options->path, "A scenario file; - is standard input")->required();
  command->add_option("--seeds", options->seeds, "Seeds A to B, both included; or one")->type_name("A..B")->capture_default_str();
  command->add_option("--jobs,-j", options->jobs, "Threads; every processor unless told. The results are the same")
      ->check(CLI::Range(1U, 4096U))
      ->type_name("N");
  command->add_option("--set", options->sets, "Change a member of the scenario, as systems.0.nodes=7")->type_name("PATH=VALUE");
  command->add_option("--stop-after", options->stop_after, "End at the K-th seed that violates a claim")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{INT64_MAX}))
      ->type_name("K");
  command->add_option("--time-limit", options->time_limit, "End after so long by the wall clock, as 30s")->type_name("DURATION");
  command->add_option("--out", options->out, "Keep the cheapest seed of each cause as a bundle in this folder")->type_name("DIR");
  command->add_flag("--json", options->json, "The report as one JSON object");
  command->footer(
      "\nCtrl-C ends it with what was found so far. Under mpirun all processes work on one sweep.\n\nExample:\n"
      "  simulate sweep scenarios/raft/chaos.json --seeds 1..10000 --stop-after 3 --out bugs");
  command->callback([&registry, &chosen, options] { chosen = [&registry, options] { return sweep_seeds(*options, registry); }; });
}

void add_mutants(CLI::App& app, const std::string& program, const Registry& registry, Action& chosen) {
  auto options = std::make_shared<MutantsOptions>();
  options->program = program;
  CLI::App* command = app.add_subcommand("mutants", "How many seeds it takes to find planted bugs");
  command->add_option("SCENARIO", options->paths, "Scenario files that plant a bug, or folders of them")->required();
  command->add_option("--ranges", options->ranges, "Hunts for each, in different seeds; 20, or 3 with --check, unless told")
      ->check(CLI::Range(1U, 1000U))
      ->type_name("N");
  command->add_option("--limit", options->limit, "Seeds of a hunt, at most")
      ->check(CLI::Range(1U, 1'000'000U))
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--jobs,-j", options->jobs, "Threads; every processor unless told. The results are the same")
      ->check(CLI::Range(1U, 4096U))
      ->type_name("N");
  command->add_option("--table", options->table, "Write the table into this page, between its markers")->type_name("FILE");
  command->add_flag("--check", options->check, "Few hunts, and the page is not written: it must only name every scenario");
  command->add_flag("--shrink", options->shrink, "Shrink one find of each too, and say how small it becomes");
  command->add_option("--correct", options->correct, "Run these seeds of each scenario without its bug; none may violate a claim")
      ->type_name("A..B");
  for (const char* other : {"--ranges", "--limit", "--table", "--check", "--shrink"})
    command->get_option("--correct")->excludes(command->get_option(other));
  command->add_flag("--json", options->json, "As one JSON object");
  command->footer(
      "\nExit: 0 each is found, in at least half of its hunts; 1 one is not. With --correct: 0 every claim holds, 1 one is\n"
      "violated.\n\nExample:\n"
      "  simulate mutants scenarios/mutants --shrink --table docs/mutants.md\n"
      "  simulate mutants scenarios/mutants --correct 1..1000");
  command->callback([&registry, &chosen, options] { chosen = [&registry, options] { return hunt_mutants(*options, registry); }; });
}

void add_replay(CLI::App& app, const Registry& registry, Action& chosen) {
  auto options = std::make_shared<ReplayOptions>();
  CLI::App* command = app.add_subcommand("replay", "Do a saved run again and confirm its digest, or look into it");
  command->add_option("BUNDLE", options->path, "A file that `simulate run --bundle` wrote")->required();
  command->add_option("--until", options->until, "Look at the nodes at a moment: a time, the number of an event, or violation")
      ->type_name("WHEN");
  command->add_option("--show", options->show, "Look at this node, at that moment or at the end; may stand several times")
      ->type_name("NODE");
  command->add_option("--follow", options->follow, "What led to an event: its number, a time (its last event), or violation")
      ->type_name("WHEN");
  command->add_option("--hops", options->hops, "With --follow: how many events of what led there")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{INT64_MAX}))
      ->type_name("N")
      ->capture_default_str()
      ->needs("--follow");
  command->add_flag("--json", options->json, "One JSON object");
  for (const char* other : {"--until", "--show"}) command->get_option("--follow")->excludes(command->get_option(other));
  command->footer(
      "\nExample:\n  simulate run scenarios/mutants/raft-votes-not-voters.json --seed 1 --bundle bug.json\n"
      "  simulate replay bug.json\n  simulate replay bug.json --follow violation\n"
      "  simulate replay bug.json --until 2s --show n4");
  command->callback([&registry, &chosen, options] { chosen = [&registry, options] { return replay_bundle(*options, registry); }; });
}

void add_shrink(CLI::App& app, const std::string& program, const Registry& registry, Action& chosen) {
  auto arguments = std::make_shared<ShrinkArguments>();
  arguments->program = program;
  arguments->runs = ShrinkOptions{}.runs;
  CLI::App* command = app.add_subcommand("shrink", "Make the run of a violation as small as it goes, and tell its story");
  command->add_option("BUNDLE", arguments->path, "A file that `simulate run --bundle` wrote")->required();
  command->add_option("--out", arguments->out, "Where to write the small bundle; default: BUNDLE with .min.json for .json")
      ->type_name("FILE");
  command->add_option("--runs", arguments->runs, "Try so many runs at most")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{INT64_MAX}))
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--time-limit", arguments->time_limit, "Stop after so long, as 30s, with the smallest run so far")
      ->type_name("TIME");
  command->add_flag("--json", arguments->json, "The result as one JSON object");
  command->footer(
      "\nExit: 0 shrunk, 2 bad input or no violation, 4 the run is no longer what it was.\n\nExample:\n"
      "  simulate run scenarios/mutants/raft-votes-not-voters.json --seed 1 --bundle bug.json\n"
      "  simulate shrink bug.json\n  simulate replay bug.min.json");
  command->callback(
      [&registry, &chosen, arguments] { chosen = [&registry, arguments] { return shrink_bundle(*arguments, registry); }; });
}

void add_diff(CLI::App& app, const Registry& registry, Action& chosen) {
  auto options = std::make_shared<DiffOptions>();
  CLI::App* command = app.add_subcommand("diff", "Find the first event at which two runs differ");
  command->add_option("LEFT", options->left, "A bundle or a trace; - is standard input")->required();
  command->add_option("RIGHT", options->right, "The same kind of file")->required();
  command->add_flag("--json", options->json, "One JSON object");
  command->footer(
      "\nExit: 0 equal, 1 different, 2 bad input, 4 a bundle's run is no longer what it was.\n\nExample:\n"
      "  simulate run scenarios/raft/partition.json --bundle a.json\n"
      "  simulate run scenarios/raft/partition.json --set faults.0.at=4s --bundle b.json\n  simulate diff a.json b.json");
  command->callback([&registry, &chosen, options] { chosen = [&registry, options] { return diff_runs(*options, registry); }; });
}

void add_export(CLI::App& app, const Registry& registry, Action& chosen) {
  auto arguments = std::make_shared<ExportArguments>();
  CLI::App* command = app.add_subcommand("export", "Write a run as a file of another tool");
  command->add_option("FILE", arguments->path, "A trace, a bundle or a scenario; - is standard input")->required();
  command->add_option("--to", arguments->to, "perfetto, shiviz, mermaid, svg, html, csv or jsonl")->required()->type_name("FORMAT");
  command->add_option("--out", arguments->out, "Where to write it; default: standard output")->type_name("FILE");
  command->add_option("--from", arguments->from, "Begin at this time, as 4.2s")->type_name("TIME");
  command->add_option("--until", arguments->until, "End at this time")->type_name("TIME");
  command->add_option("--node", arguments->nodes, "Only this node; may stand several times")->type_name("NODE");
  command->add_option("--most", arguments->most, "Events at most, 0 for any number; default: what the format's readers bear")
      ->check(CLI::Range(std::uint64_t{0}, std::uint64_t{INT64_MAX}))
      ->type_name("N");
  command->add_option("--seed", arguments->seed, "Of a scenario: what chance decides; default: 1")
      ->check(CLI::Range(std::uint64_t{0}, std::uint64_t{INT64_MAX}))
      ->type_name("N");
  command->add_option("--set", arguments->sets, "Of a scenario: change a member, as systems.0.nodes=7")->type_name("PATH=VALUE");
  command->footer(
      "\nperfetto  for ui.perfetto.dev        shiviz  for bestchai.bitbucket.io/shiviz\n"
      "mermaid   for Markdown               svg     a space-time diagram\n"
      "html      a page to explore          csv     for spreadsheets and data frames\n"
      "jsonl     the trace itself\n\n"
      "Exit: 0 written, whatever the run's verdict, 2 bad input, 4 a bundle's run is no longer what it was.\n\nExamples:\n"
      "  simulate export scenarios/raft/partition.json --seed 7 --to html --until 2s --out run.html\n"
      "  simulate export bug.json --to perfetto --out bug.perfetto.json");
  command->callback(
      [&registry, &chosen, arguments] { chosen = [&registry, arguments] { return export_run(*arguments, registry); }; });
}

void add_view(CLI::App& app, const Registry& registry, Action& chosen) {
  auto options = std::make_shared<ViewArguments>();
  CLI::App* command = app.add_subcommand("view", "Look at a run: a window with its timeline, or a picture of it");
  command->add_option("FILE", options->path,
                      "A scenario, a bundle, a trace, or a folder of scenarios to pick from; default: scenarios/");
  command->add_option("--seed", options->seed, "Of a scenario; 1 unless told")->type_name("N");
  command->add_option("--set", options->sets, "Change a member of the scenario, as systems.0.nodes=7")->type_name("PATH=VALUE");
  command
      ->add_option("--beside", options->beside, "Another run (a scenario has the same seed), shown below; selects where they part")
      ->type_name("FILE");
  command->add_option("--screenshot", options->screenshot, "Draw it into this PNG file; needs no display")->type_name("FILE");
  command->add_option("--size", options->size, "Of the window or the picture, in pixels")->type_name("WxH")->capture_default_str();
  command->add_option("--at", options->at, "Select a moment: a time, the number of an event, or violation")->type_name("WHEN");
  command->add_option("--zoom", options->zoom, "How much is seen: all, a duration as 50ms, or a factor as 10x")->type_name("ZOOM");
  command->add_option("--scale", options->scale, "The axis: time, or one column an event")
      ->check(CLI::IsMember({"time", "events"}))
      ->type_name("SCALE")
      ->capture_default_str();
  command->add_option("--panel", options->panel, "In front on the right: event, state, history, claims or find")
      ->check(CLI::IsMember({"event", "state", "history", "claims", "find"}))
      ->type_name("PANEL");
  command->add_option("--node", options->node, "Whose state is shown")->type_name("NODE");
  command->add_option("--find", options->find, "Look for this text")->type_name("TEXT");
  command
      ->add_option("--fork", options->fork, "Fork at the selected moment: drop, delay 50ms, crash n1, partition n1 n2, or reseed 9")
      ->type_name("CHANGE");
  command->add_flag("--light", options->light, "Light colours");
  command->add_flag("--keys", options->keys, "Show which keys do what");
  command->footer(
      "\nExit: 0 the window was closed, or the picture is there; 2 bad input, or no display. In the window ? shows the keys.\n\n"
      "Examples:\n  simulate view scenarios/raft/partition.json --seed 7\n"
      "  simulate view scenarios/mutants/raft-votes-not-voters.json --at violation --screenshot split-brain.png");
  command->callback([&registry, &chosen, options] { chosen = [&registry, options] { return view_run(*options, registry); }; });
}

void add_check(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* command = app.add_subcommand("check", "Judge recorded histories of any system");
  command->add_option("HISTORY", options->paths, "Files, a line of verdict each; - is standard input")->required();
  command->add_option("--model", options->model, "What the operations are; default: by their functions")->type_name("MODEL");
  command->add_option("--consistency", options->consistency, "What their order must be like; default: the strongest")
      ->type_name("NAME");
  command->add_option("--format", options->format, formats_help())->type_name("FORMAT");
  command->add_option("--witness", options->witness, "Write the order that explains a valid history")->type_name("FILE");
  command->add_option("--svg", options->svg, "Draw the violation, or the order")->type_name("FILE");
  command->add_option("--html", options->html, "The same with everything that is known, as one page")->type_name("FILE");
  command->add_option("--total", options->total, "bank: the sum of all accounts; default: of the first read")->type_name("N");
  command->add_flag("--negative-balances", options->negative_balances, "bank: accounts may be overdrawn");
  command->add_option("--steps", options->steps, "Give up (undecided) after so many steps of search")->type_name("N");
  command->add_option("--memory", options->memory_mib, "Give up (undecided) beyond so much memory of the search")->type_name("MIB");
  command->add_flag("--json", options->json, "One JSON object a file");
  command->footer("\nModels:" + models_help() +
                  "\n\nExit: 0 all valid, 1 any invalid, 2 bad input, 3 any undecided.\n\nExamples:\n  simulate check history.edn "
                  "--model cas-register\n  simulate check history.edn --model list-append --consistency snapshot-isolation\n"
                  "  simulate check history.jsonl --html why.html");
  command->callback([&chosen, options] { chosen = [options] { return check_histories(*options); }; });
}

void add_list(CLI::App& app, const Registry& registry, Action& chosen) {
  CLI::App* command = app.add_subcommand("list", "The systems that scenarios can name");
  command->footer("\nExample:\n  simulate list");
  command->callback([&registry, &chosen] { chosen = [&registry] { return list_systems(registry); }; });
}

void add_describe(CLI::App& app, const Registry& registry, Action& chosen) {
  auto name = std::make_shared<std::string>();
  auto json = std::make_shared<bool>(false);
  CLI::App* command = app.add_subcommand("describe", "A system's settings, claims and mutants");
  command->add_option("SYSTEM", *name, "A name that `simulate list` shows")->required();
  command->add_flag("--json", *json, "As one JSON object");
  command->footer("\nExample:\n  simulate describe raft");
  command->callback(
      [&registry, &chosen, name, json] { chosen = [&registry, name, json] { return describe_system(*name, *json, registry); }; });
}

void add_validate(CLI::App& app, const Registry& registry, Action& chosen) {
  auto paths = std::make_shared<std::vector<std::string>>();
  CLI::App* command = app.add_subcommand("validate", "Check scenario files without running them");
  command->add_option("SCENARIO", *paths, "Scenario files")->required();
  command->footer("\nExample:\n  simulate validate scenarios/raft/*.json");
  command->callback([&registry, &chosen, paths] { chosen = [&registry, paths] { return validate_scenarios(*paths, registry); }; });
}

void add_schema(CLI::App& app, const Registry& registry, Action& chosen) {
  CLI::App* command = app.add_subcommand("schema", "A JSON Schema of scenario files, for editors");
  command->footer(
      "\nExample:\n  simulate schema > scenario.schema.json\nand in a scenario:  \"$schema\": \"./scenario.schema.json\"");
  command->callback([&registry, &chosen] { chosen = [&registry] { return print_schema(registry); }; });
}

/// The first word that is no option, where it is no command either.
std::string unknown_command(const std::vector<std::string>& known, int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--color") {
      ++i;
    } else if (!word.starts_with('-')) {
      return std::find(known.begin(), known.end(), word) == known.end() ? word : "";
    }
  }
  return {};
}

}  // namespace

int run(int argc, char** argv, const Registry& registry) {
  CLI::App app{"Faultline: a deterministic distributed-systems simulator. One seed, one run, every time.", "simulate"};
  app.require_subcommand(0, 1);  // none: help
  app.set_version_flag("--version", "simulate " + std::string(kVersion));
  app.footer(kFooter);
  std::string color = "auto";
  app.add_option("--color", color, "Colours in the output: auto (only on a terminal; NO_COLOR is heeded), always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->type_name("WHEN");
  app.fallthrough();

  Action chosen;
  add_run(app, argc > 0 ? argv[0] : "simulate", registry, chosen);
  add_sweep(app, argc > 0 ? argv[0] : "simulate", registry, chosen);
  add_mutants(app, argc > 0 ? argv[0] : "simulate", registry, chosen);
  add_replay(app, registry, chosen);
  add_shrink(app, argc > 0 ? argv[0] : "simulate", registry, chosen);
  add_diff(app, registry, chosen);
  add_export(app, registry, chosen);
  add_view(app, registry, chosen);
  add_check(app, chosen);
  add_list(app, registry, chosen);
  add_describe(app, registry, chosen);
  add_validate(app, registry, chosen);
  add_schema(app, registry, chosen);
  std::vector<std::string> known;
  for (const CLI::App* command : app.get_subcommands({})) known.push_back(command->get_name());
  if (const std::string word = unknown_command(known, argc, argv); !word.empty()) {
    complain("unknown command \"" + word + "\", " + expected_one_of(word, known));
    return static_cast<int>(Exit::usage);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? 0 : static_cast<int>(Exit::usage);
  }
  if (!chosen) {
    print(app.help());
    return static_cast<int>(argc > 1 ? Exit::usage : Exit::ok);
  }
  set_color(color == "always" ? Color::always : color == "never" ? Color::never : Color::automatic);
  return static_cast<int>(chosen());
}

}  // namespace sim::cli
