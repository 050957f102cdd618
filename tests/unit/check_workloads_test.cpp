// The workloads of Jepsen and Maelstrom: each thing that can be wrong, beside the history in which it is right.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include "catch.hpp"
#include "check_support.hpp"
#include "sim/check/formats/formats.hpp"
#include "sim/check/workloads/workloads.hpp"

#ifndef FAULTLINE_SOURCE_DIR
#define FAULTLINE_SOURCE_DIR "."
#endif

using namespace sim::check;
using namespace sim::check::workloads;

namespace {

History edn(const std::string& text) {
  auto history = parse(Format::edn, text);
  INFO((history.ok() ? "" : history.error().where + ": " + history.error().what));
  REQUIRE(history.ok());
  return *std::move(history);
}

// One operation after another by one process: "add 1 -> 1; read nil -> [1]".
std::string step(const std::string& f, const std::string& in, const std::string& out, const std::string& type = ":ok") {
  static int time = 0;
  const std::string head = "{:process 0 :f :" + f + " :time " + std::to_string(++time) + "000000 ";
  return head + ":type :invoke :value " + in + "}\n" + head + ":type " + type + " :value " + out + "}\n";
}
std::string add(const std::string& n, const std::string& type = ":ok") { return step("add", n, n, type); }
std::string reads(const std::string& value) { return step("read", "nil", value); }

using Judge = std::function<sim::Result<Judgement>(const History&)>;

// Judges twice, and the core by itself.
Judgement judged(const Judge& judge, const History& history) {
  const auto out = judge(history);
  INFO((out.ok() ? out->explanation : out.error().where + ": " + out.error().what));
  REQUIRE(out.ok());
  CHECK(*out == *judge(history));
  if (out->verdict == Verdict::invalid) {
    CHECK_FALSE(out->explanation.empty());
    CHECK(out->explanation == out->findings.front().explanation);
    const auto core = judge(check_support::part_of(history, out->core));
    REQUIRE(core.ok());
    CHECK(core->verdict == Verdict::invalid);
    CHECK(core->findings.front().name == out->findings.front().name);
  }
  return *out;
}

// "valid", "undecided", or the names of what is wrong.
std::string found(const Judge& judge, const std::string& text) {
  const Judgement out = judged(judge, edn(text));
  if (out.verdict != Verdict::invalid) return std::string(to_text(out.verdict));
  std::string names;
  for (const Finding& finding : out.findings) names += (names.empty() ? "" : " ") + finding.name;
  return names;
}

std::string error(const Judge& judge, const std::string& text) {
  const auto out = judge(edn(text));
  return out.ok() ? std::string() : out.error().where + ": " + out.error().what;
}

const Judge bank = [](const History& h) { return judge_bank(h); };
const Judge set_full = [](const History& h) { return judge_set_full(h); };
const Judge set_full_linearizable = [](const History& h) { return judge_set_full(h, {.linearizable = true}); };

std::filesystem::path corpus() {
  if (const char* set = std::getenv("FAULTLINE_HISTORIES")) return set;
#ifdef FAULTLINE_HISTORIES
  return FAULTLINE_HISTORIES;
#else
  return std::filesystem::path(FAULTLINE_SOURCE_DIR) / "../shared/data/histories";
#endif
}

}  // namespace

