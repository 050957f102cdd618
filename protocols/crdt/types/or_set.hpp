// OR-Set: a set where an add wins over a concurrent remove, without tombstones (ORSWOT; Bieniusa et al., INRIA RR-8083. RR-7506,
// Specification 15, is the same set with unique tags and tombstones).
//
// Each add gives its element a new dot, and replaces the dots that its source knew of the element. A remove takes away the dots
// that its source knew, and no others: the dot of a concurrent add stays, and with it the element.
//
//   value: elements with a dot          merge: join_entries()
//   space: live elements x replicas that added them concurrently, and one number a replica
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "protocols/crdt/types/dots.hpp"
#include "protocols/crdt/types/g_set.hpp"

namespace protocols::crdt {

/// An add (with its new dot) or a remove, and the dots that it takes away.
struct OrSetOp {
  std::string element;
  std::optional<Dot> dot;
  std::vector<Dot> replaced;
  SIM_DESCRIBE(OrSetOp, element, dot, replaced)
};

struct OrSet {
  std::map<std::string, std::set<Dot>> entries;
  DotContext seen;
  SIM_DESCRIBE(OrSet, entries, seen)

  using Edit = SetEdit;
  using Op = OrSetOp;
  using Delta = OrSet;

  std::set<std::string> value() const {
    std::set<std::string> out;
    for (const auto& [element, dots] : entries) {
      if (!dots.empty()) out.insert(element);
    }
    return out;
  }
  Op prepare(const Stamp& stamp, const Edit& edit, Mutant /*planted*/ = Mutant::none) const {
    Op op{edit.element, std::nullopt, {}};
    if (const auto at = entries.find(edit.element); at != entries.end()) op.replaced.assign(at->second.begin(), at->second.end());
    if (edit.act == SetAct::add) op.dot = seen.next(stamp.replica);
    return op;
  }
  void apply(const Op& op, Mutant planted = Mutant::none) {
    std::set<Dot>& dots = entries[op.element];
    for (const Dot& dot : op.replaced) dots.erase(dot);
    if (op.dot) {
      dots.insert(*op.dot);
      seen.add(*op.dot);
    }
    if (dots.empty() && planted != Mutant::keeps_removed) entries.erase(op.element);
  }
  Delta delta_of(const Op& op) const {
    OrSet delta;
    if (op.dot) {
      delta.entries[op.element].insert(*op.dot);
      delta.seen.add(*op.dot);
    }
    for (const Dot& dot : op.replaced) delta.seen.add(dot);
    return delta;
  }
  Delta whole() const { return *this; }
  void merge(const OrSet& other, Mutant planted = Mutant::none) {
    join_entries(entries, seen, other.entries, other.seen, planted);
    seen.join(other.seen);
  }
  void join(const Delta& delta, Mutant planted = Mutant::none) { merge(delta, planted); }
  void absorb(const Delta& delta) { merge(delta); }
};
static_assert(Crdt<OrSet>);

}  // namespace protocols::crdt
