// The command: everything that `simulate` does, for any registry of systems.
#pragma once

#include "sim/scenario/registry.hpp"

namespace sim::cli {

/// Exit codes of every command.
enum class Exit : int {
  ok = 0,                ///< every claim holds
  violated = 1,          ///< a claim is violated, a history is invalid
  usage = 2,             ///< bad input or usage
  undecided = 3,         ///< a budget ran out
  nondeterministic = 4,  ///< the same seed did two different things
};

/// Runs `simulate` with these arguments. A project of its own passes the systems that it adds.
int run(int argc, char** argv, const Registry& registry);

}  // namespace sim::cli
