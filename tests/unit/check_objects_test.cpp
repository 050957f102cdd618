// Sets, queues, stacks and priority queues: each violation with its valid neighbour, and many small histories against every order.
#include <algorithm>
#include <string>
#include <vector>

#include "catch.hpp"
#include "check_support.hpp"
#include "sim/check/objects/fastlin_text.hpp"
#include "sim/check/objects/judge.hpp"
#include "sim/check/objects/models.hpp"
#include "sim/check/witness.hpp"

using namespace sim::check;
using check_support::Lcg;
using objects::Kind;
using objects::Log;
using sim::Value;

namespace {

Replayed replayed(Kind kind) { return *replayed_named(objects::to_text(kind)); }

Log read(const std::string& text) {
  auto log = objects::FastlinReader::read(text);
  INFO((log.ok() ? "" : log.error().where + ": " + log.error().what));
  REQUIRE(log.ok());
  return *std::move(log);
}

// Judges a log, checks the proof that comes with the verdict, and returns the verdict.
Verdict verdict_of(const Log& log) {
  const auto judged = objects::judge(log);
  REQUIRE(judged.ok());
  if (judged->verdict == Verdict::valid) {
    const auto verified = verify_witness(replayed(log.kind()), log.history(), judged->order);
    INFO((verified.ok() ? "" : verified.error().where + ": " + verified.error().what));
    CHECK(verified.ok());
  } else if (judged->verdict == Verdict::invalid) {
    CHECK_FALSE(judged->explanation.empty());
    CHECK_FALSE(judged->core.empty());
    CHECK(std::find(judged->core.begin(), judged->core.end(), judged->failing) != judged->core.end());
    CHECK(objects::judge(log.part(judged->core))->verdict == Verdict::invalid);
  }
  CHECK(*judged == *objects::judge(log));
  return judged->verdict;
}

// Tries every order, on the verifier's models: for small histories.
class EveryOrder {
 public:
  explicit EveryOrder(const Log& log) : model_(replayed(log.kind())), history_(log.history()) {}

  bool linearizable() { return extend(); }

 private:
  bool extend() {
    if (!order_.empty()) {  // the part so far, as a history of its own
      History part = history_;
      part.operations.clear();
      std::vector<std::size_t> all;
      for (const std::size_t i : order_) {
        all.push_back(all.size());
        part.operations.push_back(history_.operations[i]);
      }
      if (!verify_witness(model_, part, all).ok()) return false;
    }
    std::uint64_t first_return = Operation::kNever;
    bool all = true;
    for (std::size_t i = 0; i < history_.operations.size(); ++i) {
      if (done(i) || history_.operations[i].outcome != Outcome::ok) continue;
      all = false;
      first_return = std::min(first_return, history_.operations[i].returned);
    }
    if (all) return true;
    for (std::size_t i = 0; i < history_.operations.size(); ++i) {
      if (done(i) || history_.operations[i].invoked > first_return) continue;
      order_.push_back(i);
      if (extend()) return true;
      order_.pop_back();
    }
    return false;
  }
  bool done(std::size_t i) const { return std::find(order_.begin(), order_.end(), i) != order_.end(); }

