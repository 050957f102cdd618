// Outcome: what a sweep keeps of the run of one seed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/core/result.hpp"
#include "sim/core/value.hpp"
#include "sim/scenario/run.hpp"

namespace sim::explore {

/// A claim that runs of a scenario report on.
struct ClaimName {
  std::string name;  ///< in full: "raft.election-safety"
  std::string kind;  ///< always, sometimes, eventually or history
};

/// All of them, in the order of a run's report. A run that ends early leaves some of them out.
std::vector<ClaimName> claims_of(const Scenario& scenario);

/// One seed's run in short.
struct Outcome {
  std::uint64_t seed = 0;
  std::uint64_t digest = 0;
  std::uint64_t events = 0;
  Duration virtual_time{};
  std::string claim;                  ///< the full name of the violated claim; empty: none is
  std::string message;                ///< of the violation
  std::string cause;                  ///< the message without what differs from seed to seed
  std::vector<ClaimStatus> statuses;  ///< of claims_of(), in its order; not_judged where the run does not report on one
  std::vector<std::string> marks;     ///< that were reached and that are no claim's

  bool violated() const { return !claim.empty(); }
  /// Nothing is violated, but a checker's budget ran out.
  bool undecided() const;

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

/// The outcome of a finished run. `claims` are claims_of() its scenario.
Outcome outcome_of(const Run& run, const std::vector<ClaimName>& claims);

/// An outcome as plain data, to send it to another process; and back. Error: it is no outcome.
Value to_value(const Outcome& outcome);
Result<Outcome> outcome_from(const Value& value);

}  // namespace sim::explore
