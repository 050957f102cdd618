// The settings of single-decree Paxos, and the bugs that can be planted in it.
#pragma once

#include <cstdint>
#include <string>

#include "sim/core/describe.hpp"

namespace protocols::synod {

/// What a proposer does when another one has preempted it.
enum class BackOff : std::uint8_t {
  none,         ///< begins its next round at once
  exponential,  ///< waits between nothing and 2^k units, k being how often it has failed
};
SIM_DESCRIBE_ENUM(BackOff, none, exponential)

using namespace sim::literals;  // NOLINT(google-build-using-namespace)

/// What a scenario can set.
struct Config {
  std::uint32_t proposers = 0;
  sim::Duration start_within = 100_ms;
  BackOff back_off = BackOff::exponential;
  sim::Duration back_off_unit = 10_ms;  // about a round trip of the networks here: less would not part two proposers
  std::uint32_t back_off_limit = 6;     // at most 64 units, as Ethernet's 10 would be 1024
  sim::Duration round_timeout = 100_ms;
  std::uint32_t q1 = 0;
  std::uint32_t q2 = 0;
  SIM_DESCRIBE(Config, proposers, start_within, back_off, back_off_unit, back_off_limit, round_timeout, q1, q2)

  /// What is wrong with the settings together in a system of so many nodes, or "".
  std::string wrong(std::size_t nodes) const;
};

/// Known bugs, each one condition at the place where its rule stands; their sources are listed in spec.cpp.
enum class Mutant : std::uint8_t {
  none,
  promise_forgotten,
  ballot_reused,
  stale_promise,
  any_value,
  highest_ignored,
  quorums_disjoint,
  votes_not_voters,
};
SIM_DESCRIBE_ENUM(Mutant, none, promise_forgotten, ballot_reused, stale_promise, any_value, highest_ignored, quorums_disjoint,
                  votes_not_voters)

}  // namespace protocols::synod
