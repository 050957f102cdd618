// The bugs planted in sagas, their services and two-phase commit, one case each, so that they run side by side.
#include "tests/mutants/mutants_support.hpp"

TEST_CASE("saga-step-marked-done") { mutants::check("saga-step-marked-done"); }
TEST_CASE("saga-log-after-send") { mutants::check("saga-log-after-send"); }
TEST_CASE("saga-pivot-compensated") { mutants::check("saga-pivot-compensated"); }
TEST_CASE("saga-service-compensation-not-idempotent") { mutants::check("saga-service-compensation-not-idempotent"); }
TEST_CASE("saga-service-late-after-compensate") { mutants::check("saga-service-late-after-compensate"); }
TEST_CASE("choreography-no-outbox") { mutants::check("choreography-no-outbox"); }
TEST_CASE("choreography-inbox-forgets") { mutants::check("choreography-inbox-forgets"); }
TEST_CASE("two-phase-commit-prepare-in-memory") { mutants::check("two-phase-commit-prepare-in-memory"); }
TEST_CASE("two-phase-commit-decision-in-memory") { mutants::check("two-phase-commit-decision-in-memory"); }
TEST_CASE("two-phase-commit-abort-alone") { mutants::check("two-phase-commit-abort-alone"); }
