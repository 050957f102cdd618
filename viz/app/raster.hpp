// Raster: Dear ImGui's triangles drawn into memory, for pictures without a display.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "imgui.h"

namespace viz {

/// Pixels from the upper left corner, row by row; four bytes each: red, green, blue, alpha.
struct Image {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> rgba;
};

/// The font atlas, which is the only texture there is: coverage, one byte a texel.
struct Coverage {
  const unsigned char* texels = nullptr;
  int width = 0;
  int height = 0;
};

/// Draws what ImGui::Render() left, over one colour. Integer arithmetic from the vertices on: the same picture everywhere.
Image rasterise(const ImDrawData& data, const Coverage& atlas, ImU32 background);

/// The picture as a PNG file's contents.
std::string encode_png(const Image& image);

}  // namespace viz
