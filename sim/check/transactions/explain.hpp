// What was found, in words: which transactions, what they read and wrote, and why that cannot be.
#pragma once

#include <string>
#include <vector>

#include "sim/check/judgement.hpp"
#include "sim/check/transactions/cycles.hpp"
#include "sim/check/transactions/infer.hpp"

namespace sim::check::transactions {

/// Gives transactions their names: "T3 (process 1, line 6)" where it is first said, "T3" from then on.
class Names {
 public:
  explicit Names(const Log& log) : log_(log) {}
  std::string operator()(std::size_t txn);

 private:
  const Log& log_;
  std::vector<std::size_t> said_;
};

/// The finding of a cycle: its sentence, and a link for each of its edges.
Finding explain_cycle(const Inferred& all, Kind kind, const CycleFound& found);
/// The finding of an anomaly that needs no cycle.
Finding explain_shown(const Inferred& all, Kind kind, Anomaly anomaly, const Shown& shown);

/// What a few transactions saw and did that no order of their writes explains.
std::string no_order_text(const Log& log, Kind kind, std::span<const std::size_t> txns);

/// "[2 3 4]", the middle left out where it is long.
std::string list_text(const Log& log, std::span<const Atom> elements);

}  // namespace sim::check::transactions
