#include <optional>
#include <utility>

#include "viz/model/scene_frame.hpp"

namespace viz {

namespace {

/// A line from a point to another.
struct Segment {
  float x0 = 0, y0 = 0, x1 = 0, y1 = 0;
};

/// What of a line is within a box; nothing: it passes by. (Liang and Barsky 1984.)
std::optional<Segment> cut(const Segment& line, float left, float top, float right, float bottom) {
  const double dx = static_cast<double>(line.x1) - line.x0;
  const double dy = static_cast<double>(line.y1) - line.y0;
  double enter = 0;
  double leave = 1;
  const auto side = [&](double slope, double room) {
    if (slope == 0) return room >= 0;
    const double at = room / slope;
    if (slope < 0) {
      enter = std::max(enter, at);
    } else {
      leave = std::min(leave, at);
    }
    return enter <= leave;
  };
  if (!side(-dx, static_cast<double>(line.x0) - left) || !side(dx, static_cast<double>(right) - line.x0)) return std::nullopt;
  if (!side(-dy, static_cast<double>(line.y0) - top) || !side(dy, static_cast<double>(bottom) - line.y0)) return std::nullopt;
  const auto at = [](float from, double by, double part) { return static_cast<float>(from + by * part); };
  Segment out = line;
  if (enter > 0) out = {at(line.x0, dx, enter), at(line.y0, dy, enter), out.x1, out.y1};
  if (leave < 1) out = {out.x0, out.y0, at(line.x0, dx, leave), at(line.y0, dy, leave)};
  return out;
}

/// The places of messages that are in sight.
struct MessagePlaces {
  std::int64_t first = 0;
  std::int64_t last = 0;
};
MessagePlaces places_of(const Frame& frame) {
  const int halves = frame.by_time() ? 1 : 2;
  return {ceil_of(frame.in.axis.range.begin * halves), floor_of(frame.in.axis.range.end * halves)};
}

float x_of_message(const Frame& frame, std::int64_t place) {
  return frame.in.axis.x(frame.by_time() ? static_cast<double>(place) : static_cast<double>(place) / 2);
}

/// How a message stands to the focus: as its delivery does; what was lost came of what sent it.
Kin kin_of(const Frame& frame, const sim::Timeline::Message& message) {
  if (message.event != 0) return frame.kin(message.event);
  const Kin cause = frame.kin(message.cause);
  return cause == Kin::self || cause == Kin::future ? Kin::future : Kin::none;
}

/// Whether a message between two nodes can be seen, by their lanes alone.
bool lanes_in_sight(const Frame& frame, const sim::Timeline::Message& message) {
  if (frame.row_of[message.from] < 0 && frame.row_of[message.to] < 0) return false;
  const float high = std::min(frame.center_of[message.from], frame.center_of[message.to]);
  const float low = std::max(frame.center_of[message.from], frame.center_of[message.to]);
  return low >= frame.in.metrics.axis && high <= frame.in.height;
}

/// The part of a line that is drawn where the lane at one of its ends is hidden.
constexpr float kStub = 0.4F;

void add_arrow(Frame& frame, std::uint32_t m) {
  const sim::Timeline::Message& message = frame.timeline.messages[m];
  const Scale scale = frame.in.axis.scale;
  Segment line{x_of_message(frame, frame.index.begin_of(message, scale)), frame.center_of[message.from],
               x_of_message(frame, frame.index.end_of(message, scale)), frame.center_of[message.to]};
  const bool from = frame.row_of[message.from] >= 0;
  const bool to = frame.row_of[message.to] >= 0;
  // A hidden lane takes no room: its neighbours' are at the same height, so that the line needs a direction of its own.
  if (from != to) {
    const float stub = frame.in.metrics.lane * kStub;
    const bool down = frame.center_of[message.to] >= frame.center_of[message.from];
    if (from) {
      line.x1 = line.x0 + (line.x1 - line.x0) * kStub;
      line.y1 = line.y0 + (down ? stub : -stub);
    } else {
      line.x0 = line.x1 - (line.x1 - line.x0) * kStub;
      line.y0 = line.y1 - (down ? stub : -stub);
    }
  }
  if (to && !SceneIndex::reaches(message)) line.y1 = line.y0 + (line.y1 - line.y0) * static_cast<float>(SceneIndex::kPartWay);
  if (!cut(line, 0, frame.in.metrics.axis, frame.width(), frame.in.height)) return;
  const auto drawn =
      cut(line, -kOverhang, frame.in.metrics.axis - kOverhang, frame.width() + kOverhang, frame.in.height + kOverhang);
  if (!drawn) return;
  frame.out.arrows.push_back({drawn->x0, drawn->y0, drawn->x1, drawn->y1, m, message.type, message.fate, message.again,
                              message.late, kin_of(frame, message), from && to});
}

/// The arrows of what is akin to the focus, where the others are folded.
void add_akin_arrows(Frame& frame) {
  const MessagePlaces places = places_of(frame);
  const Scale scale = frame.in.axis.scale;
  for (const std::vector<std::uint32_t>& numbers : frame.akin) {
    for (const std::uint32_t number : numbers) {
      if (frame.timeline.event(number).kind != sim::RecordKind::deliver) continue;
      const std::uint32_t m = frame.timeline.event(number).message;
      const sim::Timeline::Message& message = frame.timeline.messages[m];
      if (frame.index.begin_of(message, scale) > places.last || frame.index.end_of(message, scale) < places.first) continue;
      if (lanes_in_sight(frame, message)) add_arrow(frame, m);
    }
  }
}

// -- Bundles --

/// The messages of one pair of lanes in one strip.
struct Bundle {
  std::uint32_t pair = 0;
  std::uint32_t count = 0;
  std::uint32_t disturbed = 0;
  std::uint32_t lead = 0;  // how far `type` is ahead of all others (Boyer and Moore's vote)
  std::uint16_t type = 0;
  double length = 0;  // of all, in places
};

/// Collects the messages in sight: a table of pairs and strips, where only pairs have a column that do send.
class Bundles {
 public:
  explicit Bundles(Frame& frame) : frame_(frame), nodes_(frame.timeline.nodes.size()), column_of_(nodes_ * nodes_, -1) {
    const auto& range = frame.in.axis.range;
    strip_units_ = frame.units(kStrip);
    first_strip_ = floor_of(range.begin / strip_units_);
    strips_ = static_cast<std::size_t>(floor_of(range.end / strip_units_) - first_strip_ + 1);
  }

