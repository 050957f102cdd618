// simulate mutants.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>
#include <functional>
#include <mutex>

#include "sim/cli/crew.hpp"
#include "sim/cli/files.hpp"
#include "sim/cli/interrupt.hpp"
#include "sim/cli/mutants.hpp"
#include "sim/cli/terminal.hpp"
#include "sim/explore/hunt.hpp"
#include "sim/explore/shrink.hpp"

namespace sim::cli {

namespace {

constexpr std::string_view kBegin = "<!-- mutants: begin -->\n";
constexpr std::string_view kEnd = "<!-- mutants: end -->\n";

/// A scenario with a planted bug, and what the hunts for it came to.
struct Mutant {
  std::string path;
  Scenario scenario;
  explore::Hunts hunts;
  std::optional<Shrunk> shrunk;  ///< of one find, where that was asked for

  /// In at least half of the hunts.
  bool found() const { return hunts.seeds_at(50).has_value(); }
};

std::string within(const explore::Hunts& hunts, std::uint64_t percent, std::uint64_t limit) {
  const auto seeds = hunts.seeds_at(percent);
  return seeds ? grouped(*seeds) : "> " + grouped(limit);
}

std::string found_by(const explore::Hunts& hunts) {
  std::string out;
  for (const auto& [claim, times] : hunts.claims()) out += fmt::format("{}{} {}", out.empty() ? "" : ", ", claim, times);
  if (const std::uint64_t missed = hunts.hunts.size() - hunts.found(); missed > 0)
    out += fmt::format("{}nothing {}", out.empty() ? "" : ", ", missed);
  return out;
}

std::string shrunk_text(const Mutant& mutant) {
  if (!mutant.shrunk) return "-";
  const Shrunk& s = *mutant.shrunk;
  return fmt::format("{} -> {} ({})", grouped(s.before.events), grouped(s.after.events), grouped(s.after.delivered));
}

/// The columns of the table, on a terminal and in the page.
struct Column {
  std::string_view title;
  int width;  ///< on a terminal; negative: aligned to the right
  std::string (*cell)(const Mutant& mutant, std::uint64_t limit);
  bool of_shrinking = false;
};
constexpr std::array kTableColumns{
    Column{"scenario", 30, [](const Mutant& m, std::uint64_t) { return m.scenario.name; }},
    Column{"median", -7, [](const Mutant& m, std::uint64_t limit) { return within(m.hunts, 50, limit); }},
    Column{"90%", -7, [](const Mutant& m, std::uint64_t limit) { return within(m.hunts, 90, limit); }},
    Column{"shrunk", -19, [](const Mutant& m, std::uint64_t) { return shrunk_text(m); }, true},
    Column{"found by", 30, [](const Mutant& m, std::uint64_t) { return found_by(m.hunts); }},
};

/// Those that the table has.
std::vector<Column> columns_of(const std::vector<Mutant>& mutants) {
  const bool shrunk = std::any_of(mutants.begin(), mutants.end(), [](const Mutant& m) { return m.shrunk.has_value(); });
  std::vector<Column> out;
  for (const Column& column : kTableColumns) {
    if (shrunk || !column.of_shrinking) out.push_back(column);
  }
  return out;
}

std::size_t longest_word(std::string_view text) {
  std::size_t longest = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    longest = std::max(longest, end);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return longest;
}

std::string table_text(const std::vector<Mutant>& mutants, std::uint64_t limit) {
  const std::vector<Column> columns = columns_of(mutants);
  const auto line = [&](const auto& cell) {
    // What does not fit goes on a line of its own.
    constexpr std::size_t most = 80;
    std::string above;
    std::string out;
    for (const Column& column : columns) {
      const std::string text = cell(column);
      if (column.width < 0) {
        out += fmt::format("{:>{}}  ", text, -column.width);
      } else if (out.empty() && text.size() > static_cast<std::size_t>(column.width)) {
        above = text + "\n";
        out = fmt::format("{:<{}}  ", "", column.width);
      } else if (out.size() + longest_word(text) > most) {
        out = out.substr(0, out.find_last_not_of(' ') + 1) + "\n    " + wrapped(text, most, 4, 4);
      } else {
        out += fmt::format("{:<{}}  ", wrapped(text, most, out.size(), out.size()), column.width);
      }
    }
    return above + out.substr(0, out.find_last_not_of(' ') + 1) + "\n";
  };
  std::string out = line([](const Column& c) { return std::string(c.title); });
  for (const Mutant& m : mutants) out += line([&](const Column& c) { return c.cell(m, limit); });
  return out;
}

std::string table_markdown(const std::vector<Mutant>& mutants, std::uint64_t limit) {
  const std::vector<Column> columns = columns_of(mutants);
  std::string out = "|";
  for (const Column& column : columns) out += fmt::format(" {} |", column.title);
  out += "\n|";
  for (const Column& column : columns) out += column.width < 0 ? " ---: |" : " --- |";
  for (const Mutant& m : mutants) {
    out += "\n|";
    for (const Column& column : columns) out += fmt::format(" {} |", column.cell(m, limit));
  }
  return out + "\n";
}

Value shrunk_json(const Mutant& mutant) {
  if (!mutant.shrunk) return {};
  const Shrunk& s = *mutant.shrunk;
  return Value::Map{{"claim", Value(s.claim)},
                    {"before", size_json(s.before)},
                    {"after", size_json(s.after)},
                    {"runs", count(s.runs)},
                    {"complete", Value(s.complete)}};
}

std::string mutants_json(const std::vector<Mutant>& mutants, std::uint64_t ranges, std::uint64_t limit, double wall) {
  const auto seeds = [](std::optional<std::uint64_t> n) { return n ? count(*n) : Value(); };
  Value::List out;
  for (const Mutant& m : mutants) {
    Value::List taken;
    for (const explore::Hunt& h : m.hunts.hunts) taken.push_back(h.found() ? count(h.seeds) : Value());
    Value::Map claims;
    for (const auto& [claim, times] : m.hunts.claims()) claims.emplace_back(claim, count(times));
    out.emplace_back(Value::Map{{"scenario", Value(m.scenario.name)},
                                {"file", Value(m.path)},
                                {"expect", m.scenario.expect ? Value(*m.scenario.expect) : Value()},
                                {"found", count(m.hunts.found())},
                                {"median", seeds(m.hunts.seeds_at(50))},
                                {"p90", seeds(m.hunts.seeds_at(90))},
                                {"seeds", Value(std::move(taken))},
                                {"claims", Value(std::move(claims))},
                                {"shrunk", shrunk_json(m)}});
  }
  return Value(Value::Map{{"ranges", count(ranges)},
                          {"limit", count(limit)},
                          {"wall_seconds", Value(wall)},
                          {"mutants", Value(std::move(out))}})
             .to_json() +
         "\n";
}

std::optional<std::vector<Mutant>> open_mutants(const MutantsOptions& options, const Registry& registry) {
  const auto files = scenario_files(options.paths);
  if (!files) return std::nullopt;
  std::vector<Mutant> out;
  for (const std::string& path : *files) {
    auto scenario = open_scenario(path, {}, registry);
    if (scenario) out.push_back({path, *std::move(scenario), {}, {}});
  }
  return out.size() == files->size() ? std::optional(std::move(out)) : std::nullopt;
}

/// Every hunt by itself, in as many threads. False: interrupted.
bool hunt_all(std::vector<Mutant>& mutants, std::uint64_t ranges, std::uint64_t limit, unsigned jobs) {
  const Interrupt interrupt;
  const std::uint64_t all = mutants.size() * ranges;
  for (Mutant& m : mutants) m.hunts.hunts.resize(ranges);
  std::mutex mutex;
  std::uint64_t begun = 0;
  std::uint64_t done = 0;
  Progress progress;
  run_crew(jobs, [&](bool main) {
    while (true) {
      std::uint64_t mine = 0;
      {
        const std::lock_guard lock(mutex);
        if (begun == all || Interrupt::requested()) return;
        mine = begun++;
        if (main) progress.show(static_cast<double>(done), static_cast<double>(all), done, "hunts");
      }
      Mutant& m = mutants[mine / ranges];
      auto hunt = explore::hunt(m.scenario, explore::hunting_ground(mine % ranges, limit), [] { return !Interrupt::requested(); });
      const std::lock_guard lock(mutex);
      if (hunt) m.hunts.hunts[mine % ranges] = *std::move(hunt);
      ++done;
    }
  });
  return !Interrupt::requested();
}

/// Goes on until Ctrl-C; of the main thread it also shows how far all have come.
class ShrinkingAll final : public ShrinkWatcher {
 public:
  explicit ShrinkingAll(std::function<void()> show) : show_(std::move(show)) {}
  bool go_on(std::string_view, const RunSize&, std::uint64_t) override {
    show_();
    return !Interrupt::requested();
  }

