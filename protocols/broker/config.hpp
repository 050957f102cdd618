// The settings of the broker, and the bugs that can be planted in it.
#pragma once

#include <cstdint>
#include <string>

#include "protocols/consensus/raft/config.hpp"
#include "sim/core/describe.hpp"

namespace protocols::broker {

using namespace sim::literals;  // NOLINT(google-build-using-namespace)

/// What a scenario can set. The first three are those of Raft.
struct Config {
  sim::Duration election_timeout_min = 150_ms;
  sim::Duration election_timeout_max = 300_ms;
  sim::Duration heartbeat_interval = 50_ms;
  std::uint32_t max_poll_records = 10;  // Kafka 3: 500; here a poll shall be full now and then
  SIM_DESCRIBE(Config, election_timeout_min, election_timeout_max, heartbeat_interval, max_poll_records)

  raft::Config consensus() const;
  /// What is wrong with the settings together, or "".
  std::string wrong() const;
};

/// Known bugs, each one condition at the place where its rule stands; their sources are listed in spec.cpp.
enum class Mutant : std::uint8_t { none, acks_leader, beyond_high_watermark, latest_first, not_idempotent };
SIM_DESCRIBE_ENUM(Mutant, none, acks_leader, beyond_high_watermark, latest_first, not_idempotent)

}  // namespace protocols::broker
