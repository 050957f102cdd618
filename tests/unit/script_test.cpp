// Scripts: sequential programs as nodes. They wait, call and receive; a copy goes on as the original does; with a durable
// journal they survive a crash at any event.
#include "sim/script/script.hpp"

#include "sim/engine/world.hpp"
#include "tests/unit/catch.hpp"

namespace {

using namespace sim;  // NOLINT(google-build-using-namespace)

constexpr NodeId kServer{0};
constexpr NodeId kCaller{1};

struct Sum {
  std::uint64_t total = 0;
  SIM_DESCRIBE(Sum, total)
};
struct Add {
  using Answer = Sum;
  std::uint64_t n = 0;
  SIM_DESCRIBE(Add, n)
};
struct Parcel {
  std::string text;
  SIM_DESCRIBE(Parcel, text)
};
struct Post {
  std::uint64_t n = 0;
  SIM_DESCRIBE(Post, n)
};

/// Adds up, once for each (caller, CallId); ignores the first `deaf` requests; posts a parcel whenever asked for 100.
struct Adder {
  std::uint64_t deaf = 0;
  std::uint64_t total = 0;
  std::uint64_t heard = 0;
  std::map<std::pair<std::uint32_t, CallId>, std::uint64_t> done;
  SIM_DESCRIBE(Adder, deaf, total, heard, done)
  using Inbox = Accepts<Call<Add>>;
  void start(Ctx&) {}
  void on(Ctx& ctx, NodeId from, const Call<Add>& call) {
    ++heard;
    if (deaf > 0) {
      --deaf;
      return;
    }
    const std::pair<std::uint32_t, CallId> key(index(from), call.id);
    if (!done.contains(key)) done[key] = total += call.body.n;
    if (call.body.n == 100) ctx.send(from, Parcel{"parcel " + std::to_string(total)});
    answer(ctx, from, call, Sum{done[key]});
  }
};

Adder deaf(std::uint64_t requests) {
  Adder out;
  out.deaf = requests;
  return out;
}

/// What a program shows: a list of what happened to it, and when.
struct Log {
  std::vector<std::pair<Time, std::string>> lines;
  SIM_DESCRIBE(Log, lines)
  void say(Proc p, std::string text) { lines.emplace_back(p.now(), std::move(text)); }
};

std::string told(const std::optional<Sum>& sum) { return sum ? std::to_string(sum->total) : "nothing"; }

template <class P>
World world_with(P program, Adder server = {}, Durability durability = Durability::in_memory, Duration fsync = {}) {
  World world(1);
  world.add(NodeBox(std::move(server)), {.system = "server", .name = "server"});
  world.add(NodeBox(Script<P>(std::move(program), durability)),
            {.system = "caller", .name = "caller", .fsync = Latency::fixed(fsync)});
  Link link;
  link.latency = Latency::fixed(1_ms);
  world.start(link);
  return world;
}

void finish(World& world, Duration until = 10_s) {
  while (world.step(Time{} + until)) {
  }
}

template <class P>
std::vector<std::string> lines_of(const World& world) {
  const auto* script = world.node_as<Script<P>>(kCaller);
  REQUIRE(script != nullptr);
  std::vector<std::string> out;
  for (const auto& [at, text] : script->state().lines) out.push_back(to_text(at) + " " + text);
  return out;
}
using Lines = std::vector<std::string>;

// ---- waiting ----------------------------------------------------------------------------------------------------------

struct Simple {
  SIM_DESCRIBE(Simple)
  using State = Log;
  static Task<> run(Proc p, Simple, State& log) {
    log.say(p, "begins");
    co_await p.sleep(5_ms);
    log.say(p, "slept");
    const auto sum = co_await p.call(kServer, Add{3}, {.timeout = 10_ms});
    log.say(p, told(sum));
    for (int i = 0; i < 2; ++i) log.say(p, told(co_await p.call(kServer, Add{1}, {.timeout = 10_ms})));
  }
};

TEST_CASE("a script sleeps, calls, and ends with its last line") {
  World world = world_with(Simple{});
  finish(world);
  CHECK(lines_of<Simple>(world) == Lines{"0s begins", "0.005s slept", "0.007s 3", "0.009s 4", "0.011s 5"});
  CHECK(world.node_as<Script<Simple>>(kCaller)->done());
  CHECK(world.pending() == 0);
}

struct Retrying {
  std::uint32_t attempts = 0;
  Duration longest{};
  SIM_DESCRIBE(Retrying, attempts, longest)
  using State = Log;
  static Task<> run(Proc p, Retrying self, State& log) {
    const CallOptions options{.timeout = 10_ms, .attempts = self.attempts, .longest_timeout = self.longest};
    log.say(p, told(co_await p.call(kServer, Add{1}, options)));
  }
};

TEST_CASE("a call that nobody answers returns nothing, after its last attempt") {
  World world = world_with(Retrying{1, {}}, deaf(9));
  finish(world);
  CHECK(lines_of<Retrying>(world) == Lines{"0.01s nothing"});
  CHECK(world.node_as<Adder>(kServer)->heard == 1);

  World thrice = world_with(Retrying{3, {}}, deaf(9));
  finish(thrice);
  CHECK(lines_of<Retrying>(thrice) == Lines{"0.03s nothing"});
  CHECK(thrice.node_as<Adder>(kServer)->heard == 3);
}

TEST_CASE("a call without a limit is sent until it is answered, and its waits double") {
  World world = world_with(Retrying{0, 40_ms}, deaf(4));
  finish(world);
  // Sent at 0, 10, 30, 70 and 110 ms.
  CHECK(lines_of<Retrying>(world) == Lines{"0.112s 1"});
  CHECK(world.node_as<Adder>(kServer)->heard == 5);
}

struct Late {
  SIM_DESCRIBE(Late)
  using State = Log;
  static Task<> run(Proc p, Late, State& log) {
    log.say(p, told(co_await p.call(kServer, Add{1}, {.timeout = 1_ms})));  // answered after 2 ms
    log.say(p, told(co_await p.call(kServer, Add{10}, {.timeout = 5_ms})));
  }
};

TEST_CASE("an answer that comes too late is not taken for the next one's") {
  World world = world_with(Late{});
  finish(world);
  CHECK(lines_of<Late>(world) == Lines{"0.001s nothing", "0.003s 11"});
}

struct Receiving {
  SIM_DESCRIBE(Receiving)
  using Inbox = Accepts<Parcel>;
  using State = Log;
  static Task<> run(Proc p, Receiving, State& log) {
    co_await p.call(kServer, Add{100}, {.timeout = 10_ms});  // its parcel arrives first, and waits
    co_await p.sleep(1_ms);
    const auto parcel = co_await p.receive<Parcel>();
    log.say(p, parcel->second.text + " from " + std::to_string(index(parcel->first)));
    const auto none = co_await p.receive<Parcel>(4_ms);
    log.say(p, none ? "another" : "no other");
  }
};

TEST_CASE("a message waits in the mailbox until it is received; receiving has a timeout") {
  World world = world_with(Receiving{});
  finish(world);
  CHECK(lines_of<Receiving>(world) == Lines{"0.003s parcel 100 from 0", "0.007s no other"});
}

// ---- several at a time ------------------------------------------------------------------------------------------------

Task<std::string> after(Proc p, Duration length, std::string text) {
  co_await p.sleep(length);
  co_return text;
}
Task<> idle() { co_return; }

struct Several {
  SIM_DESCRIBE(Several)
  using State = Log;
  static Task<> run(Proc p, Several, State& log) {
    const auto [a, b, none] = co_await when_all(after(p, 2_ms, "slow"), after(p, 1_ms, "quick"), idle());
    static_assert(std::is_same_v<decltype(none), const std::monostate>);
    log.say(p, a + " and " + b);
    const auto first = co_await when_any(after(p, 9_ms, "never"), after(p, 1_ms, "first"));
    log.say(p, std::to_string(first.index()) + " " + std::get<1>(first));
    std::vector<Task<std::string>> many;
    for (std::uint64_t i = 3; i > 0; --i) many.push_back(after(p, 1_ms * static_cast<std::int64_t>(i), std::to_string(i)));
    std::string joined;
    for (const std::string& text : co_await when_all(std::move(many))) joined += text;
    log.say(p, joined);
    std::vector<Task<std::string>> race;
    race.push_back(after(p, 2_ms, "x"));
    race.push_back(after(p, 1_ms, "y"));
    const auto [place, winner] = co_await when_any(std::move(race));
    log.say(p, std::to_string(place) + winner);
    const auto at_once = co_await when_any(idle(), after(p, 1_s, "z"));
    log.say(p, std::to_string(at_once.index()));
    CHECK((co_await when_all(std::vector<Task<std::string>>())).empty());
  }
};

TEST_CASE("when_all awaits all, when_any the first, and what when_any leaves behind waits for nothing any more") {
  World world = world_with(Several{});
  finish(world);
  CHECK(lines_of<Several>(world) == Lines{"0.002s slow and quick", "0.003s 1 first", "0.006s 321", "0.007s 1y", "0.007s 0"});
  CHECK(world.now() == Time{} + 10_s);
  CHECK(world.counters().timers == 2 + 1 + 3 + 1);  // those of the losers were taken back
}

// ---- copies -----------------------------------------------------------------------------------------------------------

struct Busy {
  std::uint64_t rounds = 0;
  SIM_DESCRIBE(Busy, rounds)
  using Inbox = Accepts<Parcel>;
  using State = Log;
  static Task<bool> add(Proc p, std::uint64_t n) {
    const auto sum = co_await p.call(kServer, Add{n}, {.timeout = 3_ms, .attempts = 2});
    co_return sum.has_value();
  }
  static Task<> run(Proc p, Busy self, State& log) {
    for (std::uint64_t i = 0; i < self.rounds; ++i) {
      co_await p.sleep(p.jitter(Duration{}, 2_ms));
      const auto got = co_await when_any(add(p, p.chance("hundred", Ratio::percent(30)) ? 100 : i), after(p, 4_ms, "slow"));
      log.say(p, std::to_string(got.index()));
      if (co_await p.receive<Parcel>(1_ms)) p.mark("parcel");
      const auto both = co_await when_all(add(p, 1), add(p, 2));
      log.say(p, std::get<0>(both) && std::get<1>(both) ? "both" : "not both");
    }
  }
};

TEST_CASE("a copy of a world with scripts goes on exactly as the original does, from every event") {
  const auto busy_world = [] {
    World world(3);
    world.add(NodeBox(Adder{}), {.system = "server", .name = "server"});
    world.add(NodeBox(Script<Busy>(Busy{4})), {.system = "caller", .name = "caller"});
    Link link;
    link.latency = Latency::uniform(Duration{}, 2_ms);
    link.loss = Ratio::percent(20);
    link.duplicate = Ratio::percent(20);
    world.start(link);
    return world;
  };
  World whole = busy_world();
  finish(whole);
  REQUIRE(whole.node_as<Script<Busy>>(kCaller)->done());
  World walker = busy_world();
  std::size_t copies = 0;
  while (walker.step(Time{} + 10_s)) {
    World copy = walker;
    REQUIRE(copy.state_digest() == walker.state_digest());
    finish(copy);
    REQUIRE(copy.trace_digest() == whole.trace_digest());
    REQUIRE(copy.state_digest() == whole.state_digest());
    ++copies;
  }
  CHECK(copies > 40);
}

TEST_CASE("a copy's copy goes on too, and the first one is not disturbed") {
  World world = world_with(Simple{});
  REQUIRE(world.step());
  REQUIRE(world.step());
  World copy = world;
  REQUIRE(copy.step());
  World second = copy;
  finish(second);
  finish(copy);
  finish(world);
  CHECK(copy.trace_digest() == world.trace_digest());
  CHECK(second.trace_digest() == world.trace_digest());
}

// ---- crashes ----------------------------------------------------------------------------------------------------------

TEST_CASE("a script in memory begins anew after a crash, and takes no answer to its former life for its own") {
  World world = world_with(Retrying{1, {}});
  // Crashes before the answer to its call arrives, and is up again when it does: that answer is for the former life.
  const std::uint32_t crash = world.schedule(Time{} + 1500_us, [] {
    Fault f;
    f.kind = FaultKind::crash;
    f.target.nodes = {kCaller};
    return f;
  }());
  world.schedule_end(Time{} + 1800_us, crash);
  finish(world);
  // 1 from the former life; the new one's call makes it 2, and is answered 2 ms after its beginning.
  CHECK(lines_of<Retrying>(world) == Lines{"0.0038s 2"});
}

struct Order {
  std::uint64_t steps = 0;
  SIM_DESCRIBE(Order, steps)
  using State = Log;
  static Task<> run(Proc p, Order self, State& log) {
    for (std::uint64_t i = 1; i <= self.steps; ++i) {
      const std::uint64_t n = 1 + p.choose("amount", 3);
      const auto sum = co_await p.call(kServer, Add{n}, {.timeout = 20_ms, .attempts = 0});
      log.say(p, std::to_string(n) + " makes " + std::to_string(sum->total));
      co_await p.sleep(1_ms);
    }
  }
};

/// Runs an Order whose node crashes at that event, for `away`.
World crashed_at(std::uint64_t event, Duration away, std::uint64_t seed) {
  World world(seed);
  world.add(NodeBox(Adder{}), {.system = "server", .name = "server"});
  world.add(NodeBox(Script<Order>(Order{4}, Durability::durable)),
            {.system = "caller", .name = "caller", .fsync = Latency::fixed(1_ms)});
  Link link;
  link.latency = Latency::uniform(1_ms, 3_ms);
  world.start(link);
  Fault crash;
  crash.kind = FaultKind::crash;
  crash.target.nodes = {kCaller};
  while (world.counters().events < event && world.step(Time{} + 10_s)) {
  }
  const std::uint32_t number = world.schedule(world.now(), crash);
  world.schedule_end(world.now() + away, number);
  finish(world);
  return world;
}

TEST_CASE("a durable script goes on after a crash at any event: every step once, in order, with the choices it made") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    for (std::uint64_t event = 1; event <= 30; ++event) {
      INFO("seed " << seed << ", crash after event " << event);
      const World world = crashed_at(event, 5_ms, seed);
      const auto* script = world.node_as<Script<Order>>(kCaller);
      REQUIRE(script->done());
      const auto* server = world.node_as<Adder>(kServer);
      // The server adds once for each step, however often it was asked: the total is what the script was told last.
      REQUIRE(server->done.size() == 4);
      REQUIRE(script->state().lines.size() == 4);
      CHECK(script->state().lines.back().second.ends_with(" makes " + std::to_string(server->total)));
    }
  }
}

