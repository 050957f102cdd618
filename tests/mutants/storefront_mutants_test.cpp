// The bugs planted in the storefront.
#include "tests/mutants/mutants_support.hpp"

TEST_CASE("storefront-answers-before-recorded") { mutants::check("storefront-answers-before-recorded"); }
TEST_CASE("storefront-timeout-is-yes") { mutants::check("storefront-timeout-is-yes"); }
