// The viewer's scene of generated runs, held against a search through everything: nothing in sight is missing, nothing is there
// twice, nothing is outside the plot, at any zoom, on either scale, at any detail and with any filter.
#include <map>
#include <numeric>
#include <set>

#include "tests/unit/catch.hpp"
#include "tests/unit/viz_scene_support.hpp"
#include "viz/model/scene.hpp"

namespace {

using namespace viz_support;  // NOLINT(google-build-using-namespace)
using viz::Detail;
using viz::Scale;
using viz::Scene;

/// What is in sight, by going through everything.
struct Truth {
  std::size_t events = 0;
  std::set<std::uint32_t> messages;
  std::size_t own = 0;  // of the messages: of a node to itself
  std::size_t lost = 0;
};

double event_position(const View& view, std::uint32_t number) {
  return view.input.axis.scale == Scale::time ? static_cast<double>(view.timeline.event(number).at.ns) : number;
}

/// Where a message begins and ends on the scale; a lost one is drawn 40% of the way, which takes 40% of `latency`.
std::pair<double, double> message_positions(const View& view, const Timeline::Message& message, double latency) {
  const bool lost_at_once = message.fate == sim::MessageFate::loss || message.fate == sim::MessageFate::cut;
  if (view.input.axis.scale == Scale::events) return {message.cause, message.event != 0 ? message.event : message.cause + 0.5};
  const auto sent = static_cast<double>(message.sent.ns);
  const auto ended = static_cast<double>(message.ended.ns);
  return {sent, lost_at_once ? std::max(ended, sent + latency * 0.4) : ended};
}

/// The median of what messages take, as the scene takes it from all of a short run.
double latency_of(const Timeline& timeline) {
  std::vector<std::int64_t> took;
  for (const auto& message : timeline.messages) {
    if (message.event != 0 && message.from != message.to) took.push_back((message.ended - message.sent).ns);
  }
  std::sort(took.begin(), took.end());
  return took.empty() ? 0 : static_cast<double>(took[took.size() / 2]);
}

Truth truth_of(const View& view, double latency) {
  Truth out;
  const viz::Range& range = view.input.axis.range;
  const auto inside = [&](double at) { return at >= range.begin && at <= range.end; };
  for (std::uint32_t e = 1; e <= view.timeline.events.size(); ++e) {
    if (view.timeline.event(e).node == Timeline::kNone || !view.filter.passes(view.timeline, e)) continue;
    if (inside(event_position(view, e))) ++out.events;
  }
  for (std::uint32_t m = 0; m < view.timeline.messages.size(); ++m) {
    const auto& message = view.timeline.messages[m];
    if (!view.filter.shows(view.timeline, message)) continue;
    const auto [begin, end] = message_positions(view, message, latency);
    if (begin <= range.end && end >= range.begin) {
      out.messages.insert(m);
      if (message.from == message.to) ++out.own;
    }
    const double lost = view.input.axis.scale == Scale::time ? static_cast<double>(message.ended.ns) : message.cause;
    if (message.event == 0 && inside(lost)) ++out.lost;
  }
  return out;
}

template <class List, class Of>
std::size_t sum(const List& list, const Of& of) {
  std::size_t total = 0;
  for (const auto& item : list) total += of(item);
  return total;
}

void check_inside_plot(const View& view, const Scene& scene) {
  const float width = view.input.axis.width;
  const float bottom = view.input.height;
  const auto area = [&](float x0, float x1) { return x0 >= 0 && x1 <= width && x0 <= x1; };
  for (const viz::Dot& dot : scene.dots) REQUIRE(area(dot.x0, dot.x1));
  for (const viz::Shade& shade : scene.shades) REQUIRE(area(shade.x0, shade.x1));
  for (const viz::Ribbon& ribbon : scene.ribbons) REQUIRE(area(ribbon.x0, ribbon.x1));
  for (const viz::OperationBar& bar : scene.bars) REQUIRE(area(bar.x0, bar.x1));
  for (const viz::Stretch& stretch : scene.stretches) REQUIRE(area(stretch.x0, stretch.x1));
  for (const viz::RateColumn& column : scene.rates) {
    REQUIRE(area(column.x0, column.x1));
    REQUIRE(column.height + column.lost_height <= view.input.metrics.lane);
  }
  for (const viz::Flag& flag : scene.flags) REQUIRE(area(flag.x, flag.x));
  const float far = viz::kOverhang + 0.01F;
  const auto line = [&](const auto& l) {
    return std::min(l.x0, l.x1) >= -far && std::max(l.x0, l.x1) <= width + far && std::min(l.y0, l.y1) >= -far &&
           std::max(l.y0, l.y1) <= bottom + far;
  };
  for (const viz::ArrowLine& arrow : scene.arrows) REQUIRE(line(arrow));
  for (const viz::BundleLine& bundle : scene.bundles) REQUIRE(line(bundle));
}

void check_counts(const Scene& scene, const Truth& truth) {
  if (scene.detail == Detail::rates) {
    REQUIRE(sum(scene.rates, [](const auto& c) { return c.count; }) == truth.events);
    REQUIRE(sum(scene.rates, [](const auto& c) { return c.lost; }) == truth.lost);
  } else {
    REQUIRE(sum(scene.dots, [](const auto& d) { return d.count; }) == truth.events);
  }
  REQUIRE(scene.events == truth.events);
  REQUIRE(scene.messages == truth.messages.size());
  if (scene.detail == Detail::arrows) {
    std::set<std::uint32_t> drawn;
    for (const viz::ArrowLine& arrow : scene.arrows) REQUIRE(drawn.insert(arrow.message).second);
    REQUIRE(drawn == truth.messages);
  }
  if (scene.detail == Detail::bundles) {
    const std::size_t bundled = sum(scene.bundles, [](const auto& b) { return b.count; });
    REQUIRE(bundled + scene.unbundled + truth.own == truth.messages.size());
  }
}

/// Dots of one lane follow each other, and a folded one is no wider than what is folded.
void check_dots(const Scene& scene) {
  std::map<float, float> last;  // by lane: where its last dot ended
  for (const viz::Dot& dot : scene.dots) {
    const auto before = last.find(dot.y);
    if (before != last.end()) REQUIRE(dot.x0 >= before->second);
    last[dot.y] = dot.x1;
    REQUIRE(dot.x1 - dot.x0 <= 3.01F);
    if (dot.count == 1) REQUIRE(dot.x0 == dot.x1);
  }
  REQUIRE(scene.dots.size() <= last.size() * 1000);
}

viz::Filter some_filter(sim::Rng& rng, const Timeline& timeline) {
  viz::Filter filter;
  const auto nodes = static_cast<std::uint32_t>(timeline.nodes.size());
  if (rng.below(2) == 0) return filter;
  filter.messages = rng.below(4) != 0;
  filter.timers = rng.below(3) != 0;
  filter.only_disturbed = rng.below(3) == 0;
  if (rng.below(3) == 0) filter.nodes = {static_cast<std::uint32_t>(rng.below(nodes))};
  if (rng.below(3) == 0) filter.types = {timeline.event(static_cast<std::uint32_t>(timeline.events.size())).type};
  if (rng.below(4) == 0) filter.text = "vote";
  return filter;
}

viz::Range some_range(sim::Rng& rng, const viz::Range& whole) {
  double part = 1;
  for (std::uint64_t n = rng.below(12); n > 0; --n) part /= 2;
  const double middle = whole.begin + whole.length() * static_cast<double>(rng.below(1001)) / 1000;
  return viz::zoomed(whole, 1 / part, middle, whole);
}

}  // namespace

