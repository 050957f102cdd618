// The engine's speed: nanoseconds of processor time an event, beside a hand-written loop of the same workload in the same
// run. Messages are typed and described, links have latencies and faults to check, the trace digest is on; claims are off
// for the bare workloads and on where it says so.
#include <map>

#include "floor.hpp"
#include "measure.hpp"
#include "protocols/catalog.hpp"
#include "sim/engine/world.hpp"
#include "sim/scenario/json.hpp"
#include "sim/scenario/run.hpp"

namespace bench {
namespace {

using namespace sim::literals;
using sim::Accepts;
using sim::Ctx;
using sim::Latency;
using sim::NodeId;

constexpr std::int64_t kMs = 1'000'000;

// ---- the workloads as nodes ------------------------------------------------------------------------------------------

struct Ping {
  std::uint64_t hops = 0;
  std::uint64_t got = 0;
  SIM_DESCRIBE(Ping, hops, got)
};

struct PingPong {
  std::uint64_t got = 0;
  SIM_DESCRIBE(PingPong, got)
  using Inbox = Accepts<Ping>;
  void start(Ctx& ctx) {
    if (ctx.self() == NodeId{0}) ctx.send(NodeId{1}, Ping{});
  }
  void on(Ctx& ctx, NodeId from, const Ping& ping) { ctx.send(from, Ping{ping.hops + 1, ++got}); }
};

struct Phold {
  std::uint32_t population = 1;
  std::uint64_t got = 0;
  SIM_DESCRIBE(Phold, population, got)
  using Inbox = Accepts<Ping>;
  void start(Ctx& ctx) {
    for (std::uint32_t i = 0; i < population; ++i) forward(ctx, 0);
  }
  void on(Ctx& ctx, NodeId, const Ping& ping) { forward(ctx, ping.hops + 1); }
  void forward(Ctx& ctx, std::uint64_t hops) {
    // Any node but myself: a message to oneself crosses no network here.
    auto to = static_cast<std::uint32_t>(ctx.choose("to", ctx.peers().size() - 1));
    if (to >= index(ctx.self())) ++to;
    ctx.send(NodeId{to}, Ping{hops, ++got});
  }
};

struct Append {
  std::uint64_t term = 0;
  std::uint64_t index = 0;
  std::uint64_t previous_term = 0;
  std::uint64_t commit = 0;
  SIM_DESCRIBE(Append, term, index, previous_term, commit)
};
struct ElectionTimeout {
  SIM_DESCRIBE(ElectionTimeout)
};

struct Timers {
  std::uint64_t term = 0;
  std::uint64_t got = 0;
  SIM_DESCRIBE(Timers, term, got)
  using Inbox = Accepts<Append, ElectionTimeout>;
  void start(Ctx& ctx) {
    arm(ctx);
    forward(ctx, 0);
  }
  void on(Ctx& ctx, NodeId, const Append& append) {
    term = std::max(term, append.term);
    ++got;
    forward(ctx, append.commit + 1);
    arm(ctx);
  }
  void on(Ctx& ctx, const ElectionTimeout&) {
    ++term;
    arm(ctx);
  }
  void arm(Ctx& ctx) { ctx.set_timer(ElectionTimeout{}, ctx.jitter(150_ms, 300_ms)); }
  void forward(Ctx& ctx, std::uint64_t commit) {
    auto to = static_cast<std::uint32_t>(ctx.choose("to", ctx.peers().size() - 1));
    if (to >= index(ctx.self())) ++to;
    ctx.send(NodeId{to}, Append{term, got, term, commit});
  }
};

template <class N>
double world_ns(std::uint32_t nodes, const N& node, const Latency& latency, std::uint64_t events) {
  sim::World world(1);
  for (std::uint32_t i = 0; i < nodes; ++i) world.add(sim::NodeBox(node), {.system = "bench", .name = "n"});
  world.start({.latency = latency});
  for (std::uint64_t i = 0; i < events / 4; ++i) world.step();
  const double begun = cpu_seconds();
  for (std::uint64_t i = 0; i < events; ++i) world.step();
  return (cpu_seconds() - begun) * 1e9 / static_cast<double>(events);
}

// ---- the same by hand ------------------------------------------------------------------------------------------------

struct FloorPingPong final : Floor::Node {
  void on(Floor& floor, std::uint32_t self, std::uint32_t from, const Floor::Message& m) override {
    floor.send(self, from, kMs, {m.a + 1, ++got});
  }
};
struct FloorPhold final : Floor::Node {
  std::int64_t mean = kMs;
  bool timer = false;
  void on(Floor& floor, std::uint32_t self, std::uint32_t, const Floor::Message& m) override {
    auto to = static_cast<std::uint32_t>(floor.rng.below(floor.nodes.size() - 1));
    if (to >= self) ++to;
    floor.send(self, to, static_cast<std::uint64_t>(sim::exponential(floor.rng, {mean}).ns), {m.a + 1, ++got});
    if (timer) arm(floor, self);
  }
  void on_timer(Floor& floor, std::uint32_t self) override { arm(floor, self); }
  static void arm(Floor& floor, std::uint32_t self) { floor.arm(self, 150 * kMs + floor.rng.below(150 * kMs)); }
};

double time_floor(Floor& floor, std::uint64_t events) {
  floor.run(events / 4);
  const double begun = cpu_seconds();
  floor.run(events);
  return (cpu_seconds() - begun) * 1e9 / static_cast<double>(events);
}

double floor_pingpong(std::uint64_t events) {
  Floor floor;
  for (int i = 0; i < 2; ++i) floor.nodes.push_back(std::make_unique<FloorPingPong>());
  floor.send(0, 1, kMs, {});
  return time_floor(floor, events);
}

double floor_phold(std::uint32_t nodes, std::uint32_t population, bool timers, std::uint64_t events) {
  Floor floor;
  for (std::uint32_t i = 0; i < nodes; ++i) {
    auto node = std::make_unique<FloorPhold>();
    node->timer = timers;
    node->mean = timers ? 50 * kMs : kMs;
    floor.nodes.push_back(std::move(node));
  }
  for (std::uint32_t i = 0; i < nodes; ++i) {
    for (std::uint32_t k = 0; k < population; ++k) floor.nodes[i]->on(floor, i, i, {});
  }
  return time_floor(floor, events);
}

// ---- Raft ------------------------------------------------------------------------------------------------------------

std::string raft_scenario(int clients) {
  return fmt::format(R"({{"name":"raft5","systems":[{{"name":"store","protocol":"raft","nodes":5,"fsync":"0s",
    "config":{{"election_timeout_min":"1s","election_timeout_max":"2s","heartbeat_interval":"100ms"}}}}],
    "network":{{"latency":{{"uniform":["1ms","1.1ms"]}}}},"clients":[{{"count":{},"workload":"kv","reads":0}}],"duration":"1h","quiet":"0s"}})",
                     clients);
}

