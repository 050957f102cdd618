// MV-Register: a register that keeps all concurrent writes (RR-7506, Specification 10; Dynamo's siblings).
//
// A write replaces the values that its source knew. Those written concurrently stay beside each other, until a write that has seen
// them replaces them. Here each value has a dot, and the context tells a replaced value from one that is news; the paper gives each
// value a version vector instead.
//
//   value: the writes that no other known write has seen          merge: join_dots()
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "protocols/crdt/types/dots.hpp"
#include "protocols/crdt/types/lww_register.hpp"

namespace protocols::crdt {

struct MvWrite {
  Dot dot;
  std::string value;
  std::vector<Dot> replaced;
  SIM_DESCRIBE(MvWrite, dot, value, replaced)
};

struct MvRegister {
  std::map<Dot, std::string> values;
  DotContext seen;
  SIM_DESCRIBE(MvRegister, values, seen)

  using Edit = WriteEdit;
  using Op = MvWrite;
  using Delta = MvRegister;

  std::set<std::string> value() const {
    std::set<std::string> out;
    for (const auto& [dot, v] : values) out.insert(v);
    return out;
  }
  Op prepare(const Stamp& stamp, const Edit& edit, Mutant /*planted*/ = Mutant::none) const {
    Op op{seen.next(stamp.replica), edit.value, {}};
    for (const auto& [dot, v] : values) op.replaced.push_back(dot);
    return op;
  }
  void apply(const Op& op, Mutant /*planted*/ = Mutant::none) {
    for (const Dot& dot : op.replaced) values.erase(dot);
    values.emplace(op.dot, op.value);
    seen.add(op.dot);
  }
  Delta delta_of(const Op& op) const {
    MvRegister delta;
    delta.apply(op);
    for (const Dot& dot : op.replaced) delta.seen.add(dot);
    return delta;
  }
  Delta whole() const { return *this; }
  void merge(const MvRegister& other, Mutant planted = Mutant::none) {
    join_dots(values, seen, other.values, other.seen, planted);
    seen.join(other.seen);
  }
  void join(const Delta& delta, Mutant planted = Mutant::none) { merge(delta, planted); }
  void absorb(const Delta& delta) { merge(delta); }
};
static_assert(Crdt<MvRegister>);

}  // namespace protocols::crdt
