// Sequential consistency: against every order that keeps the processes' own, and what it allows that linearizability does not.
#include <string>
#include <vector>

#include "catch.hpp"
#include "check_support.hpp"
#include "sim/check/sequential.hpp"
#include "sim/check/witness.hpp"

using namespace sim::check;
using check_support::Lcg;
using sim::Value;

namespace {

// Tries every order. An operation whose outcome is unknown waits for what its process did before; nothing waits for it.
class EveryOrder {
 public:
  EveryOrder(std::string model, const History& history) : model_(std::move(model)), history_(history) {}

  bool sequential() {
    return extend(std::vector<bool>(history_.operations.size(), false), check_support::Sequential(model_, history_));
  }

 private:
  bool extend(const std::vector<bool>& done, const check_support::Sequential& object) {
    bool all = true;
    for (std::size_t i = 0; i < done.size(); ++i) all = all && (done[i] || history_.operations[i].outcome != Outcome::ok);
    if (all) return true;
    for (std::size_t i = 0; i < done.size(); ++i) {
      const Operation& op = history_.operations[i];
      if (done[i] || op.outcome == Outcome::fail || !first(done, i)) continue;
      check_support::Sequential next = object;
      if (!next.apply(op)) continue;
      std::vector<bool> more = done;
      more[i] = true;
      if (extend(more, next)) return true;
    }
    return false;
  }
  bool first(const std::vector<bool>& done, std::size_t i) const {
    for (std::size_t k = 0; k < done.size(); ++k) {
      const Operation& op = history_.operations[k];
      if (op.process == history_.operations[i].process && op.invoked < history_.operations[i].invoked && !done[k] &&
          op.outcome == Outcome::ok) {
        return false;
      }
    }
    return true;
  }

  std::string model_;
  const History& history_;
};

History random_history(Lcg& rng, bool distinct, bool cas) {
  HistoryBuilder builder;
  const std::size_t operations = 2 + rng.below(6);
  int next = 1;
  std::vector<bool> open(3, false);
  for (std::size_t begun = 0; begun < operations || open[0] || open[1] || open[2];) {
    const auto process = rng.below(3);
    const auto p = static_cast<std::int64_t>(process);
    if (!open[process]) {
      if (begun == operations) continue;
      ++begun;
      const std::uint64_t what = rng.below(10);
      const std::string key = rng.below(2) == 0 ? "x" : "y";
      const auto value = [&] { return Value(static_cast<std::int64_t>(rng.below(3))); };
      Invocation call{.process = p, .f = "read", .key = key};
      if (what < 4) call.f = "write";
      if (what < 4) call.value = distinct ? Value(std::int64_t{next++}) : value();
      if (what == 4 && cas) {
        call.f = "cas";
        const Value from = value();
        call.value = Value(Value::List{from, value()});
      }
      REQUIRE(builder.invoke(std::move(call)).ok());
      open[process] = true;
      continue;
    }
    Completion end{.process = p, .outcome = rng.below(8) == 0 ? Outcome::info : Outcome::ok};
    const bool reads = builder.open(p)->f == "read";
    if (end.outcome == Outcome::ok && reads) {
      const auto below = static_cast<std::uint64_t>(distinct ? next : 3);
      const auto value = static_cast<std::int64_t>(rng.below(below));
      end.value = distinct && value == 0 ? Value() : Value(value);
    }
    REQUIRE(builder.complete(std::move(end)).ok());
    open[process] = false;
  }
  History out = std::move(builder).finish();
  if (distinct) {  // a key reads what is written to it, mostly
    for (Operation& op : out.operations) {
      if (op.f != "read" || op.output.is_nil() || rng.below(10) == 0) continue;
      for (const Operation& write : out.operations) {
        if (write.f == "write" && write.input == op.output && write.key != op.key) op.output = Value();
      }
    }
  }
  return out;
}

History of(const std::string& text) {
  auto history = parse(Format::jsonl, text);
  REQUIRE(history.ok());
  return *std::move(history);
}

// "0 write x 1" and so on, one after another.
History lines(const std::vector<std::string>& operations) {
  std::string text;
  for (const std::string& op : operations) {
    const std::string process = op.substr(0, 1);
    const bool write = op[2] == 'w';
    const std::string f = write ? "write" : "read";
    const std::string key = op.substr(4, 1);
    const std::string value = op.substr(6);
    const std::string head = "{\"process\":" + process + ",\"f\":\"" + f + "\",";
    text += head + "\"type\":\"invoke\",\"key\":\"" + key + "\",\"value\":" + (write ? value : "null") + "}\n";
    text += head + "\"type\":\"ok\",\"value\":" + (write ? "null" : value) + "}\n";
  }
  return of(text);
}

Verdict verdict_of(ModelName model, const History& history) {
  const auto judged = judge_sequential(model, history);
  REQUIRE(judged.ok());
  CHECK(*judged == *judge_sequential(model, history));
  if (judged->verdict == Verdict::valid) {
    const auto verified = verify_witness(Replayed::value, history, judged->order, Keeps::sessions);
    INFO((verified.ok() ? "" : verified.error().where + ": " + verified.error().what));
    CHECK(verified.ok());
  } else {
    CHECK_FALSE(judged->explanation.empty());
    CHECK(judge_sequential(model, check_support::part_of(history, judged->core))->verdict == Verdict::invalid);
  }
  return judged->verdict;
}

}  // namespace

