// Histories of real systems with known verdicts, where the machine has them; SKIPPED where it has not.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "catch.hpp"
#include "check_support.hpp"

#ifndef FAULTLINE_SOURCE_DIR
#define FAULTLINE_SOURCE_DIR "."
#endif

using namespace sim::check;

namespace {

std::filesystem::path corpus() {
  if (const char* set = std::getenv("FAULTLINE_HISTORIES")) return set;
#ifdef FAULTLINE_HISTORIES
  return FAULTLINE_HISTORIES;
#else
  return std::filesystem::path(FAULTLINE_SOURCE_DIR) / "../shared/data/histories";
#endif
}

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

}  // namespace

TEST_CASE("recorded histories get their known verdicts", "[check][corpus]") {
  const std::filesystem::path folder = corpus();
  if (!std::filesystem::exists(folder / "expected.tsv")) {
    std::printf("SKIPPED: no recorded histories in %s (set FAULTLINE_HISTORIES)\n", folder.string().c_str());
    return;
  }
  std::istringstream expected(read(folder / "expected.tsv"));
  std::size_t judged_files = 0;
  for (std::string name, verdict; expected >> name >> verdict;) {
    const bool ours = name.starts_with("etcd/") || name.starts_with("kv/") || name.starts_with("knossos/");
    if (!ours || !std::filesystem::exists(folder / name)) continue;
    INFO(name);
    const std::string text = read(folder / name);
    const auto format = recognize(text);
    REQUIRE(format.ok());
    CHECK(to_text(*format) == (name.starts_with("knossos/") ? "edn" : name.substr(0, name.find('/'))));
    const auto history = parse(*format, text);
    REQUIRE(history.ok());
    ModelName model = guess_model(*history);
    if (model == ModelName::reg) model = ModelName::cas_register;
    const auto judged = judge_linearizable(model, *history);
    REQUIRE(judged.ok());
    REQUIRE(std::string(to_text(judged->verdict)) == verdict);
    ++judged_files;
    const std::string object = model == ModelName::kv ? "kv" : "cas-register";
    if (judged->verdict == Verdict::valid) {
      CHECK(check_support::is_linearization(object, *history, judged->order));
    } else {
      CHECK_FALSE(judged->explanation.empty());
      const History core = check_support::part_of(*history, judged->core);
      CHECK(judge_linearizable(model, core)->verdict == Verdict::invalid);
      if (core.operations.size() <= 12) CHECK_FALSE(check_support::Exhaustive(object, core).linearizable());
    }
    const auto again = parse(Format::jsonl, to_jsonl(*history));
    REQUIRE(again.ok());
    CHECK(judge_linearizable(model, *again)->verdict == judged->verdict);
  }
  std::printf("recorded histories: %zu judged\n", judged_files);
  CHECK(judged_files > 0);
}