  Replayed model_;
  History history_;
  std::vector<std::size_t> order_;
};

struct Shape {
  std::size_t rows = 6;
  std::uint64_t instants = 12;
  bool repeats = false;  // values may be inserted several times
  bool pending = false;
};

// Rows at random: values mostly make sense, intervals are anything.
Log random_log(Kind kind, Lcg& rng, const Shape& shape) {
  Log log(kind, objects::Clock::instants);
  const std::size_t rows = 1 + rng.below(shape.rows);
  std::int64_t next = 1;
  for (std::size_t i = 0; i < rows; ++i) {
    objects::Row row;
    row.start = rng.below(shape.instants) * 2;
    row.end = row.start + rng.below(shape.instants) * 2 + 1;
    const std::uint64_t what = rng.below(10);
    if (what < 4 || next == 1) {
      row.value = shape.repeats ? 1 + static_cast<std::int64_t>(rng.below(3)) : next;
      ++next;
      if (kind == Kind::set && shape.repeats && rng.below(4) == 0) row.result = objects::Result3::no;
    } else {
      row.value = 1 + static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(shape.repeats ? 3 : next - 1)));
      if (kind == Kind::set) {
        row.method = what < 7 ? objects::Method::remove : objects::Method::contains;
        if (rng.below(3) == 0) row.result = objects::Result3::no;
      } else {
        row.method = what < 8 ? objects::Method::take : objects::Method::peek;
        if (rng.below(5) == 0) row.result = objects::Result3::no;
      }
    }
    if (shape.pending && rng.below(5) == 0) {
      row.result = objects::Result3::unknown;
      row.end = objects::Row::kNever;
      if (row.method == objects::Method::take || row.method == objects::Method::peek) row.value = 0;
    }
    log.add(row);
  }
  return log;
}

void compare(Kind kind, std::uint64_t seed, int cases, const Shape& shape) {
  Lcg rng(seed);
  int valid = 0;
  for (int i = 0; i < cases; ++i) {
    const Log log = random_log(kind, rng, shape);
    std::string text;
    for (std::size_t r = 0; r < log.size(); ++r) {
      const Operation op = log.operation(r);
      text += op.f + " " + op.input.to_json() + " -> " + op.output.to_json() + " [" + std::to_string(op.invoked) + "," +
              std::to_string(op.returned) + "]\n";
    }
    INFO(i << "\n" << text);
    const bool expected = EveryOrder(log).linearizable();
    valid += expected ? 1 : 0;
    REQUIRE((verdict_of(log) == Verdict::valid) == expected);
  }
  CHECK(valid > cases / 50);  // a comparison in which all are one way shows little
  CHECK(valid < cases - cases / 50);
}

// A run of the collection itself: clients' operations overlap, and each does its work at an instant inside. Then a few results are
// exchanged, `mistakes` of them.
Log run_of(Kind kind, Lcg& rng, std::size_t rows, std::size_t clients, int mistakes) {
  std::vector<objects::Row> all;
  std::vector<objects::Row> open(clients);
  std::vector<int> phase(clients, 0);
  std::vector<std::int64_t> held;
  std::int64_t next = 0;
  std::uint64_t now = 0;
  while (all.size() < rows) {
    const std::size_t c = rng.below(clients);
    objects::Row& row = open[c];
    ++now;
    if (phase[c] == 0) row = {0, now * 2, 0, objects::Method::insert, objects::Result3::yes};
    if (phase[c] == 1) {
      if (rng.below(20) < 10) {
        row.value = ++next;
        if (kind == Kind::priority_queue) row.value = row.value * 7919 % 10007;
        held.push_back(row.value);
      } else {
        auto at = kind == Kind::stack && !held.empty() ? held.end() - 1 : held.begin();
        if (kind == Kind::priority_queue) at = std::max_element(held.begin(), held.end());
        const bool takes = rng.below(5) != 0;
        row.method = kind == Kind::set ? (takes ? objects::Method::remove : objects::Method::contains)
                     : takes           ? objects::Method::take
                                       : objects::Method::peek;
        if (held.empty()) {
          row.result = objects::Result3::no;
          row.value = kind == Kind::set ? next : 0;
        } else {
          row.value = *at;
          if (takes) held.erase(at);
        }
      }
    }
    if (phase[c] == 2) {
      row.end = now * 2 + 1;
      all.push_back(row);
    }
    phase[c] = (phase[c] + 1) % 3;
  }
  for (std::size_t c = 0; c < clients; ++c) {  // what has happened must end
    if (phase[c] != 2) continue;
    open[c].end = ++now * 2 + 1;
    all.push_back(open[c]);
  }
  for (; mistakes > 0; --mistakes) {
    objects::Row& a = all[rng.below(all.size())];
    objects::Row& b = all[rng.below(all.size())];
    if (a.method == b.method && a.result == b.result) std::swap(a.value, b.value);
  }
  Log log(kind, objects::Clock::instants);
  for (const objects::Row& row : all) log.add(row);
  return log;
}

