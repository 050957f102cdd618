// Long forks: reads that disagree about the order of two writes.
#include <cstdio>

#include "check_transactions_support.hpp"
#include "sim/check/transactions/long_fork.hpp"

using namespace txn_support;

// Sovran et al., SOSP 2011, section 3.
TEST_CASE("two reads that see two writes in different orders", "[check][transactions]") {
  const Log fork = serial_log("0 [[w x 1]]\n1 [[w y 1]]\n2 [[r x 1] [r y nil]]\n3 [[r x nil] [r y 1]]");
  const auto judged = judge_long_fork(fork);
  REQUIRE(judged.ok());
  CHECK(judged->verdict == Verdict::invalid);
  CHECK(judged->core == std::vector<std::size_t>{2, 3});
  CHECK(judged->findings.front().name == "long-fork");
  CHECK(judged->explanation ==
        "T2 (process 2, line 6) read x as 1 and y as nil, but T3 (process 3, line 8) read y as 1 and x as nil: they disagree about "
        "which of the two was written first");
  CHECK(judge_long_fork(fork.part(judged->core))->verdict == Verdict::invalid);
  CHECK(*judge_long_fork(fork) == *judged);
  CHECK(judge_long_fork(serial_log("0 [[w x 1]]\n1 [[w y 1]]\n2 [[r x 1] [r y nil]]\n3 [[r x 1] [r y 1]]"))->verdict ==
        Verdict::valid);
  CHECK(judge_long_fork(serial_log("0 [[r x 1] [r y nil]]\n1 [[r z 1] [r y nil]]"))->verdict == Verdict::valid);
  CHECK(judge_long_fork(Log())->verdict == Verdict::valid);
  CHECK(judge_long_fork(serial_log("0 fail [[w x 1]]\n1 [[r x 1]]"))->findings.front().name == "G1a");
}

TEST_CASE("histories that no long fork can be told in", "[check][transactions]") {
  CHECK(judge_long_fork(serial_log("0 [[w x 1]]\n0 [[w x 2]]")).error().where == "line 4");
  CHECK(judge_long_fork(serial_log("0 [[r x 1]]\n0 [[r x 2]]")).error().where == "line 4");
  CHECK_FALSE(judge_long_fork(serial_log("0 [[r x [1]]]")).ok());
  Limits limits;
  limits.steps = 1;
  CHECK(judge_long_fork(serial_log("0 [[r x 1] [r y nil] [r z nil]]"), limits)->verdict == Verdict::undecided);
}

TEST_CASE("random reads against every pair", "[check][transactions]") {
  check_support::Lcg random(11);
  int forks = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    std::vector<std::vector<int>> reads;
    const std::uint64_t count = 2 + random.below(4);
    for (std::uint64_t i = 0; i < count; ++i) {
      std::vector<int> read(4, -1);  // by object: 1 seen, 0 missed, -1 not read
      text += std::to_string(i) + " [";
      for (std::size_t k = 0; k < 4; ++k) {
        if (random.below(3) == 0) continue;
        // Mostly in the order of the objects, so that not everything is a fork.
        read[k] = random.below(8) == 0 ? static_cast<int>(random.below(2)) : k <= i ? 1 : 0;
        text += "[r k" + std::to_string(k) + (read[k] == 1 ? " 1]" : " nil]");
      }
      text += "]\n";
      reads.push_back(read);
    }
    bool expected = false;
    for (const auto& a : reads) {
      for (const auto& b : reads) {
        for (std::size_t x = 0; x < 4; ++x) {
          for (std::size_t y = 0; y < 4; ++y) expected = expected || (a[x] == 1 && a[y] == 0 && b[x] == 0 && b[y] == 1);
        }
      }
    }
    INFO(text);
    const auto judged = judge_long_fork(serial_log(text));
    REQUIRE(judged.ok());
    REQUIRE((judged->verdict == Verdict::invalid) == expected);
    forks += expected ? 1 : 0;
  }
  CHECK(forks > 300);
  CHECK(forks < 2700);
}

TEST_CASE("the recorded long fork", "[check][transactions][corpus]") {
  const auto path = corpus() / "elle-cli/jepsen/long-fork.edn";
  if (!std::filesystem::exists(path)) {
    std::printf("SKIPPED: no recorded histories in %s (set FAULTLINE_HISTORIES)\n", corpus().string().c_str());
    return;
  }
  const auto judged = judge_long_fork(edn_log(read_file(path)));
  REQUIRE(judged.ok());
  CHECK(judged->verdict == Verdict::invalid);
  CHECK(judged->core == std::vector<std::size_t>{0, 1});
}
