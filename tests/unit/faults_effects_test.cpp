// What each kind of fault does, to the message and the millisecond.
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "sim/fault/plan.hpp"
#include "tests/unit/world_support.hpp"

namespace {

using namespace world_test;  // NOLINT(google-build-using-namespace)

/// a sends a number to b and c every 10 ms, the first at 10 ms.
std::vector<Actor> ticking() {
  std::vector<Order> orders;
  for (std::uint64_t n = 1; n <= 20; ++n) orders.push_back({10_ms * static_cast<std::int64_t>(n), {send(kB, n), send(kC, n)}});
  return {actor(orders), actor({}), actor({})};
}

World with_fault(World world, const Fault& f, Duration from, Duration to) {
  world.schedule_end(at(to), world.schedule(at(from), f));
  run_until(world, 1_s);
  return world;
}

std::vector<std::uint64_t> heard_by(const World& world, NodeId id) {
  std::vector<std::uint64_t> out;
  for (const Heard& h : at_node(world, id).heard) out.push_back(h.n);
  return out;
}

std::vector<std::uint64_t> numbers(std::uint64_t from, std::uint64_t to) {
  std::vector<std::uint64_t> out;
  for (std::uint64_t n = from; n <= to; ++n) out.push_back(n);
  return out;
}

Fault disk_fault(DiskEffect effect, NodeId node) {
  Fault f = fault(FaultKind::disk, {node});
  f.effect = effect;
  return f;
}

}  // namespace

TEST_CASE("a clog holds what is sent and lets it go, in order, when it ends", "[faults]") {
  const World world = with_fault(world_of(ticking()), fault(FaultKind::clog, {kB}), 55_ms, 105_ms);
  CHECK(heard_by(world, kB) == numbers(1, 20));
  CHECK(world.counters().clogged == 5);
  CHECK(world.counters().lost + world.counters().cut == 0);
  for (const Heard& h : at_node(world, kB).heard) {
    const bool held = h.n >= 6 && h.n <= 10;
    CHECK(h.at == (held ? at(106_ms) : at(10_ms * static_cast<std::int64_t>(h.n) + 1_ms)));
  }
  for (const Heard& h : at_node(world, kC).heard) CHECK(h.at == at(10_ms * static_cast<std::int64_t>(h.n) + 1_ms));
}

TEST_CASE("a clog of one direction lets the other through, and a heal releases it", "[faults]") {
  Fault one_way = fault(FaultKind::clog, {kB});  // from b to the others
  one_way.both_ways = false;
  CHECK(with_fault(world_of(ticking()), one_way, 5_ms, 300_ms).counters().clogged == 0);
  World world = world_of(ticking());
  world.schedule(at(55_ms), fault(FaultKind::clog, {kB}));
  world.schedule(at(75_ms), fault(FaultKind::heal, {}));
  run_until(world, 1_s);
  CHECK(heard_by(world, kB) == numbers(1, 20));
  CHECK(world.counters().clogged == 2);
}

TEST_CASE("a slow node takes its events one by one, in the order of their arrival", "[faults]") {
  Fault slow = fault(FaultKind::slow, {kB});
  slow.delay = 25_ms;
  const World world = with_fault(world_of(ticking()), slow, 5_ms, 500_ms);
  CHECK(heard_by(world, kB) == numbers(1, 20));
  for (std::size_t i = 0; i < 20; ++i) CHECK(at_node(world, kB).heard[i].at == at(11_ms + 25_ms * static_cast<std::int64_t>(i)));
  CHECK(at_node(world, kC).heard.back().at == at(201_ms));
}

TEST_CASE("when a slow node is fast again its line empties at once", "[faults]") {
  Fault slow = fault(FaultKind::slow, {kB});
  slow.delay = 100_ms;
  const World world = with_fault(world_of(ticking()), slow, 5_ms, 150_ms);
  CHECK(heard_by(world, kB) == numbers(1, 20));
  CHECK(at_node(world, kB).heard[1].at == at(111_ms));
  CHECK(at_node(world, kB).heard[2].at == at(211_ms));  // what it was busy with when the fault ended takes its time
  CHECK(at_node(world, kB).heard.back().at == at(211_ms));
}

