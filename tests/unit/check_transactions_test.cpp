// Each anomaly of transactions with a smallest history and its valid neighbour; recorded histories; bad input.
#include <cstdio>

#include "check_transactions_support.hpp"

using namespace txn_support;

namespace {

Judgement lists(const Log& log, Consistency model = Consistency::strict_serializable) {
  const auto judged = judge(log, Kind::list_append, model);
  REQUIRE(judged.ok());
  return *judged;
}

Judgement registers(const Log& log, Consistency model = Consistency::strict_serializable) {
  const auto judged = judge(log, Kind::rw_register, model);
  REQUIRE(judged.ok());
  return *judged;
}

std::string verdict(const Judgement& judged) { return std::string(to_text(judged.verdict)); }

// The strongest models, space by space.
std::string holds(const Judgement& judged) {
  std::string out;
  for (const Consistency model : strongest(judged.satisfied)) out += (out.empty() ? "" : " ") + std::string(to_text(model));
  return out;
}

}  // namespace

TEST_CASE("an empty history of transactions satisfies everything", "[check][transactions]") {
  const Judgement judged = lists(Log());
  CHECK(verdict(judged) == "valid");
  CHECK(holds(judged) == "strict-serializable");
  CHECK(holds(registers(Log())) == "strict-serializable");
}

// Kingsbury and Alvaro, VLDB 2020: the names; section 4 for lists.
TEST_CASE("anomalies of lists by their smallest histories", "[check][transactions]") {
  struct Case {
    const char* name;
    Log log;
    const char* strongest;
  };
  const std::vector<Case> cases{
      {"G0", concurrent_log({"[[append x 1] [append y 1]]", "[[append x 2] [append y 2]]", "[[r x [1 2]] [r y [2 1]]]"}), "causal"},
      {"G1a", serial_log("0 fail [[append x 1]]\n1 [[r x [1]]]"), "read-uncommitted"},
      {"G1b", serial_log("0 [[append x 1] [append x 2]]\n1 [[r x [1]]]"),
       "read-uncommitted monotonic-writes monotonic-reads "
       "writes-follow-reads read-your-writes"},
      {"G1c", concurrent_log({"[[append x 1] [r y [1]]]", "[[append y 1] [r x [1]]]"}), "read-uncommitted"},
      {"G-single", concurrent_log({"[[append x 1] [append y 1]]", "[[r x [1]] [r y []]]"}), ""},
      {"G-nonadjacent", concurrent_log({"[[append x 1]]", "[[append y 1]]", "[[r x [1]] [r y []]]", "[[r x []] [r y [1]]]"}), ""},
      {"G2-item", concurrent_log({"[[append x 1] [r y []]]", "[[append y 1] [r x []]]"}), ""},
      {"lost-update", concurrent_log({"[[r x []] [append x 1]]", "[[r x []] [append x 2]]"}), ""},
      {"internal", serial_log("0 [[r x []] [append x 1] [r x []]]"), ""},
      {"future-read", serial_log("0 [[r x [1]] [append x 1]]"), ""},
      {"duplicate-elements", serial_log("0 [[append x 1]]\n1 [[r x [1 1]]]"), ""},
      {"incompatible-order", concurrent_log({"[[append x 1]]", "[[append x 2]]", "[[r x [1 2]]]", "[[r x [2 1]]]"}), ""},
      {"unwritten-read", serial_log("0 [[r x [7]]]"), ""},
      {"dirty-update", serial_log("0 fail [[append x 1]]\n1 [[append x 2]]\n2 [[r x [1 2]]]"), ""},
  };
  for (const Case& c : cases) {
    const Judgement judged = lists(c.log, Consistency::serializable);
    INFO(c.name << " " << holds(judged));
    for (const auto& n : names(judged)) INFO(n);
    CHECK(verdict(judged) == "invalid");
    CHECK(has(judged, c.name));
    CHECK_FALSE(judged.explanation.empty());
    CHECK(judged.explanation == judged.findings.front().explanation);
    const Judgement again = lists(c.log.part(judged.core), Consistency::serializable);
    CHECK(verdict(again) == "invalid");
    CHECK(lists(c.log, Consistency::serializable) == judged);
  }
}

