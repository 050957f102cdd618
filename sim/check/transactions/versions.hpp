// The search for an order of each object's versions that leaves no cycle, where reads do not tell that order.
//
// A pair of writers of one object comes in one order or the other; each choice adds edges: from one writer to the other, and from
// the readers of the first to the second. That is a polygraph (Papadimitriou, JACM 1979), and an order exists when some choice for
// every pair leaves it without a cycle. Snapshot isolation is the same question of a graph with two nodes a transaction, its start
// and its commit (Cerone and Gotsman, PODC 2016, Theorem 10): what is seen or overwritten was committed before the start, and a
// version that replaces one that was read is committed after the reader's start.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/check/judgement.hpp"
#include "sim/check/transactions/infer.hpp"

namespace sim::check::transactions {

/// What the search found.
struct VersionOrder {
  Verdict verdict = Verdict::undecided;
  std::uint64_t steps = 0;         ///< edges looked at
  std::string explanation;         ///< of undecided
  std::vector<std::size_t> order;  ///< of valid, where the model has one order of all: that order of transactions
  Finding finding;                 ///< of invalid
};

/// The name of the finding where no order exists.
inline constexpr std::string_view kNoOrder = "no-version-order";

/// Searches. The model is one of snapshot isolation or serializability and nothing inferred contradicts it. The finding of an
/// invalid one names the transactions that had a part in the proof, and has no explanation: no_order_text gives it once they are
/// few.
VersionOrder order_versions(const Inferred& all, Kind kind, Consistency model, const Limits& limits);

}  // namespace sim::check::transactions
