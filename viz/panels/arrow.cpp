// Arrows: a message as what became of it. A lost one is dashed and ends in a cross, where it was lost; a duplicate is two lines;
// a late one has a hollow bead in its middle.
#include <cmath>

#include "viz/panels/plot.hpp"

namespace viz {

namespace {

constexpr float kHead = 7;          // length of an arrow's head, in pixels
constexpr float kCross = 3.6F;      // half a cross
constexpr float kDash = 5;          // a dash, and the gap after it
constexpr std::size_t kMost = 400;  // dashes of one line

void dashed(ImDrawList& list, ImVec2 from, ImVec2 to, ImU32 colour, float width, float dash) {
  const float dx = to.x - from.x;
  const float dy = to.y - from.y;
  const float length = std::sqrt(dx * dx + dy * dy);
  if (length < dash) return list.AddLine(from, to, colour, width);
  const auto steps = static_cast<std::size_t>(length / (2 * dash)) + 1;
  if (steps > kMost) return list.AddLine(from, to, colour, width);
  for (std::size_t i = 0; i < steps; ++i) {
    const float begin = static_cast<float>(i) * 2 * dash / length;
    const float end = std::fmin(begin + dash / length, 1.0F);
    list.AddLine(ImVec2(from.x + dx * begin, from.y + dy * begin), ImVec2(from.x + dx * end, from.y + dy * end), colour, width);
  }
}

}  // namespace

void draw_arrow(ImDrawList& list, ImVec2 from, ImVec2 to, const ArrowStyle& style) {
  const float dx = to.x - from.x;
  const float dy = to.y - from.y;
  const float length = std::sqrt(dx * dx + dy * dy);
  if (length < 1) return;
  const ImVec2 along(dx / length, dy / length);
  const ImVec2 across(-along.y, along.x);
  const bool arrived = style.fate == sim::MessageFate::delivered;
  const ImVec2 end = to;
  if (!arrived) {
    dashed(list, from, end, style.colour, style.width, kDash * style.scale);
    const float r = kCross * style.scale;
    const float thick = 1.8F * style.scale;
    list.AddLine(ImVec2(end.x - r, end.y - r), ImVec2(end.x + r, end.y + r), style.bad, thick);
    list.AddLine(ImVec2(end.x - r, end.y + r), ImVec2(end.x + r, end.y - r), style.bad, thick);
    return;
  }
  if (style.again) {
    const float off = 1.7F * style.scale;
    const ImVec2 side(across.x * off, across.y * off);
    list.AddLine(ImVec2(from.x + side.x, from.y + side.y), ImVec2(end.x + side.x, end.y + side.y), style.colour, style.width);
    list.AddLine(ImVec2(from.x - side.x, from.y - side.y), ImVec2(end.x - side.x, end.y - side.y), style.colour, style.width);
  } else {
    list.AddLine(from, end, style.colour, style.width);
  }
  if (style.head) {
    const float head = std::fmin(kHead * style.scale + style.width, length * 0.6F);
    const float half = head * 0.38F;
    const ImVec2 back(end.x - along.x * head, end.y - along.y * head);
    list.AddTriangleFilled(end, ImVec2(back.x + across.x * half, back.y + across.y * half),
                           ImVec2(back.x - across.x * half, back.y - across.y * half), style.colour);
  }
  if (!style.late) return;
  const ImVec2 middle(from.x + dx / 2, from.y + dy / 2);
  const float r = 3.2F * style.scale;
  list.AddCircleFilled(middle, r, style.bad, 16);
  list.AddCircleFilled(middle, r - 1.4F * style.scale, style.colour, 16);
}

}  // namespace viz
