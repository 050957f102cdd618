// The viewer's focus: what led to the selected event and what came of it; filters, steps and searches.
#include <numeric>

#include "tests/unit/catch.hpp"
#include "tests/unit/viz_support.hpp"
#include "viz/model/focus.hpp"

namespace {

using sim::RecordKind;
using sim::Timeline;
using viz::Filter;
using viz::Focus;
using viz::Kin;
using viz::Step;
using viz_support::Maker;
using viz_support::random_timeline;
using Numbers = std::vector<std::uint32_t>;

// n1 starts and asks n2 and n3; n2 grants; n3's grant is lost; n1 leads, tells n2, and sets a timer.
//
//   1 start n1   2 start n2   3 start n3   4 timer n1 (of 1)   5 Ask at n2 (of 4)   6 Ask at n3 (of 4)
//   7 Grant at n1 (of 5)   8 crash of n3   9 Append at n2 (of 7)   10 timer n1 (of 7)   11 sync n2 (of 9)
Timeline election() {
  Maker make(3);
  for (std::uint32_t n = 0; n < 3; ++n) make.start(0, n);
  make.timer(10, 0, 1, "Election");
  make.deliver(12, 1, 4, "Ask", R"({"term":3})");
  make.deliver(13, 2, 4, "Ask", R"({"term":3})");
  make.lose(13, 0, 6, "Grant", "cut");
  make.aside(RecordKind::note, 6, "grants its vote");
  make.deliver(15, 0, 5, "Grant");
  make.aside(RecordKind::mark, 7, "elected");
  make.fault("crash", 16, {2});
  make.deliver(18, 1, 7, "Append");
  make.timer(25, 0, 7, "Heartbeat");
  make.sync(26, 1, 9);
  return make.finish(30);
}

std::uint16_t type_of(const Timeline& timeline, const std::string& name) {
  const auto found = std::find(timeline.texts.begin(), timeline.texts.end(), name);
  REQUIRE(found != timeline.texts.end());
  return static_cast<std::uint16_t>(found - timeline.texts.begin());
}

Numbers passing(const Timeline& timeline, const Filter& filter) {
  Numbers out;
  for (std::uint32_t e = 1; e <= timeline.events.size(); ++e) {
    if (filter.passes(timeline, e)) out.push_back(e);
  }
  return out;
}

Filter with(void (*change)(Filter&)) {
  Filter filter;
  change(filter);
  return filter;
}

}  // namespace

TEST_CASE("the focus knows what led to an event and what came of it", "[viz]") {
  const Timeline timeline = election();
  Focus focus;
  CHECK(focus.event() == 0);
  CHECK(focus.kin(1) == Kin::none);

  focus.set(timeline, 5);
  CHECK(focus.past() == Numbers{1, 4});
  CHECK(focus.future() == Numbers{7, 9, 10, 11});
  CHECK_FALSE(focus.more_past());
  CHECK_FALSE(focus.more_future());
  CHECK(focus.kin(4) == Kin::past);
  CHECK(focus.kin(5) == Kin::self);
  CHECK(focus.kin(9) == Kin::future);
  CHECK(focus.kin(6) == Kin::none);  // of the same cause, but neither led to it nor came of it
  CHECK(focus.kin(0) == Kin::none);

  SECTION("as far as the hops go") {
    focus.set(timeline, 5, 1);
    CHECK(focus.hops() == 1);
    CHECK(focus.past() == Numbers{4});
    CHECK(focus.more_past());
    CHECK(focus.future() == Numbers{7});
    CHECK(focus.more_future());
    focus.set(timeline, 5, 3);
    CHECK(focus.future() == Numbers{7, 9, 10, 11});
    CHECK_FALSE(focus.more_future());
    focus.set(timeline, 5, 0);
    CHECK(focus.past().empty());
    CHECK(focus.more_past());
    CHECK(focus.future().empty());
    CHECK(focus.more_future());
  }
  SECTION("and nothing is selected by 0 or beyond the end") {
    focus.set(timeline, 0);
    CHECK(focus.event() == 0);
    CHECK(focus.past().empty());
    CHECK(focus.future().empty());
    focus.set(timeline, 99);
    CHECK(focus.event() == 0);
  }
}