// Kingsbury, Elle's consistency_model.clj: a future read is a wr edge from a transaction to itself, and so a G1c.
TEST_CASE("a read of what the transaction writes only later is no committed read", "[check][transactions]") {
  const Log list = serial_log("0 [[r x [5]] [append x 5]]");
  const Log reg = serial_log("0 [[r x 5] [w x 5]]");
  for (const Consistency model : {Consistency::read_committed, Consistency::read_atomic, Consistency::causal,
                                  Consistency::repeatable_read, Consistency::snapshot_isolation, Consistency::serializable}) {
    INFO(to_text(model));
    CHECK(has(lists(list, model), "future-read"));
    CHECK(verdict(lists(list, model)) == "invalid");
    CHECK(verdict(registers(reg, model)) == "invalid");
  }
  CHECK(verdict(lists(list, Consistency::read_uncommitted)) == "valid");
  CHECK(verdict(registers(reg, Consistency::read_uncommitted)) == "valid");
}

TEST_CASE("valid neighbours of the anomalies of lists", "[check][transactions]") {
  const std::vector<Log> logs{
      concurrent_log({"[[append x 1] [append y 1]]", "[[append x 2] [append y 2]]", "[[r x [1 2]] [r y [1 2]]]"}),
      serial_log("0 fail [[append x 1]]\n1 [[r x []]]"),
      serial_log("0 [[append x 1] [append x 2]]\n1 [[r x [1 2]]]"),
      concurrent_log({"[[append x 1] [r y []]]", "[[append y 1] [r x [1]]]"}),
      concurrent_log({"[[append x 1] [append y 1]]", "[[r x []] [r y []]]"}),
      concurrent_log({"[[append x 1]]", "[[append y 1]]", "[[r x [1]] [r y []]]", "[[r x [1]] [r y [1]]]"}),
      concurrent_log({"[[r x []] [append x 1]]", "[[r x [1]] [append x 2]]"}),
      serial_log("0 [[r x []] [append x 1] [r x [1]]]"),
      serial_log("0 info [[append x 1]]\n1 [[r x [1]]]"),
      serial_log("0 info [[append x 1]]\n1 [[r x []]]\n2 [[r x [1]]]"),
  };
  for (const Log& log : logs) {
    const Judgement judged = lists(log);
    INFO(judged.explanation);
    CHECK(verdict(judged) == "valid");
    CHECK(holds(judged) == "strict-serializable");
  }
}

TEST_CASE("a transaction of unknown outcome took effect as a whole or not at all", "[check][transactions]") {
  CHECK(verdict(lists(serial_log("0 info [[append x 1] [append y 2]]\n1 [[r x [1]] [r y [2]]]"))) == "valid");
  CHECK(verdict(lists(serial_log("0 info [[append x 1] [append y 2]]\n1 [[r x []] [r y []]]"))) == "valid");
  CHECK(verdict(lists(serial_log("0 info [[append x 1] [append y 2]]\n1 [[r x [1]] [r y []]]"), Consistency::serializable)) ==
        "invalid");
  CHECK(verdict(registers(serial_log("0 info [[w x 1] [w y 2]]\n1 [[r x 1] [r y nil]]"), Consistency::serializable)) == "invalid");
}

TEST_CASE("the order of sessions and of real time, each only where a model keeps it", "[check][transactions]") {
  const Log stale = serial_log("0 [[append x 1]]\n1 [[r x []]]");
  Judgement judged = lists(stale);
  CHECK(verdict(judged) == "invalid");
  CHECK(judged.findings.front().name == "G-single-realtime");
  CHECK(holds(judged) == "strong-session-serializable");
  CHECK(judged.explanation ==
        "T1 (process 1, line 4) read x as [], without the 1 that T0 (process 0, line 2) appended; yet T0 had completed before T1 "
        "began: each of them would have to come before the other");
  CHECK(judged.findings.front().links.size() == 2);
  const Log own = serial_log("0 [[append x 1]]\n0 [[r x []]]");
  judged = lists(own, Consistency::strong_session_serializable);
  CHECK(judged.findings.front().name == "G-single-process");
  CHECK(verdict(lists(own, Consistency::serializable)) == "valid");
  const Log register_stale = serial_log("0 [[w x 1]]\n1 [[w x 2]]\n2 [[r x 1]]");
  judged = registers(register_stale);
  CHECK(verdict(judged) == "invalid");
  CHECK(judged.findings.front().name == "G-single-realtime");
  CHECK(verdict(registers(register_stale, Consistency::strong_session_serializable)) == "valid");
}

