// What faults do to a world, and that their ends undo it.
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/unit/world_support.hpp"

namespace {

using namespace world_test;  // NOLINT(google-build-using-namespace)

/// b hears a number every 10 ms, the first at 11 ms.
std::vector<Actor> ticking() {
  std::vector<Order> orders;
  for (std::uint64_t n = 1; n <= 20; ++n) orders.push_back({10_ms * static_cast<std::int64_t>(n), {send(kB, n), send(kC, n)}});
  return {actor(orders), actor({}), actor({})};
}

std::set<std::uint64_t> heard_by(const World& world, NodeId id) {
  std::set<std::uint64_t> out;
  for (const Heard& h : at_node(world, id).heard) out.insert(h.n);
  return out;
}

std::set<std::uint64_t> all_but(std::uint64_t from, std::uint64_t to) {
  std::set<std::uint64_t> out;
  for (std::uint64_t n = 1; n <= 20; ++n) {
    if (n < from || n > to) out.insert(n);
  }
  return out;
}

World with_fault(const Fault& f, Duration from, Duration to) {
  World world = world_of(ticking());
  world.schedule_end(at(to), world.schedule(at(from), f));
  run_until(world, 1_s);
  return world;
}

/// Writes down what happens to it, in order. Its alarms go off at 3 and 6 ms.
struct Diary {
  std::vector<std::string> lines;
  SIM_DESCRIBE(Diary, lines)

  using Inbox = Accepts<Word, Alarm>;
  void start(Ctx& ctx) {
    for (const std::uint64_t ms : {3U, 6U}) ctx.set_timer(Alarm{ms}, 1_ms * static_cast<std::int64_t>(ms));
  }
  void on(Ctx&, NodeId, const Word&) { lines.emplace_back("message"); }
  void on(Ctx&, const Alarm& alarm) { lines.push_back("timer " + std::to_string(alarm.name)); }
};

/// Leads whoever has heard the most words.
std::string_view role_by_words(const AnyNode& node) {
  const Actor* a = node.as<Actor>();
  return a != nullptr && a->heard.size() >= 3 ? "full" : "hungry";
}

}  // namespace

TEST_CASE("a crash loses memory and timers, and a restart begins with a fresh value", "[faults]") {
  World world = world_of({actor({{1_ms, {set(7, 100_ms)}}}), actor({{2_ms, {send(kA, 5)}}})});
  world.schedule_end(at(50_ms), world.schedule(at(10_ms), fault(FaultKind::crash, {kA})));
  run_until(world, 20_ms);
  CHECK_FALSE(world.up(kA));
  CHECK(at_node(world, kA).heard.size() == 1);  // what it was when it crashed is still to be looked at
  run_until(world, 50_ms);
  CHECK(world.up(kA));
  CHECK(at_node(world, kA).heard.empty());
  run_until(world, 1_s);
  REQUIRE(at_node(world, kA).fired.size() == 1);
  CHECK(at_node(world, kA).fired[0].at == at(151_ms));  // the timer of the second life alone
}

TEST_CASE("messages to a node that is down are dropped and counted", "[faults]") {
  const World world = with_fault(fault(FaultKind::crash, {kB}), 55_ms, 105_ms);
  CHECK(heard_by(world, kB) == std::set<std::uint64_t>{11, 12, 13, 14, 15, 16, 17, 18, 19, 20});  // the first five were memory
  CHECK(heard_by(world, kC) == all_but(0, 0));
  CHECK(world.counters().to_down == 5);
}

TEST_CASE("a message to oneself dies with the incarnation that sent it", "[faults]") {
  Actor a = actor({{1_ms, {save(1), send(kA, 5)}}});
  a.mute_after_crash = false;
  World world = world_of({a}, {.fsync = 10_ms});
  // The sync ends at 11 ms and delivers at once; a crash and a restart before that leave nobody to deliver to.
  world.schedule_end(at(10'999_us), world.schedule(at(10'998_us), fault(FaultKind::crash, {kA})));
  run_until(world, 11'500_us);
  CHECK(at_node(world, kA).heard.empty());
  CHECK(world.counters().to_down == 0);
}

TEST_CASE("a node that restarts hears nothing before it has started", "[faults]") {
  // b's word arrives in the very instant of the restart, and was scheduled before it.
  World world = world_of({actor({}), actor({{19_ms, {send(kA, 5)}}})});
  world.schedule_end(at(20_ms), world.schedule(at(10_ms), fault(FaultKind::crash, {kA})));
  Keeper keeper;
  world.watch(&keeper);
  run_until(world, 1_s);
  bool started = false;
  for (const Seen& s : keeper.seen) {
    if (s.at < at(20_ms) || s.node != kA) continue;
    if (s.kind == RecordKind::start) started = true;
    if (s.kind == RecordKind::deliver) CHECK(started);
  }
  CHECK(started);
}

