// simulate shrink.
#include <fmt/format.h>

#include <filesystem>
#include <limits>

#include "sim/cli/bundle.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/files.hpp"
#include "sim/cli/interrupt.hpp"
#include "sim/cli/story.hpp"
#include "sim/cli/terminal.hpp"
#include "sim/explore/shrink.hpp"

namespace sim::cli {

namespace {

constexpr std::size_t kStoryLines = 60;

/// Shows how far it has come, and stops it when time is up or at Ctrl-C.
class ShrinkProgress final : public ShrinkWatcher {
 public:
  explicit ShrinkProgress(double seconds) : begun_(wall_seconds()), until_(begun_ + seconds) {}
  bool go_on(std::string_view stage, const RunSize& best, std::uint64_t runs) override {
    const double now = wall_seconds();
    if (now - said_ >= 0.1) {  // words cost more than a small run
      said_ = now;
      progress_.say(fmt::format("{:.0f} s, {} runs; {}: {} events, {} deliveries", now - begun_, grouped(runs), stage,
                                grouped(best.events), grouped(best.delivered)));
    }
    return now < until_ && !Interrupt::requested();
  }

 private:
  Interrupt interrupt_;
  Progress progress_;
  double begun_;
  double until_;
  double said_ = 0;
};

/// "bug.json" as "bug.min.json".
std::string small_name(const std::string& path) {
  for (const std::string_view end : {".json", ".json.zst"}) {
    if (path.ends_with(end)) return path.substr(0, path.size() - end.size()) + ".min" + std::string(end);
  }
  return path + ".min.json";
}

/// Where to write. Nothing where that cannot be (said on stderr).
std::optional<std::string> place_of(const ShrinkArguments& arguments) {
  if (arguments.out.empty() && arguments.path == "-") {
    complain("a bundle from standard input has no name to write beside: say --out FILE");
    return std::nullopt;
  }
  const std::string out = arguments.out.empty() ? small_name(arguments.path) : arguments.out;
  std::error_code none;
  if (out != "-" && std::filesystem::equivalent(out, arguments.path, none)) {
    complain(fmt::format("--out {}: that is the bundle itself, which stays as it is", out));
    return std::nullopt;
  }
  if (const std::string why = why_unwritable(out); !why.empty()) {
    complain(fmt::format("{}: cannot write it: {}", out, why));
    return std::nullopt;
  }
  return out;
}

/// Seconds. Nothing where it is no time (said on stderr).
std::optional<double> time_limit_of(const ShrinkArguments& arguments) {
  if (arguments.time_limit.empty()) return std::numeric_limits<double>::infinity();
  const auto limit = parse_duration(arguments.time_limit);
  if (limit) return static_cast<double>(limit->ns) / 1e9;
  complain(fmt::format(R"(--time-limit: found "{}", expected a time as "30s")", arguments.time_limit));
  return std::nullopt;
}

std::string size_row(std::string_view name, std::uint64_t before, std::uint64_t after) {
  return fmt::format("{:<11}{:>14} -> {}\n", name, grouped(before), bold(grouped(after)));
}

std::string table_text(const Shrunk& shrunk) {
  const RunSize& before = shrunk.before;
  const RunSize& after = shrunk.after;
  return size_row("nodes", before.nodes, after.nodes) + size_row("clients", before.clients, after.clients) +
         size_row("events", before.events, after.events) + size_row("deliveries", before.delivered, after.delivered) +
         size_row("timers", before.timers, after.timers) + size_row("faults", before.faults, after.faults) +
         fmt::format("{:<11}{:>14} -> {}\n", "time", brief(before.virtual_time), bold(brief(after.virtual_time)));
}

std::string shrunk_json(const Shrunk& shrunk, const Report& report, const std::string& out, double wall) {
  return Value(Value::Map{{"claim", Value(shrunk.claim)},
                          {"message", Value(report.violation()->message)},
                          {"before", size_json(shrunk.before)},
                          {"after", size_json(shrunk.after)},
                          {"omitted", count(shrunk.smallest.decisions.omissions.size())},
                          {"runs", count(shrunk.runs)},
                          {"complete", Value(shrunk.complete)},
                          {"seconds", Value(wall)},
                          {"bundle", Value(out)}})
             .to_json() +
         "\n";
}

/// "raft.election-safety at n4", and how it is violated.
std::string violation_text(const ClaimReport& violation) {
  return fmt::format("violation of {}{}\n           {}\n", red(violation.name),
                     violation.node.empty() ? "" : " at " + violation.node, wrapped(violation.message, 69, 11));
}

std::string shrunk_text(const Shrunk& shrunk, const Report& report, const std::string& replay, double wall) {
  const ShrinkCase& it = shrunk.smallest;
  Run run(it.scenario, it.seed, {.decisions = it.decisions});
  std::string out = fmt::format("{}  seed {}\n\n", bold(it.scenario.name), it.seed);
  out += story_text(run, kStoryLines);
  out += "\nverdict    " + violation_text(*report.violation());
  out += fmt::format("omitted    {} of this seed's messages and timers\n\n", grouped(it.decisions.omissions.size()));
  out += table_text(shrunk);
  out += fmt::format(
      "shrunk     {} runs in {:.1f} s; {}\n", grouped(shrunk.runs), wall,
      shrunk.complete ? "none of what is left can go" : yellow("stopped before its end: more runs may make it smaller"));
  return out + "reproduce  " + replay + "\n";
}

}  // namespace

Value size_json(const RunSize& size) {
  return Value::Map{{"nodes", count(size.nodes)},
                    {"clients", count(size.clients)},
                    {"events", count(size.events)},
                    {"deliveries", count(size.delivered)},
                    {"timers", count(size.timers)},
                    {"faults", count(size.faults)},
                    {"virtual_ns", Value(size.virtual_time.ns)}};
}

Exit shrink_bundle(const ShrinkArguments& arguments, const Registry& registry) {
  const auto seconds = time_limit_of(arguments);
  const auto out = place_of(arguments);
  if (!seconds || !out) return Exit::usage;
  const auto opened = open_bundle(arguments.path, registry);
  if (!opened) return Exit::usage;
  Run whole = opened->run();
  finish(whole);
  if (!confirmed(*opened, whole.world().trace_digest())) return Exit::nondeterministic;

  const double begun = wall_seconds();
  auto shrunk = [&] {
    ShrinkProgress progress(*seconds);
    return shrink({opened->scenario, opened->bundle.seed, opened->decisions}, registry,
                  {.runs = arguments.runs, .watcher = &progress});
  }();
  if (!shrunk) {
    complain(fmt::format("{}: {}: there is nothing to shrink", arguments.path, shrunk.error().what));
    return Exit::usage;
  }
  const double wall = wall_seconds() - begun;
  const ShrinkCase& it = shrunk->smallest;
  Run run(it.scenario, it.seed, {.decisions = it.decisions});
  finish(run);
  const Report report = run.report();
  if (const std::string why = write_file(*out, bundle_of(it.scenario, report, it.decisions)); !why.empty()) {
    complain(fmt::format("{}: cannot write it: {}", *out, why));
    return Exit::usage;
  }
  if (*out == "-") return Exit::ok;  // the bundle is the output
  print(arguments.json ? shrunk_json(*shrunk, report, *out, wall)
                       : shrunk_text(*shrunk, report, arguments.program + " replay " + *out, wall));
  return Exit::ok;
}

}  // namespace sim::cli
