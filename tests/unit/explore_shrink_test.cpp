// Shrinking: delta debugging by itself, and whole runs that become small and still fail by the same claim.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/explore/ddmin.hpp"
#include "sim/explore/shrink.hpp"
#include "tests/unit/scenario_support.hpp"

namespace {

using namespace toy;  // NOLINT(google-build-using-namespace)

/// What ddmin leaves of 0 to n-1 where a list is good as long as `good` says so.
template <class Good>
std::vector<int> left_of(int n, Good&& good) {
  std::vector<int> items;
  for (int i = 0; i < n; ++i) items.push_back(i);
  ddmin([&] { return items.size(); },
        [&](std::size_t begin, std::size_t end) {
          std::vector<int> fewer = items;
          fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(begin), fewer.begin() + static_cast<std::ptrdiff_t>(end));
          if (!good(fewer)) return false;
          items = std::move(fewer);
          return true;
        });
  return items;
}

bool has(const std::vector<int>& items, int wanted) { return std::find(items.begin(), items.end(), wanted) != items.end(); }

ShrinkCase failing(const std::vector<std::string>& sets) { return {scenario(sets), 1, {}}; }

constexpr ShrinkOptions kQuick{.runs = 20'000, .seeds = 5, .effort = 50'000};

/// The report of a case, run to its end.
Report report_of(const ShrinkCase& it) {
  Run run(it.scenario, it.seed, {.decisions = it.decisions});
  run.finish();
  return run.report();
}

class Impatient final : public ShrinkWatcher {
 public:
  explicit Impatient(std::uint64_t runs) : left_(runs) {}
  bool go_on(std::string_view, const RunSize&, std::uint64_t) override { return left_-- > 0; }

 private:
  std::uint64_t left_;
};

}  // namespace

TEST_CASE("delta debugging finds the only elements that matter", "[shrink]") {
  for (const std::vector<int>& needed : std::vector<std::vector<int>>{{}, {0}, {99}, {0, 99}, {3, 50, 51}, {10, 20, 30, 40, 90}}) {
    const auto left = left_of(100, [&](const std::vector<int>& items) {
      return std::all_of(needed.begin(), needed.end(), [&](int n) { return has(items, n); });
    });
    CHECK(left == needed);
  }
}

TEST_CASE("what delta debugging leaves is 1-minimal where elements depend on each other", "[shrink]") {
  // 7 is needed; whoever has an element needs the one below it that is a multiple of ten; and one of 42 and 77 is needed.
  const auto good = [](const std::vector<int>& items) {
    const bool rooted = std::all_of(items.begin(), items.end(), [&](int n) { return has(items, n / 10 * 10); });
    return rooted && has(items, 7) && (has(items, 42) || has(items, 77));
  };
  const std::vector<int> left = left_of(100, good);
  CHECK(good(left));
  CHECK(left.size() < 10);
  for (std::size_t i = 0; i < left.size(); ++i) {
    std::vector<int> fewer = left;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    CHECK_FALSE(good(fewer));
  }
}

TEST_CASE("delta debugging of nothing, and of what cannot be shortened", "[shrink]") {
  CHECK(left_of(0, [](const std::vector<int>&) { return true; }).empty());
  CHECK(left_of(9, [](const std::vector<int>& items) { return items.size() == 9; }).size() == 9);
}

TEST_CASE("a run that always fails shrinks to the node and the events that fail", "[shrink]") {
  const auto shrunk = shrink(failing({"systems.0.config.limit=4", "network.loss=5%"}), registry(), kQuick);
  REQUIRE(shrunk.ok());
  CHECK(shrunk->claim == "toy.below-limit");
  CHECK(shrunk->complete);
  CHECK(shrunk->before.nodes == 3);
  CHECK(shrunk->after.nodes == 1);
  CHECK(shrunk->after.clients == 0);
  CHECK(shrunk->after.delivered == 0);
  CHECK(shrunk->after.timers == 4);
  CHECK(shrunk->after.events < shrunk->before.events);
  const Report report = report_of(shrunk->smallest);
  REQUIRE(report.violation() != nullptr);
  CHECK(report.violation()->name == "toy.below-limit");
  CHECK(report.counters.events == shrunk->after.events);
}

