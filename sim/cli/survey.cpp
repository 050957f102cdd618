#include "sim/cli/survey.hpp"

#include <fmt/format.h>

#include <charconv>

#include "sim/cli/commands.hpp"
#include "sim/cli/look_text.hpp"
#include "sim/cli/terminal.hpp"
#include "sim/core/words.hpp"

namespace sim::cli {

namespace {

/// An event's number, with or without the commas that reports write into it.
std::optional<std::uint64_t> event_number(std::string text) {
  std::erase(text, ',');
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return number;
}

std::optional<Moment> of_violation(const std::string& option, const Survey& survey) {
  const Report report = survey.run.report();
  const ClaimReport* violation = report.violation();
  if (violation == nullptr) {
    complain(option + " violation: the run violates no claim");
    return std::nullopt;
  }
  if (index(violation->event) == 0) {
    complain(fmt::format("{} violation: {} is judged at the end and belongs to no event: {}", option, violation->name,
                         violation->message));
    return std::nullopt;
  }
  return Moment{violation->event, survey.causality.at(violation->event).at};
}

}  // namespace

std::unique_ptr<Survey> survey(const OpenedBundle& opened) {
  auto out = std::make_unique<Survey>(opened);
  out->run.world().watch(&out->causality);
  finish(out->run);
  out->run.world().watch(nullptr);
  if (!confirmed(opened, out->run.world().trace_digest())) return nullptr;
  return out;
}

std::optional<Moment> moment_of(const std::string& option, const std::string& text, const Survey& survey) {
  if (text == "violation") return of_violation(option, survey);
  const Moment end{survey.last(), survey.run.world().now(), true};
  if (const auto number = event_number(text)) {
    if (*number > index(survey.last())) return end;
    if (*number > 0) return Moment{EventId{*number}, survey.causality.at(EventId{*number}).at};
    complain(fmt::format("{}: found \"{}\", but events count from 1", option, text));
    return std::nullopt;
  }
  const auto time = parse_duration(text);
  if (!time) {
    const std::vector<std::string> words{"violation"};
    const std::string meant = nearest(text, words).empty() ? "" : "; did you mean \"violation\"?";
    complain(
        fmt::format(R"({}: found "{}", expected a time as "4.2s", the number of an event, or "violation"{})", option, text, meant));
    return std::nullopt;
  }
  const Time at = Time{} + *time;
  if (at > survey.run.world().now()) return end;
  return Moment{survey.causality.last_until(at), at};
}

std::string moment_text(const Moment& moment) {
  return fmt::format("at {}, after event {}", clock_text(moment.at), grouped(index(moment.event)));
}

}  // namespace sim::cli
