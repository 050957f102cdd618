#include "viz/model/scene.hpp"

#include <algorithm>

namespace viz {

namespace {

constexpr float kNear = 6;  // pixels

/// The square of the distance of a point from a line between two points.
float square_distance(float x, float y, float x0, float y0, float x1, float y1) {
  const float dx = x1 - x0;
  const float dy = y1 - y0;
  const float length = dx * dx + dy * dy;
  const float part = length > 0 ? std::clamp(((x - x0) * dx + (y - y0) * dy) / length, 0.0F, 1.0F) : 0;
  const float ex = x - (x0 + dx * part);
  const float ey = y - (y0 + dy * part);
  return ex * ex + ey * ey;
}

/// The nearest of a list by a square of a distance, within `reach` pixels.
template <class T, class Distance>
const T* nearest_of(const std::vector<T>& list, float reach, const Distance& distance) {
  const T* best = nullptr;
  float least = reach * reach;
  for (const T& item : list) {
    const float d = distance(item);
    if (d < least || (d == least && best == nullptr)) {
      best = &item;
      least = d;
    }
  }
  return best;
}

template <class Line>
const Line* nearest_line(const std::vector<Line>& list, float x, float y) {
  return nearest_of(list, kNear, [&](const Line& l) { return square_distance(x, y, l.x0, l.y0, l.x1, l.y1); });
}

Hit hit_axis(const Scene& scene, float x) {
  // Of flags at one place what was violated counts most; kinds are in that order.
  const Flag* best = nullptr;
  float least = kNear;
  for (const Flag& flag : scene.flags) {
    const float d = flag.x > x ? flag.x - x : x - flag.x;
    if (d < least || (d == least && (best == nullptr || flag.kind < best->kind))) {
      best = &flag;
      least = d;
    }
  }
  if (best == nullptr) return {};
  return {Hit::Kind::flag, static_cast<std::uint32_t>(best - scene.flags.data()), 1};
}

/// The area around a point that is the narrowest.
template <class Box>
const Box* narrowest(const std::vector<Box>& list, float x, float y, float margin) {
  const Box* best = nullptr;
  for (const Box& box : list) {
    const bool inside = x >= box.x0 - margin && x <= box.x1 + margin && y >= box.y0 && y <= box.y1;
    if (inside && (best == nullptr || box.x1 - box.x0 < best->x1 - best->x0)) best = &box;
  }
  return best;
}

}  // namespace

Hit hit(const Scene& scene, float x, float y) {
  if (y < scene.axis_height) return hit_axis(scene, x);
  const Dot* dot = nearest_of(scene.dots, kNear, [&](const Dot& d) { return square_distance(x, y, d.x0, d.y, d.x1, d.y); });
  if (dot != nullptr) return {dot->count > 1 ? Hit::Kind::folded : Hit::Kind::event, dot->event, dot->count};
  if (const ArrowLine* arrow = nearest_line(scene.arrows, x, y)) return {Hit::Kind::message, arrow->message, 1};
  if (const BundleLine* bundle = nearest_line(scene.bundles, x, y)) {
    return {Hit::Kind::bundle, static_cast<std::uint32_t>(bundle - scene.bundles.data()), bundle->count};
  }
  const Stretch* stretch =
      nearest_of(scene.stretches, kNear / 2, [&](const Stretch& s) { return square_distance(x, y, s.x0, s.y, s.x1, s.y); });
  if (stretch != nullptr) return {Hit::Kind::event, stretch->event, 1};
  if (const OperationBar* bar = narrowest(scene.bars, x, y, 2)) {
    return {Hit::Kind::operation, bar->operation, bar->count};
  }
  for (const RateColumn& column : scene.rates) {
    // A low column can be pointed at too.
    const float top = column.base - std::max(column.height + column.lost_height, kNear * 2);
    if (x >= column.x0 && x < column.x1 && y >= top && y <= column.base) {
      return {Hit::Kind::rate, static_cast<std::uint32_t>(&column - scene.rates.data()), column.count + column.lost};
    }
  }
  if (const Shade* shade = narrowest(scene.shades, x, y, 1)) return {Hit::Kind::fault, shade->fault, 1};
  return {};
}

Minimap minimap(const sim::Timeline& timeline, Scale scale, std::size_t parts) {
  Minimap out;
  out.events.assign(parts, 0);
  out.lost.assign(parts, 0);
  if (parts == 0) return out;
  const Range range = whole(timeline, scale);
  const auto part_of = [&](double position) {
    const double part = (position - range.begin) / range.length() * static_cast<double>(parts);
    return static_cast<std::size_t>(std::clamp(part, 0.0, static_cast<double>(parts - 1)));
  };
  for (std::uint32_t number = 1; number <= timeline.events.size(); ++number) {
    ++out.events[part_of(scale == Scale::time ? static_cast<double>(timeline.event(number).at.ns) : number)];
  }
  const Axis axis{scale, range, 1};
  for (const sim::Timeline::Message& message : timeline.messages) {
    if (message.event != 0) continue;
    const sim::Time ended = std::min(message.ended, timeline.end);
    ++out.lost[part_of(axis.position(timeline, ended, scale == Scale::events ? message.cause : 0))];
  }
  return out;
}

}  // namespace viz
