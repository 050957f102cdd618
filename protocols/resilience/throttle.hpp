// Adaptive throttling by a client (Google SRE book, ch. 21 "Handling Overload", client-side throttling): it counts, over two
// minutes, its requests and those that the backend accepted, and rejects by itself with probability
//
//   max(0, (requests - K * accepts) / (requests + 1)).
//
// Requests that it rejects count as requests, so the share that goes through settles where the backend accepts one in K.
#pragma once

#include <cstdint>

#include "protocols/resilience/ring.hpp"
#include "sim/core/random.hpp"

namespace protocols::resilience {

using namespace sim::literals;  // NOLINT(google-build-using-namespace)

struct AdaptiveThrottle {
  struct Counts {
    std::uint64_t requests = 0;
    std::uint64_t accepts = 0;
    SIM_DESCRIBE(Counts, requests, accepts)
    Counts& operator+=(const Counts& o) { return *this = {requests + o.requests, accepts + o.accepts}; }
    Counts& operator-=(const Counts& o) { return *this = {requests - o.requests, accepts - o.accepts}; }
  };
  static constexpr std::int64_t kBuckets = 12;

  sim::Duration window = 120'000_ms;
  std::uint32_t k_percent = 200;  ///< K, in percent; at least 100
  Ring<Counts> seen{kBuckets};
  SIM_DESCRIBE(AdaptiveThrottle, window, k_percent, seen)

  /// Whether a request may be sent now. Counts it, either way.
  bool admits(sim::Time now, sim::Rng& rng) {
    seen.advance_to(stretch(now, window / kBuckets));
    const std::uint64_t wanted = seen.total.requests * 100;
    const std::uint64_t borne = seen.total.accepts * k_percent;
    const bool rejects = wanted > borne && rng.below(wanted + 100) < wanted - borne;
    seen.add({1, 0});
    return !rejects;
  }
  /// The backend accepted one: it did not refuse for overload, nor fail to answer.
  void accepted(sim::Time now) {
    seen.advance_to(stretch(now, window / kBuckets));
    seen.add({0, 1});
  }
};

}  // namespace protocols::resilience