TEST_CASE("banks: money moves, and never comes or goes", "[check][workloads]") {
  CHECK(found(bank, "") == "valid");
  CHECK(found(bank, reads("{0 100 1 0}") + reads("{0 40 1 60}")) == "valid");
  CHECK(found(bank, reads("{0 100 1 0}") + reads("{0 40 1 61}")) == "wrong-total");
  CHECK(found(bank, reads("{0 100 1 0}") + reads("{0 101 1 -1}")) == "negative-value");
  CHECK(found([](const History& h) { return judge_bank(h, {.negative_balances = true}); },
              reads("{0 100 1 0}") + reads("{0 101 1 -1}")) == "valid");
  CHECK(found(bank, reads("{0 100 1 0}") + reads("{0 100 1 nil}")) == "nil-balance");
  CHECK(found(bank, reads("{0 100 1 0}") + reads("{0 100 2 0}")) == "unexpected-key");
  CHECK(found([](const History& h) { return judge_bank(h, {.total = 90}); }, reads("{0 100 1 0}")) == "wrong-total");
  CHECK(found([](const History& h) { return judge_bank(h, {.accounts = {"0"}}); }, reads("{0 100 1 0}")) == "unexpected-key");
  // A read that failed says nothing.
  CHECK(found(bank, reads("{0 100}") + step("read", "nil", "{0 3}", ":fail") + step("read", "nil", "{0 3}", ":info")) == "valid");
  const Judgement wrong = judged(bank, edn(reads("{0 100 1 0}") + reads("{0 40 1 61}") + reads("{0 1 1 1}")));
  CHECK(wrong.explanation == "the read by process 0 on line 4 returned balances that sum up to 101, though the total is 100");
  CHECK(wrong.core == std::vector<std::size_t>{0, 1});
  CHECK(wrong.notes == std::vector<std::string>{"3 reads", "the accounts are those of the first read, 2 of them",
                                                "the total is that of the first read, 100", "wrong totals from 2 to 101",
                                                "wrong-total: 2 times"});
  CHECK(error(bank, reads("[1 2]")) == "line 2: a read of a bank should return a map from accounts to balances");
  CHECK(error(bank, reads("{0 1.5}")) == "line 2: the balance of account 0 should be a whole number");
  CHECK(error(bank, reads("{0 9223372036854775807 1 1}")) == "line 2: the total of the balances overflows");
}

TEST_CASE("counters: reads lie between what was added for sure and what may have been", "[check][workloads]") {
  CHECK(found(judge_counter, add("1") + add("2") + reads("3")) == "valid");
  CHECK(found(judge_counter, add("1") + add("2") + reads("2")) == "out-of-bounds");
  CHECK(found(judge_counter, add("1") + add("2") + reads("4")) == "out-of-bounds");
  CHECK(found(judge_counter, add("1") + add("2", ":info") + reads("1") + reads("3")) == "valid");
  CHECK(found(judge_counter, add("1") + add("2", ":fail") + reads("3")) == "out-of-bounds");
  CHECK(found(judge_counter, add("5") + add("-2") + reads("3")) == "valid");
  CHECK(found(judge_counter, add("5") + add("-2", ":info") + reads("3") + reads("5")) == "valid");
  CHECK(found(judge_counter, add("5") + add("-2") + reads("5")) == "out-of-bounds");
  // An add that begins during the read may count.
  const std::string open = "{:process 1 :type :invoke :f :read :value nil}\n" + add("7");
  CHECK(found(judge_counter, open + "{:process 1 :type :ok :f :read :value 7}") == "valid");
  CHECK(found(judge_counter, open + "{:process 1 :type :ok :f :read :value 0}") == "valid");
  CHECK(found(judge_counter, open + "{:process 1 :type :ok :f :read :value 8}") == "out-of-bounds");
  CHECK(error(judge_counter, reads("nil")) == "line 2: a read of a counter should return a whole number");
  CHECK(error(judge_counter, add("9223372036854775807") + add("1")) == "line 4: the counter overflows");
}

