// PN-Counter: a counter that grows and falls (RR-7506, Specification 7; op-based: Specification 5).
//
// Two G-Counters, of what was added and of what was taken. A single number a replica that goes up and down has no newer value
// that a merge could prefer.
//
//   value: sum of added - sum of taken          merge: of both counters
#pragma once

#include "protocols/crdt/types/g_counter.hpp"

namespace protocols::crdt {

struct PnCounter {
  GCounter added;
  GCounter taken;
  SIM_DESCRIBE(PnCounter, added, taken)

  using Edit = Amount;
  using Op = AddOp;
  using Delta = PnCounter;

  std::int64_t value() const { return added.value() - taken.value(); }
  Op prepare(const Stamp& stamp, const Edit& edit, Mutant /*planted*/ = Mutant::none) const { return {stamp.replica, edit.amount}; }
  void apply(const Op& op, Mutant /*planted*/ = Mutant::none) {
    if (op.amount >= 0) {
      added.apply(op);
    } else {
      taken.apply({op.replica, -op.amount});
    }
  }
  Delta delta_of(const Op& op) const {
    PnCounter delta;
    if (op.amount >= 0) {
      delta.added = added.delta_of(op);
    } else {
      delta.taken = taken.delta_of({op.replica, -op.amount});
    }
    return delta;
  }
  Delta whole() const { return *this; }
  void merge(const PnCounter& other, Mutant planted = Mutant::none) {
    if (planted == Mutant::pn_max) {
      if (other.value() > value()) *this = other;
      return;
    }
    added.merge(other.added);
    taken.merge(other.taken);
  }
  void join(const Delta& delta, Mutant planted = Mutant::none) { merge(delta, planted); }
  void absorb(const Delta& delta) { merge(delta); }
};
static_assert(Crdt<PnCounter>);

}  // namespace protocols::crdt