double raft_ns(const sim::Registry& registry, int clients, bool claims, std::uint64_t events) {
  const auto document = sim::parse_json(raft_scenario(clients));
  const sim::Loaded loaded = sim::load_scenario(*document, registry);
  sim::Run run(*loaded.scenario, 1, {.claims = claims, .history = false});
  for (std::uint64_t i = 0; i < events / 4; ++i) run.step();
  const double begun = cpu_seconds();
  for (std::uint64_t i = 0; i < events; ++i) run.step();
  return (cpu_seconds() - begun) * 1e9 / static_cast<double>(events);
}

// ---- the table -------------------------------------------------------------------------------------------------------

struct Row {
  std::string name;
  double ns = 0;
  double floor = 0;  // 0: there is none
  double reach = 0;
};

void print_rows(const std::vector<Row>& rows, bool json) {
  if (json) {
    for (const Row& r : rows)
      fmt::print("{{\"workload\":\"{}\",\"ns_per_event\":{:.1f},\"floor_ns\":{:.1f},\"reach_ns\":{:.0f}}}\n", r.name, r.ns, r.floor,
                 r.reach);
    return;
  }
  fmt::print("{:<24}{:>10}{:>10}{:>8}{:>10}{:>14}\n", "workload", "ns/event", "floor", "ratio", "to reach", "events/s");
  for (const Row& r : rows) {
    fmt::print("{:<24}{:>10.1f}{:>10}{:>8}{:>10.0f}{:>14.0f}\n", r.name, r.ns, r.floor > 0 ? fmt::format("{:.1f}", r.floor) : "-",
               r.floor > 0 ? fmt::format("{:.2f}", r.ns / r.floor) : "-", r.reach, 1e9 / r.ns);
  }
}

