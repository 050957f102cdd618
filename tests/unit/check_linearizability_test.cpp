// The searches against an exhaustive one, their witnesses against an independent replay, their limits, their determinism.
#include <map>
#include <string>
#include <vector>

#include "catch.hpp"
#include "check_support.hpp"

using namespace check_support;
using namespace sim::check;

namespace {

constexpr std::int64_t kProcesses = 4;

Value small(Lcg& lcg) { return Value(static_cast<std::int64_t>(lcg.below(3))); }
Value letter(Lcg& lcg) {
  const std::uint64_t draw = lcg.below(8);
  return Value(draw < 2 ? "" : draw < 5 ? "a" : "b");
}

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

// What `clients` clients see of one object: every operation takes effect at some instant between its two events.
History honest_history(const std::string& model, std::uint64_t seed, std::uint64_t clients, std::uint64_t operations) {
  Lcg lcg(seed);
  HistoryBuilder builder;
  const History empty;
  Sequential object(model, empty);
  std::map<std::int64_t, Value> effective;  // open operations that have taken effect, with their results
  std::uint64_t invoked = 0;
  for (std::uint64_t turn = 0; invoked < operations && turn < operations * 20; ++turn) {  // a mutex may lock all up
    const auto process = static_cast<std::int64_t>(lcg.below(clients));
    const Operation* open = builder.open(process);
    if (open == nullptr) {
      Invocation call = random_call(model, process, lcg);
      if (model == "kv" && call.f == "append" && lcg.below(2) == 0) call.value = Value(std::to_string(invoked) + ";");
      REQUIRE(builder.invoke(std::move(call)).ok());
      ++invoked;
    } else if (!effective.contains(process)) {
      Operation now = *open;
      now.outcome = Outcome::ok;
      Sequential before = object;
      if (now.f == "cas")
        now.output = Value(before.apply([&] {
          Operation yes = now;
          yes.output = Value(true);
          return yes;
        }()));
      if (now.f == "read" || now.f == "get") now.output = object.value(now);
      if (object.apply(now)) effective[process] = now.output;  // a mutex that is held lets nobody in yet
    } else {
      const bool lost = lcg.below(30) == 0;
      REQUIRE(
          builder
              .complete(
                  {.process = process, .outcome = lost ? Outcome::info : Outcome::ok, .value = lost ? Value() : effective[process]})
              .ok());
      effective.erase(process);
    }
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
      const auto judged = judge_linearizable(*model_named(model), history);
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
      CHECK(judge_linearizable(*model_named(model), core)->verdict == Verdict::invalid);
      CHECK_FALSE(judged->explanation.empty());
    }
    INFO(model << ": " << invalid << " invalid");
    CHECK(invalid > 200);
    CHECK(invalid < 2800);
  }
}

TEST_CASE("histories of an object that is linearizable are valid, and the searches agree once one result is changed", "[check]") {
  for (const std::string model : {"register", "cas-register", "kv", "mutex"}) {
    for (std::uint64_t seed = 0; seed < 150; ++seed) {
      const std::uint64_t clients = 2 + seed % 7;
      History history = honest_history(model, seed, clients, 20 + seed);
      INFO(model << ", seed " << seed << "\n" << to_jsonl(history));
      const auto judged = judge_linearizable(*model_named(model), history);
      REQUIRE(judged.ok());
      REQUIRE(judged->verdict == Verdict::valid);
      CHECK(is_linearization(model, history, judged->order));

      Lcg lcg(seed);
      Operation& changed = history.operations[lcg.below(history.operations.size())];
      if (changed.outcome != Outcome::ok || model == "mutex") continue;
      if (changed.f == "read" || changed.f == "get")
        changed.output = history.operations[lcg.below(history.operations.size())].output;
      if (changed.f == "cas") changed.output = Value(changed.output == Value(false));
      const Verdict jit = by<JitSearch>(std::move(*partition_values(*model_named(model), history)));
      const Verdict wgl = by<WglSearch>(std::move(*partition_values(*model_named(model), history)));
      CHECK(jit != Verdict::undecided);
      if (wgl != Verdict::undecided) CHECK(jit == wgl);
    }
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

TEST_CASE("the same history gives the same judgement, to the step", "[check]") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const History history = honest_history("kv", seed, 6, 200);
    const auto a = judge_linearizable(ModelName::kv, history);
    const auto b = judge_linearizable(ModelName::kv, parse(Format::jsonl, to_jsonl(history)).value());
    CHECK(a->verdict == b->verdict);
    CHECK(a->steps == b->steps);
    CHECK(a->order == b->order);
  }
  // Steps are counted, not timed, and no hash's order shows: this number is the same on every machine.
  CHECK(judge_linearizable(ModelName::cas_register, honest_history("cas-register", 1, 5, 100))->steps == 325);
}

TEST_CASE("a limit leaves a history undecided, and says which and how far", "[check]") {
  const History history = honest_history("cas-register", 3, 12, 400);
  REQUIRE(judge_linearizable(ModelName::cas_register, history)->verdict == Verdict::valid);
  const auto steps = judge_linearizable(ModelName::cas_register, history, {.steps = 100});
  CHECK(steps->verdict == Verdict::undecided);
  CHECK(steps->explanation.find("the limit on steps, 100, is reached") != std::string::npos);
  CHECK(steps->steps < 1000);
  const auto bytes = judge_linearizable(ModelName::cas_register, history, {.bytes = 2000});
  CHECK(bytes->verdict == Verdict::undecided);
  CHECK(bytes->explanation.find("memory") != std::string::npos);
}

TEST_CASE("more operations open at once than there are slots is undecided, not a crash", "[check]") {
  HistoryBuilder builder;
  for (std::int64_t p = 0; p <= kMaxSlots; ++p) REQUIRE(builder.invoke({.process = p, .f = "write", .value = Value(p)}).ok());
  for (std::int64_t p = 0; p <= kMaxSlots; ++p) REQUIRE(builder.complete({.process = p}).ok());
  for (std::int64_t p = 0; p <= kMaxSlots; ++p) {
    REQUIRE(builder.invoke({.process = p, .f = "cas", .value = Value(Value::List{Value(p), Value(p)})}).ok());
  }
  for (std::int64_t p = 0; p <= kMaxSlots; ++p) REQUIRE(builder.complete({.process = p, .value = Value(false)}).ok());
  const auto judged = judge_linearizable(ModelName::cas_register, builder.history(), {.steps = 100'000});
  CHECK(judged->verdict == Verdict::undecided);
  CHECK(judged->explanation.find("open at once") != std::string::npos);
}

TEST_CASE("an impossible tangle stays within its memory", "[check]") {
  HistoryBuilder builder;  // 60 concurrent writes of values that are all read later, in an order that cannot be
  for (std::int64_t p = 0; p < 60; ++p) REQUIRE(builder.invoke({.process = p, .f = "write", .value = Value(p)}).ok());
  for (std::int64_t p = 60; p < 120; ++p) REQUIRE(builder.invoke({.process = p, .f = "read"}).ok());
  for (std::int64_t p = 60; p < 120; ++p) {
    REQUIRE(builder.complete({.process = p, .value = p == 119 ? Value(std::int64_t{-1}) : Value(p - 60)}).ok());
  }
  for (std::int64_t p = 0; p < 60; ++p) REQUIRE(builder.complete({.process = p}).ok());
  const auto judged = judge_linearizable(ModelName::reg, builder.history(), {.steps = 3'000'000, .bytes = std::size_t{8} << 20U});
  CHECK(judged->verdict == Verdict::undecided);
  CHECK_FALSE(judged->explanation.empty());
}
