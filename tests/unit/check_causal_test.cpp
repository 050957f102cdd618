// Causal consistency, read atomic, read committed and the session guarantees by their smallest histories; the two text formats.
#include <cstdio>

#include "check_transactions_support.hpp"

using namespace txn_support;

namespace {

Judgement judged_by(const Log& log, Consistency model) {
  const auto judged = judge(log, kind_of(log), model);
  REQUIRE(judged.ok());
  CHECK(*judge(log, kind_of(log), model) == *judged);
  return *judged;
}

bool valid(const Log& log, Consistency model) {
  const Judgement judged = judged_by(log, model);
  REQUIRE(judged.verdict != Verdict::undecided);
  if (judged.verdict == Verdict::invalid) {
    CHECK_FALSE(judged.explanation.empty());
    CHECK(judge(log.part(judged.core), kind_of(log), model)->verdict == Verdict::invalid);
  }
  return judged.verdict == Verdict::valid;
}

// Sessions that run at the same time: each line "0 [[w x 1]]" is the next transaction of its process, and all lines of one
// process follow each other while the others' are open to any order.
Log sessions(const std::string& text) {
  Log log = serial_log(text);
  log.has_realtime = false;
  return log;
}

}  // namespace

// Terry et al., PDIS 1994, section 3.
TEST_CASE("session guarantees, each by a history that breaks it alone", "[check][causal]") {
  using enum Consistency;
  const Log own = sessions("0 [[w x 1]]\n0 [[r x nil]]");
  CHECK_FALSE(valid(own, read_your_writes));
  CHECK(valid(own, monotonic_reads));
  CHECK(valid(own, monotonic_writes));
  CHECK(valid(own, writes_follow_reads));
  const Log back = sessions("0 [[w x 1]]\n1 [[r x 1]]\n1 [[r x nil]]");
  CHECK_FALSE(valid(back, monotonic_reads));
  CHECK(valid(back, read_your_writes));
  CHECK(valid(back, monotonic_writes));
  CHECK(valid(back, writes_follow_reads));
  const Log flip = sessions("0 [[w x 1]]\n1 [[w x 2]]\n2 [[r x 1]]\n2 [[r x 2]]\n2 [[r x 1]]");
  CHECK_FALSE(valid(flip, monotonic_reads));
  CHECK(valid(flip, causal));
  CHECK_FALSE(valid(flip, causal_memory));
  CHECK_FALSE(valid(flip, causal_convergence));
  const Log skipped = sessions("0 [[w x 1]]\n0 [[w y 2]]\n1 [[r y 2] [r x nil]]");
  CHECK_FALSE(valid(skipped, monotonic_writes));
  CHECK(valid(skipped, monotonic_reads));
  CHECK(valid(skipped, read_your_writes));
  CHECK(valid(skipped, writes_follow_reads));
  const Log effect = sessions("0 [[w x 1]]\n1 [[r x 1]]\n1 [[w y 2]]\n2 [[r y 2] [r x nil]]");
  CHECK_FALSE(valid(effect, writes_follow_reads));
  CHECK(valid(effect, monotonic_reads));
  CHECK(valid(effect, monotonic_writes));
  CHECK(valid(effect, read_your_writes));
  for (const Log* log : {&own, &back, &skipped, &effect}) CHECK_FALSE(valid(*log, causal));
}

// Bouajjani et al., POPL 2017, figure 3 and section 3: what tells the three models apart.
TEST_CASE("causal consistency, convergence and memory", "[check][causal]") {
  using enum Consistency;
  // Two sessions see two writes in different orders, and neither goes back.
  const Log apart = sessions("0 [[w x 1]]\n1 [[w x 2]]\n2 [[r x 1]]\n2 [[r x 2]]\n3 [[r x 2]]\n3 [[r x 1]]");
  CHECK(valid(apart, causal));
  CHECK(valid(apart, causal_memory));
  CHECK_FALSE(valid(apart, causal_convergence));
  CHECK(judged_by(apart, causal_convergence).findings.front().name == "CyclicCF");
  // A session whose own write is overwritten by one that had not seen it, and the other way round.
  const Log crossed = sessions("0 [[w z 1] [w x 1]]\n0 [[w y 1]]\n1 [[w x 2]]\n1 [[r z nil]]\n1 [[r y 1]]\n1 [[r x 2]]");
  CHECK(valid(crossed, causal));
  CHECK(valid(crossed, causal_convergence));
  CHECK_FALSE(valid(crossed, causal_memory));
  CHECK(judged_by(crossed, causal_memory).findings.front().name == "WriteHBInitRead");
  const Log cycle = sessions("0 [[r x 1]]\n0 [[w y 1]]\n1 [[r y 1]]\n1 [[w x 1]]");
  CHECK(judged_by(cycle, causal).findings.front().name == "CyclicCO");
  const Log initial = sessions("0 [[w x 1]]\n1 [[r x 1]]\n1 [[r x nil]]");
  CHECK(judged_by(initial, causal).findings.front().name == "WriteCOInitRead");
  const Log older = sessions("0 [[w x 1]]\n0 [[w x 2]]\n1 [[r x 2]]\n1 [[r x 1]]");
  const Judgement judged = judged_by(older, causal);
  CHECK(judged.findings.front().name == "WriteCORead");
  CHECK(judged.explanation ==
        "T3 (process 1, line 8) read x as 1, which T0 (process 0, line 2) wrote, though the write of T1 (process 0, line 4) is in "
        "its "
        "past; T0 came before T1 in process 0: no order of their writes agrees with that");
}

