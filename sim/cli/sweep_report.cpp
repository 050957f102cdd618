#include "sim/cli/sweep_report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/cli/terminal.hpp"

namespace sim::cli {

namespace {

constexpr std::size_t kGroupsShown = 10;
constexpr std::size_t kSeedsShown = 10;

std::string plural(std::uint64_t n, std::string_view noun) { return fmt::format("{} {}{}", grouped(n), noun, n == 1 ? "" : "s"); }

std::string share(std::uint64_t part, std::uint64_t whole) {
  return fmt::format("{:.3g}%", 100.0 * static_cast<double>(part) / static_cast<double>(std::max<std::uint64_t>(1, whole)));
}

std::string range_text(const explore::SeedRange& seeds) { return fmt::format("{}..{}", seeds.first, seeds.last); }

std::string ended_text(Ended ended) {
  switch (ended) {
    case Ended::all_run: return "";
    case Ended::stop_after: return "stop-after";
    case Ended::time_limit: return "time-limit";
    case Ended::interrupted: return "interrupted";
  }
  return {};
}

std::string header_text(const SweepReport& report) {
  const explore::Tally& tally = report.swept.tally;
  std::string out = fmt::format("{}  seeds {}\n", bold(report.scenario.name), range_text(report.asked));
  if (!report.scenario.description.empty()) out += wrapped(report.scenario.description, 80, 0) + "\n";
  if (report.swept.ended == Ended::all_run) return out;
  const std::string why = report.swept.ended == Ended::stop_after   ? "at failure " + grouped(tally.failed())
                          : report.swept.ended == Ended::time_limit ? "by the time limit"
                                                                    : "by an interrupt";
  const std::string what = tally.seeds() == 0
                               ? "before its first seed was done"
                               : "with seeds " + range_text({report.asked.first, report.asked.first + tally.seeds() - 1});
  return out + "\n" + yellow("ended") + fmt::format("      {}, {}\n", why, what);
}

std::string tallied_text(const explore::ClaimTally& tally, std::uint64_t seeds) {
  const auto line = [&](const std::string& mark, const std::string& note) {
    return fmt::format("  {}  {:<30} {}\n", mark, tally.claim.name, faint(tally.claim.kind + note));
  };
  const auto in = [&](ClaimStatus status) { return tally.in(status); };
  if (tally.claim.kind == "sometimes") {
    const std::uint64_t reached = in(ClaimStatus::reached);
    if (reached == 0) return line(yellow("UNREACHED"), ": no seed");
    return line(green("reached  "), fmt::format(": {}, {}", plural(reached, "seed"), share(reached, seeds)));
  }
  if (const std::uint64_t n = in(ClaimStatus::violated); n > 0) return line(red("VIOLATED "), ": " + plural(n, "seed"));
  if (const std::uint64_t n = in(ClaimStatus::undecided); n > 0) return line(yellow("undecided"), ": " + plural(n, "seed"));
  if (in(ClaimStatus::not_judged) == seeds) return line(yellow("UNTESTED "), ": too little quiet time");
  return line(green("holds    "), "");
}

std::string claims_text(const explore::Tally& tally) {
  std::string out = tally.claims().empty() ? "claims     none\n" : "claims\n";
  for (const explore::ClaimTally& claim : tally.claims()) out += tallied_text(claim, tally.seeds());
  const std::vector<explore::MarkTally> marks = tally.marks();
  for (const explore::MarkTally& mark : marks) {
    out += fmt::format("  {}  {:<30} {}\n", green("reached  "), mark.name,
                       faint(fmt::format("mark: {}, {}", plural(mark.seeds, "seed"), share(mark.seeds, tally.seeds()))));
  }
  return out;
}

std::string group_text(const explore::Group& group, const std::string& bundle) {
  const explore::Outcome& best = group.cheapest;
  std::string out = fmt::format("  {}  {}, first {}\n", bold(group.claim), plural(group.seeds, "seed"), group.first);
  out += "           " + wrapped(group.cause, 80, 11, 11) + "\n";
  out += fmt::format("           cheapest: seed {}, {}{}\n", best.seed, plural(best.events, "event"),
                     bundle.empty() ? "" : ", kept in");
  return bundle.empty() ? out : out + "           " + bundle + "\n";
}

std::string failures_text(const SweepReport& report) {
  const explore::Tally& tally = report.swept.tally;
  if (report.groups.empty()) return {};
  std::string out = fmt::format("failures   {}, {}\n", plural(tally.failed(), "seed"), plural(report.groups.size(), "cause"));
  for (std::size_t i = 0; i < std::min(report.groups.size(), kGroupsShown); ++i)
    out += group_text(report.groups[i], report.bundles.empty() ? "" : report.bundles[i]);
  if (report.groups.size() > kGroupsShown)
    out += fmt::format("  ... and {} (all in --json)\n", plural(report.groups.size() - kGroupsShown, "cause"));
  return out;
}

std::string undecided_text(const explore::Tally& tally) {
  if (tally.undecided() == 0) return {};
  std::string seeds;
  for (std::size_t i = 0; i < std::min(tally.undecided_seeds().size(), kSeedsShown); ++i)
    seeds += (i == 0 ? "" : " ") + std::to_string(tally.undecided_seeds()[i]);
  if (tally.undecided() > kSeedsShown) seeds += fmt::format(" ... and {} more (in --json)", tally.undecided() - kSeedsShown);
  return fmt::format("undecided  {}: {}\n", plural(tally.undecided(), "seed"), wrapped(seeds, 69, 11));
}

/// Of the claim that the scenario expects to be violated, in how many seeds it is, and the first of them.
struct Expected {
  std::uint64_t seeds = 0;
  std::uint64_t first = 0;
};
Expected expected_in(const SweepReport& report) {
  Expected out;
  for (const explore::Group& group : report.groups) {
    if (group.claim != report.scenario.expect) continue;
    out.first = out.seeds == 0 ? group.first : std::min(out.first, group.first);
    out.seeds += group.seeds;
  }
  return out;
}

std::string outcome_text(const SweepReport& report) {
  const explore::Tally& tally = report.swept.tally;
  const std::string verdict = verdict_of(report.swept);
  std::string out = "verdict    ";
  if (verdict == "violation") {
    out += red("violation") + fmt::format(" in {} of {} ({})\n", grouped(tally.failed()), plural(tally.seeds(), "seed"),
                                          share(tally.failed(), tally.seeds()));
  } else if (verdict == "undecided") {
    out += yellow("undecided") + (tally.undecided() > 0 ? "" : ", it ended early") + ": no violation in " +
           plural(tally.seeds(), "seed") + "\n";
  } else {
    out += green("every claim holds") + " in " + plural(tally.seeds(), "seed") + "\n";
  }
  if (!report.scenario.expect) return out;
  const Expected found = expected_in(report);
  const std::string note = found.seeds == 0
                               ? "a violation of " + *report.scenario.expect + " was expected and not found: try more seeds"
                               : fmt::format("the violation of {} was expected; it took {} to find", *report.scenario.expect,
                                             plural(found.first - report.asked.first + 1, "seed"));
  return out + "           " + wrapped(note, 80, 11, 11) + "\n";
}

std::string command_for(const SweepReport& report, std::uint64_t seed) {
  RunOptions run;
  run.program = report.options.program;
  run.path = report.options.path;
  run.sets = report.options.sets;
  run.seed = seed;
  return run_command(run);
}

std::string reproduce_text(const SweepReport& report) {
  const explore::Outcome* best = report.swept.tally.cheapest();
  if (best == nullptr) return {};
  std::string out = "reproduce  " + command_for(report, best->seed) + "\n";
  for (std::size_t i = 0; i < report.bundles.size(); ++i) {
    if (report.groups[i].cheapest.seed == best->seed)
      out += "           " + shell_quoted(report.options.program) + " replay " + shell_quoted(report.bundles[i]) + "\n";
  }
  return out;
}

Value tallied_json(const explore::ClaimTally& tally) {
  Value::Map out{{"name", Value(tally.claim.name)}, {"kind", Value(tally.claim.kind)}};
  for (std::size_t i = 0; i < tally.seeds.size(); ++i) {
    if (tally.seeds[i] > 0) out.emplace_back(enum_name(static_cast<ClaimStatus>(i)), count(tally.seeds[i]));
  }
  if (tally.in(ClaimStatus::reached) > 0) out.emplace_back("first_reached", count(tally.first_reached));
  return out;
}

Value group_json(const SweepReport& report, std::size_t i) {
  const explore::Group& group = report.groups[i];
  return Value::Map{{"claim", Value(group.claim)},
                    {"cause", Value(group.cause)},
                    {"seeds", count(group.seeds)},
                    {"first", count(group.first)},
                    {"cheapest", Value::Map{{"seed", count(group.cheapest.seed)},
                                            {"events", count(group.cheapest.events)},
                                            {"digest", Value(hex(group.cheapest.digest))},
                                            {"message", Value(group.cheapest.message)}}},
                    {"bundle", report.bundles.empty() ? Value() : Value(report.bundles[i])},
                    {"reproduce", Value(command_for(report, group.cheapest.seed))}};
}

Value::List names_json(const std::vector<std::string>& names) { return {names.begin(), names.end()}; }

Value failure_json(const explore::Failure& failure) {
  return Value::Map{{"seed", count(failure.seed)},
                    {"claim", Value(failure.claim)},
                    {"digest", Value(hex(failure.digest))},
                    {"events", count(failure.events)}};
}

}  // namespace

std::string verdict_of(const Swept& swept) {
  if (swept.tally.failed() > 0) return "violation";
  const bool cut_short = swept.ended == Ended::interrupted || swept.tally.seeds() == 0;
  return swept.tally.undecided() > 0 || cut_short ? "undecided" : "ok";
}

std::string sweep_text(const SweepReport& report) {
  const explore::Tally& tally = report.swept.tally;
  const double virtual_seconds = static_cast<double>(tally.virtual_ns()) / 1e9;
  std::string out = header_text(report) + "\n" + claims_text(tally) + failures_text(report) + undecided_text(tally);
  out += fmt::format("run        digest {}, {}, {}\n", hex(tally.digest()), plural(tally.seeds(), "seed"),
                     plural(tally.events(), "event"));
  out += fmt::format("           {} virtual seconds in {:.3f} of wall clock: {} seeds a second\n",
                     grouped(static_cast<std::uint64_t>(virtual_seconds)), report.swept.wall,
                     rate(static_cast<double>(tally.seeds()) / std::max(report.swept.wall, 1e-9)));
  return out + outcome_text(report) + reproduce_text(report);
}

std::string sweep_json(const SweepReport& report) {
  const explore::Tally& tally = report.swept.tally;
  Value::List failures;
  for (const explore::Failure& failure : tally.failures()) failures.push_back(failure_json(failure));
  Value::List groups;
  for (std::size_t i = 0; i < report.groups.size(); ++i) groups.push_back(group_json(report, i));
  Value::List claims;
  for (const explore::ClaimTally& claim : tally.claims()) claims.push_back(tallied_json(claim));
  Value::List marks;
  for (const explore::MarkTally& mark : tally.marks())
    marks.emplace_back(Value::Map{{"name", Value(mark.name)}, {"seeds", count(mark.seeds)}, {"first", count(mark.first)}});
  Value::List undecided;
  for (const std::uint64_t seed : tally.undecided_seeds()) undecided.push_back(count(seed));
  Value expected;
  if (report.scenario.expect) {
    const Expected found = expected_in(report);
    expected = Value::Map{{"claim", Value(*report.scenario.expect)},
                          {"seeds", count(found.seeds)},
                          {"first", found.seeds == 0 ? Value() : count(found.first)}};
  }
  const std::string ended = ended_text(report.swept.ended);
  return Value(Value::Map{
                   {"scenario", Value(report.scenario.name)},
                   {"first_seed", count(report.asked.first)},
                   {"last_seed", count(report.asked.last)},
                   {"seeds", count(tally.seeds())},
                   {"ended", ended.empty() ? Value() : Value(ended)},
                   {"verdict", Value(verdict_of(report.swept))},
                   {"digest", Value(hex(tally.digest()))},
                   {"events", count(tally.events())},
                   {"virtual_seconds", Value(static_cast<double>(tally.virtual_ns()) / 1e9)},
                   {"wall_seconds", Value(report.swept.wall)},
                   {"seeds_per_second", Value(static_cast<double>(tally.seeds()) / std::max(report.swept.wall, 1e-9))},
                   {"failed", count(tally.failed())},
                   {"failures", Value(std::move(failures))},
                   {"failures_left_out", count(tally.failed() - tally.failures().size())},
                   {"groups", Value(std::move(groups))},
                   {"undecided", count(tally.undecided())},
                   {"undecided_seeds", Value(std::move(undecided))},
                   {"claims", Value(std::move(claims))},
                   {"marks", Value(std::move(marks))},
                   {"unreached", Value(names_json(tally.unreached()))},
                   {"untested", Value(names_json(tally.untested()))},
                   {"expected", std::move(expected)},
               })
             .to_json() +
         "\n";
}

}  // namespace sim::cli
