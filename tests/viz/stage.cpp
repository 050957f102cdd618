#include "stage.hpp"

#include <cassert>
#include <fstream>
#include <sstream>

#include "protocols/catalog.hpp"
#include "sim/scenario/json.hpp"

namespace viz {

namespace {

std::optional<std::string> slurp(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

std::string in_source(const std::string& path) { return std::string(FAULTLINE_SOURCE_DIR) + "/" + path; }

sim::Result<Wish> wish_of(const std::string& path, const std::vector<std::string>& sets, std::uint64_t seed) {
  const auto text = slurp(in_source(path));
  if (!text) return sim::Error{path, "cannot read " + path};
  auto document = sim::parse_json(*text);
  if (!document) return document.error();
  for (const std::string& set : sets) {
    if (auto error = sim::set_member(*document, set)) return *error;
  }
  sim::Loaded loaded = sim::load_scenario(*document, test_registry());
  if (!loaded.scenario) return loaded.errors.front();
  return Wish{std::make_shared<const sim::Scenario>(*std::move(loaded.scenario)), seed, {}};
}

}  // namespace

const sim::Registry& test_registry() {
  static const sim::Registry registry = [] {
    sim::Registry out;
    protocols::add_all(out);
    return out;
  }();
  return registry;
}

Door test_door() {
  Door out;
  out.read = slurp;
  out.write = [](const std::string& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary);
    file << text;
    return file.good();
  };
  out.open = wish_of;
  out.fonts = {"/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"};
  out.offers = {{"scenarios/raft/partition.json", "raft-partition", "A leader is cut off.", "raft", ""},
                {"scenarios/gossip/rumours.json", "gossip-rumours", "Rumours spread.", "gossip", ""},
                {"scenarios/mutants/raft-vote-not-persisted.json", "vote-not-persisted", "A vote is forgotten.", "raft",
                 "raft.election-safety"}};
  return out;
}

std::unique_ptr<Session> test_session(const std::string& scenario, std::uint64_t seed) {
  auto wish = wish_of(scenario, {}, seed);
  assert(wish.ok());
  auto out = std::make_unique<Session>(*std::move(wish));
  while (out->branch(0).advance(100'000)) {
  }
  return out;
}

}  // namespace viz
