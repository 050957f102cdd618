// Ring: a sum over the newest positions of a sequence, in constant time. A position is a call's number (a window of the last
// n calls) or the number of a stretch of time (a window of the last n buckets).
#pragma once

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <vector>

#include "sim/core/describe.hpp"

namespace protocols::resilience {

/// Of a T that adds and subtracts. Moving on clears what falls out, at most once each: constant time per position passed, and
/// never more than the ring is long.
template <class T>
struct Ring {
  std::vector<T> slots;  ///< by position, modulo their number
  T total{};             ///< of all slots
  std::int64_t at = 0;   ///< the newest position
  bool used = false;     ///< something was counted: until then any position may be the first
  SIM_DESCRIBE(Ring, slots, total, at, used)

  Ring() = default;
  /// Over so many positions, at least 1.
  explicit Ring(std::size_t positions) : slots(std::max<std::size_t>(positions, 1)) {}

  /// The window ends at `position` from now on. Going back changes nothing: what was counted stays in the newest position.
  void advance_to(std::int64_t position) {
    if (!used) at = position;
    if (position <= at) return;
    const auto size = static_cast<std::int64_t>(slots.size());
    const std::int64_t steps = position - at < size ? position - at : size;
    for (std::int64_t k = 0; k < steps; ++k) {
      T& old = slots[place(position - k)];
      total -= old;
      old = T{};
    }
    at = position;
  }
  /// Adds to the newest position.
  void add(const T& what) {
    used = true;
    slots[place(at)] += what;
    total += what;
  }

 private:
  std::size_t place(std::int64_t position) const {
    const auto size = static_cast<std::int64_t>(slots.size());
    return static_cast<std::size_t>((position % size + size) % size);
  }
};

/// The number of the stretch of that length in which an instant lies (before 0: negative).
constexpr std::int64_t stretch(sim::Time at, sim::Duration length) {
  const std::int64_t quotient = at.ns / length.ns;
  return at.ns % length.ns < 0 ? quotient - 1 : quotient;
}

/// Whether part / whole is at least r, exactly. Both below 2^32.
constexpr bool at_least(std::uint64_t part, std::uint64_t whole, sim::Ratio r) {
  assert(part < (std::uint64_t{1} << 32U));
  assert(whole < (std::uint64_t{1} << 32U));
  return part * sim::Ratio::kOne >= r.billionths * whole;
}

}  // namespace protocols::resilience
