// The settings of Multi-Paxos, with where their defaults come from; and the bugs that can be planted in it. Settings that Raft
// has too have Raft's names, so that a scenario changes its store by one word.
#pragma once

#include <cstdint>
#include <string>

#include "sim/core/describe.hpp"

namespace protocols::paxos {

/// How a linearizable read is served.
enum class ReadMode : std::uint8_t {
  read_index,  ///< from the leader's state, once a quorum has confirmed that it promised nobody else
  log,         ///< as a command in a slot
  lease,       ///< from the leader's state, while a quorum has said that it will promise nobody else (Paxos Made Live, 5.2)
};
SIM_DESCRIBE_ENUM(ReadMode, read_index, log, lease)

using namespace sim::literals;  // NOLINT(google-build-using-namespace)

/// What a scenario can set.
struct Config {
  sim::Duration election_timeout_min = 150_ms;  // as Raft here (dissertation, 9.3: 150-300 ms)
  sim::Duration election_timeout_max = 300_ms;
  sim::Duration heartbeat_interval = 50_ms;
  std::uint32_t max_entries_per_append = 64;  // as Raft here
  std::uint32_t max_in_flight = 256;          // as Raft here; PMMC's WINDOW, Paxos Made Simple's alpha
  std::uint64_t snapshot_after = 1000;        // as Raft here
  sim::Duration snapshot_resend = 1000_ms;
  ReadMode reads = ReadMode::read_index;
  sim::Duration lease_duration = 100_ms;             // two heartbeats, and below the shortest election timeout
  sim::Ratio clock_drift = sim::Ratio::percent(1U);  // far above what quartz does (Spanner assumes 200 ppm)
  std::uint32_t q1 = 0;
  std::uint32_t q2 = 0;
  SIM_DESCRIBE(Config, election_timeout_min, election_timeout_max, heartbeat_interval, max_entries_per_append, max_in_flight,
               snapshot_after, snapshot_resend, reads, lease_duration, clock_drift, q1, q2)

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
  slot_gap,
  ack_before_fsync,
  rot_forgotten,
  read_no_quorum,
  read_before_recovered,
  lease_drift,
  lease_forgotten,
  old_snapshot_adopted,
};
SIM_DESCRIBE_ENUM(Mutant, none, promise_forgotten, ballot_reused, stale_promise, any_value, highest_ignored, quorums_disjoint,
                  slot_gap, ack_before_fsync, rot_forgotten, read_no_quorum, read_before_recovered, lease_drift, lease_forgotten,
                  old_snapshot_adopted)

}  // namespace protocols::paxos
