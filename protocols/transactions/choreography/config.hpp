// The settings of the choreographed saga, and the bugs that can be planted in it.
#pragma once

#include <cstdint>
#include <string>

#include "sim/core/describe.hpp"

namespace protocols::choreography {

using namespace sim::literals;  // NOLINT(google-build-using-namespace)

/// What a scenario can set.
struct Config {
  sim::Duration relay = 50_ms;   ///< how long an event waits for its acknowledgement before it is published again
  std::uint32_t batch = 16;      ///< events published at once, at most
  std::uint64_t accounts = 10;   ///< kinds of goods, and customers
  std::uint64_t balance = 1000;  ///< in each account at the beginning
  sim::Ratio refuses{};          ///< share of steps refused by chance
  SIM_DESCRIBE(Config, relay, batch, accounts, balance, refuses)

  std::string wrong() const {
    if (accounts == 0) return "accounts: expected at least 1";
    if (batch == 0) return "batch: expected at least 1";
    return relay > sim::Duration{} ? "" : "relay: expected more than 0s";
  }
};

/// Known bugs, each one condition at the place where its rule stands; their sources are in spec.cpp.
enum class Mutant : std::uint8_t { none, no_outbox, inbox_forgets };
SIM_DESCRIBE_ENUM(Mutant, none, no_outbox, inbox_forgets)

}  // namespace protocols::choreography
