// The arrow test: who may include whom. Reads every #include "sim/..." and #include "protocols/..." under the source
// folder and fails on one that the build's own list of arrows (arrows.txt, written by CMake) does not have. Below sim/cli
// and in protocols it also fails on a header of the standard library that has no business in a deterministic run, and on any
// other library but nlohmann-json in sim/scenario.
//
//   arrows SOURCE_DIR ARROWS     checks the sources
//   arrows --control ARROWS      checks that a bad arrow would be caught
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace fs = std::filesystem;

struct Part {
  std::string path;               // a folder ("sim/core") or files of one name ("protocols/catalog")
  std::vector<std::string> sees;  // parts that it may include, beside itself
};

bool lies_in(std::string_view file, std::string_view part) {
  if (!file.starts_with(part)) return false;
  const std::string_view rest = file.substr(part.size());
  return rest.empty() || rest.front() == '/' || rest.front() == '.';
}

// The most particular part that holds a file: "protocols/catalog" before "protocols".
const Part* part_of(const std::vector<Part>& parts, std::string_view file) {
  const Part* best = nullptr;
  for (const Part& part : parts) {
    if (lies_in(file, part.path) && (best == nullptr || part.path.size() > best->path.size())) best = &part;
  }
  return best;
}

std::vector<Part> read_arrows(const fs::path& file) {
  std::vector<Part> parts;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    Part part;
    if (!(words >> part.path)) continue;
    for (std::string word; words >> word;) part.sees.push_back(word);
    parts.push_back(std::move(part));
  }
  return parts;
}

// The path that a line includes in quotes, or nothing.
std::string_view included(std::string_view line) {
  const auto skip_blanks = [&] { line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size())); };
  skip_blanks();
  if (!line.starts_with('#')) return {};
  line.remove_prefix(1);
  skip_blanks();
  if (!line.starts_with("include")) return {};
  line.remove_prefix(7);
  skip_blanks();
  if (line.empty() || (line.front() != '"' && line.front() != '<')) return {};
  line.remove_prefix(1);
  return line.substr(0, line.find_first_of("\">"));
}

struct Report {
  std::size_t files = 0;
  std::size_t includes = 0;
  std::vector<std::string> wrong;
};

// Clocks, threads, entropy, files, streams and locales; containers whose order is the library's own; functions whose last bit
// differs between libraries. The symbol check sees these in what is compiled, this test in headers that nobody compiled yet.
constexpr std::string_view kBarred[] = {
    "chrono",     "ctime",      "thread",   "mutex",         "shared_mutex",  "condition_variable",
    "future",     "semaphore",  "latch",    "barrier",       "stop_token",    "random",
    "filesystem", "fstream",    "iostream", "istream",       "ostream",       "sstream",
    "iomanip",    "syncstream", "locale",   "clocale",       "cctype",        "cwctype",
    "format",     "regex",      "cstdio",   "unordered_map", "unordered_set", "cmath",
    "complex",    "valarray",   "cfenv",    "typeinfo",      "typeindex",     "any",
    "csignal",    "execution"};

// What is wrong with an include that is not of our own, or nothing.
std::string_view judge_foreign(std::string_view file, std::string_view target) {
  // A path relative to the file's own folder would slip past the arrows.
  if (target.find("../") != std::string_view::npos) return "climbs; include by the path from the top folder";
  if (lies_in(file, "sim/cli") || lies_in(file, "viz")) return {};
  if (target.starts_with("nlohmann/") && lies_in(file, "sim/scenario")) return {};
  if (target.find_first_of("/.") != std::string_view::npos) return "is no header of C++ or of ours";
  if (std::find(std::begin(kBarred), std::end(kBarred), target) != std::end(kBarred)) return "is barred below sim/cli";
  return {};
}

void check_line(const std::vector<Part>& parts, const std::string& file, std::size_t number, std::string_view line,
                Report& report) {
  const std::string_view target = included(line);
  if (target.empty()) return;
  const std::string place = file + ":" + std::to_string(number) + ": ";
  const Part* from = part_of(parts, file);
  const bool ours = target.starts_with("sim/") || target.starts_with("protocols/") || target.starts_with("viz/");
  if (!ours) {
    const std::string_view why = judge_foreign(file, target);
    if (!why.empty()) report.wrong.push_back(place + "\"" + std::string(target) + "\" " + std::string(why));
    return;
  }
  ++report.includes;
  const Part* to = part_of(parts, target);
  if (from == nullptr || to == nullptr) {
    report.wrong.push_back(place + "\"" + std::string(target) + "\": no library holds " +
                           (from == nullptr ? "the file itself" : "what it includes"));
    return;
  }
  const bool seen = from == to || std::find(from->sees.begin(), from->sees.end(), to->path) != from->sees.end();
  if (!seen) {
    std::string allowed;
    for (const std::string& part : from->sees) allowed += " " + part;
    report.wrong.push_back(place + "arrow " + from->path + " -> " + to->path + " (\"" + std::string(target) + "\"); " + from->path +
                           " may see" + (allowed.empty() ? " nothing" : allowed));
  }
}

