// The settings of the order saga and of the services that take its steps; and the bugs that can be planted in either.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/core/describe.hpp"

namespace protocols::saga {

using namespace sim::literals;  // NOLINT(google-build-using-namespace)

/// What a scenario can set of an orchestrator.
struct Config {
  std::vector<std::string> services{"stock", "payment", "shipping"};  ///< the systems that take the steps, in order
  sim::Duration timeout = 100_ms;                                     ///< how long a step's command waits for its answer
  std::uint32_t attempts = 3;                                         ///< how often it is sent before the step counts as failed
  sim::Duration longest_timeout = 1000_ms;                            ///< of what must succeed in the end and is sent until it does
  SIM_DESCRIBE(Config, services, timeout, attempts, longest_timeout)

  std::string wrong() const {
    if (services.empty()) return "services: expected at least one";
    if (timeout <= sim::Duration{}) return "timeout: expected more than 0s";
    if (attempts == 0) return "attempts: expected at least 1";
    return {};
  }
};

/// Bugs of the orchestrator, each one condition at the place where its rule stands; their sources are in spec.cpp.
enum class Mutant : std::uint8_t { none, step_marked_done, log_after_send, pivot_compensated };
SIM_DESCRIBE_ENUM(Mutant, none, step_marked_done, log_after_send, pivot_compensated)

/// What a scenario can set of a service.
struct ServiceConfig {
  std::uint64_t accounts = 10;   ///< kinds of goods, customers, vans: whatever a step takes something from
  std::uint64_t balance = 1000;  ///< what is in each account at the beginning
  sim::Ratio refuses{};          ///< share of commands that it refuses by chance
  SIM_DESCRIBE(ServiceConfig, accounts, balance, refuses)

  std::string wrong() const { return accounts == 0 ? "accounts: expected at least 1" : ""; }
};

/// Bugs of a service.
enum class ServiceMutant : std::uint8_t { none, compensation_not_idempotent, late_after_compensate };
SIM_DESCRIBE_ENUM(ServiceMutant, none, compensation_not_idempotent, late_after_compensate)

}  // namespace protocols::saga