/// A world of the demo's scenario, mid-run: the time to copy it, and its memory.
void print_copy(const sim::Registry& registry, bool smoke) {
  const auto document = sim::parse_json(raft_scenario(16));
  const sim::Loaded loaded = sim::load_scenario(*document, registry);
  const long before = peak_kib();
  sim::World world = sim::Run(*loaded.scenario, 1, {.claims = false, .history = false}).world();
  for (int i = 0; i < (smoke ? 2'000 : 100'000); ++i) world.step();
  const long grown = peak_kib() - before;
  const int copies = smoke ? 10 : 2'000;
  std::uint64_t kept = 0;
  const double begun = cpu_seconds();
  for (int i = 0; i < copies; ++i) {
    const sim::World copy = world;
    kept += copy.pending();
  }
  const double us = (cpu_seconds() - begun) * 1e6 / copies;
  fmt::print(
      "copy of a 5-node Raft world after {} events: {:.1f} us (to reach: 50); memory grown by {} KiB (to reach: 2048); {} "
      "pending\n",
      smoke ? 2'000 : 100'000, us, grown, kept / static_cast<std::uint64_t>(copies));
}

int bench_main(const Options& options) {
  sim::Registry registry;
  protocols::add_all(registry);
  const std::uint64_t n = options.smoke ? 20'000 : 2'000'000;
  const Latency exponential{sim::LatencyKind::exponential, {}, 1_ms, {}};
  const Latency slow{sim::LatencyKind::exponential, {}, 50_ms, {}};
  const auto row = [&](std::string name, double reach, auto&& ours, auto&& floor) {
    // Interleaved, so that a noisy neighbour hits both.
    std::vector<double> a;
    std::vector<double> b;
    for (int i = 0; i < options.runs; ++i) {
      a.push_back(ours());
      b.push_back(floor());
    }
    return Row{std::move(name), median(options.runs, [&, i = 0]() mutable { return a[static_cast<std::size_t>(i++)]; }),
               median(options.runs, [&, i = 0]() mutable { return b[static_cast<std::size_t>(i++)]; }), reach};
  };
  std::vector<Row> rows;
  if (!options.smoke) print_copy(registry, false);
  rows.push_back(row(
      "pingpong", 100, [&] { return world_ns(2, PingPong{}, Latency::fixed(1_ms), n); }, [&] { return floor_pingpong(n); }));
  struct Size {
    std::uint32_t nodes;
    std::uint32_t population;
    double reach;
  };
  for (const Size size : {Size{64, 1, 180}, Size{1024, 1, 220}, Size{1024, 16, 350}, Size{65536, 1, 650}, Size{65536, 16, 900}}) {
    if (options.smoke && size.nodes > 1024) continue;
    rows.push_back(row(
        fmt::format("phold {}x{}", size.nodes, size.population), size.reach,
        [&] { return world_ns(size.nodes, Phold{size.population}, exponential, n); },
        [&] { return floor_phold(size.nodes, size.population, false, n); }));
  }
  rows.push_back(row(
      "timers", 350, [&] { return world_ns(1024, Timers{}, slow, n); }, [&] { return floor_phold(1024, 1, true, n); }));
  for (const int clients : {1, 16}) {
    const auto none = [] { return 0.0; };
    rows.push_back(row(
        fmt::format("raft5, {} clients", clients), 500, [&] { return raft_ns(registry, clients, false, n / 4); }, none));
    rows.push_back(row(
        fmt::format("raft5, {} clients, claims", clients), 1000, [&] { return raft_ns(registry, clients, true, n / 4); }, none));
  }
  print_rows(rows, options.json);
  return 0;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) { return bench::bench_main(bench::options(argc, argv)); }
