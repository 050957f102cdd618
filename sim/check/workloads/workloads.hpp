// The workloads of Jepsen and Maelstrom: histories whose meaning is known, judged by what they must not lose or break.
//
// Each says what Jepsen's own checker of that name says (jepsen.checker, jepsen.tests.bank, jepsen.tests.kafka), with its names for
// what is wrong. Operations are those of the workload; others are ignored. Times are the history's where it has them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/check/history.hpp"
#include "sim/check/judgement.hpp"
#include "sim/core/result.hpp"

namespace sim::check::workloads {

/// What a bank holds.
struct BankOptions {
  std::optional<std::int64_t> total{};  ///< of all balances; that of the first ok read unless given
  std::vector<std::string> accounts{};  ///< those of the first ok read unless given
  bool negative_balances = false;       ///< whether a balance may be below zero
};

/// Transfers between accounts: every ok `read`, a map from accounts to balances, must have the same total.
/// Findings: unexpected-key, nil-balance, wrong-total, negative-value.
/// Error: a read that is no such map, a balance that is no whole number, a total beyond 64 bits.
Result<Judgement> judge_bank(const History& history, const BankOptions& options = {});

/// `add` n and `read`: a read must lie between the adds that had completed when it began and those that had begun when it ended.
/// Adds may be negative, which Jepsen's checker forbids. Finding: out-of-bounds.
/// Error: an add or an ok read without a whole number, sums beyond 64 bits.
Result<Judgement> judge_counter(const History& history);

/// `add` and a last ok `read` of all elements: what was added is there, and nothing that nobody added.
/// Findings: lost, unexpected. Undecided if there is no read. Error: a read that is no list.
Result<Judgement> judge_set(const History& history);

/// How a set's reads may lag.
struct SetFullOptions {
  bool linearizable = false;  ///< a read that begins after an element is known must have it
};

/// `add` and `read` of all elements at any time. An element is known once its add or a read that had it completed. Later it is
/// *stable* when all reads from some moment on have it, *lost* when all from some moment on miss it. Values may be pairs [key,
/// value]: each key is a set of its own. Also for Maelstrom's broadcast and g-set. Findings: lost; duplicated (one read has an
/// element twice); stale, if linearizable: it was missed by a read that began after it was known. Undecided if nothing is stable
/// and nothing is wrong. Error: a read that is no list.
Result<Judgement> judge_set_full(const History& history, const SetFullOptions& options = {});

/// `generate`: no two ok operations return the same value. Finding: duplicated.
Result<Judgement> judge_unique_ids(const History& history);

/// `enqueue`, `dequeue` and `drain` (a list of elements dequeued): what went in must come out. Jepsen's checker bears duplicates;
/// they are noted. Findings: lost, unexpected. Undecided if a drain's outcome is unknown. Error: an ok drain that is no list.
/// An ok dequeue of nil found the queue empty. Unlike Jepsen's checker it does not call lost what dequeues of unknown outcome may
/// have taken out.
Result<Judgement> judge_total_queue(const History& history);

/// Blind `write`s of elements and `read`s of all of them: a read that has an element has all whose writes had completed before
/// that element's write began. Values may be pairs [key, value]; keys do not concern each other's writes.
/// Finding: causal-reverse. Error: a read that is no list.
Result<Judgement> judge_comments(const History& history);

/// What consumers of logs may do.
struct KafkaOptions {
  bool subscribes = false;  ///< consumers subscribe: rebalances may skip and repeat (poll-skip and nonmonotonic-poll are notes)
};

/// Logs with offsets. Operations `send`, `poll` and `txn` carry micro-operations: [send, k, v], completed as [send, k, [offset,
/// v]], and [poll], completed as [poll, {k: [[offset, v], ...]}]; `assign` and `subscribe` carry keys. A shorter form is known too,
/// after Maelstrom's messages: `send` [k, v] completed with [k, [offset, v]] or the offset alone, `poll` completed with {k:
/// [[offset, v], ...]}. Commits of offsets say nothing. Findings: G1a (a poll of what a failed send sent), inconsistent-offsets
/// (two values at one offset), duplicate (one value at two offsets), int-poll-skip, int-nonmonotonic-poll and int-nonmonotonic-send
/// (within one operation), poll-skip, nonmonotonic-poll and nonmonotonic-send (of one process), precommitted-read (a transaction
/// polled what it sent itself), lost-write, and unwritten-poll (of what nobody sent; Jepsen's checker stops there). What was sent
/// and never polled is noted. Cycles of transactions are for the checker of transactions. Error: an operation of another shape.
Result<Judgement> judge_kafka(const History& history, const KafkaOptions& options = {});

}  // namespace sim::check::workloads
