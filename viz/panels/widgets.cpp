#include "viz/panels/widgets.hpp"

#include <algorithm>
#include <string>

namespace viz {

namespace {

constexpr float kFieldNames = 90;  // pixels for the names of fields

int grow(ImGuiInputTextCallbackData* data) {
  auto& text = *static_cast<std::string*>(data->UserData);
  if (data->EventFlag == ImGuiInputTextFlags_CallbackResize) {
    text.resize(static_cast<std::size_t>(data->BufTextLen));
    data->Buf = text.data();
  }
  return 0;
}

std::string hidden(const char* name) { return "##" + std::string(name); }

}  // namespace

void tip(const char* text) {
  if (text == nullptr || !ImGui::IsItemHovered()) return;
  ImGui::BeginTooltip();
  ImGui::TextUnformatted(text);
  ImGui::EndTooltip();
}

bool icon_button(Ui& ui, const char* name, Icon icon, const char* hint, bool on) {
  const float size = ui.em(28);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const bool pressed = ImGui::InvisibleButton(hidden(name).c_str(), ImVec2(size, size));
  ui.mark(name);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 to(at.x + size, at.y + size);
  if (on) list.AddRectFilled(at, to, ui.theme->accent, ui.em(4));
  if (!on && ImGui::IsItemHovered()) list.AddRectFilled(at, to, ui.theme->hovered, ui.em(4));
  draw_icon(list, icon, ImVec2(at.x + size / 2, at.y + size / 2), ui.em(16), on ? ui.theme->on_accent : ui.theme->text);
  tip(hint);
  return pressed;
}

bool button(Ui& ui, const char* name, const char* label, const char* hint, bool enabled, bool strong) {
  if (strong && enabled) {
    ImGui::PushStyleColor(ImGuiCol_Button, ui.theme->accent);
    ImGui::PushStyleColor(ImGuiCol_ButtonHovered, mixed(ui.theme->accent, ui.theme->text, 0.15F));
    ImGui::PushStyleColor(ImGuiCol_Text, ui.theme->on_accent);
  }
  ImGui::BeginDisabled(!enabled);
  const bool pressed = ImGui::Button((std::string(label) + "##" + name).c_str());
  ImGui::EndDisabled();
  if (strong && enabled) ImGui::PopStyleColor(3);
  ui.mark(name);
  tip(hint);
  return pressed;
}

bool link(Ui& ui, const char* name, std::string_view words) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float room = std::max(ImGui::GetContentRegionAvail().x, 1.0F);
  const float width = std::min(text_width(ImGui::GetFont(), words), room);
  const bool pressed = ImGui::InvisibleButton(hidden(name).c_str(), ImVec2(std::max(width, 1.0F), ImGui::GetTextLineHeight()));
  ui.mark(name);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  draw_text(list, ImGui::GetFont(), at, ui.theme->accent, words, room);
  if (ImGui::IsItemHovered()) {
    const ImVec2 to = ImGui::GetItemRectMax();
    list.AddLine(ImVec2(at.x, to.y - 1), ImVec2(to.x, to.y - 1), ui.theme->accent);
    ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
  }
  return pressed;
}

bool badge(Ui& ui, const char* name, std::string_view words, ImU32 colour) {
  ImFont* font = ui.fonts.small;
  const float width = text_width(font, words) + ui.em(14);
  const float height = font->FontSize + ui.em(6);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const bool pressed = ImGui::InvisibleButton(hidden(name).c_str(), ImVec2(width, height));
  ui.mark(name);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 to(at.x + width, at.y + height);
  list.AddRectFilled(at, to, faded(colour, ImGui::IsItemHovered() ? 0.36F : 0.20F), ui.em(4));
  list.AddText(font, font->FontSize, ImVec2(at.x + ui.em(7), at.y + ui.em(3)), colour, words.data(), words.data() + words.size());
  return pressed;
}

bool chip(Ui& ui, const char* name, std::string_view words, bool on, ImU32 colour) {
  ImFont* font = ui.fonts.small;
  const float width = text_width(font, words) + ui.em(24);
  const float height = font->FontSize + ui.em(8);
  if (ImGui::GetCursorPosX() > ImGui::GetCursorStartPos().x + 1 && ImGui::GetContentRegionAvail().x < width) ImGui::NewLine();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const bool pressed = ImGui::InvisibleButton(hidden(name).c_str(), ImVec2(width, height));
  ui.mark(name);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 to(at.x + width, at.y + height);
  list.AddRectFilled(at, to, ImGui::IsItemHovered() ? ui.theme->hovered : ui.theme->raised, height / 2);
  const ImVec2 bead(at.x + ui.em(9), at.y + height / 2);
  if (on) {
    list.AddCircleFilled(bead, ui.em(4), colour, 20);
  } else {
    list.AddCircle(bead, ui.em(3.5F), ui.theme->faint, 20, ui.em(1.2F));
  }
  list.AddText(font, font->FontSize, ImVec2(at.x + ui.em(16), at.y + ui.em(4)), on ? ui.theme->text : ui.theme->dim, words.data(),
               words.data() + words.size());
  return pressed;
}

