// The settings of Raft, with where their defaults come from; and the bugs that can be planted in it.
#pragma once

#include <cstdint>
#include <string>

#include "sim/core/describe.hpp"

namespace protocols::raft {

/// How a linearizable read is served (dissertation, §6.4).
enum class ReadMode : std::uint8_t {
  read_index,  ///< from the leader's state, once a quorum has confirmed that it still leads
  log,         ///< as a command in the log
};
SIM_DESCRIBE_ENUM(ReadMode, read_index, log)

using namespace sim::literals;  // NOLINT(google-build-using-namespace)

/// What a scenario can set.
struct Config {
  sim::Duration election_timeout_min = 150_ms;  // §9.3: 150-300 ms
  sim::Duration election_timeout_max = 300_ms;
  sim::Duration heartbeat_interval = 50_ms;   // well below the timeout; the paper's: half of its minimum
  std::uint32_t max_entries_per_append = 64;  // hashicorp/raft 1.x: MaxAppendEntries 64
  std::uint32_t max_in_flight = 256;          // etcd 3.5: MaxInflightMsgs 256
  std::uint64_t snapshot_after = 1000;        // etcd 3.5: 10 000; hashicorp: 8192; here a run shall see some
  sim::Duration snapshot_resend = 1000_ms;
  ReadMode reads = ReadMode::read_index;
  SIM_DESCRIBE(Config, election_timeout_min, election_timeout_max, heartbeat_interval, max_entries_per_append, max_in_flight,
               snapshot_after, snapshot_resend, reads)

  /// What is wrong with the settings together, or "".
  std::string wrong() const;
};

/// Known bugs, each one condition at the place where its rule stands; their sources are listed in spec.cpp.
enum class Mutant : std::uint8_t {
  none,
  vote_not_persisted,
  term_vote_torn,
  commit_old_term,
  votes_not_voters,
  vote_reset_same_term,
  seen_is_granted,
  log_check_or,
  read_before_noop,
  read_no_quorum,
  heartbeat_race,
  snapshot_keeps_conflict,
  old_snapshot_truncates,
  ack_before_fsync,
  rot_truncates,
};
SIM_DESCRIBE_ENUM(Mutant, none, vote_not_persisted, term_vote_torn, commit_old_term, votes_not_voters, vote_reset_same_term,
                  seen_is_granted, log_check_or, read_before_noop, read_no_quorum, heartbeat_race, snapshot_keeps_conflict,
                  old_snapshot_truncates, ack_before_fsync, rot_truncates)

}  // namespace protocols::raft
