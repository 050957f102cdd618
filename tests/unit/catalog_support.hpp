// All systems, and the scenarios of the tree, for tests.
#pragma once

#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "protocols/catalog.hpp"
#include "sim/scenario/json.hpp"
#include "sim/scenario/scenario.hpp"
#include "tests/unit/catch.hpp"

namespace catalog_support {

/// All systems.
inline const sim::Registry& registry() {
  static const sim::Registry all = [] {
    sim::Registry r;
    protocols::add_all(r);
    return r;
  }();
  return all;
}

/// scenarios/PATH with "PATH=VALUE"s.
inline sim::Scenario scenario(const std::string& path, const std::vector<std::string>& sets = {}) {
  std::ifstream file(std::string(FAULTLINE_SOURCE_DIR) + "/scenarios/" + path);
  REQUIRE(file);
  auto document = sim::parse_json(std::string{std::istreambuf_iterator<char>(file), {}});
  REQUIRE(document);
  for (const std::string& set : sets) REQUIRE_FALSE(sim::set_member(*document, set));
  sim::Loaded loaded = sim::load_scenario(*document, registry());
  for (const sim::Error& e : loaded.errors) FAIL_CHECK(path << " " << e.where << ": " << e.what);
  REQUIRE(loaded.scenario);
  return *std::move(loaded.scenario);
}

}  // namespace catalog_support
