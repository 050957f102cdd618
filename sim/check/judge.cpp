#include "sim/check/judge.hpp"

#include <algorithm>

namespace sim::check {

namespace {

// A value for a sentence; the middle of a long one is left out.
std::string shown(const Value& value) {
  constexpr std::size_t most = 60;
  std::string text = value.is_nil() ? "nil" : value.to_json();
  if (text.size() > most) text = text.substr(0, most / 2) + "..." + text.substr(text.size() - most / 2);
  return text;
}

bool is_read(const Operation& op) { return op.f == "read" || op.f == "get"; }

bool refused(const Operation& op) { return op.output.boolean() != nullptr && !*op.output.boolean(); }

// "the write of 2 to k by process 1"
std::string named(const Operation& op) {
  std::string out = "the " + op.f;
  const Value::List* pair = op.input.list();
  if (op.f == "cas" && pair != nullptr && pair->size() == 2) {
    out += " from " + shown((*pair)[0]) + " to " + shown((*pair)[1]);
  } else if (op.f == "txn") {
    out += " " + shown(op.input);
  } else if (!is_read(op) && !op.input.is_nil()) {
    out += " of " + shown(op.input);
  }
  if (op.key) out += " on key " + shown(Value(*op.key));
  return out + " by process " + std::to_string(op.process);
}

// " at 4.2s", " on line 12" or " (operation 5)": when it completed.
std::string when(const History& history, std::size_t index) {
  const Operation& op = history.operations[index];
  if (op.return_time) return " at " + to_text(*op.return_time);
  if (op.return_line != 0) return " on line " + std::to_string(op.return_line);
  return " (operation " + std::to_string(index) + ")";
}

// How it ended: "returned 1", "succeeded", "found another value", "completed".
std::string ended(const Operation& op) {
  if (is_read(op)) return "returned " + shown(op.output);
  if (op.f == "txn") return "returned " + shown(op.output);
  if (op.f == "cas") return refused(op) ? "found another value" : "succeeded";
  return op.f == "acquire" || op.f == "release" ? "succeeded" : "completed";
}

std::string places(const History& history, const std::vector<std::size_t>& core) {
  constexpr std::size_t most = 8;
  const bool lines = history.operations[core.front()].call_line != 0;
  std::string out = lines ? "lines " : "operations ";
  for (std::size_t i = 0; i < std::min(core.size(), most); ++i) {
    if (i > 0) out += i + 1 == core.size() ? " and " : ", ";
    out += std::to_string(lines ? history.operations[core[i]].call_line : core[i]);
  }
  if (core.size() > most) out += " and " + std::to_string(core.size() - most) + " more";
  return out;
}

}  // namespace

std::string_view to_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::valid: return "valid";
    case Verdict::invalid: return "invalid";
    case Verdict::undecided: break;
  }
  return "undecided";
}

Result<Judgement> judge_linearizable(ModelName model, const History& history, const Limits& limits) {
  if (model == ModelName::multi_register) return judge_with(MultiRegister(history), history, limits);
  auto partitions = partition_values(model, history);
  if (!partitions.ok()) return partitions.error();
  return detail::settle(history, *partitions, limits);
}

namespace detail {

void place_order(const std::vector<CompactOp>& ops, const std::vector<std::uint32_t>& order, std::vector<Placed>& out) {
  std::uint64_t point = 0;
  for (const std::uint32_t op : order) {
    point = std::max(point, ops[op].call);
    out.push_back({point, ops[op].origin});
  }
}

std::vector<std::size_t> merge_orders(std::vector<Placed> placed) {
  // Stable: what has one point belongs to one partition, for a point is the position of an invocation in it.
  std::stable_sort(placed.begin(), placed.end(), [](const Placed& a, const Placed& b) { return a.point < b.point; });
  std::vector<std::size_t> out;
  out.reserve(placed.size());
  for (const Placed& op : placed) out.push_back(op.origin);
  return out;
}

std::string explain(const History& history, const std::vector<std::size_t>& core, std::size_t failing) {
  const Operation& last = history.operations[failing];
  std::string out = named(last) + " " + ended(last) + when(history, failing);
  // What had most recently completed when it began: with the core small, that is what it contradicts.
  const Operation* before = nullptr;
  std::size_t before_index = 0;
  for (const std::size_t i : core) {
    const Operation& op = history.operations[i];
    if (op.outcome != Outcome::ok || op.returned >= last.invoked) continue;
    if (before == nullptr || op.returned > before->returned) {
      before = &op;
      before_index = i;
    }
  }
  if (core.size() == 1) {
    if (is_read(last)) return out + ", which nothing had written by then";
    return out + ", though nothing before it allows that";
  }
  if (before != nullptr) out += ", though " + named(*before) + " had " + ended(*before) + when(history, before_index);
  if (core.size() > 2 || before == nullptr) {
    out += "; no order explains these " + std::to_string(core.size()) + " operations: " + places(history, core);
  }
  return out;
}

std::string describe_shortage(const SearchResult& result, const Operation& example, const Limits& limits) {
  std::string out = "after " + std::to_string(result.steps) + " steps " + std::to_string(result.passed) + " of " +
                    std::to_string(result.completions) + " completions";
  if (example.key) out += " on key " + shown(Value(*example.key));
  out += " are explained; ";
  switch (result.shortage) {
    case Shortage::memory: return out + "the limit on memory, " + std::to_string(limits.bytes >> 20U) + " MiB, is reached";
    case Shortage::slots: return out + "more than " + std::to_string(kMaxSlots) + " operations are open at once";
    case Shortage::none:
    case Shortage::steps: break;
  }
  return out + "the limit on steps, " + std::to_string(limits.steps) + ", is reached";
}

}  // namespace detail

}  // namespace sim::check
