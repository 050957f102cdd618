// The legend: which colour is which type of message and role, and how a message shows what became of it.
#include <algorithm>
#include <string>

#include "viz/panels/panels.hpp"
#include "viz/panels/widgets.hpp"

namespace viz {

namespace {

/// Entries from the left to the right, as long as there is room.
class Row {
 public:
  Row(Ui& ui, ImVec2 from, ImVec2 to) : ui_(ui), x_(from.x), y_(from.y), end_(to.x), height_(to.y - from.y) {}

  bool fits(std::string_view words, float mark) const { return x_ + mark + text_width(ui_.fonts.small, words) + ui_.em(8) < end_; }
  void gap(float width) { x_ += width; }
  float left() const { return end_ - x_; }

  /// A mark of so many pixels, then the words. Whether it was clicked at.
  template <class Draw>
  bool entry(const std::string& name, std::string_view words, float mark, bool pale, const Draw& draw) {
    const float width = mark + ui_.em(5) + text_width(ui_.fonts.small, words);
    ImGui::SetCursorScreenPos(ImVec2(x_, y_));
    const bool pressed = ImGui::InvisibleButton(name.c_str(), ImVec2(width, height_));
    ui_.mark(name);
    ImDrawList& list = *ImGui::GetWindowDrawList();
    draw(list, ImVec2(x_, y_ + height_ / 2));
    const bool over = ImGui::IsItemHovered();
    draw_text(list, ui_.fonts.small, ImVec2(x_ + mark + ui_.em(5), y_ + (height_ - ui_.fonts.small->FontSize) / 2),
              over   ? ui_.theme->text
              : pale ? ui_.theme->faint
                     : ui_.theme->dim,
              words, width);
    x_ += width + ui_.em(14);
    return pressed;
  }

 private:
  Ui& ui_;
  float x_, y_, end_, height_;
};

void toggle_type(Ui& ui, const std::string& name) {
  const sim::Timeline* timeline = ui.timeline();
  if (timeline == nullptr) return;
  const auto found = std::find(timeline->texts.begin(), timeline->texts.end(), name);
  if (found == timeline->texts.end()) return;
  const auto type = static_cast<std::uint16_t>(found - timeline->texts.begin());
  auto& types = ui.filter.types;
  const auto there = std::find(types.begin(), types.end(), type);
  if (there != types.end()) {
    types.erase(there);
  } else {
    types.push_back(type);
  }
  ui.found.fresh = false;
}

bool shown(const Ui& ui, const std::string& name) {
  if (ui.filter.types.empty() || ui.timeline() == nullptr) return true;
  return std::any_of(ui.filter.types.begin(), ui.filter.types.end(),
                     [&](std::uint16_t type) { return ui.timeline()->text(type) == name; });
}

void draw_types(Ui& ui, Row& row) {
  const float mark = ui.em(18);
  std::size_t left_out = 0;
  for (const std::string& name : ui.colours.types()) {
    if (left_out > 0 || !row.fits(name, mark + ui.em(40))) {
      ++left_out;
      continue;
    }
    const bool on = shown(ui, name);
    const ImU32 colour = faded(ui.colours.type(*ui.theme, name), on ? 1.0F : 0.35F);
    const bool pressed = row.entry("legend/" + name, name, mark, !on, [&](ImDrawList& list, ImVec2 at) {
      draw_arrow(list, at, ImVec2(at.x + mark, at.y),
                 {.colour = colour, .bad = ui.theme->bad, .width = ui.em(1.8F), .scale = ui.fonts.scale});
    });
    tip("Show only this type; click again to show all");
    if (pressed) toggle_type(ui, name);
  }
  if (left_out == 0) return;
  row.entry("legend/more", "+" + std::to_string(left_out), 0, true, [](ImDrawList&, ImVec2) {});
  if (!ImGui::IsItemHovered()) return;
  ImGui::BeginTooltip();
  for (std::size_t i = ui.colours.types().size() - left_out; i < ui.colours.types().size(); ++i)
    text(ui.colours.type(*ui.theme, ui.colours.types()[i]), ui.colours.types()[i]);
  ImGui::EndTooltip();
}

void draw_fates(Ui& ui, Row& row) {
  struct Fate {
    const char* name;
    sim::MessageFate fate;
    bool again, late;
  };
  constexpr Fate fates[] = {{"lost", sim::MessageFate::loss, false, false},
                            {"duplicate", sim::MessageFate::delivered, true, false},
                            {"late", sim::MessageFate::delivered, false, true}};
  const float mark = ui.em(26);
  for (const Fate& fate : fates) {
    if (!row.fits(fate.name, mark)) return;
    row.entry(std::string("legend/") + fate.name, fate.name, mark, false, [&](ImDrawList& list, ImVec2 at) {
      draw_arrow(list, at, ImVec2(at.x + mark - ui.em(4), at.y),
                 {.colour = ui.theme->dim,
                  .bad = ui.theme->bad,
                  .width = ui.em(1.5F),
                  .scale = ui.fonts.scale,
                  .fate = fate.fate,
                  .again = fate.again,
                  .late = fate.late});
    });
  }
}

void draw_kinds(Ui& ui, Row& row) {
  const float r = ui.em(3.5F);
  if (row.fits("timer", 2 * r)) {
    row.entry("legend/timer", "timer", 2 * r, false, [&](ImDrawList& list, ImVec2 at) {
      list.AddQuadFilled(ImVec2(at.x + r, at.y - r), ImVec2(at.x + 2 * r, at.y), ImVec2(at.x + r, at.y + r), ImVec2(at.x, at.y),
                         ui.theme->dim);
    });
  }
  if (row.fits("disk sync", 2 * r)) {
    row.entry("legend/sync", "disk sync", 2 * r, false, [&](ImDrawList& list, ImVec2 at) {
      list.AddRectFilled(ImVec2(at.x, at.y - r + 0.5F), ImVec2(at.x + 2 * r - 1, at.y + r - 0.5F), ui.theme->good);
    });
  }
}

/// Roles and faults, which fill an area.
void draw_blocks(Ui& ui, Row& row) {
  const float mark = ui.em(11);
  const auto block = [&](const std::string& name, ImU32 colour, float strength) {
    if (!row.fits(name, mark)) return;
    row.entry("legend/area/" + name, name, mark, false, [&](ImDrawList& list, ImVec2 at) {
      list.AddRectFilled(ImVec2(at.x, at.y - mark / 2), ImVec2(at.x + mark, at.y + mark / 2), faded(colour, strength), ui.em(2));
    });
  };
  for (const std::string& role : ui.colours.roles()) block(role, ui.colours.role(*ui.theme, role), 1);
  row.gap(ui.em(6));
  std::vector<std::string> kinds;
  for (const sim::Timeline::Fault& fault : ui.timeline()->faults) {
    if (std::find(kinds.begin(), kinds.end(), fault.kind) == kinds.end()) kinds.push_back(fault.kind);
  }
  for (const std::string& kind : kinds) block(kind, fault_colour(*ui.theme, kind), 0.6F);
}

}  // namespace

void draw_legend(Ui& ui, ImVec2 from, ImVec2 to) {
  if (ui.timeline() == nullptr) return;
  const float middle = (from.y + to.y) / 2;
  Row types(ui, ImVec2(from.x + ui.em(12), from.y + ui.em(2)), ImVec2(to.x, middle));
  draw_types(ui, types);
  Row rest(ui, ImVec2(from.x + ui.em(12), middle), ImVec2(to.x, to.y - ui.em(2)));
  draw_fates(ui, rest);
  draw_kinds(ui, rest);
  draw_blocks(ui, rest);
}

}  // namespace viz