TEST_CASE("anomalies of registers by their smallest histories", "[check][transactions]") {
  struct Case {
    const char* name;
    Log log;
  };
  const std::vector<Case> cases{
      {"G1a", serial_log("0 fail [[w x 1]]\n1 [[r x 1]]")},
      {"G1b", serial_log("0 [[w x 1] [w x 2]]\n1 [[r x 1]]")},
      {"G1c", concurrent_log({"[[w x 1] [r y 1]]", "[[w y 1] [r x 1]]"})},
      {"G-single", concurrent_log({"[[w x 1] [w y 1]]", "[[r x 1] [r y nil]]"})},
      {"G-nonadjacent", concurrent_log({"[[w x 1]]", "[[w y 1]]", "[[r x 1] [r y nil]]", "[[r x nil] [r y 1]]"})},
      {"G2-item", concurrent_log({"[[w x 1] [r y nil]]", "[[w y 1] [r x nil]]"})},
      {"lost-update", concurrent_log({"[[r x nil] [w x 1]]", "[[r x nil] [w x 2]]"})},
      {"internal", serial_log("0 [[w x 1] [r x 2]]\n1 [[w x 2]]")},
      {"future-read", serial_log("0 [[r x 1] [w x 1]]")},
      {"unwritten-read", serial_log("0 [[r x 7]]")},
      {"cyclic-versions", concurrent_log({"[[r x 2] [w x 1]]", "[[r x 1] [w x 2]]"})},
      {"fractured-read", concurrent_log({"[[w x 1] [w y 1]]", "[[w x 2] [w y 2]]", "[[r x 1] [r y 2]]"})},
      // Whoever of the writers is first, one of the readers saw the other first.
      {"no-version-order", concurrent_log({"[[w x 1]]", "[[w x 2]]", "[[r x 1] [w a 1]]", "[[r x 2] [w b 1]]", "[[r a 1] [r x 2]]",
                                           "[[r b 1] [r x 1]]"})},
  };
  for (const Case& c : cases) {
    const Judgement judged = registers(c.log, Consistency::serializable);
    INFO(c.name << ": " << judged.explanation);
    for (const auto& n : names(judged)) INFO(n);
    CHECK(verdict(judged) == "invalid");
    CHECK(has(judged, c.name));
    CHECK_FALSE(judged.explanation.empty());
    CHECK(verdict(registers(c.log.part(judged.core), Consistency::serializable)) == "invalid");
    CHECK(registers(c.log, Consistency::serializable) == judged);
  }
}

// Cerone and Gotsman, PODC 2016, section 4: write skew is what snapshot isolation allows and serializability does not.
TEST_CASE("snapshots allow write skew and no long fork", "[check][transactions]") {
  const Log skew = concurrent_log({"[[r x nil] [r y nil] [w x 1]]", "[[r x nil] [r y nil] [w y 1]]"});
  CHECK(verdict(registers(skew, Consistency::strong_snapshot_isolation)) == "valid");
  CHECK(verdict(registers(skew, Consistency::repeatable_read)) == "invalid");
  const Log fork = concurrent_log({"[[w x 1]]", "[[w y 1]]", "[[r x 1] [r y nil]]", "[[r x nil] [r y 1]]"});
  CHECK(verdict(registers(fork, Consistency::snapshot_isolation)) == "invalid");
  CHECK(verdict(registers(fork, Consistency::causal_memory)) == "valid");
}

TEST_CASE("the limits of a search for an order of versions", "[check][transactions]") {
  std::vector<std::string> txns;
  for (int i = 0; i < 12; ++i) {
    txns.push_back("[[w x " + std::to_string(i + 1) + "] [w y " + std::to_string(i + 1) + "]]");
  }
  const Log log = concurrent_log(txns);
  CHECK(verdict(registers(log)) == "valid");
  Limits limits;
  limits.steps = 3;
  const auto judged = judge(log, Kind::rw_register, Consistency::serializable, limits);
  REQUIRE(judged.ok());
  CHECK(verdict(*judged) == "undecided");
  CHECK(judged->explanation.find("3 steps") != std::string::npos);
}

