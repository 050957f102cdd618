// The bugs planted in services and in the resilience values that they hold, one case each, so that they run side by side.
#include "tests/mutants/mutants_support.hpp"

TEST_CASE("service-half-open-leak") { mutants::check("service-half-open-leak"); }
TEST_CASE("service-half-open-flood") { mutants::check("service-half-open-flood"); }
TEST_CASE("service-late-result-counts") { mutants::check("service-late-result-counts"); }
TEST_CASE("service-minimum-ignored") { mutants::check("service-minimum-ignored"); }
TEST_CASE("service-open-is-advice") { mutants::check("service-open-is-advice"); }
TEST_CASE("service-open-closes") { mutants::check("service-open-closes"); }
TEST_CASE("service-retries-earn-budget") { mutants::check("service-retries-earn-budget"); }
TEST_CASE("service-bulkhead-double-release") { mutants::check("service-bulkhead-double-release"); }
TEST_CASE("service-tat-max-omitted") { mutants::check("service-tat-max-omitted"); }
TEST_CASE("service-works-past-deadline") { mutants::check("service-works-past-deadline"); }
TEST_CASE("service-deadline-restarts") { mutants::check("service-deadline-restarts"); }
TEST_CASE("service-check-then-act") { mutants::check("service-check-then-act"); }
TEST_CASE("service-keys-in-memory") { mutants::check("service-keys-in-memory"); }
TEST_CASE("service-fingerprint-ignored") { mutants::check("service-fingerprint-ignored"); }
TEST_CASE("service-reply-not-stored") { mutants::check("service-reply-not-stored"); }

// A leaked place is found at once by the claim that counts places. Without that claim, the breaker is seen to be stuck.
TEST_CASE("a breaker that leaks places is stuck half-open") {
  auto planted = mutants::document("service-half-open-leak");
  REQUIRE(planted);
  for (const char* set :
       {"quiet=6s", "duration=16s", "checks=[\"gateway.half-open-ends\"]", "expect=violation of gateway.half-open-ends"}) {
    REQUIRE_FALSE(sim::set_member(*planted, set));
  }
  CHECK(mutants::violated(mutants::scenario(*planted), 1) == "gateway.half-open-ends");
  REQUIRE_FALSE(sim::set_member(*planted, "systems.0.mutant="));
  CHECK(mutants::violated(mutants::scenario(*planted), 1).empty());
}
