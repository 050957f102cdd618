// The store's client: whom it asks, what it retries, and what it reports for the history.
#include <set>

#include "protocols/kv/client.hpp"
#include "sim/node/fixture.hpp"
#include "tests/unit/catch.hpp"

using namespace protocols;
using sim::Fixture;
using sim::NodeId;
using sim::check::Invoked;
using sim::check::Outcome;
using sim::check::Returned;
using sim::check::Workload;
using namespace sim::literals;

namespace {

// The fixture's system is called "system" and has the nodes 0, 1 and 2; the client plays node 0 and calls them all.
Workload closed_loop() {
  Workload w;
  w.target = "system";
  w.keys = 3;
  return w;
}

template <class O>
const O* observed(const Fixture& f) {
  for (const sim::Effect& e : f.effects()) {
    if (e.kind != sim::EffectKind::observe) continue;
    if (const O* o = e.what.as<O>()) return o;
  }
  return nullptr;
}

// The request that the last handler sent, and to whom.
struct Asked {
  NodeId server{};
  kv::Request request;
};
std::optional<Asked> asked(const Fixture& f) {
  for (const sim::Effect& e : f.effects()) {
    if (const auto* r = e.what.as<kv::Request>()) return Asked{e.to, *r};
  }
  return std::nullopt;
}

std::optional<Asked> first_request(Fixture& f, kv::Client& client) {
  client.start(f.ctx());
  client.on(f.ctx(), NodeId{0}, kv::Begin{});
  client.on(f.ctx(), kv::Next{});
  return asked(f);
}

kv::Reply refusal(const kv::Request& to, std::optional<NodeId> hint) {
  return {to.session.slot, to.sequence, kv::Status::not_leader, hint, false, {}};
}
kv::Reply success(const kv::Request& to) { return {to.session.slot, to.sequence, kv::Status::ok, {}, true, "v"}; }

}  // namespace

TEST_CASE("kv client: reports an operation when it begins and when it ends", "[kv]") {
  Fixture f({.nodes = 3});
  kv::Client client(closed_loop());
  const auto ask = first_request(f, client);
  REQUIRE(ask);
  REQUIRE(observed<Invoked>(f) != nullptr);
  const Invoked begun = *observed<Invoked>(f);
  CHECK(begun.function == ask->request.command.function);
  CHECK(begun.key == ask->request.command.key);
  client.on(f.ctx(), ask->server, success(ask->request));
  REQUIRE(observed<Returned>(f) != nullptr);
  CHECK(observed<Returned>(f)->process == begun.process);
  CHECK(observed<Returned>(f)->outcome == Outcome::ok);
  // Closed loop without thinking: the next request goes out at once, to the server that answered.
  REQUIRE(asked(f));
  CHECK(asked(f)->server == ask->server);
  CHECK(asked(f)->request.sequence == ask->request.sequence + 1);
}

TEST_CASE("kv client: follows a hint at once, with the same sequence number", "[kv]") {
  Fixture f({.nodes = 3});
  kv::Client client(closed_loop());
  const auto first = first_request(f, client);
  const NodeId elsewhere{(index(first->server) + 1) % 3};
  client.on(f.ctx(), first->server, refusal(first->request, elsewhere));
  REQUIRE(asked(f));
  CHECK(asked(f)->server == elsewhere);
  CHECK(asked(f)->request == first->request);
}

TEST_CASE("kv client: waits where nobody knows the leader, or hints go in a circle", "[kv]") {
  Fixture f({.nodes = 3});
  kv::Client client(closed_loop());
  auto ask = first_request(f, client);
  client.on(f.ctx(), ask->server, refusal(ask->request, {}));
  CHECK_FALSE(asked(f));
  REQUIRE(f.timer_set<kv::Retry>());
  CHECK(*f.timer_set<kv::Retry>() < closed_loop().retry_after);
  client.on(f.ctx(), kv::Retry{0});
  ask = asked(f);
  REQUIRE(ask);
  int hops = 0;
  while (ask && hops < 10) {
    client.on(f.ctx(), ask->server, refusal(ask->request, NodeId{(index(ask->server) + 1) % 3}));
    ask = asked(f);
    ++hops;
  }
  CHECK(hops == 3);
}