TEST_CASE("two crashes of one node are one", "[faults]") {
  World world = world_of(ticking());
  world.schedule_end(at(60_ms), world.schedule(at(10_ms), fault(FaultKind::crash, {kB})));
  const std::uint32_t second = world.schedule(at(20_ms), fault(FaultKind::crash, {kB}));
  world.schedule_end(at(30_ms), second);
  run_until(world, 40_ms);
  CHECK(world.fault_hit(second).empty());
  CHECK_FALSE(world.up(kB));  // the end of the second undoes nothing, for it did nothing
  run_until(world, 70_ms);
  CHECK(world.up(kB));
}

TEST_CASE("a pause holds what arrives, and going on delivers it in order", "[faults]") {
  World world = world_of(ticking());
  world.schedule_end(at(105_ms), world.schedule(at(55_ms), fault(FaultKind::pause, {kB})));
  run_until(world, 100_ms);
  CHECK(world.paused(kB));
  CHECK(world.up(kB));
  CHECK(heard_by(world, kB) == std::set<std::uint64_t>{1, 2, 3, 4, 5});
  run_until(world, 1_s);
  std::uint64_t last = 0;
  for (const Heard& h : at_node(world, kB).heard) {
    REQUIRE(h.n == last + 1);
    last = h.n;
    if (h.n >= 6 && h.n <= 10) CHECK(h.at == at(105_ms));
  }
  CHECK(last == 20);
}

TEST_CASE("timers and syncs of a paused node wait as well", "[faults]") {
  World world = world_of({actor({{1_ms, {set(7, 5_ms), save(1), send(kB, 1)}}}), actor({})}, {.fsync = 10_ms});
  world.schedule_end(at(40_ms), world.schedule(at(3_ms), fault(FaultKind::pause, {kA})));
  run_until(world, 1_s);
  CHECK(at_node(world, kA).fired == std::vector<Heard>{{at(40_ms), kA, 7}});
  CHECK(at_node(world, kB).heard == std::vector<Heard>{{at(41_ms), kA, 1}});
}

TEST_CASE("where a pause says so, overdue timers fire before what arrived is read, each kind in its order", "[faults]") {
  for (const bool timers_first : {false, true}) {
    World world(1);
    const NodeId id = world.add(NodeBox(Diary{}), NodeOptions{"diary", "a"});
    world.add(NodeBox(actor({{1_ms, {send(id, 1)}}, {4_ms, {send(id, 2)}}})), NodeOptions{"other", "b"});
    world.start({.latency = Latency::fixed(1_ms)});
    Fault pause = fault(FaultKind::pause, {id});
    pause.timers_first = timers_first;
    world.schedule_end(at(40_ms), world.schedule(at(1_ms), pause));
    run_until(world, 1_s);
    const std::vector<std::string> in_order{"message", "timer 3", "message", "timer 6"};
    const std::vector<std::string> timers{"timer 3", "timer 6", "message", "message"};
    CHECK(world.node_as<Diary>(id)->lines == (timers_first ? timers : in_order));
  }
}

TEST_CASE("a crash of a paused node forgets what waited", "[faults]") {
  World world = world_of(ticking());
  world.schedule_end(at(150_ms), world.schedule(at(15_ms), fault(FaultKind::pause, {kB})));
  world.schedule_end(at(65_ms), world.schedule(at(55_ms), fault(FaultKind::crash, {kB})));
  run_until(world, 1_s);
  CHECK_FALSE(world.paused(kB));
  CHECK(heard_by(world, kB) == std::set<std::uint64_t>{7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20});
}

TEST_CASE("a partition cuts its target off from all others of the system, and heals when it ends", "[faults]") {
  const World world = with_fault(fault(FaultKind::partition, {kB}), 55_ms, 105_ms);
  CHECK(heard_by(world, kB) == all_but(6, 10));
  CHECK(heard_by(world, kC) == all_but(0, 0));
  CHECK(world.counters().cut == 5);
  CHECK(world.counters().sent == world.counters().delivered + world.counters().cut);
}

