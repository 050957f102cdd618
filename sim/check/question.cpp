#include "sim/check/question.hpp"

#include <algorithm>
#include <set>

#include "sim/check/judge.hpp"

namespace sim::check {

namespace {

enum class Family : std::uint8_t { object, transactions, workload };

Family family(ModelName model) {
  if (model <= ModelName::priority_queue) return Family::object;
  return model <= ModelName::rw_register ? Family::transactions : Family::workload;
}

// The functions that a history has, and what its first successful read returned.
struct Signs {
  std::set<std::string, std::less<>> functions;
  const Value* read = nullptr;
  const Value* first_input = nullptr;

  explicit Signs(const History& history) {
    for (const Operation& op : history.operations) {
      functions.insert(op.f);
      if (first_input == nullptr) first_input = &op.input;
      if (read == nullptr && op.f == "read" && op.outcome == Outcome::ok) read = &op.output;
    }
  }
  bool has(std::string_view f) const { return functions.contains(f); }
  bool any(std::initializer_list<std::string_view> names) const {
    return std::any_of(names.begin(), names.end(), [&](std::string_view f) { return has(f); });
  }
};

// The first access of a transaction: "append", "r", "w", "read", "write", or nothing.
std::string_view first_access(const Value* value) {
  const Value::List* accesses = value == nullptr ? nullptr : value->list();
  if (accesses == nullptr || accesses->empty() || accesses->front().list() == nullptr) return {};
  const Value::List& access = *accesses->front().list();
  return access.empty() || access.front().text() == nullptr ? std::string_view() : std::string_view(*access.front().text());
}

bool any_access(const History& history, std::string_view name) {
  for (const Operation& op : history.operations) {
    const Value::List* accesses = op.input.list();
    if (accesses == nullptr) continue;
    for (const Value& access : *accesses) {
      const Value::List* parts = access.list();
      if (parts != nullptr && !parts->empty() && parts->front().text() != nullptr && *parts->front().text() == name) return true;
    }
  }
  return false;
}

ModelName guess(const History& history) {
  const Signs signs(history);
  if (signs.has("txn")) {
    if (any_access(history, "append")) return ModelName::list_append;
    if (any_access(history, "send") || any_access(history, "poll")) return ModelName::kafka;
    return any_access(history, "r") || any_access(history, "w") ? ModelName::rw_register : ModelName::multi_register;
  }
  if (const std::string_view access = first_access(signs.first_input); access == "r" || access == "w") return ModelName::long_fork;
  if (signs.has("transfer")) return ModelName::bank;
  if (signs.has("generate")) return ModelName::unique_ids;
  if (signs.any({"send", "poll", "commit_offsets", "list_committed_offsets"}) && !signs.has("insert")) return ModelName::kafka;
  if (signs.has("drain")) return ModelName::total_queue;
  if (signs.any({"enqueue", "dequeue", "enq", "deq"})) return ModelName::queue;
  if (signs.any({"push", "pop"})) return ModelName::stack;
  if (signs.has("poll")) return ModelName::priority_queue;
  if (signs.any({"insert", "remove", "contains"})) return ModelName::set;
  const bool reads_many = signs.read != nullptr && signs.read->list() != nullptr;
  if (signs.has("add")) return reads_many || !signs.has("read") ? ModelName::set_full : ModelName::counter;
  if (signs.any({"acquire", "release"})) return ModelName::mutex;
  if (signs.any({"get", "put", "append", "delete"})) return ModelName::kv;
  if (signs.has("cas")) return ModelName::cas_register;
  if (signs.read != nullptr && signs.read->map() != nullptr) return ModelName::bank;
  return reads_many ? ModelName::comments : ModelName::reg;
}

}  // namespace

Result<Recorded> read_recorded(Format format, formats::Window& window, std::optional<ModelName>) {
  auto history = read_history(format, window);
  if (!history.ok()) return history.error();
  return Recorded(*std::move(history));
}

std::size_t size(const Recorded& recorded) { return std::get<History>(recorded).operations.size(); }

History to_history(const Recorded& recorded) { return std::get<History>(recorded); }

std::optional<Consistency> usual_consistency(ModelName model) {
  switch (family(model)) {
    case Family::object: return Consistency::linearizable;
    case Family::transactions: return Consistency::strict_serializable;
    case Family::workload: break;
  }
  return std::nullopt;
}

std::vector<Consistency> askable(ModelName model) {
  if (family(model) == Family::object) return {Consistency::linearizable};
  return {};
}

std::string to_text(const Question& question) {
  const std::string model(to_text(question.model));
  return question.consistency ? std::string(to_text(*question.consistency)) + "-" + model : model;
}

std::optional<Question> question_named(std::string_view text) {
  for (const ModelInfo& info : all_models()) {
    if (text == info.text) return Question{.model = info.name, .consistency = usual_consistency(info.name)};
    if (text.size() <= info.text.size() + 1 || !text.ends_with(info.text)) continue;
    const std::string_view before = text.substr(0, text.size() - info.text.size());
    if (!before.ends_with('-')) continue;
    const auto consistency = consistency_named(before.substr(0, before.size() - 1));
    if (!consistency) continue;
    const auto may = askable(info.name);
    if (std::find(may.begin(), may.end(), *consistency) != may.end()) {
      return Question{.model = info.name, .consistency = consistency};
    }
  }
  return std::nullopt;
}

ModelName guess_model(const Recorded& recorded) { return guess(std::get<History>(recorded)); }

Result<Judgement> judge(const Question& question, const Recorded& recorded, const Limits& limits) {
  return judge_linearizable(question.model, std::get<History>(recorded), limits);
}

}  // namespace sim::check
