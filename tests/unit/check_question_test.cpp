// The door to all checkers: names, what may be asked of which model, what is guessed, and what a run may be judged by as it goes.
#include <algorithm>
#include <string>

#include "catch.hpp"
#include "check_support.hpp"

using namespace sim::check;

namespace {

History of(std::string_view lines) {
  auto history = parse(Format::jsonl, lines);
  REQUIRE(history.ok());
  return *std::move(history);
}

std::string event(int process, const std::string& type, const std::string& f, const std::string& value) {
  return "{\"process\":" + std::to_string(process) + ",\"type\":\"" + type + "\",\"f\":\"" + f + "\",\"value\":" + value + "}\n";
}
std::string both(int process, const std::string& f, const std::string& in, const std::string& out) {
  return event(process, "invoke", f, in) + event(process, "ok", f, out);
}

}  // namespace

TEST_CASE("a question has one name, which finds it again", "[check]") {
  std::size_t questions = 0;
  for (const ModelInfo& model : all_models()) {
    const auto usual = question_named(model.text);
    REQUIRE(usual.has_value());
    CHECK(usual->model == model.name);
    CHECK(usual->consistency == usual_consistency(model.name));
    for (const Consistency consistency : askable(model.name)) {
      const Question question{.model = model.name, .consistency = consistency};
      INFO(to_text(question));
      CHECK(question_named(to_text(question)) == question);
      ++questions;
    }
  }
  CHECK(questions > 50);
  for (const char* unknown :
       {"", "-", "kv-", "-kv", "strict-kv", "snapshot-isolation-queue", "linearizable-bank", "serializable"}) {
    INFO(unknown);
    CHECK_FALSE(question_named(unknown).has_value());
  }
}

TEST_CASE("consistency models are ordered as the literature has them", "[check]") {
  using enum Consistency;
  for (const ConsistencyInfo& info : all_consistencies()) {
    CHECK(consistency_named(info.text) == info.name);
    CHECK(implies(info.name, info.name));
    CHECK(implies(linearizable, info.name));
    for (const ConsistencyInfo& other : all_consistencies()) {
      if (implies(info.name, other.name) && implies(other.name, info.name)) CHECK(info.name == other.name);
    }
  }
  CHECK(implies(strict_serializable, snapshot_isolation));
  CHECK(implies(serializable, repeatable_read));
  CHECK_FALSE(implies(snapshot_isolation, repeatable_read));  // write skew
  CHECK_FALSE(implies(repeatable_read, snapshot_isolation));
  CHECK_FALSE(implies(serializable, causal));  // no order of sessions
  CHECK_FALSE(implies(causal_convergence, causal_memory));
  CHECK(consistency_named("SI") == snapshot_isolation);
  CHECK(consistency_named("strong-serializable") == strict_serializable);
  CHECK_FALSE(consistency_named("si").has_value());
  const Consistency some[] = {read_committed, snapshot_isolation, repeatable_read, read_atomic};
  CHECK(strongest(some) == std::vector<Consistency>{repeatable_read, snapshot_isolation});
}

TEST_CASE("what is not to be asked of a model is refused with what is", "[check]") {
  const History queue = of(both(0, "enqueue", "1", "1"));
  const auto refused = judge({.model = ModelName::queue, .consistency = Consistency::snapshot_isolation}, queue);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().what == "the model queue judges only these: linearizable");
  const auto bank = judge({.model = ModelName::bank, .consistency = Consistency::causal}, of(both(0, "read", "null", "{\"0\":1}")));
  REQUIRE_FALSE(bank.ok());
  CHECK_FALSE(judge({.model = ModelName::list_append}, queue).ok());
}

TEST_CASE("collections of several keys are judged apart, and their orders are one order", "[check]") {
  const auto keyed = [](int process, const std::string& f, const std::string& key, const std::string& in, const std::string& out) {
    const std::string begin = "{\"process\":" + std::to_string(process) + ",\"f\":\"" + f + "\",\"key\":\"" + key + "\",\"type\":";
    return begin + "\"invoke\",\"value\":" + in + "}\n" + begin + "\"ok\",\"value\":" + out + "}\n";
  };
  const std::string puts =
      keyed(0, "enqueue", "a", "1", "1") + keyed(0, "enqueue", "b", "2", "2") + keyed(0, "enqueue", "a", "3", "3");
  const History right = of(puts + keyed(1, "dequeue", "b", "null", "2") + keyed(1, "dequeue", "a", "null", "1"));
  const Question queue{.model = ModelName::queue};
  const auto good = judge(queue, right);
  REQUIRE(good->verdict == Verdict::valid);
  CHECK(good->order == std::vector<std::size_t>{0, 1, 2, 3, 4});
  const auto bad = judge(queue, of(puts + keyed(1, "dequeue", "b", "null", "2") + keyed(1, "dequeue", "a", "null", "3")));
  REQUIRE(bad->verdict == Verdict::invalid);
  CHECK(bad->explanation.starts_with("on key a: "));
  CHECK(bad->core == std::vector<std::size_t>{0, 2, 4});
}

