// Registers and stores whose writes are all different, against the general search; recorded histories and their witnesses.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "catch.hpp"
#include "check_support.hpp"
#include "corpus_support.hpp"
#include "sim/check/objects/fastlin_text.hpp"
#include "sim/check/objects/judge.hpp"
#include "sim/check/objects/unique.hpp"
#include "sim/check/question.hpp"
#include "sim/check/witness.hpp"

using namespace sim::check;
using check_support::Lcg;
using corpus_support::corpus;
using corpus_support::read;
using sim::Value;

namespace {

void check_witness(Replayed model, const History& history, const std::vector<std::size_t>& order) {
  const auto verified = verify_witness(model, history, order);
  INFO((verified.ok() ? "" : verified.error().where + ": " + verified.error().what));
  CHECK(verified.ok());
}

// A run of a store by clients, with `mistakes` reads of what another read got. Pieces are all different.
History run_of(bool texts, Lcg& rng, std::size_t operations, std::size_t clients, std::size_t keys, int mistakes,
               bool alike = false) {
  HistoryBuilder builder;
  std::map<std::string, std::string> held;
  struct Client {
    int phase = 0;
    std::string f;
    std::string key;
    std::string value;
  };
  std::vector<Client> all(clients);
  std::size_t done = 0;
  std::uint64_t piece = 0;
  while (done < operations) {
    const auto c = static_cast<std::size_t>(rng.below(clients));
    Client& client = all[c];
    const auto process = static_cast<std::int64_t>(c);
    if (client.phase == 0) {
      const std::uint64_t what = rng.below(10);
      client.f = texts ? (what < 4 ? "get" : what < 9 ? "append" : "put") : (what < 5 ? "read" : "write");
      client.key = std::to_string(rng.below(keys));
      client.value = "x" + std::to_string(alike && rng.below(4) == 0 ? rng.below(4) : piece++) + "y";
      const bool reads = client.f == "get" || client.f == "read";
      REQUIRE(builder.invoke({.process = process, .f = client.f, .key = client.key, .value = reads ? Value() : Value(client.value)})
                  .ok());
    } else if (client.phase == 1) {
      std::string& now = held[client.key];
      if (client.f == "get" || client.f == "read") {
        client.value = now;
      } else if (client.f != "append") {
        now = client.value;
      } else {
        now += client.value;
      }
    } else {
      const std::uint64_t end = rng.below(20);
      const bool reads = client.f == "get" || client.f == "read";
      REQUIRE(builder
                  .complete({.process = process,
                             .outcome = end == 0 ? Outcome::info : Outcome::ok,
                             .value = reads && !(client.value.empty() && !texts) ? Value(client.value) : Value()})
                  .ok());
      ++done;
    }
    client.phase = (client.phase + 1) % 3;
  }
  History history = std::move(builder).finish();
  for (Operation& op : history.operations) {
    if (op.outcome == Outcome::info) op.output = Value();
  }
  for (; mistakes > 0; --mistakes) {
    Operation& a = history.operations[rng.below(history.operations.size())];
    Operation& b = history.operations[rng.below(history.operations.size())];
    const bool reads = a.f == "get" || a.f == "read";
    if (a.f == b.f && reads && a.key == b.key && a.outcome == Outcome::ok && b.outcome == Outcome::ok)
      std::swap(a.output, b.output);
  }
  return history;
}

}  // namespace

TEST_CASE("registers and stores with different writes get the verdict of the general search", "[check][objects]") {
  for (const bool texts : {false, true}) {
    Lcg rng(9);
    int invalid = 0;
    for (int i = 0; i < 1500; ++i) {
      const std::size_t operations = 4 + rng.below(20);
      const std::size_t clients = 2 + rng.below(4);
      const std::size_t keys = 1 + rng.below(2);
      const History history = run_of(texts, rng, operations, clients, keys, i % 3 == 0 ? 0 : 6);
      INFO(texts << " " << i << "\n" << to_jsonl(history));
      const auto judged = texts ? objects::judge_appends(history) : objects::judge_unique_register(history);
      REQUIRE(judged.has_value());
      const ModelName model = texts ? ModelName::kv : ModelName::reg;
      REQUIRE(judged->verdict == judge_linearizable(model, history)->verdict);
      if (judged->verdict == Verdict::valid) {
        check_witness(texts ? Replayed::kv : Replayed::value, history, judged->order);
        continue;
      }
      ++invalid;
      CHECK_FALSE(judged->explanation.empty());
      const History core = check_support::part_of(history, judged->core);
      CHECK(judge_linearizable(model, core)->verdict == Verdict::invalid);
      CHECK(std::find(judged->core.begin(), judged->core.end(), judged->failing) != judged->core.end());
    }
    CHECK(invalid > 100);
    for (int i = 0; i < 4; ++i) {
      const History history = run_of(texts, rng, 3000, 50, 10, 0);
      const auto judged = texts ? objects::judge_appends(history) : objects::judge_unique_register(history);
      REQUIRE(judged.has_value());
      REQUIRE(judged->verdict == Verdict::valid);
      check_witness(texts ? Replayed::kv : Replayed::value, history, judged->order);
    }
  }
}

