// Sequential specifications of the collections, for the general search: where values repeat, or ends are unknown.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/check/linearizability.hpp"
#include "sim/check/objects/log.hpp"

namespace sim::check::objects {

/// What one operation does to a collection.
struct Action {
  Method method = Method::insert;
  Result3 result = Result3::yes;
  std::int64_t value = 0;
  friend bool operator==(const Action&, const Action&) = default;
};

/// Hash of an action.
inline std::uint64_t hash_of(const Action& action) {
  return mix(static_cast<std::uint64_t>(action.value)) ^ (static_cast<std::uint64_t>(action.method) << 8U) ^
         static_cast<std::uint64_t>(action.result);
}

/// The action of an operation that `log.history()` gave. Values are interned by the log, hence the copy.
inline Result<std::optional<Action>> action_of(Log& log, const Operation& op) {
  const auto method = method_named(log.kind(), op.f);
  if (!method) return Error{"", "no function \"" + op.f + "\""};
  const bool takes = *method == Method::take || *method == Method::peek;
  Action action{*method, Result3::yes, 0};
  if (op.outcome != Outcome::ok) {
    if (*method == Method::peek || *method == Method::contains) return std::optional<Action>();
    action.result = Result3::unknown;
  } else if (takes ? op.output.is_nil() : op.output.boolean() != nullptr && !*op.output.boolean()) {
    action.result = Result3::no;
  }
  if (takes && action.result != Result3::yes) return std::optional<Action>(action);
  auto number = log.number(takes ? op.output : op.input);
  if (!number.ok()) return number.error();
  action.value = *number;
  return std::optional<Action>(action);
}

/// One value of a set: there or not. Values are objects of their own.
class SetModel {
 public:
  using State = bool;
  using Op = Action;

  explicit SetModel(const Log& log) : log_(log.part({})) {}

  State initial() const { return false; }
  Result<std::optional<Op>> encode(const Operation& op) const { return action_of(log_, op); }
  std::string partition(const Operation& op) const { return op.input.to_json(); }
  bool step(State& there, const Op& op) const {
    const bool inserts = op.method == Method::insert;
    if (op.result != Result3::unknown && there != (inserts ? op.result == Result3::no : op.result == Result3::yes)) return false;
    if (op.method != Method::contains) there = inserts;
    return true;
  }
  std::uint64_t hash(const State& there) const { return there ? 1 : 0; }
  std::uint64_t hash(const Op& op) const { return hash_of(op); }
  bool pure(const Op& op) const { return op.method == Method::contains || op.result == Result3::no; }

 private:
  mutable Log log_;  // numbers the values of operations
};

/// A queue, a stack or a priority queue: the values in it, next to come out last (so that taking is cheap); of a queue,
/// the oldest first.
class CollectionModel {
 public:
  using State = std::vector<std::int64_t>;
  using Op = Action;

  explicit CollectionModel(const Log& log) : log_(log.part({})) {}

  State initial() const { return {}; }
  Result<std::optional<Op>> encode(const Operation& op) const { return action_of(log_, op); }
  bool step(State& held, const Op& op) const {
    if (op.method == Method::insert) {
      const auto place = log_.kind() == Kind::priority_queue ? std::lower_bound(held.begin(), held.end(), op.value) : held.end();
      held.insert(place, op.value);
      return true;
    }
    const auto next = log_.kind() == Kind::queue || held.empty() ? held.begin() : held.end() - 1;
    if (op.result != Result3::unknown) {
      if (held.empty() != (op.result == Result3::no)) return false;
      if (op.result == Result3::yes && *next != op.value) return false;
    }
    if (op.method == Method::take && !held.empty()) held.erase(next);
    return true;
  }
  std::uint64_t hash(const State& held) const {
    std::uint64_t h = held.size();
    for (const std::int64_t v : held) h = mix(h ^ static_cast<std::uint64_t>(v));
    return h;
  }
  std::uint64_t hash(const Op& op) const { return hash_of(op); }
  bool pure(const Op& op) const { return op.method == Method::peek || op.result == Result3::no; }

 private:
  mutable Log log_;  // numbers the values of operations
};

}  // namespace sim::check::objects
