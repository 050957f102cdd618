#include "sim/check/question.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "sim/check/judge.hpp"
#include "sim/check/objects/judge.hpp"
#include "sim/check/objects/unique.hpp"
#include "sim/check/sequential.hpp"
#include "sim/check/transactions/judge.hpp"
#include "sim/check/transactions/long_fork.hpp"
#include "sim/check/workloads/workloads.hpp"

namespace sim::check {

namespace {

enum class Family : std::uint8_t { object, transactions, workload };

Family family(ModelName model) {
  if (model <= ModelName::priority_queue) return Family::object;
  return model <= ModelName::rw_register ? Family::transactions : Family::workload;
}

std::optional<objects::Kind> collection(ModelName model) {
  switch (model) {
    case ModelName::set: return objects::Kind::set;
    case ModelName::queue: return objects::Kind::queue;
    case ModelName::stack: return objects::Kind::stack;
    case ModelName::priority_queue: return objects::Kind::priority_queue;
    default: return std::nullopt;
  }
}

// Jepsen's set: elements are added, and a read at the end returns them all.
bool reads_whole(const History& history) {
  return std::any_of(history.operations.begin(), history.operations.end(), [](const Operation& op) { return op.f == "read"; });
}

// The functions that a history has, and what its first successful read returned.
struct Signs {
  std::set<std::string, std::less<>> functions;
  std::size_t reads = 0;  // successful ones
  const Value* read = nullptr;
  const Value* first_input = nullptr;

