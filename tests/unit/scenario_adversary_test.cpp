// Whatever somebody feeds the loader: it loads, or it says what is wrong. It never crashes.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/core/random.hpp"
#include "tests/unit/scenario_support.hpp"

namespace {

using namespace toy;  // NOLINT(google-build-using-namespace)

constexpr std::string_view kFull = R"({
  "name": "full", "description": "everything at once",
  "systems": [{"name": "store", "protocol": "toy", "nodes": ["a", "b", "c"], "config": {"period": "50ms", "mode": "very-fancy", "share": 0.25},
               "mutant": "stale-reads", "fsync": {"log-normal": {"median": "2ms", "sigma": 0.5}}},
              {"protocol": "mute", "nodes": 2}],
  "network": {"latency": {"uniform": ["1ms", "5ms"]}, "loss": "1%", "fifo": true, "bandwidth": 1000000,
              "links": [{"from": "a", "to": ["b", "c1"], "latency": {"pareto": {"min": "1ms", "alpha": 1.5}}, "one_way": true}]},
  "clocks": {"a": {"offset": "-20ms", "drift": "200ppm"}},
  "clients": [{"count": 2, "workload": "kv", "target": "store", "keys": 5, "think": "10ms", "reads": "50%", "skew": 0.99}],
  "faults": [{"at": "1s", "for": "1s", "partition": {"role": "ticking"}, "one_way": true},
             {"at": "1s", "every": "1s", "until": "9s", "for": {"exponential": {"mean": "1ms"}}, "link": "a", "against": "b", "delay": "1ms"},
             {"at": "2s", "clock": "any", "offset": "1s"}, {"at": "3s", "crash": {"random": "minority"}}, {"at": "4s", "heal": "all"}],
  "duration": "20s", "quiet": "5s", "checks": ["toy.below-limit"], "expect": "violation of toy.below-limit"
})";

struct Outcomes {
  int loaded = 0;
  int not_json = 0;
  int mistaken = 0;
};

void feed(const std::string& text, Outcomes& out) {
  const auto value = parse_json(text);
  if (!value) {
    REQUIRE_FALSE(value.error().what.empty());
    ++out.not_json;
    return;
  }
  const Loaded loaded = load_scenario(*value, registry());
  REQUIRE(loaded.scenario.has_value() == loaded.errors.empty());
  for (const Error& error : loaded.errors) REQUIRE_FALSE(error.what.empty());
  ++(loaded.scenario ? out.loaded : out.mistaken);
}

std::string flipped(Rng& rng) {
  std::string text(kFull);
  for (std::uint64_t i = 1 + rng.below(4); i > 0; --i) {
    char& byte = text[rng.below(text.size())];
    byte = static_cast<char>(rng.below(4) == 0 ? rng.below(256) : 32 + rng.below(95));
  }
  return text;
}

/// Replaces one part of the text, from one quote to another, by something that is JSON but not meant.
std::string replaced(Rng& rng) {
  static const std::vector<std::string> parts{"null",
                                              "{}",
                                              "[]",
                                              "-1",
                                              "1e300",
                                              "18446744073709551615",
                                              "\"\"",
                                              "\"any\"",
                                              "[[[]]]",
                                              "true",
                                              "\"9223372036854775807ns\"",
                                              "{\"random\":99999999999}",
                                              "\"\\u0000\""};
  std::vector<std::pair<std::size_t, std::size_t>> values;  // of members that are texts or numbers
  for (std::size_t colon = kFull.find(": "); colon != std::string_view::npos; colon = kFull.find(": ", colon + 1)) {
    const std::size_t begin = colon + 2;
    const bool quoted = kFull[begin] == '"';
    const std::size_t end = quoted ? kFull.find('"', begin + 1) + 1 : kFull.find_first_of(",}]", begin);
    if (quoted || (kFull[begin] >= '0' && kFull[begin] <= '9')) values.emplace_back(begin, end);
  }
  const auto [begin, end] = values[rng.below(values.size())];
  return std::string(kFull.substr(0, begin)) + parts[rng.below(parts.size())] + std::string(kFull.substr(end));
}

}  // namespace

TEST_CASE("the scenario that is about to be damaged is sound", "[scenario]") {
  Outcomes out;
  feed(std::string(kFull), out);
  CHECK(out.loaded == 1);
}

TEST_CASE("a scenario with flipped bytes loads or is refused with a reason", "[scenario]") {
  Outcomes out;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    CAPTURE(seed);
    Rng rng(seed, "flip", 0);
    feed(flipped(rng), out);
  }
  CHECK(out.loaded > 5);
  CHECK(out.not_json > 20);
  CHECK(out.mistaken > 20);
}

TEST_CASE("a scenario with misplaced values loads or is refused with a reason", "[scenario]") {
  Outcomes out;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    CAPTURE(seed);
    Rng rng(seed, "replace", 0);
    feed(replaced(rng), out);
  }
  CHECK(out.not_json == 0);
  CHECK(out.mistaken > 500);
}

TEST_CASE("a scenario that is cut off anywhere is refused", "[scenario]") {
  for (std::size_t n = 0; n + 1 < kFull.size(); ++n) {
    CAPTURE(n);
    REQUIRE_FALSE(parse_json(kFull.substr(0, n)).ok());
  }
}
