// The queue of pending events against the plainest structure that does the same.
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "sim/core/random.hpp"
#include "sim/engine/event_queue.hpp"
#include "tests/unit/catch.hpp"

namespace {

using namespace sim;  // NOLINT(google-build-using-namespace)

Event numbered(std::uint64_t n) {
  Event event;
  event.number = n;
  return event;
}

/// (time, order of putting in) -> number.
using Reference = std::map<std::pair<std::int64_t, std::uint64_t>, std::uint64_t>;

/// A delay as simulations have them: none, ties on a grid, or anything up to a power of two.
std::int64_t delay(Rng& rng) {
  switch (rng.below(4)) {
    case 0: return 0;
    case 1: return static_cast<std::int64_t>(10 * rng.below(10));
    default: return static_cast<std::int64_t>(rng.below(std::uint64_t{1} << rng.below(45)));
  }
}

/// Pops once with a limit and requires that the reference would have done the same.
void pop_both(EventQueue& queue, Reference& reference, Time limit, std::int64_t& now) {
  Time at{-1};
  Event event;
  const bool got = queue.pop(limit, at, event);
  const bool due = !reference.empty() && reference.begin()->first.first <= limit.ns;
  REQUIRE(got == due);
  if (!got) return;
  REQUIRE(at.ns == reference.begin()->first.first);
  REQUIRE(event.number == reference.begin()->second);
  now = at.ns;
  reference.erase(reference.begin());
}

}  // namespace

TEST_CASE("the queue gives what a sorted map would, ties first in, first out", "[engine]") {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    CAPTURE(seed);
    Rng rng(seed, "queue", 0);
    EventQueue queue;
    Reference reference;
    std::int64_t now = 0;
    const std::uint64_t eagerness = 1 + rng.below(10);  // of ten operations, so many push
    for (std::uint64_t i = 0; i < 3000; ++i) {
      if (rng.below(10) < eagerness) {
        const std::int64_t time = now + delay(rng);
        queue.push(Time{time}, numbered(i));
        reference.emplace(std::pair{time, i}, i);
      } else {
        const bool limited = rng.below(3) == 0;
        pop_both(queue, reference, limited ? Time{now + delay(rng)} : Time::max(), now);
      }
      REQUIRE(queue.size() == reference.size());
      REQUIRE(queue.empty() == reference.empty());
    }
    while (!reference.empty()) pop_both(queue, reference, Time::max(), now);
    REQUIRE(queue.empty());
  }
}

TEST_CASE("a limit that is not reached leaves the queue as it was", "[engine]") {
  EventQueue queue;
  queue.push(Time{100}, numbered(1));
  queue.push(Time{100}, numbered(2));
  queue.push(Time{101}, numbered(3));
  Time at;
  Event event;
  for (int i = 0; i < 3; ++i) CHECK_FALSE(queue.pop(Time{99}, at, event));
  queue.push(Time{50}, numbered(4));  // still allowed: no time has passed
  std::vector<std::uint64_t> order;
  while (queue.pop(Time{100}, at, event)) order.push_back(event.number);
  CHECK(order == std::vector<std::uint64_t>{4, 1, 2});
  CHECK(queue.size() == 1);
}

TEST_CASE("an event comes up again at the time at which it was pushed while that time is handled", "[engine]") {
  EventQueue queue;
  queue.push(Time{7}, numbered(1));
  queue.push(Time{7}, numbered(2));
  Time at;
  Event event;
  REQUIRE(queue.pop(Time::max(), at, event));
  queue.push(Time{7}, numbered(3));
  REQUIRE(queue.pop(Time::max(), at, event));
  CHECK(event.number == 2);
  REQUIRE(queue.pop(Time::max(), at, event));
  CHECK(event.number == 3);
  CHECK(at == Time{7});
  CHECK_FALSE(queue.pop(Time::max(), at, event));
}

TEST_CASE("the last instant that there is can be waited for", "[engine]") {
  EventQueue queue;
  queue.push(Time::max(), numbered(1));
  queue.push(Time{0}, numbered(2));
  Time at;
  Event event;
  REQUIRE(queue.pop(Time::max(), at, event));
  CHECK(event.number == 2);
  REQUIRE(queue.pop(Time::max(), at, event));
  CHECK(at == Time::max());
}

TEST_CASE("for_each visits exactly what is pending", "[engine]") {
  Rng rng(1, "queue", 0);
  EventQueue queue;
  std::map<std::uint64_t, std::int64_t> pending;
  std::int64_t now = 0;
  for (std::uint64_t i = 0; i < 500; ++i) {
    const std::int64_t time = now + static_cast<std::int64_t>(rng.below(50));
    queue.push(Time{time}, numbered(i));
    pending[i] = time;
    Time at;
    Event event;
    if (rng.below(3) == 0 && queue.pop(Time::max(), at, event)) {
      pending.erase(event.number);
      now = at.ns;
    }
    std::map<std::uint64_t, std::int64_t> visited;
    queue.for_each([&](Time t, const Event& e) { REQUIRE(visited.emplace(e.number, t.ns).second); });
    REQUIRE(visited == pending);
  }
}

TEST_CASE("a copy of a queue gives the same events and goes its own way", "[engine]") {
  Rng rng(2, "queue", 0);
  EventQueue a;
  for (std::uint64_t i = 0; i < 200; ++i) a.push(Time{static_cast<std::int64_t>(rng.below(40))}, numbered(i));
  Time at;
  Event event;
  for (int i = 0; i < 50; ++i) REQUIRE(a.pop(Time::max(), at, event));
  EventQueue b = a;
  b.push(Time{1000}, numbered(9999));
  Time other_at;
  Event other;
  while (a.pop(Time::max(), at, event)) {
    REQUIRE(b.pop(Time::max(), other_at, other));
    REQUIRE(other.number == event.number);
    REQUIRE(other_at == at);
  }
  REQUIRE(b.pop(Time::max(), other_at, other));
  CHECK(other.number == 9999);
}
