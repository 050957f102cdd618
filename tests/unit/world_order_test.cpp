// The order of events, limits, messages and what is counted.
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/unit/world_support.hpp"

namespace {

using namespace world_test;  // NOLINT(google-build-using-namespace)

std::vector<std::uint64_t> words(const Actor& node) {
  std::vector<std::uint64_t> out;
  for (const Heard& heard : node.heard) out.push_back(heard.n);
  return out;
}

/// Handles nothing.
struct Deaf {
  SIM_DESCRIBE(Deaf)
  using Inbox = Accepts<>;
  void start(Ctx&) {}
};

/// Looks around when it starts.
struct Asker {
  std::vector<NodeId> peers;
  std::vector<NodeId> others;
  std::vector<NodeId> nobody;
  std::uint64_t majority = 0;
  SIM_DESCRIBE(Asker, peers, others, nobody, majority)
  using Inbox = Accepts<>;
  void start(Ctx& ctx) {
    peers.assign(ctx.peers().begin(), ctx.peers().end());
    others.assign(ctx.members("x").begin(), ctx.members("x").end());
    nobody.assign(ctx.members("z").begin(), ctx.members("z").end());
    majority = ctx.majority();
  }
};

}  // namespace

TEST_CASE("nodes start at time 0 in the order of their ids", "[world]") {
  World world = world_of({actor({}), actor({}), actor({})});
  for (const NodeId id : {kA, kB, kC}) {
    REQUIRE(world.step());
    CHECK(world.now() == Time{});
    CHECK(world.last().kind == EventKind::start);
    CHECK(world.last().node == id);
  }
  CHECK_FALSE(world.step());
  CHECK(world.counters().events == 3);
}

TEST_CASE("events of one instant come in the order in which they were scheduled", "[world]") {
  World world =
      world_of({actor({{1_ms, {send(kC, 1), send(kC, 2)}}, {1_ms, {send(kC, 3)}}}), actor({{1_ms, {send(kC, 4)}}}), actor({})});
  run_until(world, 1_s);
  CHECK(words(at_node(world, kC)) == std::vector<std::uint64_t>{1, 2, 3, 4});
  for (const Heard& heard : at_node(world, kC).heard) CHECK(heard.at == at(2_ms));
}

TEST_CASE("a message arrives after its link's latency, one to oneself at once and without the network", "[world]") {
  World world = world_of({actor({{10_ms, {send(kB, 1), send(kA, 2)}}}), actor({})}, {.latency = 3_ms});
  run_until(world, 1_s);
  CHECK(at_node(world, kB).heard == std::vector<Heard>{{at(13_ms), kA, 1}});
  CHECK(at_node(world, kA).heard == std::vector<Heard>{{at(10_ms), kA, 2}});
  CHECK(world.counters().sent == 1);
  CHECK(world.counters().delivered == 2);
}

TEST_CASE("a step with a limit handles what is due by then, and time stands at the limit when nothing is", "[world]") {
  World world = world_of({actor({{5_ms, {}}, {7_ms, {}}})});
  REQUIRE(world.step(at(1_ms)));  // the start
  CHECK_FALSE(world.step(at(1_ms)));
  CHECK(world.now() == at(1_ms));
  REQUIRE(world.step(at(5_ms)));  // due exactly at the limit
  CHECK(world.now() == at(5_ms));
  CHECK_FALSE(world.step(at(6_ms)));
  CHECK_FALSE(world.step(at(2_ms)));  // a limit in the past moves nothing back
  CHECK(world.now() == at(6_ms));
  REQUIRE(world.step());
  CHECK(world.now() == at(7_ms));
  CHECK_FALSE(world.step());
  CHECK(world.now() == at(7_ms));  // no limit: time stays where the last event was
  CHECK_FALSE(world.step(at(9_ms)));
  CHECK(world.now() == at(9_ms));
}