TEST_CASE("sets: the last read has what was added", "[check][workloads]") {
  CHECK(found(judge_set, add("1") + add("2") + reads("[2 1]")) == "valid");
  CHECK(found(judge_set, add("1") + add("2")) == "undecided");
  CHECK(found(judge_set, add("1") + add("2") + reads("[1]")) == "lost");
  CHECK(found(judge_set, add("1") + add("2") + reads("[1]") + reads("[1 2]")) == "valid");
  CHECK(found(judge_set, add("1") + reads("[1 3]")) == "unexpected");
  CHECK(found(judge_set, add("1", ":fail") + add("2", ":info") + reads("[1 2]")) == "valid");
  CHECK(found(judge_set, add("1", ":fail") + add("2", ":info") + reads("[]")) == "valid");
  const Judgement lost = judged(judge_set, edn(add("1") + add("2", ":info") + add("3") + reads("[2 4]")));
  CHECK(lost.explanation == "the read by process 0 on line 8 misses 1 and 3, whose adds had completed");
  CHECK(lost.notes == std::vector<std::string>{"3 elements attempted, 2 acknowledged, 2 read", "2 lost", "1 unexpected",
                                               "1 recovered: their adds' outcome was unknown, and they were there"});
}

TEST_CASE("set-full: every element's story", "[check][workloads]") {
  CHECK(found(set_full, add("1") + reads("[1]")) == "valid");
  CHECK(found(set_full, add("1")) == "undecided");
  CHECK(found(set_full, add("1") + reads("[]")) == "lost");
  CHECK(found(set_full, add("1") + reads("[1]") + reads("[]")) == "lost");
  CHECK(found(set_full, add("1") + reads("[]") + reads("[1]")) == "valid");
  CHECK(found(set_full_linearizable, add("1") + reads("[]") + reads("[1]")) == "stale");
  CHECK(found(set_full_linearizable, add("1", ":info") + reads("[]") + reads("[1]")) == "valid");
  CHECK(found(set_full, add("1", ":info") + reads("[]")) == "undecided");
  CHECK(found(set_full, add("1", ":info") + reads("[1]") + reads("[]")) == "lost");
  CHECK(found(set_full, add("1") + reads("[1 1]")) == "duplicated");
  // A read that is concurrent with the add may miss it.
  CHECK(found(set_full, "{:process 1 :type :invoke :f :read :value nil}\n" + add("1") + add("2") +
                            "{:process 1 :type :ok :f :read :value []}\n" + reads("[2 1]")) == "valid");
  // Pairs: a set a key.
  CHECK(found(set_full, add("[0 1]") + add("[1 1]") + reads("[0 [1]]")) == "valid");
  CHECK(found(set_full, add("[0 1]") + add("[1 1]") + reads("[0 [1]]") + reads("[1 []]")) == "lost");
  const Judgement stale = judged(set_full, edn("{:process 0 :type :invoke :f :add :value 1 :time 0}\n"
                                               "{:process 0 :type :ok :f :add :value 1 :time 1000000}\n"
                                               "{:process 0 :type :invoke :f :read :time 5000000}\n"
                                               "{:process 0 :type :ok :f :read :value [] :time 6000000}\n"
                                               "{:process 0 :type :invoke :f :read :time 7000000}\n"
                                               "{:process 0 :type :ok :f :read :value [1] :time 8000000}\n"));
  CHECK(stale.notes ==
        std::vector<std::string>{"1 element: 1 stable, 0 lost, 0 never read",
                                 "1 of the stable ones were stale: missed by a read after they were known",
                                 "stable after: median 4.000001ms, 95% 4.000001ms, 99% 4.000001ms, longest 4.000001ms"});
}

TEST_CASE("unique ids are unique", "[check][workloads]") {
  const auto generate = [](const std::string& id, const std::string& type = ":ok") { return step("generate", "nil", id, type); };
  CHECK(found(judge_unique_ids, generate("1") + generate("2") + generate("\"1\"")) == "valid");
  CHECK(found(judge_unique_ids, generate("1") + generate("2") + generate("1")) == "duplicated");
  CHECK(found(judge_unique_ids, generate("1") + generate("1", ":fail")) == "valid");
  CHECK(judged(judge_unique_ids, edn(generate("[1 2]") + generate("[1 2]"))).explanation ==
        "the generate by process 0 on line 4 returned [1,2], which the generate by process 0 on line 2 had returned too");
}

