// The minimap: the whole run as a strip, with what is seen of it as a window that can be dragged.
#include <algorithm>

#include "viz/panels/actions.hpp"
#include "viz/panels/panels.hpp"
#include "viz/panels/widgets.hpp"

namespace viz {

namespace {

/// The strip of the active branch, on the axis of all.
class Strip {
 public:
  Strip(Ui& ui, ImVec2 from, ImVec2 to)
      : ui_(ui), from_(from), to_(to), whole_(ui.whole()), axis_{ui.scale, whole_, to.x - from.x} {}

  void draw() {
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.AddRectFilled(from_, to_, ui_.theme->plot);
    list.PushClipRect(from_, to_, true);
    faults(list);
    columns(list);
    claims(list);
    window(list);
    list.PopClipRect();
  }

  void use() {
    ImGui::SetCursorScreenPos(from_);
    ImGui::InvisibleButton("minimap", ImVec2(to_.x - from_.x, to_.y - from_.y));
    ui_.mark("minimap");
    const float x = ImGui::GetIO().MousePos.x - from_.x;
    if (ImGui::IsItemActivated()) {
      // Beside the window: it jumps there. In it: it is taken where it was touched.
      const double at = axis_.position_at(x);
      if (at < ui_.range.begin || at > ui_.range.end) centre(at);
    } else if (ImGui::IsItemActive() && ImGui::GetIO().MouseDelta.x != 0) {
      const double by = static_cast<double>(ImGui::GetIO().MouseDelta.x) / axis_.width * whole_.length();
      ui_.range = moved(ui_.range, by, whole_);
    }
    if (!ImGui::IsItemHovered()) return;
    ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
    if (ImGui::GetIO().MouseWheel != 0) zoom(ui_, ImGui::GetIO().MouseWheel > 0 ? 1.25 : 0.8);
  }

 private:
  float x(double position) const { return from_.x + axis_.x(position); }
  float height() const { return to_.y - from_.y; }
  void centre(double at) { ui_.range = moved(ui_.range, at - (ui_.range.begin + ui_.range.length() / 2), whole_); }

  void columns(ImDrawList& list) {
    View& view = ui_.views[ui_.active];
    const auto parts = static_cast<std::size_t>(std::max(axis_.width / 3, 1.0F));
    if (view.minimap.events.size() != parts || view.minimap_scale != ui_.scale) {
      view.minimap = minimap(*ui_.timeline(), ui_.scale, parts);
      view.minimap_scale = ui_.scale;
    }
    const Minimap& map = view.minimap;
    std::uint32_t most = 1;
    for (std::size_t i = 0; i < map.events.size(); ++i) most = std::max(most, map.events[i] + map.lost[i]);
    const Range own = whole(*ui_.timeline(), ui_.scale);
    const double step = own.length() / static_cast<double>(parts);
    const float unit = (height() - ui_.em(6)) / static_cast<float>(most);
    for (std::size_t i = 0; i < map.events.size(); ++i) {
      const float left = x(own.begin + step * static_cast<double>(i));
      const float right = std::max(x(own.begin + step * static_cast<double>(i + 1)) - 1, left + 1);
      const float top = to_.y - unit * static_cast<float>(map.events[i]);
      list.AddRectFilled(ImVec2(left, top), ImVec2(right, to_.y), ui_.theme->rate);
      if (map.lost[i] > 0)
        list.AddRectFilled(ImVec2(left, top - unit * static_cast<float>(map.lost[i])), ImVec2(right, top), ui_.theme->bad);
    }
  }

  void faults(ImDrawList& list) {
    const sim::Timeline& timeline = *ui_.timeline();
    for (const sim::Timeline::Fault& fault : timeline.faults) {
      const float left = x(axis_.position(timeline, fault.begin, fault.begin_event));
      const float right = x(axis_.position(timeline, std::min(fault.end, timeline.end), fault.end_event));
      const ImU32 colour = fault_colour(*ui_.theme, fault.kind);
      list.AddRectFilled(ImVec2(left, from_.y), ImVec2(std::max(right, left + 2), to_.y), faded(colour, 0.16F));
      list.AddRectFilled(ImVec2(left, from_.y), ImVec2(std::max(right, left + 2), from_.y + ui_.em(3)), colour);
    }
  }

  void claims(ImDrawList& list) {
    const sim::Timeline& timeline = *ui_.timeline();
    for (const sim::Timeline::Claim& claim : timeline.claims) {
      if (claim.status != "violated" || claim.event == 0) continue;
      const float at = x(axis_.position(timeline, claim.at, claim.event));
      list.AddLine(ImVec2(at, from_.y), ImVec2(at, to_.y), ui_.theme->bad, ui_.em(2));
    }
    for (const Bookmark& bookmark : ui_.bookmarks) {
      if (bookmark.branch != ui_.active) continue;
      const float at = x(axis_.position(timeline, timeline.event(bookmark.event).at, bookmark.event));
      draw_icon(list, Icon::star, ImVec2(at, from_.y + ui_.em(8)), ui_.em(11), ui_.theme->unsure);
    }
    if (ui_.focus.event() == 0) return;
    const float at = x(axis_.position(timeline, timeline.event(ui_.focus.event()).at, ui_.focus.event()));
    list.AddLine(ImVec2(at, from_.y), ImVec2(at, to_.y), ui_.theme->self, ui_.em(1.2F));
  }

  void window(ImDrawList& list) {
    const float left = std::max(x(ui_.range.begin), from_.x);
    const float right = std::min(std::max(x(ui_.range.end), left + ui_.em(3)), to_.x);
    const ImU32 veil = faded(ui_.theme->background, ui_.theme->light ? 0.6F : 0.62F);
    list.AddRectFilled(from_, ImVec2(left, to_.y), veil);
    list.AddRectFilled(ImVec2(right, from_.y), to_, veil);
    list.AddRect(ImVec2(left + 0.5F, from_.y + 0.5F), ImVec2(right - 0.5F, to_.y - 0.5F), ui_.theme->accent, 0, 0, ui_.em(1.4F));
  }

  Ui& ui_;
  ImVec2 from_, to_;
  Range whole_;
  Axis axis_;
};

}  // namespace

void draw_minimap(Ui& ui, ImVec2 from, ImVec2 to) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float names = ui.em(136);
  draw_text(list, ui.fonts.small, ImVec2(from.x + ui.em(12), (from.y + to.y - ui.fonts.small->FontSize) / 2), ui.theme->dim,
            "whole run", names);
  if (ui.timeline() == nullptr || ui.active >= ui.views.size()) return;
  Strip strip(ui, ImVec2(from.x + names, from.y), to);
  strip.use();
  strip.draw();
}

}  // namespace viz