TEST_CASE("a partition between two sides leaves other links alone", "[faults]") {
  Fault f = fault(FaultKind::partition, {kC});
  f.others.nodes = {kA};
  const World world = with_fault(f, 55_ms, 105_ms);
  CHECK(heard_by(world, kB) == all_but(0, 0));
  CHECK(heard_by(world, kC) == all_but(6, 10));
}

TEST_CASE("a one-way partition stops only messages from its target", "[faults]") {
  Fault from_b = fault(FaultKind::partition, {kB});
  from_b.both_ways = false;
  CHECK(heard_by(with_fault(from_b, 55_ms, 105_ms), kB) == all_but(0, 0));
  Fault from_a = fault(FaultKind::partition, {kA});
  from_a.both_ways = false;
  CHECK(heard_by(with_fault(from_a, 55_ms, 105_ms), kB) == all_but(6, 10));
}

TEST_CASE("heal ends every partition and every link fault, and their own ends then do nothing", "[faults]") {
  World world = world_of(ticking());
  world.schedule_end(at(150_ms), world.schedule(at(15_ms), fault(FaultKind::partition, {kB})));
  Fault slow = fault(FaultKind::link, {kC});
  slow.delay = 500_ms;
  world.schedule_end(at(160_ms), world.schedule(at(15_ms), slow));
  world.schedule(at(55_ms), fault(FaultKind::heal, {}));
  run_until(world, 250_ms);
  CHECK(heard_by(world, kB) == all_but(2, 5));
  CHECK(heard_by(world, kC) == all_but(2, 5));
  run_until(world, 1_s);
  CHECK(heard_by(world, kC) == all_but(0, 0));  // delayed, not lost
}

TEST_CASE("overlapping partitions of one node end one by one", "[faults]") {
  World world = world_of(ticking());
  world.schedule_end(at(75_ms), world.schedule(at(35_ms), fault(FaultKind::partition, {kB})));
  world.schedule_end(at(105_ms), world.schedule(at(55_ms), fault(FaultKind::partition, {kB})));
  run_until(world, 1_s);
  CHECK(heard_by(world, kB) == all_but(4, 10));
}

TEST_CASE("a link fault of all loss loses, and is counted as loss and not as a cut", "[faults]") {
  Fault f = fault(FaultKind::link, {kB});
  f.loss = Ratio::one();
  const World world = with_fault(f, 55_ms, 105_ms);
  CHECK(heard_by(world, kB) == all_but(6, 10));
  CHECK(world.counters().lost == 5);
  CHECK(world.counters().cut == 0);
}

TEST_CASE("a role is resolved when the fault begins, and the end mends those that were hit", "[faults]") {
  World world = world_of(ticking(), {.role = &role_by_words});
  Fault f;
  f.kind = FaultKind::crash;
  f.target.system = "actors";
  f.target.role = "full";
  const std::uint32_t early = world.schedule(at(15_ms), f);
  const std::uint32_t late = world.schedule(at(55_ms), f);
  world.schedule_end(at(105_ms), late);
  run_until(world, 100_ms);
  CHECK(world.fault_hit(early).empty());
  const auto hit = world.fault_hit(late);
  CHECK(std::vector<NodeId>(hit.begin(), hit.end()) == std::vector<NodeId>{kB, kC});
  CHECK_FALSE(world.up(kB));
  run_until(world, 106_ms);
  CHECK(world.up(kB));
  CHECK(world.up(kC));
}

TEST_CASE("restart and resume mend what is broken and leave the rest alone", "[faults]") {
  World world = world_of(ticking());
  world.schedule(at(15_ms), fault(FaultKind::crash, {kB}));
  world.schedule(at(15_ms), fault(FaultKind::pause, {kC}));
  const std::uint32_t restart = world.schedule(at(55_ms), fault(FaultKind::restart, {kA, kB, kC}));
  const std::uint32_t resume = world.schedule(at(55_ms), fault(FaultKind::resume, {kA, kB, kC}));
  run_until(world, 1_s);
  CHECK(world.fault_hit(restart).size() == 1);
  CHECK(world.fault_hit(resume).size() == 1);
  CHECK(heard_by(world, kB) == all_but(1, 5));
  CHECK(heard_by(world, kC) == all_but(0, 0));
}

TEST_CASE("a fault that hits nobody is an event and nothing else", "[faults]") {
  World world = world_of(ticking());
  world.schedule_end(at(20_ms), world.schedule(at(15_ms), fault(FaultKind::partition, {})));
  run_until(world, 1_s);
  CHECK(heard_by(world, kB) == all_but(0, 0));
  CHECK_FALSE(world.network().disturbed());
}
