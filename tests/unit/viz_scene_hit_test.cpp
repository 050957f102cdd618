// What is under the pointer in the viewer's scene.
#include "tests/unit/catch.hpp"
#include "tests/unit/viz_scene_support.hpp"
#include "viz/model/scene.hpp"

namespace {

using namespace viz_support;  // NOLINT(google-build-using-namespace)
using viz::Detail;
using viz::Hit;
using viz::Scene;

}  // namespace

TEST_CASE("the pointer finds what is nearest", "[viz]") {
  View view(three_messages());
  view.show({0, 1000});
  const Scene scene = view.compose();
  const auto kind = [&](float x, float y) { return viz::hit(scene, x, y).kind; };
  Hit hit = viz::hit(scene, 103, kFirst + 3);
  CHECK(hit.kind == Hit::Kind::event);
  CHECK(hit.index == 3);
  CHECK(hit.count == 1);
  hit = viz::hit(scene, 200, (kFirst + kSecond) / 2 + 4);
  CHECK(hit.kind == Hit::Kind::message);
  CHECK(hit.index == 0);
  CHECK(kind(200, (kFirst + kSecond) / 2 + 8) == Hit::Kind::nothing);
  CHECK(kind(120, kFirst + 4) == Hit::Kind::message);
  CHECK(kind(104, kFirst + 1) == Hit::Kind::event);  // though the arrow is as near
  CHECK(kind(700, kFirst) == Hit::Kind::nothing);
  CHECK(kind(700, 10) == Hit::Kind::nothing);
}

TEST_CASE("the pointer finds bars, shades, flags, bundles and rates", "[viz]") {
  Maker make(2);
  const std::uint32_t start = make.start(0, 0);
  make.start(0, 1);
  make.fault("crash", 100, {1});
  make.fault("pause", 300, {1});
  make.ask(1, start, "read", "key 3");
  const std::uint32_t last = make.timer(500, 0, start, "Tick");
  make.answer(1, last);
  make.claim(last, "store.safe", "violated");
  make.aside(sim::RecordKind::mark, last, "a mark");
  make.deliver(700, 1, last, "Ask");
  View view(make.finish(1000));
  view.show({-1, 1000});
  Scene scene = view.compose();
  const viz::OperationBar& bar = scene.bars.at(0);
  Hit hit = viz::hit(scene, 250, (bar.y0 + bar.y1) / 2);
  CHECK(hit.kind == Hit::Kind::operation);
  CHECK(hit.index == 0);
  // Lane n2 of the system's other group is above the client's.
  const viz::Shade& shade = scene.shades.at(0);
  hit = viz::hit(scene, 200, shade.y0 + 10);
  CHECK(hit.kind == Hit::Kind::fault);
  CHECK(hit.index == 0);
  hit = viz::hit(scene, 400, shade.y0 + 10);
  CHECK(hit.index == 1);  // the one that is narrower
  hit = viz::hit(scene, scene.flags.back().x + 2, 12);
  REQUIRE(hit.kind == Hit::Kind::flag);
  CHECK(scene.flags[hit.index].kind == viz::Flag::Kind::violated);

  view.input.detail = Detail::bundles;
  scene = view.compose();
  const viz::BundleLine& bundle = scene.bundles.at(0);
  hit = viz::hit(scene, (bundle.x0 + bundle.x1) / 2, (bundle.y0 + bundle.y1) / 2);
  CHECK(hit.kind == Hit::Kind::bundle);
  CHECK(hit.count == 1);

  view.input.detail = Detail::rates;
  scene = view.compose();
  const viz::RateColumn& column = scene.rates.at(1);
  hit = viz::hit(scene, column.x0 + 1, column.base - 1);
  REQUIRE(hit.kind == Hit::Kind::rate);
  CHECK(hit.index == 1);
  CHECK(hit.count == column.count);
}