TEST_CASE("the focus' future ends at the most events that it takes", "[viz]") {
  Maker make(1);
  make.start(0, 0);
  const auto many = static_cast<std::uint32_t>(Focus::kMost) + 5;
  for (std::uint32_t i = 0; i < many; ++i) make.timer(10 + i, 0, 1, "Tick");
  const Timeline timeline = make.finish(100'000);
  Focus focus;
  focus.set(timeline, 1);
  CHECK(focus.future().size() == Focus::kMost);
  CHECK(focus.more_future());
}

TEST_CASE("past and future are what a search through all causes finds", "[viz]") {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const Timeline timeline = random_timeline(seed, 3 + static_cast<std::uint32_t>(seed), 1200);
    sim::Rng rng(seed, "focus", 0);
    for (int i = 0; i < 40; ++i) {
      const auto event = static_cast<std::uint32_t>(1 + rng.below(timeline.events.size()));
      const auto hops = static_cast<std::uint32_t>(rng.below(15));
      Focus focus;
      focus.set(timeline, event, hops);
      bool further = false;
      for (std::uint32_t e = 1; e <= timeline.events.size(); ++e) {
        std::uint32_t steps = 0;
        std::uint32_t at = e;
        for (; at > event; at = timeline.event(at).cause) ++steps;
        const bool comes_of_it = at == event && e != event;
        if (comes_of_it && steps > hops) further = true;
        if (e > event) REQUIRE((focus.kin(e) == Kin::future) == (comes_of_it && steps <= hops));
      }
      REQUIRE(focus.more_future() == further);
      Numbers past;
      std::uint32_t at = timeline.event(event).cause;
      for (; at != 0 && past.size() < hops; at = timeline.event(at).cause) past.insert(past.begin(), at);
      REQUIRE(focus.past() == past);
      REQUIRE(focus.more_past() == (at != 0));
    }
  }
}

