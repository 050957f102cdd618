// The settings of two-phase commit, and the bugs that can be planted in it.
#pragma once

#include <cstdint>
#include <string>

#include "sim/core/describe.hpp"

namespace protocols::two_phase_commit {

using namespace sim::literals;  // NOLINT(google-build-using-namespace)

/// What a scenario can set.
struct Config {
  sim::Duration vote_timeout = 200_ms;  ///< how long the coordinator waits for votes before it aborts
  sim::Duration resend = 100_ms;        ///< how long anybody waits for an answer before it asks again
  std::uint64_t accounts = 10;          ///< at every participant
  std::uint64_t balance = 1000;         ///< in each at the beginning
  bool ask_others = true;               ///< a participant in doubt asks the others, not only the coordinator
  SIM_DESCRIBE(Config, vote_timeout, resend, accounts, balance, ask_others)

  std::string wrong() const {
    if (accounts == 0) return "accounts: expected at least 1";
    if (vote_timeout <= sim::Duration{} || resend <= sim::Duration{}) return "vote_timeout, resend: expected more than 0s";
    return {};
  }
};

/// Known bugs, each one condition at the place where its rule stands; their sources are in spec.cpp.
enum class Mutant : std::uint8_t { none, prepare_in_memory, decision_in_memory, abort_alone };
SIM_DESCRIBE_ENUM(Mutant, none, prepare_in_memory, decision_in_memory, abort_alone)

}  // namespace protocols::two_phase_commit