Verdict searched(const Log& log) {
  if (log.kind() == Kind::set) return judge_with(objects::SetModel(log), log.history(), {.steps = 200'000})->verdict;
  return judge_with(objects::CollectionModel(log), log.history(), {.steps = 200'000})->verdict;
}

}  // namespace

TEST_CASE("runs of collections are valid, and with mistakes what the general search says", "[check][objects]") {
  for (const Kind kind : {Kind::set, Kind::queue, Kind::stack, Kind::priority_queue}) {
    INFO(objects::to_text(kind));
    Lcg rng(77);
    int invalid = 0;
    for (int i = 0; i < 400; ++i) {
      INFO(i);
      const std::size_t rows = 10 + rng.below(60);
      const std::size_t clients = 2 + rng.below(5);
      const int mistakes = static_cast<int>(i % 4 == 0 ? 0 : 1 + rng.below(3));
      const Log log = run_of(kind, rng, rows, clients, mistakes);
      const Verdict verdict = verdict_of(log);
      if (mistakes == 0) REQUIRE(verdict == Verdict::valid);
      const Verdict expected = searched(log);
      if (expected != Verdict::undecided) REQUIRE(verdict == expected);
      invalid += verdict == Verdict::invalid ? 1 : 0;
    }
    CHECK(invalid > 40);
    for (int i = 0; i < 6; ++i) REQUIRE(verdict_of(run_of(kind, rng, 5000, 3 + rng.below(40), 0)) == Verdict::valid);
  }
}

TEST_CASE("small collections agree with every order", "[check][objects]") {
  for (const Kind kind : {Kind::set, Kind::queue, Kind::stack, Kind::priority_queue}) {
    INFO(objects::to_text(kind));
    compare(kind, 1, 4000, {});
    compare(kind, 2, 1500, {8, 10});
    compare(kind, 3, 3000, {5, 30});
    compare(kind, 4, 800, {6, 12, true, false});
    compare(kind, 5, 800, {6, 12, false, true});
    compare(kind, 6, 300, {6, 12, true, true});
  }
}

TEST_CASE("queues: values come out in the order in which they went in", "[check][objects]") {
  CHECK(verdict_of(read("# queue\nenq 5 1 2\nenq 7 3 4\ndeq 5 5 6\ndeq 7 7 8\n")) == Verdict::valid);
  const Log swapped = read("# queue\nenq 5 1 2\nenq 7 3 4\ndeq 7 5 12\ndeq 5 13 14\nenq 9 20 21\n");
  const auto judged = objects::judge(swapped);
  CHECK(judged->explanation ==
        "7 was dequeued at 12, though 5 had been enqueued at 2, before the enqueue of 7 began at 3, and the dequeue of 5 began "
        "only at "
        "13");
  CHECK(judged->core == std::vector<std::size_t>{0, 1, 2, 3});
  CHECK(verdict_of(swapped) == Verdict::invalid);
  CHECK(verdict_of(read("# queue\nenq 5 1 3\nenq 7 2 4\ndeq 7 5 12\ndeq 5 13 14\n")) == Verdict::valid);
  // What ends at an instant overlaps what starts at it.
  CHECK(verdict_of(read("# queue\nenq 5 1 2\nenq 7 2 4\ndeq 7 5 12\ndeq 5 13 14\n")) == Verdict::valid);
  CHECK(objects::judge(read("# queue\nenq 5 1 2\nenq 7 3 4\ndeq 7 5 12\n"))->explanation ==
        "7 was dequeued at 12, though 5 had been enqueued at 2, before the enqueue of 7 began at 3, and was never dequeued");
}

TEST_CASE("values come out once, and only after they went in", "[check][objects]") {
  CHECK(objects::judge(read("# queue\nenq 5 1 2\ndeq 5 3 4\ndeq 5 5 6\n"))->explanation ==
        "5 came out twice, at 4 and at 6, though it was put in once");
  CHECK(objects::judge(read("# stack\npop 5 3 4\n"))->explanation == "5 came out at 4, though it was never put in");
  CHECK(objects::judge(read("# stack\npop 5 3 4\npush 5 5 6\n"))->explanation ==
        "5 came out at 4, though it was put in no earlier than at 5");
  CHECK(objects::judge(read("# stack\npush 5 1 2\npop 5 3 4\npeek 5 5 6\n"))->verdict == Verdict::invalid);
  CHECK(verdict_of(read("# stack\npush 5 1 2\npop 5 3 4\npeek 5 4 6\n")) == Verdict::valid);
}

TEST_CASE("what finds a collection empty needs a moment without any value", "[check][objects]") {
  for (const std::string kind : {"queue", "stack", "priorityqueue"}) {
    INFO(kind);
    const std::string in = kind == "queue" ? "enq" : kind == "stack" ? "push" : "insert";
    const std::string out = kind == "queue" ? "deq" : kind == "stack" ? "pop" : "poll";
    const std::string one = "# " + kind + "\n" + in + " 5 1 2\n" + out + " -1 3 6\n" + out + " 5 7 8\n";
    const auto judged = objects::judge(read(one));
    CHECK(judged->explanation.find("found it empty, though 5 was in it all the time") != std::string::npos);
    CHECK(verdict_of(read(one)) == Verdict::invalid);
    CHECK(verdict_of(read("# " + kind + "\n" + in + " 5 1 4\n" + out + " -1 3 6\n" + out + " 5 7 8\n")) == Verdict::valid);
    // Two values in turn cover it all.
    const std::string two =
        "# " + kind + "\n" + in + " 5 1 2\n" + out + " -1 3 9\n" + in + " 7 3 4\n" + out + " 5 5 6\n" + out + " 7 10 11\n";
    CHECK(verdict_of(read(two)) == Verdict::invalid);
  }
}

TEST_CASE("stacks: values nest", "[check][objects]") {
  CHECK(verdict_of(read("# stack\npush 5 1 2\npush 7 3 4\npop 7 5 6\npop 5 7 8\n")) == Verdict::valid);
  const Log crossed = read("# stack\npush 5 1 2\npush 7 3 4\npop 5 5 12\npop 7 14 15\npush 8 20 21\n");
  CHECK(verdict_of(crossed) == Verdict::invalid);
  CHECK(objects::judge(crossed)->core == std::vector<std::size_t>{0, 1, 2, 3});
  CHECK(objects::judge(crossed)->explanation ==
        "5 was popped at 12, though it had been pushed at 2, before the push of 7 began at 3, and the pop of 7 began only at 14");
  CHECK(verdict_of(read("# stack\npush 5 1 2\npush 7 3 4\npop 5 5 14\npop 7 13 15\n")) == Verdict::valid);
  CHECK(verdict_of(read("# stack\npush 5 1 2\npush 7 3 4\npeek 5 5 6\npop 7 7 8\npop 5 9 10\n")) == Verdict::invalid);
  CHECK(verdict_of(read("# stack\npush 5 1 2\npush 7 3 4\npeek 5 5 8\npop 7 7 8\npop 5 9 10\n")) == Verdict::valid);
}

TEST_CASE("priority queues: the highest value comes out first", "[check][objects]") {
  CHECK(verdict_of(read("# priorityqueue\ninsert 5 1 2\ninsert 7 3 4\npoll 7 5 6\npoll 5 7 8\n")) == Verdict::valid);
  const Log low = read("# priorityqueue\ninsert 5 1 2\ninsert 7 3 4\npoll 5 5 12\npoll 7 14 15\n");
  CHECK(verdict_of(low) == Verdict::invalid);
  CHECK(objects::judge(low)->explanation == "5 was polled at 12, though the higher 7 was there all the time that the poll took");
  CHECK(verdict_of(read("# priorityqueue\ninsert 5 1 2\ninsert 7 3 6\npoll 5 5 12\npoll 7 14 15\n")) == Verdict::valid);
}

TEST_CASE("sets: a value is there between its insertion and its removal", "[check][objects]") {
  CHECK(verdict_of(read("# set\ninsert 5 1 2\ncontains_true 5 3 4\nremove 5 5 6\ncontains_false 5 7 8\n")) == Verdict::valid);
  CHECK(
      objects::judge(read("# set\ninsert 5 1 2\ncontains_false 5 3 4\nremove 5 5 6\n"))->explanation ==
      "the contains of 5 that ended at 4 did not find it, though its insertion had completed at 2 and its removal began only at 5");
  CHECK(verdict_of(read("# set\ninsert 5 1 2\ncontains_false 5 3 6\nremove 5 5 6\n")) == Verdict::valid);
  CHECK(objects::judge(read("# set\ncontains_true 5 3 4\n"))->explanation ==
        "the contains of 5 that ended at 4 found it, though it was never inserted");
}

TEST_CASE("operations of a text know their lines, with comments and blank lines between them", "[check][objects]") {
  const auto lines = [](const std::string& text) {
    std::vector<std::uint32_t> out;
    for (const auto& op : read(text).history().operations) out.push_back(op.call_line);
    return out;
  };
  CHECK(lines("# queue\nenq 1 1 2\nenq 2 3 4\ndeq 1 5 6\n") == std::vector<std::uint32_t>{2, 3, 4});
  CHECK(lines("# queue\nenq 1 1 2\nenq 2 3 4\n# again\n\ndeq 1 5 6\ndeq 2 7 8\n") == std::vector<std::uint32_t>{2, 3, 6, 7});
}

TEST_CASE("texts of collections that are wrong are refused with their place", "[check][objects]") {
  const auto where = [](const std::string& text) {
    const auto log = objects::FastlinReader::read(text);
    return log.ok() ? std::string() : log.error().where + ": " + log.error().what;
  };
  CHECK(where("") == "line 1, column 1: the text is empty: a header such as \"# queue\" should stand here");
  CHECK(where("# rmw\n") ==
        "line 1, column 3: \"rmw\" is not supported: the collection should be set, queue, stack or priorityqueue");
  CHECK(where("enq 1 2 3\n") == "line 1, column 1: found \"enq\" where a header such as \"# queue\" should stand");
  CHECK(where("# queue\npush 1 2 3\n") == "line 2, column 1: found \"push\" where an operation of a queue should stand");
  CHECK(where("# queue\nenq 1 2 x\n") ==
        "line 2, column 9: found \"x\" where the instant at which the operation ends should stand");
  CHECK(where("# queue\nenq 1 2\n") ==
        "line 2, column 8: found the end of the line where the instant at which the operation ends should stand");
  CHECK(where("# queue\nenq 1 9 2\n") == "line 2, column 1: the operation ends at 2, before it starts at 9");
  CHECK(where("# queue\nenq 1 2 3 4\n") == "line 2, column 11: found \"4\" where the end of the line should stand");
  CHECK(where("# queue\nenq -1 2 3\n") ==
        "line 2, column 5: found \"-1\" where a value (-1 means that the collection was empty) should stand");
  CHECK(where("# queue\nenq 99999999999999999999 2 3\n") != "");
  CHECK(where("# queue\r\n\r\nenq 1 2 3\r\n# a remark\r\n0 1").starts_with("line 5, column 1"));
}

TEST_CASE("fptlin's texts say the same", "[check][objects]") {
  CHECK(verdict_of(read("# queue\n0 1 2 enq 5\n1 3 4 enq 7\n0 5 12 deq 7\n1 13 14 deq 5\n")) == Verdict::invalid);
  CHECK(verdict_of(read("# set\n0 1 2 insert 5\n1 3 4 contains 5 true\n0 5 12 remove 5\n1 13 14 contains 5 false\n")) ==
        Verdict::valid);
}

TEST_CASE("events of clients make a log", "[check][objects]") {
  objects::LogBuilder builder(Kind::queue);
  const auto call = [&](std::int64_t process, std::string f, Value value) {
    REQUIRE(builder.invoke({.process = process, .f = std::move(f), .value = std::move(value)}).ok());
  };
  const auto end = [&](std::int64_t process, Outcome outcome, Value value) {
    REQUIRE(builder.complete({.process = process, .outcome = outcome, .value = std::move(value)}).ok());
  };
  call(0, "enqueue", Value("a"));
  end(0, Outcome::ok, {});
  call(0, "enqueue", Value("failed"));
  end(0, Outcome::fail, {});
  call(0, "enqueue", Value("open"));
  end(0, Outcome::info, {});
  call(1, "dequeue", {});
  end(1, Outcome::ok, Value("open"));
  const auto log = std::move(builder).finish();
  REQUIRE(log.ok());
  CHECK(log->size() == 3);
  CHECK(log->origin(1) == 2);
  CHECK(log->operation(2).output == Value("open"));
  const auto judged = objects::judge(*log);
  CHECK(judged->verdict == Verdict::invalid);
  CHECK(judged->explanation ==
        "\"open\" was dequeued (operation 3), though \"a\" had been enqueued (operation 0), before the enqueue of \"open\" began "
        "(operation 2), and was never dequeued");
}

TEST_CASE("bytes of any kind are read or refused", "[check][objects]") {
  Lcg rng(4);
  const std::string words[] = {"# queue",
                               "# set",
                               "# stack\n",
                               "enq",
                               "deq",
                               "push",
                               "insert",
                               "contains_false",
                               " ",
                               " ",
                               " ",
                               "\n",
                               "\n",
                               "1",
                               "2",
                               "12",
                               "-1",
                               "-",
                               "9223372036854775807",
                               "18446744073709551616",
                               "\t",
                               "\r\n",
                               std::string(1, '\0'),
                               "\xff",
                               "#",
                               "peek"};
  int logs = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text = rng.below(4) == 0 ? "" : "# queue\nenq 1 2 3\n";
    for (std::size_t n = rng.below(12); n > 0; --n) text += words[rng.below(std::size(words))];
    const auto log = objects::FastlinReader::read(text);
    if (!log.ok()) {
      CHECK(log.error().where.starts_with("line "));
      continue;
    }
    ++logs;
    REQUIRE(objects::judge(*log).ok());
  }
  CHECK(logs > 100);
}

TEST_CASE("a general history is judged with its own indices", "[check][objects]") {
  const auto parsed =
      parse(Format::edn, R"([{:process 0 :type :invoke :f :enqueue :value 1} {:process 0 :type :fail :f :enqueue :value 1}
{:process 0 :type :invoke :f :enqueue :value 2} {:process 0 :type :ok :f :enqueue :value 2}
{:process 0 :type :invoke :f :enqueue :value 3} {:process 0 :type :ok :f :enqueue :value 3}
{:process 0 :type :invoke :f :dequeue} {:process 0 :type :ok :f :dequeue :value 3}])");
  REQUIRE(parsed.ok());
  const auto judged = objects::judge(Kind::queue, *parsed);
  CHECK(judged->core == std::vector<std::size_t>{1, 2, 3});
  CHECK(judged->failing == 3);
  CHECK(objects::judge(Kind::set, *parsed).error().what == "a set has no function \"enqueue\"");
  CHECK(objects::judge(Kind::queue, History{})->verdict == Verdict::valid);
}
