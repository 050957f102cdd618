// Icons: drawn from triangles and lines.
#include <array>

#include "viz/panels/widgets.hpp"

namespace viz {

namespace {

class Pen {
 public:
  Pen(ImDrawList& list, ImVec2 centre, float size, ImU32 colour)
      : list_(list), centre_(centre), unit_(size / 16), colour_(colour) {}

  // All in sixteenths of the icon, from its middle.
  ImVec2 at(float x, float y) const { return {centre_.x + x * unit_, centre_.y + y * unit_}; }
  void box(float x0, float y0, float x1, float y1) { list_.AddRectFilled(at(x0, y0), at(x1, y1), colour_, unit_); }
  void frame(float x0, float y0, float x1, float y1) { list_.AddRect(at(x0, y0), at(x1, y1), colour_, unit_ * 1.5F, 0, thick()); }
  void tri(ImVec2 a, ImVec2 b, ImVec2 c) { list_.AddTriangleFilled(a, b, c, colour_); }
  void line(float x0, float y0, float x1, float y1) { list_.AddLine(at(x0, y0), at(x1, y1), colour_, thick()); }
  void disc(float x, float y, float r) { list_.AddCircleFilled(at(x, y), r * unit_, colour_, 24); }
  void ring(float x, float y, float r) { list_.AddCircle(at(x, y), r * unit_, colour_, 24, thick()); }
  float thick() const { return unit_ * 1.6F; }
  float unit() const { return unit_; }
  ImDrawList& list() { return list_; }
  ImU32 colour() const { return colour_; }

 private:
  ImDrawList& list_;
  ImVec2 centre_;
  float unit_;
  ImU32 colour_;
};

void draw_sun(Pen& pen) {
  pen.disc(0, 0, 3.2F);
  constexpr std::array<std::array<float, 2>, 8> rays = {
      {{1, 0}, {0.7F, 0.7F}, {0, 1}, {-0.7F, 0.7F}, {-1, 0}, {-0.7F, -0.7F}, {0, -1}, {0.7F, -0.7F}}};
  for (const auto& ray : rays) pen.line(ray[0] * 5, ray[1] * 5, ray[0] * 7, ray[1] * 7);
}

void draw_moon(Pen& pen) {
  ImDrawList& list = pen.list();
  list.PathClear();
  list.PathArcTo(pen.at(0, 0), 6 * pen.unit(), 0.6F, 4.9F, 24);
  list.PathArcTo(pen.at(2.8F, -1.6F), 4.9F * pen.unit(), 4.2F, 1.35F, 20);
  list.PathStroke(pen.colour(), ImDrawFlags_Closed, pen.thick());
}

void draw_star(Pen& pen) {
  constexpr std::array<std::array<float, 2>, 10> points = {{{0, -7},
                                                            {1.7F, -2.3F},
                                                            {6.7F, -2.2F},
                                                            {2.7F, 0.9F},
                                                            {4.1F, 5.7F},
                                                            {0, 2.8F},
                                                            {-4.1F, 5.7F},
                                                            {-2.7F, 0.9F},
                                                            {-6.7F, -2.2F},
                                                            {-1.7F, -2.3F}}};
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto& from = points[i];
    const auto& to = points[(i + 1) % points.size()];
    pen.tri(pen.at(0, 0), pen.at(from[0], from[1]), pen.at(to[0], to[1]));
  }
}

void draw_glass(Pen& pen, bool plus) {
  pen.ring(-1, -1, 5);
  pen.line(2.8F, 2.8F, 6.5F, 6.5F);
  pen.line(-3.2F, -1, 1.2F, -1);
  if (plus) pen.line(-1, -3.2F, -1, 1.2F);
}

void draw_fit(Pen& pen) {
  pen.line(-7, -5.5F, -7, 5.5F);
  pen.line(7, -5.5F, 7, 5.5F);
  pen.line(-5, 0, 5, 0);
  pen.tri(pen.at(-5.6F, 0), pen.at(-2, -3), pen.at(-2, 3));
  pen.tri(pen.at(5.6F, 0), pen.at(2, 3), pen.at(2, -3));
}

void draw_transport(Pen& pen, Icon icon) {
  switch (icon) {
    case Icon::back:
      pen.box(-6, -5, -4, 5);
      pen.tri(pen.at(5, -5.5F), pen.at(5, 5.5F), pen.at(-3, 0));
      return;
    case Icon::forward:
      pen.box(4, -5, 6, 5);
      pen.tri(pen.at(-5, -5.5F), pen.at(3, 0), pen.at(-5, 5.5F));
      return;
    case Icon::play: pen.tri(pen.at(-4, -6), pen.at(6, 0), pen.at(-4, 6)); return;
    case Icon::pause:
      pen.box(-5, -5.5F, -1.5F, 5.5F);
      pen.box(1.5F, -5.5F, 5, 5.5F);
      return;
    case Icon::slower: pen.line(-4, 0, 4, 0); return;
    default:
      pen.line(-4, 0, 4, 0);
      pen.line(0, -4, 0, 4);
      return;
  }
}

void draw_open(Pen& pen) {
  pen.list().PathClear();
  for (const ImVec2 at : {pen.at(-7, 5.5F), pen.at(-7, -5), pen.at(-2, -5), pen.at(-0.5F, -3), pen.at(7, -3), pen.at(7, 5.5F)})
    pen.list().PathLineTo(at);
  pen.list().PathStroke(pen.colour(), ImDrawFlags_Closed, pen.thick());
}

void draw_save(Pen& pen) {
  pen.line(0, -6.5F, 0, 1);
  pen.tri(pen.at(-3.6F, -0.5F), pen.at(3.6F, -0.5F), pen.at(0, 4));
  pen.line(-6.5F, 2.5F, -6.5F, 6.5F);
  pen.line(-6.5F, 6.5F, 6.5F, 6.5F);
  pen.line(6.5F, 6.5F, 6.5F, 2.5F);
}

void draw_cross(Pen& pen) {
  pen.line(-4.5F, -4.5F, 4.5F, 4.5F);
  pen.line(-4.5F, 4.5F, 4.5F, -4.5F);
}

}  // namespace

void draw_icon(ImDrawList& list, Icon icon, ImVec2 centre, float size, ImU32 colour) {
  Pen pen(list, centre, size, colour);
  switch (icon) {
    case Icon::open: return draw_open(pen);
    case Icon::back:
    case Icon::play:
    case Icon::pause:
    case Icon::forward:
    case Icon::slower:
    case Icon::faster: return draw_transport(pen, icon);
    case Icon::out: return draw_glass(pen, false);
    case Icon::in: return draw_glass(pen, true);
    case Icon::fit: return draw_fit(pen);
    case Icon::save: return draw_save(pen);
    case Icon::moon: return draw_moon(pen);
    case Icon::sun: return draw_sun(pen);
    case Icon::star: return draw_star(pen);
    case Icon::close:
    case Icon::cross: return draw_cross(pen);
    case Icon::ring: return pen.ring(0, 0, 4.5F);
    case Icon::check:
      pen.line(-5, 0.5F, -1.5F, 4);
      pen.line(-1.5F, 4, 5, -4);
      return;
    case Icon::help: {
      pen.ring(0, 0, 7);
      const float height = size * 0.78F;
      const char* mark = "?";
      ImFont* font = ImGui::GetFont();
      const ImVec2 room = font->CalcTextSizeA(height, 1000, 0, mark);
      list.AddText(font, height, ImVec2(centre.x - room.x / 2, centre.y - room.y / 2), colour, mark);
      return;
    }
  }
}

}  // namespace viz
