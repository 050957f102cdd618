// The JSON Schema of scenario files, from the same tables that the reader uses.
#include <set>
#include <string>

#include "sim/check/config.hpp"
#include "sim/scenario/format.hpp"
#include "sim/scenario/scenario.hpp"

namespace sim {

namespace {

using Map = Value::Map;
using List = Value::List;

Value ref(std::string_view name) { return Map{{"$ref", Value("#/$defs/" + std::string(name))}}; }

template <NamedEnum E>
List names_of() {
  List out;
  for (const std::string& name : enum_names<E>()) out.emplace_back(name);
  return out;
}

Value type_of(std::string_view type) {
  if (type == "text") return Map{{"type", "string"}};
  if (type == "count") return Map{{"type", "integer"}, {"minimum", std::int64_t{0}}};
  if (type == "boolean") return Map{{"type", "boolean"}};
  if (type == "heal") return Map{{"const", "all"}};
  if (type == "core") return Map{{"const", "majority"}};
  if (type == "shape") return Map{{"enum", names_of<Shape>()}};
  if (type == "effect") return Map{{"enum", names_of<DiskEffect>()}};
  if (type == "config") return Map{{"type", "object"}};
  if (type == "nodes") {
    return Map{{"oneOf", List{Map{{"type", "integer"}, {"minimum", std::int64_t{1}}},
                              Map{{"type", "array"}, {"items", Map{{"type", "string"}}}, {"minItems", std::int64_t{1}}}}}};
  }
  if (type.find('|') != std::string_view::npos) {
    List names;
    while (!type.empty()) {
      const std::size_t end = std::min(type.find('|'), type.size());
      names.emplace_back(type.substr(0, end));
      type.remove_prefix(std::min(end + 1, type.size()));
    }
    return Map{{"enum", std::move(names)}};
  }
  return ref(type);
}

Value documented(const Value& schema, std::string_view doc) {
  Map out = *schema.map();
  out.emplace_back("description", doc);
  return out;
}

void add_fields(std::span<const format::Field> fields, Map& properties, List& required) {
  for (const format::Field& field : fields) {
    properties.emplace_back(field.name, documented(type_of(field.type), field.doc));
    if (field.required) required.emplace_back(field.name);
  }
}

Value object(std::initializer_list<std::span<const format::Field>> parts) {
  Map properties;
  List required;
  for (const auto& fields : parts) add_fields(fields, properties, required);
  Map out{{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
  if (!required.empty()) out.emplace_back("required", std::move(required));
  return out;
}

Value list_of(Value items) { return Map{{"type", "array"}, {"items", std::move(items)}}; }

Value clients() {
  Map properties;
  List required;
  add_fields(format::kClientsOnly, properties, required);
  check::Workload workload;
  check::detail::for_each_field(workload, [&]<class T>(std::string_view name, const T&) {
    if (name != "kind") properties.emplace_back(name, type_of(check::detail::type_name<T>()));
  });
  return list_of(Map{{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}});
}

Value workloads(const Registry& registry) {
  std::set<std::string> names;
  for (const check::SystemInfo& system : registry.systems()) {
    for (const check::WorkloadInfo& workload : system.workloads) names.insert(workload.name);
  }
  List out;
  for (const std::string& name : names) out.emplace_back(name);
  return Map{{"enum", std::move(out)}};
}

Value latency() {
  const Value duration = ref("duration");
  const auto pair = Map{{"type", "array"}, {"items", duration}, {"minItems", std::int64_t{2}}, {"maxItems", std::int64_t{2}}};
  const auto shape = [](Map properties, List required) {
    return Value(Map{{"type", "object"},
                     {"properties", std::move(properties)},
                     {"required", std::move(required)},
                     {"additionalProperties", false}});
  };
  const Value exponential = shape({{"mean", duration}, {"floor", duration}}, {"mean"});
  const Value log_normal = shape({{"median", duration}, {"sigma", ref("ratio")}}, {"median", "sigma"});
  const Value pareto = shape({{"min", duration}, {"alpha", ref("ratio")}}, {"min", "alpha"});
  Map kinds{
      {"fixed", duration}, {"uniform", Value(pair)}, {"exponential", exponential}, {"log-normal", log_normal}, {"pareto", pareto}};
  return Map{{"oneOf", List{duration, Map{{"type", "object"},
                                          {"properties", std::move(kinds)},
                                          {"additionalProperties", false},
                                          {"minProperties", std::int64_t{1}},
                                          {"maxProperties", std::int64_t{1}}}}}};
}

Value target() {
  const Value name = Map{{"type", "string"}};
  const Value random = Map{{"oneOf", List{Map{{"type", "integer"}, {"minimum", std::int64_t{1}}},
                                          Map{{"enum", List{"minority", "half", "majority", "zone"}}}}}};
  return Map{{"oneOf", List{name, list_of(name),
                            Map{{"type", "object"},
                                {"properties", Map{{"random", random}, {"role", name}, {"of", name}}},
                                {"additionalProperties", false}}}}};
}

/// Each system's object, with its settings spelled out where its protocol is the one named.
Value systems(const Registry& registry) {
  Map base = *object({format::kSystem}).map();
  List cases;
  for (const check::SystemInfo& system : registry.systems()) {
    Map settings;
    for (const check::ConfigField& field : system.config)
      settings.emplace_back(field.name, documented(type_of(field.type), field.doc));
    List mutants;
    for (const check::MutantInfo& mutant : system.mutants) mutants.emplace_back(mutant.name);
    Map then{{"config", Map{{"properties", std::move(settings)}, {"additionalProperties", false}}}};
    if (!mutants.empty()) then.emplace_back("mutant", Map{{"enum", std::move(mutants)}});
    cases.emplace_back(Map{{"if", Map{{"properties", Map{{"protocol", Map{{"const", Value(system.name)}}}}}}},
                           {"then", Map{{"properties", std::move(then)}}}});
  }
  if (!cases.empty()) base.emplace_back("allOf", std::move(cases));
  return list_of(std::move(base));
}

}  // namespace

std::string scenario_schema(const Registry& registry) {
  List protocols;
  for (const std::string& name : registry.names()) protocols.emplace_back(name);
  const Value links = list_of(object({format::kLink, format::kLinkOnly}));
  Map defs{
      {"duration", Map{{"type", "string"}, {"pattern", R"(^-?[0-9]+(\.[0-9]+)?(ns|us|ms|s|min|h)$)"}}},
      {"ratio", Map{{"oneOf", List{Map{{"type", "number"}, {"minimum", std::int64_t{0}}},
                                   Map{{"type", "string"}, {"pattern", R"(^[0-9]*\.?[0-9]+(%|ppm)?$)"}}}}}},
      {"drift", Map{{"type", "string"}, {"pattern", R"(^-?[0-9]*\.?[0-9]+(%|ppm)?$)"}}},
      {"latency", latency()},
      {"target", target()},
      {"protocol", Map{{"enum", std::move(protocols)}}},
      {"systems", systems(registry)},
      {"network", object({format::kLink, format::kNetworkOnly})},
      {"links", links},
      {"clocks", Map{{"type", "object"}, {"additionalProperties", object({format::kClock})}}},
      {"clients", clients()},
      {"workload", workloads(registry)},
      {"zones", Map{{"type", "object"}, {"additionalProperties", list_of(Map{{"type", "string"}})}}},
      {"faults", list_of(object({format::kFaultTimes, format::kFault, format::kFaultVerbs}))},
      {"nemesis", object({format::kNemesis})},
      {"mix", list_of(object({format::kMixOnly, format::kFault, format::kFaultVerbs}))},
      {"swarm", object({format::kSwarm})},
      {"swarm_config", Map{{"type", "object"}, {"additionalProperties", Map{{"type", "object"}}}}},
      {"maybe", object({format::kMaybe})},
      {"checks", list_of(Map{{"type", "string"}})},
  };
  Map root{{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", "Faultline scenario"}};
  const Value body = object({format::kScenario});
  root.insert(root.end(), body.map()->begin(), body.map()->end());
  root.emplace_back("$defs", std::move(defs));
  return Value(std::move(root)).to_json();
}

}  // namespace sim
