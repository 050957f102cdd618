// Plan: the faults of a scenario before chance has decided when and whom they hit, and what a seed makes of them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim/engine/world.hpp"

namespace sim {

/// Whom a fault hits, as a scenario says it.
struct Pick {
  /// How many of the nodes, where it is not a number.
  enum class Share : std::uint8_t { number, minority, half, majority };
  std::vector<NodeId> nodes;               ///< these, or those to choose from
  std::uint32_t random = 0;                ///< choose so many of them; 0: all
  Share share = Share::number;             ///< choose fewer than half of them (at least one), half, or more than half
  std::vector<std::vector<NodeId>> zones;  ///< choose one of these instead
  std::string system;                      ///< with a role: of which system
  std::string role;                        ///< whoever plays it when the fault begins

  bool empty() const { return nodes.empty() && role.empty() && zones.empty(); }
};

/// How a fault that hits several nodes goes about it.
enum class Shape : std::uint8_t {
  together,  ///< all at once
  rolling,   ///< one after the other, `step` apart, in their order
  swizzle,   ///< one after the other within `step`, in a random order; mended so in another order at the end
  ring,      ///< partition: each sees its neighbours only, just a majority (Jepsen's majorities-ring)
  bridge,    ///< partition: two halves that see only one node in common (Jepsen's bridge)
};

SIM_DESCRIBE_ENUM(Shape, together, rolling, swizzle, ring, bridge)

/// A fault that comes at a time, or again and again at random times.
struct PlannedFault {
  Fault fault;  ///< what it is; its targets are filled in by the picks
  Pick target;
  Pick others;
  Shape shape = Shape::together;
  Duration step{};               ///< of rolling and swizzle
  Duration flap{};               ///< while it lasts it comes and goes, so long each; 0: it stays
  Time at{};                     ///< the time, or the beginning of the span of a repeated one
  Duration every{};              ///< mean time between two (exponential); 0: once
  std::optional<Time> until;     ///< repeated: none begins from here on; else until faults stop
  std::optional<Latency> lasts;  ///< how long each lasts; else until faults stop
  std::uint32_t weight = 1;      ///< in a nemesis: how often it comes, relative to the others
};

/// A mix of faults: at random times, one of them by weight.
struct Nemesis {
  Time from{};
  Duration every{};  ///< mean time between two; 0: there is no nemesis
  std::optional<Time> until{};
  std::vector<PlannedFault> mix{};
};

/// All that goes wrong in a scenario.
struct FaultPlan {
  std::vector<PlannedFault> faults{};
  Nemesis nemesis{};
  bool swarm = false;  ///< leave out each family of faults in half of the seeds
  /// Faults that destroy what was durable hit only a minority of each of these systems, the same one for a whole seed, so that
  /// enough good copies are left for a protocol that copes with it. Empty: they hit anyone.
  std::vector<std::vector<NodeId>> atlas{};
  /// Once faults stop, a random majority of each of these systems is healed, and what ails the others stays for good. Empty: all
  /// are healed.
  std::vector<std::vector<NodeId>> cores{};
  std::vector<NodeId> beside_core{};  ///< the clients, which are healed with the core
};

/// One fault that a seed has decided on.
struct Occurrence {
  Fault fault;
  Time at{};
  std::optional<Time> ends;  ///< none: it is one that does not end, or never does
};

/// What a seed makes of a plan.
struct Expansion {
  std::vector<Occurrence> occurrences;
  std::vector<std::string> choices;  ///< what it decided for the whole run, a line each
  std::vector<NodeId> core;          ///< who is healed when faults stop; empty: all
};

/// Decides everything about the faults of a run that does not depend on the run itself. Each entry of the plan has a stream of
/// its own. All faults end at `stop` at the latest (unless a core is left); none begins at or after it. `names` are the nodes'.
Expansion expand(const FaultPlan& plan, std::uint64_t seed, Time stop, std::span<const std::string> names);

/// The family of a fault, for swarms and reports: "crash", "disk rot".
std::string family(const Fault& fault);

/// Puts the faults into a world that has not started. With a core, what has not ended at `stop` goes on for all others.
void schedule(World& world, const Expansion& expansion, Time stop);

}  // namespace sim
