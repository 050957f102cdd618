// The viewer's scene of small timelines, where everything has a known place. See viz_scene_random_test.cpp for large ones.
#include "tests/unit/catch.hpp"
#include "tests/unit/viz_scene_support.hpp"
#include "viz/model/scene.hpp"

namespace {

using namespace viz_support;  // NOLINT(google-build-using-namespace)
using viz::Detail;
using viz::Hit;
using viz::Kin;
using viz::Scale;
using viz::Scene;

}  // namespace

TEST_CASE("lanes stand by system and zone, clients last", "[viz]") {
  std::vector<Timeline::Node> nodes{{"c1", "load", "", ""},
                                    {"a1", "store", "east", ""},
                                    {"b1", "lock", "", ""},
                                    {"a2", "store", "west", ""},
                                    {"a3", "store", "east", ""}};
  Maker make(nodes);
  make.ask(1, make.start(0, 0), "read", "key 1");
  const Timeline timeline = make.finish(10);
  const viz::Lanes lanes = viz::Lanes::of(timeline);
  REQUIRE(lanes.groups.size() == 4);
  CHECK(lanes.groups[0].title == "store in east");
  REQUIRE(lanes.groups[0].lanes.size() == 2);
  CHECK(lanes.groups[0].lanes[0].node == 1);
  CHECK(lanes.groups[0].lanes[1].node == 4);
  CHECK(lanes.groups[1].title == "store in west");
  CHECK(lanes.groups[2].title == "lock");
  CHECK(lanes.groups[3].title == "load");
  CHECK(lanes.groups[3].lanes[0].client);
  CHECK_FALSE(lanes.groups[2].lanes[0].client);
  CHECK(lanes.visible() == 5);
}

TEST_CASE("lanes are laid out below the axis and scrolled", "[viz]") {
  View view(three_messages());
  view.show({0, 1000});
  Scene scene = view.compose();
  REQUIRE(scene.groups.size() == 1);
  CHECK(scene.groups[0].title == "store");
  CHECK(scene.groups[0].y == 24);
  REQUIRE(scene.lanes.size() == 2);
  CHECK(scene.lanes[0].y == 46);
  CHECK(scene.lanes[0].middle == kFirst);
  CHECK(scene.lanes[1].middle == kSecond);
  CHECK(scene.content_height == 22 + 44 * 2);
  CHECK(scene.axis_height == 24);

  view.input.top = 70;
  scene = view.compose();
  CHECK(scene.groups.empty());
  REQUIRE(scene.lanes.size() == 1);
  CHECK(scene.lanes[0].node == 1);
  CHECK(scene.lanes[0].middle == kSecond - 70);
  CHECK(scene.content_height == 22 + 44 * 2);
  for (const viz::Dot& dot : scene.dots) CHECK(dot.y == kSecond - 70);
  CHECK(scene.messages == 3);
  CHECK(scene.arrows.size() == 3);  // of those between both lanes the lower part is seen

  view.input.top = 200;
  scene = view.compose();
  CHECK(scene.lanes.empty());
  CHECK(scene.messages == 0);
  CHECK(scene.arrows.empty());

  view.input.top = 0;
  view.lanes.groups[0].lanes[0].hidden = true;
  scene = view.compose();
  CHECK(view.lanes.visible() == 1);
  REQUIRE(scene.lanes.size() == 1);
  CHECK(scene.lanes[0].node == 1);
  CHECK(scene.lanes[0].middle == kFirst);
}

