// OR-Map: a map whose keys behave as the elements of an OR-Set, and whose values as MV-Registers (Almeida, Shoker, Baquero
// 2018: a map of dotted stores with one causal context for all keys).
//
// A put replaces the values that its source knew under the key; an erase takes them away, and no others: a concurrent put wins over
// an erase, and two concurrent puts stand beside each other until somebody puts again.
//
//   value: for each key its values          merge: join_entries()          left out: other types under a key
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "protocols/crdt/types/dots.hpp"

namespace protocols::crdt {

/// A put of a value, or an erase where there is none.
struct MapEdit {
  std::string key;
  std::optional<std::string> value;
  SIM_DESCRIBE(MapEdit, key, value)
};

struct OrMapOp {
  std::string key;
  std::optional<std::string> value;
  Dot dot;  ///< of the put; n is 0 where it is an erase
  std::vector<Dot> replaced;
  SIM_DESCRIBE(OrMapOp, key, value, dot, replaced)
};

struct OrMap {
  std::map<std::string, std::map<Dot, std::string>> entries;
  DotContext seen;
  SIM_DESCRIBE(OrMap, entries, seen)

  using Edit = MapEdit;
  using Op = OrMapOp;
  using Delta = OrMap;

  std::map<std::string, std::set<std::string>> value() const {
    std::map<std::string, std::set<std::string>> out;
    for (const auto& [key, values] : entries) {
      for (const auto& [dot, v] : values) out[key].insert(v);
    }
    return out;
  }
  Op prepare(const Stamp& stamp, const Edit& edit, Mutant /*planted*/ = Mutant::none) const {
    Op op{edit.key, edit.value, {}, {}};
    if (const auto at = entries.find(edit.key); at != entries.end()) {
      for (const auto& [dot, v] : at->second) op.replaced.push_back(dot);
    }
    if (edit.value) op.dot = seen.next(stamp.replica);
    return op;
  }
  void apply(const Op& op, Mutant planted = Mutant::none) {
    std::map<Dot, std::string>& values = entries[op.key];
    for (const Dot& dot : op.replaced) values.erase(dot);
    if (op.value) {
      values.emplace(op.dot, *op.value);
      seen.add(op.dot);
    }
    if (values.empty() && planted != Mutant::keeps_removed) entries.erase(op.key);
  }
  Delta delta_of(const Op& op) const {
    OrMap delta;
    delta.apply(op);
    for (const Dot& dot : op.replaced) delta.seen.add(dot);
    return delta;
  }
  Delta whole() const { return *this; }
  void merge(const OrMap& other, Mutant planted = Mutant::none) {
    join_entries(entries, seen, other.entries, other.seen, planted);
    seen.join(other.seen);
  }
  void join(const Delta& delta, Mutant planted = Mutant::none) { merge(delta, planted); }
  void absorb(const Delta& delta) { merge(delta); }
};
static_assert(Crdt<OrMap>);

}  // namespace protocols::crdt
