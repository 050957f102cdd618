// Plot: a composed scene drawn; it decides nothing but colours and strokes.
#pragma once

#include <map>
#include <string>

#include "viz/panels/ui.hpp"

namespace viz {

/// Everything that drawing a scene needs beside it.
struct PlotInput {
  const Scene* scene = nullptr;
  const sim::Timeline* timeline = nullptr;
  const Theme* theme = nullptr;
  const Fonts* fonts = nullptr;
  const Colours* colours = nullptr;
  Metrics metrics{};
  ImVec2 origin;                                             ///< the upper left corner on the screen
  ImVec2 size;                                               ///< what is not inside is cut off
  bool focused = false;                                      ///< a focus is set: what is not its kin steps back
  Hit hover{};                                               ///< what is under the pointer
  const std::map<std::uint32_t, OperationNote>* notes = {};  ///< by operation
};

void draw_scene(ImDrawList& list, const PlotInput& input);

/// An arrow as messages have it, for the legend too. From (x0, y0) to (x1, y1) on the screen.
struct ArrowStyle {
  ImU32 colour = 0;
  ImU32 bad = 0;  ///< of the cross of a lost one
  float width = 1;
  float scale = 1;
  sim::MessageFate fate{};
  bool again = false;
  bool late = false;
  bool head = true;
};
void draw_arrow(ImDrawList& list, ImVec2 from, ImVec2 to, const ArrowStyle& style);

}  // namespace viz
