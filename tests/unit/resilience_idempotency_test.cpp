// Idempotency keys, after draft-ietf-httpapi-idempotency-key-header, section 2.
#include "protocols/resilience/idempotency.hpp"
#include "tests/unit/catch.hpp"

using namespace protocols::resilience;
using sim::Time;
using namespace sim::literals;

namespace {

constexpr Time at(sim::Duration d) { return Time{} + d; }
const ScopedKey kKey{1, 1, "k"};

}  // namespace

TEST_CASE("idempotency 2.6: the first request goes ahead, a duplicate gets the same reply", "[resilience]") {
  IdempotencyStore s;
  CHECK(s.begin(kKey, 7, at(1_s)) == Verdict::proceed);
  CHECK(s.find(kKey) == nullptr);
  s.complete(kKey, 7, "201 created", at(2_s));
  CHECK(s.begin(kKey, 7, at(3_s)) == Verdict::replay);
  CHECK(*s.find(kKey) == "201 created");
}

TEST_CASE("idempotency 2.7: 400 without a key, 422 for another payload, 409 while it is worked on", "[resilience]") {
  IdempotencyStore s;
  CHECK(s.begin({1, 1, ""}, 7, {}) == Verdict::missing);
  CHECK(s.begin(kKey, 7, {}) == Verdict::proceed);
  CHECK(s.begin(kKey, 7, {}) == Verdict::conflict);
  CHECK(s.begin(kKey, 8, {}) == Verdict::mismatch);
  s.complete(kKey, 7, "ok", {});
  CHECK(s.begin(kKey, 8, {}) == Verdict::mismatch);
  CHECK(s.begin(kKey, 7, {}) == Verdict::replay);
}

TEST_CASE("idempotency: of two at once exactly one goes ahead", "[resilience]") {
  IdempotencyStore s;
  CHECK(s.begin(kKey, 7, {}) == Verdict::proceed);
  CHECK(s.begin(kKey, 7, {}) == Verdict::conflict);
  IdempotencyStore planted;
  planted.mutant = Mutant::check_then_act;
  CHECK(planted.begin(kKey, 7, {}) == Verdict::proceed);
  CHECK(planted.begin(kKey, 7, {}) == Verdict::proceed);
}

TEST_CASE("idempotency: a key whose work had no effect is free again", "[resilience]") {
  IdempotencyStore s;
  CHECK(s.begin(kKey, 7, {}) == Verdict::proceed);
  s.give_back(kKey);
  CHECK(s.begin(kKey, 7, {}) == Verdict::proceed);
  s.complete(kKey, 7, "ok", {});
  s.give_back(kKey);  // too late
  CHECK(s.begin(kKey, 7, {}) == Verdict::replay);
}

TEST_CASE("idempotency: just before its time is over a key replays, just after it executes", "[resilience]") {
  IdempotencyStore s;
  CHECK(s.retention == 86'400_s);
  CHECK(s.begin(kKey, 7, at(1_s)) == Verdict::proceed);
  s.complete(kKey, 7, "ok", at(2_s));
  CHECK(s.begin(kKey, 7, at(2_s) + 86'400_s - 1_ns) == Verdict::replay);
  CHECK(s.begin(kKey, 7, at(2_s) + 86'400_s + 1_ns) == Verdict::proceed);
  s.complete(kKey, 7, "again", at(90'000_s));
  CHECK(s.records.size() == 1);
  CHECK(s.by_age.size() == 1);
}

TEST_CASE("idempotency: keys of other tenants and operations are other keys", "[resilience]") {
  IdempotencyStore s;
  CHECK(s.begin(kKey, 7, {}) == Verdict::proceed);
  s.complete(kKey, 7, "mine", {});
  CHECK(s.begin({2, 1, "k"}, 7, {}) == Verdict::proceed);
  CHECK(s.begin({1, 2, "k"}, 7, {}) == Verdict::proceed);
}