  void collect() {
    const MessagePlaces places = places_of(frame_);
    const Scale scale = frame_.in.axis.scale;
    const double to_units = frame_.by_time() ? 1 : 0.5;
    std::size_t seen = 0;
    frame_.index.each_message(scale, places.first, places.last, [&](std::uint32_t m) {
      const sim::Timeline::Message& message = frame_.timeline.messages[m];
      if (!lanes_in_sight(frame_, message)) return;
      ++seen;
      if (message.from == message.to) return;
      const std::int64_t begin = frame_.index.begin_of(message, scale);
      const std::int64_t strip = floor_of(static_cast<double>(begin) * to_units / strip_units_) - first_strip_;
      Bundle& bundle = at(message.from, message.to, static_cast<std::size_t>(std::max<std::int64_t>(0, strip)));
      ++bundle.count;
      if (disturbed(message)) ++bundle.disturbed;
      if (bundle.lead == 0) bundle.type = message.type;
      bundle.lead = bundle.type == message.type ? bundle.lead + 1 : bundle.lead - 1;
      bundle.length += static_cast<double>(frame_.index.end_of(message, scale) - begin) * to_units;
    });
    frame_.out.messages = seen;
  }

  /// Lines for all strips. Several strips become one where many pairs would make a fence of them.
  void draw() {
    const std::size_t pairs = pairs_.size();
    if (pairs == 0) return;
    const std::size_t joined = std::clamp<std::size_t>((pairs + kPairsAStrip - 1) / kPairsAStrip, 1, kMostJoined);
    // Joined strips are counted from 0 too, so that they stand still while the view moves.
    const auto group_of = [&](std::size_t strip) {
      return floor_of(static_cast<double>(first_strip_ + static_cast<std::int64_t>(strip)) / static_cast<double>(joined));
    };
    std::vector<Bundle> group(pairs);
    for (std::size_t strip = 0; strip < strips_;) {
      const std::int64_t number = group_of(strip);
      for (std::uint32_t p = 0; p < pairs; ++p) group[p] = {.pair = p};
      for (; strip < strips_ && group_of(strip) == number; ++strip) {
        for (std::size_t p = 0; p < pairs; ++p) join(group[p], table_[p * strips_ + strip]);
      }
      const double begin = static_cast<double>(number * static_cast<std::int64_t>(joined)) * strip_units_;
      draw_group(group, begin, begin + static_cast<double>(joined) * strip_units_);
    }
  }

 private:
  static constexpr double kStrip = 48;             // pixels
  static constexpr std::size_t kPairsAStrip = 16;  // pairs that one strip has room for
  static constexpr std::size_t kMostJoined = 2;
  static constexpr float kLine = 8;  // pixels that a line has for itself
  static constexpr std::uint32_t kDisturbedWeight = 4;
  static constexpr float kLean = 0.15F;  // of a strip, at least: so that a line shows where it leads

  Bundle& at(std::uint32_t from, std::uint32_t to, std::size_t strip) {
    std::int32_t& column = column_of_[from * nodes_ + to];
    if (column < 0) {
      column = static_cast<std::int32_t>(pairs_.size());
      pairs_.emplace_back(from, to);
      table_.resize(table_.size() + strips_);
    }
    return table_[static_cast<std::size_t>(column) * strips_ + strip];
  }

