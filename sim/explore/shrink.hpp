// Shrink: a failing run made as small as it goes, always failing by the same claim. What is left of it is its story.
//
// Three stages, each judged by running: the scenario itself (fewer clients, nodes, faults, a simpler network, other seeds), then
// the faults that the seed decided on, then single timers and messages. The result is a value of scenario, seed and decisions, as a
// bundle keeps it. Deterministic: the same case and budget shrink to the same.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sim/scenario/run.hpp"

namespace sim {

/// What is run.
struct ShrinkCase {
  Scenario scenario;
  std::uint64_t seed = 0;
  Decisions decisions;
};

/// How large a run is, up to its violation.
struct RunSize {
  std::uint64_t nodes = 0;  ///< without the clients
  std::uint64_t clients = 0;
  std::uint64_t events = 0;
  std::uint64_t delivered = 0;  ///< messages
  std::uint64_t timers = 0;     ///< fired
  std::uint64_t faults = 0;     ///< that did something, and their ends
  Duration virtual_time{};
};

/// Who is asked whether to go on, before each run.
class ShrinkWatcher {
 public:
  ShrinkWatcher() = default;
  virtual ~ShrinkWatcher() = default;
  /// `stage` is what is being left out ("timers and messages"); `runs` were tried, and the smallest that failed is of size `best`.
  /// False: stop here, with the smallest so far.
  virtual bool go_on(std::string_view stage, const RunSize& best, std::uint64_t runs) = 0;

 protected:
  ShrinkWatcher(const ShrinkWatcher&) = default;
  ShrinkWatcher& operator=(const ShrinkWatcher&) = default;
};

/// How hard to try.
struct ShrinkOptions {
  std::uint64_t runs = 1'000'000;    ///< at most so many
  std::uint64_t seeds = 3'000;       ///< other seeds to try for each change of the scenario...
  std::uint64_t effort = 3'000'000;  ///< ...as long as they take no more work than this. The unit of work is an event
  std::uint64_t work = 100'000'000;  ///< in all, but that what is left at last is made so small that nothing can go
  ShrinkWatcher* watcher = nullptr;  ///< none: nobody is asked
};

/// What came of it.
struct Shrunk {
  ShrinkCase smallest;
  std::string claim;  ///< its full name
  RunSize before;
  RunSize after;
  std::uint64_t runs = 0;
  bool complete = false;  ///< nothing more can be left out; false: stopped by the budget or the watcher
};

/// Shrinks a case. Error: it violates no claim. `registry` is the one that its scenario was read with.
Result<Shrunk> shrink(ShrinkCase failing, const Registry& registry, const ShrinkOptions& options);

}  // namespace sim
