// The calls between services: retries that multiply, guards that stop them, deadlines that shrink; and the storm that does not end.
#include <string>

#include "sim/node/fixture.hpp"
#include "tests/unit/services_support.hpp"

using namespace services_test;

namespace {

Config gateway(const std::string& calls) {
  Config c;
  c.workers = 100'000;
  c.service_time = {};
  c.service_distribution = ServiceTime::fixed;
  c.calls = calls;
  c.backoff = protocols::resilience::Backoff::none;
  return c;
}

sim::check::Workload some(std::uint64_t operations, Duration interval = 10_ms) {
  sim::check::Workload w;
  w.interval = interval;
  w.in_flight = 1000;
  w.retry_after = 1000_s;
  w.give_up_after = 1000_s;
  w.operations = operations;
  return w;
}

}  // namespace

// Google SRE book, ch. 21: with R retries at each of d layers a request becomes (R + 1)^d at the bottom.
TEST_CASE("services: three layers that try three times make 27 of one request, four times 64", "[services]") {
  for (const std::uint32_t attempts : {1U, 3U, 4U}) {
    Config layer = gateway("");
    layer.attempts = attempts;
    std::vector<Named> chain{{"a", layer}, {"b", layer}, {"c", layer}, {"d", Config{}}};
    for (std::size_t i = 0; i < 3; ++i) chain[i].config.calls = chain[i + 1].name;
    chain[3].config.failures = sim::Ratio::one();
    chain[3].config.workers = 1000;
    sim::World world = world_of(chain, some(20), 1, link_of(1_ms));
    run_until(world, 100_s);
    CHECK(total(service(world, 0)).arrived == 20);
    CHECK(total(service(world, 3)).arrived == 20U * attempts * attempts * attempts);
  }
}

TEST_CASE("services: a budget bounds what three layers make of a request", "[services]") {
  Config layer = gateway("");
  layer.attempts = 4;
  layer.budget = true;
  layer.budget_min_per_second = 0;
  std::vector<Named> chain{{"a", layer}, {"b", layer}, {"c", layer}, {"d", Config{}}};
  for (std::size_t i = 0; i < 3; ++i) chain[i].config.calls = chain[i + 1].name;
  chain[3].config.failures = sim::Ratio::one();
  chain[3].config.workers = 1000;
  sim::World world = world_of(chain, some(1000), 1, link_of(1_ms));
  run_until(world, 100_s);
  const double factor = static_cast<double>(total(service(world, 3)).arrived) / 1000;
  INFO("factor " << factor);
  CHECK(factor <= 1.2 * 1.2 * 1.2);  // 1.728, not 64
  CHECK(factor > 1.6);
}

TEST_CASE("services: deadlines shrink along a chain, and late work is refused", "[services]") {
  Config layer = gateway("next");
  layer.deadlines = true;
  layer.service_time = 300_ms;
  sim::Fixture f({.nodes = 1});
  Node node(layer);
  node.start(f.ctx());
  Request request;
  request.left = 400_ms;
  node.on(f.ctx(), NodeId{5}, request);
  CHECK(f.timer_set<Worked>() == 300_ms);
  f.advance(450_ms);  // it was busy elsewhere
  node.on(f.ctx(), Worked{0});
  REQUIRE(f.sent<Reply>(NodeId{5}) != nullptr);
  CHECK(f.sent<Reply>(NodeId{5})->status == Status::unavailable);  // nobody of that name here
  node.on(f.ctx(), NodeId{5}, Request{.left = 0_s, .key = {}});
  REQUIRE(f.sent<Reply>(NodeId{5}) != nullptr);
  CHECK(f.sent<Reply>(NodeId{5})->status == Status::late);
  CHECK_FALSE(f.timer_set<Worked>());
}

