// The table of a node's timers: it must do what a plain map of values to timers would do.
#include <cstdint>
#include <map>
#include <vector>

#include "sim/core/random.hpp"
#include "sim/engine/timer_table.hpp"
#include "tests/unit/catch.hpp"

namespace {

using namespace sim;  // NOLINT(google-build-using-namespace)

struct Name {
  std::uint64_t n = 0;
  SIM_DESCRIBE(Name, n)
};

TEST_CASE("a timer keeps its place while it is armed or queued, whatever others come and go", "[engine]") {
  PoolRef pool;
  Rng rng(1, "timers", 0);
  for (const std::uint64_t names : {4U, 60U, 4000U}) {
    TimerTable table;
    std::map<std::uint64_t, std::uint32_t> armed;  // name -> place
    for (int step = 0; step < 40'000; ++step) {
      const std::uint64_t n = rng.below(names);
      const Payload what = Payload::of(*pool, Name{n});
      const auto known = armed.find(n);
      if (known != armed.end()) {
        REQUIRE(table.find(what) == known->second);
        REQUIRE(table[known->second].what == what);
      }
      if (rng.below(5) < 3) {
        const std::uint32_t place = table.place_for(what);
        if (known != armed.end()) REQUIRE(place == known->second);
        for (const auto& [other, taken] : armed) {
          if (step % 500 == 0 && other != n) REQUIRE(taken != place);
        }
        table[place].armed = true;
        armed[n] = place;
      } else if (known != armed.end()) {
        table[known->second].armed = false;
        table.released(known->second);
        armed.erase(known);
      }
    }
    CHECK(table.size() <= names);
    CHECK(armed.size() > names / 4);
  }
}

TEST_CASE("places are used again, so a table is no larger than what was armed at a time", "[engine]") {
  PoolRef pool;
  TimerTable table;
  for (std::uint64_t n = 0; n < 100'000; ++n) {
    const std::uint32_t place = table.place_for(Payload::of(*pool, Name{n}));
    table[place].armed = true;
    if (n < 50) continue;
    const std::uint32_t old = table.find(Payload::of(*pool, Name{n - 50}));
    REQUIRE(old != TimerTable::kNone);
    table[old].armed = false;
    table.released(old);
  }
  CHECK(table.size() <= 52);
}

}  // namespace
