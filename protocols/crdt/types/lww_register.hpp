// LWW-Register: the last writer wins (RR-7506, Specification 8 state-based, 9 op-based).
//
// Every write has a timestamp, and the greatest wins; replicas break ties, so that timestamps are totally ordered. Of two
// concurrent writes one is lost, which one the clocks decide. A write that has seen another must win over it, whatever the clocks
// say: so a timestamp is the clock's or one more than that of the value it replaces, whichever is greater (a hybrid logical clock;
// Lamport 1978, Kulkarni et al. 2014). The bare clock of a node that is behind would lose its writes to older ones.
//
//   merge: the greater timestamp          space: one value
#pragma once

#include <algorithm>
#include <compare>
#include <string>
#include <tuple>

#include "protocols/crdt/types/crdt.hpp"

namespace protocols::crdt {

/// What is written.
struct WriteEdit {
  std::string value;
  SIM_DESCRIBE(WriteEdit, value)
};

struct LwwRegister {
  std::string held;
  sim::Time time{};  ///< of the write, as its replica stamped it; 0: nothing was written
  ReplicaId writer;  ///< breaks ties
  SIM_DESCRIBE(LwwRegister, held, time, writer)

  using Edit = WriteEdit;
  using Op = LwwRegister;
  using Delta = LwwRegister;

  const std::string& value() const { return held; }
  Op prepare(const Stamp& stamp, const Edit& edit, Mutant planted = Mutant::none) const {
    sim::Time at = std::max(stamp.now, time + sim::Duration{1});
    if (planted == Mutant::lww_skew) at = stamp.now;
    return {edit.value, at, stamp.replica};
  }
  void apply(const Op& op, Mutant planted = Mutant::none) { merge(op, planted); }
  Delta delta_of(const Op& op) const { return op; }
  Delta whole() const { return *this; }
  void merge(const LwwRegister& other, Mutant /*planted*/ = Mutant::none) {
    if (std::tie(time, writer) < std::tie(other.time, other.writer)) *this = other;
  }
  void join(const Delta& delta, Mutant planted = Mutant::none) { merge(delta, planted); }
  void absorb(const Delta& delta) { merge(delta); }
};
static_assert(Crdt<LwwRegister>);

}  // namespace protocols::crdt
