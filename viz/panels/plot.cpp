#include "viz/panels/plot.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "viz/panels/widgets.hpp"

namespace viz {

namespace {

/// One scene being drawn.
class Plot {
 public:
  Plot(ImDrawList& list, const PlotInput& in) : list_(list), in_(in), scene_(*in.scene), theme_(*in.theme) {}

  void draw() {
    list_.AddRectFilled(in_.origin, corner(), theme_.plot);
    list_.PushClipRect(in_.origin, corner(), true);
    // Below the axis: what is scrolled away does not show through its labels.
    list_.PushClipRect(ImVec2(in_.origin.x, in_.origin.y + in_.metrics.axis), corner(), true);
    ground();
    shades();
    rates();
    ribbons();
    bars();
    stretches();
    bundles();
    arrows();
    dots(false);
    labels();
    dots(true);
    list_.PopClipRect();
    axis();
    flags();
    focus();
    list_.PopClipRect();
  }

 private:
  ImVec2 at(float x, float y) const { return {in_.origin.x + x, in_.origin.y + y}; }
  ImVec2 corner() const { return {in_.origin.x + in_.size.x, in_.origin.y + in_.size.y}; }
  float px(float pixels) const { return pixels * in_.fonts->scale; }
  bool hovered(Hit::Kind kind, std::uint32_t index) const { return in_.hover.kind == kind && in_.hover.index == index; }
  /// How much of its colour something keeps beside the focus.
  float weight(Kin kin) const { return !in_.focused || kin != Kin::none ? 1.0F : 0.38F; }

  /// A label waits until everything else is drawn, so that no arrow crosses it out; `ground` is what it stands on.
  struct Label {
    ImVec2 from;
    float room = 0;
    ImU32 colour = 0;
    ImU32 ground = 0;
    std::string words;
  };
  void label(float x0, float x1, float y, ImU32 colour, ImU32 ground, const std::string& words) {
    const float left = std::max(x0, 0.0F) + px(4);
    const float room = std::min(x1, in_.size.x) - left - px(2);
    if (room > px(8)) labels_.push_back({at(left, y), room, colour, ground, words});
  }
  void labels() {
    const ImFont* font = in_.fonts->small;
    for (const Label& one : labels_) {
      const float width = std::min(text_width(font, one.words), one.room);
      list_.AddRectFilled(ImVec2(one.from.x - px(2), one.from.y), ImVec2(one.from.x + width + px(2), one.from.y + font->FontSize),
                          faded(one.ground, 0.85F), px(2));
      draw_text(list_, font, one.from, one.colour, one.words, one.room);
    }
  }

  void ground() {
    bool odd = false;
    for (const LaneRow& row : scene_.lanes) {
      if (odd) list_.AddRectFilled(at(0, row.y), at(in_.size.x, row.y + in_.metrics.lane), theme_.stripe);
      odd = !odd;
    }
    for (const GroupRow& row : scene_.groups) {
      list_.AddRectFilled(at(0, row.y), at(in_.size.x, row.y + in_.metrics.group), theme_.background);
      list_.AddLine(at(0, row.y), at(in_.size.x, row.y), theme_.border);
    }
    for (const Tick& tick : scene_.ticks) {
      const ImU32 colour = tick.major ? theme_.grid : faded(theme_.grid, 0.5F);
      list_.AddLine(at(std::floor(tick.x) + 0.5F, 0), at(std::floor(tick.x) + 0.5F, in_.size.y), colour);
    }
    if (scene_.detail == Detail::rates) return;
    for (const LaneRow& row : scene_.lanes)
      list_.AddLine(at(0, row.middle), at(in_.size.x, row.middle), faded(theme_.faint, 0.45F));
  }

  void shades() {
    for (const Shade& shade : scene_.shades) {
      const sim::Timeline::Fault& fault = in_.timeline->faults[shade.fault];
      const ImU32 colour = fault_colour(theme_, fault.kind);
      const bool bright = hovered(Hit::Kind::fault, shade.fault);
      const float x1 = std::max(shade.x1, shade.x0 + px(1.5F));
      list_.AddRectFilled(at(shade.x0, shade.y0), at(x1, shade.y1), faded(colour, bright ? 0.34F : 0.20F));
      if (fault.kind == "crash") hatch(shade, colour);
      list_.AddLine(at(shade.x0, shade.y0), at(shade.x0, shade.y1), faded(colour, 0.8F), px(1.5F));
      const float y = shade.y1 - in_.fonts->small->FontSize - px(2);
      if (!shade.label.empty())
        label(shade.x0, x1, y, mixed(colour, theme_.text, 0.35F), mixed(theme_.plot, colour, 0.2F), shade.label);
    }
  }

