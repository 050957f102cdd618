// The laws that make a data type converge, on generated states, for every type: a join semilattice (Shapiro et al., INRIA RR-7506,
// 2.2.1), concurrent operations that commute (2.2.2), and deltas that do what operations do (Almeida et al. 2018).
#include <array>
#include <set>

#include "protocols/crdt/claims.hpp"
#include "protocols/crdt/user.hpp"
#include "sim/core/random.hpp"
#include "tests/unit/catch.hpp"

namespace {

using namespace protocols::crdt;  // NOLINT(google-build-using-namespace)
using sim::Rng;

constexpr std::uint64_t kSeeds = 60;

/// Three replicas that edit and merge at random, so that their states are what a run can come to.
template <Crdt T>
struct Group {
  explicit Group(std::uint64_t seed) : rng(seed, "laws", 0) {
    for (std::uint32_t i = 0; i < 3; ++i) users[i].me = {sim::NodeId{i}, 7};
    config.elements = 3;
    for (int i = 0; i < 25; ++i) step();
  }
  void step() {
    const std::uint64_t who = rng.below(3);
    if (rng.below(3) == 0) {
      states[who].merge(states[rng.below(3)]);
    } else {
      states[who].apply(draw(who));
    }
  }
  typename T::Op draw(std::uint64_t who) {
    ++users[who].edits;
    const typename T::Edit edit = users[who].draw(rng, config, states[who]);
    const sim::Time now{static_cast<std::int64_t>(rng.below(1000))};  // clocks that have nothing to do with each other
    return states[who].prepare({users[who].me, now}, edit);
  }
  Rng rng;
  Config config;
  std::array<User, 3> users;
  std::array<T, 3> states;
};

template <Crdt T>
T merged(T a, const T& b) {
  a.merge(b);
  return a;
}

}  // namespace

#define ALL_TYPES GCounter, PnCounter, LwwRegister, MvRegister, GSet, TwoPhaseSet, OrSet, OrMap, Text

TEMPLATE_TEST_CASE("crdt laws: merge is commutative, associative, idempotent", "[crdt]", ALL_TYPES) {
  std::set<std::uint64_t> different;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    INFO("seed " << seed);
    const Group<TestType> g(seed);
    const auto& [a, b, c] = g.states;
    REQUIRE(merged(a, b) == merged(b, a));
    REQUIRE(merged(merged(a, b), c) == merged(a, merged(b, c)));
    REQUIRE(merged(a, a) == a);
    REQUIRE(merged(a, TestType{}) == a);
    REQUIRE(merged(TestType{}, a) == a);
    different.insert({sim::digest_of(a), sim::digest_of(b), sim::digest_of(merged(a, b))});
  }
  CHECK(different.size() > kSeeds);  // the states are not all the same
}

TEMPLATE_TEST_CASE("crdt laws: edits and merges only move up", "[crdt]", ALL_TYPES) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    INFO("seed " << seed);
    Group<TestType> g(seed);
    const TestType before = g.states[0];
    const TestType both = merged(before, g.states[1]);
    REQUIRE(merged(both, before) == both);
    REQUIRE(merged(both, g.states[1]) == both);
    g.states[0].apply(g.draw(0));
    REQUIRE(merged(g.states[0], before) == g.states[0]);
    REQUIRE(merged(before, g.states[0]) == g.states[0]);
  }
}

TEMPLATE_TEST_CASE("crdt laws: a delta does what its operation does", "[crdt]", ALL_TYPES) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    INFO("seed " << seed);
    Group<TestType> g(seed);
    // Somebody who has heard all that replica 0 knows, and more.
    TestType elsewhere = merged(g.states[1], g.states[0]);
    TestType by_ops = elsewhere;
    typename TestType::Delta group{};
    for (int i = 0; i < 4; ++i) {
      const auto op = g.draw(0);
      const auto delta = g.states[0].delta_of(op);
      TestType joined = g.states[0];
      joined.join(delta);
      g.states[0].apply(op);
      REQUIRE(joined == g.states[0]);
      by_ops.apply(op);
      group.absorb(delta);
    }
    elsewhere.join(group);
    REQUIRE(elsewhere == by_ops);
    REQUIRE(elsewhere == merged(elsewhere, g.states[0]));
    TestType fresh;
    fresh.join(g.states[0].whole());
    REQUIRE(fresh == g.states[0]);
  }
}

TEMPLATE_TEST_CASE("crdt laws: concurrent operations commute", "[crdt]", ALL_TYPES) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    INFO("seed " << seed);
    Group<TestType> g(seed);
    const TestType common = merged(merged(g.states[0], g.states[1]), g.states[2]);
    g.states.fill(common);
    const auto first = g.draw(0);
    const auto second = g.draw(1);
    TestType one = common;
    one.apply(first);
    one.apply(second);
    TestType other = common;
    other.apply(second);
    other.apply(first);
    REQUIRE(one == other);
    g.states[0].apply(first);
    g.states[1].apply(second);
    REQUIRE(one == merged(g.states[0], g.states[1]));  // and come to what states do
  }
}