TEST_CASE("total-queue: what goes in comes out", "[check][workloads]") {
  const auto enq = [](const std::string& v, const std::string& type = ":ok") { return step("enqueue", v, v, type); };
  const auto deq = [](const std::string& v, const std::string& type = ":ok") { return step("dequeue", "nil", v, type); };
  CHECK(found(judge_total_queue, enq("1") + enq("2") + deq("2") + deq("1")) == "valid");
  CHECK(found(judge_total_queue, enq("1") + enq("2") + step("drain", "nil", "[2 1]")) == "valid");
  CHECK(found(judge_total_queue, enq("1") + enq("2") + deq("2")) == "lost");
  CHECK(found(judge_total_queue, enq("1") + enq("1") + deq("1")) == "lost");
  CHECK(found(judge_total_queue, enq("1") + deq("1") + deq("2")) == "unexpected");
  CHECK(found(judge_total_queue, enq("1", ":info") + enq("2", ":fail")) == "valid");
  const Judgement twice = judged(judge_total_queue, edn(enq("1") + deq("1") + deq("1")));
  CHECK(twice.verdict == Verdict::valid);
  CHECK(twice.notes.back() == "1 duplicated: came out more often than they can have gone in");
  CHECK(found(judge_total_queue, enq("1") + step("drain", "nil", "[1]", ":info")) == "undecided");
  // A dequeue of unknown outcome may have taken one element, and no more; nil says that the queue was empty.
  CHECK(found(judge_total_queue, enq("1") + step("dequeue", "nil", "nil", ":info")) == "valid");
  CHECK(found(judge_total_queue, enq("1") + enq("2") + step("dequeue", "nil", "nil", ":info")) == "lost");
  CHECK(found(judge_total_queue, enq("1") + deq("nil") + deq("1")) == "valid");
  // Where there are drains, only what had been enqueued before the last of them can be missed.
  CHECK(found(judge_total_queue, enq("1") + step("drain", "nil", "[1]") + enq("2")) == "valid");
  CHECK(found(judge_total_queue, enq("1") + step("drain", "nil", "nil", ":fail")) == "valid");
  CHECK(found(judge_total_queue, enq("1") + enq("2") + step("drain", "nil", "[1]") + enq("3")) == "lost");
  CHECK(error(judge_total_queue, step("drain", "nil", "1")) == "line 2: a drain should return the list of what it took out");
}

TEST_CASE("comments: nothing is seen without what was written before it", "[check][workloads]") {
  const auto write = [](const std::string& v, const std::string& type = ":ok") { return step("write", v, v, type); };
  CHECK(found(judge_comments, write("1") + write("2") + reads("[1 2]")) == "valid");
  CHECK(found(judge_comments, write("1") + write("2") + reads("[1]")) == "valid");
  CHECK(found(judge_comments, write("1") + write("2") + reads("[2]")) == "causal-reverse");
  CHECK(found(judge_comments, write("1", ":info") + write("2") + reads("[2]")) == "valid");
  CHECK(found(judge_comments, "{:process 1 :type :invoke :f :write :value 1}\n" + write("2") +
                                  "{:process 1 :type :ok :f :write :value 1}\n" + reads("[2]")) == "valid");
  CHECK(found(judge_comments, write("[0 1]") + write("[1 2]") + reads("[1 [2]]")) == "valid");
  CHECK(found(judge_comments, write("[1 1]") + write("[1 2]") + reads("[1 [2]]")) == "causal-reverse");
}

