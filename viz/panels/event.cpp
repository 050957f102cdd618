// Event: what happened at the focus, why, and what came of it.
#include <algorithm>
#include <string>

#include "viz/panels/actions.hpp"
#include "viz/panels/panels.hpp"
#include "viz/panels/widgets.hpp"

namespace viz {

namespace {

constexpr float kForks = 130;      // pixels
constexpr std::size_t kLinks = 6;  // events that are listed before "and so many more"

/// An event as a line to click at: its number, then its description.
void event_link(Ui& ui, const sim::Timeline& timeline, std::uint32_t number, const char* where) {
  const std::string name = std::string(where) + "/" + std::to_string(number);
  if (link(ui, name.c_str(), grouped(number) + "  " + timeline.describe(number))) {
    ui.trail.clear();
    select(ui, ui.active, number);
  }
}

void draw_basics(Ui& ui, const sim::Timeline& timeline) {
  const std::uint32_t number = ui.focus.event();
  const sim::Timeline::Event& event = timeline.event(number);
  ImGui::PushFont(ui.fonts.bold);
  wrapped(ui.theme->text, timeline.describe(number));
  ImGui::PopFont();
  for (const sim::Timeline::Claim& claim : timeline.claims) {
    if (claim.event != number || claim.status != "violated") continue;
    wrapped(ui.theme->bad, claim.name + " is violated here. " + sentence(claim.message));
  }
  ImGui::Dummy(ImVec2(0, ui.em(2)));
  field(ui, "event", grouped(number) + " of " + grouped(timeline.events.size()));
  field(ui, "time", sim::to_text(event.at));
  if (event.node != kNone) {
    field_name(ui, "node");
    if (link(ui, "event/node", timeline.nodes[event.node].name)) {
      ui.node.reset();
      ui.tab = Tab::state;
    }
  }
  const std::uint32_t role = event.node == kNone ? kNone : timeline.role_at(event.node, event.at);
  if (role != kNone) field(ui, "role", timeline.role_text(timeline.roles[role]));
}

/// The message that was clicked at, or that is delivered here.
void draw_message(Ui& ui, const sim::Timeline& timeline) {
  if (ui.message == kNone) return;
  const sim::Timeline::Message& message = timeline.messages[ui.message];
  heading(ui, "Message");
  field(ui, "type", timeline.text(message.type));
  field(ui, "way", timeline.nodes[message.from].name + " " + arrow(ui) + " " + timeline.nodes[message.to].name);
  field(ui, "sent", sim::to_text(message.sent));
  if (message.fate == sim::MessageFate::delivered) {
    field(ui, "under way", sim::to_text(message.ended - message.sent));
  } else {
    field_name(ui, "fate");
    text(ui.theme->bad, "never delivered");
  }
  const std::string why = timeline.explain(message);
  if (why.empty()) return;
  field_name(ui, "because");
  wrapped(ui.theme->bad, why);
}

void draw_content(Ui& ui, const sim::Timeline& timeline) {
  const sim::Value line = ui.branch()->line_of(ui.focus.event());
  const sim::Value* value = line.find("value");
  const sim::Timeline::Event& event = timeline.event(ui.focus.event());
  const bool deliver = event.kind == sim::RecordKind::deliver;
  if (value == nullptr || (deliver && ui.message != event.message)) return;
  if (value->map() != nullptr && value->map()->empty()) return;
  heading(ui, deliver ? "What it carries" : "Timer");
  draw_tree(ui, *value, "", {});
}

void draw_causes(Ui& ui, const sim::Timeline& timeline) {
  const std::uint32_t number = ui.focus.event();
  heading(ui, "Caused by");
  const std::uint32_t cause = timeline.event(number).cause;
  if (cause == 0) {
    text(ui.theme->dim, "nothing: it is the scenario's own");
  } else {
    event_link(ui, timeline, cause, "cause");
  }
  const auto effects = timeline.effects_of(number);
  heading(ui, "Led to");
  if (effects.empty()) text(ui.theme->dim, "nothing that happened later");
  for (std::size_t i = 0; i < std::min(effects.size(), kLinks); ++i) event_link(ui, timeline, effects[i], "effect");
  if (effects.size() > kLinks) text(ui.theme->dim, "and " + grouped(effects.size() - kLinks) + " more");
  if (ui.focus.past().empty() && ui.focus.future().empty()) return;
  const auto counted = [&](std::size_t n, bool more) { return grouped(n) + (more ? "+" : ""); };
  const std::string words = counted(ui.focus.past().size(), ui.focus.more_past()) + " before, " +
                            counted(ui.focus.future().size(), ui.focus.more_future()) + " after, within " +
                            std::to_string(ui.focus.hops()) + " hops";
  ImGui::Dummy(ImVec2(0, ui.em(2)));
  wrapped(ui.theme->dim, words);
}

/// Messages that this event sent and nobody got: nothing else leads to them.
void draw_lost(Ui& ui, const sim::Timeline& timeline) {
  const std::uint32_t number = ui.focus.event();
  const sim::Time at = timeline.event(number).at;
  auto row = std::lower_bound(timeline.messages.begin(), timeline.messages.end(), at,
                              [](const sim::Timeline::Message& message, sim::Time time) { return message.sent < time; });
  bool titled = false;
  for (; row != timeline.messages.end() && row->sent == at; ++row) {
    if (row->cause != number || row->fate == sim::MessageFate::delivered) continue;
    if (!titled) heading(ui, "Sent and lost");
    titled = true;
    const auto index = static_cast<std::uint32_t>(row - timeline.messages.begin());
    const std::string words = timeline.text(row->type) + " " + arrow(ui) + " " + timeline.nodes[row->to].name;
    if (link(ui, ("lost/" + std::to_string(index)).c_str(), words)) ui.message = index;
    wrapped(ui.theme->bad, timeline.explain(*row));
  }
}

void draw_asides(const Ui& ui, const sim::Timeline& timeline) {
  const auto below = [](const sim::Timeline::Aside& aside, std::uint32_t event) { return aside.event < event; };
  auto row = std::lower_bound(timeline.asides.begin(), timeline.asides.end(), ui.focus.event(), below);
  if (row == timeline.asides.end() || row->event != ui.focus.event()) return;
  heading(ui, "Notes");
  for (; row != timeline.asides.end() && row->event == ui.focus.event(); ++row)
    wrapped(ui.theme->text, (row->kind == sim::RecordKind::mark ? "mark: " : "") + row->text);
}

void draw_own_changes(Ui& ui, const sim::Timeline& timeline) {
  const std::uint32_t node = timeline.event(ui.focus.event()).node;
  if (node == kNone) return;
  const Inspection* seen = inspected(ui, node);
  if (seen == nullptr) return;
  heading(ui, "What it changed");
  if (seen->changes.empty()) text(ui.theme->dim, "nothing of the node's state");
  draw_changes(ui, *seen);
}

}  // namespace

void draw_changes(const Ui& ui, const Inspection& seen) {
  ImGui::PushFont(ui.fonts.mono);
  for (const sim::Difference& change : seen.changes) {
    line(ui, ui.theme->dim, change.path.empty() ? "everything" : change.path.substr(1));
    std::string words = "  ";
    if (change.left) words += brief(*change.left) + " ";
    words += change.right ? std::string(arrow(ui)) + " " + brief(*change.right) : "is gone";
    line(ui, ui.theme->text, words);
  }
  ImGui::PopFont();
}

void draw_event(Ui& ui) {
  const sim::Timeline* timeline = ui.timeline();
  if (timeline == nullptr) return;
  if (ui.focus.event() == 0) {
    return draw_overview(ui);
  }
  // The forks stay in sight below whatever there is to tell.
  const float forks = ui.branch()->live() ? ui.em(kForks) : 0;
  ImGui::BeginChild("told", ImVec2(0, std::max(ImGui::GetContentRegionAvail().y - forks, ui.em(80))));
  draw_basics(ui, *timeline);
  draw_message(ui, *timeline);
  draw_content(ui, *timeline);
  draw_asides(ui, *timeline);
  draw_causes(ui, *timeline);
  draw_lost(ui, *timeline);
  draw_own_changes(ui, *timeline);
  ImGui::EndChild();
  draw_fork(ui);
}

}  // namespace viz