TEST_CASE("kv client: tries another server after retry_after, with the same sequence number", "[kv]") {
  Fixture f({.nodes = 3});
  kv::Client client(closed_loop());
  const auto first = first_request(f, client);
  CHECK(f.timer_set<kv::Retry>() == closed_loop().retry_after);
  f.advance(closed_loop().retry_after);
  client.on(f.ctx(), kv::Retry{0});
  REQUIRE(asked(f));
  CHECK(asked(f)->server != first->server);
  CHECK(asked(f)->request == first->request);
}

TEST_CASE("kv client: gives up after give_up_after, and goes on as a new process", "[kv]") {
  Fixture f({.nodes = 3});
  kv::Client client(closed_loop());
  const auto first = first_request(f, client);
  const std::uint64_t process = observed<Invoked>(f)->process;
  f.advance(closed_loop().give_up_after);
  client.on(f.ctx(), kv::Retry{0});
  REQUIRE(observed<Returned>(f) != nullptr);
  CHECK(observed<Returned>(f)->process == process);
  CHECK(observed<Returned>(f)->outcome == Outcome::info);
  REQUIRE(observed<Invoked>(f) != nullptr);
  CHECK(observed<Invoked>(f)->process != process);
  // What it gave up must not be done any more once a later request of the session is: its number is higher.
  CHECK(asked(f)->request.session == first->request.session);
  CHECK(asked(f)->request.sequence > first->request.sequence);
  // A late reply to what it gave up settles nothing.
  client.on(f.ctx(), first->server, success(first->request));
  CHECK(observed<Returned>(f) == nullptr);
}

TEST_CASE("kv client: in an open loop every request in flight is a session and a process of its own", "[kv]") {
  Workload w = closed_loop();
  w.interval = 10_ms;
  w.in_flight = 3;
  Fixture f({.nodes = 3});
  kv::Client client(w);
  client.start(f.ctx());
  client.on(f.ctx(), NodeId{0}, kv::Begin{});
  std::set<std::uint64_t> processes;
  std::set<kv::Session> sessions;
  for (int i = 0; i < 5; ++i) {
    client.on(f.ctx(), kv::Next{});
    CHECK(f.timer_set<kv::Next>());
    if (const auto ask = asked(f)) {
      sessions.insert(ask->request.session);
      processes.insert(observed<Invoked>(f)->process);
    }
  }
  CHECK(sessions.size() == 3);
  CHECK(processes.size() == 3);
  CHECK(client.shed == 2);
}

TEST_CASE("kv client: unique values are unique, also after a restart", "[kv]") {
  Workload w = closed_loop();
  w.reads = {};
  w.kind = sim::check::WorkloadKind::reg;
  Fixture f({.nodes = 3});
  std::set<std::string> values;
  std::set<std::uint64_t> processes;
  std::uint64_t newest = 0;
  for (int life = 0; life < 2; ++life) {
    kv::Client client(w);
    auto ask = first_request(f, client);
    for (int i = 0; i < 20; ++i) {
      REQUIRE(ask);
      CHECK(ask->request.sequence > newest);
      newest = ask->request.sequence;
      values.insert(ask->request.command.value);
      processes.insert(observed<Invoked>(f)->process);
      client.on(f.ctx(), ask->server, success(ask->request));
      ask = asked(f);
    }
  }
  CHECK(values.size() == 40);
  CHECK(processes.size() == 2);
}

TEST_CASE("kv client: does what the workload says", "[kv]") {
  Workload w = closed_loop();
  w.reads = sim::Ratio::percent(50);
  w.keys = 4;
  w.key_offset = 100;
  w.writes_per_key = 5;
  w.operations = 400;
  Fixture f({.nodes = 3});
  kv::Client client(w);
  auto ask = first_request(f, client);
  std::size_t reads = 0;
  std::size_t total = 0;
  std::uint32_t lowest = ~0U;
  std::uint32_t highest = 0;
  while (ask && total <= 400) {
    ++total;
    reads += ask->request.command.function == kv::Function::read ? 1 : 0;
    lowest = std::min(lowest, ask->request.command.key);
    highest = std::max(highest, ask->request.command.key);
    client.on(f.ctx(), ask->server, success(ask->request));
    ask = asked(f);
  }
  CHECK(total == 400);
  CHECK(reads > 160);
  CHECK(reads < 240);
  CHECK(lowest == 100);
  // About 150 of 200 changes carry a value: after every 20 of them it moves on by 4 keys.
  CHECK(highest > 100 + 4 * 5);
  CHECK(highest < 100 + 4 * 10);
}
