#include "viz/model/scene.hpp"

#include <cassert>
#include <optional>
#include <utility>

#include "viz/model/scene_frame.hpp"

namespace viz {

namespace {

/// Where events stand in a lane: of a client below its bars.
float middle_of(const Metrics& metrics, bool client) {
  return client ? metrics.lane * 0.72F : metrics.ribbon + (metrics.lane - metrics.ribbon) / 2;
}

void lay_out(Frame& frame) {
  const Metrics& metrics = frame.in.metrics;
  frame.row_of.assign(frame.timeline.nodes.size(), -1);
  frame.center_of.assign(frame.timeline.nodes.size(), 0);
  float y = metrics.axis - frame.in.top;
  for (const LaneGroup& group : frame.in.lanes->groups) {
    const bool shown = std::any_of(group.lanes.begin(), group.lanes.end(), [](const Lane& lane) { return !lane.hidden; });
    if (shown) {
      if (y + metrics.group > metrics.axis && y < frame.in.height) frame.out.groups.push_back({group.title, y});
      y += metrics.group;
    }
    for (const Lane& lane : group.lanes) {
      frame.center_of[lane.node] = y;
      if (lane.hidden) continue;
      const FrameRow row{lane.node, lane.client, y + metrics.lane > metrics.axis && y < frame.in.height, y,
                         y + middle_of(metrics, lane.client)};
      frame.row_of[lane.node] = static_cast<std::int32_t>(frame.rows.size());
      frame.center_of[lane.node] = row.middle;
      frame.rows.push_back(row);
      if (row.seen) frame.out.lanes.push_back({row.node, row.client, row.y, row.middle});
      y += metrics.lane;
    }
  }
  frame.out.axis_height = metrics.axis;
  frame.out.content_height = y - metrics.axis + frame.in.top;
}

/// Which events are in sight at the lanes that are seen, and how messages are drawn.
void choose_detail(Frame& frame) {
  const Range& range = frame.in.axis.range;
  const int halves = frame.by_time() ? 1 : 2;
  frame.out.messages = frame.index.count_messages(frame.in.axis.scale, ceil_of(range.begin * halves), floor_of(range.end * halves));
  // Where hardly any messages are sent, events alone can be too many.
  const auto& events = frame.timeline.events;
  const auto before = [&](std::int64_t place) {
    if (!frame.by_time()) return std::clamp<std::int64_t>(place - 1, 0, static_cast<std::int64_t>(events.size()));
    return static_cast<std::int64_t>(
        std::lower_bound(events.begin(), events.end(), place, [](const auto& event, std::int64_t at) { return event.at.ns < at; }) -
        events.begin());
  };
  const auto in_sight = static_cast<std::size_t>(std::max<std::int64_t>(0, before(frame.last + 1) - before(frame.first)));
  constexpr std::size_t kMostEvents = SceneInput::kMostBundled * 4;
  const bool crowded = frame.out.messages > SceneInput::kMostBundled || in_sight > kMostEvents;
  const double most_arrows = std::min<double>(SceneInput::kMostArrows, frame.width() * SceneInput::kMostArrowsAPixel);
  const Detail nearest = static_cast<double>(frame.out.messages) <= most_arrows ? Detail::arrows : Detail::bundles;
  frame.out.detail = frame.in.detail.value_or(crowded ? Detail::rates : nearest);
}

void find_akin(Frame& frame) {
  frame.akin.resize(frame.rows.size());
  const Focus* focus = frame.in.focus;
  if (focus == nullptr || focus->event() == 0) return;
  const auto add = [&](std::uint32_t number) {
    const std::uint32_t node = frame.timeline.event(number).node;
    if (node == sim::Timeline::kNone || frame.row_of[node] < 0) return;
    const auto& events = frame.index.node(node).events;
    if (!std::binary_search(events.begin(), events.end(), number - 1)) return;
    frame.akin[static_cast<std::size_t>(frame.row_of[node])].push_back(number);
  };
  for (const std::uint32_t number : focus->past()) add(number);
  add(focus->event());
  for (const std::uint32_t number : focus->future()) add(number);
  const std::int64_t place = frame.place(focus->event());
  if (place >= frame.first && place <= frame.last) frame.out.focus_x = frame.x(place);
}

// -- Flags --

constexpr double kFlagGap = 8;  // pixels

/// Adds flags but those that would cover the one before of their kind.
class FlagRow {
 public:
  explicit FlagRow(Frame& frame) : frame_(frame) {
    for (double& x : last_x_) x = -1e9;
  }
  template <class Say>
  void add(Flag::Kind kind, std::int64_t place, std::uint32_t event, std::uint32_t index, const Say& label) {
    if (place < frame_.first || place > frame_.last) return;
    const float x = frame_.x(place);
    double& last = last_x_[static_cast<std::size_t>(kind)];
    const bool always = kind == Flag::Kind::violated || kind == Flag::Kind::reached;
    if (!always && x - last < kFlagGap) return;
    last = x;
    frame_.out.flags.push_back({x, kind, event, index, label()});
  }