  /// A node that is down does nothing: its lane is struck through.
  void hatch(const Shade& shade, ImU32 colour) {
    const float left = std::max(shade.x0, 0.0F);
    const float right = std::min(shade.x1, in_.size.x);
    const float height = shade.y1 - shade.y0;
    if (right - left < px(6)) return;
    list_.PushClipRect(at(left, shade.y0), at(right, shade.y1), true);
    const float gap = px(9);
    for (float x = std::floor((left - height) / gap) * gap; x < right; x += gap)
      list_.AddLine(at(x, shade.y1), at(x + height, shade.y0), faded(colour, 0.35F));
    list_.PopClipRect();
  }

  void rates() {
    for (const RateColumn& column : scene_.rates) {
      const float x1 = std::max(column.x1, column.x0 + 1);
      const float top = column.base - column.height;
      list_.AddRectFilled(at(column.x0, top), at(x1, column.base), faded(theme_.rate, 0.85F));
      if (column.lost > 0) list_.AddRectFilled(at(column.x0, top - column.lost_height), at(x1, top), theme_.bad);
    }
  }

  void ribbons() {
    for (const Ribbon& ribbon : scene_.ribbons) {
      const std::string& role = in_.timeline->text(ribbon.role);
      const ImU32 colour = in_.colours->role(theme_, role);
      const bool usual = colour == theme_.usual_role;
      list_.AddRectFilled(at(ribbon.x0, ribbon.y0), at(std::max(ribbon.x1 - 1, ribbon.x0 + 1), ribbon.y1), colour);
      const ImFont* font = in_.fonts->small;
      const float room = ribbon.y1 - ribbon.y0;
      if (ribbon.label.empty() || room < font->FontSize - px(1)) continue;
      const float y = ribbon.y0 + (room - font->FontSize) / 2 - px(0.5F);
      label(ribbon.x0, ribbon.x1, y, usual ? theme_.dim : theme_.on_role, colour, ribbon.label);
    }
  }

  void bars() {
    for (const OperationBar& bar : scene_.bars) {
      const OperationNote* note = nullptr;
      if (in_.notes != nullptr) {
        const auto found = in_.notes->find(bar.operation);
        if (found != in_.notes->end()) note = &found->second;
      }
      const bool guilty = note != nullptr && note->guilty;
      const std::string& outcome = in_.timeline->operations[bar.operation].outcome;
      ImU32 fill = outcome == "fail" ? mixed(theme_.bar, theme_.plot, 0.55F) : theme_.bar;
      if (guilty) fill = mixed(theme_.bar, theme_.bad, 0.35F);
      if (hovered(Hit::Kind::operation, bar.operation)) fill = mixed(fill, theme_.text, 0.18F);
      const float x1 = std::max(bar.x1 - 1, bar.x0 + 1);
      list_.AddRectFilled(at(bar.x0, bar.y0), at(x1, bar.y1), fill, px(3));
      if (outcome != "ok" && bar.count == 1) list_.AddRect(at(bar.x0, bar.y0), at(x1, bar.y1), faded(theme_.unsure, 0.8F), px(3));
      if (guilty) list_.AddRect(at(bar.x0, bar.y0), at(x1, bar.y1), theme_.bad, px(3), 0, px(1.6F));
      const ImFont* font = in_.fonts->small;
      if (bar.y1 - bar.y0 < font->FontSize - px(2) || bar.count > 1) continue;
      const float y = (bar.y0 + bar.y1 - font->FontSize) / 2 - px(0.5F);
      float left = std::max(bar.x0, 0.0F);
      if (note != nullptr && !note->label.empty() && bar.x1 - left > text_width(font, note->label) + px(6)) {
        label(left, bar.x1, y, mixed(theme_.accent, theme_.text, 0.3F), fill, note->label);
        left += text_width(font, note->label) + px(4);
      }
      if (!bar.label.empty()) label(left, bar.x1, y, theme_.text, fill, bar.label);
    }
  }