TEST_CASE("a durable script that is done stays done after a crash") {
  World world = crashed_at(1000, 5_ms, 1);
  const auto* script = world.node_as<Script<Order>>(kCaller);
  CHECK(world.incarnation(kCaller) == 1);
  CHECK(script->done());
  CHECK(script->state().lines.size() == 4);
  CHECK(world.node_as<Adder>(kServer)->done.size() == 4);
}

/// A node that runs a durable Order for every Post that it gets.
struct Office {
  Scripts<Order> orders{Durability::durable};
  std::map<std::uint64_t, std::uint64_t> results;
  SIM_DESCRIBE(Office, orders, results)
  using Inbox = Accepts<Answer, Wake, Post>;
  void start(Ctx& ctx) {
    for (const auto& ended : orders.recover(ctx)) note(ended);
    if (results.empty() && orders.running().empty()) {
      for (std::uint64_t i = 1; i <= 3; ++i) ctx.send(ctx.self(), Post{i});
    }
  }
  void on(Ctx& ctx, NodeId, const Post& post) { note(orders.begin(ctx, post.n, Order{post.n})); }
  void on(Ctx& ctx, NodeId from, const Answer& answer) { note(orders.on(ctx, from, answer)); }
  void on(Ctx& ctx, const Wake& wake) { note(orders.on(ctx, wake)); }
  void note(const std::optional<Ended<Order>>& ended) {
    if (ended) results[ended->id] = ended->state.lines.size();
  }
};

TEST_CASE("a node runs several durable scripts at a time; its journal on the disk is forgotten when they have ended") {
  World world(1);
  world.add(NodeBox(Adder{}), {.system = "server", .name = "server"});
  world.add(NodeBox(Office{}), {.system = "office", .name = "office", .fsync = Latency::fixed(1_ms)});
  Link link;
  link.latency = Latency::fixed(1_ms);
  world.start(link);
  Fault crash;
  crash.kind = FaultKind::crash;
  crash.target.nodes = {NodeId{1}};
  const std::uint32_t number = world.schedule(Time{} + 9_ms, crash);
  world.schedule_end(Time{} + 12_ms, number);
  finish(world);
  const auto* office = world.node_as<Office>(NodeId{1});
  CHECK(office->orders.running().empty());
  CHECK(office->results.contains(3));
  CHECK(world.node_as<Adder>(kServer)->done.size() == 1 + 2 + 3);
  const auto* journal = world.disk(NodeId{1}).records<detail::ScriptRecord>("Order");
  REQUIRE(journal != nullptr);
  CHECK(journal->empty());
}

}  // namespace
