#include "sim/cli/story.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "sim/check/workload.hpp"
#include "sim/cli/look_text.hpp"
#include "sim/cli/terminal.hpp"
#include "sim/explore/look.hpp"
#include "sim/scenario/json.hpp"

namespace sim::cli {

namespace {

constexpr std::size_t kStoryColumns = 80;
constexpr std::size_t kStoryWhat = 17;  // where the words begin

bool says_nothing(const Value& value) {
  const bool zero = value.integer() != nullptr && *value.integer() == 0;
  const bool empty = value.text() != nullptr && value.text()->empty();
  const bool no_elements = value.list() != nullptr && value.list()->empty();
  return value.is_nil() || zero || empty || no_elements;
}

/// A value without what says nothing, at any depth.
Value telling(const Value& value) {
  if (value.map() == nullptr) return value;
  Value::Map out;
  for (const auto& [key, member] : *value.map()) {
    Value rest = telling(member);
    const bool nothing_left = rest.map() != nullptr && rest.map()->empty();
    if (!says_nothing(rest) && !nothing_left) out.emplace_back(key, std::move(rest));
  }
  return out;
}

/// A message or a timer by its name and those of its fields that say something.
std::string payload_text(const Payload& what, std::size_t width) {
  std::string json;
  what.json(json);
  std::string name(what.name());
  const auto value = parse_json(json);
  const Value fields = value ? telling(*value) : Value();
  if (fields.map() == nullptr || fields.map()->empty()) return name;
  constexpr std::size_t braces = 2;
  std::string text = short_text(fields, width + braces - std::min(width, name.size() + 1));
  text.erase(0, 1);
  if (text.ends_with('}') && !text.ends_with("...}")) text.pop_back();
  return (name + " " + text).substr(0, width);
}

std::string operation_text(const check::Invoked& op) {
  switch (op.function) {
    case check::Function::read: return fmt::format("begins: read key {}", op.key);
    case check::Function::write: return fmt::format("begins: write {} to key {}", op.value, op.key);
    case check::Function::cas: return fmt::format("begins: cas key {} from {} to {}", op.key, op.expected, op.value);
    case check::Function::append: return fmt::format("begins: append {} to key {}", op.value, op.key);
    case check::Function::erase: return fmt::format("begins: delete key {}", op.key);
    case check::Function::call: return fmt::format("begins: call {}", op.value);
  }
  return {};
}

std::string answer_text(const check::Answered& answer) {
  if (answer.outcome == check::Outcome::fail) return "is told: it failed";
  if (answer.outcome == check::Outcome::info) return "gives up: nobody knows what came of it";
  return answer.output.empty() ? "is answered: ok" : "is answered: " + answer.output;
}

std::string answer_text(const check::Returned& answer) {
  if (answer.outcome == check::Outcome::fail) return "is told: it failed";
  if (answer.outcome == check::Outcome::info) return "gives up: nobody knows what came of it";
  return answer.value.empty() ? "is answered: ok" : "is answered: " + answer.value;
}

/// Writes a line for each record that belongs to the story.
class Teller final : public Sink {
 public:
  explicit Teller(const Run& run) : run_(&run), roles_(run.world().size()) {}

  void write(const Record& record) override {
    const std::string text = words(record);
    if (!text.empty()) add(record.at, record.kind == RecordKind::fault ? "" : name(record.node), text);
  }
  /// After each event: who plays another role now.
  void see_roles() {
    const World& world = run_->world();
    for (std::uint32_t i = 0; i < roles_.size(); ++i) {
      const NodeId node{i};
      const std::string role(world.up(node) ? node_role(*run_, node) : "");
      const bool first = roles_[i].empty();
      if (role == roles_[i] || role.empty()) continue;
      roles_[i] = role;
      if (!first) add(world.now(), name(node), bold("is " + role + " now"));
    }
  }
  std::vector<std::string> take() { return std::move(lines_); }

 private:
  const std::string& name(NodeId node) const { return run_->world().directory().node_names[index(node)]; }

  void add(Time at, const std::string& node, const std::string& text) {
    lines_.push_back(fmt::format("{:>9.4f}s  {}  {}\n", static_cast<double>(at.ns) / 1e9, bold(fmt::format("{:<3}", node)), text));
  }

  std::string words(const Record& record) const {
    constexpr std::size_t width = kStoryColumns - kStoryWhat;
    switch (record.kind) {
      case RecordKind::deliver: {
        const std::string from = "from " + (record.peer == record.node ? "itself" : name(record.peer)) + ": ";
        return from + payload_text(*record.what, width - from.size());
      }
      case RecordKind::timer: return "timer " + payload_text(*record.what, width - 6);
      case RecordKind::fault: return std::string(record.text);
      case RecordKind::start: return index(record.event) > roles_.size() ? "starts again" : "";
      case RecordKind::observe:
        if (const auto* begun = record.what->as<check::Invoked>()) return operation_text(*begun);
        if (const auto* ended = record.what->as<check::Returned>()) return answer_text(*ended);
        if (const auto* called = record.what->as<check::Called>())
          return "begins: " + called->function + (called->input.empty() ? "" : " ") + called->input;
        if (const auto* answered = record.what->as<check::Answered>()) return answer_text(*answered);
        return "";
      default: return "";
    }
  }

  const Run* run_;
  std::vector<std::string> roles_;
  std::vector<std::string> lines_;
};

}  // namespace

std::string story_text(Run& run, std::size_t most) {
  Teller teller(run);
  run.world().watch(&teller);
  while (run.step()) teller.see_roles();
  run.world().watch(nullptr);
  const std::vector<std::string> lines = teller.take();
  std::string out;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines.size() > most && i == most / 2) {
      out += faint(fmt::format("{:>10}  {} more\n", "...", grouped(lines.size() - most)));
      i += lines.size() - most;
    }
    out += lines[i];
  }
  return out;
}

}  // namespace sim::cli
