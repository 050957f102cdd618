// What a linearizability search works on: one partition's operations as small integers, and what a search reports.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "sim/check/linearizability_table.hpp"

namespace sim::check {

/// The transition system that a search explores: states and classes of operations as small integers. Two operations are of
/// one class when they do the same to every state and need the same of it. `next` may intern states as they come up.
template <class M>
concept Machine = requires(M& machine, const M& constant, std::uint32_t index) {
  { constant.initial() } -> std::same_as<std::uint32_t>;
  { machine.next(index, index) } -> std::same_as<std::uint32_t>;  // (state, class) -> state, or kNoIndex: cannot happen
  { machine.idle(index, index) } -> std::same_as<bool>;           // (state, class): it can happen, and leaves the state
  { constant.pure(index) } -> std::same_as<bool>;                 // the class never changes a state
  { constant.always(index) } -> std::same_as<bool>;               // the class can happen in every state
  { constant.may_see(index, index) } -> std::same_as<bool>;       // an (observer, writer): does the effect show, left to itself?
  { constant.overwrites(index) } -> std::same_as<bool>;           // the state after it does not depend on the one before
  { constant.bytes() } -> std::same_as<std::size_t>;              // memory held for states
};

/// One operation of a partition.
struct CompactOp {
  static constexpr std::uint64_t kPending = ~std::uint64_t{0};

  std::uint32_t origin = 0;  ///< index in the history
  std::uint32_t cls = 0;     ///< class in the machine
  std::uint64_t call = 0;    ///< position of the invocation; positions are unique
  std::uint64_t ret = 0;     ///< position of the completion, or kPending: it may take effect at any time, or never
};

/// A partition prepared for search: its events in order, and a slot for every operation, so that a set of operations that
/// are linearized but not yet returned is a few machine words. A slot is free again once its operation has returned.
struct Problem {
  std::vector<std::uint32_t> events;    ///< op * 2 for an invocation, op * 2 + 1 for a completion
  std::vector<std::uint32_t> cls;       ///< by operation
  std::vector<std::uint32_t> slot;      ///< by operation
  std::vector<std::uint32_t> before;    ///< by operation: who had the slot before, or kNoIndex
  std::vector<std::uint32_t> deadline;  ///< by operation: index of its completion in events; beyond them if it has none
  std::vector<std::uint32_t> twin;      ///< by operation: the one of its class whose deadline is next before its own, or kNoIndex
  std::uint32_t slots = 0;              ///< how many there are

  std::size_t size() const { return cls.size(); }
  bool pending(std::uint32_t op) const { return deadline[op] >= events.size(); }

  /// Prepares operations that are in the order of their invocations; classes are below `classes`.
  static Problem build(std::span<const CompactOp> ops, std::uint32_t classes);
};

/// How far a search is.
enum class Progress : std::uint8_t {
  more,     ///< the budget ran out
  valid,    ///< a linearization was found
  invalid,  ///< there is none
  memory,   ///< it needs more memory than it may have
};

/// A search that runs in instalments.
class Search {
 public:
  virtual ~Search() = default;

  /// Goes on for about `steps` transitions within `bytes` of memory. Once it has answered other than `more` it is over.
  virtual Progress run(std::uint64_t steps, std::size_t bytes) = 0;
  /// Memory held now.
  virtual std::size_t bytes() const = 0;
  /// Transitions tried so far.
  virtual std::uint64_t steps() const = 0;
  /// After `valid`: a linearization; pending operations that never took effect are left out.
  virtual std::vector<std::uint32_t> order() const = 0;
  /// The furthest event that it could not yet pass. After `invalid`: the completion that no linearization of what came before
  /// can pass.
  virtual std::size_t frontier() const = 0;
};

}  // namespace sim::check
