// memberlist's formulas (util.go, suspicion.go) in integers, so that every machine computes the same.
//
// Logarithms are fixed-point numbers with 40 fractional bits, found bit by bit: square the mantissa, and where it passes 2 the
// next bit is one. The error is below one unit, downwards; powers of two are exact.
#pragma once

#include <cstdint>

#include "sim/core/time.hpp"

namespace protocols::swim {

/// log2 of x, which is at least 1, times 2^40, rounded down.
std::uint64_t log2_fixed(std::uint64_t x);

/// A thousand times log10 of x, which is at least 1, rounded down. Exact for x up to 2^20, powers of ten among them.
std::uint64_t log10_thousandths(std::uint64_t x);

/// How long a member of a group of n stays suspected at least: mult * max(1, log10 n) * interval, the logarithm cut to
/// thousandths (suspicionTimeout).
sim::Duration suspicion_timeout(std::uint32_t mult, std::uint64_t n, sim::Duration interval);

/// How often one update is sent by one member at most: mult * ceil(log10(n + 1)) (retransmitLimit).
std::uint32_t retransmit_limit(std::uint32_t mult, std::uint64_t n);

/// The interval of syncs, longer in groups of more than 32: times ceil(log2 n - 5) + 1 (pushPullScale).
sim::Duration sync_scale(sim::Duration interval, std::uint64_t n);

/// The bounds between which a suspicion's timeout falls while others confirm it.
struct Decay {
  std::uint32_t wanted = 0;  ///< confirmations after which it is at its least; at least 1
  sim::Duration min{};
  sim::Duration max{};
};

/// The timeout once `confirmations` others suspect the member too: max - (max - min) * ln(c + 1) / ln(k + 1), cut to
/// milliseconds, at least min (remainingSuspicionTime; Lifeguard §IV.B).
sim::Duration decayed_timeout(const Decay& decay, std::uint32_t confirmations);

}  // namespace protocols::swim
