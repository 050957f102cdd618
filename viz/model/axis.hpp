// Axis: where on the screen an instant is.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/trace/timeline.hpp"

namespace viz {

/// What the horizontal axis counts.
enum class Scale : std::uint8_t {
  time,    ///< virtual time: equal lengths are equal durations
  events,  ///< one column an event: quiet stretches take no room
};

/// The part of a run that is shown, in units of the scale: nanoseconds, or numbers of events (event n has column n).
struct Range {
  double begin = 0;
  double end = 1;
  double length() const { return end - begin; }
  friend bool operator==(const Range&, const Range&) = default;
};

/// A range laid over `width` pixels.
struct Axis {
  Scale scale{};
  Range range;
  float width = 1;

  /// The position of an instant on the scale; `event` is the event that it belongs to, or 0: the last one at or before it.
  double position(const sim::Timeline& timeline, sim::Time at, std::uint32_t event = 0) const;
  float x(double position) const { return static_cast<float>((position - range.begin) / range.length() * width); }
  double position_at(float x) const { return range.begin + static_cast<double>(x) / width * range.length(); }
  /// The instant at a position: of a column the time of its event.
  sim::Time time_at(const sim::Timeline& timeline, double position) const;
};

/// The greatest whole number that is not above `x`, and the smallest that is not below it, within about 9e18 of 0.
inline std::int64_t floor_of(double x) {
  constexpr double kLimit = 9.0e18;
  const auto cut = static_cast<std::int64_t>(std::clamp(x, -kLimit, kLimit));
  return static_cast<double>(cut) > x ? cut - 1 : cut;
}
inline std::int64_t ceil_of(double x) { return -floor_of(-x); }

/// The whole run, with a little air at both ends.
Range whole(const sim::Timeline& timeline, Scale scale);
/// The range after zooming by `factor` (> 1: closer) around a position, within the whole; never closer than 16 units.
Range zoomed(const Range& range, double factor, double around, const Range& whole);
/// The range moved by so much, within the whole.
Range moved(const Range& range, double by, const Range& whole);
/// The same part of the run on the other scale.
Range converted(const sim::Timeline& timeline, const Range& range, Scale from, Scale to);

/// A line of the axis with its label: "1.25s", "+3.2ms", "event 1,200".
struct Tick {
  float x = 0;
  std::string label;
  bool major = true;  ///< it has a label
};
/// Ticks at round numbers, about 120 pixels apart, with fewer digits than would repeat themselves.
std::vector<Tick> ticks(const Axis& axis);

}  // namespace viz
