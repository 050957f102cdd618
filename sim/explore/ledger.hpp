// Ledger: which seeds of a sweep are given out, which are back, and the tally of those that lie before every gap.
//
// Outcomes come back in any order, from threads and from other machines, but they are added up in the order of their seeds,
// and what is reported is always a first part of the seeds without a gap. So a sweep's result does not depend on who
// ran what, or when; not even when it stops at the K-th failure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "sim/explore/tally.hpp"

namespace sim::explore {

/// Seeds first..last, both included.
struct SeedRange {
  std::uint64_t first = 1;
  std::uint64_t last = 1;  ///< at least `first`
  std::uint64_t size() const { return last - first + 1; }
  friend bool operator==(const SeedRange&, const SeedRange&) = default;
};

/// For one thread at a time.
class Ledger {
 public:
  /// `stop_after`: the tally ends with the seed of so many-th failure; 0: never. `window`: no seed is given out that lies so
  /// far or farther behind the first gap, which bounds the memory.
  struct Options {
    std::uint64_t stop_after = 0;
    std::uint64_t window = 65'536;
  };
  Ledger(SeedRange seeds, Tally tally, Options options);
  Ledger(SeedRange seeds, Tally tally) : Ledger(seeds, std::move(tally), Options{}) {}

  /// The next seeds to run, at most `most` of them. Nothing: all are given out, or the window is full.
  std::optional<SeedRange> take(std::uint64_t most);
  /// An outcome of a seed that was given out.
  void add(Outcome outcome);

  /// Whether that seed's outcome can still matter: it does not lie behind the last failure asked for.
  bool wanted(std::uint64_t seed) const { return seed <= last_; }
  /// Every seed that can matter is in the tally.
  bool complete() const { return tally_.seeds() == last_ - seeds_.first + 1; }
  /// So many seeds have an outcome, those behind a gap included; so many of them violate a claim.
  std::uint64_t back() const { return tally_.seeds() + waiting_.size(); }
  std::uint64_t failed() const { return tally_.failed() + waiting_failed_; }
  SeedRange seeds() const { return seeds_; }
  const Tally& tally() const { return tally_; }

 private:
  void limit_to_stop_after();

  SeedRange seeds_;
  Options options_;
  std::uint64_t last_;                        // no seed behind it matters
  std::uint64_t given_out_ = 0;               // so many, from the first on
  Tally tally_;                               // of the first tally_.seeds() seeds
  std::map<std::uint64_t, Outcome> waiting_;  // behind a gap
  std::uint64_t waiting_failed_ = 0;
};

}  // namespace sim::explore
