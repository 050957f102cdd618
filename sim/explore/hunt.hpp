// Hunt: how many seeds it takes to find a bug. The yardstick of claims and faults: a planted bug that nothing finds is a hole
// in one of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/explore/ledger.hpp"

namespace sim::explore {

/// One hunt: seeds in their order, until one violates a claim.
struct Hunt {
  std::uint64_t seeds = 0;  ///< so many were run
  std::string claim;        ///< what the last of them violates; empty: no seed violates any
  bool found() const { return !claim.empty(); }
};

/// Hunts through these seeds. Nothing: `goes_on`, which is asked every few thousand events, said no.
std::optional<Hunt> hunt(const Scenario& scenario, SeedRange seeds, bool (*goes_on)());

/// What several hunts for one bug, through different seeds, came to.
struct Hunts {
  std::vector<Hunt> hunts;

  std::uint64_t found() const;
  /// The fewest seeds with which so many of a hundred hunts succeed (nearest rank: the least that is not below that share).
  /// Nothing: not so many did.
  std::optional<std::uint64_t> seeds_at(std::uint64_t percent) const;
  /// By which claims it was found, and how often: the most frequent first, then by name.
  std::vector<std::pair<std::string, std::uint64_t>> claims() const;
};

/// Range number i (from 0) of those that hunts go through: `limit` seeds, far from those of any other range.
SeedRange hunting_ground(std::uint64_t i, std::uint64_t limit);

}  // namespace sim::explore
