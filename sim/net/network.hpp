// Network: what happens to a message between two nodes. Pure values; the engine asks it once a message.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
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
  bool fifo = false;                   ///< no message overtakes another; false: latency alone decides
  std::uint64_t bytes_per_second = 0;  ///< messages queue for the wire; 0: unlimited
  SIM_DESCRIBE(Link, latency, loss, duplicate, fifo, bytes_per_second)
};

/// Something that is wrong, for a time, with messages from one set of nodes to another.
struct Disturbance {
  std::vector<std::uint8_t> from;  ///< by node: 1 if it belongs to the first set
  std::vector<std::uint8_t> to;    ///< by node: 1 if it belongs to the second set
  bool both_ways = true;
  bool cut = false;  ///< nothing gets through
  Ratio loss{};      ///< on top of the link's own
  Ratio duplicate{};
  Duration delay{};  ///< on top of the link's own
  SIM_DESCRIBE(Disturbance, from, to, both_ways, cut, loss, duplicate, delay)

  bool hits(NodeId sender, NodeId receiver) const {
    return (from[index(sender)] != 0 && to[index(receiver)] != 0) ||
           (both_ways && from[index(receiver)] != 0 && to[index(sender)] != 0);
  }
};

/// What becomes of a message.
enum class Fate : std::uint8_t { delivered, lost, cut };

struct Route {
  Fate fate = Fate::delivered;
  Time arrives{};             ///< if delivered
  std::optional<Time> again;  ///< when the duplicate arrives, if there is one
};

/// All links of a world. Every message draws from a stream of its own, named by its link and its number among its
/// sender's messages, at fixed places for loss, duplication and latency: changing one decision moves no other.
class Network {
 public:
  Network() = default;
  /// `nodes` is the number of nodes of the world, at most 2^20.
  Network(std::uint64_t seed, std::size_t nodes, Link standard);

  /// Overrides one direction of one link.
  void set_link(NodeId from, NodeId to, Link link);
  const Link& link(NodeId from, NodeId to) const;

  /// Adds a disturbance under a number of the caller's choice; removes it; removes all.
  void disturb(std::uint32_t number, Disturbance disturbance);
  void calm(std::uint32_t number);
  void calm_all() { disturbances_.clear(); }
  bool disturbed() const { return !disturbances_.empty(); }

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
  Wire& wire(NodeId from, NodeId to);
  Time arrival(const Link& link, NodeId from, NodeId to, Time now, Duration latency, std::uint64_t bytes);
  void note_needs(const Link& link);

  std::uint64_t key_ = 0;
  std::size_t nodes_ = 0;
  Link standard_;
  std::vector<std::uint16_t> override_of_;  // by from * nodes + to, 0 for none; empty while there are none
  std::vector<Override> overrides_;
  std::vector<std::pair<std::uint32_t, Disturbance>> disturbances_;
  std::vector<Wire> wires_;  // by from * nodes + to; empty while no link is FIFO or has a bandwidth
  bool has_wires_ = false;
  bool has_bandwidth_ = false;
};

}  // namespace sim
