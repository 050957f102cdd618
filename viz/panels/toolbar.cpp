// The toolbar: what is open, moving along it, how it is seen.
#include <algorithm>
#include <string>

#include "viz/panels/actions.hpp"
#include "viz/panels/panels.hpp"
#include "viz/panels/widgets.hpp"

namespace viz {

namespace {

void divider(const Ui& ui) {
  ImGui::SameLine(0, ui.em(8));
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImGui::GetWindowDrawList()->AddLine(ImVec2(at.x, at.y + ui.em(4)), ImVec2(at.x, at.y + ui.em(24)), ui.theme->border);
  ImGui::SameLine(0, ui.em(9));
}

/// A text as high as the buttons.
void caption(const Ui& ui, ImFont* font, ImU32 colour, std::string_view words, float room) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = std::min(text_width(font, words), room);
  ImGui::Dummy(ImVec2(width, ui.em(28)));
  draw_text(*ImGui::GetWindowDrawList(), font, ImVec2(at.x, at.y + (ui.em(28) - font->FontSize) / 2), colour, words, room + 1);
}

void draw_title(Ui& ui) {
  if (icon_button(ui, "toolbar/open", Icon::open, "Open a scenario (O)", ui.picker.open)) toggle_picker(ui);
  ImGui::SameLine(0, ui.em(8));
  const sim::Timeline* timeline = ui.timeline();
  if (timeline == nullptr) {
    caption(ui, ui.fonts.bold, ui.theme->text, "Faultline", ui.em(240));
    return;
  }
  caption(ui, ui.fonts.bold, ui.theme->text, timeline->scenario.empty() ? ui.branch()->title() : timeline->scenario, ui.em(250));
  ImGui::SameLine(0, ui.em(8));
  caption(ui, ui.fonts.text, ui.theme->dim, "seed " + std::to_string(timeline->seed), ui.em(120));
}

void draw_transport(Ui& ui) {
  if (icon_button(ui, "toolbar/back", Icon::back, "Previous event (left)")) step(ui, Step::previous);
  ImGui::SameLine(0, 0);
  if (icon_button(ui, "toolbar/play", ui.play.on ? Icon::pause : Icon::play, "Play (space)", ui.play.on)) toggle_play(ui);
  ImGui::SameLine(0, 0);
  if (icon_button(ui, "toolbar/forward", Icon::forward, "Next event (right)")) step(ui, Step::next);
  ImGui::SameLine(0, ui.em(4));
  if (icon_button(ui, "toolbar/slower", Icon::slower, "Play slower (<)")) ui.play.speed = std::max(ui.play.speed - 1, 0);
  ImGui::SameLine(0, 0);
  const char* label = kSpeeds[ui.play.speed].label;
  const float room = ui.em(52);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = text_width(ui.fonts.small, label);
  ImGui::Dummy(ImVec2(room, ui.em(28)));
  tip("Virtual to true time, in play");
  draw_text(*ImGui::GetWindowDrawList(), ui.fonts.small, ImVec2(at.x + (room - width) / 2, at.y + ui.em(7)), ui.theme->dim, label,
            room);
  ImGui::SameLine(0, 0);
  const int last = static_cast<int>(std::size(kSpeeds)) - 1;
  if (icon_button(ui, "toolbar/faster", Icon::faster, "Play faster (>)")) ui.play.speed = std::min(ui.play.speed + 1, last);
}

void draw_zoom(Ui& ui) {
  if (icon_button(ui, "toolbar/out", Icon::out, "Farther (-)")) zoom(ui, 0.5);
  ImGui::SameLine(0, 0);
  if (icon_button(ui, "toolbar/in", Icon::in, "Closer (+)")) zoom(ui, 2);
  ImGui::SameLine(0, 0);
  if (icon_button(ui, "toolbar/fit", Icon::fit, "The whole run (0)")) fit(ui);
}

/// Two buttons in one frame, of which one is down.
void draw_scales(Ui& ui) {
  struct Choice {
    const char* name;
    const char* label;
    const char* hint;
    Scale scale;
  };
  constexpr Choice choices[] = {
      {"toolbar/time", "Time", "Equal lengths are equal durations (T)", Scale::time},
      {"toolbar/events", "Events", "One column an event: quiet stretches take no room (T)", Scale::events}};
  ImDrawList& list = *ImGui::GetWindowDrawList();
  for (const Choice& choice : choices) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = text_width(ui.fonts.text, choice.label) + ui.em(18);
    const bool pressed = ImGui::InvisibleButton(choice.name, ImVec2(width, ui.em(28)));
    ui.mark(choice.name);
    const bool on = ui.scale == choice.scale;
    const bool left = choice.scale == Scale::time;
    list.AddRectFilled(ImVec2(at.x, at.y + ui.em(1)), ImVec2(at.x + width, at.y + ui.em(27)),
                       on                       ? ui.theme->accent
                       : ImGui::IsItemHovered() ? ui.theme->hovered
                                                : ui.theme->raised,
                       ui.em(4), left ? ImDrawFlags_RoundCornersLeft : ImDrawFlags_RoundCornersRight);
    draw_text(list, ui.fonts.text, ImVec2(at.x + ui.em(9), at.y + (ui.em(28) - ui.fonts.text->FontSize) / 2),
              on ? ui.theme->on_accent : ui.theme->text, choice.label, width);
    tip(choice.hint);
    if (pressed) set_scale(ui, choice.scale);
    ImGui::SameLine(0, 0);
  }
}