TEST_CASE("where writes are alike, an order is found most often, and is right", "[check][objects]") {
  for (const bool texts : {false, true}) {
    Lcg rng(10);
    int valid = 0;
    int found = 0;
    for (int i = 0; i < 1500; ++i) {
      const History history = run_of(texts, rng, 4 + rng.below(20), 2 + rng.below(4), 1, i % 3 == 0 ? 4 : 0, true);
      INFO(texts << " " << i << "\n" << to_jsonl(history));
      const auto judged = texts ? objects::judge_appends(history) : objects::judge_unique_register(history);
      const ModelName model = texts ? ModelName::kv : ModelName::reg;
      const Verdict expected = judge_linearizable(model, history)->verdict;
      valid += expected == Verdict::valid ? 1 : 0;
      if (!judged) continue;
      REQUIRE(judged->verdict == expected);
      if (judged->verdict != Verdict::valid) continue;
      ++found;
      check_witness(texts ? Replayed::kv : Replayed::value, history, judged->order);
    }
    CHECK(found * 10 > valid * 8);
  }
}

TEST_CASE("where nothing can be told, nothing is said", "[check][objects]") {
  const auto of = [](const std::string& text) { return *parse(Format::jsonl, text); };
  const History twice = of(R"({"process":0,"type":"invoke","f":"write","value":1}
{"process":0,"type":"ok","f":"write"}
{"process":0,"type":"invoke","f":"write","value":1}
{"process":0,"type":"ok","f":"write"}
)");
  CHECK(objects::judge_unique_register(twice)->verdict == Verdict::valid);
  const History cas = of(R"({"process":0,"type":"invoke","f":"cas","value":[1,2]}
{"process":0,"type":"ok","f":"cas"}
)");
  CHECK_FALSE(objects::judge_unique_register(cas).has_value());
  const History begins = of(R"({"process":0,"type":"invoke","f":"append","key":"k","value":"x"}
{"process":0,"type":"ok","f":"append"}
{"process":0,"type":"invoke","f":"append","key":"k","value":"xy"}
{"process":0,"type":"ok","f":"append"}
)");
  CHECK_FALSE(objects::judge_appends(begins).has_value());
  CHECK(objects::judge_appends(History{})->verdict == Verdict::valid);
}

TEST_CASE("recorded histories: collections, and witnesses that a verifier replays", "[check][objects][corpus]") {
  const std::filesystem::path folder = corpus();
  if (!std::filesystem::exists(folder / "expected.tsv")) {
    std::printf("SKIPPED: no recorded histories in %s (set FAULTLINE_HISTORIES)\n", folder.string().c_str());
    return;
  }
  std::istringstream expected(read(folder / "expected.tsv"));
  int collections = 0;
  for (std::string name, verdict; expected >> name >> verdict;) {
    INFO(name);
    if (!std::filesystem::exists(folder / name)) continue;
    if (name.starts_with("adt/")) {
      const auto log = objects::FastlinReader::read(read(folder / name));
      REQUIRE(log.ok());
      const auto judged = objects::judge(*log);
      CHECK(to_text(judged->verdict) == verdict);
      ++collections;
      if (judged->verdict == Verdict::valid) check_witness(*replayed_named(to_text(log->kind())), log->history(), judged->order);
      if (judged->verdict == Verdict::invalid) CHECK(objects::judge(log->part(judged->core))->verdict == Verdict::invalid);
      if (judged->verdict == Verdict::invalid) CHECK(judged->core.size() <= 6);
      continue;
    }
    if (!name.starts_with("etcd/") && !name.starts_with("kv/") && !name.starts_with("knossos/")) continue;
    const std::string text = read(folder / name);
    const auto format = recognize(text);
    const auto history = parse(*format, text);
    REQUIRE(history.ok());
    ModelName model = guess_model(*history);
    if (model == ModelName::reg) model = ModelName::cas_register;
    const Replayed replayed = *replayed_named(to_text(model));
    if (verdict == "valid") check_witness(replayed, *history, judge_linearizable(model, *history)->order);
    if (name.starts_with("kv/")) {
      // Some of them write a piece twice; then only an order that is found says something.
      const auto judged = objects::judge_appends(*history);
      if (verdict == "valid" || name.find("c01") != std::string::npos) REQUIRE(judged.has_value());
      if (!judged) continue;
      CHECK(to_text(judged->verdict) == verdict);
      if (judged->verdict == Verdict::valid) check_witness(replayed, *history, judged->order);
      if (judged->verdict == Verdict::invalid) {
        CHECK(judge_linearizable(model, check_support::part_of(*history, judged->core))->verdict == Verdict::invalid);
      }
    }
  }
  CHECK(collections > 0);
}