TEST_CASE("a history claim shrinks to few operations", "[shrink]") {
  const auto shrunk =
      shrink(failing({"systems.0.mutant=stale-reads", "duration=3s", "quiet=0s", "clients.0.keys=3"}), registry(), kQuick);
  REQUIRE(shrunk.ok());
  CHECK(shrunk->claim == "toy.linearizable-kv");
  CHECK(shrunk->after.events * 10 < shrunk->before.events);
  CHECK(shrunk->after.virtual_time < shrunk->before.virtual_time);
  const Report report = report_of(shrunk->smallest);
  REQUIRE(report.violation() != nullptr);
  CHECK(report.violation()->name == shrunk->claim);
  // A stale read needs two writes and a read.
  CHECK(report.clients.invoked >= 3);
  CHECK(report.clients.invoked <= 8);
}

TEST_CASE("a claim of liveness keeps the fault that it needs and loses the others", "[shrink]") {
  const auto shrunk = shrink(failing({"systems.0.mutant=stuck-after-crash", "clients=[]",
                                      R"(faults=[{"at":"1s","for":"1s","pause":"n1"},{"at":"2s","for":"1s","crash":"n2"}])"}),
                             registry(), kQuick);
  REQUIRE(shrunk.ok());
  CHECK(shrunk->claim == "toy.all-ticking");
  CHECK(shrunk->before.faults == 4);
  CHECK(shrunk->after.faults == 2);
  CHECK(report_of(shrunk->smallest).violation() != nullptr);
}

TEST_CASE("what shrinking decided survives JSON and runs the same", "[shrink]") {
  const auto shrunk =
      shrink(failing({"systems.0.mutant=stale-reads", "duration=3s", "quiet=0s", "clients.0.keys=3"}), registry(), kQuick);
  REQUIRE(shrunk.ok());
  const ShrinkCase& it = shrunk->smallest;
  const auto read = read_decisions(parsed(to_value(it.decisions, it.scenario).to_json()), it.scenario, "/decisions");
  REQUIRE(read.ok());
  CHECK(read->omissions == it.decisions.omissions);
  CHECK(read->faults == it.decisions.faults);
  CHECK(report_of({it.scenario, it.seed, *read}).digest == report_of(it).digest);
}

TEST_CASE("shrinking is deterministic, and what is small already stays", "[shrink]") {
  const auto once = shrink(failing({"systems.0.config.limit=4"}), registry(), kQuick);
  const auto twice = shrink(failing({"systems.0.config.limit=4"}), registry(), kQuick);
  REQUIRE((once.ok() && twice.ok()));
  CHECK(once->runs == twice->runs);
  CHECK(report_of(once->smallest).digest == report_of(twice->smallest).digest);
  const auto again = shrink(once->smallest, registry(), kQuick);
  REQUIRE(again.ok());
  CHECK(again->after.events == once->after.events);
}

TEST_CASE("a budget and a watcher stop shrinking with the smallest so far", "[shrink]") {
  const auto whole = shrink(failing({"systems.0.config.limit=4"}), registry(), kQuick);
  const auto few = shrink(failing({"systems.0.config.limit=4"}), registry(), {.runs = 3, .seeds = 5, .effort = 50'000});
  REQUIRE((whole.ok() && few.ok()));
  CHECK(few->runs == 3);
  CHECK_FALSE(few->complete);
  CHECK(few->after.events >= whole->after.events);
  CHECK(report_of(few->smallest).violation() != nullptr);
  Impatient watcher(5);
  ShrinkOptions watched = kQuick;
  watched.watcher = &watcher;
  const auto stopped = shrink(failing({"systems.0.config.limit=4"}), registry(), watched);
  REQUIRE(stopped.ok());
  CHECK(stopped->runs == 5);
  CHECK_FALSE(stopped->complete);
}

TEST_CASE("a run that violates nothing cannot be shrunk", "[shrink]") {
  const auto shrunk = shrink(failing({}), registry(), kQuick);
  REQUIRE_FALSE(shrunk.ok());
  CHECK(shrunk.error().what == "the run violates no claim");
}
