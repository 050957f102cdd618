// Every bug that a system says can be planted has a scenario that exposes it.
#include "tests/mutants/mutants_support.hpp"

TEST_CASE("every planted bug has a scenario of its own, which plants it and says which claim it breaks") {
  for (const sim::check::SystemInfo& system : mutants::registry().systems()) {
    for (const sim::check::MutantInfo& mutant : system.mutants) {
      const std::string name = system.name + "-" + mutant.name;
      INFO("scenarios/mutants/" << name << ".json");
      const auto document = mutants::document(name);
      REQUIRE(document);
      const sim::Scenario scenario = mutants::scenario(*document);
      CHECK(scenario.name == name);
      CHECK(scenario.systems.front().protocol->name == system.name);
      CHECK(scenario.systems.front().mutant == mutant.name);
      CHECK(scenario.expect);
      CHECK_FALSE(scenario.description.empty());
      CHECK_FALSE(mutant.source.empty());
    }
  }
}
