// Help: every key, over everything else.
#include "viz/panels/panels.hpp"
#include "viz/panels/widgets.hpp"

namespace viz {

namespace {

constexpr float kColumn = 400;  // pixels

void draw_group(const Ui& ui, const KeyGroup& group) {
  heading(ui, group.title, ui.em(kColumn));
  for (const KeyHelp& key : group.keys) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    draw_text(*ImGui::GetWindowDrawList(), ui.fonts.text, at, ui.theme->accent, key.keys, ui.em(128));
    ImGui::SetCursorPosX(ImGui::GetCursorPosX() + ui.em(132));
    text(ui.theme->text, key.what);
  }
}

}  // namespace

void draw_help(Ui& ui) {
  const ImVec2 room = ImGui::GetIO().DisplaySize;
  ImGui::SetNextWindowPos(ImVec2(0, 0));
  ImGui::SetNextWindowSize(room);
  ImGui::PushStyleColor(ImGuiCol_WindowBg, faded(ui.theme->plot, 0.72F));
  constexpr ImGuiWindowFlags bare = ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings;
  ImGui::Begin("veil", nullptr, bare | ImGuiWindowFlags_NoNav);
  if (ImGui::IsWindowHovered() && ImGui::IsMouseClicked(ImGuiMouseButton_Left)) ui.help = false;
  ImGui::End();
  ImGui::PopStyleColor();
  ImGui::SetNextWindowPos(ImVec2(room.x / 2, room.y / 2), ImGuiCond_Always, ImVec2(0.5F, 0.5F));
  ImGui::PushStyleColor(ImGuiCol_WindowBg, ui.theme->panel);
  ImGui::PushStyleColor(ImGuiCol_Border, ui.theme->border);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 1);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, ui.em(8));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(ui.em(26), ui.em(16)));
  ImGui::SetNextWindowFocus();
  ImGui::Begin("keys", nullptr, bare | ImGuiWindowFlags_AlwaysAutoResize);
  const auto& groups = key_groups();
  const std::size_t half = groups.size() / 2;
  for (std::size_t column = 0; column < 2; ++column) {
    if (column > 0) ImGui::SameLine(0, ui.em(36));
    ImGui::BeginGroup();
    for (std::size_t i = column * half; i < (column == 0 ? half : groups.size()); ++i) draw_group(ui, groups[i]);
    ImGui::Dummy(ImVec2(ui.em(kColumn), 0));
    ImGui::EndGroup();
  }
  ImGui::End();
  ImGui::PopStyleVar(3);
  ImGui::PopStyleColor(2);
}

}  // namespace viz
