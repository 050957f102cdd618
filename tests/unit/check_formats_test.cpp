// The parsers of recorded histories: what they read, and where they say that a text is wrong.
#include <string>

#include "catch.hpp"
#include "pieces.hpp"
#include "sim/check/formats/formats.hpp"
#include "sim/check/formats/reader.hpp"
#include "sim/check/recorded.hpp"

using namespace sim::check;
using sim::Value;

namespace {

std::string refused(Format format, std::string_view text) {
  const auto history = parse(format, text);
  if (history.ok()) return "accepted";
  return history.error().where + ": " + history.error().what;
}

std::string value_of(formats::Syntax syntax, std::string_view text) {
  formats::Reader reader(text, syntax);
  const auto value = reader.read();
  if (!value.ok()) return value.error().where + ": " + value.error().what;
  return reader.at_end() ? value->to_json() : value->to_json() + " and more";
}
std::string json(std::string_view text) { return value_of(formats::Syntax::json, text); }
std::string edn(std::string_view text) { return value_of(formats::Syntax::edn, text); }

bool begins(const std::string& text, std::string_view with) { return text.starts_with(with); }

}  // namespace

TEST_CASE("JSON is read strictly", "[check]") {
  CHECK(json(R"( {"a": [1, -2, 3.5, true, null, "x\u00e9\n\ud83d\ude00"], "b": {}} )") ==
        "{\"a\":[1,-2,3.5,true,null,\"xé\\n😀\"],\"b\":{}}");
  CHECK(json("9223372036854775807") == "9223372036854775807");
  CHECK(json("9223372036854775808") == "line 1, column 1: \"9223372036854775808\" does not fit 64 bits");
  CHECK(json("1e999") == "line 1, column 1: \"1e999\" does not fit a double");
  for (const char* bad : {"",
                          "[",
                          "[1",
                          "[1,",
                          "[1,]",
                          "[,1]",
                          "[1 2]",
                          "{",
                          "{\"a\"",
                          "{\"a\":",
                          "{\"a\":1,}",
                          "{1:2}",
                          "\"abc",
                          "\"\\q\"",
                          "\"\\u12\"",
                          "\"\\ud800\"",
                          "\"\\udc00x\"",
                          "01",
                          "+1",
                          "1.",
                          ".5",
                          "1e",
                          "-",
                          "nul",
                          "truex",
                          "nil",
                          ":a",
                          "(1)",
                          "\"a\nb\"",
                          "{\"a\":1,\"a\":2}",
                          "1x",
                          "}"}) {
    INFO(bad);
    CHECK(begins(json(bad), "line "));
  }
}

TEST_CASE("EDN is read with its keywords, comments, sets and tags", "[check]") {
  CHECK(edn("{:a [1 2N, :b/c nil] ; words\n \"s\" #{x} :t #inst \"2020\" #_ {:gone 1} :l (\\c +4)}") ==
        "{\"a\":[1,2,\"b/c\",null],\"s\":[\"x\"],\"t\":\"2020\",\"l\":[\"c\",4]}");
  CHECK(edn("#_ 1 2") == "2");
  for (const char* bad : {"", "{:a}", "{:a 1 :b}", "[1", "(1]", "#", "#_", "\"", "{:a 1 :a 2}", ":", "99999999999999999999", "]"}) {
    INFO(bad);
    CHECK(begins(edn(bad), "line "));
  }
}

