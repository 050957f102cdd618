// simulate list, describe, validate, schema.
#include <fmt/format.h>

#include "sim/cli/commands.hpp"
#include "sim/cli/terminal.hpp"
#include "sim/core/words.hpp"
#include "sim/scenario/json.hpp"

namespace sim::cli {

Exit list_systems(const Registry& registry) {
  for (const check::SystemInfo& system : registry.systems()) {
    print(fmt::format("{:<18}{}\n", system.name, wrapped(system.summary, 62, 18)));
  }
  return Exit::ok;
}

namespace {

std::string entry(const std::string& name, const std::string& note, const std::string& doc) {
  return fmt::format("  {}{}\n      {}\n", bold(name), note.empty() ? "" : "  " + faint(note), wrapped(doc, 74, 6));
}

std::string history_doc(const check::HistoryInfo& history) {
  if (history.workload.empty()) return "What the clients saw satisfies this model";
  return "What the clients with the workload " + history.workload + " saw satisfies this model";
}

std::string description(const check::SystemInfo& system) {
  std::string out = fmt::format("{}\n  {}\n", bold(system.name), wrapped(system.summary, 78, 2));
  if (!system.config.empty()) out += "\nsettings (\"config\" in a scenario)\n";
  for (const check::ConfigField& field : system.config)
    out += entry(field.name, fmt::format("{}, default {}", field.type, field.default_value), field.doc);
  out += "\nclaims\n";
  for (const check::ClaimInfo& claim : system.claims) {
    const std::string note =
        enum_name(claim.kind) + (claim.kind == check::ClaimKind::eventually ? ", within " + to_text(claim.within) : "");
    out += entry(system.name + "." + claim.name, note, claim.doc);
  }
  for (const check::HistoryInfo& history : system.histories)
    out += entry(system.name + "." + history.model, "history", history_doc(history) + ", judged when the run has ended.");
  if (!system.workloads.empty()) out += "\nworkloads (\"workload\" of clients in a scenario)\n";
  for (const check::WorkloadInfo& workload : system.workloads) out += entry(workload.name, "", workload.doc);
  if (!system.measures.empty()) out += "\nmeasures (in the report of a run)\n";
  for (const check::MeasureInfo& measure : system.measures) out += entry(system.name + "." + measure.name, "", measure.doc);
  if (!system.mutants.empty()) out += "\nmutants (\"mutant\" in a scenario)\n";
  for (const check::MutantInfo& mutant : system.mutants) out += entry(mutant.name, "", mutant.doc + " (" + mutant.source + ")");
  return out;
}

Value json_or_text(const std::string& text) {
  auto parsed = parse_json(text);
  return parsed ? *parsed : Value(text);
}

std::string description_json(const check::SystemInfo& system) {
  Value::List settings;
  for (const check::ConfigField& f : system.config)
    settings.emplace_back(
        Value::Map{{"name", f.name}, {"type", f.type}, {"default", json_or_text(f.default_value)}, {"doc", f.doc}});
  Value::List claims;
  for (const check::ClaimInfo& c : system.claims)
    claims.emplace_back(Value::Map{{"name", system.name + "." + c.name}, {"kind", enum_name(c.kind)}, {"doc", c.doc}});
  for (const check::HistoryInfo& history : system.histories)
    claims.emplace_back(
        Value::Map{{"name", system.name + "." + history.model}, {"kind", "history"}, {"doc", history_doc(history) + "."}});
  Value::List workloads;
  for (const check::WorkloadInfo& w : system.workloads) workloads.emplace_back(Value::Map{{"name", w.name}, {"doc", w.doc}});
  Value::List measures;
  for (const check::MeasureInfo& m : system.measures)
    measures.emplace_back(Value::Map{{"name", system.name + "." + m.name}, {"doc", m.doc}});
  Value::List mutants;
  for (const check::MutantInfo& m : system.mutants)
    mutants.emplace_back(Value::Map{{"name", m.name}, {"doc", m.doc}, {"source", m.source}});
  return Value(Value::Map{{"name", system.name},
                          {"summary", system.summary},
                          {"config", std::move(settings)},
                          {"claims", std::move(claims)},
                          {"workloads", std::move(workloads)},
                          {"measures", std::move(measures)},
                          {"mutants", std::move(mutants)}})
             .to_json() +
         "\n";
}

}  // namespace

Exit describe_system(const std::string& name, bool json, const Registry& registry) {
  const check::SystemInfo* system = registry.find(name);
  if (system == nullptr) {
    complain(fmt::format("unknown system \"{}\", {}", name, expected_one_of(name, registry.names())));
    return Exit::usage;
  }
  print(json ? description_json(*system) : description(*system));
  return Exit::ok;
}

Exit validate_scenarios(const std::vector<std::string>& paths, const Registry& registry) {
  Exit exit = Exit::ok;
  for (const std::string& path : paths) {
    if (const auto scenario = open_scenario(path, {}, registry)) {
      print(fmt::format("{}  {}\n", green("ok"), path));
    } else {
      exit = Exit::usage;
    }
  }
  return exit;
}

Exit print_schema(const Registry& registry) {
  print(scenario_schema(registry) + "\n");
  return Exit::ok;
}

}  // namespace sim::cli
