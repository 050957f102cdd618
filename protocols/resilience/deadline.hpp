// Deadlines, as gRPC propagates them: what travels with a call is how long its caller will still wait, so clocks need not
// agree; each receiver turns it into an instant of its own clock. Transit is not subtracted, so a receiver's instant is late by
// the time the call travelled.
#pragma once

#include <algorithm>

#include "sim/core/describe.hpp"

namespace protocols::resilience {

/// An instant of the holder's clock after which nobody waits for the answer.
struct Deadline {
  sim::Time at = sim::Time::max();  ///< max: none
  SIM_DESCRIBE(Deadline, at)

  /// That of a call that arrives now and whose caller will wait for so long.
  static Deadline after(sim::Time now, sim::Duration left) { return {now + left}; }
  bool none() const { return at == sim::Time::max(); }
  /// Whether work that would begin now is in vain.
  bool passed(sim::Time now) const { return now >= at; }
  /// How long is left, 0 where it has passed; the longest duration where there is none.
  sim::Duration left(sim::Time now) const { return none() ? sim::Duration::longest() : std::max(sim::Duration{}, at - now); }
  /// What a call that is made now may take: no longer than its own timeout, nor than what is left.
  sim::Duration for_call(sim::Time now, sim::Duration timeout) const { return std::min(timeout, left(now)); }
};

}  // namespace protocols::resilience
