// Digests and descriptions: what must be the same on every compiler and processor.
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "sim/core/describe.hpp"
#include "sim/core/result.hpp"
#include "tests/unit/catch.hpp"

namespace {

using namespace sim;  // NOLINT(google-build-using-namespace)

enum class Colour : std::uint8_t { red, dark_green, blue };
SIM_DESCRIBE_ENUM(Colour, red, dark_green, blue)

struct Inner {
  std::uint32_t a = 0;
  bool b = false;
  SIM_DESCRIBE(Inner, a, b)
};

struct Empty {
  SIM_DESCRIBE(Empty)
};

struct Ping {
  std::uint32_t n = 0;
  SIM_DESCRIBE(Ping, n)
};

struct Pong {
  std::uint32_t n = 0;
  SIM_DESCRIBE(Pong, n)
};

struct Everything {
  std::int8_t small = -1;
  std::uint64_t big = 0;
  bool flag = false;
  Colour colour = Colour::red;
  std::string text;
  Duration length{};
  Time at{};
  Ratio share{};
  NodeId node{};
  std::optional<std::uint32_t> maybe;
  std::variant<std::monostate, std::uint32_t, std::string> either;
  std::vector<Inner> many;
  std::array<std::uint16_t, 2> pair_of{};
  std::set<std::string> names;
  std::map<std::uint32_t, std::string> table;
  std::pair<bool, std::string> two{};
  Inner inner{};
  SIM_DESCRIBE(Everything, small, big, flag, colour, text, length, at, share, node, maybe, either, many, pair_of, names, table, two,
               inner)
};

Everything sample() {
  Everything e;
  e.big = 18446744073709551615U;
  e.flag = true;
  e.colour = Colour::dark_green;
  e.text = "say \"hi\"";
  e.length = 150_ms;
  e.at = Time{4'200'000'000};
  e.share = Ratio::percent(5);
  e.node = NodeId{3};
  e.maybe = 7;
  e.either = std::string("s");
  e.many = {{1, true}, {2, false}};
  e.pair_of = {8, 9};
  e.names = {"b", "a"};
  e.table = {{2, "two"}, {1, "one"}};
  e.two = {true, "x"};
  e.inner = {5, true};
  return e;
}

/// Every way to change one field of the sample.
std::vector<Everything> neighbours() {
  std::vector<Everything> out(20, sample());
  std::size_t i = 0;
  out[i++].small = 1;
  out[i++].big = 1;
  out[i++].flag = false;
  out[i++].colour = Colour::blue;
  out[i++].text = "say \"hi\"!";
  out[i++].length = 151_ms;
  out[i++].at = Time{1};
  out[i++].share = Ratio{};
  out[i++].node = NodeId{4};
  out[i++].maybe.reset();
  out[i++].maybe = 0;
  out[i++].either = std::uint32_t{115};
  out[i++].many.pop_back();
  out[i++].many = {{2, false}, {1, true}};
  out[i++].pair_of = {9, 8};
  out[i++].names = {"ab"};
  out[i++].table = {{2, "one"}, {1, "two"}};
  out[i++].two = {false, "x"};
  out[i++].inner.b = false;
  out[i++].inner.a = 6;
  REQUIRE(i == out.size());
  return out;
}

}  // namespace

TEST_CASE("a digest is the same on every compiler: golden values", "[core]") {
  CHECK(digest_of_text("") == 0x2FECE2EC973F14E5U);
  CHECK(digest_of_text("a") == 0xCC82438FBA02F5C2U);
  CHECK(digest_of_text("12345678") == 0x8641791AA61D282FU);
  CHECK(digest_of_text("a text of more than eight bytes") == 0xDDA18C42E90A41D6U);
  Digest d;
  d.add(1);
  d.add(2, 3);
  CHECK(d.value() == 0x22B797CD5072C145U);
  CHECK(Digest(7).value() == 0x9E3779B97F4A7C12U);
  CHECK(digest_of(sample()) == 0xC9A9A8425FB2B10CU);
}

TEST_CASE("the digest of a text is the same at compile time and at run time", "[core]") {
  constexpr std::uint64_t early = digest_of_text("jitter of nine bytes and more");
  std::string late = "jitter of nine bytes";
  late += " and more";
  CHECK(digest_of_text(late) == early);
}

TEST_CASE("a digest tells texts of zeros, splits and orders apart", "[core]") {
  std::set<std::uint64_t> seen;
  for (std::size_t n = 0; n < 40; ++n) seen.insert(digest_of_text(std::string(n, '\0')));
  CHECK(seen.size() == 40);

  Digest ab_c;
  ab_c.add("ab");
  ab_c.add("c");
  Digest a_bc;
  a_bc.add("a");
  a_bc.add("bc");
  CHECK_FALSE(ab_c == a_bc);

  Digest one_two;
  one_two.add(1, 2);
  Digest two_one;
  two_one.add(2, 1);
  CHECK_FALSE(one_two == two_one);
}

TEST_CASE("a digest of bytes above 127 does not depend on whether char is signed", "[core]") {
  CHECK(digest_of_text("\xff\x80") == 0xFECA0921CAE4C510U);
}

TEST_CASE("two values are equal, with equal digests, exactly when every field is", "[core]") {
  CHECK(sample() == sample());
  CHECK(digest_of(sample()) == digest_of(sample()));
  std::set<std::uint64_t> digests{digest_of(sample())};
  const std::vector<Everything> others = neighbours();
  for (std::size_t i = 0; i < others.size(); ++i) {
    CAPTURE(i);
    CHECK_FALSE(others[i] == sample());
    CHECK(digests.insert(digest_of(others[i])).second);
  }
}

TEST_CASE("the order in which a set or a map was filled does not show", "[core]") {
  std::set<std::uint32_t> up;
  std::set<std::uint32_t> down;
  for (std::uint32_t i = 0; i < 100; ++i) {
    up.insert(i);
    down.insert(99 - i);
  }
  CHECK(digest_of(up) == digest_of(down));
}

TEST_CASE("types of equal fields and different names have different digests", "[core]") {
  CHECK(digest_of(Ping{1}) != digest_of(Pong{1}));
  CHECK(Ping::type_name() == "Ping");
}

TEST_CASE("a described value is JSON with its fields in their order", "[core]") {
  CHECK(to_json(sample()) ==
        R"({"small":-1,"big":18446744073709551615,"flag":true,"colour":"dark-green","text":"say \"hi\"","length":"150ms",)"
        R"("at":"4.2s","share":"5%","node":3,"maybe":7,"either":"s","many":[{"a":1,"b":true},{"a":2,"b":false}],)"
        R"("pair_of":[8,9],"names":["a","b"],"table":[[1,"one"],[2,"two"]],"two":[true,"x"],"inner":{"a":5,"b":true}})");
  CHECK(to_json(Empty{}) == "{}");
  Everything none;
  CHECK(to_json(none.maybe) == "null");
  CHECK(to_json(none.either) == "null");
}

TEST_CASE("the names of an enum are read from its list, with dashes", "[core]") {
  CHECK(enum_name(Colour::dark_green) == "dark-green");
  CHECK(enum_names<Colour>() == std::vector<std::string>{"red", "dark-green", "blue"});
  CHECK(nth_name(" a ,\n  bcd , e", 1) == "bcd");
  CHECK(nth_name("a, b", 2).empty());
}

TEST_CASE("a result holds a value or the error that explains why there is none", "[core]") {
  const Result<int> good(7);
  REQUIRE(good.ok());
  CHECK(*good == 7);
  const Result<int> bad(Error{"/path", "why"});
  CHECK_FALSE(bad.ok());
  CHECK(bad.error() == Error{"/path", "why"});
  Result<std::string> moved(std::string("long enough to be on the heap, surely"));
  const std::string taken = *std::move(moved);
  CHECK(taken == "long enough to be on the heap, surely");
}
