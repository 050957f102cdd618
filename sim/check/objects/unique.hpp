// Registers and key-value stores whose writes are all different: decided in n log n, before any search.
//
// P. Gibbons and E. Korach, "Testing shared memories", SIAM J. Comput. 26(4), 1997, section 4: where every value is written once,
// a write and the reads of it are one block of every linearization. A block must stand where some of its operations had ended and
// others had not yet begun (its *zone*, if it is forward), and elsewhere it may stand anywhere that all of its operations overlap.
// A linearization exists unless two forward zones overlap, a backward one lies inside a forward one, or a block contradicts itself.
// Appends of different pieces to a text say more: what is read tells the order of the pieces since the last put, so a put, what
// was appended to it, and the reads of that are one block too.
#pragma once

#include <optional>

#include "sim/check/history.hpp"
#include "sim/check/judgement.hpp"

namespace sim::check::objects {

/// Judges reads and writes of registers (one a key). Nothing if the initial value is written, or an operation is neither read nor
/// write; or if a value is written twice and no order is found with a guess at which write each read saw. Then the general search
/// has to decide. An unknown write that nobody read did not happen.
std::optional<Judgement> judge_unique_register(const History& history);

/// Judges get, put and append of texts by key (the model kv). Nothing if a piece is empty or begins another one, if the initial
/// text is not empty, if there are other operations; or, as above, if a piece is written twice and no order is found.
std::optional<Judgement> judge_appends(const History& history);

}  // namespace sim::check::objects
