// Question: what is asked of a history, by name; the one door to every checker.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/check/consistency.hpp"
#include "sim/check/judgement.hpp"
#include "sim/check/models.hpp"
#include "sim/check/recorded.hpp"
#include "sim/core/result.hpp"

namespace sim::check {

/// What is asked of a history.
struct Question {
  ModelName model = ModelName::reg;  ///< what its operations are
  std::optional<Consistency> consistency =
      std::nullopt;  ///< what their order must be like; nothing for workloads with a claim of their own
  std::optional<std::int64_t> total = std::nullopt;  ///< bank: the sum of all accounts; what the first read shows unless given
  bool negative_balances = false;                    ///< bank: whether an account may be overdrawn

  friend bool operator==(const Question&, const Question&) = default;
};

/// What is usually asked of a model: linearizable of objects, strict-serializable of transactions, nothing more of workloads.
std::optional<Consistency> usual_consistency(ModelName model);
/// Everything that may be asked of a model, weaker ones first; empty for workloads.
std::vector<Consistency> askable(ModelName model);

/// Whether a history that is invalid stays so however it goes on: then a run can be judged while it goes on.
bool stays_broken(const Question& question);

/// "linearizable-kv", "serializable-rw-register", or a model alone, with its usual consistency.
std::string to_text(const Question& question);
/// The reverse. Nothing: no such model, or it cannot be asked that.
std::optional<Question> question_named(std::string_view text);

/// The model that a history is judged by when nobody says: by the functions of its operations.
ModelName guess_model(const Recorded& recorded);

/// Judges. Error: the history has operations that the model does not (`where` is a line or "operation 3"), or the model cannot be
/// asked that.
Result<Judgement> judge(const Question& question, const Recorded& recorded, const Limits& limits = {});

}  // namespace sim::check
