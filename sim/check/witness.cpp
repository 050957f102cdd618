#include "sim/check/witness.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace sim::check {

namespace {

constexpr std::array<std::pair<std::string_view, Replayed>, 12> kReplayed{{
    {"register", Replayed::value},
    {"cas-register", Replayed::value},
    {"kv", Replayed::kv},
    {"mutex", Replayed::mutex},
    {"multi-register", Replayed::multi_register},
    {"rw-register", Replayed::multi_register},
    {"list-append", Replayed::list_append},
    {"set", Replayed::set},
    {"queue", Replayed::queue},
    {"stack", Replayed::stack},
    {"priority-queue", Replayed::priority_queue},
    {"priorityqueue", Replayed::priority_queue},
}};

bool says(const Value& value, bool wanted) { return value.boolean() != nullptr && *value.boolean() == wanted; }

std::string replayed_text(const Value& v) { return v.is_nil() ? "" : v.text() != nullptr ? *v.text() : v.to_json(); }

bool one_of(std::string_view f, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), f) != names.end();
}

// Everything that one key (or the one object) holds; each model uses its part.
struct ReplayedObject {
  bool begun = false;
  Value value;                 // register; mutex: whether it is locked
  std::deque<Value> sequence;  // queue, stack, list
  std::multiset<std::int64_t> priorities;
  std::set<std::string> members;
};

class Replay {
 public:
  Replay(Replayed model, const History& history) : model_(model), history_(history) {}

  // Applies an operation; false if its result is not what the model gives.
  bool apply(const Operation& op) {
    const bool known = op.outcome == Outcome::ok;
    switch (model_) {
      case Replayed::value:
      case Replayed::kv: return value(op, known);
      case Replayed::mutex: return mutex(op);
      case Replayed::multi_register:
      case Replayed::list_append: return transaction(op, known);
      case Replayed::set: return set(op, known);
      case Replayed::queue:
      case Replayed::stack:
      case Replayed::priority_queue: break;
    }
    return container(op, known);
  }

 private:
  ReplayedObject& object(const std::string& key) {
    ReplayedObject& o = objects_[key];
    if (!o.begun) o.value = history_.initial;
    o.begun = true;
    return o;
  }
  bool same(const Value& a, const Value& b) const { return model_ == Replayed::kv ? replayed_text(a) == replayed_text(b) : a == b; }
  bool says_nothing(const Value& read) const { return history_.nil_reads_match_any && read.is_nil(); }

  bool value(const Operation& op, bool known) {
    ReplayedObject& o = object(op.key.value_or(""));
    if (op.f == "read" || op.f == "get") return !known || says_nothing(op.output) || same(op.output, o.value);
    if (op.f == "write" || op.f == "put") {
      o.value = op.input;
    } else if (op.f == "append") {
      o.value = Value(replayed_text(o.value) + replayed_text(op.input));
    } else if (op.f == "delete") {
      o.value = Value();
    } else if (op.f == "cas") {
      const Value::List* operands = op.input.list();
      if (operands == nullptr || operands->size() != 2) return false;
      const bool matches = same(operands->front(), o.value);
      if (known && matches == says(op.output, false)) return false;
      if (matches) o.value = operands->back();
    } else {
      return false;
    }
    return true;
  }

  bool mutex(const Operation& op) {
    if (op.f != "acquire" && op.f != "release") return false;
    ReplayedObject& o = objects_[op.key.value_or("")];
    const bool locked = says(o.value, true);
    if (locked == (op.f == "acquire")) return false;
    o.value = Value(!locked);
    return true;
  }

  bool transaction(const Operation& op, bool known) {
    const Value::List* accesses = known && op.output.list() != nullptr ? op.output.list() : op.input.list();
    if (accesses == nullptr) return false;
    return std::all_of(accesses->begin(), accesses->end(), [&](const Value& access) { return this->access(access, known); });
  }

  bool access(const Value& access, bool known) {
    const Value::List* parts = access.list();
    if (parts == nullptr || parts->size() < 2 || parts->front().text() == nullptr) return false;
    const std::string& what = *parts->front().text();
    ReplayedObject& o = object((*parts)[1].to_json());
    const Value operand = parts->size() > 2 ? (*parts)[2] : Value();
    if (what == "r" || what == "read") {
      if (!known) return true;
      if (model_ != Replayed::list_append) return says_nothing(operand) || operand == o.value;
      if (operand.is_nil()) return o.sequence.empty();
      return operand.list() != nullptr &&
             std::equal(o.sequence.begin(), o.sequence.end(), operand.list()->begin(), operand.list()->end());
    }
    if (model_ == Replayed::list_append && what == "append") {
      o.sequence.push_back(operand);
    } else if (model_ == Replayed::multi_register && (what == "w" || what == "write")) {
      o.value = operand;
    } else {
      return false;
    }
    return true;
  }

