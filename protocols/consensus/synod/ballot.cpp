#include "protocols/consensus/synod/ballot.hpp"

namespace protocols::synod {

std::string wrong_quorums(std::size_t q1, std::size_t q2, std::size_t nodes) {
  const auto text = [](std::size_t n) { return std::to_string(n); };
  if (q1 > nodes) return "q1 (" + text(q1) + ") is above the number of nodes (" + text(nodes) + ")";
  if (q2 > nodes) return "q2 (" + text(q2) + ") is above the number of nodes (" + text(nodes) + ")";
  const Quorums q = quorums_of(q1, q2, nodes);
  if (q.phase1 + q.phase2 > nodes) return {};
  return "q1 (" + text(q.phase1) + ") and q2 (" + text(q.phase2) + ") together are not above the number of nodes (" + text(nodes) +
         "): a quorum of phase 1 could miss one of phase 2";
}

}  // namespace protocols::synod