 private:
  Frame& frame_;
  double last_x_[5];
};

}  // namespace

void add_flags(Frame& frame) {
  const sim::Timeline& t = frame.timeline;
  FlagRow flags(frame);
  for (std::uint32_t i = 0; i < t.faults.size(); ++i) {
    const auto& fault = t.faults[i];
    if (fault.begin_event == 0) continue;
    flags.add(Flag::Kind::fault_begins, frame.by_time() ? fault.begin.ns : fault.begin_event, fault.begin_event, i,
              [&] { return fault.kind; });
  }
  for (std::uint32_t i = 0; i < t.faults.size(); ++i) {
    const auto& fault = t.faults[i];
    if (fault.end_event == 0 || fault.end_event == fault.begin_event) continue;
    flags.add(Flag::Kind::fault_ends, frame.by_time() ? fault.end.ns : fault.end_event, fault.end_event, i,
              [&] { return fault.kind + " ends"; });
  }
  const std::vector<std::uint32_t>& marks = frame.index.marks();
  const auto mark_place = [&](std::size_t i) { return frame.place(std::max<std::uint32_t>(1, t.asides[marks[i]].event)); };
  if (!t.events.empty()) {
    std::size_t i = gallop(0, marks.size(), [&](std::size_t at) { return mark_place(at) >= frame.first; });
    while (i < marks.size() && mark_place(i) <= frame.last) {
      const auto& aside = t.asides[marks[i]];
      flags.add(Flag::Kind::mark, mark_place(i), aside.event, marks[i], [&] { return aside.text; });
      const std::int64_t next = behind_cell(mark_place(i), frame.units(kFlagGap));
      i = gallop(i + 1, marks.size(), [&](std::size_t at) { return mark_place(at) >= next; });
    }
  }
  for (std::uint32_t i = 0; i < t.claims.size(); ++i) {
    const auto& claim = t.claims[i];
    if (claim.event == 0 || (claim.status != "violated" && claim.status != "reached")) continue;
    const auto kind = claim.status == "violated" ? Flag::Kind::violated : Flag::Kind::reached;
    flags.add(kind, frame.place(claim.event), claim.event, i, [&] { return claim.name; });
  }
}

Scene compose(const SceneInput& input) {
  assert(input.timeline != nullptr && input.lanes != nullptr);
  Scene out;
  if (input.axis.width < 1 || input.axis.range.length() <= 0) return out;
  std::optional<SceneIndex> own;
  SceneIndex* index = input.index;
  if (index == nullptr) index = &own.emplace(*input.timeline);
  assert(&index->timeline() == input.timeline);
  index->sift(input.filter != nullptr ? *input.filter : Filter{});

  Frame frame{input, *input.timeline, *index, out, 0, 0, {}, {}, {}, {}};
  frame.first = ceil_of(input.axis.range.begin);
  frame.last = floor_of(input.axis.range.end);
  out.ticks = ticks(input.axis);
  lay_out(frame);
  choose_detail(frame);
  find_akin(frame);
  add_messages(frame);  // first, because it may find that only rates are of use
  add_lanes(frame);
  add_flags(frame);
  return out;
}

}  // namespace viz