void heading(const Ui& ui, const char* words, float width) {
  ImGui::Dummy(ImVec2(0, ui.em(4)));
  ImGui::PushFont(ui.fonts.bold);
  text(ui.theme->text, words);
  ImGui::PopFont();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float y = at.y - ImGui::GetStyle().ItemSpacing.y + ui.em(2);
  ImGui::GetWindowDrawList()->AddLine(ImVec2(at.x, y), ImVec2(at.x + (width > 0 ? width : ImGui::GetContentRegionAvail().x), y),
                                      ui.theme->border);
  ImGui::Dummy(ImVec2(0, ui.em(1)));
}

void field_name(const Ui& ui, const char* name) {
  text(ui.theme->dim, name);
  ImGui::SameLine(ImGui::GetCursorStartPos().x + ui.em(kFieldNames));
}

void field(const Ui& ui, const char* name, std::string_view value) {
  field_name(ui, name);
  wrapped(ui.theme->text, value);
}

void text(ImU32 colour, std::string_view words) {
  ImGui::PushStyleColor(ImGuiCol_Text, colour);
  ImGui::TextUnformatted(words.data(), words.data() + words.size());
  ImGui::PopStyleColor();
}

void wrapped(ImU32 colour, std::string_view words) {
  ImGui::PushTextWrapPos(0);
  text(colour, words);
  ImGui::PopTextWrapPos();
}

void line(const Ui& ui, ImU32 colour, std::string_view words, float width) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float room = width > 0 ? width : ImGui::GetContentRegionAvail().x;
  ImFont* font = ImGui::GetFont();
  const float needed = text_width(font, words);
  ImGui::Dummy(ImVec2(std::min(needed, room), ImGui::GetTextLineHeight()));
  draw_text(*ImGui::GetWindowDrawList(), font, at, colour, words, room);
  if (needed <= room || !ImGui::IsItemHovered()) return;
  ImGui::BeginTooltip();
  ImGui::PushTextWrapPos(ui.em(520));
  ImGui::TextUnformatted(words.data(), words.data() + words.size());
  ImGui::PopTextWrapPos();
  ImGui::EndTooltip();
}

bool input(Ui& ui, const char* name, std::string& words, const char* hint, float width) {
  ImGui::SetNextItemWidth(width);
  const bool changed = ImGui::InputTextWithHint(hidden(name).c_str(), hint, words.data(), words.capacity() + 1,
                                                ImGuiInputTextFlags_CallbackResize, grow, &words);
  ui.mark(name);
  return changed;
}

bool input_lines(Ui& ui, const char* name, std::string& words, ImVec2 size) {
  const bool changed = ImGui::InputTextMultiline(hidden(name).c_str(), words.data(), words.capacity() + 1, size,
                                                 ImGuiInputTextFlags_CallbackResize, grow, &words);
  ui.mark(name);
  return changed;
}

std::string sentence(std::string words) {
  if (words.empty()) return words;
  if (words.front() >= 'a' && words.front() <= 'z') words.front() = static_cast<char>(words.front() - 'a' + 'A');
  if (words.back() != '.') words += '.';
  return words;
}

std::string grouped(std::uint64_t n) {
  std::string out = std::to_string(n);
  for (std::size_t i = out.size(); i > 3; i -= 3) out.insert(i - 3, ",");
  return out;
}

std::string clock_text(sim::Time at) {
  constexpr std::int64_t micro = 1000;
  std::string out = sim::to_text(sim::Time{at.ns / micro * micro});
  return out;
}

float text_width(const ImFont* font, std::string_view words) {
  return font->CalcTextSizeA(font->FontSize, 1e6F, 0, words.data(), words.data() + words.size()).x;
}

void draw_text(ImDrawList& list, const ImFont* font, ImVec2 at, ImU32 colour, std::string_view words, float room) {
  if (room <= 0 || words.empty()) return;
  const char* end = words.data() + words.size();
  if (text_width(font, words) <= room) {
    list.AddText(font, font->FontSize, at, colour, words.data(), end);
    return;
  }
  constexpr std::string_view dots = "...";
  const float left = room - text_width(font, dots);
  if (left <= 0) return;
  const char* cut = words.data();
  const float used = font->CalcTextSizeA(font->FontSize, left, 0, words.data(), end, &cut).x;
  list.AddText(font, font->FontSize, at, colour, words.data(), cut);
  list.AddText(font, font->FontSize, ImVec2(at.x + used, at.y), colour, dots.data(), dots.data() + dots.size());
}

}  // namespace viz
