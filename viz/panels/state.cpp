// State: a node as it was just after the focused event, with what that event changed of it.
#include <algorithm>
#include <string>

#include "viz/panels/actions.hpp"
#include "viz/panels/panels.hpp"
#include "viz/panels/widgets.hpp"

namespace viz {

namespace {

/// A chip a node; the one that is shown is on.
void draw_choice(Ui& ui, const sim::Timeline& timeline, std::uint32_t node) {
  for (std::uint32_t i = 0; i < timeline.nodes.size(); ++i) {
    if (i > 0) ImGui::SameLine(0, ui.em(5));
    const std::string name = "state/" + timeline.nodes[i].name;
    if (chip(ui, name.c_str(), timeline.nodes[i].name, i == node, ui.theme->accent)) ui.node = i;
  }
}

void draw_timers(const Ui& ui, const Inspection& seen, sim::Time now) {
  const auto* timers = seen.timers.list();
  if (timers == nullptr || timers->empty()) return;
  heading(ui, "Timers that are set");
  for (const sim::Value& timer : *timers) {
    const sim::Value* type = timer.find("type");
    const sim::Value* due = timer.find("due");
    std::string words = type != nullptr && type->text() != nullptr ? *type->text() : "timer";
    if (due != nullptr && due->integer() != nullptr) {
      const sim::Duration left = sim::Time{*due->integer()} - now;
      words += left.ns >= 0 ? ", in " + sim::to_text(left) : ", due";
    }
    line(ui, ui.theme->text, words);
    const sim::Value* value = timer.find("value");
    if (value != nullptr && value->map() != nullptr && !value->map()->empty()) {
      ImGui::PushFont(ui.fonts.mono);
      line(ui, ui.theme->dim, "  " + brief(*value));
      ImGui::PopFont();
    }
  }
}

}  // namespace

const Inspection* inspected(Ui& ui, std::uint32_t node) {
  Branch* branch = ui.branch();
  if (branch == nullptr || !branch->live() || ui.focus.event() == 0) return nullptr;
  const std::uint32_t event = ui.focus.event();
  const bool same =
      ui.inspection && ui.inspection->event == event && ui.inspection->node == node && ui.inspected_branch == ui.active;
  if (!same) {
    ui.inspection = branch->inspect(node, event);
    ui.inspected_branch = ui.active;
  }
  return &*ui.inspection;
}

void draw_state(Ui& ui) {
  const sim::Timeline* timeline = ui.timeline();
  if (timeline == nullptr) return;
  if (ui.focus.event() == 0) return wrapped(ui.theme->dim, "Select an event to see a node just after it.");
  if (!ui.branch()->live())
    return wrapped(ui.theme->dim,
                   "This is a trace: it holds what was sent and when, and no states. Open the scenario or a bundle to see them.");
  const std::uint32_t own = timeline->event(ui.focus.event()).node;
  const std::uint32_t node = ui.node ? *ui.node : own != kNone ? own : 0;
  if (node >= timeline->nodes.size()) return;
  draw_choice(ui, *timeline, node);
  const Inspection* seen = inspected(ui, node);
  if (seen == nullptr) return;
  const sim::Time now = timeline->event(ui.focus.event()).at;
  heading(ui, (timeline->nodes[node].name + " after event " + grouped(ui.focus.event())).c_str());
  if (!seen->role.empty()) field(ui, "role", seen->role);
  const sim::Value* status = seen->state.find("status");
  if (status != nullptr && status->text() != nullptr) field(ui, "status", *status->text());
  field_name(ui, "touched by");
  if (seen->last == 0) {
    text(ui.theme->dim, "no event yet");
  } else if (seen->last == ui.focus.event()) {
    text(ui.theme->text, seen->changes.empty() ? "this event, which changed nothing" : "this event");
    if (!seen->changes.empty()) heading(ui, "What it changed");
    draw_changes(ui, *seen);
  } else if (link(ui, "state/last", grouped(seen->last) + "  " + timeline->describe(seen->last))) {
    ui.trail.clear();
    select(ui, ui.active, seen->last);
    return;
  }
  for (const char* part : {"state", "disk"}) {
    const sim::Value* value = seen->state.find(part);
    if (value == nullptr || value->is_nil()) continue;
    heading(ui, part[0] == 's' ? "State" : "Disk");
    draw_tree(ui, *value, std::string("/") + part, seen->changes);
  }
  draw_timers(ui, *seen, now);
}

}  // namespace viz
