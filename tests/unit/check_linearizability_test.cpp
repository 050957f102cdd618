// The searches against an exhaustive one, their witnesses against an independent replay, their limits, their determinism.
#include <string>
#include <vector>

#include "check_support.hpp"
#include "catch.hpp"

using namespace check_support;
using namespace sim::check;

namespace {

constexpr std::int64_t kProcesses = 4;

Value small(Lcg& lcg) { return Value(static_cast<std::int64_t>(lcg.below(3))); }
Value letter(Lcg& lcg) { return Value(std::string(lcg.below(4) == 0 ? 0 : 1, static_cast<char>('a' + lcg.below(2)))); }

Invocation random_call(const std::string& model, std::int64_t process, Lcg& lcg) {
  Invocation call{.process = process, .f = "read"};
  const std::uint64_t pick = lcg.below(10);
  if (model == "mutex") {
    call.f = pick < 5 ? "acquire" : "release";
  } else if (model == "kv") {
    call.key = lcg.below(5) == 0 ? "k2" : "k1";
    call.f = pick < 4 ? "get" : pick < 7 ? "append" : pick < 8 ? "put" : pick < 9 ? "cas" : "delete";
    if (call.f == "append" || call.f == "put") call.value = letter(lcg);
    if (call.f == "cas") call.value = Value(Value::List{letter(lcg), letter(lcg)});
  } else {
    call.f = pick < 4 ? "read" : pick < 7 || model == "register" ? "write" : "cas";
    if (call.f == "write") call.value = small(lcg);
    if (call.f == "cas") {
      Value from = small(lcg);
      call.value = Value(Value::List{std::move(from), small(lcg)});
    }
  }
  return call;
}

// What an operation returns: most often what the object would say now, so that many histories are nearly linearizable.
Value random_result(const std::string& model, const Operation& op, Sequential& object, Lcg& lcg) {
  const bool lie = lcg.below(6) == 0;
  if (op.f == "cas") {
    Operation yes = op;
    yes.outcome = Outcome::ok;
    yes.output = Value(true);
    return Value(object.apply(yes) != lie);
  }
  if (op.f == "read" || op.f == "get") {
    if (lie) return model == "kv" ? letter(lcg) : small(lcg);
    for (const char* text : {"", "a", "b", "aa", "ab", "ba", "bb", "aaa", "aab", "aba", "abb", "baa", "bab", "bba", "bbb"}) {
      Operation guess = op;
      guess.outcome = Outcome::ok;
      guess.output = Value(text);
      if (model == "kv" && object.apply(guess)) return guess.output;
    }
    for (std::int64_t n = 0; n < 3; ++n) {
      Operation guess = op;
      guess.outcome = Outcome::ok;
      guess.output = Value(n);
      if (object.apply(guess)) return guess.output;
    }
    return Value();
  }
  object.apply(op);
  return Value();
}

History random_history(const std::string& model, std::uint64_t seed) {
  Lcg lcg(seed);
  HistoryBuilder builder;
  if (lcg.below(2) == 0 && model != "kv") builder.history().initial = Value(std::int64_t{0});
  builder.history().nil_reads_match_any = lcg.below(4) == 0;
  const History empty = builder.history();
  Sequential object(model, empty);
  const std::uint64_t operations = 3 + lcg.below(6);
  std::vector<bool> crashed(kProcesses, false);
  for (std::uint64_t invoked = 0; invoked < operations;) {
    const auto process = static_cast<std::int64_t>(lcg.below(kProcesses));
    const Operation* open = builder.open(process);
    if (open == nullptr) {
      REQUIRE(builder.invoke(random_call(model, process, lcg)).ok());
      ++invoked;
      continue;
    }
    const std::uint64_t fate = lcg.below(12);
    const Outcome outcome = fate == 0 ? Outcome::fail : fate <= 2 ? Outcome::info : Outcome::ok;
    Value result;
    if (outcome == Outcome::ok || lcg.below(2) == 0) result = random_result(model, *open, object, lcg);
    if (outcome != Outcome::ok) result = Value();
    REQUIRE(builder.complete({.process = process, .outcome = outcome, .value = std::move(result)}).ok());
  }
  return std::move(builder).finish();
}

// A user's own model: a register with cas, the plainest way to write it.
struct PlainRegister {
  using State = std::string;
  struct Op {
    std::string f;
    std::string from;
    std::string to;
    bool known = false;
    bool operator==(const Op&) const = default;
  };
  std::string start;

