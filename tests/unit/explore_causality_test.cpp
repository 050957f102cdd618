// What led to an event: the messages, timers, syncs and faults on the way, and nothing else.
#include <cstdint>
#include <vector>

#include "sim/explore/causality.hpp"
#include "tests/unit/world_support.hpp"

namespace {

using namespace world_test;  // NOLINT(google-build-using-namespace)

/// a tells b a word once what it saved is durable; c does something of its own; b crashes and comes back.
World told_world() {
  World world = world_of({actor({{1_ms, {save(1), send(kB, 7), set(1, 3_ms)}}}), actor({}), actor({{2_ms, {}}, {9_ms, {}}})},
                         {.latency = 1_ms, .fsync = 2_ms});
  world.schedule_end(at(8_ms), world.schedule(at(6_ms), fault(FaultKind::crash, {kB})));
  world.schedule(at(10_ms), fault(FaultKind::heal, {}));
  return world;
}

struct Watched {
  World world = told_world();
  Causality causality{world};
  Keeper keeper;

  Watched() {
    world.watch(&causality);
    run_until(world, 20_ms);
    World again = told_world();
    again.watch(&keeper);
    run_until(again, 20_ms);
  }
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;
  ~Watched() = default;

  /// The n-th event of that kind at that node.
  EventId event(RecordKind kind, NodeId node, int n = 1) const {
    for (const Seen& s : keeper.seen) {
      if (s.kind == kind && s.node == node && --n == 0) return EventId{s.event};
    }
    FAIL("there is no such event");
    return {};
  }
};

}  // namespace

TEST_CASE("an entry an event, and none for what hangs on events", "[causality]") {
  const Watched w;
  REQUIRE(w.causality.size() == w.world.counters().events);
  std::uint64_t events = 0;
  for (const Seen& s : w.keeper.seen) {
    if (s.kind > RecordKind::fault) continue;
    const Causality::Entry& entry = w.causality.at(EventId{s.event});
    CHECK(s.event == ++events);
    CHECK(entry.kind == s.kind);
    CHECK(index(entry.cause) == s.cause);
    CHECK(entry.at == s.at);
    if (s.kind != RecordKind::fault) CHECK(entry.node == s.node);
  }
  CHECK(events == w.causality.size());
  CHECK(w.keeper.count(RecordKind::drop) + events <= w.keeper.seen.size());
}

TEST_CASE("a message leads back to its sending, and that to the timer's setting", "[causality]") {
  const Watched w;
  const EventId start = w.event(RecordKind::start, kA);
  const EventId due = w.event(RecordKind::timer, kA);
  const EventId heard = w.event(RecordKind::deliver, kB);
  CHECK(w.causality.past(heard, 10).events == std::vector<EventId>{start, due, heard});
  const EventId alarm = w.event(RecordKind::timer, kA, 2);
  CHECK(w.causality.past(alarm, 10).events == std::vector<EventId>{start, due, alarm});
  const EventId sync = w.event(RecordKind::sync, kA);
  CHECK(w.causality.past(sync, 10).events == std::vector<EventId>{start, due, sync});
}

TEST_CASE("a second start leads back to the end of the crash", "[causality]") {
  const Watched w;
  const EventId again = w.event(RecordKind::start, kB, 2);
  const Causality::Past past = w.causality.past(again, 10);
  REQUIRE(past.events.size() == 2);
  CHECK(past.events[1] == again);
  CHECK(w.causality.at(past.events[0]).kind == RecordKind::fault);
  CHECK(w.causality.at(past.events[0]).at == at(8_ms));
}

TEST_CASE("a past is cut at its beginning, and says how much is missing", "[causality]") {
  const Watched w;
  const EventId due = w.event(RecordKind::timer, kA);
  const EventId heard = w.event(RecordKind::deliver, kB);
  const Causality::Past all = w.causality.past(heard, 3);
  CHECK(all.events.size() == 3);
  CHECK(all.earlier == 0);
  const Causality::Past two = w.causality.past(heard, 2);
  CHECK(two.events == std::vector<EventId>{due, heard});
  CHECK(two.earlier == 1);
  CHECK(w.causality.past(heard, 0).events == std::vector<EventId>{heard});
}

TEST_CASE("faults touch the nodes that they hit", "[causality]") {
  const Watched w;
  std::vector<std::vector<NodeId>> touched;
  for (std::uint64_t e = 1; e <= w.causality.size(); ++e) {
    if (w.causality.at(EventId{e}).kind == RecordKind::fault) touched.push_back(w.causality.touched(EventId{e}));
  }
  CHECK(touched == std::vector<std::vector<NodeId>>{{kB}, {kB}, {}});
  CHECK(w.causality.touched(w.event(RecordKind::timer, kC)) == std::vector<NodeId>{kC});
}

TEST_CASE("the last event at a node counts its crash, and only what came before", "[causality]") {
  const Watched w;
  const Causality& c = w.causality;
  const EventId crash = c.last_until(at(6_ms));
  REQUIRE(c.at(crash).kind == RecordKind::fault);
  CHECK(c.last_at(kB, crash) == crash);
  CHECK(c.last_at(kB, EventId{index(crash) - 1}) == w.event(RecordKind::deliver, kB));
  CHECK(c.last_at(kA, crash) == w.event(RecordKind::timer, kA, 2));
  CHECK(c.last_at(kB, EventId{c.size()}) == w.event(RecordKind::start, kB, 2));
  CHECK(c.last_at(kC, EventId{1}) == EventId{});
}

TEST_CASE("the last event until a time is the last of those at that time", "[causality]") {
  const Watched w;
  CHECK(index(w.causality.last_until(Time{})) == 3);  // three starts
  CHECK(w.causality.last_until(at(500_us)) == w.causality.last_until(Time{}));
  CHECK(index(w.causality.last_until(at(1_s))) == w.causality.size());
  CHECK(w.causality.last_until(at(1_ms)) == w.event(RecordKind::timer, kA));
  CHECK(index(w.causality.last_until(Time{-1})) == 0);
}
