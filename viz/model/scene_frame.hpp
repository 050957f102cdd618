// Frame: what the parts of compose() share. Only they include this.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "viz/model/scene.hpp"

namespace viz {

/// Things nearer to each other than this many pixels are folded.
constexpr double kFold = 3;
/// About the width of a letter, for deciding whether a label has room.
constexpr float kLetter = 7;

/// A lane that is shown, wherever it is scrolled to.
struct FrameRow {
  std::uint32_t node = 0;
  bool client = false;
  bool seen = false;  // some of it is within the plot
  float y = 0;
  float middle = 0;
};

/// One composition in progress.
struct Frame {
  const SceneInput& in;
  const sim::Timeline& timeline;
  const SceneIndex& index;
  Scene& out;
  // The places of events (nanoseconds or numbers) that are in sight, both ends included.
  std::int64_t first = 0;
  std::int64_t last = 0;
  std::vector<FrameRow> rows;
  std::vector<std::int32_t> row_of;              // by node: its row; -1: it is hidden
  std::vector<float> center_of;                  // by node: where its lane is, or would be if it were shown
  std::vector<std::vector<std::uint32_t>> akin;  // by row: the numbers of its events akin to the focus, ascending

  bool by_time() const { return in.axis.scale == Scale::time; }
  float width() const { return in.axis.width; }
  /// Units of the scale in so many pixels.
  double units(double pixels) const { return pixels * in.axis.range.length() / in.axis.width; }
  float x(std::int64_t place) const { return in.axis.x(static_cast<double>(place)); }
  float x_cut(std::int64_t place) const { return std::clamp(x(place), 0.0F, width()); }
  /// The place of an event by its number.
  std::int64_t place(std::uint32_t number) const { return by_time() ? timeline.event(number).at.ns : number; }
  Kin kin(std::uint32_t event) const { return in.focus != nullptr ? in.focus->kin(event) : Kin::none; }
  /// A label, where so many pixels have room for it.
  static std::string fitting(std::string label, float room) {
    return static_cast<float>(label.size()) * kLetter + 8 <= room ? std::move(label) : std::string();
  }
};

/// The first place behind the cell in which `place` is. Cells are counted from 0 and not from what is in sight, so that what is
/// folded stays folded while the view moves.
inline std::int64_t behind_cell(std::int64_t place, double cell) {
  const double next = static_cast<double>(floor_of(static_cast<double>(place) / cell) + 1) * cell;
  return std::max(place + 1, ceil_of(next));
}

/// The first index from `begin` on for which `behind` holds, if it holds for all after that; looks near `begin` first.
template <class Behind>
std::size_t gallop(std::size_t begin, std::size_t end, const Behind& behind) {
  std::size_t low = begin;
  std::size_t step = 1;
  while (low < end && !behind(low)) {
    begin = low + 1;
    if (end - low <= step) {
      low = end;
      break;
    }
    low += step;
    step *= 2;
  }
  // Not behind before `begin`, behind from `low` on.
  while (begin < low) {
    const std::size_t middle = begin + (low - begin) / 2;
    if (behind(middle)) {
      low = middle;
    } else {
      begin = middle + 1;
    }
  }
  return begin;
}

void add_lanes(Frame& frame);     ///< shades, ribbons and bars; stretches and dots, or rates
void add_messages(Frame& frame);  ///< arrows and bundles
void add_flags(Frame& frame);

}  // namespace viz
