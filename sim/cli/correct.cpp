// simulate mutants --correct: the scenarios of planted bugs without their bugs, over many seeds. What finds the bug must find
// nothing where there is none, or a find would prove little.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <mutex>

#include "sim/cli/crew.hpp"
#include "sim/cli/interrupt.hpp"
#include "sim/cli/mutants.hpp"
#include "sim/cli/sweep_report.hpp"
#include "sim/cli/terminal.hpp"
#include "sim/explore/ledger.hpp"
#include "sim/scenario/json.hpp"

namespace sim::cli {

namespace {

/// A scenario without its bug, and what its seeds came to.
struct Correct {
  std::string path;
  std::vector<std::string> sets;  ///< what takes the bug out
  Scenario scenario;
  std::vector<explore::ClaimName> claims;
  explore::Ledger ledger;

  const explore::Tally& tally() const { return ledger.tally(); }
};

/// Reads a scenario and takes the bugs of all its systems out. Nothing, with complaints, where it cannot be read.
std::unique_ptr<Correct> open_correct(const std::string& path, explore::SeedRange seeds, const Registry& registry) {
  auto planted = open_scenario(path, {}, registry);
  if (!planted) return nullptr;
  std::vector<std::string> sets;
  Value document = planted->source;
  for (std::size_t i = 0; i < planted->systems.size(); ++i) {
    if (planted->systems[i].mutant.empty()) continue;
    sets.push_back("systems." + std::to_string(i) + ".mutant=");
    if (const auto wrong = set_member(document, sets.back())) {
      complain_all(path, {*wrong});
      return nullptr;
    }
  }
  Loaded loaded = load_scenario(document, registry);
  complain_all(path, loaded.errors);
  if (!loaded.scenario) return nullptr;
  auto claims = explore::claims_of(*loaded.scenario);
  explore::Ledger ledger(seeds, explore::Tally(claims));
  return std::make_unique<Correct>(
      Correct{path, std::move(sets), *std::move(loaded.scenario), std::move(claims), std::move(ledger)});
}

using CorrectList = std::vector<std::unique_ptr<Correct>>;

/// Gives out the seeds of one scenario after the other, so that no thread waits where one ends and the next begins.
class Roster {
 public:
  explicit Roster(CorrectList& all) : all_(all) {
    for (const auto& c : all) wanted_ += c->ledger.seeds().size();
  }

  struct Turn {
    Correct* of = nullptr;
    std::uint64_t seed = 0;
  };
  /// Nothing: all are given out, or it is over.
  std::optional<Turn> next(bool main) {
    const std::lock_guard lock(mutex_);
    if (Interrupt::requested()) return std::nullopt;
    if (main) progress_.show(static_cast<double>(done_), static_cast<double>(wanted_), done_, "seeds", note());
    for (std::size_t i = first_open_; i < all_.size(); ++i) {
      if (const auto seeds = all_[i]->ledger.take(1)) return Turn{all_[i].get(), seeds->first};
      if (i == first_open_ && all_[i]->ledger.complete()) ++first_open_;
    }
    return std::nullopt;
  }
  void done(Correct& of, explore::Outcome outcome) {
    const std::lock_guard lock(mutex_);
    failed_ += outcome.violated() ? 1 : 0;
    of.ledger.add(std::move(outcome));
    ++done_;
  }

 private:
  std::string note() const {
    return fmt::format("scenario {} of {}, {} violation{}", std::min(first_open_ + 1, all_.size()), all_.size(), grouped(failed_),
                       failed_ == 1 ? "" : "s");
  }