TEST_CASE("a crash takes the line of a slow node with it", "[faults]") {
  World world = world_of(ticking());
  Fault slow = fault(FaultKind::slow, {kB});
  slow.delay = 50_ms;
  world.schedule(at(5_ms), slow);
  world.schedule_end(at(206_ms), world.schedule(at(100_ms), fault(FaultKind::crash, {kB})));
  run_until(world, 2_s);
  CHECK(at_node(world, kB).heard.empty());
  CHECK(world.up(kB));
}

TEST_CASE("loss in bursts loses whole stretches of time, in about its share of them", "[faults]") {
  std::vector<Order> orders;
  for (std::uint64_t n = 0; n < 4000; ++n) orders.push_back({1_ms * static_cast<std::int64_t>(n + 1), {send(kB, n)}});
  Fault bursts = fault(FaultKind::link, {kB});
  bursts.loss = Ratio::percent(25);
  bursts.burst = 20_ms;
  World world = world_of({actor(orders), actor({})});
  world.schedule(at(0_ms), bursts);
  run_until(world, 5_s);
  std::vector<bool> heard(4000);
  for (const Heard& h : at_node(world, kB).heard) heard[h.n] = true;
  std::size_t changes = 0;
  for (std::size_t i = 1; i < heard.size(); ++i) {
    if (heard[i] == heard[i - 1]) continue;
    ++changes;
    CHECK((i + 1) % 20 == 0);  // only where one stretch ends
  }
  CHECK(changes > 20);
  CHECK(world.counters().lost > 600);
  CHECK(world.counters().lost < 1400);
}

TEST_CASE("jitter makes messages overtake each other, and delays none beyond its bound", "[faults]") {
  Fault jitter = fault(FaultKind::link, {kB});
  jitter.jitter = 50_ms;
  const World world = with_fault(world_of(ticking()), jitter, 5_ms, 500_ms);
  const auto heard = heard_by(world, kB);
  CHECK(heard.size() == 20);
  CHECK(heard != numbers(1, 20));
  for (const Heard& h : at_node(world, kB).heard) {
    CHECK(h.at >= at(10_ms * static_cast<std::int64_t>(h.n) + 1_ms));
    CHECK(h.at <= at(10_ms * static_cast<std::int64_t>(h.n) + 51_ms));
  }
}

TEST_CASE("a narrow link queues messages, and only while it is narrow", "[faults]") {
  Fault narrow = fault(FaultKind::link, {kB});
  narrow.bandwidth = 100;  // a message of 7 bytes, {"n":6}, takes 70 ms
  const World world = with_fault(world_of(ticking()), narrow, 55_ms, 75_ms);
  const auto& heard = at_node(world, kB).heard;
  REQUIRE(heard.size() == 20);
  std::set<std::uint64_t> late;
  for (const Heard& h : heard) {
    if (h.at != at(10_ms * static_cast<std::int64_t>(h.n) + 1_ms)) late.insert(h.n);
  }
  CHECK(late == std::set<std::uint64_t>{6, 7});
  for (const Heard& h : heard) {
    if (h.n == 6) CHECK(h.at == at(131_ms));
    if (h.n == 7) CHECK(h.at == at(201_ms));
  }
}

namespace {

/// A message with a text.
struct Letter {
  std::string text;
  SIM_DESCRIBE(Letter, text)
};
struct Writer {
  std::vector<std::string> got;
  SIM_DESCRIBE(Writer, got)
  using Inbox = Accepts<Letter>;
  void start(Ctx& ctx) {
    if (ctx.self() == kA) ctx.broadcast(Letter{"dear all"});
  }
  void on(Ctx&, NodeId, const Letter& letter) { got.push_back(letter.text); }
};

World letters(bool checksums) {
  World world(3);
  for (const char* name : {"a", "b"}) world.add(NodeBox(Writer{}), {.system = "writers", .name = name});
  Link link = fixed_link(1_ms);
  link.corrupt = Ratio::one();
  world.start(link);
  world.set_checksums(checksums);
  run_until(world, 1_s);
  return world;
}

}  // namespace

