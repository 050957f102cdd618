// The bugs that can be planted in the resilience values and in the services that hold them. A value carries the mutant that
// its holder was given; each is one condition at the place where its rule stands. Their sources are listed in
// protocols/services/spec.cpp.
#pragma once

#include <cstdint>

#include "sim/core/describe.hpp"

namespace protocols::resilience {

enum class Mutant : std::uint8_t {
  none,
  // breaker.cpp
  half_open_leak,
  half_open_flood,
  late_result_counts,
  minimum_ignored,
  open_is_advice,
  open_closes,
  // the other values
  retries_earn_budget,
  bulkhead_double_release,
  tat_max_omitted,
  check_then_act,
  keys_in_memory,
  fingerprint_ignored,
  reply_not_stored,
  // protocols/services
  works_past_deadline,
  deadline_restarts,
};
SIM_DESCRIBE_ENUM(Mutant, none, half_open_leak, half_open_flood, late_result_counts, minimum_ignored, open_is_advice, open_closes,
                  retries_earn_budget, bulkhead_double_release, tat_max_omitted, check_then_act, keys_in_memory,
                  fingerprint_ignored, reply_not_stored, works_past_deadline, deadline_restarts)

}  // namespace protocols::resilience
