// Each model by small histories: text in, verdict out; each valid one beside an invalid twin.
#include <string>
#include <vector>

#include "catch.hpp"
#include "check_support.hpp"

using namespace sim::check;
using sim::Value;

namespace {

// A history in a line: "0:write 1" invokes, "0:" and what it returns completes; events are separated by " | ".
// Operands are JSON. "0!" fails, "0?" is unknown. "0:get@k" names a key.
History history_of(std::string_view text, Value initial = {}) {
  std::string lines = "{\"faultline\":{\"initial\":" + initial.to_json() + "}}\n";
  std::vector<bool> open(10, false);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(" | "), text.size());
    const std::string_view event = text.substr(0, end);
    text.remove_prefix(std::min(end + 3, text.size()));
    const char process = event[0];
    std::string_view rest = event.substr(2);
    const auto slot = static_cast<std::size_t>(process - '0');
    lines += std::string("{\"process\":") + process + ",\"type\":\"";
    if (open[slot]) {
      lines += event[1] == '!' ? "fail" : event[1] == '?' ? "info" : "ok";
      lines += "\",\"value\":" + std::string(rest.empty() ? "null" : rest) + "}\n";
    } else {
      const std::size_t blank = std::min(rest.find(' '), rest.size());
      const std::size_t sign = rest.substr(0, blank).find('@');
      lines += "invoke\",\"f\":\"" + std::string(rest.substr(0, std::min(sign, blank))) + "\"";
      if (sign != std::string_view::npos) lines += ",\"key\":\"" + std::string(rest.substr(sign + 1, blank - sign - 1)) + "\"";
      rest.remove_prefix(std::min(blank + 1, rest.size()));
      lines += ",\"value\":" + std::string(rest.empty() ? "null" : rest) + "}\n";
    }
    open[slot] = !open[slot];
  }
  auto history = parse(Format::jsonl, lines);
  INFO(lines);
  REQUIRE(history.ok());
  return *history;
}

std::string verdict(ModelName model, std::string_view text, Value initial = {}) {
  const auto judged = judge_linearizable(model, history_of(text, std::move(initial)));
  if (!judged.ok()) return judged.error().where + ": " + judged.error().what;
  return std::string(to_text(judged->verdict));
}

}  // namespace

TEST_CASE("register", "[check]") {
  const auto reg = [](std::string_view text) { return verdict(ModelName::reg, text); };
  CHECK(reg("") == "valid");
  CHECK(reg("0:read | 0:") == "valid");
  CHECK(reg("0:read | 0:1") == "invalid");
  CHECK(reg("0:write 1 | 0: | 1:read | 1:1") == "valid");
  CHECK(reg("0:write 1 | 0: | 1:read | 1:") == "invalid");
  CHECK(reg("0:write 1 | 1:read | 1:1 | 2:read | 2:1") == "valid");
  CHECK(reg("0:write 1 | 1:read | 1:1 | 2:read | 2:") == "invalid");  // a read that goes back
  CHECK(reg("0:write 1 | 0! | 1:read | 1:") == "valid");
  CHECK(reg("0:write 1 | 0! | 1:read | 1:1") == "invalid");
  CHECK(reg("0:write 1 | 0? | 1:read | 1: | 1:read | 1:1") == "valid");  // it took effect late
  CHECK(reg("0:write 1 | 0? | 1:read | 1:1 | 1:read | 1:") == "invalid");
  CHECK(reg("0:write 1 | 0? | 0:write 2 | 0: | 1:read | 1:1 | 1:read | 1:2") == "invalid");
  CHECK(reg("0:write 1 | 0? | 0:write 2 | 0: | 1:read | 1:2 | 1:read | 1:1") == "valid");
  CHECK(reg("0:write@a 1 | 0: | 1:read@b | 1:") == "valid");
  CHECK(reg("0:write@a 1 | 0: | 1:read@a | 1:") == "invalid");
  CHECK(reg("0:write 3 | 0: | 1:read | 1:\"3\"") == "invalid");
  CHECK(reg("0:write [1,{\"a\":2}] | 0: | 1:read | 1:[1,{\"a\":2}]") == "valid");
  CHECK(verdict(ModelName::reg, "0:read | 0:0", Value(std::int64_t{0})) == "valid");
  CHECK(verdict(ModelName::reg, "0:read | 0:0", Value(std::int64_t{1})) == "invalid");
  CHECK(reg("0:cas [1,2] | 0:true") == "line 2: the model register has no function \"cas\"");
}

