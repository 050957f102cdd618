// Building a run: the world of a scenario and a seed, and what is left out of it.
#include <algorithm>
#include <cassert>

#include "sim/core/words.hpp"
#include "sim/scenario/run.hpp"

namespace sim {

void Run::build() {
  const Scenario& scenario = *scenario_;
  const auto clock_of = [&](NodeId id) {
    for (const ClockPlan& plan : scenario.clocks) {
      if (plan.node == id) return plan.clock;
    }
    return Clock{};
  };
  std::vector<Error> none;  // the loader has made each node once already, to see that it can
  for (const SystemPlan& system : scenario.systems) {
    for (const NodeId id : system.members) {
      auto node = system.protocol->make_node(system.config, system.mutant, "", none);
      assert(node.has_value());
      world_.add(std::move(*node), {.system = system.name,
                                    .name = scenario.node_names[index(id)],
                                    .fsync = system.fsync,
                                    .cost = system.cost,
                                    .clock = clock_of(id),
                                    .role = system.protocol->role});
    }
  }
  for (const ClientPlan& group : scenario.clients) {
    for (const NodeId id : group.members) {
      world_.add(group.kind->make(group.workload),
                 {.system = "clients", .name = scenario.node_names[index(id)], .clock = clock_of(id)});
    }
  }
  world_.start(scenario.network);
  world_.set_checksums(scenario.checksums);
  if (scenario.maybe_on.billionths > 0) world_.set_rarities(scenario.maybe_on, scenario.maybe_fires);
  for (const LinkPlan& plan : scenario.links) world_.network().set_link(plan.from, plan.to, plan.link);

  Expansion expansion = expand(scenario.plan, world_.seed(), scenario.faults_stop, scenario.node_names);
  planned_faults_ = expansion.occurrences.size();
  choices_.insert(choices_.end(), expansion.choices.begin(), expansion.choices.end());
  const std::vector<std::uint32_t>& without = options_.decisions.faults;
  for (std::size_t i = without.size(); i-- > 0;) {
    if (without[i] < expansion.occurrences.size())
      expansion.occurrences.erase(expansion.occurrences.begin() + static_cast<std::ptrdiff_t>(without[i]));
  }
  schedule(world_, expansion, scenario.faults_stop);
  world_.omit(options_.decisions.omissions);
}

// ---- decisions ------------------------------------------------------------------------------------------------------

namespace {

Value numbers_of(const Decisions& decisions, Omission::Kind kind, const Scenario& scenario) {
  Value::Map out;
  for (std::uint32_t node = 0; node < scenario.node_names.size(); ++node) {
    Value::List numbers;
    for (const Omission& o : decisions.omissions) {
      if (o.kind == kind && o.node == NodeId{node}) numbers.emplace_back(static_cast<std::int64_t>(o.number));
    }
    if (!numbers.empty()) out.emplace_back(scenario.node_names[node], std::move(numbers));
  }
  return out;
}

/// Whole numbers in ascending order; false: it is something else.
bool read_numbers(const Value& value, std::vector<std::uint64_t>& into) {
  if (value.list() == nullptr) return false;
  for (const Value& n : *value.list()) {
    if (n.integer() == nullptr || *n.integer() < 0) return false;
    into.push_back(static_cast<std::uint64_t>(*n.integer()));
  }
  std::sort(into.begin(), into.end());
  into.erase(std::unique(into.begin(), into.end()), into.end());
  return true;
}

constexpr std::string_view kNumbers = "expected a list of whole numbers";

std::optional<Error> read_omissions(const Value& value, const std::string& path, Omission::Kind kind, const Scenario& scenario,
                                    Decisions& into) {
  if (value.map() == nullptr) return Error{path, "found " + value.to_json() + ", expected an object by the names of nodes"};
  for (const auto& [name, list] : *value.map()) {
    const auto node = scenario.find_node(name);
    if (!node) return Error{path_to(path, name), "unknown node \"" + name + "\""};
    std::vector<std::uint64_t> numbers;
    if (!read_numbers(list, numbers)) return Error{path_to(path, name), "found " + list.to_json() + ", " + std::string(kNumbers)};
    for (const std::uint64_t n : numbers) into.omissions.push_back({kind, *node, n});
  }
  return std::nullopt;
}

}  // namespace

Value to_value(const Decisions& decisions, const Scenario& scenario) {
  Value::List faults;
  for (const std::uint32_t n : decisions.faults) faults.emplace_back(std::int64_t{n});
  return Value::Map{{"faults", std::move(faults)},
                    {"messages", numbers_of(decisions, Omission::Kind::message, scenario)},
                    {"timers", numbers_of(decisions, Omission::Kind::timer, scenario)}};
}

Result<Decisions> read_decisions(const Value& value, const Scenario& scenario, const std::string& path) {
  Decisions out;
  if (value.map() == nullptr) return Error{path, "found " + value.to_json() + ", expected an object"};
  for (const auto& [key, member] : *value.map()) {
    const std::string at = path_to(path, key);
    std::optional<Error> wrong;
    if (key == "faults") {
      std::vector<std::uint64_t> numbers;
      if (!read_numbers(member, numbers) || (!numbers.empty() && numbers.back() > UINT32_MAX))
        return Error{at, "found " + member.to_json() + ", " + std::string(kNumbers)};
      for (const std::uint64_t n : numbers) out.faults.push_back(static_cast<std::uint32_t>(n));
    } else if (key == "messages") {
      wrong = read_omissions(member, at, Omission::Kind::message, scenario, out);
    } else if (key == "timers") {
      wrong = read_omissions(member, at, Omission::Kind::timer, scenario, out);
    } else {
      return Error{at, "unknown member, expected faults, messages or timers"};
    }
    if (wrong) return *wrong;
  }
  std::sort(out.omissions.begin(), out.omissions.end());
  return out;
}

}  // namespace sim