TEST_CASE("a corrupt message is thrown away where checksums are on, else it arrives with one bit flipped", "[faults]") {
  CHECK(letters(true).node_as<Writer>(kB)->got.empty());
  CHECK(letters(true).counters().corrupt == 1);
  const World world = letters(false);
  REQUIRE(world.node_as<Writer>(kB)->got.size() == 1);
  const std::string& got = world.node_as<Writer>(kB)->got[0];
  const std::string sent = "dear all";
  REQUIRE(got.size() == sent.size());
  int flipped = 0;
  for (std::size_t i = 0; i < got.size(); ++i)
    flipped += std::popcount(static_cast<unsigned>(static_cast<unsigned char>(got[i]) ^ static_cast<unsigned char>(sent[i])));
  CHECK(flipped == 1);
}

// ---- shapes ---------------------------------------------------------------------------------------------------------

TEST_CASE("in a ring each node talks with its neighbours only, which with itself are a majority", "[faults]") {
  std::vector<Actor> all;
  for (std::uint32_t i = 0; i < 5; ++i) {
    std::vector<Act> acts;
    for (std::uint32_t to = 0; to < 5; ++to) {
      if (to != i) acts.push_back(send(NodeId{to}, i));
    }
    all.push_back(actor({{10_ms, acts}}));
  }
  World world = world_of(all);
  Fault ring = fault(FaultKind::partition, {NodeId{2}, NodeId{0}, NodeId{4}, NodeId{1}, NodeId{3}});
  ring.ring = true;
  world.schedule(at(1_ms), ring);
  run_until(world, 1_s);
  const std::vector<std::set<std::uint64_t>> neighbours{{2, 4}, {4, 3}, {0, 3}, {1, 2}, {0, 1}};
  for (std::uint32_t i = 0; i < 5; ++i) {
    const auto heard = heard_by(world, NodeId{i});
    CHECK(std::set<std::uint64_t>(heard.begin(), heard.end()) == neighbours[i]);
  }
}

namespace {

PlannedFault planned(FaultKind kind, std::uint32_t nodes, Duration lasts) {
  PlannedFault out;
  out.fault.kind = kind;
  for (std::uint32_t i = 0; i < nodes; ++i) out.target.nodes.push_back(NodeId{i});
  out.at = at(1_s);
  out.lasts = Latency::fixed(lasts);
  return out;
}

Expansion expanded(FaultPlan plan, std::uint64_t seed = 1) {
  const std::vector<std::string> names{"a", "b", "c", "d", "e"};
  return expand(plan, seed, at(100_s), names);
}

}  // namespace

TEST_CASE("a bridge is two halves that see one node in common", "[faults]") {
  PlannedFault bridge = planned(FaultKind::partition, 5, 1_s);
  bridge.shape = Shape::bridge;
  std::set<NodeId> bridges;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const Expansion e = expanded({.faults = {bridge}}, seed);
    REQUIRE(e.occurrences.size() == 1);
    const Fault& f = e.occurrences[0].fault;
    CHECK(f.target.nodes.size() == 2);
    CHECK(f.others.nodes.size() == 2);
    std::set<NodeId> in(f.target.nodes.begin(), f.target.nodes.end());
    in.insert(f.others.nodes.begin(), f.others.nodes.end());
    REQUIRE(in.size() == 4);
    for (std::uint32_t i = 0; i < 5; ++i) {
      if (!in.contains(NodeId{i})) bridges.insert(NodeId{i});
    }
  }
  CHECK(bridges.size() == 5);
}