TEST_CASE("nesting has an end", "[check]") {
  for (const std::string open : {"[", "{\"a\":", "(", "{:a ", "#_ ", "#t ", "#{", "[#_ "}) {
    std::string bomb;
    for (int i = 0; i < 200'000; ++i) bomb += open;
    INFO(open);
    CHECK(begins(json(bomb), "line 1, column"));
    CHECK(begins(edn(bomb), "line 1, column"));
    for (const Format format : all_formats()) CHECK_FALSE(parse(format, bomb).ok());
    (void)recognize(bomb);
  }
}

TEST_CASE("a repeated member is found in a map of any size", "[check]") {
  std::string big = "{";
  for (int i = 0; i < 100'000; ++i) big += "\"k" + std::to_string(i) + "\":1,";
  CHECK(json(big + "\"k7\":1}").find("stands twice") != std::string::npos);
  CHECK(json(big + "\"k\":1}").size() > 100'000);
}

TEST_CASE("places count lines and columns from 1", "[check]") {
  CHECK(edn("[1\n  }]") == "line 2, column 3: \"}\" stands where a value should");
  CHECK(formats::place("ab\ncd", 4) == "line 2, column 2");
  CHECK(formats::place("", 0) == "line 1, column 1");
}

TEST_CASE("an etcd log is read as Porcupine reads it", "[check]") {
  const auto history = parse(Format::etcd,
                             "INFO  jepsen.util - 0\t:invoke\t:read\tnil\n"
                             "INFO  jepsen.util - 1 :invoke :cas   [2 4]\r\n"
                             "INFO  jepsen.util - 2 :invoke :write 3\n"
                             "INFO  jepsen.util - 3 :invoke :read  nil\n"
                             "INFO  jepsen.util - 0 :ok :read 2\n"
                             "INFO  jepsen.util - 1 :fail :cas [2 4]\n"
                             "INFO  jepsen.util - 3 :fail :read :timed-out\n"
                             "INFO  jepsen.util - 2 :info :write :timed-out");
  REQUIRE(history.ok());
  REQUIRE(history->operations.size() == 4);
  CHECK(history->initial.is_nil());
  CHECK(history->operations[0].output == Value(std::int64_t{2}));
  CHECK(history->operations[1].outcome == Outcome::ok);  // it saw that the register was not 2
  CHECK(history->operations[1].output == Value(false));
  CHECK(history->operations[2].outcome == Outcome::info);
  CHECK(history->operations[3].outcome == Outcome::fail);
  CHECK(history->operations[1].call_line == 2);
  CHECK(history->operations[1].return_line == 6);
  CHECK(parse(Format::etcd, "")->operations.empty());
  CHECK(parse(Format::etcd, " \n\n")->operations.empty());
}

TEST_CASE("a bad etcd log is refused at its place", "[check]") {
  const std::string p = "INFO  jepsen.util - ";
  CHECK(refused(Format::etcd, "INFO jepsen.core - 0 :invoke :read nil") == "line 1, column 6: \"jepsen.util\" should stand here");
  CHECK(refused(Format::etcd, p + "x :invoke :read nil") ==
        "line 1, column 21: a whole number that fits 64 bits should stand here");
  CHECK(begins(refused(Format::etcd, p + "99999999999999999999 :invoke :read nil"), "line 1, column 21"));
  CHECK(begins(refused(Format::etcd, p + "0 :invokes :read nil"), "line 1, column 23"));
  CHECK(begins(refused(Format::etcd, p + "0 :invoke :reads nil"), "line 1, column 31"));
  CHECK(begins(refused(Format::etcd, p + "0 :invoke :write nil"), "line 1, column 38: a write needs a number"));
  for (const char* bad : {"0", "0 :invoke", "0 :invoke :read", "0 :invoke :cas [1", "0 :invoke :cas [1 2", "0 :invoke :cas [1 2] 3",
                          "0 :invoke :cas 1", "0 :invoke :write [1 2]", "0 :ok :read 1", "0 :invoke :read 1 2", "- - -"}) {
    INFO(bad);
    CHECK(begins(refused(Format::etcd, p + bad), "line 1"));
  }
  CHECK(refused(Format::etcd, p + "0 :invoke :read nil\n" + p + "0 :invoke :read nil") ==
        "line 2, column 1: process 0 invokes read while its read of line 1 is still open");
  CHECK(refused(Format::etcd, p + "0 :invoke :read nil\n" + p + "0 :ok :write 1") ==
        "line 2, column 1: process 0 completes write while its open operation is read");
  CHECK(begins(refused(Format::etcd, p + "0 :invoke :write 1\n" + p + "0 :ok :write 2"), "line 2, column 1: the write completes"));
}

// Knossos' model.clj: (cas-register) holds nil, (cas-register 0) as its tests have it holds 0; elle-cli takes the first.
TEST_CASE("registers of Knossos' histories are nil at first where a cas from nil says so", "[check]") {
  const auto initial = [](std::string_view maps) {
    const auto history = parse(Format::edn, maps);
    REQUIRE(history.ok());
    return history->initial;
  };
  const Value zero(std::int64_t{0});
  const std::string from_nil =
      "{:process 0, :type :invoke, :f :cas, :value [nil 7]}\n"
      "{:process 0, :type :ok, :f :cas, :value [nil 7]}\n";
  const std::string zero_read = "{:process 1, :type :invoke, :f :read}{:process 1, :type :ok, :f :read, :value 0}";
  const std::string zero_written = "{:process 1, :type :invoke, :f :write, :value 0}{:process 1, :type :ok, :f :write}";
  CHECK(initial(from_nil).is_nil());
  CHECK(initial("{:process 0, :type :invoke, :f :cas, :value [nil 7]}").is_nil());  // it may have happened
  CHECK(initial(from_nil + zero_written + zero_read).is_nil());
  CHECK(initial(zero_read + from_nil) == zero);
  CHECK(initial("{:process 0, :type :invoke, :f :cas, :value [nil 7]}{:process 0, :type :fail, :f :cas}") == zero);
  CHECK(initial("{:process 0, :type :invoke, :f :cas, :value [0 7]}{:process 0, :type :ok, :f :cas}") == zero);
  CHECK(initial(zero_written) == zero);

  const std::string again =
      "{:process 1, :type :invoke, :f :cas, :value [nil 8]}\n"
      "{:process 1, :type :ok, :f :cas, :value [nil 8]}\n";
  const auto verdict = [](const std::string& maps) {
    const auto history = parse(Format::edn, maps);
    REQUIRE(history.ok());
    const auto judged = judge_linearizable(ModelName::cas_register, *history);
    REQUIRE(judged.ok());
    return judged->verdict;
  };
  CHECK(verdict(from_nil) == Verdict::valid);
  CHECK(verdict(from_nil + again) == Verdict::invalid);
}

TEST_CASE("Knossos' histories: in a vector, in a list, or one after another", "[check]") {
  const std::string ops =
      "{:process 0, :type :invoke, :f :write, :value 3, :time 5} ; a comment\n"
      "{:process :nemesis, :type :info, :f :start, :value nil}\n"
      "{:process 0, :type :fail, :f :write, :value 3, :error [:unavailable nil]}\n"
      "{:process 1, :type :invoke, :f :read}\n"
      "{:process 1, :type :ok, :f :read, :value nil}\n";
  for (const std::string& text : {ops, "[" + ops + "]", "(" + ops + ")\n"}) {
    const auto history = parse(Format::edn, text);
    REQUIRE(history.ok());
    REQUIRE(history->operations.size() == 2);
    CHECK(history->nil_reads_match_any);
    CHECK(history->initial == Value(std::int64_t{0}));
    CHECK(history->operations[0].outcome == Outcome::fail);
    CHECK(history->operations[0].call_time == sim::Time{5});
    CHECK(history->operations[1].call_line == 4);
  }
  CHECK(refused(Format::edn, "[" + ops).find("the text ends where") != std::string::npos);
  CHECK(refused(Format::edn, "[" + ops + "] 3").find("after the end") != std::string::npos);
  CHECK(refused(Format::edn, "[3]") == "line 1, column 2: an operation should be a map with :process, :type and :f");
  CHECK(refused(Format::edn, "[{:process 0 :type :invoke}]") ==
        "line 1, column 2: the invocation has no :f, the name of a function");
  CHECK(refused(Format::edn, "\n {:process 1 :f :read}") == "line 2, column 2: the event has no :type: invoke, ok, fail or info");
  CHECK(begins(refused(Format::edn, "{:process 1 :type :ok :f :read}"), "line 1, column 1: process 1 completes"));
  CHECK(begins(refused(Format::edn, "{:process 1 :type :done :f :read}"), "line 1, column 1: the :type \"done\""));
}

TEST_CASE("what Jepsen's newer tests and elle-cli write: tagged operations, arrays of JSON, no process, no function", "[check]") {
  const auto tagged = parse(Format::edn, "#jepsen.history.Op{:index 0, :process 3, :type :invoke, :f :txn, :value [[:r 1 nil]]}\n");
  REQUIRE(tagged.ok());
  CHECK(tagged->operations[0].process == 3);

  const std::string json_array =
      "[{\"type\":\"invoke\",\"value\":[[\"append\",\"x\",2]]},\n {\"type\":\"invoke\",\"f\":\"read\"},\n"
      " {\"type\":\"ok\",\"f\":\"read\",\"value\":1},{\"type\":\"ok\",\"value\":[[\"append\",\"x\",2]]}]";
  CHECK(recognize(json_array).value() == Format::json);
  const auto history = parse(Format::json, json_array);
  REQUIRE(history.ok());
  REQUIRE(history->operations.size() == 2);
  CHECK(history->operations[0].f == "txn");
  CHECK(history->operations[0].returned == 3);
  CHECK(history->operations[1].process == 1);
  CHECK(history->operations[1].outcome == Outcome::ok);
  CHECK(refused(Format::json, "[{\"type\":\"ok\",\"f\":\"read\"}]") ==
        "line 1, column 2: this completes an operation that was never invoked");
  CHECK(refused(Format::json, "[{\"type\":\"invoke\",\"f\":\"read\"} {}]") ==
        "line 1, column 31: a comma or \"]\" should stand between two operations");
}

TEST_CASE("faults that a history notes are kept beside the operations, and written again", "[check]") {
  const auto history = parse(Format::edn,
                             "{:process 0 :type :invoke :f :read}\n"
                             "{:process :nemesis :type :info :f :start-partition :value \"n1 | n2\" :time 7}\n"
                             "{:process 0 :type :ok :f :read :value 3}\n");
  REQUIRE(history.ok());
  REQUIRE(history->faults.size() == 1);
  CHECK(history->faults[0].f == "start-partition");
  CHECK(history->faults[0].position == 1);
  CHECK(history->faults[0].line == 2);
  const auto again = parse(Format::jsonl, to_jsonl(*history));
  REQUIRE(again.ok());
  REQUIRE(again->faults.size() == 1);
  CHECK(again->faults[0].position == 1);
  CHECK(again->faults[0].value == Value("n1 | n2"));
  CHECK(again->faults[0].time == sim::Time{7});
}

TEST_CASE("a text that comes in pieces is read as the whole, and refused at the same place", "[check]") {
  std::string edn_vector = "[";
  std::string edn_rows;
  std::string lines;
  std::string etcd;
  for (int i = 0; i < 50; ++i) {
    const std::string n = std::to_string(i);
    const std::string both = "{:process " + n + ", :type :invoke, :f :write, :value \"" + n + "é\"} ; " + n + "\n {:process " + n +
                             " :type :ok :f :write :value \"" + n + "é\"}  ";
    edn_vector += both;
    edn_rows += both + "\n";
    lines += "{\"process\":" + n + ",\"type\":\"invoke\",\"f\":\"write\",\"value\":-1" + n + "}\n\n";
    etcd += "INFO  jepsen.util - " + n + " :invoke :cas [1 2]\nINFO  jepsen.util - " + n + " :fail :cas [1 2]\n";
  }
  const std::vector<std::pair<Format, std::string>> texts{
      {Format::edn, edn_vector + "]"},
      {Format::edn, edn_rows},
      {Format::edn, edn_vector},
      {Format::edn, edn_vector + ")"},
      {Format::edn, edn_rows + "7"},
      {Format::edn, edn_rows + "{:a " + std::string(90, '8') + "E" + std::string(40, '8') + "}"},
      {Format::jsonl, lines},
      {Format::jsonl, lines + "["},
      {Format::etcd, etcd},
      {Format::etcd, etcd + " x"}};
  for (const auto& [format, text] : texts) {
    const auto whole = parse(format, text);
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{1000}}) {
      Pieces pieces(text, piece);
      formats::Window window(pieces);
      const auto read = read_recorded(format, window, ModelName::reg);
      REQUIRE(read.ok() == whole.ok());
      if (read.ok()) CHECK(to_history(*read) == *whole);
      if (!read.ok()) CHECK(read.error() == whole.error());
    }
  }
}

TEST_CASE("key-value histories", "[check]") {
  const auto history = parse(Format::kv,
                             "{:process 9, :type :invoke, :f :get, :key \"0\", :value nil}\n"
                             "{:process 9, :type :ok, :f :get, :key \"0\", :value \"\"}\n");
  REQUIRE(history.ok());
  CHECK(history->operations[0].key == "0");
  CHECK(history->initial == Value(""));
  CHECK(refused(Format::kv, "{:process 9, :type :invoke, :f :get}") == "line 1, column 1: the operation has no :key");
}

TEST_CASE("our own lines are read and written", "[check]") {
  const std::string text =
      "{\"faultline\":{\"history\":1,\"initial\":0,\"nil_reads\":\"any\",\"seed\":7}}\n"
      "{\"process\":0,\"type\":\"invoke\",\"f\":\"cas\",\"key\":\"k\",\"value\":[1,2],\"time\":\"1.25s\",\"node\":3}\n"
      "\n"
      "{\"process\":1,\"type\":\"invoke\",\"f\":\"read\",\"key\":5,\"time\":1500000000}\n"
      "{\"process\":0,\"type\":\"ok\",\"value\":false}\n"
      "{\"process\":0,\"type\":\"invoke\",\"f\":\"write\",\"value\":\"a\\\"b\"}\n"
      "{\"process\":0,\"type\":\"info\"}\n"
      "{\"process\":0,\"type\":\"invoke\",\"f\":\"write\",\"value\":null}\n";
  const auto history = parse(Format::jsonl, text);
  REQUIRE(history.ok());
  REQUIRE(history->operations.size() == 4);
  CHECK(history->initial == Value(std::int64_t{0}));
  CHECK(history->nil_reads_match_any);
  CHECK(history->operations[0].call_time == sim::Time{1'250'000'000});
  CHECK(history->operations[1].key == "5");
  CHECK(history->operations[1].returned == Operation::kNever);
  CHECK(history->operations[2].outcome == Outcome::info);

  const std::string written = to_jsonl(*history);
  const auto again = parse(Format::jsonl, written);
  REQUIRE(again.ok());
  CHECK(to_jsonl(*again) == written);
  REQUIRE(again->operations.size() == history->operations.size());
  for (std::size_t i = 0; i < again->operations.size(); ++i) {
    Operation expected = history->operations[i];
    expected.call_line = again->operations[i].call_line;
    expected.return_line = again->operations[i].return_line;
    CHECK(again->operations[i] == expected);
  }
}

TEST_CASE("bad lines of our own are refused at their place", "[check]") {
  const std::string ok = R"({"process":0,"type":"invoke","f":"read"})";
  CHECK(refused(Format::jsonl, ok + "\n{\"process\":0,\"type\":\"ok\",\"value\":[1,}") ==
        "line 2, column 37: \"}\" stands where a value should");
  CHECK(begins(refused(Format::jsonl, ok + " 1"), "line 1, column 42: something stands after"));
  CHECK(begins(refused(Format::jsonl, "[1]"), "line 1, column 1: a line should hold a JSON object"));
  CHECK(begins(refused(Format::jsonl, R"({"type":"invoke","f":"read"})"), "line 1, column 1: the event has no \"process\""));
  CHECK(
      begins(refused(Format::jsonl, R"({"process":1.5,"type":"invoke","f":"read"})"), "line 1, column 1: a \"process\" should be"));
  CHECK(begins(refused(Format::jsonl, R"({"process":1,"f":"read"})"), "line 1, column 1: the event has no \"type\""));
  CHECK(begins(refused(Format::jsonl, R"({"process":1,"type":"invoke"})"), "line 1, column 1: the invocation has no \"f\""));
  CHECK(begins(refused(Format::jsonl, R"({"process":1,"type":"invoke","f":""})"), "line 1, column 1: the invocation has no \"f\""));
  CHECK(begins(refused(Format::jsonl, R"(  {"process":1,"type":"begin","f":"read"})"), "line 1, column 3: the \"type\" \"begin\""));
  CHECK(
      begins(refused(Format::jsonl, R"({"process":1,"type":"invoke","f":"read","time":"5 s"})"), "line 1, column 1: the \"time\""));
  CHECK(begins(refused(Format::jsonl, R"({"process":1,"type":"invoke","f":"read","time":-1})"), "line 1, column 1: a \"time\""));
  CHECK(begins(refused(Format::jsonl, R"({"process":1,"type":"invoke","f":"read","key":[1]})"), "line 1, column 1: a \"key\""));
  CHECK(begins(refused(Format::jsonl, R"({"process":1,"type":"ok"})"),
               "line 1, column 1: process 1 completes an operation that it never"));
  CHECK(begins(refused(Format::jsonl, R"({"faultline":{"nil_reads":3}})"), "line 1, column 1: the header's"));
}

TEST_CASE("every truncation of a good text is read or refused, never more", "[check]") {
  const std::string edn_text =
      "[{:process 0, :type :invoke, :f :cas, :value [1 2]} ; c\n {:process 0 :type :ok :f :cas :value \"\\u0041\"}]";
  const std::string json_text = "{\"process\":0,\"type\":\"invoke\",\"f\":\"cas\",\"value\":[1,-2.5e3,\"\\ud83d\\ude00\"]}\n";
  const std::string etcd_text = "INFO  jepsen.util - 0 :invoke :cas [1 2]\nINFO  jepsen.util - 0 :fail :cas [1 2]\n";
  for (const std::string& text : {edn_text, json_text, etcd_text}) {
    for (std::size_t n = 0; n <= text.size(); ++n) {
      for (const Format format : all_formats()) {
        const auto history = parse(format, std::string_view(text).substr(0, n));
        if (!history.ok()) CHECK(begins(history.error().where, "line "));
        std::string garbled = text;
        if (n < text.size()) garbled[n] = '\x01';
        (void)parse(format, garbled);
        (void)recognize(garbled);
      }
    }
  }
}

TEST_CASE("a format is recognised by how its text begins", "[check]") {
  CHECK(*recognize("") == Format::etcd);
  CHECK(*recognize("\nINFO  jepsen.util - 0 :invoke :read nil") == Format::etcd);
  CHECK(*recognize("{:process 1, :type :invoke, :f :get, :key \"0\"}") == Format::kv);
  CHECK(*recognize("{:process 1, :type :invoke, :f :read}") == Format::edn);
  CHECK(*recognize("; words\n[{:process 1}]") == Format::edn);
  CHECK(*recognize("({:process 1})") == Format::edn);
  CHECK(*recognize("{\"process\":1}") == Format::jsonl);
  CHECK(*recognize(" { \"faultline\":{}}") == Format::jsonl);
  CHECK(recognize("hello").error().where == "line 1, column 1");
  CHECK_FALSE(recognize("\x7f"
                        "ELF")
                  .ok());
  for (const Format format : all_formats()) CHECK(format_named(to_text(format)) == format);
  CHECK_FALSE(format_named("xml").has_value());
}