// Biswas and Enea, OOPSLA 2019, figure 2.
TEST_CASE("read committed and read atomic", "[check][causal]") {
  using enum Consistency;
  const Log fractured = sessions("0 [[w x 1] [w y 1]]\n1 [[r x nil] [r y 1]]");
  CHECK(valid(fractured, read_committed));
  CHECK_FALSE(valid(fractured, read_atomic));
  const Log early = sessions("0 [[w x 1] [w y 1]]\n1 [[r y 1] [r x nil]]");
  CHECK_FALSE(valid(early, read_committed));
  Log own = sessions("0 [[w x 1]]\n0 [[r x nil]]");
  CHECK(valid(own, read_atomic));
  own.sessions_in_models = true;
  CHECK_FALSE(valid(own, read_atomic));
  CHECK(valid(own, read_committed));
}

TEST_CASE("causal past too large for its limit", "[check][causal]") {
  Limits limits;
  limits.bytes = 8;
  const Log log = sessions("0 [[w x 1]]\n1 [[w x 2]]\n2 [[r x 1]]");
  const auto judged = judge(log, Kind::rw_register, Consistency::causal, limits);
  REQUIRE(judged.ok());
  CHECK(judged->verdict == Verdict::undecided);
  CHECK(judged->explanation.find("8 bytes") != std::string::npos);
}

TEST_CASE("AWDIT's recorded histories", "[check][causal][corpus]") {
  const std::filesystem::path folder = corpus();
  if (!std::filesystem::exists(folder / "awdit")) {
    std::printf("SKIPPED: no recorded histories in %s (set FAULTLINE_HISTORIES)\n", folder.string().c_str());
    return;
  }
  std::istringstream expected(read_file(folder / "expected.tsv"));
  int count = 0;
  for (std::string name, strongest; expected >> name >> strongest;) {
    if (!name.starts_with("awdit/")) continue;
    INFO(name);
    const auto log = read_text<AwditText>(read_file(folder / name));
    REQUIRE(log.ok());
    // AWDIT's causal consistency has one order of commits: convergence.
    CHECK(valid(*log, Consistency::causal_convergence) == (strongest == "causal"));
    CHECK(valid(*log, Consistency::read_atomic) == (strongest == "causal" || strongest == "read-atomic"));
    CHECK(valid(*log, Consistency::read_committed) == (strongest != "none"));
    ++count;
  }
  CHECK(count == 9);
}

TEST_CASE("AWDIT's text", "[check][causal]") {
  const auto log = read_text<AwditText>("w 1 2\r\nr 3 -4\n-----\n\n  w 1 5 \n=====\n=====\nr 1 2");
  REQUIRE(log.ok());
  REQUIRE(log->size() == 3);
  CHECK(log->operation(0).output.to_json() == R"([["w",1,2],["r",3,-4]])");
  CHECK(log->operation(0).call_line == 1);
  CHECK(log->operation(2).process == 2);
  CHECK(log->operation(2).call_line == 8);
  CHECK_FALSE(log->has_realtime);
  CHECK_FALSE(log->has_initial);
  CHECK(read_text<AwditText>("")->size() == 0);
  for (const char* bad : {"x 1 2", "w", "w 1", "w 1 2 3", "w1 2", "w 1 99999999999999999999", "--", "w 1 2-----", "r 1 a"}) {
    const auto error = read_text<AwditText>(std::string("w 7 7\n") + bad);
    INFO(bad);
    REQUIRE_FALSE(error.ok());
    CHECK(error.error().where.starts_with("line 2, column "));
  }
  CHECK(read_text<AwditText>("w 1 z").error().where == "line 1, column 5");
}

TEST_CASE("PolySI's text", "[check][causal]") {
  const auto log = read_text<PolysiText>("w(1,2,0,0)\nw(1,3,1,7)\nr(1, 0, 0, 0)\nr(1,3,0,1)\n");
  REQUIRE(log.ok());
  REQUIRE(log->size() == 3);
  CHECK(log->operation(0).output.to_json() == R"([["w",1,2],["r",1,0]])");
  CHECK(log->operation(1).process == 1);
  CHECK(log->operation(1).call_line == 2);
  CHECK(valid(*read_text<PolysiText>("w(1,2,0,0)\nr(1,0,1,1)\nr(1,2,1,2)"), Consistency::serializable));
  CHECK_FALSE(valid(*read_text<PolysiText>("w(1,2,0,0)\nr(1,2,1,1)\nr(1,0,1,2)"), Consistency::serializable));
  const auto back = read_text<PolysiText>("w(1,2,0,0)\nw(1,3,0,1)\nw(1,4,0,0)");
  REQUIRE_FALSE(back.ok());
  CHECK(back.error().where == "line 3, column 1");
  for (const char* bad : {"w(1,2,3)", "w(1,2,3,4", "w(1,2,3,4) x", "q(1,2,3,4)", "w 1,2,3,4", "w(1,,3,4)"}) {
    INFO(bad);
    CHECK(read_text<PolysiText>(bad).error().where.starts_with("line 1, column "));
  }
}

TEST_CASE("a strict model without real time is judged by sessions, and says so", "[check][causal]") {
  const auto log = read_text<AwditText>("w 1 1\n=====\nr 1 1\n");
  REQUIRE(log.ok());
  const Judgement judged = judged_by(*log, Consistency::strict_serializable);
  CHECK(judged.verdict == Verdict::valid);
  REQUIRE(judged.notes.size() == 1);
  CHECK(judged.notes.front().find("no real time") != std::string::npos);
}
