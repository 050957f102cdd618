// Unique ids: what a server does when its clock is behind, and after a restart.
#include "protocols/flake/node.hpp"
#include "sim/node/fixture.hpp"
#include "tests/unit/catch.hpp"

namespace {

using namespace protocols::flake;  // NOLINT(google-build-using-namespace)
using sim::NodeId;

constexpr NodeId kClient{9};

std::uint64_t next_id(sim::Fixture& f, Node& node) {
  node.on(f.ctx(), kClient, Generate{1});
  const auto* reply = f.sent<Generated>(kClient);
  REQUIRE(reply != nullptr);
  return reply->id;
}

std::uint64_t millisecond_of(std::uint64_t id) { return id >> (kServerBits + kCountBits); }

}  // namespace

TEST_CASE("flake: ids of one server rise, within a millisecond, from one to the next, and when its clock is set back") {
  sim::Fixture f({.nodes = 3});
  Node node{Config{}};
  node.start(f.ctx());
  f.advance(5_ms);
  const std::uint64_t first = next_id(f, node);
  CHECK(millisecond_of(first) == 5);
  CHECK(next_id(f, node) == first + 1);
  f.advance(2_ms);
  const std::uint64_t later = next_id(f, node);
  CHECK(millisecond_of(later) == 7);
  f.advance(sim::Duration{-4'000'000});
  CHECK(next_id(f, node) == later + 1);
  f.advance(5_ms);
  CHECK(millisecond_of(next_id(f, node)) == 8);
}

TEST_CASE("flake: a count that is full moves on to the next millisecond") {
  sim::Fixture f({.nodes = 1});
  Node node{Config{}};
  node.start(f.ctx());
  f.advance(1_ms);
  std::uint64_t last = 0;
  for (int i = 0; i < 5000; ++i) {
    const std::uint64_t id = next_id(f, node);
    REQUIRE(id > last);
    last = id;
  }
  CHECK(millisecond_of(last) == 2);
}

TEST_CASE("flake: after a restart ids begin where the reservation ended, and a new one is written first") {
  sim::Fixture f({.nodes = 3});
  Node node{Config{.block = 100_ms}};
  node.start(f.ctx());
  f.advance(50_ms);
  const std::uint64_t before = next_id(f, node);
  CHECK(node.reserved == 150);
  f.advance(sim::Duration{-40'000'000});
  Node again{Config{.block = 100_ms}};
  again.start(f.ctx());
  const std::uint64_t after = next_id(f, again);
  CHECK(after > before);
  CHECK(millisecond_of(after) == 150);
  CHECK(again.reserved == 250);
  Node bad{Config{.block = 100_ms}, Mutant::not_persisted};
  bad.start(f.ctx());
  CHECK(next_id(f, bad) < before);
}

TEST_CASE("flake: ids of two servers differ in the server's number") {
  sim::Fixture a({.nodes = 3, .self = NodeId{0}});
  sim::Fixture b({.nodes = 3, .self = NodeId{2}});
  Node first{Config{}};
  Node second{Config{}};
  first.start(a.ctx());
  second.start(b.ctx());
  CHECK((next_id(b, second) ^ next_id(a, first)) == std::uint64_t{2} << kCountBits);
}
