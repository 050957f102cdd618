// Linearizability of sets, queues, stacks and priority queues.
//
// Z. H. Lee and U. Mathur, "Efficient decrease-and-conquer linearizability monitoring", OOPSLA 2025: where every value is
// inserted once, a value that can be linearized first (or last, or at the bottom) is deleted, again and again; a history is
// linearizable if nothing is left. Times in which each value is surely there (between the first return and the last call of its
// operations) take the place of their search for such a value: near linear for sets and priority queues beside the sorting,
// n log n for queues and stacks. An operation that found the collection empty needs a moment that no value covers; such moments
// cut the history into independent parts.
#pragma once

#include "sim/check/judgement.hpp"
#include "sim/check/objects/log.hpp"

namespace sim::check::objects {

/// Judges a log. Indices of the judgement are those of its rows; `order` is a linearization.
/// Where values repeat, or a take that never returned may have taken one that is left over, the general search decides within
/// the limits; so the verdict is exact or undecided. Steps are rows looked at, or the search's.
/// Error: none for a log that log_of or a reader made.
Result<Judgement> judge(const Log& log, const Limits& limits = {});

/// Judges a general history; indices are those of its operations. Error: as log_of.
Result<Judgement> judge(Kind kind, const History& history, const Limits& limits = {});

}  // namespace sim::check::objects
