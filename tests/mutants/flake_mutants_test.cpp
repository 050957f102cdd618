// The bugs planted in the id servers, one case each.
#include "tests/mutants/mutants_support.hpp"

TEST_CASE("flake-clock-trusted") { mutants::check("flake-clock-trusted"); }
TEST_CASE("flake-not-persisted") { mutants::check("flake-not-persisted"); }
TEST_CASE("flake-node-left-out") { mutants::check("flake-node-left-out"); }
