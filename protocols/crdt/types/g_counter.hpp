// G-Counter: a counter that only grows (RR-7506, Specification 6; op-based: Specification 5).
//
// Each replica counts what it added itself. Nobody else writes that number, so the greater of two values of it is the newer, and
// the value is the sum over all replicas. One shared total would not do: the maximum of two totals forgets one of two
// concurrent additions, their sum counts the common past twice.
//
//   merge: for each replica the maximum          space: one number a replica that ever added
#pragma once

#include <cstdint>

#include "protocols/crdt/types/crdt.hpp"

namespace protocols::crdt {

/// What is added; of a G-Counter not negative.
struct Amount {
  std::int64_t amount = 0;
  SIM_DESCRIBE(Amount, amount)
};

/// An addition of one replica.
struct AddOp {
  ReplicaId replica;
  std::int64_t amount = 0;
  SIM_DESCRIBE(AddOp, replica, amount)
};

struct GCounter {
  VersionVector added;  ///< by replica: what it added; a version vector is a G-Counter by itself
  SIM_DESCRIBE(GCounter, added)

  using Edit = Amount;
  using Op = AddOp;
  using Delta = GCounter;

  std::int64_t value() const {
    std::uint64_t sum = 0;
    for (const auto& [replica, n] : added.counts) sum += n;
    return static_cast<std::int64_t>(sum);
  }
  Op prepare(const Stamp& stamp, const Edit& edit, Mutant /*planted*/ = Mutant::none) const { return {stamp.replica, edit.amount}; }
  void apply(const Op& op, Mutant /*planted*/ = Mutant::none) {
    added.raise(op.replica, added.of(op.replica) + static_cast<std::uint64_t>(op.amount));
  }
  Delta delta_of(const Op& op) const {
    GCounter delta;
    delta.added.raise(op.replica, added.of(op.replica) + static_cast<std::uint64_t>(op.amount));
    return delta;
  }
  Delta whole() const { return *this; }
  void merge(const GCounter& other, Mutant /*planted*/ = Mutant::none) { added.join(other.added); }
  void join(const Delta& delta, Mutant planted = Mutant::none) { merge(delta, planted); }
  void absorb(const Delta& delta) { merge(delta); }
};
static_assert(Crdt<GCounter>);

}  // namespace protocols::crdt