TEST_CASE("stepping in slices does the same as stepping without a limit", "[world]") {
  const std::vector<Actor> actors{actor({{1_ms, {send(kB, 1), set(1, 4_ms), save(1)}}, {3_ms, {set(1, 9_ms)}}}),
                                  actor({{2_ms, {send(kA, 2), cancel(1)}}})};
  World whole = world_of(actors, {.fsync = 2_ms});
  World sliced = whole;
  while (whole.step()) {
  }
  for (std::int64_t t = 0; t < 20'000; t += 7) run_until(sliced, 1_us * t);
  CHECK(whole.trace_digest() == sliced.trace_digest());
  CHECK(whole.counters() == sliced.counters());
}

TEST_CASE("loss, duplication and cuts are counted and arrive nowhere or twice", "[world]") {
  const std::vector<Order> orders{{1_ms, std::vector<Act>(100, send(kB, 7))}};
  World world(1);
  world.add(NodeBox(actor(orders)), {.system = "s", .name = "a"});
  world.add(NodeBox(actor({})), {.system = "s", .name = "b"});
  Link link = fixed_link(1_ms);
  link.loss = Ratio::percent(20);
  link.duplicate = Ratio::percent(30);
  world.start(link);
  run_until(world, 1_s);
  const Counters& n = world.counters();
  CHECK(n.sent == 100);
  CHECK(n.lost > 5);
  CHECK(n.duplicated > 5);
  CHECK(n.delivered == n.sent - n.lost + n.duplicated);
  CHECK(at_node(world, kB).heard.size() == n.delivered);
}

TEST_CASE("what a node has no handler for is counted and does no harm", "[world]") {
  World world(1);
  world.add(NodeBox(actor({{1_ms, {send(kB, 1)}}})), {.system = "s", .name = "a"});
  world.add(NodeBox(Deaf{}), {.system = "s", .name = "b"});
  world.start(fixed_link(1_ms));
  run_until(world, 1_s);
  CHECK(world.counters().unhandled == 1);
  CHECK(world.counters().delivered == 1);
}

TEST_CASE("systems know their own members as peers and find each other's by name", "[world]") {
  World world(1);
  world.add(NodeBox(Asker{}), {.system = "x", .name = "x1"});
  world.add(NodeBox(Asker{}), {.system = "y", .name = "y1"});
  world.add(NodeBox(Asker{}), {.system = "x", .name = "x2"});
  world.start(fixed_link(1_ms));
  while (world.step()) {
  }
  CHECK(world.node_as<Asker>(kA)->peers == std::vector<NodeId>{kA, kC});
  CHECK(world.node_as<Asker>(kA)->majority == 2);
  CHECK(world.node_as<Asker>(kB)->peers == std::vector<NodeId>{kB});
  CHECK(world.node_as<Asker>(kB)->others == std::vector<NodeId>{kA, kC});
  CHECK(world.node_as<Asker>(kB)->nobody.empty());
  CHECK(world.node_as<Actor>(kA) == nullptr);
  CHECK(world.directory().node_names == std::vector<std::string>{"x1", "y1", "x2"});
}

TEST_CASE("marks and observations are kept with where they were first made", "[world]") {
  World world = world_of({actor({{1_ms, {{Do::mark, 0, {}, {}}}}, {2_ms, {{Do::mark, 0, {}, {}}, {Do::observe, 5, {}, {}}}}})});
  run_until(world, 1_s);
  REQUIRE(world.marks().size() == 1);
  CHECK(world.marks()[0].name == "marked");
  CHECK(world.marks()[0].count == 2);
  CHECK(world.marks()[0].first_at == at(1_ms));
  REQUIRE(world.observations().size() == 1);
  CHECK(world.observations().at(1).at == at(2_ms));
  CHECK(world.observations().at(1).what.as<Word>()->n == 5);
}

TEST_CASE("one seed gives one run, another seed another", "[world]") {
  const auto digest = [](std::uint64_t seed) {
    World world(seed);
    world.add(NodeBox(actor({{1_ms, std::vector<Act>(10, send(kB, 7))}})), {.system = "s", .name = "a"});
    world.add(NodeBox(actor({})), {.system = "s", .name = "b"});
    world.start(Link{});
    while (world.step()) {
    }
    return world.trace_digest();
  };
  std::set<std::uint64_t> seen;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    CHECK(digest(seed) == digest(seed));
    seen.insert(digest(seed));
  }
  CHECK(seen.size() == 50);
}

TEST_CASE("a world steps the same when a sink watches it", "[world]") {
  const std::vector<Actor> actors{
      actor({{1_ms, {send(kB, 1), save(1), send(kB, 2), set(1, 4_ms), {Do::note, 1, {}, {}}, {Do::mark, 0, {}, {}}}}}), actor({})};
  World alone = world_of(actors, {.fsync = 2_ms});
  World watched = alone;
  Keeper keeper;
  watched.watch(&keeper);
  while (alone.step()) {
    REQUIRE(watched.step());
    REQUIRE(watched.trace_digest() == alone.trace_digest());
  }
  CHECK_FALSE(watched.step());
  CHECK(watched.state_digest() == alone.state_digest());
  CHECK(keeper.seen.size() >= alone.counters().events);
}

TEST_CASE("nobody watches a copy of a watched world", "[world]") {
  World world = world_of({actor({{1_ms, {send(kB, 1)}}}), actor({})});
  Keeper keeper;
  world.watch(&keeper);
  World constructed = world;
  World assigned(9);
  assigned = world;
  run_until(constructed, 1_s);
  run_until(assigned, 1_s);
  CHECK(keeper.seen.empty());
  World moved = std::move(world);
  run_until(moved, 1_s);
  CHECK(keeper.count(RecordKind::deliver) == 1);
}
