// Scenario: what a scenario file says, read and checked.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/check/workload.hpp"
#include "sim/fault/plan.hpp"
#include "sim/net/network.hpp"
#include "sim/scenario/registry.hpp"

namespace sim {

/// One system of a scenario: a protocol and the nodes that run it.
struct SystemPlan {
  std::string name;
  const check::SystemInfo* protocol = nullptr;
  std::vector<NodeId> members;
  Value config;
  std::string mutant;
  Latency fsync;
  Duration cost{};  ///< of each event at a node
};

/// A group of clients.
struct ClientPlan {
  check::Workload workload;
  const check::WorkloadInfo* kind = nullptr;
  const check::SystemInfo* protocol = nullptr;  ///< of the system they call
  std::vector<NodeId> members;
};

/// A link that differs from the standard, in one direction.
struct LinkPlan {
  NodeId from{};
  NodeId to{};
  Link link;
};

/// A clock that differs from true time.
struct ClockPlan {
  NodeId node{};
  Clock clock;
};

/// A set of nodes that fail together: a rack, a data centre.
struct Zone {
  std::string name;
  std::vector<NodeId> nodes;
};

/// A setting that each seed draws for itself.
struct SwarmSetting {
  std::size_t system = 0;  ///< whose, by its place
  std::string field;
  std::vector<Value> choices;  ///< one of these; or, if `range`, between the first and the second
  bool range = false;
};

/// What each seed leaves out or draws for itself, beside faults.
struct Swarm {
  bool operations = false;
  std::vector<SwarmSetting> settings;
};

/// A scenario, ready to be built for any seed. Refers to the registry that it was read with, which must outlive it.
struct Scenario {
  std::string name;
  std::string description;
  std::vector<SystemPlan> systems;
  std::vector<ClientPlan> clients;
  std::vector<std::string> node_names;  ///< by id: the systems' nodes in order, then the clients
  Link network;
  std::vector<LinkPlan> links;
  std::vector<ClockPlan> clocks;
  bool checksums = true;
  std::vector<Zone> zones;
  FaultPlan plan;
  Swarm swarm;
  Ratio maybe_on{};                   ///< share of seeds in which a place that says ctx.maybe() is on
  Ratio maybe_fires{};                ///< how often it then fires
  Time duration{};                    ///< when the run ends
  Time faults_stop{};                 ///< from here on no fault; liveness is judged on what follows
  std::vector<std::string> checks;    ///< full names of the claims to look at; empty: all
  std::optional<std::string> expect;  ///< the full name of the claim that is expected to be violated
  Value source;                       ///< the document itself, for bundles

  /// The id of a node by its name.
  std::optional<NodeId> find_node(std::string_view name) const;
  /// The full name of a claim of one of the systems: "raft.election-safety"; where several systems run one protocol, it begins
  /// with the system's name instead of the protocol's.
  std::string claim_name(const SystemPlan& system, std::string_view claim) const;
  /// Whether the history claim is about anything here: one that is bound to a workload needs clients of the system that have it.
  bool has_clients_for(const SystemPlan& system, const check::HistoryInfo& history) const;
};

/// What a seed makes of a scenario with a swarm: its clients' operations and settings drawn. Adds a line to `choices` for each.
Scenario instantiate(const Scenario& scenario, std::uint64_t seed, std::vector<std::string>& choices);

/// What reading a scenario gives: the scenario, or every mistake in it.
struct Loaded {
  std::optional<Scenario> scenario;
  std::vector<Error> errors;  ///< `where` is a JSON path such as "/systems/0/config/heartbeat"
};

/// Reads a scenario document. All mistakes are reported together.
Loaded load_scenario(const Value& document, const Registry& registry);

/// Changes one member of a document: `assignment` is PATH=VALUE with PATH as "systems.0.nodes" or "/systems/0/nodes", and
/// VALUE as JSON, or as a text where it is none. Error: no '=', or a path through something that is not there.
std::optional<Error> set_member(Value& document, std::string_view assignment);

/// A JSON Schema (2020-12) of scenario files with the systems of that registry.
std::string scenario_schema(const Registry& registry);

}  // namespace sim
