// simulate list, describe, validate, schema.
#include <fmt/format.h>

#include "sim/cli/commands.hpp"
#include "sim/cli/terminal.hpp"
#include "sim/core/words.hpp"

namespace sim::cli {

namespace {

Exit list(const Registry& registry) {
  for (const check::SystemInfo& system : registry.systems()) {
    print(fmt::format("{:<18}{}\n", system.name, wrapped(system.summary, 62, 18)));
  }
  return Exit::ok;
}

std::string entry(const std::string& name, const std::string& note, const std::string& doc) {
  return fmt::format("  {}{}\n      {}\n", bold(name), note.empty() ? "" : "  " + faint(note), wrapped(doc, 74, 6));
}

std::string description(const check::SystemInfo& system) {
  std::string out = fmt::format("{}\n  {}\n", bold(system.name), wrapped(system.summary, 78, 2));
  if (!system.config.empty()) out += "\nsettings (\"config\" in a scenario)\n";
  for (const check::ConfigField& field : system.config) out += entry(field.name, fmt::format("{}, default {}", field.type, field.default_value), field.doc);
  out += "\nclaims\n";
  for (const check::ClaimInfo& claim : system.claims) {
    const std::string note = enum_name(claim.kind) + (claim.kind == check::ClaimKind::eventually ? ", within " + to_text(claim.within) : "");
    out += entry(system.name + "." + claim.name, note, claim.doc);
  }
  for (const std::string& model : system.histories) {
    out += entry(system.name + "." + model, "history", "What the clients saw satisfies this model, judged when the run has ended.");
  }
  if (!system.mutants.empty()) out += "\nmutants (\"mutant\" in a scenario)\n";
  for (const check::MutantInfo& mutant : system.mutants) out += entry(mutant.name, "", mutant.doc + " (" + mutant.source + ")");
  return out;
}

std::string description_json(const check::SystemInfo& system) {
  Value::List settings;
  for (const check::ConfigField& f : system.config) settings.emplace_back(Value::Map{{"name", f.name}, {"type", f.type}, {"default", f.default_value}, {"doc", f.doc}});
  Value::List claims;
  for (const check::ClaimInfo& c : system.claims) claims.emplace_back(Value::Map{{"name", system.name + "." + c.name}, {"kind", enum_name(c.kind)}, {"doc", c.doc}});
  for (const std::string& model : system.histories) claims.emplace_back(Value::Map{{"name", system.name + "." + model}, {"kind", "history"}, {"doc", "What the clients saw satisfies this model."}});
  Value::List mutants;
  for (const check::MutantInfo& m : system.mutants) mutants.emplace_back(Value::Map{{"name", m.name}, {"doc", m.doc}, {"source", m.source}});
  return Value(Value::Map{{"name", system.name}, {"summary", system.summary}, {"config", std::move(settings)}, {"claims", std::move(claims)}, {"mutants", std::move(mutants)}}).to_json() + "\n";
}

Exit describe(const std::string& name, bool json, const Registry& registry) {
  const check::SystemInfo* system = registry.find(name);
  if (system == nullptr) {
    complain(fmt::format("unknown system \"{}\", {}", name, expected_one_of(name, registry.names())));
    return Exit::usage;
  }
  print(json ? description_json(*system) : description(*system));
  return Exit::ok;
}

Exit validate(const std::vector<std::string>& paths, const Registry& registry) {
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

}  // namespace

void add_list(CLI::App& app, const Registry& registry, Action& chosen) {
  CLI::App* command = app.add_subcommand("list", "The systems that scenarios can name");
  command->footer("\nExample:\n  simulate list");
  command->callback([&registry, &chosen] { chosen = [&registry] { return list(registry); }; });
}

void add_describe(CLI::App& app, const Registry& registry, Action& chosen) {
  auto name = std::make_shared<std::string>();
  auto json = std::make_shared<bool>(false);
  CLI::App* command = app.add_subcommand("describe", "A system's settings, claims and mutants");
  command->add_option("SYSTEM", *name, "A name that `simulate list` shows")->required();
  command->add_flag("--json", *json, "As one JSON object");
  command->footer("\nExample:\n  simulate describe raft");
  command->callback([&registry, &chosen, name, json] { chosen = [&registry, name, json] { return describe(*name, *json, registry); }; });
}

void add_validate(CLI::App& app, const Registry& registry, Action& chosen) {
  auto paths = std::make_shared<std::vector<std::string>>();
  CLI::App* command = app.add_subcommand("validate", "Check scenario files without running them");
  command->add_option("SCENARIO", *paths, "Scenario files")->required();
  command->footer("\nExample:\n  simulate validate scenarios/raft/*.json");
  command->callback([&registry, &chosen, paths] { chosen = [&registry, paths] { return validate(*paths, registry); }; });
}

void add_schema(CLI::App& app, const Registry& registry, Action& chosen) {
  CLI::App* command = app.add_subcommand("schema", "A JSON Schema of scenario files, for editors");
  command->footer("\nExample:\n  simulate schema > scenario.schema.json\nand in a scenario:  \"$schema\": \"./scenario.schema.json\"");
  command->callback([&registry, &chosen] {
    chosen = [&registry] {
      print(scenario_schema(registry) + "\n");
      return Exit::ok;
    };
  });
}

}  // namespace sim::cli
