// Panels: what there is on the screen, one file each. All of them draw where the layout has put the cursor.
#pragma once

#include "viz/panels/plot.hpp"
#include "viz/panels/ui.hpp"

namespace viz {

/// Everything: takes the keys, lays the panels out and draws them. Between ImGui::NewFrame() and ImGui::Render().
void draw(Ui& ui);

/// Does what the keys ask for that came since the last frame.
void take_strokes(Ui& ui);
/// A key and what it does, for the overlay.
struct KeyHelp {
  const char* keys;
  const char* what;
};
/// A title of several keys.
struct KeyGroup {
  const char* title;
  std::vector<KeyHelp> keys;
};
const std::vector<KeyGroup>& key_groups();

void draw_toolbar(Ui& ui);
/// The branches one above the other, into a rectangle of the screen.
void draw_timeline(Ui& ui, ImVec2 from, ImVec2 to);
/// What is under the pointer, in words.
void draw_hover(const Ui& ui, const View& view, const sim::Timeline& timeline, const Hit& hit);
void draw_minimap(Ui& ui, ImVec2 from, ImVec2 to);
void draw_legend(Ui& ui, ImVec2 from, ImVec2 to);
void draw_status(Ui& ui);

void draw_event(Ui& ui);
/// The run as a whole: what is shown where no event is selected.
void draw_overview(Ui& ui);
void draw_fork(Ui& ui);
void draw_state(Ui& ui);
void draw_history(Ui& ui);
void draw_claims(Ui& ui);
void draw_find(Ui& ui);
void draw_picker(Ui& ui);
void draw_help(Ui& ui);
/// The picker chooses so many further down, of those that are listed.
void choose_offer(Ui& ui, int by);

/// The newest inspection of a node at the focus; nullptr where the branch is a trace or nothing is selected.
const Inspection* inspected(Ui& ui, std::uint32_t node);
/// What the event changed of a node, old values and new.
void draw_changes(const Ui& ui, const Inspection& seen);
/// Has the branch's histories judged and marks the bars of its operations.
void judge(Ui& ui, std::size_t branch);
/// A tree of data, with what changed at it marked, old value and new. `root` is its path in `changes`.
void draw_tree(const Ui& ui, const sim::Value& value, const std::string& root, const std::vector<sim::Difference>& changes);
/// A value on one line, quotes and all.
std::string brief(const sim::Value& value, std::size_t most = 120);

}  // namespace viz
