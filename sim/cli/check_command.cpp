// simulate check.
#include <fmt/format.h>

#include <algorithm>

#include "sim/check/explain/picture.hpp"
#include "sim/check/question.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/files.hpp"
#include "sim/cli/terminal.hpp"
#include "sim/core/words.hpp"

namespace sim::cli {

namespace {

struct Checked {
  check::Question question;
  check::Recorded recorded;
  check::Judgement judgement;
};

/// What was asked for on the command line, in the checker's terms.
struct Asked {
  std::optional<check::Format> format;
  std::optional<check::ModelName> model;
  std::optional<check::Consistency> consistency;
  check::Limits limits;
};

class FileSource final : public check::Source {
 public:
  explicit FileSource(InputFile& file) : file_(file) {}
  std::size_t read(char* to, std::size_t room) override { return file_.read(to, room); }

 private:
  InputFile& file_;
};

Result<check::Recorded> read_recorded(const std::string& path, const Asked& asked) {
  auto file = InputFile::open(path);
  if (!file) return Error{"", "cannot read it: " + file.error().what};
  FileSource source(*file);
  check::formats::Window window(source);
  std::optional<check::Format> format = asked.format;
  if (!format) {
    const auto recognized = check::recognize(window);
    if (!file->error().empty()) return Error{"", "cannot read it: " + file->error()};
    if (!recognized) return Error{recognized.error().where, recognized.error().what + "; --format says which it is"};
    format = *recognized;
  }
  auto recorded = check::read_recorded(*format, window, asked.model);
  if (!file->error().empty()) return Error{"", "cannot read it: " + file->error()};
  return recorded;
}

Result<Checked> check_one(const std::string& path, const Asked& asked, const CheckOptions& options) {
  auto recorded = read_recorded(path, asked);
  if (!recorded) return recorded.error();
  check::Question question;
  question.model = asked.model.value_or(check::guess_model(*recorded));
  question.consistency = asked.consistency ? asked.consistency : check::usual_consistency(question.model);
  question.total = options.total;
  question.negative_balances = options.negative_balances;
  auto judged = check::judge(question, *recorded, asked.limits);
  if (!judged) return judged.error();
  return Checked{question, *std::move(recorded), *std::move(judged)};
}

std::string names_of(const std::vector<check::Consistency>& models) {
  std::string out;
  for (const check::Consistency model : models) {
    if (!out.empty()) out += ", ";
    out += check::to_text(model);
  }
  return out;
}

std::string paragraph(const std::string& text) { return "    " + wrapped(text, 76, 4) + "\n"; }

std::string line_text(const std::string& path, const Checked& checked) {
  const check::Judgement& judgement = checked.judgement;
  const std::string verdict(check::to_text(judgement.verdict));
  const std::string shown = judgement.verdict == check::Verdict::valid     ? green(verdict)
                            : judgement.verdict == check::Verdict::invalid ? red(verdict)
                                                                           : yellow(verdict);
  std::string out = fmt::format("{}  {}  ({}, {} operations)\n", shown, path, check::to_text(checked.question),
                                grouped(check::size(checked.recorded)));
  if (!judgement.explanation.empty()) out += paragraph(judgement.explanation);
  if (judgement.findings.size() > 1) {
    std::string others;
    for (std::size_t i = 1; i < judgement.findings.size(); ++i) {
      if (i > 1) others += ", ";
      others += judgement.findings[i].name;
    }
    out += paragraph(judgement.findings.front().name + "; also " + others + " (--html or --json tell all)");
  } else if (!judgement.findings.empty()) {
    out += paragraph(judgement.findings.front().name);
  }
  if (judgement.verdict != check::Verdict::valid && !judgement.satisfied.empty()) {
    out += paragraph("not contradicted: " + names_of(check::strongest(judgement.satisfied)));
  }
  for (const std::string& note : judgement.notes) out += paragraph(note);
  return out;
}

Value indices(const std::vector<std::size_t>& operations) {
  Value::List out;
  for (const std::size_t i : operations) out.emplace_back(static_cast<std::int64_t>(i));
  return Value(std::move(out));
}

std::string line_json(const std::string& path, const Checked& checked) {
  const check::Judgement& judgement = checked.judgement;
  Value::List findings;
  for (const check::Finding& finding : judgement.findings) {
    Value::List links;
    for (const check::Link& link : finding.links) {
      links.emplace_back(Value::Map{{"from", Value(static_cast<std::int64_t>(link.from))},
                                    {"to", Value(static_cast<std::int64_t>(link.to))},
                                    {"kind", Value(link.kind)},
                                    {"why", Value(link.why)}});
    }
    findings.emplace_back(Value::Map{{"name", Value(finding.name)},
                                     {"explanation", Value(finding.explanation)},
                                     {"operations", indices(finding.operations)},
                                     {"links", Value(std::move(links))}});
  }
  Value::List satisfied;
  for (const check::Consistency model : judgement.satisfied) satisfied.emplace_back(check::to_text(model));
  Value::List notes;
  for (const std::string& note : judgement.notes) notes.emplace_back(note);
  return Value(Value::Map{
                   {"file", Value(path)},
                   {"verdict", Value(check::to_text(judgement.verdict))},
                   {"model", Value(check::to_text(checked.question.model))},
                   {"consistency", checked.question.consistency ? Value(check::to_text(*checked.question.consistency)) : Value()},
                   {"operations", Value(static_cast<std::int64_t>(check::size(checked.recorded)))},
                   {"steps", Value(static_cast<std::int64_t>(judgement.steps))},
                   {"explanation", Value(judgement.explanation)},
                   {"core", indices(judgement.core)},
                   {"findings", Value(std::move(findings))},
                   {"satisfied", Value(std::move(satisfied))},
                   {"notes", Value(std::move(notes))}})
             .to_json() +
         "\n";
}

/// The order of a valid history, an operation a line.
std::string witness_text(const check::History& history, const std::vector<std::size_t>& order) {
  std::string out;
  for (const std::size_t i : order) {
    const check::Operation& op = history.operations[i];
    Value::Map members{{"operation", Value(static_cast<std::int64_t>(i))}, {"process", Value(op.process)}, {"f", Value(op.f)}};
    if (op.key) members.emplace_back("key", Value(*op.key));
    members.emplace_back("value", op.input);
    members.emplace_back("type", Value(check::to_text(op.outcome)));
    members.emplace_back("returned", op.output);
    if (op.call_line != 0) members.emplace_back("line", Value(std::int64_t{op.call_line}));
    out += Value(std::move(members)).to_json() + "\n";
  }
  return out;
}

/// Writes what `--witness`, `--svg` and `--html` ask for. False: one of them could not be written.
bool write_files(const CheckOptions& options, const std::string& path, const Checked& checked) {
  if (options.witness.empty() && options.svg.empty() && options.html.empty()) return true;
  const check::History history = check::to_history(checked.recorded);
  const auto write = [](const std::string& to, const std::string& text) {
    if (to.empty()) return true;
    const std::string problem = write_file(to, text);
    if (!problem.empty()) complain(fmt::format("{}: {}", to, problem));
    return problem.empty();
  };
  bool good = true;
  if (!options.witness.empty()) {
    if (checked.judgement.order.empty() && checked.judgement.verdict == check::Verdict::valid &&
        std::any_of(history.operations.begin(), history.operations.end(),
                    [](const check::Operation& op) { return op.outcome == check::Outcome::ok; })) {
      complain(
          fmt::format("--witness: no single order stands behind a valid {}; nothing is written", check::to_text(checked.question)));
    } else if (checked.judgement.verdict == check::Verdict::valid) {
      good = write(options.witness, witness_text(history, checked.judgement.order)) && good;
    } else {
      complain("--witness: only a valid history has an order; nothing is written");
    }
  }
  if (options.svg.empty() && options.html.empty()) return good;
  const check::Picture picture =
      check::lay_out(history, checked.judgement,
                     fmt::format("{}: {}, {}", check::to_text(checked.judgement.verdict), path, check::to_text(checked.question)));
  good = write(options.svg, options.svg.empty() ? "" : check::to_svg(picture)) && good;
  return write(options.html, options.html.empty() ? "" : check::to_html(picture, history, checked.judgement)) && good;
}

std::vector<std::string> format_names() {
  std::vector<std::string> out;
  for (const check::Format f : check::all_formats()) out.emplace_back(check::to_text(f));
  return out;
}

/// The value of an option, or a complaint with the nearest word.
template <class T, class Named>
bool named(const std::string& option, const std::string& text, Named find, const std::vector<std::string>& names,
           std::optional<T>& out) {
  if (text.empty()) return true;
  out = find(text);
  if (!out) complain(fmt::format("{}: found \"{}\", {}", option, text, expected_one_of(text, names)));
  return out.has_value();
}

std::optional<Asked> understood(const CheckOptions& options) {
  Asked asked;
  std::vector<std::string> models;
  for (const check::ModelInfo& m : check::all_models()) models.emplace_back(m.text);
  std::vector<std::string> consistencies;
  for (const check::ConsistencyInfo& c : check::all_consistencies()) consistencies.emplace_back(c.text);
  if (!named("--format", options.format, check::format_named, format_names(), asked.format)) return std::nullopt;
  if (!named("--model", options.model, check::model_named, models, asked.model)) return std::nullopt;
  if (!named("--consistency", options.consistency, check::consistency_named, consistencies, asked.consistency)) return std::nullopt;
  const bool writes = !options.witness.empty() || !options.svg.empty() || !options.html.empty();
  if (writes && options.paths.size() > 1) {
    complain("--witness, --svg and --html are for one history at a time");
    return std::nullopt;
  }
  for (const std::string& to : {options.witness, options.svg, options.html}) {
    const std::string problem = to.empty() ? "" : why_unwritable(to);
    if (problem.empty()) continue;
    complain(fmt::format("{}: {}", to, problem));
    return std::nullopt;
  }
  if (options.steps > 0) asked.limits.steps = options.steps;
  if (options.memory_mib > 0) asked.limits.bytes = options.memory_mib << 20U;
  return asked;
}

}  // namespace

Exit check_histories(const CheckOptions& options) {
  const std::optional<Asked> asked = understood(options);
  if (!asked) return Exit::usage;
  Exit worst = Exit::ok;
  const auto worsen = [&](Exit to) {  // bad input outranks a violation, which outranks a budget that ran out
    const auto rank = [](Exit e) { return e == Exit::usage ? 3 : e == Exit::violated ? 2 : e == Exit::undecided ? 1 : 0; };
    if (rank(to) > rank(worst)) worst = to;
  };
  for (const std::string& path : options.paths) {
    const auto checked = check_one(path, *asked, options);
    if (!checked) {
      complain_all(path, {checked.error()});
      worsen(Exit::usage);
      continue;
    }
    print(options.json ? line_json(path, *checked) : line_text(path, *checked));
    if (!write_files(options, path, *checked)) worsen(Exit::usage);
    if (checked->judgement.verdict == check::Verdict::invalid) worsen(Exit::violated);
    if (checked->judgement.verdict == check::Verdict::undecided) worsen(Exit::undecided);
  }
  return worst;
}

std::string models_help() {
  std::string out;
  for (const check::ModelInfo& m : check::all_models()) out += fmt::format("\n  {:<16}{}", m.text, m.summary);
  out += "\n\nConsistency, weaker ones first; which may be asked of a model, docs/checking.md says:";
  for (const check::ConsistencyInfo& c : check::all_consistencies()) out += fmt::format("\n  {:<35}{}", c.text, c.summary);
  return out;
}

std::string formats_help() {
  std::string out;
  for (const std::string& name : format_names()) {
    if (!out.empty()) out += ", ";
    out += name;
  }
  return out + "; default: recognised by content";
}

}  // namespace sim::cli