TEST_CASE("a filter passes what it asks for", "[viz]") {
  const Timeline timeline = election();
  CHECK(Filter{}.everything());
  CHECK(passing(timeline, Filter{}).size() == timeline.events.size());

  CHECK(passing(timeline, with([](Filter& f) { f.messages = false; })) == Numbers{1, 2, 3, 4, 8, 10, 11});
  CHECK(passing(timeline, with([](Filter& f) { f.timers = false; })) == Numbers{1, 2, 3, 5, 6, 7, 8, 9, 11});
  CHECK(passing(timeline, with([](Filter& f) { f.syncs = false; })) == Numbers{1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  CHECK(passing(timeline, with([](Filter& f) { f.faults = false; })) == Numbers{1, 2, 3, 4, 5, 6, 7, 9, 10, 11});
  CHECK(passing(timeline, with([](Filter& f) { f.nodes = {1}; })) == Numbers{2, 5, 9, 11});
  CHECK(passing(timeline, with([](Filter& f) { f.nodes = {2}; })) == Numbers{3, 6, 8});  // and the crash that hit it
  CHECK_FALSE(with([](Filter& f) { f.nodes = {2}; }).everything());

  Filter types;
  types.types = {type_of(timeline, "Ask"), type_of(timeline, "Heartbeat")};
  CHECK(passing(timeline, types) == Numbers{5, 6, 10});
  SECTION("words are found in what is said of an event and in its value, in either case") {
    CHECK(passing(timeline, with([](Filter& f) { f.text = "ASK"; })) == Numbers{5, 6});
    CHECK(passing(timeline, with([](Filter& f) { f.text = "\"Term\":3"; })) == Numbers{5, 6});
    CHECK(passing(timeline, with([](Filter& f) { f.text = "election"; })) == Numbers{4});
    CHECK(passing(timeline, with([](Filter& f) { f.text = "no such word"; })).empty());
  }
  SECTION("and messages that were lost") {
    const auto lost = std::find_if(timeline.messages.begin(), timeline.messages.end(), [](const auto& m) { return m.event == 0; });
    REQUIRE(lost != timeline.messages.end());
    CHECK(Filter{}.shows(timeline, *lost));
    CHECK(with([](Filter& f) { f.nodes = {0}; }).shows(timeline, *lost));  // its receiver
    CHECK(with([](Filter& f) { f.nodes = {2}; }).shows(timeline, *lost));  // its sender
    CHECK_FALSE(with([](Filter& f) { f.nodes = {1}; }).shows(timeline, *lost));
    CHECK_FALSE(with([](Filter& f) { f.messages = false; }).shows(timeline, *lost));
    CHECK(with([](Filter& f) { f.text = "GRANT"; }).shows(timeline, *lost));
    CHECK(with([](Filter& f) { f.text = "partition"; }).shows(timeline, *lost));
    CHECK_FALSE(with([](Filter& f) { f.text = "append"; }).shows(timeline, *lost));
    CHECK_FALSE(types.shows(timeline, *lost));
    CHECK(viz::describe_lost(timeline, *lost) == "Grant from n3 to n1 is lost (cut)");
  }
}

TEST_CASE("only disturbed messages: lost, doubled, held or late", "[viz]") {
  Maker make(2);
  make.start(0, 0);
  make.deliver(10, 1, 1, "Fine");
  const std::uint64_t doubled = make.disturb(RecordKind::duplicate, 10, 1, 2);
  make.deliver(20, 0, 2, {doubled, 10}, "Twice");
  make.deliver(25, 0, 2, {doubled, 10}, "Twice");
  const std::uint64_t held = make.disturb(RecordKind::hold, 25, 1, 4);
  make.deliver(90, 1, 4, {held, 25}, "Held");
  make.timer(95, 1, 5, "Tick");
  const Timeline timeline = make.finish(100);
  const Filter filter = with([](Filter& f) { f.only_disturbed = true; });
  CHECK(passing(timeline, filter) == Numbers{1, 4, 5, 6});
  CHECK_FALSE(filter.shows(timeline, timeline.messages[timeline.event(2).message]));
  CHECK(filter.shows(timeline, timeline.messages[timeline.event(4).message]));
  CHECK(filter.shows(timeline, timeline.messages[timeline.event(5).message]));
}

TEST_CASE("steps go to the neighbours, of the node and of the type", "[viz]") {
  const Timeline timeline = election();
  Numbers trail;
  const auto step = [&](std::uint32_t from, Step how, const Filter& filter = {}) {
    return viz::stepped(timeline, from, how, filter, trail);
  };
  CHECK(step(0, Step::next) == 1);
  CHECK(step(0, Step::previous) == 0);
  CHECK(step(4, Step::next) == 5);
  CHECK(step(4, Step::previous) == 3);
  CHECK(step(1, Step::previous) == 1);
  CHECK(step(11, Step::next) == 11);
  CHECK(step(1, Step::next_of_node) == 4);
  CHECK(step(9, Step::previous_of_node) == 5);
  CHECK(step(10, Step::next_of_node) == 10);
  CHECK(step(5, Step::next_of_type) == 6);
  CHECK(step(6, Step::next_of_type) == 6);
  CHECK(step(6, Step::previous_of_type) == 5);
  CHECK(step(1, Step::next_of_type) == 2);
  CHECK(step(8, Step::next_of_type) == 8);
  CHECK(step(8, Step::next_of_node) == 8);
  SECTION("over what a filter leaves out") {
    const Filter no_messages = with([](Filter& f) { f.messages = false; });
    CHECK(step(4, Step::next, no_messages) == 8);
    CHECK(step(8, Step::previous, no_messages) == 4);
    CHECK(step(4, Step::next_of_node, no_messages) == 10);
  }
}

TEST_CASE("a walk along causes comes back the way it went", "[viz]") {
  const Timeline timeline = election();
  Numbers trail;
  const auto step = [&](std::uint32_t from, Step how, const Filter& filter = {}) {
    return viz::stepped(timeline, from, how, filter, trail);
  };
  CHECK(step(11, Step::cause) == 9);
  CHECK(step(9, Step::cause) == 7);
  CHECK(step(7, Step::cause) == 5);
  CHECK(step(5, Step::cause) == 4);
  CHECK(step(4, Step::cause) == 1);
  CHECK(step(1, Step::cause) == 1);
  CHECK(step(1, Step::effect) == 4);
  CHECK(step(4, Step::effect) == 5);
  CHECK(step(5, Step::effect) == 7);
  CHECK(step(7, Step::effect) == 9);
  CHECK(step(9, Step::effect) == 11);
  CHECK(step(11, Step::effect) == 11);
  CHECK(trail.empty());

  SECTION("from another effect than the first too") {
    CHECK(step(10, Step::cause) == 7);
    CHECK(step(7, Step::effect) == 10);
    CHECK(step(6, Step::cause) == 4);
    CHECK(step(4, Step::effect) == 6);
  }
  SECTION("and a trail from elsewhere is forgotten") {
    CHECK(step(6, Step::cause) == 4);
    CHECK(step(7, Step::effect) == 9);
    CHECK(trail.empty());
    CHECK(step(4, Step::effect) == 5);
  }
  SECTION("over causes and effects that a filter leaves out") {
    const Filter timers = with([](Filter& f) { f.messages = f.syncs = false; });
    CHECK(step(10, Step::cause, timers) == 4);
    CHECK(step(4, Step::effect, timers) == 10);
    CHECK(step(4, Step::effect, timers) == 10);  // without a trail: the first that it led to
    CHECK(step(9, Step::effect, timers) == 9);
  }
}

TEST_CASE("steps are what a search through all events finds", "[viz]") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const Timeline timeline = random_timeline(seed, 4, 600);
    const auto count = static_cast<std::uint32_t>(timeline.events.size());
    sim::Rng rng(seed, "steps", 0);
    for (int i = 0; i < 60; ++i) {
      Filter filter;
      filter.messages = rng.below(4) != 0;
      filter.timers = rng.below(4) != 0;
      filter.faults = rng.below(2) != 0;
      filter.only_disturbed = rng.below(4) == 0;
      if (rng.below(2) == 0) filter.nodes = {static_cast<std::uint32_t>(rng.below(4)), static_cast<std::uint32_t>(rng.below(4))};
      const auto from = static_cast<std::uint32_t>(1 + rng.below(count));
      const auto search = [&](bool forward, const auto& like) {
        for (std::uint32_t e = forward ? from + 1 : from - 1; e >= 1 && e <= count; e += forward ? 1U : ~0U) {
          if (filter.passes(timeline, e) && like(timeline.event(e))) return e;
        }
        return from;
      };
      const auto any = [](const Timeline::Event&) { return true; };
      const auto node = [&](const Timeline::Event& e) { return e.node == timeline.event(from).node; };
      const auto type = [&](const Timeline::Event& e) {
        return e.kind == timeline.event(from).kind && e.type == timeline.event(from).type;
      };
      Numbers trail;
      REQUIRE(viz::stepped(timeline, from, Step::next, filter, trail) == search(true, any));
      REQUIRE(viz::stepped(timeline, from, Step::previous, filter, trail) == search(false, any));
      REQUIRE(viz::stepped(timeline, from, Step::next_of_node, filter, trail) == search(true, node));
      REQUIRE(viz::stepped(timeline, from, Step::previous_of_node, filter, trail) == search(false, node));
      REQUIRE(viz::stepped(timeline, from, Step::next_of_type, filter, trail) == search(true, type));
      REQUIRE(viz::stepped(timeline, from, Step::previous_of_type, filter, trail) == search(false, type));
    }
  }
}

