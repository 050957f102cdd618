// Sweeps: in whatever order outcomes come back, what they come to is the same.
#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sim/core/random.hpp"
#include "sim/explore/ledger.hpp"
#include "tests/unit/scenario_support.hpp"

namespace {

using namespace toy;  // NOLINT(google-build-using-namespace)
using explore::ClaimName;
using explore::Ledger;
using explore::Outcome;
using explore::SeedRange;
using explore::Tally;

const std::vector<ClaimName> kClaims{{"toy.safe", "always"}, {"toy.busy", "sometimes"}, {"toy.calm", "eventually"}};

/// Every seventh seed fails, by one of two causes; every third reaches; none is ever calm; seed 11 is undecided.
Outcome outcome(std::uint64_t seed) {
  Outcome out{.seed = seed,
              .digest = seed * 977,
              .events = 1000 - seed % 50,
              .virtual_time = {5},
              .claim = {},
              .message = {},
              .cause = {},
              .statuses = {ClaimStatus::holds, ClaimStatus::not_reached, ClaimStatus::not_judged},
              .marks = {}};
  if (seed % 3 == 0) out.statuses[1] = ClaimStatus::reached;
  if (seed == 11) out.statuses[0] = ClaimStatus::undecided;
  if (seed % 4 == 0) out.marks.emplace_back("far");
  if (seed % 7 != 0) return out;
  out.claim = "toy.safe";
  out.cause = seed % 2 == 0 ? "even" : "odd";
  out.message = out.cause + " " + std::to_string(seed);
  out.statuses[0] = ClaimStatus::violated;
  return out;
}

/// Gives out seeds `at_once` at a time and brings the outcomes back in an order that `luck` decides.
Tally swept(SeedRange seeds, Ledger::Options options, std::uint64_t at_once, std::uint64_t luck) {
  Ledger ledger(seeds, Tally(kClaims), options);
  Rng rng(luck, "order", 0);
  std::vector<std::uint64_t> running;
  while (!ledger.complete()) {
    while (running.size() < 3 * at_once) {
      const auto given = ledger.take(at_once);
      if (!given) break;
      for (std::uint64_t s = given->first; s <= given->last; ++s) running.push_back(s);
    }
    REQUIRE_FALSE(running.empty());
    const std::size_t i = rng.below(running.size());
    ledger.add(outcome(running[i]));
    running.erase(running.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return ledger.tally();
}

/// Everything that a tally tells, as text.
std::string told(const Tally& t) {
  std::string out = std::to_string(t.seeds()) + " " + std::to_string(t.failed()) + " " + std::to_string(t.undecided()) + " " +
                    std::to_string(t.events()) + " " + std::to_string(t.digest());
  for (const auto& c : t.claims()) {
    out += " " + c.claim.name + std::to_string(c.first_reached);
    for (const std::uint64_t n : c.seeds) out += "," + std::to_string(n);
  }
  for (const auto& m : t.marks()) out += " " + m.name + std::to_string(m.seeds) + "," + std::to_string(m.first);
  for (const auto& g : t.groups())
    out += " " + g.cause + std::to_string(g.seeds) + "," + std::to_string(g.first) + "," + g.cheapest.message;
  for (const auto& f : t.failures()) out += " " + std::to_string(f.seed);
  return out;
}

}  // namespace

TEST_CASE("a tally is that of its seeds, whatever the order in which they come back", "[sweep]") {
  for (const std::uint64_t stop_after : {0U, 1U, 4U, 1000U}) {
    const std::string in_order = told(swept({1, 200}, {.stop_after = stop_after}, 1, 0));
    for (std::uint64_t luck = 1; luck <= 40; ++luck) {
      INFO("stop after " << stop_after << ", order " << luck);
      CHECK(told(swept({1, 200}, {.stop_after = stop_after, .window = 1 + luck * 3}, 1 + luck % 9, luck)) == in_order);
    }
  }
}

TEST_CASE("a tally counts what there is", "[sweep]") {
  const Tally t = swept({1, 200}, {}, 5, 3);
  CHECK(t.seeds() == 200);
  CHECK(t.failed() == 28);
  CHECK(t.undecided() == 1);
  CHECK(t.undecided_seeds() == std::vector<std::uint64_t>{11});
  CHECK(t.claims()[0].in(ClaimStatus::violated) == 28);
  CHECK(t.claims()[1].in(ClaimStatus::reached) == 66);
  CHECK(t.claims()[1].first_reached == 3);
  CHECK(t.unreached().empty());
  CHECK(t.untested() == std::vector<std::string>{"toy.calm"});
  REQUIRE(t.marks().size() == 1);
  CHECK(t.marks()[0].seeds == 50);
  REQUIRE(t.groups().size() == 2);
  const explore::Group even = t.groups()[0];
  CHECK(even.cause == "even");
  CHECK(even.seeds == 14);
  CHECK(even.first == 14);
  CHECK(even.cheapest.seed == 98);  // 952 events; so has none below it
  REQUIRE(t.cheapest() != nullptr);
  CHECK(t.cheapest()->seed == 49);
  CHECK(t.failures().front().seed == 7);
}

TEST_CASE("a sweep that stops at a failure ends with its seed, and gives out no more", "[sweep]") {
  Ledger ledger({1, 1000}, Tally(kClaims), {.stop_after = 2});
  REQUIRE(ledger.take(30) == SeedRange{1, 30});
  for (std::uint64_t seed = 30; seed >= 15; --seed) ledger.add(outcome(seed));  // fails at 28 and 21
  CHECK_FALSE(ledger.take(1).has_value());
  CHECK_FALSE(ledger.wanted(29));
  CHECK(ledger.wanted(28));
  for (std::uint64_t seed = 14; seed >= 8; --seed) ledger.add(outcome(seed));  // 14: now 28 is the third
  CHECK_FALSE(ledger.wanted(22));
  for (std::uint64_t seed = 7; seed >= 1; --seed) {
    CHECK_FALSE(ledger.complete());
    ledger.add(outcome(seed));
  }
  CHECK(ledger.complete());
  CHECK(ledger.tally().seeds() == 14);
  CHECK(ledger.tally().failed() == 2);
}

TEST_CASE("what is reported has no gap, and what waits behind one is bounded", "[sweep]") {
  Ledger ledger({5, 100}, Tally(kClaims), {.window = 10});
  REQUIRE(ledger.take(100) == SeedRange{5, 14});
  CHECK_FALSE(ledger.take(1).has_value());
  for (std::uint64_t seed = 14; seed >= 7; --seed) ledger.add(outcome(seed));
  CHECK(ledger.tally().seeds() == 0);
  CHECK(ledger.back() == 8);
  CHECK(ledger.failed() == 2);
  ledger.add(outcome(5));
  CHECK(ledger.tally().seeds() == 1);
  ledger.add(outcome(6));
  CHECK(ledger.tally().seeds() == 10);
  CHECK(ledger.take(3) == SeedRange{15, 17});
}

TEST_CASE("a tally keeps no more than its limits, and counts the rest", "[sweep]") {
  Tally t(kClaims, {.failures = 5, .undecided = 0, .groups = 3, .marks = 2});
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Outcome o = outcome(7);
    o.seed = seed;
    o.cause = "cause " + std::string(seed, 'x');
    o.marks = {"mark " + std::string(seed, 'x')};
    t.add(o);
  }
  CHECK(t.failed() == 100);
  CHECK(t.failures().size() == 5);
  REQUIRE(t.groups().size() == 4);
  CHECK(t.groups()[0].cause == "other causes");
  CHECK(t.groups()[0].seeds == 97);
  CHECK(t.marks().size() == 2);
}

TEST_CASE("a run's outcome says how each of its scenario's claims stands, and survives its journey", "[sweep]") {
  for (const std::vector<std::string>& sets :
       {std::vector<std::string>{"duration=12s"}, std::vector<std::string>{"duration=2s", "systems.0.config.limit=7"},
        std::vector<std::string>{"duration=2s", "clients=[]"}, std::vector<std::string>{R"(checks=["toy.ten-ticks"])"}}) {
    const Scenario s = scenario(sets);
    const std::vector<ClaimName> claims = explore::claims_of(s);
    Run run(s, 3);
    run.finish();
    const Outcome out = explore::outcome_of(run, claims);
    const Report report = run.report();
    CHECK(out.seed == 3);
    CHECK(out.digest == report.digest);
    CHECK(out.violated() == (report.verdict() == "violation"));
    for (const ClaimReport& claim : report.claims) {
      const auto at = std::find_if(claims.begin(), claims.end(), [&](const ClaimName& c) { return c.name == claim.name; });
      REQUIRE(at != claims.end());
      CHECK(at->kind == claim.kind);
      CHECK(out.statuses[static_cast<std::size_t>(at - claims.begin())] == claim.status);
    }
    if (report.verdict() != "violation") CHECK(report.claims.size() == claims.size());
    const auto parsed_back = parse_json(to_value(out).to_json());
    REQUIRE(parsed_back.ok());
    const auto back = explore::outcome_from(*parsed_back);
    REQUIRE(back.ok());
    CHECK(*back == out);
  }
}

TEST_CASE("a mark that no claim names is counted as a mark", "[sweep]") {
  const Scenario s = scenario({"duration=2s", R"(checks=["toy.ten-ticks"])"});
  Run run(s, 1);
  run.finish();
  CHECK(explore::outcome_of(run, explore::claims_of(s)).marks == std::vector<std::string>{"five-ticks"});
}

TEST_CASE("what is no outcome is refused", "[sweep]") {
  for (const char* text : {"null", "[]", "[1,2,3,4,\"0\"]", "[1,2,3,4,\"9\",[]]", "[1,2,\"3\",4,\"0\",[]]", "[1,2,3,4,\"0\",[7]]",
                           "[1,2,3,4,\"0\",[],1,2,3]", "{\"seed\":1}"}) {
    INFO(text);
    CHECK_FALSE(explore::outcome_from(parsed(text)).ok());
  }
  CHECK(explore::outcome_from(parsed("[1,-2,3,4,\"01\",[\"m\"]]")).ok());
}