TEST_CASE("services: what is left for a job is what its calls get", "[services]") {
  std::vector<Named> chain{{"a", gateway("b")}, {"b", gateway("c")}, {"c", Config{}}};
  for (Named& n : chain) n.config.deadlines = true;
  chain[0].config.timeout = 500_ms;
  chain[1].config.timeout = 2_s;
  sim::check::Workload w = some(1);
  w.give_up_after = 800_ms;
  sim::World world = world_of(chain, w, 1, link_of(10_ms));
  Duration at_b{};
  Duration at_c{};
  while (world.step(at(10_s))) {
    for (const auto& [id, job] : service(world, 1).jobs) at_b = job.request.left;
    for (const auto& [id, job] : service(world, 2).jobs) at_c = job.request.left;
  }
  CHECK(at_b == 500_ms);  // its caller's timeout
  CHECK(at_c == 500_ms);  // nothing has passed at b since
}

TEST_CASE("services: a full queue refuses, and LIFO serves the newest first", "[services]") {
  Config c;
  c.workers = 1;
  c.queue = 2;
  c.queue_order = QueueOrder::lifo;
  sim::Fixture f({.nodes = 1});
  Node node(c);
  node.start(f.ctx());
  for (std::uint64_t i = 1; i <= 3; ++i) {
    Request r;
    r.id = i;
    node.on(f.ctx(), NodeId{5}, r);
    CHECK(f.sent<Reply>(NodeId{5}) == nullptr);
  }
  Request fourth;
  fourth.id = 4;
  node.on(f.ctx(), NodeId{5}, fourth);
  REQUIRE(f.sent<Reply>(NodeId{5}) != nullptr);
  CHECK(f.sent<Reply>(NodeId{5})->status == Status::unavailable);
  node.on(f.ctx(), Worked{0});
  CHECK(f.sent<Reply>(NodeId{5})->id == 1);
  CHECK(node.jobs.begin()->second.request.id == 3);
}

// Bronson et al., "Metastable Failures in Distributed Systems", HotOS 2021, section 2: capacity 300 a second, load 280, one
// retry, an outage of ten seconds: 560 are offered from then on, for ever; below 150 it recovers.
TEST_CASE("services: a retry storm outlives its trigger, unless the load is below half of the capacity", "[services]") {
  struct Case {
    Duration interval;
    bool breaker;
    Duration until;
    bool recovers;
  };
  for (const Case& c : {Case{Duration{3'571'428}, false, 70_s, false}, Case{6250_us, false, 170_s, false},
                        Case{8333_us, false, 90_s, true}, Case{Duration{3'571'428}, true, 70_s, true}}) {
    Config front = gateway("store");
    front.attempts = 2;
    front.breaker = c.breaker;
    front.breaker_open_for = 5_s;
    Config store;
    store.workers = 3;
    store.queue = 1'000'000;
    sim::check::Workload w = some(0, c.interval);
    w.retry_after = 2500_ms;
    w.give_up_after = 2500_ms;
    sim::World world = world_of({{"gateway", front}, {"store", store}}, w, 1, link_of(1_ms));
    sim::Fault outage;
    outage.kind = sim::FaultKind::pause;
    outage.target.nodes = {NodeId{1}};
    world.schedule_end(at(20_s), world.schedule(at(10_s), outage));
    run_until(world, c.until);
    const std::vector<Second>& seconds = service(world, 0).seconds;
    Second last;
    for (std::size_t i = seconds.size() - 11; i < seconds.size() - 1; ++i) {
      last = {last.arrived + seconds[i].arrived, last.good + seconds[i].good, 0, last.calls + seconds[i].calls};
    }
    INFO("every " << to_text(c.interval) << ": of " << last.arrived / 10 << " a second " << last.good / 10 << " are answered, with "
                  << last.calls / 10 << " calls");
    CHECK((last.good * 10 >= last.arrived * 9) == c.recovers);
    if (!c.recovers) {
      CHECK(last.good == 0);
      CHECK(last.calls * 100 >= last.arrived * 195);  // every request is made twice: 560
      CHECK(last.calls * 100 <= last.arrived * 205);
    }
  }
}
