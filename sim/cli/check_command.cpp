// simulate check.
#include <fmt/format.h>

#include <algorithm>

#include "sim/check/judge.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/files.hpp"
#include "sim/cli/terminal.hpp"
#include "sim/core/words.hpp"

namespace sim::cli {

namespace {

struct Checked {
  std::string model;
  std::size_t operations = 0;
  check::Judgement judgement;
};

Result<Checked> check_one(const std::string& path, std::optional<check::Format> format, std::optional<check::ModelName> model,
                          const check::Limits& limits) {
  auto text = read_file(path);
  if (!text) return Error{"", "cannot read it: " + text.error().what};
  if (!format) {
    auto recognized = check::recognize(*text);
    if (!recognized) return Error{recognized.error().where, recognized.error().what + "; --format says which it is"};
    format = *recognized;
  }
  auto history = check::parse(*format, *text);
  if (!history) return history.error();
  const check::ModelName name = model.value_or(check::default_model(*format, *history));
  auto judged = check::judge(name, *history, limits);
  if (!judged) return judged.error();
  return Checked{std::string(check::to_text(name)), history->operations.size(), *std::move(judged)};
}

std::string line_text(const std::string& path, const Checked& checked) {
  const std::string verdict(check::to_text(checked.judgement.verdict));
  const std::string shown = checked.judgement.verdict == check::Verdict::valid     ? green(verdict)
                            : checked.judgement.verdict == check::Verdict::invalid ? red(verdict)
                                                                                   : yellow(verdict);
  std::string out = fmt::format("{}  {}  ({}, {} operations)\n", shown, path, checked.model, grouped(checked.operations));
  if (!checked.judgement.explanation.empty()) out += "    " + wrapped(checked.judgement.explanation, 76, 4) + "\n";
  return out;
}

std::string line_json(const std::string& path, const Checked& checked) {
  Value::List core;
  for (const std::size_t i : checked.judgement.core) core.emplace_back(static_cast<std::int64_t>(i));
  return Value(Value::Map{{"file", Value(path)},
                          {"verdict", Value(check::to_text(checked.judgement.verdict))},
                          {"model", Value(checked.model)},
                          {"operations", Value(static_cast<std::int64_t>(checked.operations))},
                          {"steps", Value(static_cast<std::int64_t>(checked.judgement.steps))},
                          {"explanation", Value(checked.judgement.explanation)},
                          {"core", Value(std::move(core))}})
             .to_json() +
         "\n";
}

/// The value of `--model` or `--format`, or a complaint with the nearest word.
template <class T, class Named, class Names>
bool named(const std::string& option, const std::string& text, Named find, Names names, std::optional<T>& out) {
  if (text.empty()) return true;
  out = find(text);
  if (!out) complain(fmt::format("{}: found \"{}\", {}", option, text, expected_one_of(text, names())));
  return out.has_value();
}

}  // namespace

Exit check_histories(const CheckOptions& options) {
  std::optional<check::Format> format;
  std::optional<check::ModelName> model;
  const auto formats = [] {
    std::vector<std::string> out;
    for (const check::Format f : check::all_formats()) out.emplace_back(check::to_text(f));
    return out;
  };
  const auto models = [] {
    std::vector<std::string> out;
    for (const check::ModelInfo& m : check::all_models()) out.emplace_back(m.text);
    return out;
  };
  if (!named("--format", options.format, check::format_named, formats, format)) return Exit::usage;
  if (!named("--model", options.model, check::model_named, models, model)) return Exit::usage;
  check::Limits limits;
  if (options.steps > 0) limits.steps = options.steps;
  if (options.memory_mib > 0) limits.bytes = options.memory_mib << 20U;

  Exit worst = Exit::ok;
  const auto worsen = [&](Exit to) {  // bad input outranks a violation, which outranks a budget that ran out
    const auto rank = [](Exit e) { return e == Exit::usage ? 3 : e == Exit::violated ? 2 : e == Exit::undecided ? 1 : 0; };
    if (rank(to) > rank(worst)) worst = to;
  };
  for (const std::string& path : options.paths) {
    const auto checked = check_one(path, format, model, limits);
    if (!checked) {
      complain_all(path, {checked.error()});
      worsen(Exit::usage);
      continue;
    }
    print(options.json ? line_json(path, *checked) : line_text(path, *checked));
    if (checked->judgement.verdict == check::Verdict::invalid) worsen(Exit::violated);
    if (checked->judgement.verdict == check::Verdict::undecided) worsen(Exit::undecided);
  }
  return worst;
}

std::string models_help() {
  std::string out;
  for (const check::ModelInfo& m : check::all_models()) out += fmt::format("\n  {:<16}{}", m.text, m.summary);
  return out;
}

}  // namespace sim::cli
