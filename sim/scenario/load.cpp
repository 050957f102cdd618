// Reading a scenario document.
#include <algorithm>
#include <set>

#include "sim/scenario/reading.hpp"

namespace sim {

using reading::Errors;
using reading::Object;

namespace {

constexpr std::size_t kMostNodes = std::size_t{1} << 20U;
constexpr std::uint32_t kMostClients = 10'000;
constexpr std::size_t kMostLinks = 65535;  // as many overrides as a Network has room for

void add_node(Scenario& scenario, std::vector<NodeId>& members, std::string name, const std::string& path, Errors& errors) {
  if (scenario.find_node(name) || name == "any") errors.push_back({path, "the name \"" + name + "\" is taken"});
  members.push_back(NodeId{static_cast<std::uint32_t>(scenario.node_names.size())});
  scenario.node_names.push_back(std::move(name));
}

void read_nodes(const Object& object, bool only_system, Scenario& scenario, SystemPlan& system) {
  const Value* nodes = object.find("nodes");
  if (nodes == nullptr) return;
  if (const std::int64_t* count = nodes->integer();
      count != nullptr && *count >= 1 && *count <= static_cast<std::int64_t>(kMostNodes)) {
    const std::string stem = only_system ? "n" : system.name + "-";
    const std::set<std::string> taken(scenario.node_names.begin(), scenario.node_names.end());
    for (std::int64_t i = 1; i <= *count; ++i) {
      std::string name = stem + std::to_string(i);
      if (taken.contains(name)) object.wrong("nodes", "the name \"" + name + "\" is taken");
      system.members.push_back(NodeId{static_cast<std::uint32_t>(scenario.node_names.size())});
      scenario.node_names.push_back(std::move(name));
    }
  } else if (const Value::List* names = nodes->list(); names != nullptr && !names->empty()) {
    for (std::size_t i = 0; i < names->size(); ++i) {
      const std::string path = object.path("nodes") + "/" + std::to_string(i);
      if (const std::string* name = (*names)[i].text(); name != nullptr && !name->empty()) {
        add_node(scenario, system.members, *name, path, object.errors());
      } else {
        object.errors().push_back({path, "found " + (*names)[i].to_json() + ", expected a name"});
      }
    }
  } else {
    object.wrong("nodes", "found " + nodes->to_json() + ", expected a number from 1 to " + std::to_string(kMostNodes) +
                              " or a list of names");
  }
}

void read_mutant(const Object& object, SystemPlan& system) {
  object.read("mutant", system.mutant);
  if (system.mutant.empty() || system.protocol == nullptr) return;
  std::vector<std::string> known;
  for (const check::MutantInfo& mutant : system.protocol->mutants) known.push_back(mutant.name);
  if (std::find(known.begin(), known.end(), system.mutant) == known.end()) {
    object.wrong("mutant", "unknown mutant \"" + system.mutant + "\" of " + system.protocol->name + ", " +
                               expected_one_of(system.mutant, known));
  }
}

void read_system(const Value& value, const std::string& path, const Registry& registry, bool only_system, Scenario& scenario,
                 Errors& errors) {
  const Object object(value, path, {format::kSystem}, errors);
  if (!object.valid()) return;
  SystemPlan system;
  system.fsync = Latency::fixed(1_ms);
  std::string protocol;
  object.read("protocol", protocol);
  if (!protocol.empty()) {
    system.protocol = registry.find(protocol);
    if (system.protocol == nullptr)
      object.wrong("protocol", "unknown protocol \"" + protocol + "\", " + expected_one_of(protocol, registry.names()));
  }
  system.name = protocol;
  object.read("name", system.name);
  if (system.name == "clients") object.wrong("name", "\"clients\" is the system that the clients belong to");
  for (const SystemPlan& other : scenario.systems) {
    if (other.name == system.name)
      object.wrong("name", "the name \"" + system.name + "\" is taken, and two systems cannot share it");
  }
  object.read("fsync", system.fsync);
  object.read("cost", system.cost);
  read_nodes(object, only_system, scenario, system);
  read_mutant(object, system);
  if (const Value* config = object.find("config"); config != nullptr) system.config = *config;
  if (system.protocol == nullptr) return;
  system.protocol->make_node(system.config, system.mutant, system.members.size(), object.path("config"),
                             errors);  // for its complaints
  scenario.systems.push_back(std::move(system));
}

void read_systems(const Value& value, const Registry& registry, Scenario& scenario, Errors& errors) {
  const Value::List* systems = value.list();
  if (systems == nullptr || systems->empty()) {
    errors.push_back({"/systems", "found " + value.to_json() + ", expected a list of systems"});
    return;
  }
  for (std::size_t i = 0; i < systems->size(); ++i) {
    read_system((*systems)[i], "/systems/" + std::to_string(i), registry, systems->size() == 1, scenario, errors);
  }
}

/// What the group's clients do: the first of their system's workloads unless it says another.
void read_workload(const Object& object, ClientPlan& group) {
  if (group.protocol == nullptr || group.protocol->workloads.empty()) return;
  std::string name = group.protocol->workloads.front().name;
  object.read("workload", name);
  std::vector<std::string> names;
  for (const check::WorkloadInfo& info : group.protocol->workloads) {
    names.push_back(info.name);
    if (info.name == name) group.kind = &info;
  }
  if (group.kind == nullptr)
    return object.wrong("workload",
                        "unknown workload \"" + name + "\" of " + group.protocol->name + ", " + expected_one_of(name, names));
  group.workload.kind = group.kind->kind;
  const bool one_key = group.workload.kind == check::WorkloadKind::reg || group.workload.kind == check::WorkloadKind::cas_register;
  if (one_key) group.workload.keys = 1;
}

/// Splits an object of a client group into what is the group's own and the workload's settings.
void read_group(const Value& value, const std::string& path, Scenario& scenario, Errors& errors) {
  if (value.map() == nullptr) {
    errors.push_back({path, "found " + value.to_json() + ", expected an object"});
    return;
  }
  ClientPlan group;
  Value::Map own;
  Value::Map settings;
  for (const auto& [key, member] : *value.map()) (key == "count" || key == "workload" ? own : settings).emplace_back(key, member);
  const Value own_value{std::move(own)};
  const Object object(own_value, path, {format::kClientsOnly}, errors);
  std::uint32_t count = 1;
  object.read("count", count);
  if (count == 0 || count > kMostClients)
    object.wrong("count", "found " + std::to_string(count) + ", expected from 1 to " + std::to_string(kMostClients));
  std::erase_if(settings, [&](const auto& member) {  // a workload's kind is said by "workload"
    if (member.first == "kind") errors.push_back({path + "/kind", "unknown field \"kind\", expected workload"});
    return member.first == "kind";
  });
  if (!scenario.systems.empty()) group.workload.target = scenario.systems.front().name;
  if (const Value* target = value.find("target"); target != nullptr && target->text() != nullptr)
    group.workload.target = *target->text();
  for (const SystemPlan& system : scenario.systems) {
    if (system.name == group.workload.target) group.protocol = system.protocol;
  }
  read_workload(object, group);
  const Errors wrong = check::read_config(group.workload, Value(std::move(settings)), path);
  errors.insert(errors.end(), wrong.begin(), wrong.end());
  if (group.workload.reads > Ratio::one()) {
    errors.push_back({path + "/reads", "found " + to_text(group.workload.reads) + ", expected at most 100%"});
  }
  if (group.workload.keys == 0 || group.workload.keys > 1'000'000) errors.push_back({path + "/keys", "expected from 1 to 1000000"});

  std::vector<std::string> names;
  for (const SystemPlan& system : scenario.systems) names.push_back(system.name);
  if (group.protocol == nullptr) {
    if (!names.empty())
      errors.push_back(
          {path + "/target", "unknown system \"" + group.workload.target + "\", " + expected_one_of(group.workload.target, names)});
    return;
  }
  if (group.protocol->workloads.empty()) {
    errors.push_back({path + "/target", "the protocol " + group.protocol->name + " has no clients"});
    return;
  }
  if (group.kind == nullptr) return;
  std::size_t already = 0;
  for (const ClientPlan& other : scenario.clients) already += other.members.size();
  for (std::uint32_t i = 1; i <= std::min(count, kMostClients); ++i)
    add_node(scenario, group.members, "c" + std::to_string(already + i), path, errors);
  scenario.clients.push_back(std::move(group));
}

void read_clients(const Value& value, Scenario& scenario, Errors& errors) {
  const Value::List* groups = value.list();
  if (groups == nullptr) {
    errors.push_back({"/clients", "found " + value.to_json() + ", expected a list of groups of clients"});
    return;
  }
  for (std::size_t i = 0; i < groups->size(); ++i) read_group((*groups)[i], "/clients/" + std::to_string(i), scenario, errors);
}

void read_network(const Value& value, Scenario& scenario, Errors& errors) {
  const Object object(value, "/network", {format::kLink, format::kNetworkOnly}, errors);
  reading::read_link(object, scenario.network);
  object.read("checksum", scenario.checksums);
  const Value* links = object.find("links");
  if (links == nullptr) return;
  if (links->list() == nullptr) {
    object.wrong("links", "found " + links->to_json() + ", expected a list of links");
    return;
  }
  for (std::size_t i = 0; i < links->list()->size(); ++i) {
    const Object entry((*links->list())[i], "/network/links/" + std::to_string(i), {format::kLink, format::kLinkOnly}, errors);
    if (!entry.valid()) continue;
    Link link = scenario.network;
    reading::read_link(entry, link);
    bool one_way = false;
    entry.read("one_way", one_way);
    Pick from;
    Pick to;
    if (const Value* end = entry.find("from"); end != nullptr)
      reading::read_nodes(*end, entry.path("from"), scenario, from, errors);
    if (const Value* end = entry.find("to"); end != nullptr) reading::read_nodes(*end, entry.path("to"), scenario, to, errors);
    for (const NodeId a : from.nodes) {
      for (const NodeId b : to.nodes) {
        scenario.links.push_back({a, b, link});
        if (!one_way) scenario.links.push_back({b, a, link});
      }
    }
  }
  std::set<std::pair<NodeId, NodeId>> different;
  for (const LinkPlan& plan : scenario.links) different.emplace(plan.from, plan.to);
  if (different.size() > kMostLinks) {
    object.wrong("links", "they are " + std::to_string(different.size()) + " links between two nodes, expected at most " +
                              std::to_string(kMostLinks));
  }
}

/// What a link remembers takes memory for every pair of nodes.
void limit_pairs(const Scenario& scenario, Errors& errors) {
  constexpr std::size_t most = 4096;
  const auto remembers = [](const Link& link) { return link.fifo || link.bytes_per_second > 0; };
  const bool pairs = remembers(scenario.network) || !scenario.links.empty();
  if (!pairs || scenario.node_names.size() <= most) return;
  errors.push_back({"/network", "fifo, bandwidth and links are for at most " + std::to_string(most) + " nodes, there are " +
                                    std::to_string(scenario.node_names.size())});
}

void read_clocks(const Value& value, Scenario& scenario, Errors& errors) {
  if (value.map() == nullptr) {
    errors.push_back({"/clocks", "found " + value.to_json() + ", expected an object of clocks by the names of nodes"});
    return;
  }
  for (const auto& [name, entry] : *value.map()) {
    Pick who;
    reading::read_nodes(Value(name), "/clocks/" + name, scenario, who, errors);
    const Object object(entry, "/clocks/" + name, {format::kClock}, errors);
    if (!object.valid()) continue;
    Clock clock;
    object.read_signed("offset", clock.offset);
    object.read_drift("drift", clock.drift_per_billion);
    for (const NodeId id : who.nodes) scenario.clocks.push_back({id, clock});
  }
}

void read_duration(const Object& object, Scenario& scenario) {
  Duration duration{};
  object.read("duration", duration);
  if (object.find("duration") != nullptr && duration <= Duration{}) object.wrong("duration", "expected more than 0s");
  scenario.duration = Time{} + duration;
  Duration quiet = std::min(5_s, duration / 2);
  object.read("quiet", quiet);
  if (quiet > duration) object.wrong("quiet", to_text(quiet) + " is longer than the duration, " + to_text(duration));
  scenario.faults_stop = scenario.duration - std::min(quiet, duration);
}

void read_zones(const Value& value, Scenario& scenario, Errors& errors) {
  if (value.map() == nullptr) {
    errors.push_back({"/zones", "found " + value.to_json() + ", expected an object of lists of nodes by the names of zones"});
    return;
  }
  for (const auto& [name, nodes] : *value.map()) {
    const std::string path = "/zones/" + name;
    const std::vector<SystemPlan>& systems = scenario.systems;
    const bool is_system =
        std::any_of(systems.begin(), systems.end(), [&, &name = name](const SystemPlan& system) { return system.name == name; });
    if (scenario.find_node(name) || name == "any" || is_system) errors.push_back({path, "the name \"" + name + "\" is taken"});
    Pick pick;
    reading::read_nodes(nodes, path, scenario, pick, errors);
    scenario.zones.push_back({name, std::move(pick.nodes)});
  }
}

void read_plan(const Object& object, Scenario& scenario) {
  Errors& errors = object.errors();
  if (const Value* faults = object.find("faults"); faults != nullptr) reading::read_faults(*faults, "/faults", scenario, errors);
  if (const Value* nemesis = object.find("nemesis"); nemesis != nullptr) reading::read_nemesis(*nemesis, scenario, errors);
  if (const Value* swarm = object.find("swarm"); swarm != nullptr) reading::read_swarm(*swarm, scenario, errors);
  if (const Value* maybe = object.find("maybe"); maybe != nullptr) reading::read_maybe(*maybe, scenario, errors);
  bool atlas = true;
  object.read("atlas", atlas);
  std::string core;
  object.read("core", core);
  if (!core.empty() && core != "majority") object.wrong("core", "found \"" + core + R"(", expected "majority")");
  for (const SystemPlan& system : scenario.systems) {
    if (atlas) scenario.plan.atlas.push_back(system.members);
    if (core == "majority") scenario.plan.cores.push_back(system.members);
  }
  if (core.empty()) return;
  for (const ClientPlan& group : scenario.clients)
    scenario.plan.beside_core.insert(scenario.plan.beside_core.end(), group.members.begin(), group.members.end());
}

/// Every claim that this scenario could check, by its full name.
std::vector<std::string> claim_names(const Scenario& scenario) {
  std::set<std::string> names;
  for (const SystemPlan& system : scenario.systems) {
    for (const check::ClaimInfo& claim : system.protocol->claims) names.insert(scenario.claim_name(system, claim.name));
    for (const check::HistoryInfo& history : system.protocol->histories) {
      if (scenario.has_clients_for(system, history)) names.insert(scenario.claim_name(system, history.model));
    }
  }
  names.insert("clients.progress");
  return {names.begin(), names.end()};
}

void read_claims(const Object& object, Scenario& scenario) {
  const std::vector<std::string> known = claim_names(scenario);
  const auto check_name = [&](const std::string& name, const std::string& path) {
    if (std::find(known.begin(), known.end(), name) != known.end()) return;
    object.errors().push_back({path, "unknown claim \"" + name + "\", " + expected_one_of(name, known)});
  };
  if (const Value* checks = object.find("checks"); checks != nullptr) {
    if (checks->list() == nullptr) object.wrong("checks", "found " + checks->to_json() + ", expected a list of claims");
    for (std::size_t i = 0; checks->list() != nullptr && i < checks->list()->size(); ++i) {
      const Value& name = (*checks->list())[i];
      const std::string path = object.path("checks") + "/" + std::to_string(i);
      if (name.text() == nullptr) {
        object.errors().push_back({path, "found " + name.to_json() + ", expected the name of a claim"});
        continue;
      }
      check_name(*name.text(), path);
      scenario.checks.push_back(*name.text());
    }
  }
  std::string expect = "no violation";
  object.read("expect", expect);
  constexpr std::string_view prefix = "violation of ";
  if (expect.starts_with(prefix)) {
    scenario.expect = expect.substr(prefix.size());
    check_name(*scenario.expect, object.path("expect"));
  } else if (expect != "no violation") {
    object.wrong("expect", "found \"" + expect + R"(", expected "no violation" or "violation of CLAIM")");
  }
}

}  // namespace

std::optional<NodeId> Scenario::find_node(std::string_view wanted) const {
  const auto it = std::find(node_names.begin(), node_names.end(), wanted);
  if (it == node_names.end()) return std::nullopt;
  return NodeId{static_cast<std::uint32_t>(it - node_names.begin())};
}

bool Scenario::has_clients_for(const SystemPlan& system, const check::HistoryInfo& history) const {
  return history.workload.empty() || std::any_of(clients.begin(), clients.end(), [&](const ClientPlan& group) {
           return group.workload.target == system.name && group.kind->name == history.workload;
         });
}

std::string Scenario::claim_name(const SystemPlan& system, std::string_view claim) const {
  const auto same =
      std::count_if(systems.begin(), systems.end(), [&](const SystemPlan& s) { return s.protocol == system.protocol; });
  return (same > 1 ? system.name : system.protocol->name) + "." + std::string(claim);
}

Loaded load_scenario(const Value& document, const Registry& registry) {
  Loaded out;
  const Object object(document, "", {format::kScenario}, out.errors);
  if (!object.valid()) return out;
  Scenario scenario;
  scenario.source = document;
  object.read("name", scenario.name);
  object.read("description", scenario.description);
  read_duration(object, scenario);
  // Names first: the rest of the file refers to them.
  if (const Value* systems = object.find("systems"); systems != nullptr) read_systems(*systems, registry, scenario, out.errors);
  if (const Value* clients = object.find("clients"); clients != nullptr) read_clients(*clients, scenario, out.errors);
  if (scenario.node_names.size() > kMostNodes) {
    out.errors.push_back({"/systems", "there are " + std::to_string(scenario.node_names.size()) +
                                          " nodes and clients, expected at most " + std::to_string(kMostNodes)});
  }
  if (const Value* network = object.find("network"); network != nullptr) read_network(*network, scenario, out.errors);
  limit_pairs(scenario, out.errors);
  if (const Value* clocks = object.find("clocks"); clocks != nullptr) read_clocks(*clocks, scenario, out.errors);
  if (const Value* zones = object.find("zones"); zones != nullptr) read_zones(*zones, scenario, out.errors);
  read_plan(object, scenario);
  read_claims(object, scenario);
  if (out.errors.empty()) out.scenario = std::move(scenario);
  return out;
}

}  // namespace sim
