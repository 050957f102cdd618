// The status line: where one is, what was said last, and where help is.
#include <string>

#include "viz/panels/panels.hpp"
#include "viz/panels/widgets.hpp"

namespace viz {

namespace {

const char* detail_text(Detail detail) {
  switch (detail) {
    case Detail::arrows: return "each message";
    case Detail::bundles: return "messages in bundles";
    case Detail::rates: return "events per time";
  }
  return "";
}

std::string where(const Ui& ui, const sim::Timeline& timeline) {
  std::string out;
  const std::string all = grouped(timeline.events.size()) + " events";
  if (ui.focus.event() != 0) {
    out = "event " + grouped(ui.focus.event()) + " of " + all + dot(ui) + clock_text(timeline.event(ui.focus.event()).at);
  } else {
    out = all + dot(ui) + clock_text(timeline.end);
  }
  if (ui.active < ui.views.size()) out += dot(ui) + std::string("drawn: ") + detail_text(ui.views[ui.active].scene.detail);
  if (!ui.filter.everything()) out += dot(ui) + std::string("filtered");
  return out;
}

}  // namespace

void draw_status(Ui& ui) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 from = ImGui::GetWindowPos();
  const ImVec2 size = ImGui::GetWindowSize();
  const ImFont* font = ui.fonts.small;
  const float y = from.y + (size.y - font->FontSize) / 2;
  const std::string help = "? shows the keys";
  const float help_width = text_width(font, help);
  draw_text(list, font, ImVec2(from.x + size.x - help_width - ui.em(12), y), ui.theme->dim, help, help_width + 1);
  float x = from.x + ui.em(12);
  const float end = from.x + size.x - help_width - ui.em(36);
  if (const sim::Timeline* timeline = ui.timeline()) {
    const std::string place = where(ui, *timeline);
    draw_text(list, font, ImVec2(x, y), ui.theme->dim, place, end - x);
    x += text_width(font, place) + ui.em(24);
  }
  if (!ui.notice.empty()) draw_text(list, font, ImVec2(x, y), ui.notice_bad ? ui.theme->bad : ui.theme->text, ui.notice, end - x);
}

}  // namespace viz