  explicit Signs(const History& history) {
    for (const Operation& op : history.operations) {
      functions.insert(op.f);
      if (first_input == nullptr) first_input = &op.input;
      if (op.f != "read" || op.outcome != Outcome::ok) continue;
      ++reads;
      if (read == nullptr) read = &op.output;
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
  if (signs.has("add")) {  // of a counter numbers, which may repeat; of a set elements, or pairs of a key and an element
    if (signs.first_input->list() != nullptr || (reads_many && signs.reads > 1)) return ModelName::set_full;
    return reads_many ? ModelName::set : ModelName::counter;
  }
  if (signs.any({"acquire", "release"})) return ModelName::mutex;
  if (signs.any({"get", "put", "append", "delete"})) return ModelName::kv;
  if (signs.has("cas")) return ModelName::cas_register;
  if (signs.read != nullptr && signs.read->map() != nullptr) return ModelName::bank;
  return reads_many ? ModelName::comments : ModelName::reg;
}

}  // namespace

std::optional<Consistency> usual_consistency(ModelName model) {
  switch (family(model)) {
    case Family::object: return Consistency::linearizable;
    case Family::transactions: return Consistency::strict_serializable;
    case Family::workload: break;
  }
  return std::nullopt;
}

std::vector<Consistency> askable(ModelName model) {
  std::vector<Consistency> out;
  if (model == ModelName::set_full) out.push_back(Consistency::linearizable);  // what is known must show at once
  if (family(model) == Family::workload) return out;
  const bool collected = collection(model).has_value();
  const bool plain = model == ModelName::reg || family(model) == Family::transactions;
  for (const ConsistencyInfo& info : all_consistencies()) {
    if (collected && info.name != Consistency::linearizable) continue;
    if (!plain && info.name != Consistency::linearizable && info.name != Consistency::sequential) continue;
    if (family(model) == Family::transactions && info.name >= Consistency::sequential) continue;
    out.push_back(info.name);
  }
  return out;
}

bool stays_broken(const Question& question) {
  switch (question.model) {
    case ModelName::set_full:     // what is missing may be read later
    case ModelName::total_queue:  // what was not dequeued may be yet
    case ModelName::kafka:        // what was not polled may be yet
      return false;
    default: break;
  }
  // Where the order need not be that of real time, what was read may be written later.
  const auto consistency = question.consistency ? question.consistency : usual_consistency(question.model);
  return !consistency || implies(*consistency, Consistency::strict_serializable);
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

ModelName guess_model(const Recorded& recorded) {
  if (const auto* history = std::get_if<History>(&recorded.form)) return guess(*history);
  if (const auto* log = std::get_if<transactions::Log>(&recorded.form)) {
    return transactions::kind_of(*log) == transactions::Kind::list_append ? ModelName::list_append : ModelName::rw_register;
  }
  switch (std::get<objects::Log>(recorded.form).kind()) {
    case objects::Kind::set: return ModelName::set;
    case objects::Kind::queue: return ModelName::queue;
    case objects::Kind::stack: return ModelName::stack;
    case objects::Kind::priority_queue: break;
  }
  return ModelName::priority_queue;
}

namespace {

Error cannot_judge(const Question& question, std::string_view what) {
  return {"", "the model " + std::string(to_text(question.model)) + " judges " + std::string(what)};
}

// Collections of several keys are objects of their own, and objects are linearizable apart (Herlihy and Wing: locality). Their
// orders are merged by the earliest instant that each operation can have.
Result<Judgement> judge_keyed(objects::Kind kind, const History& history, const Limits& limits) {
  std::map<std::string, std::vector<std::size_t>> by_key;
  for (std::size_t i = 0; i < history.operations.size(); ++i) by_key[*history.operations[i].key].push_back(i);
  Judgement out;
  out.verdict = Verdict::valid;
  std::vector<std::pair<std::uint64_t, std::size_t>> placed;
  for (const auto& [key, operations] : by_key) {
    History part;
    part.initial = history.initial;
    for (const std::size_t i : operations) {
      part.operations.push_back(history.operations[i]);
      part.operations.back().key.reset();
    }
    auto judged = objects::judge(kind, part, limits);
    if (!judged.ok()) return judged;
    out.steps += judged->steps;
    if (judged->verdict != Verdict::valid) {
      judged->steps = out.steps;
      judged->explanation = "on key " + key + ": " + judged->explanation;
      judged->failing = operations.at(judged->failing);
      for (std::size_t& i : judged->core) i = operations.at(i);
      for (Finding& finding : judged->findings) {
        for (std::size_t& i : finding.operations) i = operations.at(i);
      }
      if (judged->verdict == Verdict::invalid) return judged;
      out = *std::move(judged);  // undecided, unless a later key is invalid
      continue;
    }
    std::uint64_t point = 0;
    for (const std::size_t i : judged->order) {
      point = std::max(point, part.operations[i].invoked);
      placed.emplace_back(point, operations[i]);
    }
  }
  // Stable: what has one point is of one key, for a point is the position of an invocation.
  std::stable_sort(placed.begin(), placed.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& [point, i] : placed) {
    if (out.verdict == Verdict::valid) out.order.push_back(i);
  }
  return out;
}

bool all_keyed(const History& history) {
  return !history.operations.empty() &&
         std::all_of(history.operations.begin(), history.operations.end(), [](const Operation& op) { return op.key.has_value(); });
}

Result<Judgement> judge_collection(const Question& question, objects::Kind kind, const Recorded& recorded, const Limits& limits) {
  if (const auto* log = std::get_if<objects::Log>(&recorded.form)) {
    if (log->kind() == kind) return objects::judge(*log, limits);
    return cannot_judge(question, "no history of a " + std::string(objects::to_text(log->kind())));
  }
  if (const auto* history = std::get_if<History>(&recorded.form)) {
    if (kind == objects::Kind::set && reads_whole(*history)) return workloads::judge_set(*history);
    if (all_keyed(*history)) return judge_keyed(kind, *history, limits);
    return objects::judge(kind, *history, limits);
  }
  return cannot_judge(question, "no transactions");
}

Result<Judgement> judge_workload(const Question& question, const History& history) {
  switch (question.model) {
    case ModelName::bank:
      return workloads::judge_bank(history,
                                   {.total = question.total, .accounts = {}, .negative_balances = question.negative_balances});
    case ModelName::counter: return workloads::judge_counter(history);
    case ModelName::set_full: return workloads::judge_set_full(history, {.linearizable = question.consistency.has_value()});
    case ModelName::total_queue: return workloads::judge_total_queue(history);
    case ModelName::unique_ids: return workloads::judge_unique_ids(history);
    case ModelName::long_fork: {
      const auto log = transactions::log_of(history);
      return log.ok() ? transactions::judge_long_fork(*log) : Result<Judgement>(log.error());
    }
    case ModelName::kafka: return workloads::judge_kafka(history);
    case ModelName::comments: return workloads::judge_comments(history);
    default: break;
  }
  return cannot_judge(question, "no workload");
}

Result<Judgement> judge_transactions(const Question& question, const Recorded& recorded, const Limits& limits) {
  const auto kind = question.model == ModelName::list_append ? transactions::Kind::list_append : transactions::Kind::rw_register;
  if (const auto* log = std::get_if<transactions::Log>(&recorded.form)) {
    // The tools of these texts mean by causal consistency that all agree on one commit order (Biswas and Enea, OOPSLA 2019).
    const bool converges = log->sessions_in_models && *question.consistency == Consistency::causal;
    return transactions::judge(*log, kind, converges ? Consistency::causal_convergence : *question.consistency, limits);
  }
  const auto* history = std::get_if<History>(&recorded.form);
  if (history == nullptr) return cannot_judge(question, "no history of a collection");
  const auto log = transactions::log_of(*history);
  if (!log.ok()) return log.error();
  return transactions::judge(*log, kind, *question.consistency, limits);
}

}  // namespace

Result<Judgement> judge(const Question& asked, const Recorded& recorded, const Limits& limits) {
  Question question = asked;
  if (!question.consistency) question.consistency = usual_consistency(question.model);
  const std::vector<Consistency> may = askable(question.model);
  if (question.consistency && std::find(may.begin(), may.end(), *question.consistency) == may.end()) {
    std::string names;
    for (const Consistency c : may) names += (names.empty() ? "" : ", ") + std::string(to_text(c));
    return cannot_judge(question,
                        may.empty() ? "what its workload claims; no consistency can be asked of it" : "only these: " + names);
  }
  switch (family(question.model)) {
    case Family::object: break;
    case Family::transactions: return judge_transactions(question, recorded, limits);
    case Family::workload: return judge_workload(question, to_history(recorded));
  }
  if (const auto kind = collection(question.model)) return judge_collection(question, *kind, recorded, limits);
  const History* history = std::get_if<History>(&recorded.form);
  if (*question.consistency == Consistency::linearizable && history != nullptr) {
    // Values that are written once leave nothing to search for.
    std::optional<Judgement> found;
    if (question.model == ModelName::reg) found = objects::judge_unique_register(*history);
    if (question.model == ModelName::kv) found = objects::judge_appends(*history);
    return found ? Result<Judgement>(*std::move(found)) : judge_linearizable(question.model, *history, limits);
  }
  // Reads and writes are transactions of one access.
  if (*question.consistency != Consistency::sequential || history == nullptr) return judge_transactions(question, recorded, limits);
  return judge_sequential(question.model, *history, limits);
}

}  // namespace sim::check