  void stretches() {
    for (const Stretch& stretch : scene_.stretches) {
      const bool sync = stretch.kind == sim::RecordKind::sync;
      const ImU32 colour = faded(sync ? theme_.good : theme_.dim, (sync ? 0.6F : 0.32F) * weight(stretch.kin));
      const float y = std::floor(stretch.y) + 0.5F;
      list_.AddLine(at(stretch.x0, y), at(stretch.x1, y), colour, px(sync ? 2.5F : 1));
      if (stretch.x1 - stretch.x0 > px(16))
        list_.AddLine(at(stretch.x0, y - px(2.5F)), at(stretch.x0, y + px(2.5F)), colour, px(1));
    }
  }

  void bundles() {
    for (const BundleLine& bundle : scene_.bundles) {
      const ImU32 colour = faded(in_.colours->type(theme_, in_.timeline->text(bundle.type)), in_.focused ? 0.35F : 0.55F);
      const float width = px(0.8F + 0.25F * std::log2(static_cast<float>(bundle.count)));
      draw_arrow(list_, at(bundle.x0, bundle.y0), at(bundle.x1, bundle.y1),
                 {.colour = colour, .bad = theme_.bad, .width = width, .scale = in_.fonts->scale, .head = bundle.count < 2});
      if (bundle.disturbed > 0)
        list_.AddCircleFilled(at((bundle.x0 + bundle.x1) / 2, (bundle.y0 + bundle.y1) / 2), px(2.6F), theme_.bad, 12);
    }
  }

  void arrow(const ArrowLine& line, bool bright) {
    ImU32 colour = in_.colours->type(theme_, in_.timeline->text(line.type));
    const bool kin = line.kin != Kin::none;
    const float strength = bright ? 1.0F : weight(line.kin) * (kin ? 1.0F : 0.85F);
    const ImVec2 from = at(line.x0, line.y0);
    const ImVec2 to = at(line.x1, line.y1);
    if (kin && line.kin != Kin::self)
      list_.AddLine(from, to, faded(line.kin == Kin::past ? theme_.past : theme_.future, 0.30F), px(5));
    if (line.kin == Kin::self) list_.AddLine(from, to, faded(theme_.self, 0.35F), px(5));
    draw_arrow(list_, from, to,
               {.colour = faded(colour, strength),
                .bad = faded(theme_.bad, std::max(strength, 0.55F)),
                .width = px(bright || kin ? 2.0F : 1.2F),
                .scale = in_.fonts->scale,
                .fate = line.fate,
                .again = line.again,
                .late = line.late,
                .head = line.inside});
  }

  void arrows() {
    const ArrowLine* under = nullptr;
    for (const ArrowLine& line : scene_.arrows) {
      if (line.kin == Kin::none) arrow(line, false);
    }
    for (const ArrowLine& line : scene_.arrows) {
      if (line.kin != Kin::none) arrow(line, false);
      if (hovered(Hit::Kind::message, line.message)) under = &line;
    }
    if (under != nullptr) arrow(*under, true);
  }

  ImU32 dot_colour(const Dot& dot) const {
    switch (dot.kind) {
      case sim::RecordKind::timer: return theme_.dim;
      case sim::RecordKind::sync: return theme_.good;
      case sim::RecordKind::start: return theme_.text;
      case sim::RecordKind::fault: return theme_.bad;
      default: return in_.colours->type(theme_, in_.timeline->text(dot.type));
    }
  }

