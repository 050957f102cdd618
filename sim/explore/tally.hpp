// Tally: what many seeds of one scenario came to, in memory that does not grow with their number.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sim/core/digest.hpp"
#include "sim/explore/outcome.hpp"

namespace sim::explore {

/// How one claim stood in so many seeds.
struct ClaimTally {
  ClaimName claim;
  std::array<std::uint64_t, 6> seeds{};  ///< by ClaimStatus
  std::uint64_t first_reached = 0;       ///< sometimes: the lowest seed that reached it

  std::uint64_t in(ClaimStatus status) const { return seeds[static_cast<std::size_t>(status)]; }
};

/// A mark that is no claim's, and in how many seeds it was reached.
struct MarkTally {
  std::string name;
  std::uint64_t seeds = 0;
  std::uint64_t first = 0;  ///< the lowest of them
};

/// Seeds that violate one claim for one cause.
struct Group {
  std::string claim;
  std::string cause;
  std::uint64_t seeds = 0;
  std::uint64_t first = 0;  ///< the lowest of them
  Outcome cheapest;         ///< of the fewest events; of several such the lowest seed
};

/// One seed that violates a claim.
struct Failure {
  std::uint64_t seed = 0;
  std::string claim;
  std::uint64_t digest = 0;
  std::uint64_t events = 0;
};

/// How much a tally keeps one by one; what is beyond is still counted.
struct TallyLimits {
  std::size_t failures = 10'000;
  std::size_t undecided = 10'000;
  std::size_t groups = 1'000;  ///< the causes of one claim beyond so many groups become one
  std::size_t marks = 1'000;
};

/// Adds up outcomes. The same outcomes in the same order give the same tally.
class Tally {
 public:
  explicit Tally(const std::vector<ClaimName>& claims, TallyLimits limits = {});

  void add(Outcome outcome);

  std::uint64_t seeds() const { return seeds_; }
  std::uint64_t failed() const { return failed_; }        ///< how many seeds violate a claim
  std::uint64_t undecided() const { return undecided_; }  ///< in how many seeds nothing is violated, but a budget ran out
  std::uint64_t events() const { return events_; }        ///< of all seeds
  std::uint64_t virtual_ns() const { return virtual_ns_; }
  /// Of the digests of all runs, in their order.
  std::uint64_t digest() const { return digest_.value(); }
  const std::vector<ClaimTally>& claims() const { return claims_; }
  /// By name.
  std::vector<MarkTally> marks() const;
  /// The most frequent first, then by claim and cause.
  std::vector<Group> groups() const;
  /// The cheapest outcome of all groups, or nullptr.
  const Outcome* cheapest() const;
  const std::vector<Failure>& failures() const { return failures_; }                     ///< the first of them
  const std::vector<std::uint64_t>& undecided_seeds() const { return undecided_list_; }  ///< the first of them
  /// Full names of the `sometimes` claims that no seed reached.
  std::vector<std::string> unreached() const;
  /// Full names of the other claims that no seed could judge (its quiet time was too short).
  std::vector<std::string> untested() const;

 private:
  void add_failure(Outcome outcome);

  TallyLimits limits_;
  std::uint64_t seeds_ = 0;
  std::uint64_t failed_ = 0;
  std::uint64_t undecided_ = 0;
  std::uint64_t events_ = 0;
  std::uint64_t virtual_ns_ = 0;
  Digest digest_;
  std::vector<ClaimTally> claims_;
  std::map<std::string, MarkTally> marks_;
  std::map<std::pair<std::string, std::string>, Group> groups_;  // by claim and cause
  std::vector<Failure> failures_;
  std::vector<std::uint64_t> undecided_list_;
};

}  // namespace sim::explore
