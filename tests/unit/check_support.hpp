// What the tests of sim/check share: a small independent specification to replay orders with, and random histories.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/check/judge.hpp"
#include "sim/check/question.hpp"

namespace check_support {

using sim::Value;
using sim::check::History;
using sim::check::HistoryBuilder;
using sim::check::Operation;
using sim::check::Outcome;

inline std::string text_of(const Value& v) { return v.is_nil() ? "" : v.text() != nullptr ? *v.text() : v.to_json(); }

// A sequential object for every key, written apart from the checker's encoding.
class Sequential {
 public:
  Sequential(std::string model, const History& history) : model_(std::move(model)), history_(&history) {}

  // What the object that the operation is about holds.
  Value value(const Operation& op) {
    return state_.try_emplace(op.key.value_or("-"), model_ == "mutex" ? Value(false) : history_->initial).first->second;
  }

  // Applies the operation; false when its result is not what this state gives.
  bool apply(const Operation& op) {
    const bool known = op.outcome == Outcome::ok;
    Value& held = state_.try_emplace(op.key.value_or("-"), model_ == "mutex" ? Value(false) : history_->initial).first->second;
    const auto same = [&](const Value& a, const Value& b) { return model_ == "kv" ? text_of(a) == text_of(b) : a == b; };
    if (op.f == "read" || op.f == "get") {
      return !known || (history_->nil_reads_match_any && op.output.is_nil()) || same(op.output, held);
    }
    if (op.f == "write" || op.f == "put") {
      held = op.input;
    } else if (op.f == "append") {
      held = Value(text_of(held) + text_of(op.input));
    } else if (op.f == "delete") {
      held = Value();
    } else if (op.f == "acquire" || op.f == "release") {
      if (held == Value(op.f == "acquire")) return false;
      held = Value(op.f == "acquire");
    } else if (op.f == "cas") {
      const bool match = same((*op.input.list())[0], held);
      if (known && match == (op.output == Value(false))) return false;
      if (match) held = (*op.input.list())[1];
    } else {
      return false;
    }
    return true;
  }

 private:
  std::string model_;
  const History* history_;
  std::map<std::string, Value> state_;
};

// Whether an order is a linearization: every ok operation once, none that failed, real time kept, every result explained.
inline bool is_linearization(const std::string& model, const History& history, const std::vector<std::size_t>& order) {
  std::vector<bool> there(history.operations.size(), false);
  std::uint64_t latest_call = 0;
  Sequential object(model, history);
  for (const std::size_t i : order) {
    const Operation& op = history.operations.at(i);
    if (there[i] || op.outcome == Outcome::fail) return false;
    there[i] = true;
    latest_call = std::max(latest_call, op.invoked);
    if (op.outcome == Outcome::ok && op.returned < latest_call) return false;  // something before it began after it ended
    if (!object.apply(op)) return false;
  }
  for (std::size_t i = 0; i < there.size(); ++i) {
    if (!there[i] && history.operations[i].outcome == Outcome::ok) return false;
  }
  return true;
}

// Tries every order. For small histories only.
class Exhaustive {
 public:
  Exhaustive(std::string model, const History& history) : model_(std::move(model)), history_(history) {}

  bool linearizable() { return extend(std::vector<bool>(history_.operations.size(), false), Sequential(model_, history_)); }

 private:
  bool extend(const std::vector<bool>& done, const Sequential& object) {
    std::uint64_t first_return = Operation::kNever;
    bool all = true;
    for (std::size_t i = 0; i < done.size(); ++i) {
      const Operation& op = history_.operations[i];
      if (done[i] || op.outcome != Outcome::ok) continue;
      all = false;
      first_return = std::min(first_return, op.returned);
    }
    if (all) return true;
    for (std::size_t i = 0; i < done.size(); ++i) {
      const Operation& op = history_.operations[i];
      if (done[i] || op.outcome == Outcome::fail || op.invoked > first_return) continue;
      Sequential next = object;
      if (!next.apply(op)) continue;
      std::vector<bool> more = done;
      more[i] = true;
      if (extend(more, next)) return true;
    }
    return false;
  }

  std::string model_;
  const History& history_;
};

// Knuth's MMIX generator: the tests' own, so that their cases never move.
class Lcg {
 public:
  explicit Lcg(std::uint64_t seed) : state_(seed * 2654435761U + 1) {}
  std::uint64_t below(std::uint64_t bound) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return (state_ >> 33U) % bound;
  }

 private:
  std::uint64_t state_;
};

// The history that is made of some operations of another, at their positions.
inline History part_of(const History& history, const std::vector<std::size_t>& indices) {
  History part = history;
  part.operations.clear();
  for (const std::size_t i : indices) part.operations.push_back(history.operations[i]);
  return part;
}

}  // namespace check_support
