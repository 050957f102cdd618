#include "viz/app/raster.hpp"

#include <algorithm>
#include <array>

#include "stb_image_write.h"

namespace viz {

namespace {

constexpr std::int64_t kOne = 256;  // a pixel, and a texel, in fixed point

struct Corner {
  std::int64_t x = 0, y = 0;  // in 1/256 pixels
  std::int64_t u = 0, v = 0;  // in 1/256 texels, from the middle of the first
  std::array<std::int64_t, 4> colour{};
};

/// Pixels from (x0, y0) up to but not including (x1, y1).
struct Box {
  std::int64_t x0 = 0, y0 = 0, x1 = 0, y1 = 0;
};

std::int64_t fixed(float v) { return static_cast<std::int64_t>(v * static_cast<float>(kOne) + (v < 0 ? -0.5F : 0.5F)); }

/// Twice the area of the triangle a, b, (x, y): positive where the point lies to the right of the way from a to b.
std::int64_t edge(const Corner& a, const Corner& b, std::int64_t x, std::int64_t y) {
  return (b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x);
}

/// A pixel whose centre lies on an edge belongs to one of the two triangles there: the one below or to the right of it.
std::int64_t bias(const Corner& a, const Corner& b) {
  const std::int64_t dx = b.x - a.x;
  const std::int64_t dy = b.y - a.y;
  return dy < 0 || (dy == 0 && dx > 0) ? 0 : -1;
}

class Painter {
 public:
  Painter(Image& image, const Coverage& atlas) : image_(image), atlas_(atlas) {}

  Corner corner(const ImDrawVert& vertex, ImVec2 offset) const {
    Corner out;
    out.x = fixed(vertex.pos.x - offset.x);
    out.y = fixed(vertex.pos.y - offset.y);
    out.u = fixed(vertex.uv.x * static_cast<float>(atlas_.width)) - kOne / 2;
    out.v = fixed(vertex.uv.y * static_cast<float>(atlas_.height)) - kOne / 2;
    for (std::size_t i = 0; i < 4; ++i) out.colour[i] = (vertex.col >> (8 * i)) & 255U;
    return out;
  }

  void triangle(const Corner& a, Corner b, Corner c, const Box& clip) {
    std::int64_t area = edge(a, b, c.x, c.y);
    if (area == 0) return;
    if (area < 0) {
      std::swap(b, c);
      area = -area;
    }
    const Box box = {std::max(clip.x0, std::min({a.x, b.x, c.x}) / kOne), std::max(clip.y0, std::min({a.y, b.y, c.y}) / kOne),
                     std::min(clip.x1, std::max({a.x, b.x, c.x}) / kOne + 1),
                     std::min(clip.y1, std::max({a.y, b.y, c.y}) / kOne + 1)};
    const bool one_colour = a.colour == b.colour && b.colour == c.colour;
    const bool one_texel = a.u == b.u && b.u == c.u && a.v == b.v && b.v == c.v;
    const std::int64_t only = one_texel ? coverage(a.u, a.v) : 0;
    for (std::int64_t y = box.y0; y < box.y1; ++y) {
      const std::int64_t py = y * kOne + kOne / 2;
      std::int64_t wa = edge(b, c, box.x0 * kOne + kOne / 2, py);
      std::int64_t wb = edge(c, a, box.x0 * kOne + kOne / 2, py);
      std::int64_t wc = edge(a, b, box.x0 * kOne + kOne / 2, py);
      for (std::int64_t x = box.x0; x < box.x1; ++x) {
        if (wa + bias(b, c) >= 0 && wb + bias(c, a) >= 0 && wc + bias(a, b) >= 0) {
          const auto mixed = [&](std::int64_t of_a, std::int64_t of_b, std::int64_t of_c) {
            return (wa * of_a + wb * of_b + wc * of_c) / area;
          };
          std::array<std::int64_t, 4> colour = a.colour;
          if (!one_colour) {
            for (std::size_t i = 0; i < 4; ++i) colour[i] = mixed(a.colour[i], b.colour[i], c.colour[i]);
          }
          blend(x, y, colour, one_texel ? only : coverage(mixed(a.u, b.u, c.u), mixed(a.v, b.v, c.v)));
        }
        wa -= (c.y - b.y) * kOne;
        wb -= (a.y - c.y) * kOne;
        wc -= (b.y - a.y) * kOne;
      }
    }
  }

