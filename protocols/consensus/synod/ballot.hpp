// Ballots: the proposal numbers of Paxos, of which no two proposers share one.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "sim/core/describe.hpp"

namespace protocols::synod {

/// A proposal number (Paxos Made Simple, 2.2: "different proposals have different numbers"). Rounds come first; ids only keep
/// two proposers' ballots of one round apart. Round 0 is before every ballot: "none".
struct Ballot {
  std::uint64_t round = 0;
  sim::NodeId owner{};  ///< the proposer that alone may use it
  SIM_DESCRIBE(Ballot, round, owner)
  friend constexpr auto operator<=>(const Ballot&, const Ballot&) = default;

  constexpr bool none() const { return round == 0; }
};

/// "3.1": round 3 of node 1 (counted from 0).
inline std::string to_text(const Ballot& b) { return std::to_string(b.round) + "." + std::to_string(index(b.owner)); }

/// Sizes of quorums (Howard, Malkhi and Spiegelman, Flexible Paxos, 2016): only quorums of different phases need to meet.
struct Quorums {
  std::size_t phase1 = 0;
  std::size_t phase2 = 0;
  SIM_DESCRIBE(Quorums, phase1, phase2)
};

/// What q1 and q2 of a configuration ask for in a system of `nodes`: two majorities where both are 0; where one is, the least
/// that meets the other.
constexpr Quorums quorums_of(std::size_t q1, std::size_t q2, std::size_t nodes) {
  if (q1 == 0 && q2 == 0) return {nodes / 2 + 1, nodes / 2 + 1};
  return {q1 == 0 ? nodes + 1 - q2 : q1, q2 == 0 ? nodes + 1 - q1 : q2};
}

/// What is wrong with q1 and q2 in a system of `nodes`, or "".
std::string wrong_quorums(std::size_t q1, std::size_t q2, std::size_t nodes);

}  // namespace protocols::synod
