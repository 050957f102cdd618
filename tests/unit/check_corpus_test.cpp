// Histories of real systems with known verdicts, where the machine has them; SKIPPED where it has not.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "catch.hpp"
#include "check_support.hpp"
#include "corpus_support.hpp"

using namespace sim::check;
using corpus_support::corpus;
using corpus_support::read;

namespace {}  // namespace

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

namespace {

// A history as the command reads and judges it when nothing is said but, perhaps, the consistency.
struct Asked {
  Question question;
  Judgement judgement;
};

Asked ask(const std::filesystem::path& path, std::optional<Consistency> consistency = std::nullopt) {
  const std::string text = read(path);
  const auto format = recognize(text);
  REQUIRE(format.ok());
  formats::Window window(text);
  const auto recorded = read_recorded(*format, window);
  REQUIRE(recorded.ok());
  const ModelName model = guess_model(*recorded);
  const Question question{.model = model, .consistency = consistency ? consistency : usual_consistency(model)};
  auto judged = judge(question, *recorded);
  REQUIRE(judged.ok());
  if (judged->verdict == Verdict::invalid) CHECK_FALSE(judged->explanation.empty());
  return {question, *std::move(judged)};
}

}  // namespace

TEST_CASE("AWDIT's tests satisfy just the models that they are for", "[check][corpus]") {
  const std::filesystem::path folder = corpus();
  if (!std::filesystem::exists(folder / "awdit")) {
    std::printf("SKIPPED: no recorded histories in %s\n", folder.string().c_str());
    return;
  }
  std::istringstream expected(read(folder / "expected.tsv"));
  std::size_t judged = 0;
  for (std::string name, strongest; expected >> name >> strongest;) {
    if (!name.starts_with("awdit/")) continue;
    INFO(name);
    const int level = strongest == "causal" ? 3 : strongest == "read-atomic" ? 2 : strongest == "read-committed" ? 1 : 0;
    const auto holds = [&](Consistency c) { return ask(folder / name, c).judgement.verdict == Verdict::valid; };
    CHECK(holds(Consistency::read_committed) == (level >= 1));
    CHECK(holds(Consistency::read_atomic) == (level >= 2));
    CHECK(holds(Consistency::causal) == (level >= 3));
    // What is said to be left standing stands, and what is not does not.
    const Asked strict = ask(folder / name);
    for (const Consistency c :
         {Consistency::read_committed, Consistency::read_atomic, Consistency::causal_convergence, Consistency::snapshot_isolation,
          Consistency::serializable, Consistency::strong_session_serializable}) {
      INFO(to_text(c));
      const auto& left = strict.judgement.satisfied;
      CHECK(holds(c) == (std::find(left.begin(), left.end(), c) != left.end()));
    }
    ++judged;
  }
  CHECK(judged == 9);
}

TEST_CASE("collections of 2,000 operations get their verdicts", "[check][corpus]") {
  const std::filesystem::path folder = corpus();
  if (!std::filesystem::exists(folder / "adt")) {
    std::printf("SKIPPED: no recorded histories in %s\n", folder.string().c_str());
    return;
  }
  for (const char* kind : {"set", "queue", "stack", "priorityqueue"}) {
    INFO(kind);
    CHECK(ask(folder / "adt" / (std::string(kind) + "_2000_ok.log")).judgement.verdict == Verdict::valid);
    CHECK(ask(folder / "adt" / (std::string(kind) + "_2000_bad.log")).judgement.verdict == Verdict::invalid);
  }
}

TEST_CASE("histories of Elle, elle-cli and Jepsen get the verdicts that their checkers define", "[check][corpus]") {
  const std::filesystem::path folder = corpus();
  if (!std::filesystem::exists(folder / "elle-cli")) {
    std::printf("SKIPPED: no recorded histories in %s\n", folder.string().c_str());
    return;
  }
  struct Known {
    const char* file;
    const char* question;
    Verdict verdict;
    const char* finding;  // the first, or nothing
  };
  const Known known[] = {
      // The example of Elle's paper (section 5): G-single, and so no snapshot isolation.
      {"elle/paper-example.edn", "strict-serializable-list-append", Verdict::invalid, "G-single"},
      {"elle-cli/elle/paper-example.edn", "strict-serializable-list-append", Verdict::invalid, "G-single"},
      {"elle-cli/elle/paper-example.json", "strict-serializable-list-append", Verdict::invalid, "G-single"},
      {"elle-cli/elle/list-append-gh-30.edn", "strict-serializable-list-append", Verdict::invalid, "G2-item"},
      // They read a 3 that nobody wrote.
      {"elle-cli/elle/rw-register.edn", "strict-serializable-rw-register", Verdict::invalid, "unwritten-read"},
      {"elle-cli/elle/rw-register.json", "strict-serializable-rw-register", Verdict::invalid, "unwritten-read"},
      {"elle-cli/custom/comments.edn", "comments", Verdict::invalid, "causal-reverse"},
      {"elle-cli/jepsen/bank.edn", "bank", Verdict::valid, nullptr},
      {"elle-cli/jepsen/bank.json", "bank", Verdict::valid, nullptr},
      {"elle-cli/jepsen/bank-tidb.edn", "bank", Verdict::invalid, "wrong-total"},
      {"elle-cli/jepsen/bank-negative-balances.json", "bank", Verdict::invalid, "negative-value"},
      {"elle-cli/jepsen/counter.edn", "counter", Verdict::valid, nullptr},
      {"elle-cli/jepsen/counter.json", "counter", Verdict::valid, nullptr},
      {"elle-cli/jepsen/long-fork.edn", "long-fork", Verdict::invalid, "long-fork"},
      {"elle-cli/jepsen/set.edn", "linearizable-set", Verdict::valid, nullptr},
      // Adds of pairs, a read of plain numbers: all lost, as Jepsen has it.
      {"elle-cli/jepsen/set_full.edn", "set-full", Verdict::invalid, "lost"},
      {"elle-cli/jepsen/set_full.json", "set-full", Verdict::invalid, "lost"},
  };
  for (const Known& k : known) {
    INFO(k.file);
    const Asked asked = ask(folder / k.file);
    CHECK(to_text(asked.question) == k.question);
    CHECK(asked.judgement.verdict == k.verdict);
    if (k.finding != nullptr) {
      REQUIRE_FALSE(asked.judgement.findings.empty());
      CHECK(asked.judgement.findings.front().name == k.finding);
    }
  }
}
