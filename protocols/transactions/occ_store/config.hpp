// The settings of the store, and the bugs that can be planted in it.
#pragma once

#include <cstdint>
#include <string>

#include "protocols/consensus/raft/config.hpp"
#include "sim/core/describe.hpp"

namespace protocols::occ_store {

using namespace sim::literals;  // NOLINT(google-build-using-namespace)

/// What a scenario can set. The first three are those of Raft.
struct Config {
  sim::Duration election_timeout_min = 150_ms;
  sim::Duration election_timeout_max = 300_ms;
  sim::Duration heartbeat_interval = 50_ms;
  std::uint64_t snapshot_window = 1000;  // FoundationDB keeps 5 s of versions; here it is counted in log entries
  SIM_DESCRIBE(Config, election_timeout_min, election_timeout_max, heartbeat_interval, snapshot_window)

  raft::Config consensus() const;
  /// What is wrong with the settings together, or "".
  std::string wrong() const;
};

/// Known bugs, each one condition at the place where its rule stands; their sources are listed in spec.cpp.
enum class Mutant : std::uint8_t {
  none,
  snapshot_isolation,
  read_committed,
  lost_update,
  stale_read,
  dirty_read,
  torn_transfer,
  duplicate_enqueue,
  lost_add,
  counter_retry,
  leader_validates,
  latest_read,
};
SIM_DESCRIBE_ENUM(Mutant, none, snapshot_isolation, read_committed, lost_update, stale_read, dirty_read, torn_transfer,
                  duplicate_enqueue, lost_add, counter_retry, leader_validates, latest_read)

}  // namespace protocols::occ_store
