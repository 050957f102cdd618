// The story of a run: what happened, event by event, in words. Internal to sim/cli.
#pragma once

#include <cstddef>
#include <string>

#include "sim/scenario/run.hpp"

namespace sim::cli {

/// Runs to the end and tells it, a line an event, in 80 columns. Of more than `most` lines the middle is left out. `run` has
/// handled no event yet.
std::string story_text(Run& run, std::size_t most);

}  // namespace sim::cli
