// Reading targets and faults.
#include <algorithm>

#include "sim/scenario/reading.hpp"

namespace sim::reading {

namespace {

const SystemPlan* find_system(const Scenario& scenario, std::string_view name) {
  for (const SystemPlan& system : scenario.systems) {
    if (system.name == name) return &system;
  }
  return nullptr;
}

std::vector<std::string> target_names(const Scenario& scenario) {
  std::vector<std::string> names = scenario.node_names;
  for (const SystemPlan& system : scenario.systems) names.push_back(system.name);
  names.emplace_back("any");
  return names;
}

void read_name(const std::string& name, const std::string& path, const Scenario& scenario, Pick& into, Errors& errors) {
  if (const auto node = scenario.find_node(name)) {
    into.nodes.push_back(*node);
  } else if (const SystemPlan* system = find_system(scenario, name); system != nullptr) {
    into.nodes.insert(into.nodes.end(), system->members.begin(), system->members.end());
  } else {
    errors.push_back({path, "unknown node \"" + name + "\", " + expected_one_of(name, target_names(scenario))});
  }
}

void read_choice(const Value& value, const std::string& path, const Scenario& scenario, Pick& into, Errors& errors) {
  const Object object(value, path, {format::kTarget}, errors);
  const SystemPlan* system = scenario.systems.empty() ? nullptr : &scenario.systems.front();
  std::string of;
  object.read("of", of);
  if (!of.empty()) {
    system = find_system(scenario, of);
    if (system == nullptr) {
      std::vector<std::string> names;
      for (const SystemPlan& s : scenario.systems) names.push_back(s.name);
      object.wrong("of", "unknown system \"" + of + "\", " + expected_one_of(of, names));
    }
  }
  if (system == nullptr) return;
  const Value* random = object.find("random");
  const Value* role = object.find("role");
  if ((random == nullptr) == (role == nullptr)) {
    errors.push_back({path, "expected either \"random\" or \"role\""});
  } else if (role != nullptr) {
    into.system = system->name;
    object.read("role", into.role);
    if (system->protocol->role == nullptr) object.wrong("role", "the protocol " + system->protocol->name + " tells no roles");
  } else {
    into.nodes = system->members;
    if (random->text() != nullptr && *random->text() == "minority") {
      into.minority = true;
    } else {
      object.read("random", into.random);
      if (into.random == 0 || into.random > into.nodes.size()) {
        object.wrong("random", "found " + random->to_json() + ", expected from 1 to " + std::to_string(into.nodes.size()) +
                                   ", or \"minority\"");
      }
    }
  }
}

void read_times(const Object& object, const Scenario& scenario, PlannedFault& planned) {
  Duration at{};
  object.read("at", at);
  object.read("every", planned.every);
  planned.at = Time{} + at;
  if (object.find("at") == nullptr && object.find("every") == nullptr) {
    object.errors().push_back({object.path(), R"(expected "at" (a time) or "every" (a mean distance))"});
  }
  if (object.find("every") != nullptr && planned.every < 1_us) object.wrong("every", "expected at least 1us");
  if (planned.at >= scenario.faults_stop && scenario.duration > Time{}) {
    object.wrong("at", to_text(at) + " is not before faults stop, at " + to_text(scenario.faults_stop) + " (duration less quiet)");
  }
  if (object.find("until") != nullptr) {
    Duration until{};
    object.read("until", until);
    planned.until = Time{} + until;
    if (object.find("every") == nullptr) object.wrong("until", "it belongs to a repeated fault, with \"every\"");
  }
  if (object.find("for") != nullptr) {
    planned.lasts = Latency{};
    object.read("for", *planned.lasts);
  }
}

void read_effect(const Object& object, Fault& fault) {
  bool one_way = false;
  object.read("one_way", one_way);
  fault.both_ways = !one_way;
  object.read("loss", fault.loss);
  object.read("duplicate", fault.duplicate);
  object.read("delay", fault.delay);
  object.read_signed("offset", fault.clock_offset);
  for (const auto& [key, ratio] : {std::pair<std::string_view, Ratio>{"loss", fault.loss}, {"duplicate", fault.duplicate}}) {
    if (ratio > Ratio::one()) object.wrong(key, "found " + to_text(ratio) + ", expected at most 100%");
  }

  const auto belongs = [&](std::string_view key, std::initializer_list<FaultKind> kinds) {
    if (object.find(key) == nullptr || std::find(kinds.begin(), kinds.end(), fault.kind) != kinds.end()) return;
    std::string owners;
    for (const FaultKind kind : kinds) {
      if (!owners.empty()) owners += " or ";
      owners += enum_name(kind);
    }
    object.wrong(key, "it belongs to " + owners + ", not to " + enum_name(fault.kind));
  };
  belongs("against", {FaultKind::partition, FaultKind::link});
  belongs("one_way", {FaultKind::partition, FaultKind::link});
  belongs("loss", {FaultKind::link});
  belongs("duplicate", {FaultKind::link});
  belongs("delay", {FaultKind::link});
  belongs("offset", {FaultKind::clock});
  belongs("for", {FaultKind::crash, FaultKind::pause, FaultKind::partition, FaultKind::link, FaultKind::clock});
  if (fault.kind == FaultKind::clock && object.find("offset") == nullptr)
    object.errors().push_back({object.path(), "\"offset\" is missing: how far the clock jumps"});
}

void read_fault(const Value& value, const std::string& path, Scenario& scenario, Errors& errors) {
  const Object object(value, path, {format::kFault, format::kFaultVerbs}, errors);
  if (!object.valid()) return;
  PlannedFault planned;
  std::vector<std::string> verbs;
  std::string found;
  for (std::size_t i = 0; i < format::kFaultVerbs.size(); ++i) {
    const std::string verb{format::kFaultVerbs[i].name};
    verbs.push_back(verb);
    const Value* target = object.find(verb);
    if (target == nullptr) continue;
    if (!found.empty()) {
      errors.push_back({path, "it says both \"" + found + "\" and \"" + verb + "\", expected one fault in each entry"});
      return;
    }
    found = verb;
    planned.fault.kind = static_cast<FaultKind>(i);
    if (planned.fault.kind == FaultKind::heal) {
      if (target->text() == nullptr || *target->text() != "all")
        object.wrong(verb, "found " + target->to_json() + ", expected \"all\"");
    } else {
      read_pick(*target, object.path(verb), scenario, planned.target, errors);
    }
  }
  if (found.empty()) {
    errors.push_back({path, "it says no fault, " + expected_one_of("", verbs)});
    return;
  }
  read_times(object, scenario, planned);
  read_effect(object, planned.fault);
  if (const Value* against = object.find("against"); against != nullptr) {
    read_pick(*against, object.path("against"), scenario, planned.others, errors);
  }
  scenario.faults.push_back(std::move(planned));
}

}  // namespace

void read_pick(const Value& value, const std::string& path, const Scenario& scenario, Pick& into, Errors& errors) {
  if (const std::string* name = value.text(); name != nullptr) {
    if (*name == "any" && !scenario.systems.empty()) {
      into.nodes = scenario.systems.front().members;
      into.random = 1;
    } else {
      read_name(*name, path, scenario, into, errors);
    }
  } else if (const Value::List* names = value.list(); names != nullptr && !names->empty()) {
    for (std::size_t i = 0; i < names->size(); ++i) {
      const std::string at = path + "/" + std::to_string(i);
      if (const std::string* one = (*names)[i].text(); one != nullptr) {
        read_name(*one, at, scenario, into, errors);
      } else {
        errors.push_back({at, "found " + (*names)[i].to_json() + ", expected the name of a node"});
      }
    }
  } else if (value.map() != nullptr) {
    read_choice(value, path, scenario, into, errors);
  } else {
    errors.push_back(
        {path, "found " + value.to_json() + R"(, expected a node, a list of nodes, "any", or {"random": N} or {"role": "..."})"});
  }
}

void read_nodes(const Value& value, const std::string& path, const Scenario& scenario, Pick& into, Errors& errors) {
  if (value.map() != nullptr || (value.text() != nullptr && *value.text() == "any")) {
    errors.push_back(
        {path, "found " + value.to_json() + ", expected nodes by their names: only faults choose at random or by role"});
    return;
  }
  read_pick(value, path, scenario, into, errors);
}

void read_faults(const Value& value, const std::string& path, Scenario& scenario, Errors& errors) {
  const Value::List* entries = value.list();
  if (entries == nullptr) {
    errors.push_back({path, "found " + value.to_json() + ", expected a list of faults"});
    return;
  }
  for (std::size_t i = 0; i < entries->size(); ++i) read_fault((*entries)[i], path + "/" + std::to_string(i), scenario, errors);
}

}  // namespace sim::reading
