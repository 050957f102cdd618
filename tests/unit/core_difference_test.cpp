// Where two trees differ: members by their keys, lists from both ends.
#include <string>
#include <vector>

#include "sim/core/difference.hpp"
#include "sim/scenario/json.hpp"
#include "tests/unit/catch.hpp"

namespace {

using namespace sim;  // NOLINT(google-build-using-namespace)

/// "path left|right" for each difference, "-" for a side that has none.
std::vector<std::string> found(std::string_view left, std::string_view right) {
  const auto a = parse_json(left);
  const auto b = parse_json(right);
  REQUIRE(a.ok());
  REQUIRE(b.ok());
  std::vector<std::string> out;
  for (const Difference& d : differences(*a, *b))
    out.push_back(d.path + " " + (d.left ? d.left->to_json() : "-") + "|" + (d.right ? d.right->to_json() : "-"));
  return out;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("equal trees have no differences", "[difference]") {
  for (const char* text : {"null", "1", "[]", "{}", R"({"a":[1,{"b":null}],"c":"x"})"}) CHECK(found(text, text).empty());
}

TEST_CASE("a scalar that changed is one difference, with its path", "[difference]") {
  CHECK(found("3", "4") == Lines{" 3|4"});
  CHECK(found(R"({"term":3,"role":"follower"})", R"({"term":4,"role":"follower"})") == Lines{"/term 3|4"});
  CHECK(found(R"({"a":{"b":[0,[1,2]]}})", R"({"a":{"b":[0,[1,3]]}})") == Lines{"/a/b/1/1 2|3"});
}

TEST_CASE("values of two kinds are one difference, however deep they are", "[difference]") {
  CHECK(found(R"({"a":{"b":1}})", R"({"a":[1]})") == Lines{R"(/a {"b":1}|[1])"});
  CHECK(found(R"({"a":null})", R"({"a":0})") == Lines{"/a null|0"});
  CHECK(found("1", "1.0") == Lines{" 1|1"});
  CHECK(found(R"("1")", "1") == Lines{R"( "1"|1)"});
}

TEST_CASE("a member that one side lacks is told from one that is null", "[difference]") {
  CHECK(found(R"({"a":null})", "{}") == Lines{"/a null|-"});
  CHECK(found("{}", R"({"a":null})") == Lines{"/a -|null"});
  CHECK(found(R"({"x":1,"y":2})", R"({"y":2,"z":3})") == Lines{"/x 1|-", "/z -|3"});
}

TEST_CASE("the order of a map's members means nothing", "[difference]") {
  CHECK(found(R"({"a":1,"b":2})", R"({"b":2,"a":1})").empty());
}

TEST_CASE("an element put into a list or taken out is one difference", "[difference]") {
  CHECK(found("[1,2,3]", "[1,2,3,4]") == Lines{"/3 -|4"});
  CHECK(found("[1,2,3]", "[2,3]") == Lines{"/0 1|-"});
  CHECK(found("[1,2,3]", "[1,9,2,3]") == Lines{"/1 -|9"});
  CHECK(found("[1,2,3]", "[1,3]") == Lines{"/1 2|-"});
  CHECK(found("[]", "[1,2]") == Lines{"/0 -|1", "/1 -|2"});
}

TEST_CASE("elements between the equal ends of two lists are compared one by one", "[difference]") {
  CHECK(found(R"([1,{"a":1},3])", R"([1,{"a":2},3])") == Lines{"/1/a 1|2"});
  CHECK(found("[1,2,3,9]", "[1,7,8,4,9]") == Lines{"/1 2|7", "/2 3|8", "/3 -|4"});
}

TEST_CASE("equal elements are never counted to both ends", "[difference]") {
  CHECK(found("[1,1]", "[1,1,1]") == Lines{"/2 -|1"});
  CHECK(found("[1,1,1]", "[1]") == Lines{"/1 1|-", "/2 1|-"});
}

TEST_CASE("differences become a list of maps that says which side has what", "[difference]") {
  const std::vector<Difference> all{{"/a", Value(std::int64_t{1}), Value(std::int64_t{2})}, {"/b", std::nullopt, Value()}};
  CHECK(to_value(all, "before", "after").to_json() == R"([{"path":"/a","before":1,"after":2},{"path":"/b","after":null}])");
}
