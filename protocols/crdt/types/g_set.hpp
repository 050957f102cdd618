// G-Set: a set that only grows (RR-7506, Specification 11).
//
//   merge: union
#pragma once

#include <set>
#include <string>

#include "protocols/crdt/types/crdt.hpp"

namespace protocols::crdt {

/// What a user does to a set.
enum class SetAct : std::uint8_t { nothing, add, remove };
SIM_DESCRIBE_ENUM(SetAct, nothing, add, remove)

struct SetEdit {
  SetAct act{};
  std::string element;
  SIM_DESCRIBE(SetEdit, act, element)
};

struct GSet {
  std::set<std::string> elements;
  SIM_DESCRIBE(GSet, elements)

  using Edit = SetEdit;  ///< a remove does nothing
  using Op = SetEdit;
  using Delta = GSet;

  const std::set<std::string>& value() const { return elements; }
  Op prepare(const Stamp& /*stamp*/, const Edit& edit, Mutant /*planted*/ = Mutant::none) const { return edit; }
  void apply(const Op& op, Mutant /*planted*/ = Mutant::none) {
    if (op.act == SetAct::add) elements.insert(op.element);
  }
  Delta delta_of(const Op& op) const {
    GSet delta;
    delta.apply(op);
    return delta;
  }
  Delta whole() const { return *this; }
  void merge(const GSet& other, Mutant /*planted*/ = Mutant::none) {
    elements.insert(other.elements.begin(), other.elements.end());
  }
  void join(const Delta& delta, Mutant planted = Mutant::none) { merge(delta, planted); }
  void absorb(const Delta& delta) { merge(delta); }
};
static_assert(Crdt<GSet>);

}  // namespace protocols::crdt
