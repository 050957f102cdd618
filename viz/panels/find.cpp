// Find: what is looked for, which is also all that is drawn; bookmarks, and the marks that a run has reached.
#include <algorithm>
#include <string>

#include "viz/panels/actions.hpp"
#include "viz/panels/panels.hpp"
#include "viz/panels/widgets.hpp"

namespace viz {

namespace {

constexpr std::size_t kMostFound = 5000;

template <class T>
void toggle(std::vector<T>& all, T one) {
  const auto found = std::find(all.begin(), all.end(), one);
  if (found == all.end()) {
    all.push_back(one);
  } else {
    all.erase(found);
  }
}

void draw_words(Ui& ui) {
  const bool focus = std::exchange(ui.find_typing, false);
  if (focus) ImGui::SetKeyboardFocusHere();
  const float clear = ui.filter.everything() ? 0 : ui.em(64);
  if (input(ui, "find/text", ui.filter.text, "text in an event, as AppendEntries or key 3",
            ImGui::GetContentRegionAvail().x - clear))
    ui.found.fresh = false;
  if (clear == 0) return;
  ImGui::SameLine();
  if (button(ui, "find/clear", "Clear", "Show everything again")) {
    ui.filter = Filter();
    ui.found.fresh = false;
  }
}

void draw_kinds(Ui& ui) {
  struct Kind {
    const char* name;
    bool Filter::*on;
  };
  constexpr Kind kinds[] = {{"messages", &Filter::messages},
                            {"timers", &Filter::timers},
                            {"disk syncs", &Filter::syncs},
                            {"faults", &Filter::faults},
                            {"only lost, doubled or late", &Filter::only_disturbed}};
  for (const Kind& kind : kinds) {
    if (&kind != kinds) ImGui::SameLine(0, ui.em(5));
    bool& on = ui.filter.*kind.on;
    if (chip(ui, (std::string("find/") + kind.name).c_str(), kind.name, on, ui.theme->accent)) {
      on = !on;
      ui.found.fresh = false;
    }
  }
}

void draw_nodes(Ui& ui, const sim::Timeline& timeline) {
  ImGui::Dummy(ImVec2(0, ui.em(1)));
  for (std::uint32_t i = 0; i < timeline.nodes.size(); ++i) {
    if (i > 0) ImGui::SameLine(0, ui.em(5));
    const auto& nodes = ui.filter.nodes;
    const bool on = std::find(nodes.begin(), nodes.end(), i) != nodes.end();
    if (!chip(ui, ("find/node/" + timeline.nodes[i].name).c_str(), timeline.nodes[i].name, on, ui.theme->accent)) continue;
    toggle(ui.filter.nodes, i);
    ui.found.fresh = false;
  }
}

void draw_types(Ui& ui, const sim::Timeline& timeline) {
  ImGui::Dummy(ImVec2(0, ui.em(1)));
  bool first = true;
  for (const std::string& name : ui.colours.types()) {
    const auto found = std::find(timeline.texts.begin(), timeline.texts.end(), name);
    if (found == timeline.texts.end()) continue;
    const auto type = static_cast<std::uint16_t>(found - timeline.texts.begin());
    if (!first) ImGui::SameLine(0, ui.em(5));
    first = false;
    const bool on = std::find(ui.filter.types.begin(), ui.filter.types.end(), type) != ui.filter.types.end();
    if (!chip(ui, ("find/type/" + name).c_str(), name, on, ui.colours.type(*ui.theme, name))) continue;
    toggle(ui.filter.types, type);
    ui.found.fresh = false;
  }
}

void draw_results(Ui& ui, const sim::Timeline& timeline) {
  Found& found = ui.found;
  if (!found.fresh || found.branch != ui.active) {
    found.all = find(timeline, ui.filter, kMostFound, found.total);
    found.branch = ui.active;
    found.fresh = true;
  }
  std::string title = grouped(found.total) + (found.total == 1 ? " event" : " events");
  if (found.total > found.all.size()) title += ", the first " + grouped(found.all.size()) + " listed";
  heading(ui, title.c_str());
  const float height = std::max(ImGui::GetContentRegionAvail().y, ui.em(160));
  ImGui::BeginChild("found", ImVec2(0, height));
  ImGuiListClipper clipper;
  clipper.Begin(static_cast<int>(found.all.size()));
  while (clipper.Step()) {
    for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
      const Find& one = found.all[static_cast<std::size_t>(i)];
      const std::string id = "found/" + std::to_string(i);
      const bool chosen = one.event == ui.focus.event() && (one.message == kNone || one.message == ui.message);
      if (ImGui::Selectable(("##" + id).c_str(), chosen)) {
        ui.trail.clear();
        select(ui, ui.active, one.event);
        if (one.message != kNone) ui.message = one.message;
      }
      ui.mark(id);
      ImGui::SameLine(0, 0);
      text(ui.theme->dim, clock_text(one.at));
      ImGui::SameLine(ui.em(92));
      line(ui, one.message != kNone ? ui.theme->bad : ui.theme->text, one.text);
    }
  }
  ImGui::EndChild();
}

void draw_bookmarks(Ui& ui) {
  if (ui.bookmarks.empty()) return;
  heading(ui, "Bookmarks");
  for (std::size_t i = 0; i < ui.bookmarks.size(); ++i) {
    const Bookmark bookmark = ui.bookmarks[i];
    const sim::Timeline& timeline = ui.session->branch(bookmark.branch).timeline();
    std::string words = bookmark.branch == 0 ? std::string() : "fork " + std::to_string(bookmark.branch) + ", ";
    words += grouped(bookmark.event) + "  " + timeline.describe(bookmark.event);
    if (link(ui, ("bookmark/" + std::to_string(i)).c_str(), words)) {
      ui.trail.clear();
      select(ui, bookmark.branch, bookmark.event);
    }
  }
}

/// What some seed must reach, as far as this one has.
void draw_reached(Ui& ui, const sim::Timeline& timeline) {
  bool titled = false;
  for (const sim::Timeline::Claim& claim : timeline.claims) {
    if (claim.kind != "sometimes" || claim.event == 0) continue;
    if (!titled) heading(ui, "Reached for the first time");
    if (titled) ImGui::SameLine(0, ui.em(5));
    titled = true;
    if (chip(ui, ("reached/" + claim.name).c_str(), claim.name, true, ui.theme->good)) {
      ui.trail.clear();
      select(ui, ui.active, claim.event);
    }
  }
}

}  // namespace

void draw_find(Ui& ui) {
  const sim::Timeline* timeline = ui.timeline();
  if (timeline == nullptr) return;
  draw_words(ui);
  draw_kinds(ui);
  draw_nodes(ui, *timeline);
  draw_types(ui, *timeline);
  ImGui::Dummy(ImVec2(0, ui.em(2)));
  const bool violated = timeline->violation() != nullptr;
  if (button(ui, "find/violation", "First violation", "Where the first claim was violated (V)", violated)) go_to_violation(ui);
  draw_bookmarks(ui);
  draw_reached(ui, *timeline);
  draw_results(ui, *timeline);
}

}  // namespace viz