TEST_CASE("set-full and counter agree with their definitions on random histories", "[check][workloads]") {
  check_support::Lcg rng(21);
  int wrong = 0;
  for (int i = 0; i < 2000; ++i) {
    const bool counts = i % 2 == 0;
    HistoryBuilder builder;
    std::vector<bool> open(3, false);
    std::int64_t next = 0;
    for (std::size_t steps = 10 + rng.below(20); steps > 0; --steps) {
      const std::uint64_t process = rng.below(3);
      const auto p = static_cast<std::int64_t>(process);
      if (!open[process]) {
        const bool adds = rng.below(2) == 0;
        const std::int64_t n = counts ? static_cast<std::int64_t>(rng.below(5)) - 1 : next++;
        REQUIRE(builder.invoke({.process = p, .f = adds ? "add" : "read", .value = adds ? sim::Value(n) : sim::Value()}).ok());
      } else {
        Completion end{.process = p, .outcome = rng.below(6) == 0 ? Outcome::info : Outcome::ok};
        if (rng.below(9) == 0) end.outcome = Outcome::fail;
        if (builder.open(p)->f == "read" && counts) end.value = sim::Value(static_cast<std::int64_t>(rng.below(8)) - 1);
        if (builder.open(p)->f == "read" && !counts) {
          sim::Value::List list;
          for (std::int64_t v = 0; v < next; ++v) {
            if (rng.below(8) != 0) list.emplace_back(v);
          }
          end.value = sim::Value(std::move(list));
        }
        REQUIRE(builder.complete(std::move(end)).ok());
      }
      open[process] = !open[process];
    }
    const History history = std::move(builder).finish();
    INFO(to_jsonl(history));
    const auto is = [](const Operation& op, const char* f) { return op.f == f; };
    bool good = true;
    bool stable = false;
    if (counts) {
      for (const Operation& read : history.operations) {
        if (!is(read, "read") || read.outcome != Outcome::ok) continue;
        std::int64_t low = 0;
        std::int64_t high = 0;
        for (const Operation& add : history.operations) {
          if (!is(add, "add") || add.outcome == Outcome::fail) continue;
          const std::int64_t n = *add.input.integer();
          const bool must = add.outcome == Outcome::ok && add.returned < read.invoked;
          const bool may = add.invoked < read.returned;
          low += must ? n : may ? std::min<std::int64_t>(n, 0) : 0;
          high += must ? n : may ? std::max<std::int64_t>(n, 0) : 0;
        }
        good = good && low <= *read.output.integer() && *read.output.integer() <= high;
      }
      CHECK((judged(judge_counter, history).verdict == Verdict::valid) == good);
    } else {
      // An element is lost when the latest read that began after it was known misses it, and no read that began later has it.
      for (const Operation& add : history.operations) {
        if (!is(add, "add")) continue;
        std::uint64_t known = add.outcome == Outcome::ok ? add.returned : Operation::kNever;
        std::uint64_t present = 0;
        std::uint64_t absent = 0;
        bool any_present = false;
        bool any_absent = false;
        for (const Operation& read : history.operations) {
          if (!is(read, "read") || read.outcome != Outcome::ok || read.returned < add.invoked) continue;
          const auto& list = *read.output.list();
          const bool has = std::find(list.begin(), list.end(), add.input) != list.end();
          if (has) known = std::min(known, read.returned);
          (has ? present : absent) = std::max(has ? present : absent, read.invoked);
          (has ? any_present : any_absent) = true;
        }
        if (any_present && (!any_absent || absent < present)) stable = true;
        if (any_absent && known < absent && (!any_present || present < absent)) good = false;
      }
      const Verdict expected = !good ? Verdict::invalid : stable ? Verdict::valid : Verdict::undecided;
      CHECK(judged(set_full, history).verdict == expected);
    }
    wrong += good ? 0 : 1;
  }
  CHECK(wrong > 200);
  CHECK(wrong < 1900);
}