TEST_CASE("a search finds events, lost messages, notes and marks in their order", "[viz]") {
  const Timeline timeline = election();
  std::size_t total = 0;
  const std::vector<viz::Find> all = viz::find(timeline, {}, 100, total);
  CHECK(total == timeline.events.size() + 3);
  REQUIRE(all.size() == total);
  for (std::size_t i = 1; i < all.size(); ++i) CHECK(all[i - 1].event <= all[i].event);

  const std::vector<viz::Find> grants = viz::find(timeline, with([](Filter& f) { f.text = "grant"; }), 100, total);
  REQUIRE(total == 3);
  CHECK(grants[0].event == 6);
  CHECK(grants[0].text == "n3: grants its vote");
  CHECK(grants[1].event == 6);
  REQUIRE(grants[1].message != Timeline::kNone);
  CHECK(timeline.messages[grants[1].message].event == 0);
  CHECK(grants[1].at.ns == 13);
  CHECK(grants[1].text == "Grant from n3 to n1 is lost (cut)");
  CHECK(grants[2].event == 7);
  CHECK(grants[2].message == Timeline::kNone);
  CHECK(grants[2].text == timeline.describe(7));

  SECTION("as many as are wanted, and how many there are") {
    CHECK(viz::find(timeline, {}, 2, total).size() == 2);
    CHECK(total == timeline.events.size() + 3);
    CHECK(viz::find(timeline, with([](Filter& f) { f.text = "nothing like it"; }), 2, total).empty());
    CHECK(total == 0);
  }
  SECTION("of some nodes only") {
    const std::vector<viz::Find> of_n1 = viz::find(timeline, with([](Filter& f) { f.nodes = {0}; }), 100, total);
    Numbers events;
    for (const viz::Find& found : of_n1) events.push_back(found.event);
    CHECK(events == Numbers{1, 4, 6, 7, 7, 10});  // 6: the message to n1 that was lost; 7: and its mark
  }
}
