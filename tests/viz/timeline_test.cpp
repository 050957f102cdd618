// The timeline under the mouse: zoom, pan, fit, click, seek, minimap.
#include "pilot.hpp"
#include "tests/unit/catch.hpp"

using viz::Pilot;
using viz::Range;

namespace {

const char* const kRaft = "scenarios/raft/partition.json";

/// The position of the axis under a point of the screen.
double position_at(const Pilot& pilot, ImVec2 at) {
  const viz::View& view = pilot.ui.views[0];
  return viz::Axis{pilot.ui.scale, pilot.ui.range, view.size.x}.position_at(at.x - view.origin.x);
}

ImVec2 in_plot(const Pilot& pilot, float x, float y) {
  const viz::View& view = pilot.ui.views[0];
  // Whole pixels, as a mouse has.
  return {static_cast<float>(static_cast<int>(view.origin.x + view.size.x * x)),
          static_cast<float>(static_cast<int>(view.origin.y + view.size.y * y))};
}

/// The first dot of one event that the scene shows, on the screen.
ImVec2 some_dot(const Pilot& pilot, std::uint32_t& event) {
  const viz::View& view = pilot.ui.views[0];
  for (const viz::Dot& dot : view.scene.dots) {
    if (dot.count != 1 || dot.x0 < view.size.x * 0.3F || dot.y < view.metrics.axis) continue;
    event = dot.event;
    return {view.origin.x + dot.x0, view.origin.y + dot.y};
  }
  FAIL("no event is shown by itself");
  return {};
}

void come_close(Pilot& pilot) {
  viz::select(pilot.ui, 0, 5545);
  viz::zoom(pilot.ui, 500);
  viz::select(pilot.ui, 0, 0);
  pilot.wait();
}

}  // namespace

TEST_CASE("the wheel zooms to the pointer: what is under it stays there", "[viz]") {
  Pilot pilot(viz::test_session(kRaft, 8));
  const ImVec2 at = in_plot(pilot, 0.3F, 0.5F);
  const double before = position_at(pilot, at);
  const double length = pilot.ui.range.length();
  pilot.wheel(at, 3);
  CHECK(pilot.ui.range.length() < length * 0.7);
  CHECK(viz::about(position_at(pilot, at), before, 1e-6));
  pilot.wheel(at, -2);
  CHECK(pilot.ui.range.length() < length);
  CHECK(viz::about(position_at(pilot, at), before, 1e-6));
}

TEST_CASE("dragging moves what is seen with the pointer and selects nothing", "[viz]") {
  Pilot pilot(viz::test_session(kRaft, 8));
  viz::zoom(pilot.ui, 4, 15e9);
  pilot.wait();
  const ImVec2 from = in_plot(pilot, 0.6F, 0.5F);
  const ImVec2 to = in_plot(pilot, 0.4F, 0.5F);
  const double before = position_at(pilot, from);
  pilot.drag(from, to);
  CHECK(viz::about(position_at(pilot, to), before, 1e-3));
  CHECK(pilot.ui.focus.event() == 0);
}

TEST_CASE("a double click beside everything shows the whole run", "[viz]") {
  Pilot pilot(viz::test_session(kRaft, 8));
  come_close(pilot);
  REQUIRE_FALSE(pilot.ui.range == pilot.ui.whole());
  pilot.double_click(in_plot(pilot, 0.5F, 0.02F));
  CHECK(pilot.ui.range == pilot.ui.whole());
}

TEST_CASE("the right button shows just the stretch that it was drawn over", "[viz]") {
  Pilot pilot(viz::test_session(kRaft, 8));
  const ImVec2 from = in_plot(pilot, 0.2F, 0.5F);
  const ImVec2 to = in_plot(pilot, 0.4F, 0.5F);
  const Range wanted{position_at(pilot, from), position_at(pilot, to)};
  pilot.drag(from, to, 1);
  CHECK(viz::about(pilot.ui.range.begin, wanted.begin, 1e-2));
  CHECK(viz::about(pilot.ui.range.end, wanted.end, 1e-2));
}

TEST_CASE("a click on an event makes it the focus, and one beside everything takes it away", "[viz]") {
  Pilot pilot(viz::test_session(kRaft, 8));
  come_close(pilot);
  std::uint32_t event = 0;
  const ImVec2 at = some_dot(pilot, event);
  pilot.click(at);
  CHECK(pilot.ui.focus.event() == event);
  pilot.click(in_plot(pilot, 0.5F, 0.02F));
  CHECK(pilot.ui.focus.event() == 0);
}

TEST_CASE("a click on an arrow selects its message", "[viz]") {
  Pilot pilot(viz::test_session(kRaft, 8));
  come_close(pilot);
  const viz::View& view = pilot.ui.views[0];
  bool tried = false;
  // A copy: the next frame has a scene of its own.
  const std::vector<viz::ArrowLine> arrows = view.scene.arrows;
  for (const viz::ArrowLine& line : arrows) {
    const ImVec2 at(view.origin.x + (line.x0 * 0.55F + line.x1 * 0.45F), view.origin.y + (line.y0 * 0.55F + line.y1 * 0.45F));
    const viz::Hit under = viz::hit(view.scene, at.x - view.origin.x, at.y - view.origin.y);
    if (under.kind != viz::Hit::Kind::message || under.index != line.message || at.x < view.origin.x) continue;
    tried = true;
    pilot.click(at);
    CHECK(pilot.ui.message == line.message);
    break;
  }
  CHECK(tried);
}

TEST_CASE("with shift the focus follows the pointer", "[viz]") {
  Pilot pilot(viz::test_session(kRaft, 8));
  const Range before = pilot.ui.range;
  pilot.hold_shift(true);
  pilot.drag(in_plot(pilot, 0.2F, 0.5F), in_plot(pilot, 0.5F, 0.5F));
  pilot.hold_shift(false);
  REQUIRE(pilot.ui.focus.event() != 0);
  const auto at = static_cast<double>(pilot.ui.timeline()->event(pilot.ui.focus.event()).at.ns);
  CHECK(viz::about(at, position_at(pilot, in_plot(pilot, 0.5F, 0.5F)), 0.01));
  CHECK(pilot.ui.range == before);
}

TEST_CASE("the window of the minimap jumps to a click and moves with a drag", "[viz]") {
  Pilot pilot(viz::test_session(kRaft, 8));
  viz::zoom(pilot.ui, 10, 5e9);
  pilot.wait();
  const Range before = pilot.ui.range;
  const ImVec2 middle = pilot.middle("minimap");
  pilot.click(middle);
  CHECK(pilot.ui.range.begin < 15e9);
  CHECK(pilot.ui.range.end > 15e9);
  CHECK(viz::about(pilot.ui.range.length(), before.length()));
  const double begin = pilot.ui.range.begin;
  pilot.drag(middle, ImVec2(middle.x + 100, middle.y));
  CHECK(pilot.ui.range.begin > begin + 1e9);
}

TEST_CASE("a click on a lane's name shows the state of its node", "[viz]") {
  Pilot pilot(viz::test_session(kRaft, 8));
  viz::select(pilot.ui, 0, 5545);
  pilot.wait();
  pilot.click("lane/0/n2");
  CHECK(pilot.ui.tab == viz::Tab::state);
  CHECK(pilot.ui.node == std::optional<std::uint32_t>(1));
  REQUIRE(pilot.ui.inspection);
  CHECK(pilot.ui.inspection->node == 1);
}