TEST_CASE("small histories are sequential when some order of all that keeps each process's own explains them",
          "[check][sequential]") {
  for (const int kind : {0, 1, 2}) {
    Lcg rng(static_cast<std::uint64_t>(kind) + 3);
    int valid = 0;
    const int cases = 3000;
    for (int i = 0; i < cases; ++i) {
      const History history = random_history(rng, kind == 0, kind == 2);
      INFO(kind << " " << i << "\n" << to_jsonl(history));
      const bool expected = EveryOrder("cas-register", history).sequential();
      valid += expected ? 1 : 0;
      REQUIRE((verdict_of(ModelName::cas_register, history) == Verdict::valid) == expected);
    }
    CHECK(valid > cases / 20);
    CHECK(valid < cases - cases / 20);
  }
}

TEST_CASE("a stale read is sequential, and not linearizable", "[check][sequential]") {
  const History stale = lines({"0 w x 1", "0 w x 2", "1 r x 1"});
  CHECK(judge_linearizable(ModelName::reg, stale)->verdict == Verdict::invalid);
  CHECK(verdict_of(ModelName::reg, stale) == Verdict::valid);
  const History back = lines({"0 w x 1", "0 w x 2", "1 r x 2", "1 r x 1"});
  CHECK(verdict_of(ModelName::reg, back) == Verdict::invalid);
  CHECK(judge_sequential(ModelName::reg, back)->explanation ==
        "the read of key \"x\" by process 1 on line 8 returned 1; no order that keeps what each process did explains it: lines 1, "
        "3, 5 "
        "and 7");
}

TEST_CASE("objects that are sequential one by one need not be so together", "[check][sequential]") {
  // Store buffering: each misses what the other wrote (Lamport 1979 forbids it).
  const History both = lines({"0 w x 1", "1 w y 1", "0 r y null", "1 r x null"});
  CHECK(verdict_of(ModelName::reg, both) == Verdict::invalid);
  CHECK(verdict_of(ModelName::reg, lines({"0 w x 1", "1 w y 1", "0 r y null", "1 r x 1"})) == Verdict::valid);
  // Readers that disagree about the order of independent writes (IRIW).
  CHECK(verdict_of(ModelName::reg, lines({"0 w x 1", "1 w y 1", "2 r x 1", "2 r y null", "3 r y 1", "3 r x null"})) ==
        Verdict::invalid);
}

TEST_CASE("the search for an order keeps its limits", "[check][sequential]") {
  std::vector<std::string> many;
  for (int i = 1; i < 9; ++i) {
    for (const char* process : {"0", "1", "2", "3"}) many.push_back(std::string(process) + " w x " + std::to_string(i % 3));
  }
  many.push_back("0 r y 7");
  many.push_back("1 w y 7");
  const auto judged = judge_sequential(ModelName::cas_register, lines(many), {.steps = 50});
  CHECK(judged->verdict == Verdict::undecided);
  CHECK(judged->explanation.find("the limit on steps, 50, is reached") != std::string::npos);
  CHECK(judge_sequential(ModelName::reg, of("{\"process\":0,\"type\":\"invoke\",\"f\":\"cas\",\"value\":[1,2]}\n")).error().where ==
        "line 1");
  CHECK(judge_sequential(ModelName::reg, History{})->verdict == Verdict::valid);
}
