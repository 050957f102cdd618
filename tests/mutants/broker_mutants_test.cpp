// The bugs planted in the broker, one case each.
#include "tests/mutants/mutants_support.hpp"

TEST_CASE("broker-acks-leader") { mutants::check("broker-acks-leader"); }
TEST_CASE("broker-beyond-high-watermark") { mutants::check("broker-beyond-high-watermark"); }
TEST_CASE("broker-latest-first") { mutants::check("broker-latest-first"); }
TEST_CASE("broker-not-idempotent") { mutants::check("broker-not-idempotent"); }
