// The settings of SWIM and Lifeguard, with where their defaults come from; and the bugs that can be planted in it.
#pragma once

#include <cstdint>
#include <string>

#include "sim/core/describe.hpp"

namespace protocols::swim {

/// How a member chooses whom it probes next.
enum class Targets : std::uint8_t {
  round_robin,  ///< through a list that is shuffled anew after each round (SWIM §4.3): detection within 2n - 1 periods
  random,       ///< uniformly at random (SWIM §3.1), as the paper's formulas assume
};
SIM_DESCRIBE_ENUM(Targets, round_robin, random)

using namespace sim::literals;  // NOLINT(google-build-using-namespace)

/// What a scenario can set. The defaults are memberlist's DefaultLANConfig (hashicorp/memberlist 0.5, config.go) unless a
/// line says otherwise.
struct Config {
  sim::Duration probe_interval = 1000_ms;
  sim::Duration probe_timeout = 500_ms;
  std::uint32_t indirect_checks = 3;
  Targets targets = Targets::round_robin;
  bool stagger = true;
  std::uint32_t suspicion_mult = 4;
  std::uint32_t suspicion_max_mult = 6;
  std::uint32_t health_max = 8;  // AwarenessMaxMultiplier
  bool buddy = true;
  std::uint32_t retransmit_mult = 4;
  sim::Duration gossip_interval = 200_ms;
  std::uint32_t gossip_nodes = 3;
  sim::Duration gossip_to_dead = 30_s;
  sim::Duration sync_interval = 30_s;       // PushPullInterval
  sim::Duration reconnect_interval = 30_s;  // hashicorp/serf 0.10, config.go: ReconnectInterval
  std::uint32_t packet_bytes = 1400;        // UDPBufferSize
  std::uint32_t update_bytes = 60;          // about what memberlist's msgpack takes for a name of 20 letters and an address
  SIM_DESCRIBE(Config, probe_interval, probe_timeout, indirect_checks, targets, stagger, suspicion_mult, suspicion_max_mult,
               health_max, buddy, retransmit_mult, gossip_interval, gossip_nodes, gossip_to_dead, sync_interval, reconnect_interval,
               packet_bytes, update_bytes)

  /// What is wrong with the settings together, or "".
  std::string wrong() const;
};

/// Bytes of a packet beside the updates that ride on it: its kind, sequence number, source and target with their names.
inline constexpr std::uint32_t kHeaderBytes = 100;

/// Known bugs, each one condition at the place where its rule stands; their sources are listed in spec.cpp.
enum class Mutant : std::uint8_t {
  none,
  no_incarnation,
  death_not_spread,
  dead_returns,
  accuser_increments,
  sent_for_ever,
  packet_overflows,
};
SIM_DESCRIBE_ENUM(Mutant, none, no_incarnation, death_not_spread, dead_returns, accuser_increments, sent_for_ever, packet_overflows)

}  // namespace protocols::swim
