// Causes: what stays of a message once everything that differs from seed to seed is taken out.
#include <string>
#include <vector>

#include "sim/explore/cause.hpp"
#include "tests/unit/catch.hpp"

namespace {

std::string cause(std::string_view message) {
  static const std::vector<std::string> names{"n1", "n2", "n10", "store-1", "berlin", "eu.west"};
  return sim::explore::cause_of(message, names);
}

}  // namespace

TEST_CASE("the names of nodes are replaced, and only whole words", "[sweep]") {
  CHECK(cause("n1 and n10 both hold the lock") == "NODE and NODE both hold the lock");
  CHECK(cause("berlin (store-1) told eu.west.") == "NODE (NODE) told NODE.");
  CHECK(cause("berliners fear \"berlin\"") == "berliners fear \"berlin\"");
  CHECK(cause("n3 is nobody") == "nN is nobody");
}

TEST_CASE("numbers are replaced with their units", "[sweep]") {
  CHECK(cause("at 4.25s, event 2929") == "at N, event N");
  CHECK(cause("within 300ms or 10min") == "within N or N");
  CHECK(cause("term 9 is not 10.") == "term N is not N.");
  CHECK(cause("from 33 to 27") == cause("from 1 to 1000000"));
  CHECK(cause("v12 of x7y") == "vN of xNy");
  CHECK(cause("digest ca05227508ff22fc") == "digest N");
  CHECK(cause("the facade") == "the facade");
}

TEST_CASE("quoted values are replaced where they hold a number", "[sweep]") {
  CHECK(cause(R"(get "c5.14c6" returned "c5.1")") == R"(get "..." returned "...")");
  CHECK(cause(R"(the account "savings" is empty)") == R"(the account "savings" is empty)");
  CHECK(cause(R"(an open "quote 7)") == R"(an open "...")");
}

TEST_CASE("lists are as good as their first", "[sweep]") {
  CHECK(cause("operations 1, 2, 3 and 4") == "operations N, ...");
  CHECK(cause("operations 1, 2 and 17 more") == "operations N, ...");
  CHECK(cause("n1, n2 and berlin differ") == "NODE, ... differ");
  CHECK(cause("n1 and n2 differ") == "NODE and NODE differ");
  CHECK(cause("a, b and 4") == "a, b and N");
}

TEST_CASE("what follows a semicolon is detail", "[sweep]") {
  CHECK(cause("it is stale; no order explains these 4 operations: 1, 2, 3 and 4") == "it is stale");
}

TEST_CASE("any text has a cause, and a cause is its own", "[sweep]") {
  CHECK(cause("").empty());
  CHECK(cause("\"") == "\"");
  CHECK(cause("...") == "...");
  for (const char* message : {"n1 at 3s", "operations 1, 2 and 3", R"(got "x1", not "y")", "na\xc3\xafve \xff 7"}) {
    const std::string once = cause(message);
    CHECK(cause(once) == once);
  }
}