TEST_CASE("transactions that cannot be judged", "[check][transactions]") {
  const auto twice = judge(serial_log("0 [[append x 1]]\n1 [[append x 1]]"), Kind::list_append);
  REQUIRE_FALSE(twice.ok());
  CHECK(twice.error().where == "line 4");
  CHECK(twice.error().what.find("line 2") != std::string::npos);
  CHECK_FALSE(judge(serial_log("0 [[w x 1]]\n1 [[w x 1]]"), Kind::rw_register).ok());
  CHECK_FALSE(judge(serial_log("0 [[r x [1]]]"), Kind::rw_register).ok());
  CHECK_FALSE(judge(serial_log("0 [[r x 1]]"), Kind::list_append).ok());
  CHECK_FALSE(try_log("0 invoke [[cas x 1]]\n0 ok [[cas x 1]]").ok());
  CHECK_FALSE(try_log("0 invoke [[append x nil]]\n0 ok [[append x nil]]").ok());
  CHECK_FALSE(try_log("0 invoke [x]").ok());
  CHECK_FALSE(try_log("0 ok [[r x 1]]").ok());
  CHECK(try_log("0 invoke [[r x nil]]\n0 invoke [[r x nil]]").error().where == "line 2");
}

TEST_CASE("a log keeps what its events said", "[check][transactions]") {
  const auto log = try_log(
      "3 invoke [[append x 1] [r y nil] [r \"z\" nil]]\n-1 invoke [[r y nil]]\n3 ok [[append x 1] [r y [a \"b\" -5]] [r \"z\" "
      "[]]]");
  REQUIRE(log.ok());
  const Operation op = log->operation(0);
  CHECK(op.process == 3);
  CHECK(op.input.to_json() == R"([["append","x",1],["r","y",null],["r","z",null]])");
  CHECK(op.output.to_json() == R"([["append","x",1],["r","y",["a","b",-5]],["r","z",[]]])");
  CHECK(op.call_line == 1);
  CHECK(op.return_line == 3);
  CHECK(log->operation(1).process == -1);
  CHECK(log->operation(1).outcome == Outcome::info);
  CHECK(log->operation(1).returned == Operation::kNever);
}

TEST_CASE("a history of registers is one of transactions of one access", "[check][transactions]") {
  HistoryBuilder builder;
  const auto run = [&](std::int64_t process, const std::string& f, Value in, Value out) {
    REQUIRE(builder.invoke({.process = process, .f = f, .key = "x", .value = std::move(in)}).ok());
    REQUIRE(builder.complete({.process = process, .value = std::move(out)}).ok());
  };
  run(0, "write", Value(std::int64_t{1}), Value());
  run(1, "write", Value(std::int64_t{2}), Value());
  run(0, "read", Value(), Value(std::int64_t{1}));
  const auto log = log_of(builder.history());
  REQUIRE(log.ok());
  CHECK(kind_of(*log) == Kind::rw_register);
  CHECK(verdict(registers(*log)) == "invalid");
  CHECK(verdict(registers(*log, Consistency::sequential)) == "valid");
  REQUIRE(builder.invoke({.process = 0, .f = "cas", .key = "x"}).ok());
  CHECK_FALSE(log_of(builder.history()).ok());
}

TEST_CASE("recorded histories of transactions", "[check][transactions][corpus]") {
  const std::filesystem::path folder = corpus();
  if (!std::filesystem::exists(folder / "elle/paper-example.edn")) {
    std::printf("SKIPPED: no recorded histories in %s (set FAULTLINE_HISTORIES)\n", folder.string().c_str());
    return;
  }
  // Elle's paper, section 3: three transactions form a G-single.
  for (const char* name : {"elle/paper-example.edn", "elle-cli/elle/paper-example.edn"}) {
    const Judgement judged = lists(edn_log(read_file(folder / name)));
    CHECK(judged.findings.front().name == "G-single");
    CHECK(judged.findings.front().operations == std::vector<std::size_t>{3, 1, 2});
    CHECK(judged.core == std::vector<std::size_t>{0, 1, 2, 3});
    CHECK_FALSE(satisfies(judged, Consistency::snapshot_isolation));
    CHECK(satisfies(judged, Consistency::read_committed));
  }
  const Judgement skew = lists(edn_log(read_file(folder / "elle-cli/elle/list-append-gh-30.edn")));
  CHECK(skew.findings.front().name == "G2-item");
  CHECK(satisfies(skew, Consistency::snapshot_isolation));
  const Judgement garbage = registers(edn_log(read_file(folder / "elle-cli/elle/rw-register.edn")));
  CHECK(garbage.explanation == "T1 (process 0, line 4) read 3 in x, which no transaction wrote");
}
