// Every bug that a system says can be planted has a scenario that exposes it.
#include <set>
#include <string>

#include "tests/mutants/mutants_support.hpp"

// Systems of one kind (the replicated data types) share bugs: one of them with a scenario will do.
TEST_CASE("every planted bug has a scenario of its own, which plants it and says which claim it breaks") {
  std::set<std::string> planted;
  std::set<std::string> exposed;
  for (const sim::check::SystemInfo& system : mutants::registry().systems()) {
    for (const sim::check::MutantInfo& mutant : system.mutants) {
      CHECK_FALSE(mutant.source.empty());
      planted.insert(mutant.name + ": " + mutant.doc);
      const std::string name = system.name + "-" + mutant.name;
      INFO("scenarios/mutants/" << name << ".json");
      const auto document = mutants::document(name);
      if (!document) continue;
      exposed.insert(mutant.name + ": " + mutant.doc);
      const sim::Scenario scenario = mutants::scenario(*document);
      CHECK(scenario.name == name);
      CHECK(scenario.systems.front().protocol->name == system.name);
      CHECK(scenario.systems.front().mutant == mutant.name);
      CHECK(scenario.expect);
      CHECK_FALSE(scenario.description.empty());
    }
  }
  CHECK(planted.size() > 70);
  CHECK(planted == exposed);
}
