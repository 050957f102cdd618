// The commands of `simulate`, one function each, and what they share. Internal to sim/cli.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/cli/cli.hpp"
#include "sim/explore/ledger.hpp"
#include "sim/explore/lockstep.hpp"
#include "sim/explore/shrink.hpp"
#include "sim/scenario/run.hpp"
#include "sim/scenario/scenario.hpp"

namespace sim::cli {

inline constexpr std::string_view kVersion = "0.1.0";

/// The arguments of `run`.
struct RunOptions {
  std::string program;  ///< how this program was called, for the line that reproduces a failure
  std::string path;
  std::uint64_t seed = 1;
  std::vector<std::string> sets;
  std::string trace;    ///< where to write the trace; empty: nowhere
  std::string history;  ///< where to write the history
  std::string bundle;   ///< where to write the bundle
  bool verify = false;
  bool json = false;
};

/// The arguments of `replay`.
struct ReplayOptions {
  std::string path;
  std::string until;              ///< a time, an event or "violation"; empty: the end
  std::vector<std::string> show;  ///< names of nodes
  std::string follow;             ///< an event, a time or "violation"; empty: nothing is followed
  std::uint64_t hops = 20;        ///< how many events of a causal past to show
  bool json = false;
};

/// The arguments of `shrink`.
struct ShrinkArguments {
  std::string program;  ///< how this program was called, for the line that replays the result
  std::string path;
  std::string out;         ///< where to write the result; empty: beside the bundle
  std::uint64_t runs = 0;  ///< at most so many
  std::string time_limit;  ///< a duration of the wall clock; empty: none
  bool json = false;
};

/// The arguments of `diff`.
struct DiffOptions {
  std::string left;
  std::string right;
  bool json = false;
};

/// The arguments of `export`.
struct ExportArguments {
  std::string path;       ///< a trace, a bundle or a scenario
  std::string to;         ///< the format's name
  std::string out = "-";  ///< where to write it
  std::string from;       ///< times, as "4.2s"; empty: from the beginning, to the end
  std::string until;
  std::vector<std::string> nodes;     ///< names; empty: all
  std::optional<std::uint64_t> most;  ///< events; 0: any number; default: what the format's readers bear
  std::optional<std::uint64_t> seed;  ///< of a scenario; default: 1
  std::vector<std::string> sets;      ///< of a scenario
};

/// The arguments of `view`.
struct ViewArguments {
  std::string path;                   ///< a scenario, a bundle, a trace, or a folder of scenarios; empty: the project's scenarios
  std::optional<std::uint64_t> seed;  ///< of a scenario; default: 1
  std::vector<std::string> sets;      ///< of a scenario
  std::string beside;                 ///< another run, to be compared; empty: none
  std::string screenshot;             ///< where to draw what the window would show; empty: the window opens
  std::string size = "1280x800";
  std::string at;  ///< what is selected: a time, an event's number, or violation
  std::string zoom;
  std::string panel;
  std::string node;
  std::string find;
  std::string fork;
  std::string scale = "time";
  bool light = false;
  bool keys = false;
};

/// The arguments of `sweep`.
struct SweepOptions {
  std::string program;  ///< as in RunOptions
  std::string path;
  std::string seeds = "1..1000";  ///< "A..B", both included, or one seed
  std::vector<std::string> sets;
  unsigned jobs = 0;             ///< threads; 0: every processor
  std::uint64_t stop_after = 0;  ///< ends at the so many-th failure; 0: never
  std::string time_limit;        ///< of the wall clock, as "30s"; empty: none
  std::string out;               ///< a folder for bundles; empty: none are written
  bool json = false;
};

/// The arguments of `mutants`.
struct MutantsOptions {
  std::string program;             ///< as in RunOptions
  std::vector<std::string> paths;  ///< scenario files, and folders of them
  std::uint64_t ranges = 0;        ///< hunts for each; 0: 20, or 3 with `check`
  std::uint64_t limit = 1000;      ///< seeds of a hunt, at most
  unsigned jobs = 0;               ///< threads; 0: every processor
  std::string table;               ///< a page whose table is written anew; with `check`, only compared
  bool check = false;
  bool shrink = false;  ///< one find of each too
  std::string correct;  ///< "A..B": runs these seeds of each without its bug, and hunts nothing
  bool json = false;
};

/// The arguments of `check`.
struct CheckOptions {
  std::vector<std::string> paths;
  std::string model;                  ///< empty: by the operations
  std::string consistency;            ///< empty: the usual one of the model
  std::string format;                 ///< empty: by the content
  std::string witness;                ///< where to write the order of a valid history; empty: nowhere
  std::string svg;                    ///< where to draw the history
  std::string html;                   ///< the same, with words
  std::optional<std::int64_t> total;  ///< bank: the sum of all accounts
  bool negative_balances = false;     ///< bank: accounts may be overdrawn
  std::uint64_t steps = 0;            ///< 0: the checker's own limit
  std::uint64_t memory_mib = 0;       ///< 0: the checker's own limit
  bool json = false;
};

// One function a command. Results go to stdout, complaints to stderr.
Exit run_scenario(const RunOptions& options, const Registry& registry);
Exit sweep_seeds(const SweepOptions& options, const Registry& registry);
Exit hunt_mutants(const MutantsOptions& options, const Registry& registry);
Exit replay_bundle(const ReplayOptions& options, const Registry& registry);
Exit shrink_bundle(const ShrinkArguments& arguments, const Registry& registry);
Exit diff_runs(const DiffOptions& options, const Registry& registry);
Exit view_run(const ViewArguments& arguments, const Registry& registry);
Exit export_run(const ExportArguments& arguments, const Registry& registry);
Exit check_histories(const CheckOptions& options);
Exit list_systems(const Registry& registry);
Exit describe_system(const std::string& name, bool json, const Registry& registry);
Exit validate_scenarios(const std::vector<std::string>& paths, const Registry& registry);
Exit print_schema(const Registry& registry);
/// The models of `check` and what may be asked of them, a line each, for its help.
std::string models_help();
/// What `--format` takes, for the same.
std::string formats_help();

/// "1..1000" or "7", of that option; nothing, with a complaint, where it is neither.
std::optional<explore::SeedRange> seeds_in(std::string_view option, const std::string& text);
/// Reads a scenario file, applies `--set`s and checks it; complains of every mistake on stderr.
std::optional<Scenario> open_scenario(const std::string& path, const std::vector<std::string>& sets, const Registry& registry);
/// The same of its text, which was read already; `path` is for complaints.
std::optional<Scenario> open_scenario(const std::string& path, std::string_view text, const std::vector<std::string>& sets,
                                      const Registry& registry);
/// Complains of each error as "file: /json/path: what".
void complain_all(const std::string& file, const std::vector<Error>& errors);

/// Runs to the end, with a progress bar where it takes long.
void finish(Run& run);
/// Runs until so many events have been handled in all, or to the end.
void advance(Run& run, std::uint64_t events);
inline constexpr std::uint64_t kAllEvents = UINT64_MAX;
/// Runs both until they part, or to their end.
void finish(Lockstep& pair);
/// Whether a document says of itself that it is a "trace" or a "bundle".
bool has_kind(const Value& document, std::string_view kind);
/// A number of things, for JSON.
Value count(std::uint64_t n);
/// How large a run is, for JSON.
Value size_json(const RunSize& size);
/// A digest as people see it: 16 hexadecimal digits.
std::string hex(std::uint64_t digest);
/// A word as a shell reads it back.
std::string shell_quoted(const std::string& word);
/// A run's outcome as an exit code.
Exit exit_of(const Report& report);

/// The report as text of at most 80 columns.
std::string report_text(const Scenario& scenario, const Report& report, double wall);
/// The report as one JSON object.
std::string report_json(const Scenario& scenario, const Report& report, double wall);
/// "simulate run FILE --seed 7 --set ...", or another command that takes the same, quoted for a shell.
std::string run_command(const RunOptions& options, std::string_view command = "run");

}  // namespace sim::cli