  State initial() const { return start; }
  sim::Result<std::optional<Op>> encode(const Operation& op) const {
    const bool known = op.outcome == Outcome::ok;
    Op out{op.f, "", "", known};
    if (op.f == "read") out.from = op.output.to_json();
    if (op.f == "write") out.to = op.input.to_json();
    if (op.f == "cas") {
      out.from = (*op.input.list())[0].to_json();
      out.to = (*op.input.list())[1].to_json();
      if (op.output == Value(false)) out.f = "refused";
    }
    return std::optional<Op>(out);
  }
  bool step(State& state, const Op& op) const {
    if (op.f == "write") {
      state = op.to;
    } else if (op.f == "refused") {
      return state != op.from;
    } else if (state != op.from) {
      return op.f == "read" && !op.known;
    } else if (op.f == "cas") {
      state = op.to;
    }
    return true;
  }
  std::uint64_t hash(const State& state) const { return hash_text(state); }
  std::uint64_t hash(const Op& op) const { return hash_text(op.f) ^ mix(hash_text(op.from)) ^ hash_text(op.to + "!"); }
};

// Every order of the events by one search alone, for what the race would hide.
template <template <class, std::size_t> class S>
Verdict by(std::vector<Partition<ValueMachine>> partitions) {
  for (auto& p : partitions) {
    const Problem problem = Problem::build(p.ops, p.classes);
    S<ValueMachine, 1> search(problem, p.machine);
    const Progress progress = search.run(1'000'000, std::size_t{1} << 26U);
    if (progress != Progress::valid) return progress == Progress::invalid ? Verdict::invalid : Verdict::undecided;
  }
  return Verdict::valid;
}

}  // namespace

TEST_CASE("verdicts agree with an exhaustive search, and carry their proof", "[check]") {
  for (const std::string model : {"register", "cas-register", "kv", "mutex"}) {
    std::size_t invalid = 0;
    for (std::uint64_t seed = 0; seed < 3000; ++seed) {
      const History history = random_history(model, seed);
      INFO(model << ", seed " << seed << "\n" << to_jsonl(history));
      const bool expected = Exhaustive(model, history).linearizable();
      const auto judged = judge(*model_named(model), history);
      REQUIRE(judged.ok());
      REQUIRE(judged->verdict == (expected ? Verdict::valid : Verdict::invalid));
      CHECK(by<JitSearch>(std::move(*partition_values(*model_named(model), history))) == judged->verdict);
      CHECK(by<WglSearch>(std::move(*partition_values(*model_named(model), history))) == judged->verdict);
      if (expected) {
        CHECK(is_linearization(model, history, judged->order));
        continue;
      }
      ++invalid;
      const History core = part_of(history, judged->core);
      CHECK_FALSE(Exhaustive(model, core).linearizable());
      CHECK(judge(*model_named(model), core)->verdict == Verdict::invalid);
      CHECK_FALSE(judged->explanation.empty());
    }
    INFO(model << ": " << invalid << " invalid");
    CHECK(invalid > 300);
    CHECK(invalid < 2700);
  }
}

TEST_CASE("a user's model is checked by the same searches", "[check]") {
  for (std::uint64_t seed = 0; seed < 1500; ++seed) {
    History history = random_history("cas-register", seed);
    history.nil_reads_match_any = false;
    INFO("seed " << seed << "\n" << to_jsonl(history));
    const bool expected = Exhaustive("cas-register", history).linearizable();
    const auto judged = judge_with(PlainRegister{history.initial.to_json()}, history);
    REQUIRE(judged.ok());
    REQUIRE(judged->verdict == (expected ? Verdict::valid : Verdict::invalid));
    if (expected) CHECK(is_linearization("cas-register", history, judged->order));
    if (!expected) CHECK_FALSE(Exhaustive("cas-register", part_of(history, judged->core)).linearizable());
  }
}