TEST_CASE("kafka: logs with offsets", "[check][workloads]") {
  const auto send = [](const std::string& k, const std::string& offset, const std::string& v, const std::string& type = ":ok") {
    return "{:process 0 :f :send :type :invoke :value [[:send " + k + " " + v + "]]}\n{:process 0 :f :send :type " + type +
           " :value [[:send " + k + " [" + offset + " " + v + "]]]}\n";
  };
  const auto poll = [](const std::string& messages, const std::string& process = "1") {
    const std::string head = "{:process " + process + " :f :poll :type ";
    return head + ":invoke :value [[:poll]]}\n" + head + ":ok :value [[:poll {" + messages + "}]]}\n";
  };
  const auto names = [](const std::string& text, bool subscribes = false) {
    const History history = edn(text);
    const auto out = judge_kafka(history, {subscribes});
    REQUIRE(out.ok());
    CHECK(*out == *judge_kafka(history, {subscribes}));
    if (out->verdict == Verdict::invalid) {
      const auto core = judge_kafka(check_support::part_of(history, out->core), {subscribes});
      const std::string& name = out->findings.front().name;
      CHECK(std::any_of(core->findings.begin(), core->findings.end(), [&](const Finding& f) { return f.name == name; }));
    }
    std::string all;
    for (const Finding& finding : out->findings) all += (all.empty() ? "" : " ") + finding.name;
    return out->verdict == Verdict::invalid ? all : std::string(to_text(out->verdict));
  };
  const std::string two = send("5", "0", "10") + send("5", "3", "11");
  CHECK(names("") == "valid");
  CHECK(names(two + poll("5 [[0 10] [3 11]]")) == "valid");  // offsets may leave holes
  CHECK(names(two + poll("5 [[0 10]]") + poll("5 [[3 11]]")) == "valid");
  CHECK(names(two) == "valid");
  CHECK(names(two + poll("5 [[3 11]]")) == "lost-write");
  CHECK(names(two + poll("5 [[3 11]]") + poll("5 [[0 10]]", "2")) == "valid");
  CHECK(names(two + poll("5 [[3 11]]") + poll("5 [[0 10]]")) == "nonmonotonic-poll");
  CHECK(names(two + poll("5 [[3 11]]") + poll("5 [[0 10]]"), true) == "valid");
  CHECK(names(two + poll("5 [[3 11] [0 10]]")) == "int-nonmonotonic-poll");
  const std::string three = two + send("5", "4", "12");
  CHECK(names(three + poll("5 [[0 10]]") + poll("5 [[4 12]]") + poll("5 [[3 11]]", "2")) == "poll-skip");
  CHECK(names(three + poll("5 [[0 10]]") +
              "{:process 1 :f :assign :type :invoke :value [5]}\n{:process 1 :f :assign :type :ok :value [5]}\n" +
              poll("5 [[4 12]]") + poll("5 [[3 11]]", "2")) == "poll-skip");
  CHECK(names(three + poll("5 [[0 10]]") +
              "{:process 1 :f :assign :type :invoke :value [6]}\n{:process 1 :f :assign :type :ok :value [6]}\n" +
              poll("5 [[4 12]]") + poll("5 [[3 11]]", "2")) == "valid");
  CHECK(names(three + poll("5 [[0 10] [4 12]]") + poll("5 [[3 11]]", "2")) == "int-poll-skip");
  CHECK(names(send("5", "1", "10") + send("5", "0", "11")) == "nonmonotonic-send");
  CHECK(names(send("5", "0", "10") + send("5", "0", "11")).starts_with("inconsistent-offsets"));
  CHECK(names(send("5", "0", "10") + poll("5 [[0 10] [1 10]]")).starts_with("duplicate"));
  CHECK(names(send("5", "nil", "10", ":fail") + poll("5 [[0 10]]")) == "G1a");
  CHECK(names(send("5", "nil", "10", ":info") + poll("5 [[0 10]]")) == "valid");
  CHECK(names(poll("5 [[0 10]]")) == "unwritten-poll");
  CHECK(names("{:process 0 :f :txn :type :invoke :value [[:send 5 1] [:poll]]}\n"
              "{:process 0 :f :txn :type :ok :value [[:send 5 [0 1]] [:poll {5 [[0 1]]}]]}\n") == "precommitted-read");
  CHECK(names("{:process 0 :f :txn :type :invoke :value [[:send 5 1] [:send 5 2]]}\n"
              "{:process 0 :f :txn :type :ok :value [[:send 5 [1 1]] [:send 5 [0 2]]]}\n") == "int-nonmonotonic-send");
  // The shorter form.
  CHECK(names(step("send", "[\"k\" 1]", "[\"k\" [0 1]]") + step("send", "[\"k\" 2]", "1") +
              step("poll", "nil", "{\"k\" [[0 1] [1 2]]}") + step("commit_offsets", "{\"k\" 1}", "nil") +
              step("list_committed_offsets", "[\"k\"]", "{\"k\" 1}")) == "valid");
  CHECK(names(step("send", "[\"k\" 1]", "0") + step("send", "[\"k\" 2]", "1") + step("poll", "nil", "{\"k\" [[1 2]]}")) ==
        "lost-write");
  const auto lost = judge_kafka(edn(two + poll("5 [[3 11]]")));
  CHECK(lost->explanation ==
        "10 of key \"5\", sent by the send by process 0 on line 2, was never polled, though the poll by process 1 on line 6 polled "
        "11, which "
        "stands behind it in the log");
  CHECK(lost->notes ==
        std::vector<std::string>{"2 messages sent, 1 polled, in 1 key", "1 message unseen: sent, and never polled, in 1 key"});
  const Judge kafka = [](const History& h) { return judge_kafka(h); };
  CHECK(error(kafka, step("send", "[[:send 5 1]]", "[[:push 5 1]]")) ==
        "line 2: [\"push\",5,1] is neither [send key value] nor [poll {key [[offset value] ...]}]");
  CHECK(error(kafka, step("poll", "[[:poll]]", "[[:poll {5 [[0]]}]]")) == "line 2: [0] is no message: it should be [offset value]");
}

