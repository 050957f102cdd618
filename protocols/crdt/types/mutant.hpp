// The bugs that can be planted in the data types and in the replicas, each one condition at the place where its rule stands;
// their sources are listed in spec.cpp.
#pragma once

#include <cstdint>

#include "sim/core/describe.hpp"

namespace protocols::crdt {

enum class Mutant : std::uint8_t {
  none,
  pn_max,
  lww_skew,
  not_strict,
  keeps_removed,
  tombstone_gc_early,
  text_interleaves,
  tie_by_arrival,
  delta_gap,
  op_twice,
  no_causal_order,
  overwrites,
  id_reused,
  sent_once,
};
SIM_DESCRIBE_ENUM(Mutant, none, pn_max, lww_skew, not_strict, keeps_removed, tombstone_gc_early, text_interleaves, tie_by_arrival,
                  delta_gap, op_twice, no_causal_order, overwrites, id_reused, sent_once)

}  // namespace protocols::crdt
