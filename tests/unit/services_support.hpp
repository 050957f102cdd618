// What the tests of services share: worlds of services and clients, and what the clients saw.
#pragma once

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "protocols/services/client.hpp"
#include "protocols/services/node.hpp"
#include "sim/engine/world.hpp"
#include "tests/unit/catch.hpp"

namespace services_test {

using namespace protocols::services;  // NOLINT(google-build-using-namespace)
using sim::Duration;
using sim::NodeId;
using sim::Time;
using namespace sim::literals;  // NOLINT(google-build-using-namespace)

constexpr Time at(Duration d) { return Time{} + d; }

struct Named {
  std::string name;
  Config config;
  Mutant mutant = Mutant::none;
};

inline sim::Link link_of(Duration latency, sim::Ratio loss = {}) {
  sim::Link link;
  link.latency = sim::Latency::fixed(latency);
  link.loss = loss;
  return link;
}

/// A world of one node each of these systems, and a client of the first.
inline sim::World world_of(const std::vector<Named>& systems, sim::check::Workload workload, std::uint64_t seed,
                           const sim::Link& link, Duration fsync = {}) {
  sim::World world(seed);
  for (const Named& s : systems) {
    world.add(sim::NodeBox(Node(s.config, s.mutant)), {.system = s.name, .name = s.name, .fsync = sim::Latency::fixed(fsync)});
  }
  workload.target = systems.front().name;
  world.add(sim::NodeBox(Client(workload)), {.system = "clients", .name = "c1", .fsync = {}});
  world.start(link);
  return world;
}

inline void run_until(sim::World& world, Duration until) {
  while (world.step(at(until))) {
  }
}

inline const Node& service(const sim::World& world, std::uint32_t id) {
  const Node* node = world.node_as<Node>(NodeId{id});
  REQUIRE(node != nullptr);
  return *node;
}

/// What arrived and what went out, over the whole run.
inline Second total(const Node& node) {
  Second out;
  for (const Second& s : node.seconds) {
    out = {out.arrived + s.arrived, out.good + s.good, out.other + s.other, out.calls + s.calls};
  }
  return out;
}

/// How long each operation that ended ok took, in seconds, in the order of their ends.
inline std::vector<double> sojourns(const sim::World& world) {
  std::map<std::uint64_t, Time> began;
  std::vector<double> out;
  const auto& seen = world.observations();
  for (std::uint64_t i = seen.first(); i <= seen.last(); ++i) {
    const sim::Observation& o = seen.at(i);
    if (const auto* invoked = o.what.as<sim::check::Invoked>()) began[invoked->process] = o.at;
    if (const auto* returned = o.what.as<sim::check::Returned>()) {
      if (returned->outcome == sim::check::Outcome::ok) {
        out.push_back(static_cast<double>((o.at - began[returned->process]).ns) / 1e9);
      }
    }
  }
  return out;
}

struct Estimate {
  double mean = 0;
  double error = 0;  // standard error, by batch means
};

inline Estimate estimate(const std::vector<double>& values, std::size_t batches = 40) {
  const std::size_t size = values.size() / batches;
  std::vector<double> means(batches);
  Estimate out;
  for (std::size_t b = 0; b < batches; ++b) {
    for (std::size_t i = 0; i < size; ++i) means[b] += values[b * size + i] / static_cast<double>(size);
    out.mean += means[b] / static_cast<double>(batches);
  }
  double square = 0;
  for (const double m : means) square += (m - out.mean) * (m - out.mean);
  out.error = std::sqrt(square / static_cast<double>(batches * (batches - 1)));
  return out;
}

}  // namespace services_test
