// The settings of gossip, with where their defaults come from; and the bugs that can be planted in it.
#pragma once

#include <cstdint>
#include <string>

#include "sim/core/describe.hpp"

namespace protocols::gossip {

/// What the partners of an anti-entropy exchange do about their differences (Demers §1.3).
enum class Exchange : std::uint8_t {
  none,
  push,       ///< who asked sends what is newer here
  pull,       ///< who asked gets what is newer there
  push_pull,  ///< both
};
SIM_DESCRIBE_ENUM(Exchange, none, push, pull, push_pull)

/// When a site loses interest in a rumour (Demers §1.4).
enum class Loss : std::uint8_t {
  counter,  ///< after k contacts
  coin,     ///< after each contact with probability 1/k
};
SIM_DESCRIBE_ENUM(Loss, counter, coin)

/// What a contact's usefulness is judged on.
enum class Judged : std::uint8_t {
  on_arrival,      ///< what the receiver knows when the rumour arrives
  at_cycle_start,  ///< what it knew when the cycle began: two that tell it in one cycle were both useful (Demers's tables)
};
SIM_DESCRIBE_ENUM(Judged, on_arrival, at_cycle_start)

using namespace sim::literals;  // NOLINT(google-build-using-namespace)

/// What a scenario can set. The paper gives no intervals but "once a day" and certificates of 30 days; here a run shall see them
/// pass, so they are scaled to seconds.
struct Config {
  Exchange anti_entropy = Exchange::push_pull;
  sim::Duration anti_entropy_interval = 1000_ms;
  bool rumours = true;
  sim::Duration rumour_interval = 100_ms;
  bool feedback = true;
  Loss loss = Loss::counter;
  std::uint32_t k = 2;
  Judged judged = Judged::on_arrival;
  bool counter_reset = false;
  bool direct_mail = false;
  bool redistribute = true;
  bool stagger = true;
  sim::Duration certificate_active = 10_s;   // tau 1 of §2.1
  sim::Duration certificate_dormant = 60_s;  // tau 2
  std::uint32_t retention_sites = 3;         // r
  sim::Duration collect_interval = 500_ms;
  SIM_DESCRIBE(Config, anti_entropy, anti_entropy_interval, rumours, rumour_interval, feedback, loss, k, judged, counter_reset,
               direct_mail, redistribute, stagger, certificate_active, certificate_dormant, retention_sites, collect_interval)

  /// What is wrong with the settings together, or "".
  std::string wrong() const;
};

/// Known bugs, each one condition at the place where its rule stands; their sources are listed in spec.cpp.
enum class Mutant : std::uint8_t {
  none,
  tombstone_early,
  older_accepted,
  deletion_not_compared,
  newest_compared,
  never_awakened,
  awakened_as_new,
};
SIM_DESCRIBE_ENUM(Mutant, none, tombstone_early, older_accepted, deletion_not_compared, newest_compared, never_awakened,
                  awakened_as_new)

}  // namespace protocols::gossip
