// Overview: what the run is about, how it went, and where to begin.
#include <algorithm>
#include <string>

#include "viz/panels/actions.hpp"
#include "viz/panels/panels.hpp"
#include "viz/panels/widgets.hpp"

namespace viz {

namespace {

void draw_outcome(Ui& ui, const sim::Timeline& timeline) {
  if (timeline.claims.empty()) return;
  heading(ui, "How it went");
  const sim::Timeline::Claim* violated = timeline.violation();
  const auto count = [&](std::string_view status) {
    return std::count_if(timeline.claims.begin(), timeline.claims.end(),
                         [&](const sim::Timeline::Claim& claim) { return claim.status == status; });
  };
  if (violated != nullptr) {
    wrapped(ui.theme->bad, violated->name + " is violated at " + clock_text(violated->at) + ".");
    wrapped(ui.theme->text, sentence(violated->message));
    if (button(ui, "overview/violation", "Go there", "The first violation (V)", true, true)) go_to_violation(ui);
    return;
  }
  const auto bad = count("violated");
  const auto holds = count("holds");
  if (bad > 0) wrapped(ui.theme->bad, std::to_string(bad) + (bad == 1 ? " claim is violated." : " claims are violated."));
  wrapped(ui.theme->text, std::to_string(holds) + (holds == 1 ? " claim holds, " : " claims hold, ") +
                              std::to_string(count("reached")) + " of " + std::to_string(count("reached") + count("not-reached")) +
                              " marks are reached.");
  if (link(ui, "overview/claims", "All claims")) ui.tab = Tab::claims;
}

void draw_faults(Ui& ui, const sim::Timeline& timeline) {
  heading(ui, "Faults");
  if (timeline.faults.empty()) return wrapped(ui.theme->dim, "None.");
  for (std::size_t i = 0; i < timeline.faults.size(); ++i) {
    const sim::Timeline::Fault& fault = timeline.faults[i];
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float size = ui.em(10);
    ImGui::GetWindowDrawList()->AddRectFilled(ImVec2(at.x, at.y + ui.em(4)), ImVec2(at.x + size, at.y + ui.em(4) + size),
                                              fault_colour(*ui.theme, fault.kind), ui.em(2));
    ImGui::SetCursorPosX(ImGui::GetCursorPosX() + ui.em(18));
    text(ui.theme->dim, clock_text(fault.begin));
    ImGui::SameLine(ui.em(108));
    if (link(ui, ("overview/fault/" + std::to_string(i)).c_str(), fault.text)) {
      ui.trail.clear();
      select(ui, ui.active, fault.begin_event);
    }
  }
}

}  // namespace

void draw_overview(Ui& ui) {
  const sim::Timeline& timeline = *ui.timeline();
  const Branch& branch = *ui.branch();
  ImGui::PushFont(ui.fonts.bold);
  wrapped(ui.theme->text, branch.title());
  ImGui::PopFont();
  if (branch.live()) wrapped(ui.theme->text, branch.wish().scenario->description);
  ImGui::Dummy(ImVec2(0, ui.em(2)));
  std::string size = grouped(timeline.events.size()) + " events and " + grouped(timeline.messages.size()) + " messages";
  if (!timeline.operations.empty()) size += ", " + grouped(timeline.operations.size()) + " operations of clients";
  wrapped(ui.theme->dim, size + " in " + sim::to_text(timeline.end) + " of virtual time.");
  draw_outcome(ui, timeline);
  draw_faults(ui, timeline);
  heading(ui, "Where to begin");
  wrapped(ui.theme->dim,
          "Turn the wheel over the timeline to come closer, drag to move, click an event or an arrow to see what it is, what led "
          "to it and what "
          "came of it. The arrow keys walk from event to event; ? shows all keys.");
}

}  // namespace viz