TEST_CASE("messages by time go from when they were sent to when they ended", "[viz]") {
  View view(three_messages());
  view.show({0, 1000});
  const Scene scene = view.compose();
  CHECK(scene.detail == Detail::arrows);
  CHECK(scene.messages == 3);
  REQUIRE(scene.arrows.size() == 3);
  const viz::ArrowLine& ask = scene.arrows[0];
  CHECK(ask.x0 == 100);
  CHECK(ask.y0 == kFirst);
  CHECK(ask.x1 == 300);
  CHECK(ask.y1 == kSecond);
  CHECK(ask.fate == sim::MessageFate::delivered);
  CHECK(ask.inside);
  SECTION("one that a link lost ends part of the way, as steep as others are") {
    const viz::ArrowLine& cut = scene.arrows[1];
    CHECK(cut.fate == sim::MessageFate::cut);
    CHECK(cut.x0 == 300);
    CHECK(cut.x1 == 300 + 200 * 0.4F);  // messages here take 200
    CHECK(cut.y0 == kSecond);
    CHECK(cut.y1 == Near(kSecond - 44 * 0.4F));
  }
  SECTION("one that came to a node that was down reaches its lane") {
    const viz::ArrowLine& down = scene.arrows[2];
    CHECK(down.fate == sim::MessageFate::down);
    CHECK(down.x0 == 400);
    CHECK(down.x1 == 500);
    CHECK(down.y0 == kFirst);
    CHECK(down.y1 == kSecond);
  }
}

TEST_CASE("messages by events go from the column of their cause to that of their delivery", "[viz]") {
  View view(three_messages());
  view.input.axis.scale = Scale::events;
  view.show({0, 10});
  const Scene scene = view.compose();
  REQUIRE(scene.arrows.size() == 3);
  CHECK(scene.arrows[0].x0 == 300);
  CHECK(scene.arrows[0].x1 == 400);
  CHECK(scene.arrows[0].y1 == kSecond);
  CHECK(scene.arrows[1].x0 == 400);  // lost: half a column after its cause
  CHECK(scene.arrows[1].x1 == 450);
  CHECK(scene.arrows[2].x0 == 500);
  CHECK(scene.arrows[2].x1 == 550);
  CHECK(scene.arrows[2].y1 == kSecond);
  REQUIRE(scene.dots.size() == 5);
  CHECK(scene.events == 5);
}

TEST_CASE("what begins or ends out of sight is cut, what passes by is left out", "[viz]") {
  View view(three_messages());
  view.show({200, 280});  // in the middle of the first message
  Scene scene = view.compose();
  REQUIRE(scene.arrows.size() == 1);
  CHECK(scene.dots.empty());
  CHECK(scene.arrows[0].x0 == Near(-viz::kOverhang));
  CHECK(scene.arrows[0].x1 == Near(1000 + viz::kOverhang));
  CHECK(scene.arrows[0].y0 > kFirst);
  CHECK(scene.arrows[0].y1 < kSecond);
  view.show({310, 399});  // the lost one is drawn until 380
  CHECK(view.compose().arrows.size() == 1);
  view.show({381, 399});
  CHECK(view.compose().arrows.empty());
  CHECK(view.compose().messages == 0);
  view.show({300, 310});  // both ends are in sight
  scene = view.compose();
  CHECK(scene.arrows.size() == 2);
  CHECK(scene.dots.size() == 1);
}

TEST_CASE("a message to a hidden lane is a stub at the other one", "[viz]") {
  View view(three_messages());
  view.show({0, 1000});
  view.lanes.groups[0].lanes[1].hidden = true;
  Scene scene = view.compose();
  REQUIRE(scene.arrows.size() == 3);
  CHECK_FALSE(scene.arrows[0].inside);
  CHECK(scene.arrows[0].y0 == kFirst);
  CHECK(scene.arrows[0].y1 == Near(kFirst + 44 * 0.4F));
  CHECK(scene.arrows[0].x1 == Near(180));
  CHECK(scene.arrows[1].y0 == Near(kFirst + 44 * 0.4F));  // from below, and lost before it came here
  CHECK(scene.arrows[1].y1 == Near(kFirst + 44 * 0.4F * 0.6F));
  view.lanes.groups[0].lanes[0].hidden = true;
  scene = view.compose();
  CHECK(scene.arrows.empty());
  CHECK(scene.messages == 0);
  CHECK(scene.groups.empty());
}

