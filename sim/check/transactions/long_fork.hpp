// Long fork: two reads that disagree about the order of two writes.
//
// The shape of history is that of Jepsen's long-fork test: every object is written once, alone, and transactions read several
// objects together. Parallel snapshot isolation allows the anomaly and snapshot isolation does not (Sovran et al., SOSP 2011,
// section 3).
#pragma once

#include "sim/check/judgement.hpp"
#include "sim/check/transactions/log.hpp"
#include "sim/core/result.hpp"

namespace sim::check::transactions {

/// Whether no two reads are such that one saw an object's write and not another's, and the other read the reverse. Exact; linear in
/// the pairs of objects that are read together. Writes need not be in the log. `satisfied` is left empty.
/// Error: `where` is a line or "operation 3"; an object that is written or read with two values, or a list.
Result<Judgement> judge_long_fork(const Log& log, const Limits& limits = {});

}  // namespace sim::check::transactions
