// Sagas: each step and its compensation at a service; whole runs with a crash after every single event; figures that theory gives.
#include "protocols/transactions/saga/spec.hpp"

#include <cstdint>
#include <string>

#include "sim/node/fixture.hpp"
#include "sim/scenario/json.hpp"
#include "sim/scenario/run.hpp"
#include "tests/unit/catalog_support.hpp"
#include "tests/unit/catch.hpp"

namespace {

using catalog_support::registry;

using namespace protocols::saga;  // NOLINT(google-build-using-namespace)
using sim::Call;
using sim::CallId;
using sim::Fixture;
using sim::NodeId;

constexpr NodeId kOrchestrator{2};

/// A service with one account of 10, and the answer to the last command.
struct Desk {
  Fixture f{{.nodes = 1}};
  Service service{{.accounts = 1, .balance = 10, .refuses = {}}};
  std::uint32_t commands = 0;

  template <class Command>
  bool tell(Command command) {
    service.on(f.ctx(), kOrchestrator, Call<Command>{{command.order, commands++}, command});
    return f.sent<sim::Answer>(kOrchestrator)->body.template as<Reply>()->ok;
  }
  std::uint64_t available() const { return service.available[0]; }
};

TEST_CASE("a step sets aside, its compensation gives back, settling sells (Garcia-Molina & Salem 1987, section 2)") {
  Desk desk;
  CHECK(desk.tell(Hold{1, 0, 4}));
  CHECK(desk.available() == 6);
  CHECK(desk.tell(Release{1}));
  CHECK(desk.available() == 10);
  CHECK(desk.tell(Hold{2, 0, 4}));
  CHECK(desk.tell(Settle{2}));
  CHECK(desk.available() == 6);
  CHECK(desk.tell(Release{2}));  // what is sold stays sold
  CHECK(desk.available() == 6);
}

TEST_CASE("every command of a saga is idempotent") {
  Desk desk;
  for (int i = 0; i < 2; ++i) CHECK(desk.tell(Hold{1, 0, 4}));
  CHECK(desk.available() == 6);
  for (int i = 0; i < 2; ++i) CHECK(desk.tell(Release{1}));
  CHECK(desk.available() == 10);
  CHECK(desk.tell(Hold{2, 0, 1}));
  for (int i = 0; i < 2; ++i) CHECK(desk.tell(Settle{2}));
  CHECK(desk.available() == 9);
}

TEST_CASE("a step is refused where there is not enough, and stays refused") {
  Desk desk;
  CHECK(desk.tell(Hold{1, 0, 8}));
  CHECK_FALSE(desk.tell(Hold{2, 0, 3}));
  CHECK(desk.tell(Release{1}));
  CHECK_FALSE(desk.tell(Hold{2, 0, 3}));  // the same order again: its saga has been told
  CHECK(desk.tell(Hold{3, 0, 3}));
}

TEST_CASE("a step that comes after its compensation is refused (Richardson 2018, section 4.3)") {
  Desk desk;
  CHECK(desk.tell(Release{1}));
  CHECK_FALSE(desk.tell(Hold{1, 0, 4}));
  CHECK(desk.available() == 10);
}

TEST_CASE("a service knows after a crash what it has answered") {
  Desk desk;
  REQUIRE(desk.tell(Hold{1, 0, 4}));
  REQUIRE(desk.tell(Hold{2, 0, 1}));
  REQUIRE(desk.tell(Settle{2}));
  Service again(desk.service.config);
  again.start(desk.f.ctx());
  CHECK(again.available == desk.service.available);
  CHECK(again.entries == desk.service.entries);
}

// ---- whole runs -------------------------------------------------------------------------------------------------------

sim::Scenario scenario(const std::string& text) {
  auto parsed = sim::parse_json(text);
  REQUIRE(parsed);
  sim::Loaded loaded = sim::load_scenario(*parsed, registry());
  for (const sim::Error& e : loaded.errors) FAIL_CHECK(e.where << ": " << e.what);
  REQUIRE(loaded.scenario);
  return *std::move(loaded.scenario);
}

std::uint64_t measured(const sim::Run& run, const std::string& name) {
  for (const sim::MeasureReport& measure : run.measures()) {
    if (measure.name == name) return static_cast<std::uint64_t>(*measure.value.integer());
  }
  FAIL("no measure " << name);
  return 0;
}

// One client places two orders; the second cannot be paid for, so it is compensated.
const std::string kTwoOrders = R"({
  "name": "two-orders",
  "systems": [
    {"name": "orders", "protocol": "saga", "nodes": 1, "config": {"timeout": "20ms"}},
    {"name": "stock", "protocol": "saga-service", "nodes": 1},
    {"name": "payment", "protocol": "saga-service", "nodes": 1, "config": {"accounts": 1, "balance": 4}},
    {"name": "shipping", "protocol": "saga-service", "nodes": 1}
  ],
  "network": {"latency": {"uniform": ["1ms", "5ms"]}},
  "clients": [{"workload": "orders", "keys": 1, "operations": 2, "give_up_after": "10s"}],
  "duration": "20s", "quiet": "10s"
})";

