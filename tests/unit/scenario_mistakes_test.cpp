// Every kind of mistake in a scenario, with the path and the sentence that a person gets to read.
#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/unit/scenario_support.hpp"

namespace {

using namespace toy;  // NOLINT(google-build-using-namespace)

const std::string kGolden = std::string(FAULTLINE_SOURCE_DIR) + "/tests/golden/scenario_mistakes.txt";

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream in(path);
  std::vector<std::string> out;
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

std::vector<std::string> assignments(std::string_view text) {
  std::vector<std::string> out;
  while (true) {
    const std::size_t end = text.find(" && ");
    out.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 4);
  }
}

/// What is said of the input of a line, a line each; "ok" where nothing is.
std::string answer(const std::string& input) {
  const Value value = input.starts_with(">> ") ? parsed(std::string_view(input).substr(3))
                                               : document(assignments(std::string_view(input).substr(2)));
  const Loaded loaded = load_scenario(value, registry());
  CHECK(loaded.scenario.has_value() == loaded.errors.empty());
  if (loaded.errors.empty()) return "ok\n";
  std::string out;
  for (const Error& error : loaded.errors) out += error.where + ": " + error.what + "\n";
  return out;
}

}  // namespace

TEST_CASE("each mistake in a scenario is named with its path, what was found and what was expected", "[scenario]") {
  std::string before;
  std::string now;
  int inputs = 0;
  for (const std::string& line : lines_of(kGolden)) {
    before += line + "\n";
    if (line.starts_with("#")) now += line + "\n";
    if (!line.starts_with(">")) continue;
    now += line + "\n" + answer(line);
    ++inputs;
  }
  const char* rewrite = std::getenv("FAULTLINE_REWRITE_GOLDEN");
  if (rewrite != nullptr && std::string_view(rewrite) == "1") {
    std::ofstream(kGolden) << now;
    return;
  }
  CHECK(inputs > 100);
  CHECK(before == now);
}

TEST_CASE("only the first input of the mistakes is none", "[scenario]") {
  const std::vector<std::string> lines = lines_of(kGolden);
  std::vector<std::string> fine;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    if (lines[i] == "ok") fine.push_back(lines[i - 1]);
  }
  CHECK(fine == std::vector<std::string>{"> name=base"});
}
