// Crdt: what a replicated data type is, in all three styles of replication, so that one replica serves every type.
//
// State-based (Shapiro et al., INRIA RR-7506, 2.2.1): states form a join semilattice; every edit moves up in it, and merge() is the
// join. Whoever has merged the same edits, in any order and any number of times, has the same state.
//
// Op-based (RR-7506, 2.2.2): prepare() makes of an edit, at its source, what is sent; apply() takes effect at every replica,
// exactly once and in causal order. Operations that are concurrent commute.
//
// Delta-based (Almeida, Shoker, Baquero: Delta state replicated data types, 2018): delta_of() makes of an operation a small piece
// of state whose join() does what the operation does. Deltas of a sender's consecutive edits are joined into one; a receiver joins
// them without a gap.
//
// The laws that the styles agree by, checked for every type in tests/unit/crdt_laws_test.cpp:
//   join(delta_of(op)) = apply(op)       join(whole()) = merge(state)
//   merge is commutative, associative, idempotent, and inflates
#pragma once

#include <concepts>

#include "protocols/crdt/types/ids.hpp"
#include "protocols/crdt/types/mutant.hpp"
#include "sim/core/describe.hpp"

namespace protocols::crdt {

template <class T>
concept Crdt = sim::Described<T> && std::default_initializable<T> && std::copyable<T> && sim::Described<typename T::Edit> &&
    sim::Described<typename T::Op> && sim::Described<typename T::Delta> &&
    requires(T state, const T& other, const typename T::Edit& edit, const typename T::Op& op, const typename T::Delta& delta,
             typename T::Delta group, const Stamp& stamp) {
  /// What users see. Equal for equal sets of edits.
  { other.value() } -> sim::Hashable;
  /// The operation that an edit at this state is.
  { other.prepare(stamp, edit, Mutant{}) } -> std::same_as<typename T::Op>;
  /// Its effect, at its source and elsewhere.
  state.apply(op, Mutant{});
  /// The operation as a delta, at the state that it was prepared at.
  { other.delta_of(op) } -> std::same_as<typename T::Delta>;
  /// The whole state as a delta.
  { other.whole() } -> std::same_as<typename T::Delta>;
  state.join(delta, Mutant{});
  state.merge(other, Mutant{});
  /// Makes one delta of two.
  group.absorb(delta);
};

}  // namespace protocols::crdt
