// Crew: the threads that run seeds.
#pragma once

#include <cstdint>
#include <optional>

#include "sim/explore/outcome.hpp"

namespace sim::cli {

/// Where a crew's seeds come from and its outcomes go to. Called by all threads at once; `main` is true in the first of them,
/// which alone may speak to a terminal or to other processes.
class Work {
 public:
  Work() = default;
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;
  virtual ~Work() = default;

  /// A seed to run; waits for one if need be. Nothing: it is over.
  virtual std::optional<std::uint64_t> next(bool main) = 0;
  /// Asked every few thousand events: whether a seed's outcome is still wanted.
  virtual bool wanted(std::uint64_t seed, bool main) = 0;
  virtual void done(explore::Outcome outcome) = 0;
};

/// Runs seeds in so many threads until none is left.
void run_crew(const Scenario& scenario, Work& work, unsigned jobs);

}  // namespace sim::cli