TEST_CASE("a scene has everything that is in sight once, and nothing else", "[viz]") {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const auto nodes = static_cast<std::uint32_t>(1 + seed);
    View view(random_timeline(seed, nodes, seed % 2 == 0 ? 1500 : 150));
    const double latency = latency_of(view.timeline);
    REQUIRE(view.timeline.messages.size() <= 1000);  // of which the scene takes all to measure their latency
    sim::Rng rng(seed, "scene", 0);
    for (int i = 0; i < 60; ++i) {
      view.input.axis.scale = rng.below(2) == 0 ? Scale::time : Scale::events;
      view.show(some_range(rng, viz::whole(view.timeline, view.input.axis.scale)));
      view.filter = some_filter(rng, view.timeline);
      const Truth truth = truth_of(view, latency);
      for (const Detail detail : {Detail::arrows, Detail::bundles, Detail::rates}) {
        view.input.detail = detail;
        const Scene scene = view.compose();
        check_counts(scene, truth);
        check_inside_plot(view, scene);
        check_dots(scene);
      }
    }
  }
}

TEST_CASE("a scene that is folded counts all events of a long run", "[viz]") {
  View view(random_timeline(5, 8, 200'000));
  for (const Scale scale : {Scale::time, Scale::events}) {
    view.input.axis.scale = scale;
    const viz::Range whole = viz::whole(view.timeline, scale);
    for (const double part : {1.0, 0.3, 0.05, 0.001}) {
      view.show(viz::zoomed(whole, 1 / part, (whole.begin + whole.end) / 2, whole));
      std::size_t events = 0;
      for (std::uint32_t e = 1; e <= view.timeline.events.size(); ++e) {
        const double at = event_position(view, e);
        const bool inside = at >= view.input.axis.range.begin && at <= view.input.axis.range.end;
        if (inside && view.timeline.event(e).node != Timeline::kNone) ++events;
      }
      const Scene scene = view.compose();
      const bool rates = scene.detail == Detail::rates;
      REQUIRE(scene.detail == (part == 1.0 ? Detail::rates : part >= 0.05 ? Detail::bundles : Detail::arrows));
      if (scene.detail == Detail::bundles) REQUIRE(scene.bundles.size() > 60);
      REQUIRE(events > 100);
      REQUIRE(scene.events == events);
      REQUIRE((rates ? sum(scene.rates, [](const auto& c) { return c.count; })
                     : sum(scene.dots, [](const auto& d) { return d.count; })) == events);
      // So that what is to be drawn has a limit: of each lane a dot every 3 pixels, a column every 4, so many bundles a strip.
      constexpr std::size_t kLanes = 8;
      constexpr std::size_t kDots = 1000 / 3 + 2;
      REQUIRE(scene.dots.size() <= kLanes * kDots);
      REQUIRE(scene.rates.size() <= kLanes * (1000 / 4 + 2));
      REQUIRE(scene.bundles.size() <= 1000 / 8 + 22);
      REQUIRE(scene.ribbons.size() <= kLanes * kDots * 2);
      REQUIRE(scene.bars.size() <= kDots * 2);
      REQUIRE(scene.flags.size() <= std::size_t{3} * (1000 / 8 + 2));
      REQUIRE(scene.stretches.size() <= 2 * viz::SceneInput::kMostArrows);
      check_inside_plot(view, scene);
      for (std::size_t i = 1; i < scene.flags.size(); ++i) {
        if (scene.flags[i].kind == scene.flags[i - 1].kind) REQUIRE(scene.flags[i].x - scene.flags[i - 1].x >= 8);
      }
    }
  }
}

TEST_CASE("operations, roles and ailments in sight are drawn or folded", "[viz]") {
  View view(random_timeline(9, 4, 20'000));
  sim::Rng rng(9, "bars", 0);
  const Timeline& t = view.timeline;
  for (int i = 0; i < 100; ++i) {
    view.input.axis.scale = rng.below(2) == 0 ? Scale::time : Scale::events;
    const bool by_time = view.input.axis.scale == Scale::time;
    view.show(some_range(rng, viz::whole(t, view.input.axis.scale)));
    const viz::Range& range = view.input.axis.range;
    const Scene scene = view.compose();
    // The one client asks one thing after the other; what was never answered is drawn until it asks again.
    std::size_t operations = 0;
    for (std::size_t o = 0; o < t.operations.size(); ++o) {
      const auto& op = t.operations[o];
      const bool last = o + 1 == t.operations.size();
      double end = by_time ? static_cast<double>(op.end.ns) : op.end_event;
      if (op.end_event == 0) {
        end = by_time ? static_cast<double>(last ? t.end.ns : t.operations[o + 1].begin.ns)
                      : static_cast<double>(last ? t.events.size() : t.operations[o + 1].begin_event);
      }
      if ((by_time ? static_cast<double>(op.begin.ns) : op.begin_event) <= range.end && end >= range.begin) ++operations;
    }
    REQUIRE(sum(scene.bars, [](const auto& b) { return b.count; }) == operations);

    std::size_t roles = 0;
    std::size_t none = 0;  // of nodes that are down: there is nothing to draw
    for (std::size_t r = 0; r < t.roles.size(); ++r) {
      const bool last = r + 1 == t.roles.size() || t.roles[r + 1].node != t.roles[r].node;
      const auto begin_of = [&](std::size_t n) { return by_time ? static_cast<double>(t.roles[n].begin.ns) : t.roles[n].event; };
      const double end = !last ? begin_of(r + 1) : by_time ? static_cast<double>(t.end.ns) : static_cast<double>(t.events.size());
      if (begin_of(r) > range.end || end < range.begin) continue;
      ++roles;
      if (t.roles[r].role == 0) ++none;
    }
    const std::size_t drawn = sum(scene.ribbons, [](const auto& r) { return r.count; });
    REQUIRE((drawn <= roles && drawn + none >= roles));
    // Only what is short is folded.
    for (const viz::OperationBar& bar : scene.bars) REQUIRE((bar.count == 1 || bar.x1 - bar.x0 <= 3.01F));
    for (const viz::Ribbon& ribbon : scene.ribbons) REQUIRE((ribbon.count == 1 || ribbon.x1 - ribbon.x0 <= 3.01F));

    const viz::Axis& axis = view.input.axis;
    std::set<float> ailing;  // lanes that may have a shade
    for (const auto& ailment : t.ailments) {
      const double begin = axis.position(t, ailment.begin);
      const double end = axis.position(t, ailment.end);
      if (begin > range.end || end < range.begin) continue;
      const float x0 = std::max(0.0F, axis.x(begin));
      const float x1 = std::min(axis.width, axis.x(end));
      const auto lane = std::find_if(scene.lanes.begin(), scene.lanes.end(), [&](const auto& l) { return l.node == ailment.node; });
      REQUIRE(lane != scene.lanes.end());
      REQUIRE(std::any_of(scene.shades.begin(), scene.shades.end(),
                          [&](const viz::Shade& s) { return s.y0 == lane->y && s.x0 <= x0 + 0.01F && s.x1 >= x1 - 0.01F; }));
      ailing.insert(lane->y);
    }
    for (const viz::Shade& shade : scene.shades) REQUIRE(ailing.count(shade.y0) == 1);
  }
}

TEST_CASE("what is folded stays so while the view moves", "[viz]") {
  View view(random_timeline(4, 5, 50'000));
  for (const Scale scale : {Scale::time, Scale::events}) {
    view.input.axis.scale = scale;
    const viz::Range whole = viz::whole(view.timeline, scale);
    view.show(viz::zoomed(whole, 10, (whole.begin + whole.end) / 2, whole));
    // By first event: how many. Those at the edges may be cut.
    const auto dots_of = [&](float left, float right) {
      std::map<std::uint32_t, std::uint32_t> out;
      for (const viz::Dot& dot : view.compose().dots) {
        if (dot.x0 >= left && dot.x1 <= right) out[dot.event] = dot.count;
      }
      return out;
    };
    const auto before = dots_of(110, 990);
    REQUIRE(before.size() > 500);
    view.show(viz::moved(view.input.axis.range, view.input.axis.range.length() * 0.1, whole));
    REQUIRE(dots_of(10, 890) == before);
  }
}

TEST_CASE("every dot and every arrow is found by the pointer", "[viz]") {
  View view(random_timeline(2, 6, 2000));
  const viz::Range whole = viz::whole(view.timeline, Scale::events);
  view.input.axis.scale = Scale::events;
  view.show(viz::zoomed(whole, 20, (whole.begin + whole.end) / 2, whole));
  const Scene scene = view.compose();
  REQUIRE(scene.dots.size() > 50);
  REQUIRE(scene.arrows.size() > 30);
  for (const viz::Dot& dot : scene.dots) {
    const viz::Hit hit = viz::hit(scene, dot.x0, dot.y);
    REQUIRE(hit.kind == viz::Hit::Kind::event);
    REQUIRE(hit.index == dot.event);
  }
  for (const viz::ArrowLine& arrow : scene.arrows) {
    const float x = (arrow.x0 + arrow.x1) / 2;
    const float y = (arrow.y0 + arrow.y1) / 2;
    if (x < 0 || x > 1000 || y <= scene.axis_height) continue;
    const viz::Hit hit = viz::hit(scene, x, y);
    // Another may cross it just there, or a dot stand there.
    REQUIRE((hit.kind == viz::Hit::Kind::message || hit.kind == viz::Hit::Kind::event || hit.kind == viz::Hit::Kind::folded));
  }
}

TEST_CASE("stretches are those of the timers and syncs in sight", "[viz]") {
  View view(random_timeline(6, 4, 3000));
  sim::Rng rng(6, "stretches", 0);
  const Timeline& t = view.timeline;
  for (int i = 0; i < 60; ++i) {
    view.input.axis.scale = rng.below(2) == 0 ? Scale::time : Scale::events;
    view.show(some_range(rng, viz::whole(t, view.input.axis.scale)));
    view.input.detail = Detail::arrows;
    const viz::Range& range = view.input.axis.range;
    std::set<std::uint32_t> expected;
    std::set<std::uint32_t> unsure;  // about as short as the limit
    for (std::uint32_t e = 1; e <= t.events.size(); ++e) {
      const auto& event = t.event(e);
      if (event.cause == 0 || (event.kind != sim::RecordKind::timer && event.kind != sim::RecordKind::sync)) continue;
      const double begin = std::max(range.begin, event_position(view, event.cause));
      const double end = std::min(range.end, event_position(view, e));
      const double pixels = (end - begin) / range.length() * 1000;
      if (pixels >= 2.99) expected.insert(e);
      if (pixels >= 2.99 && pixels <= 3.01) unsure.insert(e);
    }
    std::set<std::uint32_t> drawn(unsure);
    for (const viz::Stretch& stretch : view.compose().stretches) drawn.insert(stretch.event);
    REQUIRE(drawn == expected);
  }
}

TEST_CASE("the small map has every event and every lost message", "[viz]") {
  const Timeline timeline = random_timeline(8, 5, 4000);
  const auto lost = static_cast<std::size_t>(
      std::count_if(timeline.messages.begin(), timeline.messages.end(), [](const auto& m) { return m.event == 0; }));
  for (const Scale scale : {Scale::time, Scale::events}) {
    for (const std::size_t parts : {1U, 7U, 640U}) {
      const viz::Minimap map = viz::minimap(timeline, scale, parts);
      REQUIRE(map.events.size() == parts);
      REQUIRE(map.lost.size() == parts);
      REQUIRE(std::accumulate(map.events.begin(), map.events.end(), std::size_t{0}) == timeline.events.size());
      REQUIRE(std::accumulate(map.lost.begin(), map.lost.end(), std::size_t{0}) == lost);
    }
  }
  REQUIRE(viz::minimap(timeline, Scale::time, 0).events.empty());
  const viz::Minimap columns = viz::minimap(timeline, Scale::events, 10);
  for (std::size_t i = 1; i + 1 < 10; ++i) CHECK(std::abs(static_cast<int>(columns.events[i]) - 412) <= 1);
}