/// How the claims stand, in one word; a click goes to the first that is violated.
void draw_verdict(Ui& ui) {
  const sim::Timeline* timeline = ui.timeline();
  if (timeline == nullptr || timeline->claims.empty()) return;
  const auto violated = std::count_if(timeline->claims.begin(), timeline->claims.end(),
                                      [](const sim::Timeline::Claim& claim) { return claim.status == "violated"; });
  const std::string words =
      violated == 0 ? "no claim violated" : std::to_string(violated) + (violated == 1 ? " claim violated" : " claims violated");
  // Where there is no room for it, the panel of claims says it too.
  if (ImGui::GetCursorPosX() + text_width(ui.fonts.small, words) + ui.em(14 + 4 * 28) > ImGui::GetWindowWidth()) return;
  ImGui::SetCursorPosY(ImGui::GetCursorPosY() + ui.em(4));
  if (badge(ui, "toolbar/verdict", words, violated == 0 ? ui.theme->good : ui.theme->bad)) {
    ui.tab = Tab::claims;
    if (violated > 0) go_to_violation(ui);
  }
  tip("The claims; goes to the first that is violated (V)");
}

}  // namespace

void draw_toolbar(Ui& ui) {
  const float right = ImGui::GetWindowWidth() - ui.em(12);
  draw_title(ui);
  if (ui.timeline() != nullptr) {
    divider(ui);
    draw_transport(ui);
    divider(ui);
    draw_zoom(ui);
    ImGui::SameLine(0, ui.em(8));
    draw_scales(ui);
    ImGui::SameLine(0, ui.em(14));
    draw_verdict(ui);
  }
  const float y = ImGui::GetStyle().WindowPadding.y;
  float x = right - ui.em(28);
  ImGui::SetCursorPos(ImVec2(x, y));
  if (icon_button(ui, "toolbar/help", Icon::help, "Keys (?)", ui.help)) ui.help = !ui.help;
  x -= ui.em(28);
  ImGui::SetCursorPos(ImVec2(x, y));
  if (icon_button(ui, "toolbar/theme", ui.theme->light ? Icon::moon : Icon::sun, "Light or dark (L)"))
    set_light(ui, !ui.theme->light);
  if (ui.branch() == nullptr || !ui.branch()->live()) return;
  x -= ui.em(28);
  ImGui::SetCursorPos(ImVec2(x, y));
  if (icon_button(ui, "toolbar/save", Icon::save, "Save this run as a bundle (S)")) save(ui);
}

}  // namespace viz