TEST_CASE("cas-register", "[check]") {
  const auto cas = [](std::string_view text) { return verdict(ModelName::cas_register, text); };
  CHECK(cas("0:write 1 | 0: | 1:cas [1,2] | 1:true | 0:read | 0:2") == "valid");
  CHECK(cas("0:write 1 | 0: | 1:cas [1,2] | 1:true | 0:read | 0:1") == "invalid");
  CHECK(cas("0:write 1 | 0: | 1:cas [1,2] | 1:false") == "invalid");  // refused, though the register was 1
  CHECK(cas("0:write 1 | 0: | 1:cas [2,3] | 1:false") == "valid");
  CHECK(cas("0:write 1 | 0: | 1:cas [1,2] | 1! | 0:read | 0:1") == "valid");
  CHECK(cas("0:write 1 | 0: | 1:cas [1,2] | 1? | 0:read | 0:1 | 0:read | 0:2") == "valid");
  CHECK(cas("0:write 1 | 0: | 1:cas [1,2] | 1? | 0:read | 0:2 | 0:read | 0:1") == "invalid");
  CHECK(cas("0:write 1 | 0: | 1:cas [1,2] | 2:cas [1,3] | 1:true | 2:true") == "invalid");
  CHECK(cas("0:write 1 | 0: | 1:cas [1,2] | 2:cas [1,3] | 1:true | 2:false") == "valid");
  CHECK(cas("0:cas 4 | 0:true") == "line 2: a cas needs [expected, new]");
}

TEST_CASE("kv", "[check]") {
  const auto kv = [](std::string_view text) { return verdict(ModelName::kv, text); };
  CHECK(kv("0:get@a | 0: | 0:get@a | 0:\"\"") == "valid");
  CHECK(kv("0:put@a \"x\" | 0: | 1:get@a | 1:\"x\"") == "valid");
  CHECK(kv("0:put@a \"x\" | 0: | 1:get@a | 1:") == "invalid");
  CHECK(kv("0:append@a \"x\" | 1:append@a \"y\" | 0: | 1: | 2:get@a | 2:\"yx\"") == "valid");
  CHECK(kv("0:append@a \"x\" | 0: | 1:append@a \"y\" | 1: | 2:get@a | 2:\"yx\"") == "invalid");
  CHECK(kv("0:append@a \"x\" | 0: | 1:append@a \"y\" | 1: | 2:get@a | 2:\"x\"") == "invalid");
  CHECK(kv("0:append@a \"x\" | 0? | 2:get@a | 2: | 2:get@a | 2:\"x\"") == "valid");
  CHECK(kv("0:append@a \"x\" | 0? | 2:get@a | 2:\"x\" | 2:get@a | 2:\"xx\"") == "invalid");
  CHECK(kv("0:put@a \"x\" | 0: | 1:delete@a | 1: | 2:get@a | 2:") == "valid");
  CHECK(kv("0:put@a \"x\" | 0: | 1:delete@a | 1: | 2:get@a | 2:\"x\"") == "invalid");
  CHECK(kv("0:cas@a [null,\"x\"] | 0:true | 2:get@a | 2:\"x\"") == "valid");
  CHECK(kv("0:cas@a [\"y\",\"x\"] | 0:true | 2:get@a | 2:\"x\"") == "invalid");
  CHECK(kv("0:cas@a [\"y\",\"x\"] | 0:false | 2:get@a | 2:") == "valid");
  CHECK(kv("0:put@a \"x\" | 0: | 1:get@b | 1:") == "valid");
  CHECK(kv("0:append@a \"z\" | 0: | 1:put@a \"x\" | 1: | 1:append@a \"y\" | 1: | 2:get@a | 2:\"xy\"") == "valid");
  CHECK(kv("0:append@a \"z\" | 0: | 1:put@a \"x\" | 1: | 1:append@a \"y\" | 1: | 2:get@a | 2:\"zxy\"") == "invalid");
  CHECK(kv("0:append@a \"ab\" | 0: | 1:append@a \"c\" | 1: | 2:get@a | 2:\"abc\" | 2:cas@a [\"ab\",\"\"] | 2:false") == "valid");
  CHECK(kv("0:append@a \"ab\" | 0: | 1:append@a \"c\" | 1: | 2:cas@a [\"abc\",\"\"] | 2:false") == "invalid");
  CHECK(kv("0:append@a \"\" | 0: | 2:get@a | 2:") == "valid");
  CHECK(kv("0:put@a 3 | 0: | 2:get@a | 2:3") == "valid");
  CHECK(kv("0:put@a 3 | 0: | 2:get@a | 2:4") == "invalid");
  CHECK(kv("0:get | 0:") == "line 2: a get of the model kv needs a key");
  CHECK(kv("0:pop@a | 0:") == "line 2: the model kv has no function \"pop\"");
}

