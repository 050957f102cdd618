// The bugs planted in sagas and their services, one case each, so that they run side by side.
#include "tests/mutants/mutants_support.hpp"

TEST_CASE("saga-step-marked-done") { mutants::check("saga-step-marked-done"); }
TEST_CASE("saga-log-after-send") { mutants::check("saga-log-after-send"); }
TEST_CASE("saga-pivot-compensated") { mutants::check("saga-pivot-compensated"); }
TEST_CASE("saga-service-compensation-not-idempotent") { mutants::check("saga-service-compensation-not-idempotent"); }
TEST_CASE("saga-service-late-after-compensate") { mutants::check("saga-service-late-after-compensate"); }