TEST_CASE("events closer than three pixels are one dot with their number, but never the focused one", "[viz]") {
  Maker make(1);
  make.start(0, 0);
  for (std::int64_t i = 0; i < 20; ++i) make.timer(1000 + i, 0, 1, "Tick");
  make.timer(5000, 0, 1, "Tick");
  View view(make.finish(10'000));
  view.show({0, 10'000});
  Scene scene = view.compose();
  REQUIRE(scene.dots.size() == 3);
  CHECK(scene.dots[0].count == 1);
  CHECK(scene.dots[0].kind == sim::RecordKind::start);
  CHECK(scene.dots[1].count == 20);
  CHECK(scene.dots[1].event == 2);
  CHECK(scene.dots[1].kind == sim::RecordKind::deliver);
  CHECK(scene.dots[1].x0 == 100);
  CHECK(scene.dots[1].x1 == Near(101.9F));
  CHECK(scene.dots[2].count == 1);
  CHECK(scene.dots[2].kind == sim::RecordKind::timer);
  CHECK(scene.focus_x < 0);

  view.focus.set(view.timeline, 10);
  scene = view.compose();
  REQUIRE(scene.dots.size() == 5);
  CHECK(scene.dots[1].count == 8);
  CHECK(scene.dots[2].count == 1);
  CHECK(scene.dots[2].event == 10);
  CHECK(scene.dots[2].kin == Kin::self);
  CHECK(scene.dots[3].count == 11);
  CHECK(scene.dots[0].kin == Kin::past);
  CHECK(scene.dots[3].kin == Kin::none);
  CHECK(scene.focus_x == scene.dots[2].x0);
  view.show({4000, 10'000});
  CHECK(view.compose().focus_x < 0);
}

TEST_CASE("messages between two lanes in one strip are one bundle", "[viz]") {
  Maker make(2);
  make.start(0, 0);
  make.start(1, 1);
  for (std::int64_t i = 0; i < 7; ++i) make.deliver(10 + i, 1, 1, i % 4 == 0 ? "Ask" : "Append");
  make.lose(17, 1, 1, "Ask", "cut");
  make.deliver(20, 0, 2, "Ack");
  make.deliver(21, 0, 1, "Own");
  make.deliver(900, 1, make.timer(800, 0, 1, "Tick"), "Append");
  View view(make.finish(1000));
  view.input.detail = Detail::bundles;
  view.show({0, 1000});
  const Scene scene = view.compose();
  CHECK(scene.messages == 11);
  CHECK(scene.unbundled == 0);
  REQUIRE(scene.bundles.size() == 3);
  CHECK(scene.bundles[0].count == 8);
  CHECK(scene.bundles[0].disturbed == 1);
  CHECK(view.timeline.text(scene.bundles[0].type) == "Append");
  CHECK(scene.bundles[0].y0 == kFirst);
  CHECK(scene.bundles[0].y1 == kSecond);
  CHECK(scene.bundles[0].x1 > scene.bundles[0].x0);
  CHECK(scene.bundles[0].x1 <= 48);
  CHECK(scene.bundles[1].count == 1);
  CHECK(scene.bundles[1].y0 == kSecond);
  CHECK(view.timeline.text(scene.bundles[1].type) == "Ack");
  CHECK(scene.bundles[2].x0 >= 768);
  CHECK(scene.bundles[2].x1 <= 816);
  CHECK(scene.bundles[2].disturbed == 0);
}

TEST_CASE("a bundle of as many of one type as of another has one of both", "[viz]") {
  Maker make(2);
  make.start(0, 0);
  make.deliver(10, 1, 1, "Ask");
  make.deliver(11, 1, 1, "Append");
  View view(make.finish(1000));
  view.input.detail = Detail::bundles;
  view.show({0, 1000});
  const Scene scene = view.compose();
  REQUIRE(scene.bundles.size() == 1);
  CHECK(scene.bundles[0].count == 2);
  CHECK_FALSE(view.timeline.text(scene.bundles[0].type).empty());
}

TEST_CASE("messages are arrows while they have room in the plot", "[viz]") {
  Maker make(2);
  make.start(0, 0);
  for (std::int64_t i = 0; i < 2000; ++i) make.deliver(i * 10 + 1, 1, 1, "Ask");
  View view(make.finish(20'000));
  view.input.axis.scale = Scale::events;
  view.show({0, 1240});  // all are sent in the first column, and those that arrive beyond the edge are in sight too
  CHECK(view.compose().detail == Detail::bundles);
  view.show({800, 2010});
  const Scene scene = view.compose();
  CHECK(scene.messages == 1202);
  CHECK(scene.detail == Detail::arrows);
}

TEST_CASE("where everybody talks with everybody bundles say nothing", "[viz]") {
  constexpr std::uint32_t kNodes = 30;
  const auto crowd = [&](std::uint32_t rounds) {
    Maker make(kNodes);
    for (std::uint32_t n = 0; n < kNodes; ++n) make.start(0, n);
    for (std::uint32_t i = 0; i < rounds * kNodes; ++i)
      make.deliver(i + 1, (i * 7 + i / kNodes * 11) % kNodes, i % kNodes + 1, "Gossip");
    return make.finish(std::int64_t{rounds} * kNodes);
  };
  View few(crowd(70));
  few.show({0, 70.0 * kNodes});
  Scene scene = few.compose();
  CHECK(scene.messages > 1250);  // too many for arrows, were there fewer pairs
  CHECK(scene.detail == Detail::arrows);
  CHECK(scene.arrows.size() == scene.messages);
  CHECK(scene.bundles.empty());
  View many(crowd(700));
  many.show({0, 700.0 * kNodes});
  scene = many.compose();
  CHECK(scene.detail == Detail::rates);
  CHECK(scene.bundles.empty());
  CHECK(scene.unbundled == 0);
  many.input.detail = Detail::bundles;
  scene = many.compose();
  CHECK(scene.bundles.size() > 10);
  CHECK(scene.unbundled > 0);
}

TEST_CASE("what is akin to the focus is drawn as such at every detail", "[viz]") {
  Maker make(3);
  for (std::uint32_t n = 0; n < 3; ++n) make.start(0, n);
  const std::uint32_t ask = make.deliver(200, 1, 1, "Ask");
  make.deliver(250, 2, 1, "Ask");
  const std::uint32_t grant = make.deliver(400, 0, ask, "Grant");
  make.lose(400, 2, grant, "Append", "loss");
  make.deliver(600, 1, grant, "Append");
  View view(make.finish(1000));
  view.show({-10, 1000});
  view.focus.set(view.timeline, grant);
  for (const Detail detail : {Detail::arrows, Detail::bundles, Detail::rates}) {
    view.input.detail = detail;
    const Scene scene = view.compose();
    CHECK(scene.detail == detail);
    std::vector<Kin> kin;
    for (const viz::ArrowLine& arrow : scene.arrows) {
      if (arrow.kin != Kin::none) kin.push_back(arrow.kin);
    }
    std::sort(kin.begin(), kin.end());
    if (detail == Detail::arrows) {
      CHECK(scene.arrows.size() == 5);
      CHECK(kin == std::vector{Kin::past, Kin::self, Kin::future, Kin::future});  // the lost one came of it too
    } else {
      CHECK(scene.arrows.size() == 3);
      CHECK(kin == std::vector{Kin::past, Kin::self, Kin::future});
    }
    CHECK(std::count_if(scene.dots.begin(), scene.dots.end(), [](const viz::Dot& d) { return d.kin == Kin::self; }) == 1);
    CHECK(std::count_if(scene.dots.begin(), scene.dots.end(), [](const viz::Dot& d) { return d.kin == Kin::past; }) == 2);
    CHECK(std::count_if(scene.dots.begin(), scene.dots.end(), [](const viz::Dot& d) { return d.kin == Kin::future; }) == 1);
  }
}

TEST_CASE("timers and syncs stretch from what set them to their end", "[viz]") {
  Maker make(1);
  make.start(100, 0);
  make.timer(300, 0, 1, "Tick");
  make.sync(500, 0, 2);
  make.timer(900, 0, 1, "Late");
  View view(make.finish(1000));
  view.show({0, 1000});
  Scene scene = view.compose();
  REQUIRE(scene.stretches.size() == 3);
  CHECK(scene.stretches[0].x0 == 100);
  CHECK(scene.stretches[0].x1 == 300);
  CHECK(scene.stretches[0].kind == sim::RecordKind::timer);
  CHECK(scene.stretches[1].x0 == 300);
  CHECK(scene.stretches[1].kind == sim::RecordKind::sync);
  CHECK(scene.stretches[2].x1 == 900);
  view.show({600, 700});  // neither end of the last one is in sight
  scene = view.compose();
  REQUIRE(scene.stretches.size() == 1);
  CHECK(scene.stretches[0].event == 4);
  CHECK(scene.stretches[0].x0 == 0);
  CHECK(scene.stretches[0].x1 == 1000);
  view.show({0, 90});
  CHECK(view.compose().stretches.empty());
  view.input.detail = Detail::bundles;
  view.show({0, 1000});
  CHECK(view.compose().stretches.empty());
}

TEST_CASE("shades, ribbons and flags stand where a run has trouble, roles and moments", "[viz]") {
  Maker make(2);
  make.role(make.start(0, 0), "follower", 1);
  make.start(0, 1);
  const std::uint32_t crash = make.fault("crash", 200, {1});
  make.role(make.timer(300, 0, 1, "Tick"), "leader", 2);
  make.end_fault(crash, "crash", 600);
  make.fault("partition", 700, {0, 1});
  const std::uint32_t last = make.timer(800, 0, 1, "Tick");
  make.aside(sim::RecordKind::mark, last, "a mark");
  make.aside(sim::RecordKind::note, last, "a note");
  make.claim(last, "store.safe", "violated");
  make.claim(2, "store.lively", "reached");
  make.claim(2, "store.other", "holds");
  View view(make.finish(1000));
  view.show({0, 1000});
  Scene scene = view.compose();

  REQUIRE(scene.shades.size() == 3);
  CHECK(scene.shades[0].x0 == 700);  // of the partition that never ended, at n1
  CHECK(scene.shades[0].x1 == 1000);
  CHECK(scene.shades[0].label == "partition");
  CHECK(scene.shades[1].x0 == 200);
  CHECK(scene.shades[1].x1 == 600);
  CHECK(scene.shades[1].y0 == 90);
  CHECK(scene.shades[1].y1 == 134);
  CHECK(scene.shades[1].fault == 0);
  CHECK(scene.shades[2].fault == 1);

  REQUIRE(scene.ribbons.size() == 2);
  CHECK(scene.ribbons[0].x0 == 0);
  CHECK(scene.ribbons[0].x1 == 300);
  CHECK(scene.ribbons[0].label == "follower, term 1");
  CHECK(scene.ribbons[1].x1 == 1000);
  CHECK(scene.ribbons[1].label == "leader, term 2");
  CHECK(scene.ribbons[1].epoch == 2);

  const auto flag = [&](viz::Flag::Kind kind) {
    std::vector<float> at;
    for (const viz::Flag& f : scene.flags) {
      if (f.kind == kind) at.push_back(f.x);
    }
    return at;
  };
  CHECK(flag(viz::Flag::Kind::violated) == std::vector{800.0F});
  CHECK(flag(viz::Flag::Kind::reached) == std::vector{0.0F});
  CHECK(flag(viz::Flag::Kind::fault_begins) == std::vector{200.0F, 700.0F});
  CHECK(flag(viz::Flag::Kind::fault_ends) == std::vector{600.0F});
  CHECK(flag(viz::Flag::Kind::mark) == std::vector{800.0F});

  view.show({250, 280});
  scene = view.compose();
  REQUIRE(scene.shades.size() == 1);
  CHECK(scene.shades[0].x0 == 0);
  CHECK(scene.shades[0].x1 == 1000);
  CHECK(scene.ribbons.size() == 1);
  CHECK(scene.flags.empty());

  view.input.axis.scale = Scale::events;
  view.show({0, 10});
  scene = view.compose();
  REQUIRE(scene.shades.size() == 3);
  CHECK(scene.shades[1].x0 == 300);
  CHECK(scene.shades[1].x1 == 500);
  REQUIRE(scene.ribbons.size() == 2);
  CHECK(scene.ribbons[0].x1 == 400);
  CHECK(flag(viz::Flag::Kind::fault_begins) == std::vector{300.0F, 600.0F});
}

TEST_CASE("where faults overlap one label gives way to the next", "[viz]") {
  Maker make(1);
  make.start(0, 0);
  make.fault("partition", 100, {0});
  make.fault("pause", 130, {0});
  make.fault("clock", 600, {0});
  View view(make.finish(1000));
  view.show({0, 1000});
  const Scene scene = view.compose();
  REQUIRE(scene.shades.size() == 3);
  CHECK(scene.shades[0].label.empty());
  CHECK(scene.shades[1].label == "pause");
  CHECK(scene.shades[2].label == "clock");
}

TEST_CASE("a client's operations are bars, side by side where they overlap", "[viz]") {
  Maker make(1);
  const std::uint32_t start = make.start(0, 0);
  make.ask(1, start, "read", "key 3");
  make.ask(2, make.timer(100, 0, start, "Tick"), "write", "key 3 = 7");
  make.answer(1, make.timer(400, 0, start, "Tick"), "7");
  make.ask(1, make.timer(500, 0, start, "Tick"), "read", "key 4");
  View view(make.finish(1000));
  view.show({0, 1000});
  const Scene scene = view.compose();
  REQUIRE(scene.lanes[0].client);
  REQUIRE(scene.bars.size() == 3);
  CHECK(scene.bars[0].label == "read key 3 = 7");
  CHECK(scene.bars[0].x0 == 0);
  CHECK(scene.bars[0].x1 == 400);
  CHECK_FALSE(scene.bars[0].open);
  CHECK(scene.bars[1].operation == 2);
  CHECK(scene.bars[1].open);
  CHECK(scene.bars[1].x1 == 1000);
  CHECK(scene.bars[1].y0 == scene.bars[0].y0);  // in the same row as the one that has ended
  CHECK(scene.bars[2].operation == 1);
  CHECK(scene.bars[2].open);
  CHECK(scene.bars[2].label == "write key 3 = 7");
  CHECK(scene.bars[2].y0 >= scene.bars[0].y1);
  for (const viz::OperationBar& bar : scene.bars) CHECK(bar.y1 < scene.lanes[0].middle);
}

TEST_CASE("an empty timeline is an empty scene", "[viz]") {
  View view(Timeline{});
  for (const Scale scale : {Scale::time, Scale::events}) {
    view.input.axis.scale = scale;
    view.show(viz::whole(view.timeline, scale));
    const Scene scene = view.compose();
    CHECK(scene.arrows.empty());
    CHECK(scene.dots.empty());
    CHECK(scene.content_height == 0);
    CHECK(viz::hit(scene, 100, 100).kind == Hit::Kind::nothing);
    CHECK(viz::minimap(view.timeline, scale, 4).events == std::vector<std::uint32_t>{0, 0, 0, 0});
  }
}