TEST_CASE("a rolling fault goes from node to node, a swizzle comes and goes in two random orders", "[faults]") {
  PlannedFault rolling = planned(FaultKind::crash, 3, 1_s);
  rolling.shape = Shape::rolling;
  rolling.step = 2_s;
  const Expansion r = expanded({.faults = {rolling}});
  REQUIRE(r.occurrences.size() == 3);
  for (std::uint32_t i = 0; i < 3; ++i) {
    CHECK(r.occurrences[i].fault.target.nodes == std::vector<NodeId>{NodeId{i}});
    CHECK(r.occurrences[i].at == at(1_s + 2_s * static_cast<std::int64_t>(i)));
    CHECK(r.occurrences[i].ends == r.occurrences[i].at + 1_s);
  }
  PlannedFault swizzle = planned(FaultKind::clog, 5, 3_s);
  swizzle.shape = Shape::swizzle;
  swizzle.step = 5_s;
  std::set<std::vector<NodeId>> orders;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    std::vector<NodeId> order;
    std::set<Time> ends;
    for (const Occurrence& o : expanded({.faults = {swizzle}}, seed).occurrences) {
      CHECK(o.at == at(1_s + 1_s * static_cast<std::int64_t>(order.size())));
      REQUIRE(o.ends);
      CHECK(*o.ends >= at(9_s));
      CHECK(*o.ends <= at(13_s));
      order.push_back(o.fault.target.nodes[0]);
      ends.insert(*o.ends);
    }
    CHECK(ends.size() == 5);
    orders.insert(order);
  }
  CHECK(orders.size() > 10);
}

TEST_CASE("a flapping fault is on and off, as long each", "[faults]") {
  PlannedFault flapping = planned(FaultKind::partition, 1, 1_s);
  flapping.flap = 300_ms;
  const Expansion e = expanded({.faults = {flapping}});
  REQUIRE(e.occurrences.size() == 2);
  CHECK(e.occurrences[0].at == at(1_s));
  CHECK(e.occurrences[0].ends == at(1300_ms));
  CHECK(e.occurrences[1].at == at(1600_ms));
  CHECK(e.occurrences[1].ends == at(1900_ms));
}