TEST_CASE("mutex", "[check]") {
  const auto mutex = [](std::string_view text) { return verdict(ModelName::mutex, text); };
  CHECK(mutex("0:acquire | 0: | 0:release | 0: | 1:acquire | 1:") == "valid");
  CHECK(mutex("0:acquire | 0: | 1:acquire | 1:") == "invalid");
  CHECK(mutex("0:acquire | 0: | 1:acquire | 0:release | 1: | 0:") == "valid");
  CHECK(mutex("0:release | 0:") == "invalid");
  CHECK(mutex("0:acquire | 0: | 0:release | 0? | 1:acquire | 1:") == "valid");
  CHECK(mutex("0:acquire | 0: | 0:release | 0! | 1:acquire | 1:") == "invalid");
  CHECK(mutex("0:lock | 0:") == "line 2: the model mutex has no function \"lock\"");
}

TEST_CASE("multi-register", "[check]") {
  const Value zero(std::int64_t{0});
  const auto multi = [&](std::string_view text) { return verdict(ModelName::multi_register, text, zero); };
  const std::string write = "0:txn [[\"write\",\"x\",1],[\"write\",\"y\",1]] | 0: | ";
  CHECK(multi(write + "1:txn | 1:[[\"read\",\"x\",1],[\"read\",\"y\",1]]") == "valid");
  CHECK(multi(write + "1:txn | 1:[[\"read\",\"x\",1],[\"read\",\"y\",0]]") == "invalid");
  CHECK(multi("1:txn | 1:[[\"r\",\"x\",0],[\"w\",\"x\",2],[\"r\",\"x\",2]]") == "valid");
  CHECK(multi("1:txn | 1:[[\"r\",\"x\",0],[\"w\",\"x\",2],[\"r\",\"x\",0]]") == "invalid");
  CHECK(multi("0:txn [[\"w\",\"x\",1]] | 0? | 1:txn | 1:[[\"r\",\"x\",0]] | 1:txn | 1:[[\"r\",\"x\",1]]") == "valid");
  CHECK(multi("0:txn [[\"w\",\"x\",1]] | 0? | 1:txn | 1:[[\"r\",\"x\",1]] | 1:txn | 1:[[\"r\",\"x\",0]]") == "invalid");
  CHECK(multi("1:txn 3 | 1:") == "line 2: a txn needs a list of accesses such as [read x 1]");
  CHECK(multi("1:txn [[1]] | 1:").starts_with("line 2: an access"));
  CHECK(multi("1:txn [[\"inc\",\"x\"]] | 1:").starts_with("line 2: an access of a txn reads or writes"));
}

