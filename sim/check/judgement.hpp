// Judgement: what every checker says of a history, whatever it checks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/check/consistency.hpp"

namespace sim::check {

/// How much a check may cost. What it costs is counted, never timed, so a limit cuts at the same place on every machine.
struct Limits {
  std::uint64_t steps = 2'000'000'000;          ///< transitions tried, over all partitions
  std::size_t bytes = std::size_t{256} << 20U;  ///< memory of the searches, beside the history and its index
  std::uint64_t core_steps = 1'000'000;         ///< work on making a violation small, in transitions and operations looked at
};

/// What a check found.
enum class Verdict : std::uint8_t { valid, invalid, undecided };

/// "valid", "invalid" or "undecided".
std::string_view to_text(Verdict verdict);

/// Why one operation must come before another, in a violation.
struct Link {
  std::size_t from = 0;  ///< index of an operation
  std::size_t to = 0;
  std::string kind;  ///< "ww", "wr", "rw", "session", "real time", ...
  std::string why;   ///< "T3 appended 4 to x after T1 had appended 2": a clause for people

  friend bool operator==(const Link&, const Link&) = default;
};

/// One thing that is wrong with a history.
struct Finding {
  std::string name;                     ///< the field's name: "G-single", "lost-update", "lost element"
  std::string explanation;              ///< one or a few sentences
  std::vector<std::size_t> operations;  ///< indices of those it is about; of a cycle in its order
  std::vector<Link> links;              ///< of a cycle

  friend bool operator==(const Finding&, const Finding&) = default;
};

/// What is known of a history after a check. Indices count a history's operations in the order of their invocations.
struct Judgement {
  Verdict verdict = Verdict::undecided;
  std::uint64_t steps = 0;             ///< units of work; the same on every machine
  std::string explanation;             ///< of invalid: what went wrong, one sentence; of undecided: how far it got, and which limit
  std::vector<std::size_t> core;       ///< of invalid: operations that alone cannot be explained, as invoked
  std::size_t failing = 0;             ///< of invalid: the one of the core whose completion cannot be explained
  std::vector<std::size_t> order;      ///< of valid, where one order explains all: that order; unknown operations that never took
                                       ///< effect and those that failed are left out
  std::vector<Finding> findings;       ///< of invalid: one of each kind found; the first is what `explanation` and `core` say
  std::vector<Consistency> satisfied;  ///< where weaker models were judged too: those that nothing found contradicts
  std::vector<std::string> notes;      ///< figures and remarks that do not decide: "3 elements stale for up to 1.2 s"

  friend bool operator==(const Judgement&, const Judgement&) = default;
};

}  // namespace sim::check
