#include "viz/model/axis.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace viz {

namespace {

constexpr double kClosest = 16;  // units that a range has at least
constexpr float kTickGap = 110;  // pixels between two labels, at least

/// A range of so much length with its begin within the whole.
Range placed(double begin, double length, const Range& whole) {
  length = std::min(length, whole.length());
  begin = std::clamp(begin, whole.begin, whole.end - length);
  return {begin, begin + length};
}

/// Where between two neighbouring values something stands, from 0 to 1.
double part_of(double value, double low, double high) {
  return high > low ? std::clamp((value - low) / (high - low), 0.0, 1.0) : 0;
}

double time_to_column(const sim::Timeline& timeline, double at) {
  const auto count = static_cast<std::uint32_t>(timeline.events.size());
  if (count == 0) return at;
  const auto ns = [&](std::uint32_t number) { return static_cast<double>(timeline.event(number).at.ns); };
  const std::uint32_t before = at < 0 ? 0 : timeline.last_until({floor_of(at)});
  const double low = before == 0 ? 0 : ns(before);
  if (before < count) return before + part_of(at, low, ns(before + 1));
  return before + part_of(at, low, std::max(low + 1, static_cast<double>(timeline.end.ns)));
}

double column_to_time(const sim::Timeline& timeline, double column) {
  const auto count = static_cast<double>(timeline.events.size());
  if (count == 0) return column;
  const auto ns = [&](double number) {
    if (number < 1) return 0.0;
    if (number > count) return static_cast<double>(timeline.end.ns);
    return static_cast<double>(timeline.event(static_cast<std::uint32_t>(number)).at.ns);
  };
  const double before = std::clamp(static_cast<double>(floor_of(column)), 0.0, count);
  const double part = std::clamp(column - before, 0.0, 1.0);
  return ns(before) + part * (ns(before + 1) - ns(before));
}

// -- ticks --

/// The smallest of 1, 2 and 5 x 10^k that is at least `least`, and the parts that its small ticks make of it.
struct TickStep {
  std::int64_t size = 1;
  int parts = 1;
};
TickStep step_of(double least) {
  TickStep step;
  for (std::int64_t power = 1;; power *= 10) {
    for (const std::int64_t factor : {1, 2, 5}) {
      step = {power * factor, factor == 2 ? 4 : 5};
      if (static_cast<double>(step.size) >= least || power >= 1'000'000'000'000'000'000) return step;
    }
  }
}

struct TickUnit {
  std::string_view name;
  std::int64_t ns;
};

/// The largest unit of which there is one in `ns`.
TickUnit unit_of(std::int64_t ns) {
  constexpr std::array<TickUnit, 4> kUnits{{{"s", 1'000'000'000}, {"ms", 1'000'000}, {"us", 1'000}, {"ns", 1}}};
  for (const TickUnit& unit : kUnits) {
    if (ns >= unit.ns) return unit;
  }
  return kUnits.back();
}

std::string grouped(std::int64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, 1, ',');
  return digits;
}

/// So many nanoseconds in a unit, without zeros at the end.
std::string in_unit(std::int64_t ns, const TickUnit& unit) {
  std::string out = grouped(ns / unit.ns);
  if (const std::int64_t rest = ns % unit.ns; rest != 0) {
    std::string digits = std::to_string(unit.ns + rest).substr(1);
    digits.erase(digits.find_last_not_of('0') + 1);
    out += "." + digits;
  }
  return out.append(unit.name);
}

/// The labels of one axis: all of them whole, or, where they would share most of their digits, those in between as what they
/// add to the last whole one.
class Labels {
 public:
  Labels(Scale scale, std::int64_t step, std::int64_t end) : scale_(scale), step_(step), unit_(unit_of(end)) {
    constexpr std::int64_t kMostDigits = 100'000;
    if (scale == Scale::time && end / step >= kMostDigits) base_ = step * 10;
  }

  std::string operator()(std::int64_t at) {
    const bool first = first_;
    first_ = false;
    if (scale_ == Scale::events) return first ? "event " + grouped(at) : grouped(at);
    if (at == 0) return "0s";
    if (base_ == 0 || at % base_ == 0) return in_unit(at, unit_);
    return "+" + in_unit(at % base_, unit_of(step_ * 5));
  }

