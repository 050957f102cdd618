// Scene: what of a timeline is to be drawn, culled and folded before anything is: positions in pixels, no colours, no fonts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/trace/timeline.hpp"
#include "viz/model/axis.hpp"
#include "viz/model/focus.hpp"
#include "viz/model/lanes.hpp"
#include "viz/model/scene_index.hpp"

namespace viz {

/// How messages are drawn, from near to far.
enum class Detail : std::uint8_t {
  arrows,   ///< each message by itself
  bundles,  ///< messages between two lanes in one strip of time as one arrow with their number
  rates,    ///< a histogram of events a lane, with what was lost
};

/// The heights of a lane, in pixels.
struct Metrics {
  float lane = 44;   ///< one lane, all in all
  float ribbon = 5;  ///< role and epoch, at the lane's upper edge
  float group = 22;  ///< the title of a group
  float axis = 24;   ///< the ticks, above everything
};

/// Everything that a scene depends on beside the timeline.
struct SceneInput {
  const sim::Timeline* timeline = nullptr;
  const Lanes* lanes = nullptr;
  Axis axis;
  Metrics metrics{};
  const Focus* focus = nullptr;
  const Filter* filter = nullptr;
  SceneIndex* index = nullptr;   ///< of the timeline, kept from frame to frame; sifted here. None: one is built, which is slow
  float top = 0;                 ///< how far it is scrolled down
  float height = 1;              ///< of what is seen
  std::optional<Detail> detail;  ///< default: the nearest that the limits allow and that shows something
  static constexpr std::size_t kMostArrows = 3000;     ///< messages in sight that are drawn as arrows
  static constexpr double kMostArrowsAPixel = 1.25;    ///< of the plot's width: more would cover each other
  static constexpr std::size_t kMostBundled = 60'000;  ///< and as bundles; of more only rates are shown
};

// Of all that follows x is to the right of the left edge of the plot and y below its upper edge, in pixels (scrolling done).

/// Areas are cut at the edges of the plot; lines end at most this many pixels beyond them, so that the heads of those that go on
/// are out of sight.
constexpr float kOverhang = 64;

/// A lane that is seen.
struct LaneRow {
  std::uint32_t node = 0;
  bool client = false;
  float y = 0;       ///< the upper edge
  float middle = 0;  ///< where events stand
};
/// The title of a group that is seen.
struct GroupRow {
  std::string title;
  float y = 0;
};
/// A node (or all of it from `x0` to `x1`) is in trouble.
struct Shade {
  float x0 = 0, x1 = 0, y0 = 0, y1 = 0;
  std::uint32_t fault = 0;
  std::string label;  ///< the kind, where there is room for it; else empty
};
/// A role that is played for a time.
struct Ribbon {
  float x0 = 0, x1 = 0, y0 = 0, y1 = 0;
  std::uint16_t role = 0;
  std::uint64_t epoch = 0;
  std::string label;        ///< "leader, term 3", where there is room for it; else empty
  std::uint32_t count = 1;  ///< more than 1: so many short ones folded
};
/// A message.
struct ArrowLine {
  float x0 = 0, y0 = 0, x1 = 0, y1 = 0;
  std::uint32_t message = 0;
  std::uint16_t type = 0;
  sim::MessageFate fate{};
  bool again = false;
  bool late = false;
  Kin kin{};
  bool inside = true;  ///< it begins and ends at lanes that are shown; else its end at a hidden one is cut short
};
/// Messages from one lane to another that were sent in one strip of time; those of a node to itself are in none.
struct BundleLine {
  float x0 = 0, y0 = 0, x1 = 0, y1 = 0;
  std::uint16_t type = 0;  ///< the most frequent one, where most are of one
  std::uint32_t count = 0;
  std::uint32_t disturbed = 0;  ///< lost, doubled, held or late
};
/// How many events a lane has in a strip of time.
struct RateColumn {
  float x0 = 0, x1 = 0, base = 0, height = 0;  ///< the column stands on `base` and is at most a lane high
  float lost_height = 0;                       ///< of messages to this node that were lost, above it in another colour
  std::uint32_t count = 0;
  std::uint32_t lost = 0;
};
/// Events in a lane: one, or several that stand too close to tell apart.
struct Dot {
  float x0 = 0, x1 = 0, y = 0;  ///< of the first and the last event
  std::uint32_t event = 0;      ///< the first
  std::uint32_t count = 1;
  sim::RecordKind kind{};  ///< of several: deliver
  std::uint16_t type = 0;
  Kin kin{};  ///< of several: of the first that is akin; the focused event itself stands alone
};
/// Something that takes a while at a node: a timer from when it was set to when it fired, a sync. Only at Detail::arrows, and
/// not where so many events are in sight that they would cover each other.
struct Stretch {
  float x0 = 0, x1 = 0, y = 0;
  std::uint32_t event = 0;
  sim::RecordKind kind{};  ///< timer or sync
  Kin kin{};
};
/// A client's operation.
struct OperationBar {
  float x0 = 0, x1 = 0, y0 = 0, y1 = 0;
  std::uint32_t operation = 0;
  std::uint32_t count = 1;  ///< more than 1: so many short ones folded
  std::string label;        ///< "read key 3 = 7", where there is room for it; else empty
  bool open = false;        ///< it was never answered
};
/// A claim's moment, a mark or a fault, at the axis.
struct Flag {
  float x = 0;
  enum class Kind : std::uint8_t { violated, reached, fault_begins, fault_ends, mark } kind{};
  std::uint32_t event = 0;
  std::uint32_t index = 0;  ///< in claims, faults or asides
  std::string label;
};

/// Everything that is seen of a run at one moment.
struct Scene {
  Detail detail{};
  float axis_height = 0;     ///< of the ticks, above the lanes
  float content_height = 0;  ///< of all lanes, for scrolling
  std::vector<Tick> ticks;
  std::vector<GroupRow> groups;
  std::vector<LaneRow> lanes;
  std::vector<Shade> shades;
  std::vector<Ribbon> ribbons;
  std::vector<OperationBar> bars;
  std::vector<Stretch> stretches;
  std::vector<ArrowLine> arrows;  ///< at bundles and rates: those akin to the focus
  std::vector<BundleLine> bundles;
  std::vector<RateColumn> rates;
  std::vector<Dot> dots;  ///< at rates: those akin to the focus
  std::vector<Flag> flags;
  float focus_x = -1;         ///< where the focused event stands; negative: not in sight
  std::size_t messages = 0;   ///< in sight, drawn or folded; where there are too many to count them by lanes, of all lanes
  std::size_t unbundled = 0;  ///< of these at bundles: those whose bundles found no room
  std::size_t events = 0;     ///< in sight at lanes that are seen, drawn or folded
};

/// What is to be drawn. Costs what is in sight, not what the run has: a few milliseconds for millions of events.
Scene compose(const SceneInput& input);

/// What is under the pointer, the nearest within 6 pixels: events before messages before operations before faults; above the
/// lanes a flag.
struct Hit {
  enum class Kind : std::uint8_t {
    nothing,
    event,
    message,
    operation,
    fault,
    folded,  ///< several events
    flag,
    bundle,
    rate,
  } kind{};
  std::uint32_t index = 0;  ///< an event's number, of several the first; a message, operation or fault of the timeline; a flag,
                            ///< bundle or rate of the scene
  std::uint32_t count = 0;  ///< how many they are
};
Hit hit(const Scene& scene, float x, float y);

/// The same for a strip that shows the whole run: how busy, how many lost, in so many equal parts of the range.
struct Minimap {
  std::vector<std::uint32_t> events;
  std::vector<std::uint32_t> lost;
};
Minimap minimap(const sim::Timeline& timeline, Scale scale, std::size_t parts);

}  // namespace viz