  static void join(Bundle& to, const Bundle& from) {
    if (to.count == 0) to.type = from.type;
    to.count += from.count;
    to.disturbed += from.disturbed;
    to.length += from.length;
    if (from.lead > to.lead || (from.lead == to.lead && from.type < to.type)) {
      to.lead = to.type == from.type ? to.lead + from.lead : from.lead - to.lead;
      to.type = from.type;
    } else {
      to.lead = to.type == from.type ? to.lead + from.lead : to.lead - from.lead;
    }
  }

  void draw_group(std::vector<Bundle> group, double begin, double end) {
    std::erase_if(group, [](const Bundle& bundle) { return bundle.count == 0; });
    const float left = std::max(0.0F, frame_.in.axis.x(begin));
    const float right = std::min(frame_.width(), frame_.in.axis.x(end));
    const auto room = std::min(static_cast<std::size_t>((right - left) / kLine) + 1, group.size());
    const auto first_left_out = group.begin() + static_cast<std::ptrdiff_t>(room);
    // What was disturbed counts for more: it is what is looked for.
    const auto weight = [](const Bundle& bundle) { return bundle.count + std::uint64_t{bundle.disturbed} * kDisturbedWeight; };
    std::partial_sort(group.begin(), first_left_out, group.end(), [&](const Bundle& a, const Bundle& b) {
      return weight(a) != weight(b) ? weight(a) > weight(b) : a.pair < b.pair;
    });
    for (auto bundle = first_left_out; bundle != group.end(); ++bundle) frame_.out.unbundled += bundle->count;
    group.erase(first_left_out, group.end());
    // Side by side in a fixed order, so that none hides another and they keep their places from frame to frame.
    std::sort(group.begin(), group.end(), [&](const Bundle& a, const Bundle& b) { return pairs_[a.pair] < pairs_[b.pair]; });
    for (std::size_t i = 0; i < group.size(); ++i) {
      const float part = (static_cast<float>(i) + 0.5F) / static_cast<float>(group.size());
      if (!draw_line(group[i], left, right, part)) frame_.out.unbundled += group[i].count;
    }
  }

  /// Draws a bundle at a part of its strip, from 0 to 1. False: it is out of sight.
  bool draw_line(const Bundle& bundle, float left, float right, float part) {
    const auto [from, to] = pairs_[bundle.pair];
    const float strip = right - left;
    const auto length = static_cast<float>(bundle.length / bundle.count / frame_.in.axis.range.length() * frame_.width());
    const float lean = std::max(std::min(length, strip), strip * kLean);
    const float x0 = left + (strip - lean) * part;
    const Segment line{x0, frame_.center_of[from], x0 + lean, frame_.center_of[to]};
    if (!cut(line, 0, frame_.in.metrics.axis, frame_.width(), frame_.in.height)) return false;
    const auto drawn =
        cut(line, -kOverhang, frame_.in.metrics.axis - kOverhang, frame_.width() + kOverhang, frame_.in.height + kOverhang);
    if (!drawn) return false;
    frame_.out.bundles.push_back({drawn->x0, drawn->y0, drawn->x1, drawn->y1, bundle.type, bundle.count, bundle.disturbed});
    return true;
  }

  Frame& frame_;
  std::size_t nodes_;
  std::vector<std::int32_t> column_of_;  // by sender and receiver
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs_;
  std::vector<Bundle> table_;  // by pair, then strip
  double strip_units_ = 1;
  std::int64_t first_strip_ = 0;
  std::size_t strips_ = 0;
};

void add_arrows(Frame& frame) {
  const MessagePlaces places = places_of(frame);
  std::size_t seen = 0;
  frame.index.each_message(frame.in.axis.scale, places.first, places.last, [&](std::uint32_t m) {
    if (!lanes_in_sight(frame, frame.timeline.messages[m])) return;
    ++seen;
    add_arrow(frame, m);
  });
  frame.out.messages = seen;
}

void add_bundles(Frame& frame) {
  constexpr std::size_t kFew = 5;
  const std::size_t all = frame.out.messages;
  Bundles bundles(frame);
  bundles.collect();
  bundles.draw();
  // Where everybody talks with everybody there is room for few of the bundles: less than a fifth of all messages say nothing.
  if (frame.in.detail || frame.out.unbundled <= frame.out.messages - frame.out.messages / kFew) return;
  frame.out.detail = all <= SceneInput::kMostArrows ? Detail::arrows : Detail::rates;
  frame.out.bundles.clear();
  frame.out.unbundled = 0;
}

}  // namespace

void add_messages(Frame& frame) {
  if (frame.out.detail == Detail::bundles) add_bundles(frame);
  if (frame.out.detail == Detail::arrows) {
    add_arrows(frame);
  } else {
    add_akin_arrows(frame);
  }
}

}  // namespace viz