TEST_CASE("an invalid history is explained with its values", "[check]") {
  const auto says = [](std::string_view text) {
    return judge_linearizable(ModelName::reg, *parse(Format::jsonl, text))->explanation;
  };
  CHECK(says("{\"process\":1,\"type\":\"invoke\",\"f\":\"write\",\"value\":1,\"time\":\"1s\"}\n"
             "{\"process\":1,\"type\":\"ok\",\"time\":\"2s\"}\n"
             "{\"process\":2,\"type\":\"invoke\",\"f\":\"write\",\"value\":2,\"time\":\"3s\"}\n"
             "{\"process\":2,\"type\":\"ok\",\"time\":\"3.9s\"}\n"
             "{\"process\":4,\"type\":\"invoke\",\"f\":\"read\",\"time\":\"3.95s\"}\n"
             "{\"process\":4,\"type\":\"ok\",\"value\":2,\"time\":\"4s\"}\n"
             "{\"process\":3,\"type\":\"invoke\",\"f\":\"read\",\"time\":\"4.1s\"}\n"
             "{\"process\":3,\"type\":\"ok\",\"value\":1,\"time\":\"4.2s\"}\n") ==
        "the read by process 3 returned 1 at 4.2s, though the write of 2 by process 2 had completed at 3.9s");
  CHECK(says("{\"process\":3,\"type\":\"invoke\",\"f\":\"read\"}\n{\"process\":3,\"type\":\"ok\",\"value\":1}\n") ==
        "the read by process 3 returned 1 on line 2, which nothing had written by then");

  HistoryBuilder builder;
  REQUIRE(builder.invoke({.process = 1, .f = "acquire"}).ok());
  REQUIRE(builder.complete({.process = 1}).ok());
  REQUIRE(builder.invoke({.process = 2, .f = "acquire"}).ok());
  REQUIRE(builder.complete({.process = 2}).ok());
  const auto judged = judge_linearizable(ModelName::mutex, builder.history());
  CHECK(judged->explanation ==
        "the acquire by process 2 succeeded (operation 1), though the acquire by process 1 had succeeded (operation 0)");
  CHECK(judged->core == std::vector<std::size_t>{0, 1});
  CHECK(judged->failing == 1);
}

TEST_CASE("a core leaves out what does not matter, and keeps what could excuse it", "[check]") {
  std::string text = "0:write 1 | 0: | 0:write 5 | 0: | ";
  for (int i = 0; i < 20; ++i) text += "1:write 3 | 2:read | 1: | 2:3 | ";
  text += "0:write 2 | 0: | 1:read | 1:1 | 1:write 1 | 1:";
  const auto judged = judge_linearizable(ModelName::reg, history_of(text));
  REQUIRE(judged->verdict == Verdict::invalid);
  CHECK(judged->core.size() == 2);  // the write of 2, or of 3, that stood between the write of 1 and its read
  // Here the write of 1 could take effect at any time, and only the two reads together convict.
  const auto flip =
      judge_linearizable(ModelName::reg, history_of("0:write 1 | 1:write 2 | 2:read | 2:1 | 2:read | 2:2 | 2:read | 2:1"));
  REQUIRE(flip->verdict == Verdict::invalid);
  CHECK(flip->core.size() == 5);
}

TEST_CASE("models are found by name and by what a history does", "[check]") {
  for (const ModelInfo& info : all_models()) {
    CHECK(model_named(info.text) == info.name);
    CHECK(to_text(info.name) == info.text);
  }
  CHECK_FALSE(model_named("heap").has_value());
  const auto implied = [](std::string_view text) { return guess_model(history_of(text)); };
  CHECK(implied("0:read | 0:") == ModelName::reg);
  CHECK(implied("0:read | 0: | 0:cas [1,2] | 0:true") == ModelName::cas_register);
  CHECK(implied("0:get@a | 0:") == ModelName::kv);
  CHECK(implied("0:acquire | 0:") == ModelName::mutex);
  CHECK(implied("0:txn [] | 0:") == ModelName::multi_register);
}

TEST_CASE("a builder refuses what no client does", "[check]") {
  HistoryBuilder builder;
  CHECK(builder.complete({.process = 1}).error().what == "process 1 completes an operation that it never invoked");
  REQUIRE(builder.invoke({.process = 1, .f = "read"}).ok());
  CHECK(builder.open(1)->f == "read");
  CHECK(builder.invoke({.process = 1, .f = "read"}).error().what == "process 1 invokes read while its read is still open");
  CHECK_FALSE(builder.complete({.process = 1, .f = "write"}).ok());
  const HistoryBuilder copy = builder;  // a world copies it
  REQUIRE(builder.complete({.process = 1, .value = Value(true)}).ok());
  CHECK(builder.open(1) == nullptr);
  CHECK(copy.open(1) != nullptr);
  CHECK(builder.history().operations[0].returned == 1);
  CHECK(copy.history().operations[0].returned == Operation::kNever);
}