TEST_CASE("a nemesis mixes its faults by weight", "[faults]") {
  FaultPlan plan;
  plan.nemesis.every = 10_ms;
  plan.nemesis.mix = {planned(FaultKind::crash, 5, 1_ms), planned(FaultKind::pause, 5, 1_ms)};
  plan.nemesis.mix[0].weight = 3;
  std::size_t crashes = 0;
  const Expansion e = expanded(plan);
  for (const Occurrence& o : e.occurrences) crashes += o.fault.kind == FaultKind::crash ? 1 : 0;
  CHECK(e.occurrences.size() > 9'500);
  CHECK(e.occurrences.size() < 10'500);
  CHECK(crashes * 100 > e.occurrences.size() * 73);
  CHECK(crashes * 100 < e.occurrences.size() * 77);
}

TEST_CASE("a swarm leaves each family out in about half of the seeds, and says so", "[faults]") {
  FaultPlan plan;
  plan.swarm = true;
  plan.faults = {planned(FaultKind::crash, 5, 1_s), planned(FaultKind::clog, 5, 1_s)};
  int crashes = 0;
  int both = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const Expansion e = expanded(plan, seed);
    bool crash = false;
    for (const Occurrence& o : e.occurrences) crash = crash || o.fault.kind == FaultKind::crash;
    crashes += crash ? 1 : 0;
    both += e.occurrences.size() == 2 ? 1 : 0;
    REQUIRE(e.choices.size() == 1);
    CHECK((e.choices[0].find("not crash") == std::string::npos || !crash));
  }
  CHECK(crashes > 160);
  CHECK(crashes < 240);
  CHECK(both > 60);
  CHECK(both < 140);
}

// ---- processes ------------------------------------------------------------------------------------------------------

TEST_CASE("a crash with a wipe takes the disk, one without leaves what was synced", "[faults]") {
  for (const bool wipe : {false, true}) {
    World world = world_of({actor({{10_ms, {save(7)}}})});
    Fault crash = fault(FaultKind::crash, {kA});
    crash.wipe = wipe;
    world.schedule_end(at(200_ms), world.schedule(at(100_ms), crash));
    run_until(world, 205_ms);
    CHECK(at_node(world, kA).restored == (wipe ? 0 : 7));
  }
}

TEST_CASE("a crash in a save comes between the write and its sync, and nothing that waited for it is sent", "[faults]") {
  Fault crash = fault(FaultKind::crash, {kA});
  crash.in_save = true;
  for (const Duration fsync : {10_ms, 0_ms}) {
    CAPTURE(fsync.ns);
    World world = world_of({actor({{50_ms, {save(7), send(kB, 1)}}}), actor({})}, {.fsync = fsync});
    world.schedule_end(at(500_ms), world.schedule(at(20_ms), crash));
    run_until(world, 49_ms);
    CHECK(world.up(kA));
    run_until(world, 56_ms);
    CHECK_FALSE(world.up(kA));
    run_until(world, 501_ms);
    CHECK(world.up(kA));
    CHECK(at_node(world, kB).heard.empty());
  }
}

TEST_CASE("a crash in a save that ends while the save is under way does not come: nobody would restart the node", "[faults]") {
  Fault crash = fault(FaultKind::crash, {kA});
  crash.in_save = true;
  World world = world_of({actor({{50_ms, {save(7), send(kB, 1)}}}), actor({})}, {.fsync = 10_ms});
  world.schedule_end(at(50_ms) + 1_ns, world.schedule(at(20_ms), crash));
  run_until(world, 200_ms);
  CHECK(world.up(kA));
  CHECK(world.incarnation(kA) == 0);
  CHECK(at_node(world, kB).heard.size() == 1);
}

TEST_CASE("the end of one crash does not end another", "[faults]") {
  World world = world_of({actor({})});
  const auto first = world.schedule(at(10_ms), fault(FaultKind::crash, {kA}));
  world.schedule(at(20_ms), fault(FaultKind::restart, {kA}));
  const auto second = world.schedule(at(30_ms), fault(FaultKind::crash, {kA}));
  world.schedule_end(at(40_ms), first);
  world.schedule_end(at(50_ms), second);
  run_until(world, 45_ms);
  CHECK_FALSE(world.up(kA));
  run_until(world, 55_ms);
  CHECK(world.up(kA));
}

// ---- disks and clocks -----------------------------------------------------------------------------------------------

TEST_CASE("a slow disk delays what waits for it, a stalled one until it goes on", "[faults]") {
  const auto arrives = [](const Fault& f) {
    World world = with_fault(world_of({actor({{50_ms, {save(7), send(kB, 1)}}}), actor({})}, {.fsync = 2_ms}), f, 20_ms, 300_ms);
    REQUIRE(at_node(world, kB).heard.size() == 1);
    return at_node(world, kB).heard[0].at;
  };
  Fault slow = disk_fault(DiskEffect::slow, kA);
  slow.delay = 30_ms;
  CHECK(arrives(slow) == at(83_ms));
  CHECK(arrives(disk_fault(DiskEffect::stall, kA)) == at(301_ms));
  CHECK(arrives(disk_fault(DiskEffect::slow, kB)) == at(53_ms));
}

TEST_CASE("a node with a full disk stops when it writes, and comes back when there is room", "[faults]") {
  World world = world_of({actor({{50_ms, {save(7), send(kB, 1)}}}), actor({})}, {.fsync = 2_ms});
  world.schedule_end(at(300_ms), world.schedule(at(20_ms), disk_fault(DiskEffect::full, kA)));
  run_until(world, 49_ms);
  CHECK(world.up(kA));
  run_until(world, 299_ms);
  CHECK_FALSE(world.up(kA));
  run_until(world, 301_ms);
  CHECK(world.up(kA));
  CHECK(at_node(world, kB).heard.empty());
}

TEST_CASE("a disk that lies lets messages go and loses what they promised, until an honest sync", "[faults]") {
  std::set<std::uint64_t> kept;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    World world = world_of({actor({{50_ms, {save(7), send(kB, 1)}}}), actor({})}, {.fsync = 2_ms, .seed = seed});
    world.schedule_end(at(60_ms), world.schedule(at(20_ms), disk_fault(DiskEffect::lie, kA)));
    world.schedule_end(at(90_ms), world.schedule(at(80_ms), fault(FaultKind::crash, {kA})));
    run_until(world, 95_ms);
    CHECK(at_node(world, kB).heard.size() == 1);
    kept.insert(at_node(world, kA).restored);
  }
  CHECK(kept == std::set<std::uint64_t>{0, 7});
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    World world = world_of({actor({{50_ms, {save(7)}}, {70_ms, {append(1)}}}), actor({})}, {.fsync = 2_ms, .seed = seed});
    world.schedule_end(at(60_ms), world.schedule(at(20_ms), disk_fault(DiskEffect::lie, kA)));
    world.schedule_end(at(90_ms), world.schedule(at(80_ms), fault(FaultKind::crash, {kA})));
    run_until(world, 95_ms);
    CHECK(at_node(world, kA).restored == 7);  // the sync of 70 ms was honest for everything before it
  }
}

