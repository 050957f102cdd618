// The viewer's axis: where an instant is on the screen, zooming and moving, the same part on the other scale, and the ticks.
#include "tests/unit/catch.hpp"
#include "tests/unit/viz_support.hpp"
#include "viz/model/axis.hpp"

namespace {

using viz::Axis;
using viz::Range;
using viz::Scale;
using viz_support::Maker;
using viz_support::random_timeline;

constexpr std::int64_t kMs = 1'000'000;

// Events at 0, 10, 10 and 30 ms of a run of 100 ms.
sim::Timeline four() {
  Maker make(2);
  make.start(0, 0);
  make.start(10 * kMs, 1);
  make.timer(10 * kMs, 0, 1, "Tick");
  make.timer(30 * kMs, 1, 2, "Tick");
  return make.finish(100 * kMs);
}

std::vector<std::string> labels(const Axis& axis) {
  std::vector<std::string> out;
  for (const viz::Tick& tick : viz::ticks(axis)) {
    REQUIRE(tick.major == !tick.label.empty());
    if (tick.major) out.push_back(tick.label);
  }
  return out;
}

/// Whether two positions are the same but for rounding.
bool near(double a, double b) { return a - b < 1e-6 * (b < 0 ? -b : b) && b - a < 1e-6 * (b < 0 ? -b : b); }

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("an instant has a place on either scale", "[viz]") {
  const sim::Timeline timeline = four();
  const Axis time{Scale::time, {0, 100.0 * kMs}, 1000};
  CHECK(time.position(timeline, {30 * kMs}) == 30.0 * kMs);
  CHECK(time.position(timeline, {30 * kMs}, 2) == 30.0 * kMs);
  CHECK(time.position(timeline, sim::Timeline::kOpen) == 100.0 * kMs);
  CHECK(time.x(30.0 * kMs) == 300);
  CHECK(near(time.position_at(300), 30.0 * kMs));
  CHECK(time.time_at(timeline, 30.0 * kMs + 0.4).ns == 30 * kMs);

  const Axis events{Scale::events, {0, 5}, 1000};
  CHECK(events.position(timeline, {10 * kMs}, 2) == 2);
  CHECK(events.position(timeline, {10 * kMs}) == 3);  // the last of the two at that instant
  CHECK(events.position(timeline, {29 * kMs}) == 3);
  CHECK(events.position(timeline, sim::Timeline::kOpen) == 4);
  CHECK(events.x(4) == 800);
  CHECK(events.time_at(timeline, 3.6).ns == 30 * kMs);
  CHECK(events.time_at(timeline, 400).ns == 30 * kMs);
  CHECK(events.time_at(timeline, -3).ns == 0);
}

TEST_CASE("the whole run is all of it with a little air", "[viz]") {
  const sim::Timeline timeline = four();
  const Range time = viz::whole(timeline, Scale::time);
  CHECK(near(time.begin, -1.5 * kMs));
  CHECK(near(time.end, 101.5 * kMs));
  const Range events = viz::whole(timeline, Scale::events);
  CHECK(events.begin < 1);
  CHECK(events.end > 4);
  for (const Scale scale : {Scale::time, Scale::events}) {
    const Range nothing = viz::whole(sim::Timeline{}, scale);
    CHECK(nothing.length() >= 1);
  }
}

TEST_CASE("zooming keeps what is under the pointer where it is", "[viz]") {
  const Range whole{0, 1'000'000};
  const Range range{200'000, 400'000};
  const Range closer = viz::zoomed(range, 2, 250'000, whole);
  CHECK(closer == Range{225'000, 325'000});
  CHECK(viz::zoomed(closer, 0.5, 250'000, whole) == range);
  SECTION("and goes no closer than 16 units") {
    const Range closest = viz::zoomed(range, 1e12, 250'000, whole);
    CHECK(near(closest.length(), 16));
    CHECK(closest.begin < 250'000);
    CHECK(closest.end > 250'000);
  }
  SECTION("nor further away than the whole") {
    CHECK(viz::zoomed(range, 1e-12, 250'000, whole) == whole);
    CHECK(viz::zoomed(range, 0, 250'000, whole) == whole);
  }
  SECTION("and stays within it at its edge") { CHECK(viz::zoomed({0, 100'000}, 0.5, 90'000, whole) == Range{0, 200'000}); }
  SECTION("and a whole that is smaller than 16 units is its own closest") {
    CHECK(viz::zoomed({0, 8}, 4, 4, {0, 8}) == Range{0, 8});
  }
}

TEST_CASE("moving ends at the edges of the run", "[viz]") {
  const Range whole{-10, 1000};
  CHECK(viz::moved({100, 200}, 50, whole) == Range{150, 250});
  CHECK(viz::moved({100, 200}, -500, whole) == Range{-10, 90});
  CHECK(viz::moved({100, 200}, 5000, whole) == Range{900, 1000});
  CHECK(viz::moved({0, 5000}, 1, whole) == whole);
}

TEST_CASE("the same part of a run on the other scale", "[viz]") {
  const sim::Timeline small = four();
  const Range end = viz::converted(small, {99.0 * kMs, 100.0 * kMs}, Scale::time, Scale::events);
  CHECK(end.end <= viz::whole(small, Scale::events).end);
  CHECK(end.length() >= 16);
  const sim::Timeline timeline = random_timeline(7, 5, 3000);
  for (const Scale from : {Scale::time, Scale::events}) {
    const Scale to = from == Scale::time ? Scale::events : Scale::time;
    const Range all = viz::whole(timeline, from);
    CHECK(viz::converted(timeline, all, from, to) == viz::whole(timeline, to));
    CHECK(viz::converted(timeline, all, from, from) == all);
    const Range last = viz::converted(timeline, {all.end - all.length() * 1e-6, all.end}, from, to);
    CHECK(last.end <= viz::whole(timeline, to).end);
    CHECK(last.length() > 15);
    sim::Rng rng(11, "test", 0);
    for (int i = 0; i < 200; ++i) {
      const double begin = all.begin + all.length() * static_cast<double>(rng.below(800)) / 1000;
      const Range range{begin, begin + all.length() * static_cast<double>(1 + rng.below(200)) / 1000};
      const Range there = viz::converted(timeline, range, from, to);
      const Axis axis{to, there, 1};
      const Range limits = viz::whole(timeline, to);
      REQUIRE(there.begin >= limits.begin);
      REQUIRE(there.end <= limits.end);
      REQUIRE(there.length() > 0);
      // What is inside here is inside there: to a column, because several events can share an instant.
      for (std::uint32_t number = 1; number <= timeline.events.size(); ++number) {
        const double here = from == Scale::time ? static_cast<double>(timeline.event(number).at.ns) : number;
        const double at = axis.position(timeline, timeline.event(number).at, number);
        const double slack = to == Scale::events ? 1 : 1 + static_cast<double>(there.length()) * 1e-9;
        if (here > range.begin && here < range.end) {
          REQUIRE(at >= there.begin - slack);
          REQUIRE(at <= there.end + slack);
        }
      }
    }
  }
}

TEST_CASE("ticks stand at round numbers with labels that say no more than they must", "[viz]") {
  CHECK(labels({Scale::time, {0, 10e9}, 1280}) == Words{"0s", "1s", "2s", "3s", "4s", "5s", "6s", "7s", "8s", "9s", "10s"});
  CHECK(labels({Scale::time, {1e9, 1.6e9}, 800}) == Words{"1s", "1.1s", "1.2s", "1.3s", "1.4s", "1.5s", "1.6s"});
  CHECK(labels({Scale::time, {-1e6, 11e6}, 640}) == Words{"0s", "5ms", "10ms"});
  CHECK(labels({Scale::time, {0, 900}, 640}) == Words{"0s", "200ns", "400ns", "600ns", "800ns"});
  SECTION("deep inside a long run the labels in between are what they add") {
    CHECK(labels({Scale::time, {42.1234001e9, 42.1234021e9}, 1280}) ==
          Words{"+0.2us", "+0.4us", "+0.6us", "+0.8us", "+1us", "+1.2us", "+1.4us", "+1.6us", "+1.8us", "42.123402s"});
  }
  SECTION("and one of them says where all that is") {
    CHECK(labels({Scale::time, {42.1234001e9, 42.1234011e9}, 440}) == Words{"42.1234005s", "+1us"});
  }
  CHECK(labels({Scale::events, {990, 1030}, 500}) == Words{"event 990", "1,000", "1,010", "1,020", "1,030"});
  CHECK(labels({Scale::events, {-5, 11}, 1280}) == Words{"event 2", "4", "6", "8", "10"});
  CHECK(viz::ticks({Scale::time, {0, 0}, 100}).empty());
  CHECK(viz::ticks({Scale::time, {0, 100}, 0}).empty());
}

TEST_CASE("ticks keep their distance at any zoom", "[viz]") {
  sim::Rng rng(3, "ticks", 0);
  for (int i = 0; i < 2000; ++i) {
    const Scale scale = rng.below(2) == 0 ? Scale::time : Scale::events;
    double length = 16;
    for (std::uint64_t n = rng.below(28); n > 0; --n) length *= 2.7;
    const double begin = static_cast<double>(rng.below(1000)) * length / 37;
    const auto width = static_cast<float>(200 + rng.below(2000));
    const Axis axis{scale, {begin, begin + length}, width};
    const std::vector<viz::Tick> all = viz::ticks(axis);
    float last = -1e9F;
    int major = 0;
    int whole = 0;
    for (const viz::Tick& tick : all) {
      REQUIRE(tick.x >= -0.01F);
      REQUIRE(tick.x <= width + 0.01F);
      if (!tick.major) continue;
      REQUIRE(tick.x - last >= 100);
      if (last >= 0) REQUIRE(tick.x - last <= 110 * 2.5F + 1);
      last = tick.x;
      ++major;
      if (tick.label.front() != '+') ++whole;
      REQUIRE(tick.label.size() <= 30);
    }
    if (length > 1000 && width > 600) {
      REQUIRE(major >= 2);
      REQUIRE(whole >= 1);
    }
  }
}
