// Network: what happens to a message between two nodes. Pure values; the engine asks it once a message.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "sim/core/describe.hpp"
#include "sim/core/random.hpp"

namespace sim {

/// The shapes of a random length of time.
enum class LatencyKind : std::uint8_t { fixed, uniform, exponential, log_normal, pareto };
SIM_DESCRIBE_ENUM(LatencyKind, fixed, uniform, exponential, log_normal, pareto)

/// A distribution of lengths of time, for links and disks.
struct Latency {
  LatencyKind kind = LatencyKind::fixed;
  Duration
      low{};  ///< fixed: the value; uniform: the least; exponential: a floor under it; log-normal: the median; pareto: the least
  Duration high{};  ///< uniform: the greatest; exponential: the mean of what comes on top of the floor
  Ratio shape{};    ///< log-normal: sigma; pareto: alpha (above 1 it has a mean)
  SIM_DESCRIBE(Latency, kind, low, high, shape)

  static constexpr Latency fixed(Duration value) { return {LatencyKind::fixed, value, {}, {}}; }
  static constexpr Latency uniform(Duration low, Duration high) { return {LatencyKind::uniform, low, high, {}}; }
  bool is_zero() const { return kind == LatencyKind::fixed && low == Duration{}; }
  Duration sample(Rng& rng) const;
};

/// How one direction of one link behaves.
struct Link {
  Latency latency = Latency::uniform(1_ms, 5_ms);
  Ratio loss{};                        ///< share of messages that never arrive
  Ratio duplicate{};                   ///< share of messages that arrive twice, the copy with a latency of its own
  Ratio corrupt{};                     ///< share of messages that arrive with a bit flipped
  bool fifo = false;                   ///< no message overtakes another; false: latency alone decides
  std::uint64_t bytes_per_second = 0;  ///< messages queue for the wire; 0: unlimited
  SIM_DESCRIBE(Link, latency, loss, duplicate, corrupt, fifo, bytes_per_second)
};

/// Something that is wrong, for a time, with messages from one set of nodes to another.
struct Disturbance {
  std::vector<std::uint8_t> from;  ///< by node: 1 if it belongs to the first set
  std::vector<std::uint8_t> to;    ///< by node: 1 if it belongs to the second set
  bool both_ways = true;
  bool cut = false;   ///< nothing gets through
  bool clog = false;  ///< nothing gets through, but what is sent is kept, and sent again when this is over
  Ratio loss{};       ///< on top of the link's own
  Ratio duplicate{};
  Ratio corrupt{};
  Duration delay{};   ///< on top of the link's own
  Duration jitter{};  ///< a random delay from 0 to this, on top
  Duration burst{};   ///< losses come in bursts: of such lengths of time, a share of `loss` loses everything; 0: each by itself
  std::uint64_t bytes_per_second = 0;  ///< at most; 0: as the link has it
  std::vector<std::uint16_t> ring{};   ///< by node: its place in a ring, from 1; 0: it stands in none. Instead of from and to
  std::uint16_t ring_size = 0;
  std::uint16_t ring_reach = 0;  ///< how far from its own place a node sees
  SIM_DESCRIBE(Disturbance, from, to, both_ways, cut, clog, loss, duplicate, corrupt, delay, jitter, burst, bytes_per_second, ring,
               ring_size, ring_reach)

  bool hits(NodeId sender, NodeId receiver) const {
    if (ring_size > 0) return too_far(ring[index(sender)], ring[index(receiver)]);
    return (from[index(sender)] != 0 && to[index(receiver)] != 0) ||
           (both_ways && from[index(receiver)] != 0 && to[index(sender)] != 0);
  }

 private:
  bool too_far(std::uint16_t a, std::uint16_t b) const {
    if (a == 0 || b == 0) return false;
    const int apart = a < b ? b - a : a - b;
    return std::min(apart, ring_size - apart) > ring_reach;
  }
};

/// What becomes of a message.
enum class Fate : std::uint8_t { delivered, lost, cut, clogged };

struct Route {
  Fate fate = Fate::delivered;
  Time arrives{};               ///< if delivered
  bool corrupt = false;         ///< it arrives with a bit flipped
  std::optional<Time> again{};  ///< when the duplicate arrives, if there is one
};

/// All links of a world. Every message draws from a stream of its own, named by its link and its number among its
/// sender's messages, at fixed places for loss, duplication, corruption and latency: changing one decision moves no other.
class Network {
 public:
  Network() = default;
  /// `nodes` is the number of nodes of the world, at most 2^20.
  Network(std::uint64_t seed, std::size_t nodes, Link standard);

  /// From now on every message draws from streams of another seed.
  void reseed(std::uint64_t seed) { key_ = Rng(seed, "net", 0).key(); }

  /// Overrides one direction of one link.
  void set_link(NodeId from, NodeId to, Link link);
  const Link& link(NodeId from, NodeId to) const;

  /// Adds a disturbance under a number of the caller's choice; removes it; removes all.
  void disturb(std::uint32_t number, Disturbance disturbance);
  void calm(std::uint32_t number);
  void calm_all() { disturbances_.clear(); }
  /// From now on no disturbance touches messages between two of these nodes (by node: 1 if it is one).
  void spare(std::vector<std::uint8_t> nodes) { spared_ = std::move(nodes); }
  bool disturbed_by(std::uint32_t number) const {
    return std::any_of(disturbances_.begin(), disturbances_.end(), [&](const auto& d) { return d.first == number; });
  }
  bool disturbed() const { return !disturbances_.empty(); }
  /// Whether a message sent now would be held.
  bool clogged(NodeId from, NodeId to) const;

  /// The fate of the n-th message of `from`. `bytes` matters only on links with a bandwidth.
  Route route(NodeId from, NodeId to, std::uint64_t n, Time now, std::uint64_t bytes);
  /// Whether route() wants to know the size of messages.
  bool wants_size() const { return has_bandwidth_; }

  friend void hash_into(Digest& d, const Network& network);

 private:
  struct Override {
    NodeId from;
    NodeId to;
    Link link;
  };
  struct Wire {  // what a link remembers, where it must
    Time last_arrival{};
    Time free_at{};
  };
  /// What all disturbances together do to one message.
  struct Trouble {
    bool cut = false;
    bool clog = false;
    bool burst = false;
    std::uint64_t loss = 0;
    std::uint64_t duplicate = 0;
    std::uint64_t corrupt = 0;
    Duration delay{};
    Duration jitter{};
    std::uint64_t bytes_per_second = 0;
  };
  Trouble trouble(const Link& link, NodeId from, NodeId to, Time now) const;
  bool spared(NodeId from, NodeId to) const { return !spared_.empty() && spared_[index(from)] != 0 && spared_[index(to)] != 0; }
  Wire& wire(NodeId from, NodeId to);
  Time arrival(const Link& link, std::uint64_t bytes_per_second, NodeId from, NodeId to, Time now, Duration latency,
               std::uint64_t bytes);
  void note_needs(const Link& link);

  std::uint64_t key_ = 0;
  std::size_t nodes_ = 0;
  Link standard_;
  std::vector<std::uint16_t> override_of_;  // by from * nodes + to, 0 for none; empty while there are none
  std::vector<Override> overrides_;
  std::vector<std::pair<std::uint32_t, Disturbance>> disturbances_;
  std::vector<std::uint8_t> spared_;  // by node; empty: none is
  std::vector<Wire> wires_;           // by from * nodes + to; empty while no link is FIFO or has a bandwidth
  bool has_wires_ = false;
  bool has_bandwidth_ = false;
};

}  // namespace sim
