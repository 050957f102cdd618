// Fork: what might have been, from the focus on.
#include <string>

#include "viz/panels/actions.hpp"
#include "viz/panels/panels.hpp"
#include "viz/panels/widgets.hpp"

namespace viz {

namespace {

std::optional<sim::Duration> duration_of(Ui& ui, const std::string& words) {
  const auto parsed = sim::parse_duration(words);
  if (parsed) return *parsed;
  say(ui, "\"" + words + "\" is no duration: " + parsed.error().what, true);
  return std::nullopt;
}

void draw_for_message(Ui& ui) {
  const bool there = ui.message != kNone;
  Change change{.kind = Change::Kind::drop, .event = ui.focus.event(), .message = ui.message, .nodes = {}};
  if (button(ui, "fork/drop", "Lose this message", "As if the link had lost it (D)", there)) fork(ui, change);
  ImGui::SameLine();
  const bool arrived = there && ui.timeline()->messages[ui.message].fate == sim::MessageFate::delivered;
  if (button(ui, "fork/delay", "Delay it by", "It takes so much longer", arrived)) {
    if (const auto by = duration_of(ui, ui.fork.delay)) {
      change.kind = Change::Kind::delay;
      change.by = *by;
      fork(ui, change);
    }
  }
  ImGui::SameLine();
  input(ui, "fork/delay-by", ui.fork.delay, "100ms", ui.em(76));
}

void draw_for_node(Ui& ui, std::uint32_t node) {
  const sim::Timeline& timeline = *ui.timeline();
  const bool there = node != kNone;
  const std::string name = there ? timeline.nodes[node].name : "node";
  Change change{.kind = Change::Kind::crash, .event = ui.focus.event(), .nodes = {node}};
  if (button(ui, "fork/crash", ("Crash " + name).c_str(), "Right after this event (C)", there)) {
    if (const auto last = duration_of(ui, ui.fork.last)) {
      change.by = *last;
      fork(ui, change);
    }
  }
  ImGui::SameLine();
  if (button(ui, "fork/partition", "Cut it off", "From all others, right after this event (P)", there)) {
    if (const auto last = duration_of(ui, ui.fork.last)) {
      change.kind = Change::Kind::partition;
      change.by = *last;
      if (!ui.fork.cut.empty()) change.nodes = ui.fork.cut;
      fork(ui, change);
    }
  }
  ImGui::SameLine();
  text(ui.theme->dim, "for");
  ImGui::SameLine();
  input(ui, "fork/last", ui.fork.last, "0s: for good", ui.em(60));
}

void draw_reseed(Ui& ui) {
  if (button(ui, "fork/reseed", "New luck", "What chance decides from here on comes from another seed (R)")) fork_with_luck(ui);
  ImGui::SameLine();
  text(ui.theme->dim, "seed");
  ImGui::SameLine();
  input(ui, "fork/seed", ui.fork.seed, "1", ui.em(76));
}

}  // namespace

void draw_fork(Ui& ui) {
  if (ui.branch() == nullptr || !ui.branch()->live()) return;
  heading(ui, "Fork from here");
  tip("The same run up to this event, then something else. Both stay on the screen.");
  draw_for_message(ui);
  draw_for_node(ui, ui.timeline()->event(ui.focus.event()).node);
  draw_reseed(ui);
}

}  // namespace viz