TEST_CASE("the model is guessed by what operations do", "[check]") {
  const auto guessed = [](const std::string& lines) {
    formats::Window window(lines);
    const auto recorded = read_recorded(Format::jsonl, window);
    REQUIRE(recorded.ok());
    return std::string(to_text(guess_model(*recorded)));
  };
  CHECK(guessed(both(0, "txn", "[[\"r\",1,null],[\"append\",1,2]]", "[[\"r\",1,[]],[\"append\",1,2]]")) == "list-append");
  CHECK(guessed(both(0, "txn", "[[\"w\",1,2]]", "[[\"w\",1,2]]")) == "rw-register");
  CHECK(guessed(both(0, "txn", "[[\"write\",1,2]]", "[[\"write\",1,2]]")) == "multi-register");
  CHECK(guessed(both(0, "txn", "[[\"send\",1,2]]", "[[\"send\",1,[0,2]]]")) == "kafka");
  CHECK(guessed(both(0, "write", "[[\"w\",1,1]]", "[[\"w\",1,1]]")) == "long-fork");
  CHECK(guessed(both(0, "transfer", "{\"from\":0,\"to\":1,\"amount\":1}", "null")) == "bank");
  CHECK(guessed(both(0, "read", "null", "{\"0\":10}")) == "bank");
  CHECK(guessed(both(0, "generate", "null", "7")) == "unique-ids");
  CHECK(guessed(both(0, "enqueue", "7", "7")) == "queue");
  CHECK(guessed(both(0, "enqueue", "7", "7") + both(0, "drain", "null", "[7]")) == "total-queue");
  CHECK(guessed(both(0, "push", "7", "7")) == "stack");
  CHECK(guessed(both(0, "insert", "7", "true") + both(0, "poll", "null", "7")) == "priority-queue");
  CHECK(guessed(both(0, "insert", "7", "true") + both(0, "contains", "7", "true")) == "set");
  CHECK(guessed(both(0, "add", "7", "7") + both(0, "read", "null", "[7]")) == "set");
  CHECK(guessed(both(0, "add", "7", "7") + both(0, "read", "null", "[7]") + both(0, "read", "null", "[7]")) == "set-full");
  CHECK(guessed(both(0, "add", "7", "7") + both(0, "read", "null", "7")) == "counter");
  CHECK(guessed(both(0, "send", "[\"k\",1]", "0")) == "kafka");
  CHECK(guessed(both(0, "write", "7", "7") + both(0, "read", "null", "[7]")) == "comments");
  CHECK(guessed("") == "register");
}

TEST_CASE("an empty history is fine by every question, and no operation at all by none that wants some", "[check]") {
  for (const ModelInfo& model : all_models()) {
    INFO(model.text);
    const auto judged = judge({.model = model.name}, History{});
    REQUIRE(judged.ok());
    CHECK(judged->verdict != Verdict::invalid);
  }
}

TEST_CASE("what a run is judged by while it goes on stays broken however it goes on", "[check]") {
  std::size_t broken = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    check_support::Lcg random(seed);
    std::vector<std::string> events;
    std::vector<std::string> open(3);
    for (int i = 0; i < 14; ++i) {
      const auto process = static_cast<int>(random.below(3));
      std::string& pending = open[static_cast<std::size_t>(process)];
      if (pending.empty()) {
        pending = random.below(2) == 0 ? "read" : "write";
        events.push_back(event(process, "invoke", pending, pending == "read" ? "null" : std::to_string(random.below(3))));
      } else {
        events.push_back(event(process, random.below(8) == 0 ? "info" : "ok", pending, std::to_string(random.below(3))));
        pending.clear();
      }
    }
    for (const Consistency consistency : {Consistency::linearizable, Consistency::strict_serializable}) {
      const Question question{.model = ModelName::reg, .consistency = consistency};
      REQUIRE(stays_broken(question));
      bool was = false;
      std::string text;
      for (const std::string& line : events) {
        text += line;
        const auto judged = judge(question, of(text));
        if (!judged.ok()) break;  // a value that is written twice is no transaction's
        const bool invalid = judged->verdict == Verdict::invalid;
        CHECK((!was || invalid));
        was = invalid;
      }
      broken += was ? 1 : 0;
    }
  }
  CHECK(broken > 50);
  CHECK_FALSE(stays_broken({.model = ModelName::set_full}));
  CHECK_FALSE(stays_broken({.model = ModelName::reg, .consistency = Consistency::sequential}));
}

TEST_CASE("a value that is read before it is written breaks real time for good, and no other order", "[check]") {
  const std::string early = both(0, "read", "null", "1");
  const std::string whole = early + both(1, "write", "1", "1");
  const auto verdict = [](Consistency consistency, const std::string& lines) {
    return judge({.model = ModelName::reg, .consistency = consistency}, of(lines))->verdict;
  };
  CHECK(verdict(Consistency::sequential, early) == Verdict::invalid);
  CHECK(verdict(Consistency::sequential, whole) == Verdict::valid);
  CHECK(verdict(Consistency::linearizable, early) == Verdict::invalid);
  CHECK(verdict(Consistency::linearizable, whole) == Verdict::invalid);
}
