// The settings of the storefront, and the bugs that can be planted in it.
#pragma once

#include <cstdint>
#include <string>

#include "sim/core/describe.hpp"

namespace protocols::storefront {

using namespace sim::literals;  // NOLINT(google-build-using-namespace)

/// What a scenario can set.
struct Config {
  std::string orders = "orders";          ///< the system of sagas
  std::string store = "store";            ///< the replicated store (raft or paxos)
  sim::Duration timeout = 500_ms;         ///< how long it waits for the outcome of an order
  sim::Duration record_within = 2000_ms;  ///< how long it tries to write an outcome down
  sim::Duration retry_after = 100_ms;     ///< how long it waits for one server of the store
  bool breaker = true;                    ///< whether calls to the sagas go through a circuit breaker
  std::uint32_t breaker_window = 20;      ///< calls that it judges by
  sim::Duration breaker_open_for = 1000_ms;
  SIM_DESCRIBE(Config, orders, store, timeout, record_within, retry_after, breaker, breaker_window, breaker_open_for)

  std::string wrong() const {
    if (timeout <= sim::Duration{} || retry_after <= sim::Duration{}) return "timeout, retry_after: expected more than 0s";
    return breaker_window > 0 ? "" : "breaker_window: expected at least 1";
  }
};

/// Known bugs, each one condition at the place where its rule stands; their sources are in spec.cpp.
enum class Mutant : std::uint8_t { none, answers_before_recorded, timeout_is_yes };
SIM_DESCRIBE_ENUM(Mutant, none, answers_before_recorded, timeout_is_yes)

}  // namespace protocols::storefront