  /// Whether a label stands for itself.
  bool stands_alone(std::int64_t at) const { return base_ == 0 || at % base_ == 0; }
  std::string alone(std::int64_t at) const { return in_unit(at, unit_); }

 private:
  Scale scale_;
  std::int64_t step_;
  TickUnit unit_;
  std::int64_t base_ = 0;
  bool first_ = true;
};

}  // namespace

double Axis::position(const sim::Timeline& timeline, sim::Time at, std::uint32_t event) const {
  if (scale == Scale::time) return static_cast<double>(at == sim::Timeline::kOpen ? timeline.end.ns : at.ns);
  if (event != 0) return event;
  return timeline.last_until(at);
}

sim::Time Axis::time_at(const sim::Timeline& timeline, double position) const {
  if (scale == Scale::time) return {floor_of(position + 0.5)};
  if (timeline.events.empty()) return {};
  const auto count = static_cast<std::int64_t>(timeline.events.size());
  const std::int64_t column = std::clamp(floor_of(position + 0.5), std::int64_t{0}, count);
  return column == 0 ? sim::Time{} : timeline.event(static_cast<std::uint32_t>(column)).at;
}

Range whole(const sim::Timeline& timeline, Scale scale) {
  double begin = 0;
  double end = 0;
  if (scale == Scale::time) {
    end = static_cast<double>(timeline.end.ns);
  } else {
    begin = 1;
    end = std::max<double>(1, static_cast<double>(timeline.events.size()));
  }
  const double air = std::max((end - begin) * 0.015, kClosest / 2);
  return {begin - air, end + air};
}

Range zoomed(const Range& range, double factor, double around, const Range& whole) {
  const double length = std::clamp(range.length() / std::max(factor, 1e-9), std::min(kClosest, whole.length()), whole.length());
  const double part = range.length() > 0 ? (around - range.begin) / range.length() : 0.5;
  return placed(around - part * length, length, whole);
}

Range moved(const Range& range, double by, const Range& whole) { return placed(range.begin + by, range.length(), whole); }

Range converted(const sim::Timeline& timeline, const Range& range, Scale from, Scale to) {
  if (from == to) return range;
  const auto convert = [&](double at) { return to == Scale::events ? time_to_column(timeline, at) : column_to_time(timeline, at); };
  const Range all = whole(timeline, to);
  const double begin = convert(range.begin);
  const double length = std::max(convert(range.end) - begin, kClosest);
  const Range all_before = whole(timeline, from);
  // The air at the ends has no counterpart on the other scale: all is all.
  if (range.begin <= all_before.begin && range.end >= all_before.end) return all;
  return placed(begin, length, all);
}

std::vector<Tick> ticks(const Axis& axis) {
  std::vector<Tick> out;
  if (axis.width < 1 || axis.range.length() <= 0) return out;
  const double unit = axis.range.length() / axis.width;
  const TickStep step = step_of(unit * kTickGap);
  const std::int64_t begin = std::max(ceil_of(axis.range.begin), std::int64_t{axis.scale == Scale::events ? 1 : 0});
  const std::int64_t end = floor_of(axis.range.end);
  Labels label(axis.scale, step.size, std::max<std::int64_t>(end, 1));
  const std::int64_t small = std::max<std::int64_t>(1, step.size / step.parts);
  std::size_t alone = 0;
  std::vector<std::int64_t> labelled;
  for (std::int64_t at = (begin + small - 1) / small * small; at <= end; at += small) {
    Tick tick{axis.x(static_cast<double>(at)), "", at % step.size == 0};
    if (tick.major) {
      tick.label = label(at);
      if (label.stands_alone(at)) ++alone;
      labelled.push_back(at);
    }
    out.push_back(std::move(tick));
  }
  // At least one label must say where all of this is.
  if (alone == 0 && !labelled.empty()) {
    const auto first = std::find_if(out.begin(), out.end(), [](const Tick& tick) { return tick.major; });
    first->label = label.alone(labelled.front());
  }
  return out;
}

}  // namespace viz
