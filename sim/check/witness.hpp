// A small verifier of witnesses: replays the order that a checker gives for a valid history on plain models of its own. It shares
// nothing with the checkers, so that a mistake of theirs does not hide itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "sim/check/history.hpp"
#include "sim/core/result.hpp"

namespace sim::check {

/// What the order of a witness must keep.
enum class Keeps : std::uint8_t {
  real_time,  ///< what ended before another began comes first (linearizable, strict serializable)
  sessions,   ///< what one process did keeps its order (sequential, strong session serializable)
  nothing,    ///< any order (serializable)
};

/// The models that orders are replayed on.
enum class Replayed : std::uint8_t {
  value,           ///< register and cas-register, an object a key
  kv,              ///< get, put, append, delete and cas of texts by key
  mutex,           ///< acquire and release, an object a key
  multi_register,  ///< txn of [read x v] and [write x v]; also rw-register, with r and w
  list_append,     ///< txn of [append x v] and [r x [...]]
  set,             ///< insert, remove and contains, an object a key
  queue,
  stack,
  priority_queue,
};

/// The model that `--model` and `--workload` name, "rw-register" say, or nullopt.
std::optional<Replayed> replayed_named(std::string_view text);

/// Replays `order` (indices of operations) on the model. The number of operations replayed, if all is well.
/// Error: `where` is the place in the order, or empty; an operation comes twice, is missing though it is ok, failed, or is unknown
/// to the model; the order does not keep what it should; a result is another than the model's.
Result<std::size_t> verify_witness(Replayed model, const History& history, std::span<const std::size_t> order,
                                   Keeps keeps = Keeps::real_time);

}  // namespace sim::check
