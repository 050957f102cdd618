// A bulkhead: calls to one dependency take up a bounded number of places, so that a slow dependency cannot take all of its
// caller down. Waiters stand in line, first come, first served, for a bounded time.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "protocols/resilience/mutant.hpp"
#include "sim/core/describe.hpp"

namespace protocols::resilience {

/// Settings; the defaults are resilience4j's (BulkheadConfig).
struct BulkheadConfig {
  std::uint32_t max_concurrent = 25;
  sim::Duration max_wait{};  ///< 0: nobody waits
  SIM_DESCRIBE(BulkheadConfig, max_concurrent, max_wait)
};

struct Bulkhead {
  /// Somebody in line, by a number of the holder's choice.
  struct Waiter {
    std::uint64_t who = 0;
    sim::Time until{};
    SIM_DESCRIBE(Waiter, who, until)
  };
  enum class Answer : std::uint8_t { admitted, waits, refused };

  BulkheadConfig config;
  std::uint32_t inside = 0;
  std::vector<Waiter> line;
  SIM_DESCRIBE(Bulkhead, config, inside, line)

  Bulkhead() = default;
  explicit Bulkhead(const BulkheadConfig& settings) : config(settings) {}

  /// Takes a place, or a place in the line. Who waits is told by leave(), or gives up by itself when `max_wait` is over.
  Answer enter(std::uint64_t who, sim::Time now) {
    std::erase_if(line, [now](const Waiter& w) { return w.until <= now; });
    if (inside < config.max_concurrent && line.empty()) {
      ++inside;
      return Answer::admitted;
    }
    if (config.max_wait == sim::Duration{}) return Answer::refused;
    line.push_back({who, now + config.max_wait});
    return Answer::waits;
  }
  /// Gives a place back (leaving an empty one changes nothing). Whoever is first in line and has not waited too long gets it, and
  /// is returned.
  std::optional<std::uint64_t> leave(sim::Time now) {
    if (inside > 0) --inside;
    std::erase_if(line, [now](const Waiter& w) { return w.until <= now; });
    if (line.empty() || inside >= config.max_concurrent) return std::nullopt;
    const std::uint64_t next = line.front().who;
    line.erase(line.begin());
    ++inside;
    return next;
  }
};

}  // namespace protocols::resilience
