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

const Zone* find_zone(const Scenario& scenario, std::string_view name) {
  for (const Zone& zone : scenario.zones) {
    if (zone.name == name) return &zone;
  }
  return nullptr;
}

std::vector<std::string> target_names(const Scenario& scenario) {
  std::vector<std::string> names = scenario.node_names;
  for (const SystemPlan& system : scenario.systems) names.push_back(system.name);
  for (const Zone& zone : scenario.zones) names.push_back(zone.name);
  names.emplace_back("any");
  return names;
}

void read_name(const std::string& name, const std::string& path, const Scenario& scenario, Pick& into, Errors& errors) {
  if (const auto node = scenario.find_node(name)) {
    into.nodes.push_back(*node);
  } else if (const SystemPlan* system = find_system(scenario, name); system != nullptr) {
    into.nodes.insert(into.nodes.end(), system->members.begin(), system->members.end());
  } else if (const Zone* zone = find_zone(scenario, name); zone != nullptr) {
    into.nodes.insert(into.nodes.end(), zone->nodes.begin(), zone->nodes.end());
  } else {
    errors.push_back({path, "unknown node \"" + name + "\", " + expected_one_of(name, target_names(scenario))});
  }
}

void read_random(const Object& object, const Value& random, const Scenario& scenario, const SystemPlan& system, Pick& into) {
  into.nodes = system.members;
  const std::string word = random.text() == nullptr ? "" : *random.text();
  if (word == "minority") {
    into.share = Pick::Share::minority;
  } else if (word == "half") {
    into.share = Pick::Share::half;
  } else if (word == "majority") {
    into.share = Pick::Share::majority;
  } else if (word == "zone") {
    into.nodes.clear();
    for (const Zone& zone : scenario.zones) into.zones.push_back(zone.nodes);
    if (into.zones.empty()) object.wrong("random", "the scenario has no \"zones\"");
  } else {
    object.read("random", into.random);
    if (into.random == 0 || into.random > into.nodes.size()) {
      object.wrong("random", "found " + random.to_json() + ", expected from 1 to " + std::to_string(into.nodes.size()) +
                                 R"(, or "minority", "half", "majority" or "zone")");
    }
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
    read_random(object, *random, scenario, *system, into);
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
}

/// Complains of members that mean nothing for this fault.
class Belongs {
 public:
  Belongs(const Object& object, const Fault& fault) : object_(object), fault_(fault) {}
  void operator()(std::string_view key, std::initializer_list<FaultKind> kinds) const {
    if (object_.find(key) == nullptr || std::find(kinds.begin(), kinds.end(), fault_.kind) != kinds.end()) return;
    std::string owners;
    for (const FaultKind kind : kinds) {
      if (!owners.empty()) owners += " or ";
      owners += enum_name(kind);
    }
    object_.wrong(key, "it belongs to " + owners + ", not to " + enum_name(fault_.kind));
  }

 private:
  const Object& object_;
  const Fault& fault_;
};

void check_members(const Object& object, const Fault& fault) {
  using enum FaultKind;
  const Belongs belongs(object, fault);
  for (const std::string_view key : {"against", "one_way"}) belongs(key, {partition, clog, link});
  for (const std::string_view key : {"loss", "burst", "duplicate", "corrupt", "jitter", "bandwidth"}) belongs(key, {link});
  for (const std::string_view key : {"wipe", "in_save"}) belongs(key, {crash});
  belongs("timers_first", {pause});
  for (const std::string_view key : {"offset", "drift"}) belongs(key, {clock});
  for (const std::string_view key : {"effect", "count"}) belongs(key, {disk});
  belongs("delay", {link, slow, disk});
  for (const std::string_view key : {"for", "flap"}) belongs(key, {crash, pause, slow, partition, clog, link, disk, clock});
  const auto needs = [&](bool needed, std::string_view key, std::string_view what) {
    if (!needed || object.find(key) != nullptr) return;
    object.errors().push_back({object.path(), "\"" + std::string(key) + "\" is missing: " + std::string(what)});
  };
  needs(fault.kind == clock && object.find("drift") == nullptr, "offset", "how far the clock jumps (or \"drift\")");
  needs(fault.kind == disk, "effect", "how the disk fails");
  needs(fault.kind == slow, "delay", "what each event costs");
  const Value* effect = object.find("effect");
  needs(fault.kind == disk && effect != nullptr && *effect == Value("slow"), "delay", "how much longer a sync takes");
  needs(object.find("burst") != nullptr, "loss", "the share of time that is lost");
}

void read_effect(const Object& object, Fault& fault) {
  bool one_way = false;
  object.read("one_way", one_way);
  fault.both_ways = !one_way;
  object.read("wipe", fault.wipe);
  object.read("in_save", fault.in_save);
  object.read("timers_first", fault.timers_first);
  object.read("loss", fault.loss);
  object.read("burst", fault.burst);
  object.read("duplicate", fault.duplicate);
  object.read("corrupt", fault.corrupt);
  object.read("delay", fault.delay);
  object.read("jitter", fault.jitter);
  object.read("bandwidth", fault.bandwidth);
  object.read("effect", fault.effect);
  object.read("count", fault.count);
  object.read_signed("offset", fault.clock_offset);
  object.read_drift("drift", fault.drift_per_billion);
  for (const auto& [key, ratio] :
       {std::pair<std::string_view, Ratio>{"loss", fault.loss}, {"duplicate", fault.duplicate}, {"corrupt", fault.corrupt}}) {
    if (ratio > Ratio::one()) object.wrong(key, "found " + to_text(ratio) + ", expected at most 100%");
  }
  if (object.find("burst") != nullptr && fault.burst < 1_us) object.wrong("burst", "expected at least 1us");
  if (object.find("count") != nullptr && (fault.count == 0 || fault.count > 1'000'000))
    object.wrong("count", "expected from 1 to 1000000");
  check_members(object, fault);
}

void read_shape(const Object& object, PlannedFault& planned) {
  object.read("shape", planned.shape);
  object.read("step", planned.step);
  object.read("flap", planned.flap);
  const bool stepped = planned.shape == Shape::rolling || planned.shape == Shape::swizzle;
  const bool of_partition = planned.shape == Shape::ring || planned.shape == Shape::bridge;
  if (stepped != (object.find("step") != nullptr)) {
    object.wrong("step",
                 stepped ? "it is missing: how far apart the nodes are hit" : "it belongs to the shapes rolling and swizzle");
  }
  if (of_partition && planned.fault.kind != FaultKind::partition)
    object.wrong("shape", enum_name(planned.shape) + " is a shape of a partition, not of " + enum_name(planned.fault.kind));
  if (of_partition && planned.target.nodes.size() < 3) object.wrong("shape", "it takes at least three nodes");
  if (of_partition && object.find("against") != nullptr) object.wrong("against", "a ring and a bridge have no other side");
  if (planned.shape == Shape::ring && planned.target.nodes.size() > 65535) object.wrong("shape", "a ring has at most 65535 nodes");
  if (planned.shape != Shape::together && !planned.target.role.empty())
    object.wrong("shape", "whoever plays a role is hit at once, expected \"together\"");
  if (object.find("flap") != nullptr && planned.flap < 1_ms) object.wrong("flap", "expected at least 1ms");
}

/// The verb: which fault, and whom it hits. False where there is not just one.
bool read_verb(const Object& object, const Scenario& scenario, PlannedFault& planned) {
  std::vector<std::string> verbs;
  std::string found;
  for (std::size_t i = 0; i < format::kFaultVerbs.size(); ++i) {
    const std::string verb{format::kFaultVerbs[i].name};
    verbs.push_back(verb);
    const Value* target = object.find(verb);
    if (target == nullptr) continue;
    if (!found.empty()) {
      std::string what = "it says both \"";
      what += found;
      what += "\" and \"";
      what += verb;
      what += "\", expected one fault in each entry";
      object.errors().push_back({object.path(), std::move(what)});
      return false;
    }
    found = verb;
    planned.fault.kind = static_cast<FaultKind>(i);
    if (planned.fault.kind != FaultKind::heal) {
      read_pick(*target, object.path(verb), scenario, planned.target, object.errors());
    } else if (target->text() == nullptr || *target->text() != "all") {
      object.wrong(verb, "found " + target->to_json() + ", expected \"all\"");
    }
  }
  if (found.empty()) object.errors().push_back({object.path(), "it says no fault, " + expected_one_of("", verbs)});
  return !found.empty();
}

/// What a fault of `faults` and one of a nemesis have in common.
bool read_body(const Object& object, const Scenario& scenario, PlannedFault& planned) {
  if (!object.valid() || !read_verb(object, scenario, planned)) return false;
  read_effect(object, planned.fault);
  read_shape(object, planned);
  if (object.find("for") != nullptr) {
    planned.lasts = Latency{};
    object.read("for", *planned.lasts);
  }
  if (const Value* against = object.find("against"); against != nullptr) {
    read_pick(*against, object.path("against"), scenario, planned.others, object.errors());
  }
  return true;
}

void read_fault(const Value& value, const std::string& path, Scenario& scenario, Errors& errors) {
  const Object object(value, path, {format::kFaultTimes, format::kFault, format::kFaultVerbs}, errors);
  PlannedFault planned;
  if (!read_body(object, scenario, planned)) return;
  read_times(object, scenario, planned);
  scenario.plan.faults.push_back(std::move(planned));
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

void read_nemesis(const Value& value, Scenario& scenario, Errors& errors) {
  const Object object(value, "/nemesis", {format::kNemesis}, errors);
  if (!object.valid()) return;
  Nemesis& nemesis = scenario.plan.nemesis;
  Duration from{};
  object.read("at", from);
  nemesis.from = Time{} + from;
  object.read("every", nemesis.every);
  if (object.find("every") != nullptr && nemesis.every < 1_us) object.wrong("every", "expected at least 1us");
  if (object.find("until") != nullptr) {
    Duration until{};
    object.read("until", until);
    nemesis.until = Time{} + until;
  }
  const Value* mix = object.find("mix");
  if (mix == nullptr) return;
  if (mix->list() == nullptr || mix->list()->empty()) {
    object.wrong("mix", "found " + mix->to_json() + ", expected a list of faults");
    return;
  }
  for (std::size_t i = 0; i < mix->list()->size(); ++i) {
    const Object entry((*mix->list())[i], "/nemesis/mix/" + std::to_string(i),
                       {format::kMixOnly, format::kFault, format::kFaultVerbs}, errors);
    PlannedFault planned;
    if (!read_body(entry, scenario, planned)) continue;
    entry.read("weight", planned.weight);
    if (planned.weight == 0 || planned.weight > 1'000'000) entry.wrong("weight", "expected from 1 to 1000000");
    nemesis.mix.push_back(std::move(planned));
  }
}

}  // namespace sim::reading