  void dot(const Dot& one) {
    const ImU32 colour = faded(dot_colour(one), std::max(weight(one.kin), 0.4F));
    const ImVec2 centre = at(one.x0, one.y);
    const float r = px(3);
    if (one.count > 1) {
      const float half = px(2.5F);
      const ImU32 many = faded(one.kin == Kin::none ? theme_.rate : one.kin == Kin::past ? theme_.past : theme_.future, 0.8F);
      list_.AddRectFilled(at(one.x0 - px(1), one.y - half), at(std::max(one.x1, one.x0 + 1) + px(1), one.y + half), many, half);
      return;
    }
    if (one.kin == Kin::past || one.kin == Kin::future)
      list_.AddCircle(centre, px(5.5F), one.kin == Kin::past ? theme_.past : theme_.future, 20, px(1.8F));
    if (one.kin == Kin::self) {
      list_.AddCircleFilled(centre, px(7.5F), theme_.plot, 24);
      list_.AddCircle(centre, px(7.5F), theme_.self, 24, px(2));
    }
    if (one.kind == sim::RecordKind::timer) {
      list_.AddQuadFilled(ImVec2(centre.x, centre.y - r), ImVec2(centre.x + r, centre.y), ImVec2(centre.x, centre.y + r),
                          ImVec2(centre.x - r, centre.y), colour);
    } else if (one.kind == sim::RecordKind::sync) {
      list_.AddRectFilled(ImVec2(centre.x - r + 0.5F, centre.y - r + 0.5F), ImVec2(centre.x + r - 0.5F, centre.y + r - 0.5F),
                          colour);
    } else if (one.kind == sim::RecordKind::start) {
      list_.AddTriangleFilled(ImVec2(centre.x - r, centre.y - r * 1.3F), ImVec2(centre.x + r * 1.4F, centre.y),
                              ImVec2(centre.x - r, centre.y + r * 1.3F), colour);
    } else {
      list_.AddCircleFilled(centre, r, colour, 16);
    }
    if (hovered(Hit::Kind::event, one.event)) list_.AddCircle(centre, px(6.5F), theme_.text, 20, px(1.5F));
  }

  void dots(bool akin) {
    for (const Dot& one : scene_.dots) {
      if ((one.kin != Kin::none) == akin) dot(one);
    }
  }

  void axis() {
    list_.AddRectFilled(in_.origin, at(in_.size.x, in_.metrics.axis), theme_.background);
    const ImFont* font = in_.fonts->small;
    float written = 0;
    for (const Tick& tick : scene_.ticks) {
      const float x = std::floor(tick.x) + 0.5F;
      list_.AddLine(at(x, in_.metrics.axis - px(tick.major ? 6 : 3)), at(x, in_.metrics.axis), theme_.faint);
      if (!tick.major) continue;
      // Beside its line and not across it, so that the first and the last are not cut off.
      const float width = text_width(font, tick.label);
      const float left = x + px(4) + width > in_.size.x ? x - px(4) - width : x + px(4);
      if (left < written) continue;
      written = left + width + px(6);
      list_.AddText(font, font->FontSize, at(left, px(3)), theme_.dim, tick.label.c_str());
    }
    list_.AddLine(at(0, in_.metrics.axis), at(in_.size.x, in_.metrics.axis), theme_.border);
  }

  ImU32 flag_colour(const Flag& flag) const {
    switch (flag.kind) {
      case Flag::Kind::violated: return theme_.bad;
      case Flag::Kind::reached: return theme_.good;
      case Flag::Kind::mark: return theme_.dim;
      default: return fault_colour(theme_, in_.timeline->faults[flag.index].kind);
    }
  }

  void flags() {
    for (const Flag& flag : scene_.flags) {
      const ImU32 colour = flag_colour(flag);
      const float x = std::floor(flag.x) + 0.5F;
      const bool violated = flag.kind == Flag::Kind::violated;
      if (violated) list_.AddLine(at(x, in_.metrics.axis), at(x, in_.size.y), faded(colour, 0.75F), px(1.5F));
      if (flag.kind == Flag::Kind::mark) {
        list_.AddCircleFilled(at(x, in_.metrics.axis - px(3)), px(1.8F), faded(colour, 0.7F), 10);
        continue;
      }
      const float w = px(violated ? 5 : 3.5F);
      const float h = px(violated ? 9 : 6);
      const float y = in_.metrics.axis;
      if (flag.kind == Flag::Kind::fault_ends) {
        list_.AddTriangle(at(x - w, y - h), at(x + w, y - h), at(x, y), colour, px(1.2F));
      } else {
        list_.AddTriangleFilled(at(x - w, y - h), at(x + w, y - h), at(x, y), colour);
      }
    }
  }

  void focus() {
    if (scene_.focus_x < 0) return;
    const float x = std::floor(scene_.focus_x) + 0.5F;
    list_.AddLine(at(x, 0), at(x, in_.size.y), faded(theme_.self, 0.55F), px(1));
    list_.AddTriangleFilled(at(x - px(5), 0), at(x + px(5), 0), at(x, px(7)), theme_.self);
  }

  ImDrawList& list_;
  const PlotInput& in_;
  const Scene& scene_;
  const Theme& theme_;
  std::vector<Label> labels_;
};

}  // namespace

void draw_scene(ImDrawList& list, const PlotInput& input) { Plot(list, input).draw(); }

}  // namespace viz
