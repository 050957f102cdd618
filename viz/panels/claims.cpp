// Claims: what the run says of each, and where.
#include <algorithm>
#include <array>
#include <string>

#include "viz/panels/actions.hpp"
#include "viz/panels/panels.hpp"
#include "viz/panels/widgets.hpp"

namespace viz {

namespace {

struct Look {
  std::string_view status;
  const char* words;
  Icon icon;
  ImU32 Theme::*colour;
};

/// In the order in which they are listed.
constexpr std::array<Look, 6> kLooks = {{{"violated", "violated", Icon::cross, &Theme::bad},
                                         {"undecided", "undecided", Icon::help, &Theme::unsure},
                                         {"holds", "holds", Icon::check, &Theme::good},
                                         {"reached", "reached", Icon::check, &Theme::good},
                                         {"not-reached", "not reached", Icon::ring, &Theme::dim},
                                         {"not-judged", "not judged", Icon::ring, &Theme::dim}}};

void draw_claim(Ui& ui, const sim::Timeline::Claim& claim, const Look& look, std::size_t i) {
  const ImU32 colour = ui.theme->*look.colour;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float width = ImGui::GetContentRegionAvail().x;
  const float indent = ui.em(24);
  const std::string& message = claim.message;
  const float room = width - indent - ui.em(6);
  const float words_height =
      message.empty() ? 0 : ui.fonts.small->CalcTextSizeA(ui.fonts.small->FontSize, 1e6F, room, message.c_str()).y + ui.em(3);
  const float height = ui.fonts.text->FontSize + ui.em(10) + words_height;
  const std::string name = "claim/" + claim.name;
  const bool pressed = ImGui::InvisibleButton((name + std::to_string(i)).c_str(), ImVec2(width, height));
  ui.mark(name);
  if (ImGui::IsItemHovered() && claim.event != 0) {
    list.AddRectFilled(at, ImVec2(at.x + width, at.y + height), ui.theme->raised, ui.em(4));
    ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
  }
  draw_icon(list, look.icon, ImVec2(at.x + ui.em(10), at.y + ui.em(5) + ui.fonts.text->FontSize / 2), ui.em(15), colour);
  std::string where = look.words;
  if (claim.event != 0) where += " at " + clock_text(claim.at);
  const float where_width = text_width(ui.fonts.small, where);
  draw_text(list, ui.fonts.text, ImVec2(at.x + indent, at.y + ui.em(5)), ui.theme->text, claim.name, room - where_width - ui.em(8));
  draw_text(list, ui.fonts.small, ImVec2(at.x + width - where_width - ui.em(6), at.y + ui.em(7)), colour, where, where_width + 1);
  if (!message.empty())
    list.AddText(ui.fonts.small, ui.fonts.small->FontSize, ImVec2(at.x + indent, at.y + ui.em(8) + ui.fonts.text->FontSize),
                 ui.theme->dim, message.c_str(), nullptr, room);
  if (!pressed || claim.event == 0) return;
  ui.trail.clear();
  select(ui, ui.active, claim.event);
}

}  // namespace

void draw_claims(Ui& ui) {
  const sim::Timeline* timeline = ui.timeline();
  if (timeline == nullptr) return;
  if (timeline->claims.empty())
    return wrapped(ui.theme->dim, "A trace says nothing of claims. Open the scenario or a bundle to have them judged.");
  wrapped(ui.theme->dim, "Click a claim to go to where it was decided.");
  for (const char* kind : {"always", "history", "eventually", "sometimes"}) {
    bool titled = false;
    for (const Look& look : kLooks) {
      for (std::size_t i = 0; i < timeline->claims.size(); ++i) {
        const sim::Timeline::Claim& claim = timeline->claims[i];
        if (claim.kind != kind || claim.status != look.status) continue;
        if (!titled) {
          const std::string_view words = kind;
          heading(ui, words == "always"       ? "Always"
                      : words == "history"    ? "History of the clients"
                      : words == "eventually" ? "Eventually, once faults stop"
                                              : "Sometimes: some seed must reach it");
        }
        titled = true;
        draw_claim(ui, claim, look, i);
      }
    }
  }
}

}  // namespace viz