void check_file(const std::vector<Part>& parts, const fs::path& root, const std::string& file, Report& report) {
  ++report.files;
  std::ifstream in(root / file);
  std::size_t number = 0;
  for (std::string line; std::getline(in, line);) check_line(parts, file, ++number, line, report);
}

Report check_tree(const std::vector<Part>& parts, const fs::path& root) {
  std::vector<std::string> files;
  for (const char* top : {"sim", "protocols", "viz"}) {
    if (!fs::exists(root / top)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / top)) {
      const std::string extension = entry.path().extension().string();
      if (extension == ".hpp" || extension == ".cpp") files.push_back(fs::relative(entry.path(), root).generic_string());
    }
  }
  std::sort(files.begin(), files.end());
  Report report;
  for (const std::string& file : files) check_file(parts, root, file, report);
  return report;
}

// Lines that must be caught and lines that must pass, so that a test which sees nothing cannot be mistaken for a clean tree.
int control(const std::vector<Part>& parts) {
  struct Case {
    const char* file;
    const char* line;
    bool good;
  };
  constexpr Case kCases[] = {
      {"sim/core/time.hpp", "#include \"sim/core/result.hpp\"", true},
      {"sim/core/time.hpp", "#include <vector>", true},
      {"sim/core/time.hpp", "#include \"sim/node/ctx.hpp\"", false},
      {"sim/core/time.hpp", "  #  include <sim/node/ctx.hpp>", false},
      {"sim/node/ctx.hpp", "#include \"sim/engine/world.hpp\"", false},
      {"sim/engine/world.cpp", "#include \"sim/script/script.hpp\"", false},
      {"sim/engine/world.cpp", "#include \"sim/node/ctx.hpp\"", true},
      {"sim/check/linearizable.cpp", "#include \"sim/engine/world.hpp\"", false},
      {"sim/cli/run.cpp", "#include \"protocols/catalog.hpp\"", false},
      {"protocols/consensus/raft/node.cpp", "#include \"sim/check/spec.hpp\"", true},
      {"protocols/consensus/raft/node.cpp", "#include \"sim/engine/world.hpp\"", false},
      {"protocols/consensus/raft/node.cpp", "#include \"sim/scenario/registry.hpp\"", false},
      {"protocols/consensus/raft/node.cpp", "#include \"../../../sim/engine/world.hpp\"", false},
      {"protocols/catalog.cpp", "#include \"sim/scenario/registry.hpp\"", true},
      {"protocols/catalog.cpp", "#include \"sim/engine/world.hpp\"", false},
      {"sim/core/value.cpp", "#include <unordered_map>", false},
      {"sim/core/value.cpp", "#include <stdlib.h>", false},
      {"sim/engine/world.cpp", "#include <nlohmann/json.hpp>", false},
      {"sim/scenario/load.cpp", "#include <nlohmann/json.hpp>", true},
      {"sim/cli/run.cpp", "#include <chrono>", true},
      {"sim/cli/run.cpp", "#include <fmt/core.h>", true},
      {"protocols/kv/node.hpp", "#include <cmath>", false},
      {"viz/model/index.cpp", "#include \"protocols/consensus/raft/node.hpp\"", false},
      {"sim/nowhere/x.cpp", "#include \"sim/core/time.hpp\"", false},
  };
  int failed = 0;
  for (const Case& c : kCases) {
    Report report;
    check_line(parts, c.file, 1, c.line, report);
    if (report.wrong.empty() != c.good) {
      std::printf("%s: %s: should %s\n", c.file, c.line, c.good ? "pass" : "be caught");
      ++failed;
    }
  }
  std::printf("%zu lines judged, %d wrongly\n", std::size(kCases), failed);
  return failed == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: arrows SOURCE_DIR ARROWS | arrows --control ARROWS\n", stderr);
    return 2;
  }
  const std::vector<Part> parts = read_arrows(argv[2]);
  if (parts.empty()) {
    std::fprintf(stderr, "%s: no arrows in it\n", argv[2]);
    return 2;
  }
  if (std::string_view(argv[1]) == "--control") return control(parts);
  const Report report = check_tree(parts, argv[1]);
  for (const std::string& line : report.wrong) std::printf("%s\n", line.c_str());
  std::printf("%zu files, %zu includes of our own, %zu wrong arrows\n", report.files, report.includes, report.wrong.size());
  return report.wrong.empty() && report.files > 0 ? 0 : 1;
}
