// The verdict on transactions: which consistency models a history of them satisfies, and a minimal cycle where it does not.
//
// The method is Elle's (Kingsbury and Alvaro, "Elle: Inferring Isolation Anomalies from Experimental Observations", VLDB 2020): the
// values that transactions read tell in which order the versions of an object were installed, hence which transaction depends on
// which (Adya's ww, wr and rw edges; besides them the order of each process and the order in real time). A cycle of dependencies is
// an anomaly; which one tells which models it rules out. Lists that are only appended to give the whole order of versions.
// Registers give part of it, so a search goes on where inference ends: for an order of each object's versions that leaves no cycle.
// Models of sessions (causal consistency and weaker ones) are weak.hpp's.
#pragma once

#include "sim/check/judgement.hpp"
#include "sim/check/transactions/log.hpp"
#include "sim/core/result.hpp"

namespace sim::check::transactions {

/// What may be taken for granted of single registers, as Elle's options of these names have it; wrong assumptions give wrong
/// verdicts. Lists need none.
struct Assumptions {
  bool sequential_keys = false;    ///< each session sees the versions of an object in their order, whatever the model
  bool linearizable_keys = false;  ///< the versions of an object are in the order of real time, whatever the model
};

/// Judges a log by one model; `satisfied` says what is known of the others. Sequential and linearizable are those of whole
/// histories: strong-session-serializable and strict-serializable. Without real time (Log::has_realtime) models that need it are
/// judged by the order of sessions instead, and a note says so.
/// Error: `where` is a line or "operation 3"; a value that is written twice to an object, a read that is none of the kind's, or
/// more than 2^27 objects.
Result<Judgement> judge(const Log& log, Kind kind, Consistency wanted = Consistency::strict_serializable, const Limits& limits = {},
                        const Assumptions& assume = {});

/// What a log's transactions are by their accesses: lists where something is appended or a list is read.
Kind kind_of(const Log& log);

}  // namespace sim::check::transactions
