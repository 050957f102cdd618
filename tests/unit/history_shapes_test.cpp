// What clients report beside reads and writes: any function with any input, and claims that belong to a workload.
#include <string>

#include "sim/check/formats/formats.hpp"
#include "sim/scenario/json.hpp"
#include "sim/scenario/run.hpp"
#include "tests/unit/catalog_support.hpp"
#include "tests/unit/catch.hpp"

namespace {

using catalog_support::registry;

using namespace sim;  // NOLINT(google-build-using-namespace)

Scenario scenario(const std::string& clients) {
  const std::string text =
      R"({"name": "shapes", "systems": [{"name": "store", "protocol": "occ-store", "nodes": 3}], "clients": [)" + clients +
      R"(], "faults": [{"at": "1s", "for": "500ms", "partition": {"role": "leader"}}],)"
      R"( "duration": "4s"})";
  const auto document = parse_json(text);
  REQUIRE(document.ok());
  Loaded loaded = load_scenario(*document, registry());
  for (const Error& error : loaded.errors) FAIL_CHECK(error.where << ": " << error.what);
  REQUIRE(loaded.scenario);
  return *std::move(loaded.scenario);
}

const ClaimReport* claim(const Report& report, const std::string& name) {
  for (const ClaimReport& c : report.claims) {
    if (c.name == name) return &c;
  }
  return nullptr;
}

}  // namespace

TEST_CASE("an operation of any function, with data in and out, is in the history", "[run]") {
  const Scenario s = scenario(R"({"count": 2, "workload": "append", "keys": 2}, {"count": 2, "workload": "bank", "keys": 3})");
  Run run(s, 1);
  run.finish();
  std::size_t transactions = 0;
  for (const check::Operation& op : run.history("store", "append").operations) {
    REQUIRE(op.f == "txn");
    REQUIRE_FALSE(op.key);
    REQUIRE(op.input.list() != nullptr);
    if (op.outcome != check::Outcome::ok) {
      CHECK(op.output.is_nil());
      continue;
    }
    ++transactions;
    REQUIRE(op.output.list() != nullptr);
    CHECK(op.output.list()->size() == op.input.list()->size());
  }
  CHECK(transactions > 50);
  std::size_t totals = 0;
  for (const check::Operation& op : run.history("store", "bank").operations) {
    if (op.f == "transfer") {
      REQUIRE(op.input.find("amount") != nullptr);
      CHECK(op.input.find("amount")->integer() != nullptr);
      continue;
    }
    REQUIRE(op.f == "read");
    if (op.outcome != check::Outcome::ok) continue;
    std::int64_t total = 0;
    for (const auto& [account, balance] : *op.output.map()) total += *balance.integer();
    CHECK(total == 30);
    ++totals;
  }
  CHECK(totals > 20);
  CHECK(run.report().clients.invoked == run.history().operations.size());
}

TEST_CASE("a written history of any shape reads back as it was", "[run]") {
  for (const std::string workload : {"append", "txn", "bank", "queue", "set", "counter"}) {
    const Scenario s = scenario(R"({"count": 3, "workload": ")" + workload + R"("})");
    Run run(s, 2);
    run.finish();
    const check::History history = run.history();
    const auto read = check::parse(check::Format::jsonl, check::to_jsonl(history));
    INFO(workload);
    REQUIRE(read.ok());
    REQUIRE(read->operations.size() == history.operations.size());
    for (std::size_t i = 0; i < history.operations.size(); ++i) {
      check::Operation back = read->operations[i];
      back.call_line = back.return_line = 0;
      REQUIRE(back == history.operations[i]);
    }
  }
}

TEST_CASE("a claim that belongs to a workload is judged where clients have it, on what they saw", "[run]") {
  const Scenario s = scenario(R"({"count": 1, "workload": "queue"}, {"count": 2, "workload": "set"})");
  Run run(s, 1);
  run.finish();
  const Report report = run.report();
  CHECK(claim(report, "occ-store.linearizable-queue") != nullptr);
  CHECK(claim(report, "occ-store.set-full") != nullptr);
  CHECK(claim(report, "occ-store.bank") == nullptr);
  CHECK(claim(report, "occ-store.strict-serializable-list-append") == nullptr);
  for (const check::Operation& op : run.history("store", "queue").operations) CHECK((op.f == "enqueue" || op.f == "dequeue"));
  CHECK(run.history("store", "bank").operations.empty());
  // And `checks` does not know a claim that is about nobody here.
  auto document = s.source;
  REQUIRE_FALSE(set_member(document, R"(checks=["occ-store.bank"])"));
  CHECK(load_scenario(document, registry()).errors.size() == 1);
}
