// What the unit tests of the engine share: a node that does as it is told, a sink that keeps what it sees, short names.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sim/engine/world.hpp"
#include "tests/unit/catch.hpp"

namespace world_test {

using namespace sim;  // NOLINT(google-build-using-namespace)

/// A message.
struct Word {
  std::uint64_t n = 0;
  SIM_DESCRIBE(Word, n)
};
/// A timer of the test's choice.
struct Alarm {
  std::uint64_t name = 0;
  SIM_DESCRIBE(Alarm, name)
};
/// A timer: the order of that number is due.
struct Due {
  std::uint64_t order = 0;
  SIM_DESCRIBE(Due, order)
};
/// What an Actor saves.
struct Kept {
  std::uint64_t n = 0;
  SIM_DESCRIBE(Kept, n)
};

/// What an Actor can be told to do. `n` is the word, the alarm's name or what is saved.
enum class Do : std::uint8_t { send, send_at_once, save, append, set, cancel, note, mark, write, observe };
SIM_DESCRIBE_ENUM(Do, send, send_at_once, save, append, set, cancel, note, mark, write, observe)

struct Act {
  Do what{};
  std::uint64_t n = 0;
  NodeId to{};
  Duration after{};
  SIM_DESCRIBE(Act, what, n, to, after)
};

/// Several acts in one handler, so long after the start.
struct Order {
  Duration at{};
  std::vector<Act> acts;
  SIM_DESCRIBE(Order, at, acts)
};

struct Heard {
  Time at{};  ///< by the node's own clock
  NodeId from{};
  std::uint64_t n = 0;
  SIM_DESCRIBE(Heard, at, from, n)
};

/// Carries out its orders and remembers what happened to it.
struct Actor {
  std::vector<Order> orders;
  std::vector<Heard> heard;
  std::vector<Heard> fired;      ///< alarms, `n` the name
  std::uint64_t restored = 0;    ///< what was on the disk when it started
  std::uint64_t records = 0;     ///< records in the log when it started
  std::uint64_t lives = 0;       ///< starts that this memory knows of
  bool mute_after_crash = true;  ///< a second life carries out no orders
  SIM_DESCRIBE(Actor, orders, heard, fired, restored, records, lives, mute_after_crash)

  using Inbox = Accepts<Word, Alarm, Due>;
  void start(Ctx& ctx) {
    ++lives;
    restored = ctx.saved<Kept>().n;
    records = ctx.log<std::uint64_t>("log").last();
    if (restored + records > 0 && mute_after_crash) return;
    for (std::uint64_t i = 0; i < orders.size(); ++i) ctx.set_timer(Due{i}, orders[i].at);
  }
  void on(Ctx& ctx, NodeId from, const Word& word) { heard.push_back({ctx.now(), from, word.n}); }
  void on(Ctx& ctx, const Alarm& alarm) { fired.push_back({ctx.now(), ctx.self(), alarm.name}); }
  void on(Ctx& ctx, const Due& due) {
    for (const Act& act : orders[due.order].acts) carry_out(ctx, act);
  }
  static void carry_out(Ctx& ctx, const Act& act) {
    switch (act.what) {
      case Do::send: ctx.send(act.to, Word{act.n}); break;
      case Do::send_at_once: ctx.send_at_once(act.to, Word{act.n}); break;
      case Do::save: ctx.save(Kept{act.n}); break;
      case Do::append: ctx.log<std::uint64_t>("log").append(act.n); break;
      case Do::set: ctx.set_timer(Alarm{act.n}, act.after); break;
      case Do::cancel: ctx.cancel_timer(Alarm{act.n}); break;
      case Do::note: ctx.note("note " + std::to_string(act.n)); break;
      case Do::mark: ctx.mark("marked"); break;
      case Do::write: ctx.disk().append("wal", std::string(act.n, 'x')); break;
      case Do::observe: ctx.observe(Word{act.n}); break;
    }
  }
};

inline Act send(NodeId to, std::uint64_t n) { return {Do::send, n, to, {}}; }
inline Act send_at_once(NodeId to, std::uint64_t n) { return {Do::send_at_once, n, to, {}}; }
inline Act save(std::uint64_t n) { return {Do::save, n, {}, {}}; }
inline Act append(std::uint64_t n) { return {Do::append, n, {}, {}}; }
inline Act set(std::uint64_t name, Duration after) { return {Do::set, name, {}, after}; }
inline Act cancel(std::uint64_t name) { return {Do::cancel, name, {}, {}}; }

inline Actor actor(std::vector<Order> orders) {
  Actor out;
  out.orders = std::move(orders);
  return out;
}

/// A record, with copies of what it points to.
struct Seen {
  RecordKind kind{};
  std::uint64_t event = 0;
  std::uint64_t cause = 0;
  Time at{};
  NodeId node{};
  NodeId peer{};
  std::string type;
  std::string text;
};

class Keeper final : public Sink {
 public:
  void write(const Record& r) override {
    seen.push_back({r.kind, index(r.event), index(r.cause), r.at, r.node, r.peer,
                    r.what == nullptr ? std::string() : std::string(r.what->name()), std::string(r.text)});
  }
  std::size_t count(RecordKind kind) const {
    std::size_t n = 0;
    for (const Seen& s : seen) n += s.kind == kind ? 1 : 0;
    return n;
  }
  std::vector<Seen> seen;
};

constexpr NodeId kA{0};
constexpr NodeId kB{1};
constexpr NodeId kC{2};

inline Time at(Duration d) { return Time{} + d; }

inline Link fixed_link(Duration latency) {
  Link link;
  link.latency = Latency::fixed(latency);
  return link;
}

/// A world of actors of one system, named a, b, c, ..., on links of 1 ms and disks that are instant unless said otherwise.
struct WorldOptions {
  Duration latency = 1_ms;
  Duration fsync{};
  std::vector<Clock> clocks{};
  std::uint64_t seed = 1;
  std::string_view (*role)(const AnyNode&) = nullptr;
};

inline World world_of(const std::vector<Actor>& actors, const WorldOptions& options = {}) {
  World world(options.seed);
  for (std::size_t i = 0; i < actors.size(); ++i) {
    const std::string name(1, static_cast<char>('a' + i));
    world.add(NodeBox(actors[i]), {.system = "actors",
                                   .name = name,
                                   .fsync = Latency::fixed(options.fsync),
                                   .clock = i < options.clocks.size() ? options.clocks[i] : Clock{},
                                   .role = options.role});
  }
  world.start(fixed_link(options.latency));
  return world;
}

inline void run_until(World& world, Duration until) {
  while (world.step(at(until))) {
  }
}

inline const Actor& at_node(const World& world, NodeId id) {
  const Actor* found = world.node_as<Actor>(id);
  REQUIRE(found != nullptr);
  return *found;
}

inline Fault fault(FaultKind kind, std::vector<NodeId> nodes) {
  Fault f;
  f.kind = kind;
  f.target.nodes = std::move(nodes);
  return f;
}

}  // namespace world_test