TEST_CASE("rot and lost sectors damage records of logs, which a protocol can find and mend", "[faults]") {
  PoolRef pool;
  for (const auto damage : {Disk::Damage::rot, Disk::Damage::sector, Disk::Damage::misdirected_write}) {
    Disk disk;
    auto log = disk.log<std::uint64_t>("log");
    for (std::uint64_t n = 1; n <= 10; ++n) log.append(n);
    disk.sync(disk.written());
    log.append(11);  // not durable yet: not at rest
    Rng rng(5, "test", 0);
    CHECK(disk.destroy(damage, rng, 1) == 1);
    const std::uint64_t first = log.first_damaged();
    CHECK(first >= 1);
    CHECK(first <= 10);
    CHECK(log.last() == 11);
    log.truncate(first);
    CHECK(log.first_damaged() == 0);
  }
  Disk disk;
  disk.log<std::uint64_t>("log").append(1);
  disk.sync(1);
  Rng rng(5, "test", 0);
  CHECK(disk.destroy(Disk::Damage::misdirected_read, rng, 1) == 0);  // a checksum tells, and it is read again
}

TEST_CASE("a file rots by one bit, ends before a lost sector, and misdirects a page", "[faults]") {
  const std::string text(3 * File::kPageBytes, 'x');
  Rng rng(9, "test", 0);
  Disk rotten;
  rotten.append("f", text);
  rotten.destroy(Disk::Damage::rot, rng, 1);
  const std::string seen = rotten.read("f", 0, text.size());
  int flipped = 0;
  for (std::size_t i = 0; i < text.size(); ++i)
    flipped += std::popcount(static_cast<unsigned>(static_cast<unsigned char>(seen[i]) ^ static_cast<unsigned char>('x')));
  CHECK(flipped == 1);

  Disk lost;
  lost.append("f", text);
  lost.destroy(Disk::Damage::sector, rng, 1);
  const std::size_t readable = lost.read("f", 0, text.size()).size();
  CHECK(readable < text.size());
  CHECK(readable % File::kSectorBytes == 0);
  lost.write("f", readable, std::string(File::kSectorBytes, 'y'));
  CHECK(lost.read("f", 0, text.size()).size() == text.size());

  Disk misdirected;
  misdirected.append("f", text);
  misdirected.destroy(Disk::Damage::misdirected_write, rng, 1);
  misdirected.write("f", File::kPageBytes, std::string(File::kPageBytes, 'z'));
  CHECK(misdirected.read("f", File::kPageBytes, 1) == "x");
  CHECK(misdirected.read("f", 0, 1) == "z");

  Disk misread;
  misread.append("f", std::string(File::kPageBytes, 'p') + std::string(File::kPageBytes, 'q'));
  misread.destroy(Disk::Damage::misdirected_read, rng, 1);
  const std::string pages = misread.read("f", 0, 1) + misread.read("f", File::kPageBytes, 1);
  CHECK((pages == "qq" || pages == "pp"));
}

