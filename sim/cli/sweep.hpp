// Sweep: many seeds of one scenario on every core, and on the other processes of an mpirun. What it comes to does not depend
// on how many there are of either.
#pragma once

#include <cstdint>

#include "sim/cli/ranks.hpp"
#include "sim/explore/ledger.hpp"

namespace sim::cli {

/// When a sweep ends.
struct SweepBounds {
  explore::SeedRange seeds;
  std::uint64_t stop_after = 0;  ///< at the so many-th failure; 0: never
  double seconds = 0;            ///< of the wall clock; 0: without limit
};

/// Why it ended.
enum class Ended : std::uint8_t { all_run, stop_after, time_limit, interrupted };

/// What it came to.
struct Swept {
  explore::Tally tally;  ///< of a first part of the seeds, without a gap
  Ended ended{};
  double wall = 0;  ///< seconds
};

/// Sweeps, with so many threads here and whatever help_sweep() does in the other ranks. For rank 0.
Swept sweep(const Scenario& scenario, const SweepBounds& bounds, unsigned jobs, Ranks& ranks);

/// Runs seeds that rank 0 gives out, until it says that it is over. For the other ranks.
void help_sweep(const Scenario& scenario, unsigned jobs, Ranks& ranks);

}  // namespace sim::cli