TEST_CASE("recorded histories of workloads get the verdicts of their checkers", "[check][workloads][corpus]") {
  const std::filesystem::path folder = corpus() / "elle-cli";
  if (!std::filesystem::exists(folder)) {
    std::printf("SKIPPED: no recorded histories in %s (set FAULTLINE_HISTORIES)\n", folder.string().c_str());
    return;
  }
  struct Case {
    std::string file;
    Judge judge;
    std::string verdict;
  };
  const Judge negative = [](const History& h) { return judge_bank(h, {.negative_balances = true}); };
  const std::vector<Case> cases{
      {"jepsen/bank.edn", bank, "valid"},
      {"jepsen/bank.json", bank, "valid"},
      {"jepsen/bank-tidb.edn", bank, "invalid"},
      {"jepsen/bank-neg.edn", bank, "valid"},
      {"jepsen/bank-negative-balances.json", bank, "invalid"},
      {"jepsen/bank-negative-balances.json", negative, "valid"},
      {"jepsen/counter.edn", judge_counter, "valid"},
      {"jepsen/counter.json", judge_counter, "valid"},
      {"jepsen/set.edn", judge_set, "valid"},
      // Their adds are of pairs, their one read is not: by the definition everything is lost, as elle-cli's own tests have it.
      {"jepsen/set_full.edn", set_full, "invalid"},
      {"jepsen/set_full.json", set_full, "invalid"},
      {"custom/comments.edn", judge_comments, "invalid"},
  };
  for (const Case& c : cases) {
    INFO(c.file);
    std::ifstream in(folder / c.file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    const auto format = recognize(text.str());
    REQUIRE(format.ok());
    const auto history = parse(*format, text.str());
    INFO((history.ok() ? "" : history.error().where + ": " + history.error().what));
    CHECK(history.ok());
    if (!history.ok()) continue;
    const Judgement out = judged(c.judge, *history);
    INFO(out.explanation);
    for (const std::string& note : out.notes) UNSCOPED_INFO(note);
    CHECK(std::string(to_text(out.verdict)) == c.verdict);
  }
}