  CorrectList& all_;
  std::mutex mutex_;
  std::size_t first_open_ = 0;
  std::uint64_t wanted_ = 0;
  std::uint64_t done_ = 0;
  std::uint64_t failed_ = 0;
  Progress progress_;
};

/// Nothing: interrupted.
std::optional<explore::Outcome> outcome_of_seed(const Correct& of, std::uint64_t seed) {
  constexpr std::uint64_t piece = 4096;
  Run run(of.scenario, seed);
  for (std::uint64_t steps = 1; run.step(); ++steps) {
    if (steps % piece == 0 && Interrupt::requested()) return std::nullopt;
  }
  return explore::outcome_of(run, of.claims);
}

/// False: interrupted.
bool run_all(CorrectList& all, unsigned jobs) {
  const Interrupt interrupt;
  Roster roster(all);
  run_crew(jobs, [&](bool main) {
    while (const auto turn = roster.next(main)) {
      if (auto outcome = outcome_of_seed(*turn->of, turn->seed)) roster.done(*turn->of, *std::move(outcome));
    }
  });
  return !Interrupt::requested();
}

struct Totals {
  std::uint64_t seeds = 0;
  std::uint64_t failed = 0;
  std::uint64_t undecided = 0;
  std::uint64_t events = 0;
};

Totals totals_of(const CorrectList& all) {
  Totals out;
  for (const auto& c : all) {
    out.seeds += c->tally().seeds();
    out.failed += c->tally().failed();
    out.undecided += c->tally().undecided();
    out.events += c->tally().events();
  }
  return out;
}

std::string reproduce(const Correct& of, const explore::Group& group, const std::string& program) {
  return run_command({.program = program,
                      .path = of.path,
                      .seed = group.cheapest.seed,
                      .sets = of.sets,
                      .trace = {},
                      .history = {},
                      .bundle = {}});
}

std::string violations_text(const Correct& of, const std::string& program) {
  std::string out;
  for (const explore::Group& group : of.tally().groups()) {
    out += fmt::format("\n{}  {} in {} seed{}, first {}\n", bold(of.scenario.name), red(group.claim), grouped(group.seeds),
                       group.seeds == 1 ? "" : "s", group.first);
    out += "           " + wrapped(group.cheapest.message, 80, 11, 11) + "\n";
    out += "reproduce  " + reproduce(of, group, program) + "\n";
  }
  return out;
}

std::string row(const std::string& name, const std::string& seeds, const std::string& failed, const std::string& undecided,
                const std::string& events) {
  const std::string above = name.size() >= 32 ? name + "\n" : "";
  return above + fmt::format("{:<32}{:>11}{:>12}{:>11}{:>14}\n", above.empty() ? name : "", seeds, failed, undecided, events);
}

std::string correct_text(const CorrectList& all, const MutantsOptions& options, double wall, bool interrupted) {
  std::string out = row("scenario, without its bug", "seeds", "violations", "undecided", "events");
  for (const auto& c : all) {
    const explore::Tally& t = c->tally();
    out += row(c->scenario.name, grouped(t.seeds()), grouped(t.failed()), grouped(t.undecided()),
               t.seeds() == 0 ? "-" : grouped(t.events()));
  }
  for (const auto& c : all) out += violations_text(*c, options.program);
  const Totals sum = totals_of(all);
  out += fmt::format("\nrun        {} seeds, {} events in {:.1f} s: {} seeds a second\n", grouped(sum.seeds), grouped(sum.events),
                     wall, rate(static_cast<double>(sum.seeds) / std::max(wall, 1e-9)));
  if (interrupted) out += yellow("ended") + "      by an interrupt, with the seeds that the table counts\n";
  const std::string verdict = sum.failed > 0      ? red("violation") + fmt::format(" in {} of ", grouped(sum.failed))
                              : sum.undecided > 0 ? yellow("undecided") + fmt::format(" in {} of ", grouped(sum.undecided))
                                                  : green("every claim holds") + " in ";
  return out + "verdict    " + verdict + grouped(sum.seeds) + " runs without a planted bug\n";
}

std::string correct_json(const CorrectList& all, const MutantsOptions& options, explore::SeedRange seeds, double wall,
                         bool interrupted) {
  Value::List scenarios;
  for (const auto& c : all) {
    const explore::Tally& t = c->tally();
    Value::List groups;
    for (const explore::Group& group : t.groups()) {
      groups.emplace_back(Value::Map{{"claim", Value(group.claim)},
                                     {"cause", Value(group.cause)},
                                     {"message", Value(group.cheapest.message)},
                                     {"seeds", count(group.seeds)},
                                     {"first", count(group.first)},
                                     {"cheapest", count(group.cheapest.seed)},
                                     {"reproduce", Value(reproduce(*c, group, options.program))}});
    }
    scenarios.emplace_back(Value::Map{{"scenario", Value(c->scenario.name)},
                                      {"file", Value(c->path)},
                                      {"seeds", count(t.seeds())},
                                      {"failed", count(t.failed())},
                                      {"undecided", count(t.undecided())},
                                      {"events", count(t.events())},
                                      {"digest", Value(hex(t.digest()))},
                                      {"groups", Value(std::move(groups))}});
  }
  const Totals sum = totals_of(all);
  return Value(Value::Map{{"first_seed", count(seeds.first)},
                          {"last_seed", count(seeds.last)},
                          {"seeds", count(sum.seeds)},
                          {"failed", count(sum.failed)},
                          {"undecided", count(sum.undecided)},
                          {"events", count(sum.events)},
                          {"ended", interrupted ? Value("interrupted") : Value()},
                          {"wall_seconds", Value(wall)},
                          {"seeds_per_second", Value(static_cast<double>(sum.seeds) / std::max(wall, 1e-9))},
                          {"scenarios", Value(std::move(scenarios))}})
             .to_json() +
         "\n";
}

}  // namespace

Exit run_correct(const MutantsOptions& options, const Registry& registry) {
  const auto seeds = seeds_in("--correct", options.correct);
  const auto files = seeds ? scenario_files(options.paths) : std::nullopt;
  if (!files) return Exit::usage;
  CorrectList all;
  for (const std::string& path : *files) {
    if (auto correct = open_correct(path, *seeds, registry)) all.push_back(std::move(correct));
  }
  if (all.size() != files->size()) return Exit::usage;
  const double begun = wall_seconds();
  const bool interrupted = !run_all(all, options.jobs == 0 ? default_jobs() : options.jobs);
  const double wall = wall_seconds() - begun;
  print(options.json ? correct_json(all, options, *seeds, wall, interrupted) : correct_text(all, options, wall, interrupted));
  const Totals sum = totals_of(all);
  if (sum.failed > 0) return Exit::violated;
  return interrupted || sum.undecided > 0 ? Exit::undecided : Exit::ok;
}

}  // namespace sim::cli
