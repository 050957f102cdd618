// The settings of the id servers, and the bugs that can be planted in them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "sim/core/describe.hpp"

namespace protocols::flake {

using namespace sim::literals;  // NOLINT(google-build-using-namespace)

/// What a scenario can set.
struct Config {
  sim::Duration block = 1000_ms;  // Boundary's flake writes its time down once a second
  SIM_DESCRIBE(Config, block)

  /// What is wrong with the settings for so many nodes, or "".
  std::string wrong(std::size_t nodes) const;
};

/// Known bugs, each one condition at the place where its rule stands; their sources are listed in spec.cpp.
enum class Mutant : std::uint8_t { none, clock_trusted, not_persisted, node_left_out };
SIM_DESCRIBE_ENUM(Mutant, none, clock_trusted, not_persisted, node_left_out)

}  // namespace protocols::flake