  bool set(const Operation& op, bool known) {
    ReplayedObject& o = objects_[op.key.value_or("")];
    const std::string member = op.input.to_json();
    const bool there = o.members.count(member) != 0;
    const bool inserts = op.f == "insert" || op.f == "add";
    if (known && there != (says(op.output, false) == inserts)) return false;
    if (inserts) {
      o.members.insert(member);
    } else if (op.f == "remove") {
      o.members.erase(member);
    } else {
      return op.f == "contains";
    }
    return true;
  }

  bool container(const Operation& op, bool known) {
    ReplayedObject& o = objects_[op.key.value_or("")];
    const bool sorted = model_ == Replayed::priority_queue;
    if (one_of(op.f, {"enqueue", "enq", "push", "insert", "add", "send"})) {
      if (sorted) {
        if (op.input.integer() == nullptr) return false;
        o.priorities.insert(*op.input.integer());
      } else {
        o.sequence.push_back(op.input);
      }
      return true;
    }
    const bool takes = one_of(op.f, {"dequeue", "deq", "pop", "poll", "remove", "recv"});
    if (!takes && op.f != "peek") return false;
    const bool empty = sorted ? o.priorities.empty() : o.sequence.empty();
    const bool found_none = op.output.is_nil() || op.output == Value(std::int64_t{-1});
    if (known && empty != found_none) return false;
    if (empty) return true;
    const Value next = sorted ? Value(*o.priorities.rbegin()) : model_ == Replayed::queue ? o.sequence.front() : o.sequence.back();
    if (known && next != op.output) return false;
    if (!takes) return true;
    if (sorted) {
      o.priorities.erase(std::prev(o.priorities.end()));
    } else if (model_ == Replayed::queue) {
      o.sequence.pop_front();
    } else {
      o.sequence.pop_back();
    }
    return true;
  }

  Replayed model_;
  const History& history_;
  std::map<std::string, ReplayedObject> objects_;
};

Error misplaced(std::size_t place, std::string what) {
  return {"place " + std::to_string(place) + " of the order", std::move(what)};
}

}  // namespace

std::optional<Replayed> replayed_named(std::string_view text) {
  for (const auto& [name, model] : kReplayed) {
    if (name == text) return model;
  }
  return std::nullopt;
}

Result<std::size_t> verify_witness(Replayed model, const History& history, std::span<const std::size_t> order, Keeps keeps) {
  std::vector<bool> there(history.operations.size(), false);
  std::map<std::int64_t, std::uint64_t> last_of;  // process -> invocation of its last operation so far
  std::uint64_t latest_call = 0;
  Replay replay(model, history);
  for (std::size_t place = 0; place < order.size(); ++place) {
    if (order[place] >= history.operations.size()) return misplaced(place, "there is no operation " + std::to_string(order[place]));
    const Operation& op = history.operations[order[place]];
    const std::string name = "operation " + std::to_string(order[place]) + ", a " + op.f + ",";
    if (there[order[place]]) return misplaced(place, name + " comes a second time");
    there[order[place]] = true;
    if (op.outcome == Outcome::fail) return misplaced(place, name + " failed");
    latest_call = std::max(latest_call, op.invoked);
    if (keeps == Keeps::real_time && op.outcome == Outcome::ok && op.returned < latest_call) {
      return misplaced(place, name + " comes after one that began after it had ended");
    }
    const auto [last, fresh] = last_of.emplace(op.process, op.invoked);
    // One whose outcome is unknown may take effect late; nothing may come before what its process did earlier.
    if (!fresh && keeps == Keeps::sessions && op.outcome == Outcome::ok && op.invoked < last->second) {
      return misplaced(place, name + " comes after a later one of its process");
    }
    last->second = std::max(last->second, op.invoked);
    if (!replay.apply(op)) return misplaced(place, name + " has a result that the model does not give here");
  }
  for (std::size_t i = 0; i < there.size(); ++i) {
    if (!there[i] && history.operations[i].outcome == Outcome::ok) {
      return Error{"", "operation " + std::to_string(i) + ", a " + history.operations[i].f + ", is missing"};
    }
  }
  return order.size();
}

}  // namespace sim::check