 private:
  std::int64_t texel(std::int64_t u, std::int64_t v) const {
    u = std::clamp<std::int64_t>(u, 0, atlas_.width - 1);
    v = std::clamp<std::int64_t>(v, 0, atlas_.height - 1);
    return atlas_.texels[v * atlas_.width + u];
  }

  /// Between the four nearest texels, from 0 to 255.
  std::int64_t coverage(std::int64_t u, std::int64_t v) const {
    u = std::max<std::int64_t>(u, 0);
    v = std::max<std::int64_t>(v, 0);
    const std::int64_t x = u / kOne;
    const std::int64_t y = v / kOne;
    const std::int64_t right = u % kOne;
    const std::int64_t down = v % kOne;
    const std::int64_t above = texel(x, y) * (kOne - right) + texel(x + 1, y) * right;
    const std::int64_t below = texel(x, y + 1) * (kOne - right) + texel(x + 1, y + 1) * right;
    return (above * (kOne - down) + below * down + kOne * kOne / 2) / (kOne * kOne);
  }

  void blend(std::int64_t x, std::int64_t y, const std::array<std::int64_t, 4>& colour, std::int64_t covered) {
    const std::int64_t alpha = (colour[3] * covered + 127) / 255;
    if (alpha == 0) return;
    std::uint8_t* pixel = &image_.rgba[static_cast<std::size_t>(y * image_.width + x) * 4];
    for (std::size_t i = 0; i < 3; ++i)
      pixel[i] = static_cast<std::uint8_t>((colour[i] * alpha + pixel[i] * (255 - alpha) + 127) / 255);
  }

  Image& image_;
  const Coverage& atlas_;
};

std::int64_t pixel(float v, int most) { return std::clamp<std::int64_t>(static_cast<std::int64_t>(v), 0, most); }

}  // namespace

Image rasterise(const ImDrawData& data, const Coverage& atlas, ImU32 background) {
  Image out{static_cast<int>(data.DisplaySize.x), static_cast<int>(data.DisplaySize.y), {}};
  out.rgba.resize(static_cast<std::size_t>(out.width) * static_cast<std::size_t>(out.height) * 4);
  for (std::size_t i = 0; i < out.rgba.size(); ++i)
    out.rgba[i] = static_cast<std::uint8_t>(i % 4 == 3 ? 255U : (background >> (8 * (i % 4))) & 255U);
  Painter painter(out, atlas);
  for (int n = 0; n < data.CmdListsCount; ++n) {
    const ImDrawList& list = *data.CmdLists[n];
    for (const ImDrawCmd& command : list.CmdBuffer) {
      if (command.UserCallback != nullptr) continue;
      const Box clip = {
          pixel(command.ClipRect.x - data.DisplayPos.x, out.width), pixel(command.ClipRect.y - data.DisplayPos.y, out.height),
          pixel(command.ClipRect.z - data.DisplayPos.x, out.width), pixel(command.ClipRect.w - data.DisplayPos.y, out.height)};
      const auto vertex = [&](unsigned i) {
        const ImDrawIdx index = list.IdxBuffer[static_cast<int>(command.IdxOffset + i)];
        return painter.corner(list.VtxBuffer[static_cast<int>(command.VtxOffset + index)], data.DisplayPos);
      };
      for (unsigned i = 0; i + 2 < command.ElemCount; i += 3) painter.triangle(vertex(i), vertex(i + 1), vertex(i + 2), clip);
    }
  }
  return out;
}

std::string encode_png(const Image& image) {
  std::string out;
  const auto append = [](void* context, void* data, int size) {
    static_cast<std::string*>(context)->append(static_cast<const char*>(data), static_cast<std::size_t>(size));
  };
  // Nothing is seen through: three bytes a pixel are enough.
  std::vector<std::uint8_t> rgb;
  rgb.reserve(image.rgba.size() / 4 * 3);
  for (std::size_t i = 0; i < image.rgba.size(); ++i) {
    if (i % 4 != 3) rgb.push_back(image.rgba[i]);
  }
  stbi_write_png_to_func(append, &out, image.width, image.height, 3, rgb.data(), image.width * 3);
  return out;
}

}  // namespace viz
