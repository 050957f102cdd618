// What people write and read: durations, ratios, instants, nearest words, JSON strings.
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/core/random.hpp"
#include "sim/core/ratio.hpp"
#include "sim/core/time.hpp"
#include "sim/core/value.hpp"
#include "sim/core/words.hpp"
#include "tests/unit/catch.hpp"

namespace {

using namespace sim;  // NOLINT(google-build-using-namespace)

std::string error_of_duration(std::string_view text) {
  const auto parsed = parse_duration(text);
  return parsed ? "read as " + to_text(*parsed) : parsed.error().what;
}

std::string error_of_ratio(std::string_view text) {
  const auto parsed = parse_ratio(text);
  return parsed ? "read as " + to_text(*parsed) : parsed.error().what;
}

constexpr std::string_view kDurationHint = " (a number and a unit of ns, us, ms, s, min or h, as in \"150ms\")";
constexpr std::string_view kRatioHint = " (a share as in \"2.5%\", 0.025 or \"200ppm\")";

}  // namespace

TEST_CASE("a duration is read exactly in every unit", "[core]") {
  const std::vector<std::pair<std::string_view, std::int64_t>> good{
      {"5ns", 5},
      {"10us", 10'000},
      {"150ms", 150'000'000},
      {"1.5s", 1'500'000'000},
      {"2min", 120'000'000'000},
      {"1h", 3'600'000'000'000},
      {"0s", 0},
      {"0.5h", 1'800'000'000'000},
      {"0.000000001s", 1},
      {"0.25min", 15'000'000'000},
      {"007ms", 7'000'000},
      {"2305843009213693952ns", Duration::longest().ns},
      {"2305843009.213693952s", Duration::longest().ns},
  };
  for (const auto& [text, ns] : good) {
    CAPTURE(text);
    const auto parsed = parse_duration(text);
    REQUIRE(parsed.ok());
    CHECK(parsed->ns == ns);
  }
}

TEST_CASE("zeros behind the last digit of a duration that counts change nothing", "[core]") {
  for (const std::string_view text : {"1.00ns", "1.0000ns", "0.001000000us", "0.000001000000000ms", "0.00000000100000s"}) {
    CAPTURE(text);
    const auto parsed = parse_duration(text);
    REQUIRE(parsed.ok());
    CHECK(parsed->ns == 1);
  }
}

TEST_CASE("what is no duration is refused with the reason", "[core]") {
  const std::vector<std::pair<std::string, std::string>> bad{
      {"", "it has no unit"},
      {"150", "it has no unit"},
      {"2 days", "it has no number"},
      {"12weeks", "it has no number"},
      {"ms", "it has no number"},
      {".5s", "it has no number"},
      {"5.s", "it has no number"},
      {"-3s", "it has no number"},
      {"+3s", "it has no number"},
      {" 3s", "it has no number"},
      {"3 s", "it has no number"},
      {"1e3s", "its number is not a decimal one"},
      {"1.2.3s", "its number is not a decimal one"},
      {"1.0.0ns", "its number is not a decimal one"},
      {"0x10s", "its number is not a decimal one"},
      {"0.5ns", "it is finer than a nanosecond"},
      {"1.0000000001s", "it is finer than a nanosecond"},
      {"1.00000000005s", "it is finer than a nanosecond"},
      {"2305843009213693953ns", "it is longer than 73 years"},
      {"99999999999999999999999999999999999999999h", "it is longer than 73 years"},
  };
  for (const auto& [text, why] : bad) {
    CAPTURE(text);
    CHECK(error_of_duration(text) == "\"" + text + "\" is not a duration: " + why + std::string(kDurationHint));
  }
  CHECK_FALSE(parse_duration(std::string_view("1\0s", 3)).ok());
}

TEST_CASE("a duration's text reads back as the same duration", "[core]") {
  Rng rng(1, "durations", 0);
  for (int i = 0; i < 20'000; ++i) {
    const Duration d{static_cast<std::int64_t>(rng.next() >> (3 + rng.below(61)))};
    CAPTURE(d.ns);
    const auto parsed = parse_duration(to_text(d));
    REQUIRE(parsed.ok());
    REQUIRE(*parsed == d);
  }
}

TEST_CASE("a duration is shown in the largest unit that it fills", "[core]") {
  CHECK(to_text(0_ns) == "0s");
  CHECK(to_text(999_ns) == "999ns");
  CHECK(to_text(1500_ns) == "1.5us");
  CHECK(to_text(150_ms) == "150ms");
  CHECK(to_text(90_s) == "90s");
  CHECK(to_text(Duration{} - 2_us) == "-2us");
  CHECK(to_text(Duration{std::numeric_limits<std::int64_t>::min()}) == "-9223372036.854775808s");
  CHECK(to_text(Time{4'200'000'000}) == "4.2s");
  CHECK(to_text(Time{}) == "0s");
  CHECK(to_text(Time{1}) == "0.000000001s");
  CHECK(to_text(Time{-1'500'000'000}) == "-1.5s");
}

TEST_CASE("a ratio is read exactly as a percentage, a number or parts of a million", "[core]") {
  const std::vector<std::pair<std::string_view, std::uint64_t>> good{
      {"2.5%", 25'000'000}, {"0.025", 25'000'000}, {"200ppm", 200'000}, {"0", 0},
      {"1", Ratio::kOne},   {"100%", Ratio::kOne}, {".5", 500'000'000}, {"1.5", 1'500'000'000},
      {"0.001ppm", 1},      {"0.0000001%", 1},     {"0.000000001", 1},  {"1000000", 1'000'000 * Ratio::kOne},
  };
  for (const auto& [text, billionths] : good) {
    CAPTURE(text);
    const auto parsed = parse_ratio(text);
    REQUIRE(parsed.ok());
    CHECK(parsed->billionths == billionths);
  }
}

TEST_CASE("zeros behind the last digit of a ratio that counts change nothing", "[core]") {
  for (const std::string_view text : {"200.00000ppm", "0.0200000000000%", "0.00020000000000000"}) {
    CAPTURE(text);
    const auto parsed = parse_ratio(text);
    REQUIRE(parsed.ok());
    CHECK(parsed->billionths == 200'000);
  }
}

TEST_CASE("what is no ratio is refused with the reason", "[core]") {
  const std::vector<std::pair<std::string, std::string>> bad{
      {"", "it has no digits"},
      {"%", "it has no digits"},
      {".", "it has no digits"},
      {"ppm", "it has no digits"},
      {"-1", "it is not a decimal number"},
      {"1e-3", "it is not a decimal number"},
      {"1 %", "it is not a decimal number"},
      {"50%%", "it is not a decimal number"},
      {"half", "it is not a decimal number"},
      {"0.1.2", "it is not a decimal number"},
      {"0.0000000000.2", "it is not a decimal number"},
      {"0.0000000001", "it is finer than a billionth"},
      {"0.00000000000000000001", "it is finer than a billionth"},
      {"0.0001ppm", "it is finer than a billionth"},
      {"1000001", "it is larger than a million"},
      {"99999999999999999999999999", "it is larger than a million"},
  };
  for (const auto& [text, why] : bad) {
    CAPTURE(text);
    CHECK(error_of_ratio(text) == "\"" + text + "\" is not a ratio: " + why + std::string(kRatioHint));
  }
}

TEST_CASE("a ratio's text reads back as the same ratio", "[core]") {
  Rng rng(1, "ratios", 0);
  for (int i = 0; i < 20'000; ++i) {
    const Ratio ratio{(rng.next() >> (15 + rng.below(49))) % (1'000'000 * Ratio::kOne)};
    CAPTURE(ratio.billionths);
    const auto parsed = parse_ratio(to_text(ratio));
    REQUIRE(parsed.ok());
    REQUIRE(*parsed == ratio);
  }
}

TEST_CASE("the nearest word is found for slips, transpositions and beginnings", "[core]") {
  const std::vector<std::string> known{"heartbeat_interval", "election_timeout_min", "partition", "crash", "run"};
  CHECK(nearest("partiton", known) == "partition");
  CHECK(nearest("parititon", known) == "partition");
  CHECK(nearest("crahs", known) == "crash");
  CHECK(nearest("heart", known) == "heartbeat_interval");
  CHECK(nearest("rn", known) == "run");
  CHECK(nearest("crash", known) == "crash");
  CHECK(nearest("xyz", known).empty());
  CHECK(nearest("", known).empty());
  CHECK(nearest("crash", {}).empty());
  CHECK(nearest(std::string(100'000, 'a'), known).empty());
}

TEST_CASE("an error lists what was expected and asks whether the nearest was meant", "[core]") {
  const std::vector<std::string> known{"kv", "register", "cas-register"};
  CHECK(expected_one_of("registre", known) == R"(expected one of kv, register or cas-register; did you mean "register"?)");
  CHECK(expected_one_of("zebra", known) == "expected one of kv, register or cas-register");
  CHECK(expected_one_of("zebra", std::vector<std::string>{"raft"}) == "expected raft");
}

TEST_CASE("a text as JSON keeps every byte that JSON allows and escapes the rest", "[core]") {
  const auto quoted = [](std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
  };
  CHECK(quoted("") == R"("")");
  CHECK(quoted("a\"b\\c/d") == R"("a\"b\\c/d")");
  CHECK(quoted("\n\t\r") == R"("\n\t\r")");
  CHECK(quoted(std::string_view("\0\x01\x1f\x7f", 4)) == "\"\\u0000\\u0001\\u001f\x7f\"");
  CHECK(quoted("Zürich 速") == "\"Zürich 速\"");
}

TEST_CASE("a value as JSON keeps the order of its members and the shortest form of its numbers", "[core]") {
  const Value value{Value::Map{{"z", Value(std::int64_t{-7})},
                               {"a", Value(Value::List{Value(), Value(true), Value(0.1), Value("x")})},
                               {"empty", Value(Value::Map{})}}};
  CHECK(value.to_json() == R"({"z":-7,"a":[null,true,0.1,"x"],"empty":{}})");
  REQUIRE(value.find("a") != nullptr);
  CHECK(value.find("a")->list()->size() == 4);
  CHECK(value.find("b") == nullptr);
  CHECK(Value("text").find("a") == nullptr);
}
