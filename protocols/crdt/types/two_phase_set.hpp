// 2P-Set: a set in which each element is added once and removed once (RR-7506, Specification 12).
//
// Two G-Sets: what was added, and the tombstones of what was removed. A tombstone wins for ever, so an element that was removed
// cannot come back; and it must stay for ever, because a replica that was away may still hold the element and would bring it back.
//
//   value: added without removed          merge: of both          space: all elements that ever were
#pragma once

#include <algorithm>
#include <iterator>

#include "protocols/crdt/types/g_set.hpp"

namespace protocols::crdt {

struct TwoPhaseSet {
  GSet added;
  GSet removed;
  SIM_DESCRIBE(TwoPhaseSet, added, removed)

  using Edit = SetEdit;
  using Op = SetEdit;
  using Delta = TwoPhaseSet;

  std::set<std::string> value() const {
    std::set<std::string> out;
    std::set_difference(added.elements.begin(), added.elements.end(), removed.elements.begin(), removed.elements.end(),
                        std::inserter(out, out.end()));
    return out;
  }
  /// A remove of what is not there does nothing anywhere (the precondition of Specification 12).
  Op prepare(const Stamp& /*stamp*/, const Edit& edit, Mutant /*planted*/ = Mutant::none) const {
    if (edit.act == SetAct::remove && added.elements.count(edit.element) == 0) return {};
    return edit;
  }
  void apply(const Op& op, Mutant /*planted*/ = Mutant::none) {
    if (op.act == SetAct::nothing) return;
    added.elements.insert(op.element);
    if (op.act == SetAct::remove) removed.elements.insert(op.element);
  }
  Delta delta_of(const Op& op) const {
    TwoPhaseSet delta;
    delta.apply(op);
    return delta;
  }
  Delta whole() const { return *this; }
  void merge(const TwoPhaseSet& other, Mutant /*planted*/ = Mutant::none) {
    added.merge(other.added);
    removed.merge(other.removed);
  }
  void join(const Delta& delta, Mutant planted = Mutant::none) { merge(delta, planted); }
  void absorb(const Delta& delta) { merge(delta); }

  /// Throws the tombstones away, with what they bury. No correct replica does it: there is no time at which every other has
  /// surely heard of them.
  void collect() {
    added.elements = value();
    removed.elements.clear();
  }
};
static_assert(Crdt<TwoPhaseSet>);

}  // namespace protocols::crdt
