// Settings of a protocol: read from data by the names of the struct's fields, each mistake with its path.
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/check/config.hpp"
#include "tests/unit/scenario_support.hpp"

namespace {

using namespace toy;  // NOLINT(google-build-using-namespace)

struct Small {
  std::int8_t signed_byte = 1;
  std::uint8_t byte = 2;
  SIM_DESCRIBE(Small, signed_byte, byte)
};

std::vector<Error> read(Config& into, std::string_view json) { return check::read_config(into, parsed(json), "/config"); }

}  // namespace

TEST_CASE("settings that are named are set, the others keep what they have", "[config]") {
  Config config;
  config.limit = 9;
  CHECK(read(config, R"({"period":"2s","mode":"very-fancy","loud":true,"label":"é","share":0.125})").empty());
  Config expected;
  expected.period = 2_s;
  expected.limit = 9;
  expected.mode = Mode::very_fancy;
  expected.loud = true;
  expected.label = "é";
  expected.share = Ratio{125'000'000};
  CHECK(config == expected);
  CHECK(read(config, "{}").empty());
  CHECK(config == expected);
}

TEST_CASE("a number becomes the decimal ratio that was written and not the double beside it", "[config]") {
  for (const auto& [text, billionths] : {std::pair{"0.1", 100'000'000U},
                                         {"0.3", 300'000'000U},
                                         {"1e-4", 100'000U},
                                         {"0.0001", 100'000U},
                                         {"0.000000001", 1U},
                                         {"1", 1'000'000'000U},
                                         {"1.0", 1'000'000'000U},
                                         {"\"3%\"", 30'000'000U}}) {
    CAPTURE(text);
    Config config;
    CHECK(read(config, R"({"share":)" + std::string(text) + "}").empty());
    CHECK(config.share.billionths == billionths);
  }
}

TEST_CASE("ratios that are none are refused, however large or small", "[config]") {
  for (const char* text : {"-0.1", "1e300", "1e-300", "null", "true", "[]", "\"\"", "1e18"}) {
    CAPTURE(text);
    Config config;
    CHECK(read(config, R"({"share":)" + std::string(text) + "}").size() == 1);
    CHECK(config == Config{});
  }
}

TEST_CASE("a whole number is refused where it does not fit, and nothing is set", "[config]") {
  for (const char* text : {"256", "-1", "1.5", "\"1\"", "null", "18446744073709551616"}) {
    CAPTURE(text);
    Small small;
    const auto errors = check::read_config(small, parsed(R"({"byte":)" + std::string(text) + "}"), "/c");
    REQUIRE(errors.size() == 1);
    CHECK(errors[0].where == "/c/byte");
    CHECK(errors[0].what.ends_with("expected a whole number from 0 to 255"));
    CHECK(small == Small{});
  }
  Small small;
  CHECK(check::read_config(small, parsed(R"({"signed_byte":-128,"byte":255})"), "/c").empty());
  CHECK(small.signed_byte == -128);
}

TEST_CASE("every mistake is reported, in the order of the file", "[config]") {
  Config config;
  const auto errors = read(config, R"({"labl":"x","period":7,"loud":0})");
  REQUIRE(errors.size() == 3);
  CHECK(errors[0] ==
        Error{"/config/labl",
              R"(unknown setting "labl", expected one of period, limit, share, mode, loud or label; did you mean "label"?)"});
  CHECK(errors[1] == Error{"/config/period", R"(found 7, expected a duration with its unit, as in "150ms")"});
  CHECK(errors[2] == Error{"/config/loud", "found 0, expected true or false"});
  CHECK(read(config, "[]") == std::vector<Error>{{"/config", "found [], expected an object"}});
}

TEST_CASE("the settings of a system are listed with type, default and doc", "[config]") {
  const check::SystemInfo* system = registry().find("toy");
  REQUIRE(system != nullptr);
  REQUIRE(system->config.size() == 6);
  CHECK(system->config[0].name == "period");
  CHECK(system->config[0].type == "duration");
  CHECK(system->config[0].default_value == "\"100ms\"");
  CHECK(system->config[1].type == "count");
  CHECK(system->config[2].type == "ratio");
  CHECK(system->config[2].default_value == "\"50%\"");
  CHECK(system->config[3].type == "plain|very-fancy");
  CHECK(system->config[4].type == "boolean");
  CHECK(system->config[5].type == "text");
  for (const check::ConfigField& field : system->config) CHECK_FALSE(field.doc.empty());
}

TEST_CASE("a registry finds systems by their names alone", "[config]") {
  CHECK(registry().find("toy") != nullptr);
  CHECK(registry().find("to") == nullptr);
  CHECK(registry().find("") == nullptr);
  CHECK(registry().names() == std::vector<std::string>{"toy", "mute"});
}
