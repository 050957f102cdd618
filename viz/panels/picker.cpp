// The picker: the scenarios that there are, what each teaches, and how it is to be run.
#include <algorithm>
#include <cctype>
#include <string>

#include "viz/panels/actions.hpp"
#include "viz/panels/panels.hpp"
#include "viz/panels/widgets.hpp"

namespace viz {

namespace {

std::string lower(std::string_view words) {
  std::string out(words);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool matches(const Offer& offer, const std::string& wanted) {
  const std::string all = lower(offer.name + " " + offer.system + " " + offer.description + " " + offer.path);
  return all.find(lower(wanted)) != std::string::npos;
}

/// The offers that match, in the order in which they are shown: those of one system together.
std::vector<std::size_t> listed(const Ui& ui) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < ui.door->offers.size(); ++i) {
    if (matches(ui.door->offers[i], ui.picker.filter)) out.push_back(i);
  }
  const auto key = [&](std::size_t i) {
    const Offer& offer = ui.door->offers[i];
    return std::tuple(!offer.expect.empty(), std::string_view(offer.system), i);
  };
  std::sort(out.begin(), out.end(), [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
  return out;
}

void group_title(const Ui& ui, const Offer& offer) {
  ImGui::Dummy(ImVec2(0, ui.em(2)));
  ImGui::PushFont(ui.fonts.small);
  text(ui.theme->dim, offer.expect.empty() ? offer.system : offer.system + ": bugs planted on purpose");
  ImGui::PopFont();
}

void draw_offer(Ui& ui, std::size_t i) {
  const Offer& offer = ui.door->offers[i];
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  const float height = ui.fonts.text->FontSize + ui.fonts.small->FontSize + ui.em(13);
  const std::string name = "offer/" + offer.name;
  const bool pressed = ImGui::InvisibleButton((name + std::to_string(i)).c_str(), ImVec2(width, height));
  ui.mark(name);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const bool chosen = ui.picker.chosen == i;
  if (chosen && std::exchange(ui.picker.reveal, false)) ImGui::SetScrollHereY();
  const ImVec2 to(at.x + width, at.y + height);
  if (chosen) list.AddRectFilled(at, to, faded(ui.theme->accent, 0.25F), ui.em(4));
  if (!chosen && ImGui::IsItemHovered()) list.AddRectFilled(at, to, ui.theme->raised, ui.em(4));
  draw_text(list, ui.fonts.text, ImVec2(at.x + ui.em(8), at.y + ui.em(4)), ui.theme->text, offer.name, width - ui.em(16));
  draw_text(list, ui.fonts.small, ImVec2(at.x + ui.em(8), at.y + ui.em(7) + ui.fonts.text->FontSize), ui.theme->dim,
            offer.description, width - ui.em(16));
  if (pressed) ui.picker.chosen = i;
  if (pressed && ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left)) run_chosen(ui);
}

void draw_offers(Ui& ui, float width, const std::vector<std::size_t>& all) {
  ImGui::BeginGroup();
  if (std::exchange(ui.find_typing, false)) ImGui::SetKeyboardFocusHere();
  if (input(ui, "picker/filter", ui.picker.filter, "filter: a system, or a word of what it teaches", width) && !all.empty()) {
    const std::vector<std::size_t> now = listed(ui);
    if (!now.empty() && std::find(now.begin(), now.end(), ui.picker.chosen) == now.end()) ui.picker.chosen = now.front();
  }
  ImGui::BeginChild("offers", ImVec2(width, 0));
  const Offer* before = nullptr;
  for (const std::size_t i : all) {
    const Offer& offer = ui.door->offers[i];
    if (before == nullptr || before->system != offer.system || before->expect.empty() != offer.expect.empty())
      group_title(ui, offer);
    before = &offer;
    draw_offer(ui, i);
  }
  if (all.empty()) wrapped(ui.theme->dim, "No scenario has all of that in its name, system or description.");
  ImGui::EndChild();
  ImGui::EndGroup();
}

void draw_chosen(Ui& ui) {
  Picker& picker = ui.picker;
  ImGui::BeginChild("chosen", ImVec2(0, 0));
  if (picker.chosen < ui.door->offers.size()) {
    const Offer& offer = ui.door->offers[picker.chosen];
    ImGui::PushFont(ui.fonts.bold);
    wrapped(ui.theme->text, offer.name);
    ImGui::PopFont();
    wrapped(ui.theme->text, offer.description);
    ImGui::Dummy(ImVec2(0, ui.em(4)));
    field(ui, "system", offer.system);
    field(ui, "file", offer.path);
    if (!offer.expect.empty()) {
      field_name(ui, "breaks");
      wrapped(ui.theme->bad, offer.expect);
    }
    ImGui::Dummy(ImVec2(0, ui.em(6)));
    ImGui::AlignTextToFramePadding();
    field_name(ui, "seed");
    input(ui, "picker/seed", picker.seed, "1", ui.em(140));
    field_name(ui, "changes");
    input_lines(ui, "picker/sets", picker.sets, ImVec2(ImGui::GetContentRegionAvail().x, ui.em(76)));
    picker.in_lines = ImGui::IsItemActive();
    field_name(ui, "");
    ImGui::PushFont(ui.fonts.small);
    wrapped(ui.theme->dim, "One PATH=VALUE a line, as systems.0.nodes=7 or network.loss=5%");
    ImGui::PopFont();
    ImGui::Dummy(ImVec2(0, ui.em(6)));
    field_name(ui, "");
    if (button(ui, "picker/run", "Run it", "Enter", true, true)) run_chosen(ui);
    if (!picker.error.empty()) {
      ImGui::Dummy(ImVec2(0, ui.em(4)));
      wrapped(ui.theme->bad, picker.error);
    }
  }
  ImGui::EndChild();
}

}  // namespace

void choose_offer(Ui& ui, int by) {
  const std::vector<std::size_t> all = listed(ui);
  if (all.empty()) return;
  const auto found = std::find(all.begin(), all.end(), ui.picker.chosen);
  const auto place = found == all.end() ? 0 : static_cast<int>(found - all.begin()) + by;
  ui.picker.reveal = true;
  ui.picker.chosen = all[static_cast<std::size_t>(std::clamp(place, 0, static_cast<int>(all.size()) - 1))];
}

void draw_picker(Ui& ui) {
  ImGui::PushFont(ui.fonts.bold);
  text(ui.theme->text, "Choose a scenario");
  ImGui::PopFont();
  ImGui::SameLine(0, ui.em(12));
  text(ui.theme->dim, grouped(ui.door->offers.size()) + " of them; up and down choose, Enter runs" +
                          (ui.session != nullptr ? ", Esc goes back" : ""));
  ImGui::Dummy(ImVec2(0, ui.em(2)));
  const std::vector<std::size_t> all = listed(ui);
  if (!all.empty() && std::find(all.begin(), all.end(), ui.picker.chosen) == all.end()) ui.picker.chosen = all.front();
  const float width = ImGui::GetContentRegionAvail().x;
  draw_offers(ui, width * 0.5F, all);
  ImGui::SameLine(0, ui.em(24));
  draw_chosen(ui);
}

}  // namespace viz