 private:
  std::function<void()> show_;
};

/// The seed of one find: of the first hunt that found what the scenario expects, or else anything.
std::optional<std::uint64_t> found_seed(const Mutant& m, std::uint64_t limit) {
  std::optional<std::uint64_t> out;
  for (std::size_t i = m.hunts.hunts.size(); i-- > 0;) {
    const explore::Hunt& h = m.hunts.hunts[i];
    const bool expected = out && m.scenario.expect && h.claim != *m.scenario.expect;
    if (h.found() && !expected) out = explore::hunting_ground(i, limit).first + h.seeds - 1;
  }
  return out;
}

/// Shrinks one find of each, in as many threads. False: interrupted.
bool shrink_all(std::vector<Mutant>& mutants, std::uint64_t limit, unsigned jobs, const Registry& registry) {
  const Interrupt interrupt;
  std::atomic<std::size_t> begun{0};
  std::atomic<std::uint64_t> done{0};
  Progress progress;
  const auto all = static_cast<double>(mutants.size());
  run_crew(jobs, [&](bool main) {
    ShrinkingAll watcher([&] {
      if (main) progress.show(static_cast<double>(done.load()), all, done.load(), "finds shrunk");
    });
    for (std::size_t i = begun++; i < mutants.size() && !Interrupt::requested(); i = begun++) {
      if (const auto seed = found_seed(mutants[i], limit)) {
        auto shrunk = shrink({mutants[i].scenario, *seed, {}}, registry, {.watcher = &watcher});
        if (shrunk) mutants[i].shrunk = *std::move(shrunk);
      }
      ++done;
    }
  });
  return !Interrupt::requested();
}

/// A page, and where its table stands in it.
struct Page {
  std::string text;
  std::size_t begin = 0;
  std::size_t end = 0;
};

std::optional<Page> read_page(const std::string& path) {
  auto text = read_file(path);
  if (!text) {
    complain(fmt::format("{}: cannot read it: {}", path, text.error().what));
    return std::nullopt;
  }
  Page out{*std::move(text), 0, 0};
  out.begin = out.text.find(kBegin);
  out.end = out.text.find(kEnd, out.begin);
  if (out.begin != std::string::npos && out.end != std::string::npos) {
    out.begin += kBegin.size();
    return out;
  }
  complain(fmt::format("{}: found no place for the table, expected the lines {} and {}", path, kBegin.substr(0, kBegin.size() - 1),
                       kEnd.substr(0, kEnd.size() - 1)));
  return std::nullopt;
}

/// Says which scenarios the page's table does not name. True: none.
bool names_all(const std::string& path, const Page& page, const std::vector<Mutant>& mutants) {
  const std::string_view table = std::string_view(page.text).substr(page.begin, page.end - page.begin);
  bool all = true;
  for (const Mutant& m : mutants) {
    if (table.find("| " + m.scenario.name + " |") != std::string_view::npos) continue;
    complain(fmt::format("{}: the table does not name {}; write it anew with --table", path, m.scenario.name));
    all = false;
  }
  return all;
}

}  // namespace

std::optional<std::vector<std::string>> scenario_files(const std::vector<std::string>& paths) {
  std::vector<std::string> out;
  for (const std::string& path : paths) {
    std::error_code error;
    if (!std::filesystem::is_directory(path, error)) {
      out.push_back(path);
      continue;
    }
    std::vector<std::string> found;
    for (std::filesystem::directory_iterator at(path, error), end; !error && at != end; at.increment(error)) {
      if (at->path().extension() == ".json") found.push_back(at->path().string());
    }
    if (error || found.empty()) {
      complain(fmt::format("{}: {}", path, error ? "cannot read it: " + error.message() : "found no .json file in this folder"));
      return std::nullopt;
    }
    std::sort(found.begin(), found.end());
    out.insert(out.end(), found.begin(), found.end());
  }
  return out;
}

Exit hunt_mutants(const MutantsOptions& options, const Registry& registry) {
  if (!options.correct.empty()) return run_correct(options, registry);
  auto mutants = open_mutants(options, registry);
  if (!mutants) return Exit::usage;
  std::optional<Page> page;
  if (!options.table.empty() && !(page = read_page(options.table))) return Exit::usage;
  if (const std::string why = page && !options.check ? why_unwritable(options.table) : ""; !why.empty()) {
    complain(fmt::format("{}: cannot write it: {}", options.table, why));
    return Exit::usage;
  }
  const std::uint64_t ranges = options.ranges > 0 ? options.ranges : options.check ? 3 : 20;
  const double begun = wall_seconds();
  const unsigned jobs = options.jobs == 0 ? default_jobs() : options.jobs;
  if (!hunt_all(*mutants, ranges, options.limit, jobs) ||
      (options.shrink && !options.check && !shrink_all(*mutants, options.limit, jobs, registry))) {
    complain("interrupted: nothing is written");
    return Exit::undecided;
  }
  print(options.json ? mutants_json(*mutants, ranges, options.limit, wall_seconds() - begun) : table_text(*mutants, options.limit));
  bool good = true;
  for (const Mutant& m : *mutants) {
    if (m.found()) continue;
    complain(
        fmt::format("{}: found in {} of {} hunts through {} seeds each", m.path, m.hunts.found(), ranges, grouped(options.limit)));
    good = false;
  }
  if (page && options.check) good = names_all(options.table, *page, *mutants) && good;
  if (page && !options.check) {
    page->text.replace(page->begin, page->end - page->begin, table_markdown(*mutants, options.limit));
    if (const std::string why = write_file(options.table, page->text); !why.empty()) {
      complain(fmt::format("{}: cannot write it: {}", options.table, why));
      return Exit::usage;
    }
  }
  return good ? Exit::ok : Exit::violated;
}

}  // namespace sim::cli