TEST_CASE("a clock that begins to drift does not jump, and goes on from where it was", "[faults]") {
  World world = world_of(ticking());
  Fault drift = fault(FaultKind::clock, {kB});
  drift.drift_per_billion = 500'000'000;  // half as fast again
  world.schedule_end(at(115_ms), world.schedule(at(55_ms), drift));
  run_until(world, 1_s);
  const auto& heard = at_node(world, kB).heard;
  REQUIRE(heard.size() == 20);
  CHECK(heard[4].at == at(51_ms));
  CHECK(heard[5].at == at(61_ms + 3_ms));  // 6 ms into the drift
  CHECK(heard[10].at == at(111_ms + 28_ms));
  CHECK(heard[19].at == at(201_ms + 30_ms));  // what it gained stays
}

TEST_CASE("drifts of one clock add up, but it never stands still", "[faults]") {
  World world = world_of(ticking());
  Fault drift = fault(FaultKind::clock, {kB});
  drift.drift_per_billion = -500'000'000;
  for (int i = 0; i < 3; ++i) world.schedule_end(at(115_ms), world.schedule(at(55_ms), drift));
  run_until(world, 1_s);
  const auto& heard = at_node(world, kB).heard;
  REQUIRE(heard.size() == 20);
  CHECK(heard[5].at == at(55_ms + 600_us));  // a tenth of 6 ms
  CHECK(heard[19].at == at(201_ms - 54_ms));
}

// ---- the core -------------------------------------------------------------------------------------------------------

TEST_CASE("when faults stop a core is healed, and what ails the others stays", "[faults]") {
  World world = world_of(ticking());
  PlannedFault crash = planned(FaultKind::crash, 3, 1_s);
  crash.lasts = std::nullopt;
  crash.at = at(50_ms);
  FaultPlan plan;
  plan.faults = {crash};
  plan.cores = {{kA, kB, kC}};
  const Expansion e = expand(plan, 3, at(100_ms), world.directory().node_names);
  REQUIRE(e.core.size() == 2);
  schedule(world, e, at(100_ms));
  run_until(world, 300_ms);
  for (const NodeId id : {kA, kB, kC}) CHECK(world.up(id) == (std::find(e.core.begin(), e.core.end(), id) != e.core.end()));
}

TEST_CASE("within the core no disturbance touches a message", "[faults]") {
  World world = world_of(ticking());
  world.schedule(at(55_ms), fault(FaultKind::partition, {kA}));
  world.schedule(at(105_ms), fault(FaultKind::core, {kA, kB}));
  run_until(world, 1_s);
  auto expected = numbers(1, 5);
  for (const std::uint64_t n : numbers(11, 20)) expected.push_back(n);
  CHECK(heard_by(world, kB) == expected);
  CHECK(heard_by(world, kC) == numbers(1, 5));
}

// ---- what is left out -----------------------------------------------------------------------------------------------

TEST_CASE("omitted messages are lost and omitted timers do not fire, and nothing else changes", "[faults]") {
  World world = world_of(ticking());
  world.omit({{Omission::Kind::message, kA, 4}, {Omission::Kind::timer, kA, 9}});  // word 3 to b; the tenth order
  run_until(world, 1_s);
  auto expected = numbers(1, 20);
  std::erase(expected, 10U);
  CHECK(heard_by(world, kC) == expected);
  std::erase(expected, 3U);
  CHECK(heard_by(world, kB) == expected);
  CHECK(world.counters().omitted == 2);
}

TEST_CASE("rare paths fire only where a scenario says so, and at a place that is on", "[faults]") {
  Rng rng(1, "test", 0);
  int on = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    Rarities rarities(seed, Ratio::percent(25), Ratio::percent(50));
    for (int i = 0; i < 100; ++i) rarities.fires("place", rng);
    REQUIRE(rarities.sites().size() == 1);
    const Rarities::Site& site = rarities.sites()[0];
    CHECK(site.asked == 100);
    CHECK((site.on ? site.fired > 20 && site.fired < 80 : site.fired == 0));
    on += site.on ? 1 : 0;
  }
  CHECK(on > 65);
  CHECK(on < 135);
  CHECK_FALSE(Rarities().possible());
}