TEST_CASE("the orchestrator and every service may crash after any event: each order is done whole or not at all") {
  const sim::Scenario two_orders = scenario(kTwoOrders);
  std::uint64_t approved = 0;
  std::uint64_t refused = 0;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    sim::Run whole(two_orders, seed);
    whole.finish();
    const std::uint64_t events = whole.world().counters().events;
    REQUIRE(events > 40);
    for (std::uint32_t node = 0; node < 4; ++node) {
      for (std::uint64_t event = 1; event <= events; ++event) {
        INFO("seed " << seed << ", node " << node << " crashes after event " << event);
        sim::Run run(two_orders, seed);
        while (run.world().counters().events < event && run.step()) {
        }
        sim::Fault crash;
        crash.kind = sim::FaultKind::crash;
        crash.target.nodes = {NodeId{node}};
        sim::World& world = run.world();
        const std::uint32_t number = world.schedule(world.now(), crash);
        world.schedule_end(world.now() + sim::Duration{30'000'000}, number);
        run.finish();
        const sim::Report report = run.report();
        INFO((report.violation() != nullptr ? report.violation()->name + ": " + report.violation()->message : std::string()));
        CHECK(report.violation() == nullptr);
        CHECK(measured(run, "saga.still-running") == 0);
        approved += measured(run, "saga.orders-approved");
        refused += measured(run, "saga.orders-refused");
      }
    }
  }
  CHECK(approved > 1000);
  CHECK(refused > 300);
}

TEST_CASE("of five steps that each succeed in 95 of 100 cases 77.4% of all orders go through, after 4.52 steps on average") {
  // Success is the product of the p_i; the expected number of steps is the sum over i of the product of p_j before i.
  std::string services;
  std::string systems;
  for (const std::string name : {"a", "b", "c", "d", "e"}) {
    services += (services.empty() ? "\"" : ", \"") + name + "\"";
    systems += R"(, {"name": ")" + name + R"(", "protocol": "saga-service", "nodes": 1, )";
    systems += R"("config": {"balance": 1000000, "refuses": "5%"}, "fsync": "0s"})";
  }
  const sim::Scenario chances = scenario(
      R"({"name": "chances", "systems": [{"name": "orders", "protocol": "saga", "nodes": 1, "fsync": "0s", "config": {"services": [)" +
      services + "]}}" + systems + R"(], "network": {"latency": "1ms"}, "duration": "21s", "quiet": "0s",
      "clients": [{"count": 20, "workload": "orders", "keys": 10}]})");
  sim::Run run(chances, 1, {.claims = false, .history = false});
  run.finish();
  const std::uint64_t approved = measured(run, "saga.orders-approved");
  const std::uint64_t finished = approved + measured(run, "saga.orders-refused");
  REQUIRE(finished > 18'000);
  // Three standard deviations are 0.93% and 0.029 steps at 18,000 orders.
  CHECK(approved * 10'000 / finished > 7'738 - 93);
  CHECK(approved * 10'000 / finished < 7'738 + 93);
  CHECK(measured(run, "saga.steps-begun") * 1'000 / finished > 4'524 - 30);
  CHECK(measured(run, "saga.steps-begun") * 1'000 / finished < 4'524 + 30);
}

}  // namespace
