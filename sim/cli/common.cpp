// What the commands share.
#include <fmt/format.h>

#include <charconv>

#include "sim/cli/commands.hpp"
#include "sim/cli/files.hpp"
#include "sim/cli/terminal.hpp"
#include "sim/scenario/json.hpp"

namespace sim::cli {

namespace {

std::optional<std::uint64_t> seed_in(std::string_view text) {
  std::uint64_t out = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), out);
  const bool whole = parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
  return whole && out <= static_cast<std::uint64_t>(INT64_MAX) ? std::optional(out) : std::nullopt;
}

}  // namespace

std::optional<explore::SeedRange> seeds_in(std::string_view option, const std::string& text) {
  const std::size_t dots = text.find("..");
  const auto first = seed_in(text.substr(0, dots));
  const auto last = dots == std::string::npos ? first : seed_in(text.substr(dots + 2));
  if (first && last && *first <= *last) return explore::SeedRange{*first, *last};
  complain(fmt::format("{}: found \"{}\", expected A..B with A up to B, each a whole number from 0 to {}; as 1..1000", option, text,
                       INT64_MAX));
  return std::nullopt;
}

void advance(Run& run, std::uint64_t events) {
  constexpr std::uint64_t piece = 65536;
  Progress progress;
  const auto all = static_cast<double>(run.scenario().duration.ns);
  const std::uint64_t begun = run.world().counters().events;
  for (std::uint64_t steps = 0; begun + steps < events && run.step();) {
    if (++steps % piece != 0) continue;
    if (events == kAllEvents) {
      progress.show(static_cast<double>(run.world().now().ns), all, steps, "events");
    } else {
      progress.show(static_cast<double>(steps), static_cast<double>(events - begun), steps, "events");
    }
  }
}

void finish(Run& run) { advance(run, kAllEvents); }

void finish(Lockstep& pair) {
  constexpr std::uint64_t piece = 32768;
  Progress progress;
  for (std::uint64_t steps = 1; pair.step(); ++steps) {
    if (steps % piece != 0) continue;
    const Run& run = pair.left();
    progress.show(static_cast<double>(run.world().now().ns), static_cast<double>(run.scenario().duration.ns), steps, "events");
  }
}

bool has_kind(const Value& document, std::string_view kind) {
  const Value* found = document.find("kind");
  return found != nullptr && found->text() != nullptr && *found->text() == kind;
}

Value count(std::uint64_t n) { return Value(static_cast<std::int64_t>(n)); }

std::string hex(std::uint64_t digest) { return fmt::format("{:016x}", digest); }

Exit exit_of(const Report& report) {
  if (report.violation() != nullptr) return Exit::violated;
  return report.verdict() == "undecided" ? Exit::undecided : Exit::ok;
}

void complain_all(const std::string& file, const std::vector<Error>& errors) {
  for (const Error& error : errors)
    complain(fmt::format("{}: {}{}{}", file, error.where, error.where.empty() ? "" : ": ", error.what));
}

std::optional<Scenario> open_scenario(const std::string& path, const std::vector<std::string>& sets, const Registry& registry) {
  const auto text = read_file(path);
  if (!text) {
    complain(fmt::format("{}: cannot read it: {}", path, text.error().what));
    return std::nullopt;
  }
  return open_scenario(path, *text, sets, registry);
}

std::optional<Scenario> open_scenario(const std::string& path, std::string_view text, const std::vector<std::string>& sets,
                                      const Registry& registry) {
  auto document = parse_json(text);
  if (!document) {
    complain_all(path, {document.error()});
    return std::nullopt;
  }
  for (const std::string& assignment : sets) {
    if (auto error = set_member(*document, assignment)) {
      complain_all("--set " + assignment, {*error});
      return std::nullopt;
    }
  }
  Loaded loaded = load_scenario(*document, registry);
  complain_all(path, loaded.errors);
  return std::move(loaded.scenario);
}

std::string shell_quoted(const std::string& word) {
  const bool plain =
      word.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./=:%+-") == std::string::npos;
  if (plain && !word.empty()) return word;
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string run_command(const RunOptions& options, std::string_view command) {
  std::string out =
      fmt::format("{} {} {} --seed {}", shell_quoted(options.program), command, shell_quoted(options.path), options.seed);
  for (const std::string& assignment : options.sets) out += " --set " + shell_quoted(assignment);
  return out;
}

}  // namespace sim::cli
