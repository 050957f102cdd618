// The frame: where each panel stands.
#include <algorithm>

#include "viz/panels/actions.hpp"
#include "viz/panels/panels.hpp"
#include "viz/panels/widgets.hpp"

namespace viz {

namespace {

constexpr float kToolbar = 46;
constexpr float kStatus = 24;
constexpr float kMinimap = 44;
constexpr float kLegend = 48;
constexpr float kSplitter = 6;
constexpr float kLeastSide = 300;
constexpr float kLeastPlot = 420;

constexpr ImGuiWindowFlags kFixed = ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                                    ImGuiWindowFlags_NoBringToFrontOnFocus | ImGuiWindowFlags_NoNav;

/// A window that stands where it is put, for as long as this lives.
class Pane {
 public:
  Pane(const char* name, ImVec2 from, ImVec2 to, ImU32 colour, ImVec2 padding, bool scrolls = false) {
    ImGui::SetNextWindowPos(from);
    ImGui::SetNextWindowSize(ImVec2(std::max(to.x - from.x, 1.0F), std::max(to.y - from.y, 1.0F)));
    ImGui::PushStyleColor(ImGuiCol_WindowBg, colour);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, padding);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowMinSize, ImVec2(1, 1));
    ImGui::Begin(name, nullptr, scrolls ? kFixed & ~ImGuiWindowFlags_NoScrollbar : kFixed | ImGuiWindowFlags_NoScrollWithMouse);
    ImGui::PopStyleVar(2);
    ImGui::PopStyleColor();
  }
  Pane(const Pane&) = delete;
  Pane& operator=(const Pane&) = delete;
  ~Pane() { ImGui::End(); }
};

void draw_tabs(Ui& ui) {
  const float width = ImGui::GetContentRegionAvail().x / static_cast<float>(kTabs);
  const float height = ui.em(34);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  for (std::size_t i = 0; i < kTabs; ++i) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const std::string name = std::string("tab/") + kTabNames[i];
    if (ImGui::InvisibleButton(name.c_str(), ImVec2(width, height))) ui.tab = static_cast<Tab>(i);
    ui.mark(name);
    const bool on = ui.tab == static_cast<Tab>(i);
    if (!on && ImGui::IsItemHovered()) list.AddRectFilled(at, ImVec2(at.x + width, at.y + height), ui.theme->raised);
    const ImFont* font = on ? ui.fonts.bold : ui.fonts.text;
    const float room = text_width(font, kTabNames[i]);
    list.AddText(font, font->FontSize, ImVec2(at.x + (width - room) / 2, at.y + (height - font->FontSize) / 2),
                 on ? ui.theme->text : ui.theme->dim, kTabNames[i]);
    if (on) list.AddRectFilled(ImVec2(at.x, at.y + height - ui.em(2)), ImVec2(at.x + width, at.y + height), ui.theme->accent);
    ImGui::SameLine(0, 0);
  }
  ImGui::NewLine();
}

void draw_tab(Ui& ui) {
  switch (ui.tab) {
    case Tab::event: return draw_event(ui);
    case Tab::state: return draw_state(ui);
    case Tab::history: return draw_history(ui);
    case Tab::claims: return draw_claims(ui);
    case Tab::find: return draw_find(ui);
  }
}

void draw_side(Ui& ui, ImVec2 from, ImVec2 to) {
  const float tabs = ui.em(34);
  {
    const Pane pane("tabs", from, ImVec2(to.x, from.y + tabs), ui.theme->background, ImVec2(0, 0));
    draw_tabs(ui);
  }
  const char* name = kTabNames[static_cast<std::size_t>(ui.tab)];
  const Pane pane(name, ImVec2(from.x, from.y + tabs), to, ui.theme->panel, ImVec2(ui.em(12), ui.em(10)), true);
  draw_tab(ui);
}

void draw_splitter(Ui& ui, ImVec2 from, ImVec2 to) {
  const Pane pane("splitter", from, to, ui.theme->background, ImVec2(0, 0));
  ImGui::InvisibleButton("splitter", ImVec2(to.x - from.x, to.y - from.y));
  ui.mark("splitter");
  if (ImGui::IsItemHovered() || ImGui::IsItemActive()) {
    ImGui::SetMouseCursor(ImGuiMouseCursor_ResizeEW);
    const float x = (from.x + to.x) / 2;
    ImGui::GetWindowDrawList()->AddLine(ImVec2(x, from.y), ImVec2(x, to.y), ui.theme->accent, ui.em(2));
  }
  if (ImGui::IsItemActive()) ui.side -= ImGui::GetIO().MouseDelta.x / ui.fonts.scale;
}

void draw_main(Ui& ui, ImVec2 from, ImVec2 to) {
  const float most = (to.x - from.x) / ui.fonts.scale - kLeastPlot;
  ui.side = std::max(std::min(ui.side, most), kLeastSide);
  const float split = to.x - ui.em(ui.side);
  {
    const Pane pane("timeline", from, ImVec2(split - ui.em(kSplitter), to.y), ui.theme->background, ImVec2(0, 0));
    const float right = split - ui.em(kSplitter);
    const float legend = to.y - ui.em(kLegend);
    const float map = legend - ui.em(kMinimap);
    draw_timeline(ui, from, ImVec2(right, map - ui.em(6)));
    draw_minimap(ui, ImVec2(from.x, map), ImVec2(right, legend));
    draw_legend(ui, ImVec2(from.x, legend), ImVec2(right, to.y));
  }
  draw_splitter(ui, ImVec2(split - ui.em(kSplitter), from.y), ImVec2(split, to.y));
  draw_side(ui, ImVec2(split, from.y), to);
}

}  // namespace

void draw(Ui& ui) {
  take_strokes(ui);
  ImGui::PushFont(ui.fonts.text);
  const ImVec2 size = ImGui::GetIO().DisplaySize;
  const float top = ui.em(kToolbar);
  const float bottom = size.y - ui.em(kStatus);
  {
    const Pane pane("toolbar", ImVec2(0, 0), ImVec2(size.x, top), ui.theme->background, ImVec2(ui.em(10), ui.em(9)));
    draw_toolbar(ui);
  }
  if (ui.session == nullptr || ui.picker.open) {
    const Pane pane("picker", ImVec2(0, top), ImVec2(size.x, bottom), ui.theme->panel, ImVec2(ui.em(24), ui.em(18)));
    draw_picker(ui);
  } else {
    draw_main(ui, ImVec2(0, top), ImVec2(size.x, bottom));
  }
  {
    const Pane pane("status", ImVec2(0, bottom), size, ui.theme->background, ImVec2(0, 0));
    draw_status(ui);
  }
  if (ui.help) draw_help(ui);
  ImGui::PopFont();
}

}  // namespace viz
