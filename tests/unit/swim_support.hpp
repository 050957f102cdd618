// What the tests of SWIM share: groups of real members in a world, and what an observer sees of them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocols/membership/swim/node.hpp"
#include "sim/engine/world.hpp"
#include "tests/unit/catch.hpp"

namespace swim_test {

using namespace sim;              // NOLINT(google-build-using-namespace)
using namespace protocols::swim;  // NOLINT(google-build-using-namespace)
using Node = protocols::swim::Node;

/// SWIM as the paper's formulas count it: random targets, everybody's periods begin together, news only rides on probes.
inline Config paper() {
  Config config;
  config.targets = Targets::random;
  config.stagger = false;
  config.suspicion_max_mult = 1;
  config.health_max = 1;
  config.buddy = false;
  config.gossip_interval = {};
  config.sync_interval = {};
  config.reconnect_interval = {};
  return config;
}

/// A group of n members, not yet started.
inline World group(std::uint64_t seed, std::uint32_t n, const Config& config, const Link& link) {
  World world(seed);
  for (std::uint32_t i = 0; i < n; ++i) world.add(NodeBox(Node(config)), NodeOptions{"group", "n" + std::to_string(i + 1)});
  world.start(link);
  return world;
}

inline const Node& member(const World& world, std::uint32_t i) { return *world.node_as<Node>(NodeId{i}); }

inline void run_until(World& world, Duration until) {
  while (world.step(Time{} + until)) {
  }
}

inline Fault fault(FaultKind kind, std::uint32_t node) {
  Fault out;
  out.kind = kind;
  out.target.nodes = {NodeId{node}};
  return out;
}

}  // namespace swim_test
