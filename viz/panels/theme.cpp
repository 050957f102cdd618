#include "viz/panels/theme.hpp"

#include <algorithm>

namespace viz {

namespace {

constexpr ImU32 rgb(unsigned hex) { return IM_COL32((hex >> 16U) & 255U, (hex >> 8U) & 255U, hex & 255U, 255); }

Theme make_dark() {
  Theme out;
  out.background = rgb(0x14171c);
  out.panel = rgb(0x1a1e25);
  out.raised = rgb(0x2a303b);
  out.hovered = rgb(0x38404e);
  out.border = rgb(0x323945);
  out.text = rgb(0xe4e8ee);
  out.dim = rgb(0x9da8b7);
  out.faint = rgb(0x5d6878);
  out.accent = rgb(0x4c9be8);
  out.on_accent = rgb(0x0b1118);
  out.plot = rgb(0x10131a);
  out.stripe = rgb(0x151922);
  out.grid = rgb(0x232934);
  out.past = rgb(0x7cc4f5);
  out.future = rgb(0xf5c26b);
  out.self = rgb(0xffffff);
  out.bad = rgb(0xf0703c);
  out.good = rgb(0x2fc79a);
  out.unsure = rgb(0xe9c94b);
  out.changed = rgb(0x4a3f14);
  out.bar = rgb(0x36506e);
  out.rate = rgb(0x55718f);
  out.hues = {rgb(0x6eaaf9), rgb(0xf9b200), rgb(0x52f1a8), rgb(0xb0608f), rgb(0xf8ff82), rgb(0x6e67ef), rgb(0xbff2fa)};
  out.other = rgb(0x8590a0);
  out.roles = {rgb(0xf0c94b), rgb(0xc86fae), rgb(0x86d6ff), rgb(0x2f9f78)};
  out.usual_role = rgb(0x2f3744);
  out.on_role = rgb(0x10131a);
  out.down = rgb(0xd4552a);
  out.paused = rgb(0x8792a5);
  out.cut = rgb(0xd9a21b);
  out.ailing = rgb(0xb07fd0);
  return out;
}

Theme make_light() {
  Theme out;
  out.light = true;
  out.background = rgb(0xeceff3);
  out.panel = rgb(0xf8f9fb);
  out.raised = rgb(0xe3e8ee);
  out.hovered = rgb(0xd3dbe4);
  out.border = rgb(0xc9d1da);
  out.text = rgb(0x1b2430);
  out.dim = rgb(0x556170);
  out.faint = rgb(0x98a3b0);
  out.accent = rgb(0x1668b8);
  out.on_accent = rgb(0xffffff);
  out.plot = rgb(0xffffff);
  out.stripe = rgb(0xf5f7fa);
  out.grid = rgb(0xe3e8ee);
  out.past = rgb(0x0b76c2);
  out.future = rgb(0xb36a00);
  out.self = rgb(0x111722);
  out.bad = rgb(0xc0410a);
  out.good = rgb(0x00765a);
  out.unsure = rgb(0x5a4d00);
  out.changed = rgb(0xfff0b8);
  out.bar = rgb(0xc3d5e8);
  out.rate = rgb(0x8aa5c2);
  out.hues = {rgb(0x0591fb), rgb(0xd57f00), rgb(0x006b4c), rgb(0xa7539f), rgb(0x9a8a4e), rgb(0x4832dc), rgb(0x283048)};
  out.other = rgb(0x7d8794);
  out.roles = {rgb(0xe8b80c), rgb(0xc76fa8), rgb(0x5cc0f5), rgb(0x2a9f74)};
  out.usual_role = rgb(0xdde3ea);
  out.on_role = rgb(0x1b2430);
  out.down = rgb(0xd55e00);
  out.paused = rgb(0x8792a5);
  out.cut = rgb(0xd9a21b);
  out.ailing = rgb(0x9a62c0);
  return out;
}

ImVec4 vec(ImU32 colour) { return ImGui::ColorConvertU32ToFloat4(colour); }

constexpr std::string_view kLeading[] = {"leader", "primary", "coordinator", "controller", "holder", "active"};
constexpr std::string_view kTrying[] = {"candidate", "preparing", "electing", "recovering"};

template <std::size_t N>
bool has(const std::string_view (&all)[N], std::string_view name) {
  return std::find(std::begin(all), std::end(all), name) != std::end(all);
}

std::size_t place_of(const std::vector<std::string>& all, std::string_view name) {
  return static_cast<std::size_t>(std::find(all.begin(), all.end(), name) - all.begin());
}

/// Appends the names that are new, the greatest first.
void append_by_weight(std::vector<std::string>& out, const std::map<std::string, std::int64_t>& weights) {
  std::vector<std::pair<std::string, std::int64_t>> fresh;
  for (const auto& weight : weights) {
    if (!weight.first.empty() && place_of(out, weight.first) == out.size()) fresh.emplace_back(weight);
  }
  std::stable_sort(fresh.begin(), fresh.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  for (auto& each : fresh) out.push_back(std::move(each.first));
}

}  // namespace

const Theme& dark_theme() {
  static const Theme theme = make_dark();
  return theme;
}

const Theme& light_theme() {
  static const Theme theme = make_light();
  return theme;
}

ImU32 faded(ImU32 colour, float opacity) {
  const auto alpha = static_cast<ImU32>(static_cast<float>(colour >> IM_COL32_A_SHIFT) * std::clamp(opacity, 0.0F, 1.0F) + 0.5F);
  return (colour & ~IM_COL32_A_MASK) | (alpha << IM_COL32_A_SHIFT);
}

ImU32 mixed(ImU32 a, ImU32 b, float share) {
  ImU32 out = 0;
  for (unsigned shift = 0; shift < 32; shift += 8) {
    const float from = static_cast<float>((a >> shift) & 255U);
    const float to = static_cast<float>((b >> shift) & 255U);
    out |= static_cast<ImU32>(from + (to - from) * std::clamp(share, 0.0F, 1.0F) + 0.5F) << shift;
  }
  return out;
}

void apply(const Theme& theme, float scale) {
  ImGuiStyle& style = ImGui::GetStyle();
  style = ImGuiStyle();
  style.WindowRounding = 0;
  style.ChildRounding = 0;
  style.PopupRounding = 6;
  style.FrameRounding = 4;
  style.GrabRounding = 4;
  style.ScrollbarRounding = 6;
  style.TabRounding = 4;
  style.WindowBorderSize = 0;
  style.ChildBorderSize = 0;
  style.PopupBorderSize = 1;
  style.FrameBorderSize = 0;
  style.WindowPadding = ImVec2(12, 10);
  style.FramePadding = ImVec2(8, 4);
  style.ItemSpacing = ImVec2(8, 6);
  style.ItemInnerSpacing = ImVec2(6, 4);
  style.CellPadding = ImVec2(6, 3);
  style.IndentSpacing = 16;
  style.ScrollbarSize = 11;
  style.ScaleAllSizes(scale);
  ImVec4* c = style.Colors;
  c[ImGuiCol_Text] = vec(theme.text);
  c[ImGuiCol_TextDisabled] = vec(theme.dim);
  c[ImGuiCol_WindowBg] = vec(theme.background);
  c[ImGuiCol_ChildBg] = ImVec4(0, 0, 0, 0);
  c[ImGuiCol_PopupBg] = vec(mixed(theme.panel, theme.raised, theme.light ? 0.0F : 0.35F));
  c[ImGuiCol_Border] = vec(theme.border);
  c[ImGuiCol_FrameBg] = vec(theme.raised);
  c[ImGuiCol_FrameBgHovered] = vec(theme.hovered);
  c[ImGuiCol_FrameBgActive] = vec(theme.hovered);
  c[ImGuiCol_ScrollbarBg] = ImVec4(0, 0, 0, 0);
  c[ImGuiCol_ScrollbarGrab] = vec(theme.hovered);
  c[ImGuiCol_ScrollbarGrabHovered] = vec(theme.faint);
  c[ImGuiCol_ScrollbarGrabActive] = vec(theme.faint);
  c[ImGuiCol_CheckMark] = vec(theme.accent);
  c[ImGuiCol_SliderGrab] = vec(theme.accent);
  c[ImGuiCol_SliderGrabActive] = vec(theme.accent);
  c[ImGuiCol_Button] = vec(theme.raised);
  c[ImGuiCol_ButtonHovered] = vec(theme.hovered);
  c[ImGuiCol_ButtonActive] = vec(theme.faint);
  c[ImGuiCol_Header] = vec(faded(theme.accent, 0.28F));
  c[ImGuiCol_HeaderHovered] = vec(theme.hovered);
  c[ImGuiCol_HeaderActive] = vec(faded(theme.accent, 0.40F));
  c[ImGuiCol_Separator] = vec(theme.border);
  c[ImGuiCol_SeparatorHovered] = vec(theme.accent);
  c[ImGuiCol_SeparatorActive] = vec(theme.accent);
  c[ImGuiCol_TextSelectedBg] = vec(faded(theme.accent, 0.40F));
  c[ImGuiCol_TableRowBg] = ImVec4(0, 0, 0, 0);
  c[ImGuiCol_TableRowBgAlt] = vec(faded(theme.text, 0.03F));
  c[ImGuiCol_ModalWindowDimBg] = vec(faded(theme.plot, 0.6F));
}

void Colours::learn(const sim::Timeline& timeline) {
  std::map<std::string, std::int64_t> counts;
  for (const auto& message : timeline.messages) ++counts[timeline.text(message.type)];
  append_by_weight(types_, counts);
  std::map<std::string, std::int64_t> played;
  for (std::size_t i = 0; i < timeline.roles.size(); ++i) {
    const auto& role = timeline.roles[i];
    const bool last = i + 1 == timeline.roles.size() || timeline.roles[i + 1].node != role.node;
    played[timeline.text(role.role)] += ((last ? timeline.end : timeline.roles[i + 1].begin) - role.begin).ns;
  }
  append_by_weight(roles_, played);
}

ImU32 Colours::type(const Theme& theme, std::string_view name) const {
  const std::size_t place = place_of(types_, name);
  return place < kHues ? theme.hues[place] : theme.other;
}

ImU32 Colours::role(const Theme& theme, std::string_view name) const {
  // Who leads looks the same in every protocol, and so does who wants to.
  if (has(kLeading, name)) return theme.roles[0];
  if (has(kTrying, name)) return theme.roles[1];
  std::size_t place = 0;
  for (const std::string& role : roles_) {
    if (has(kLeading, role) || has(kTrying, role)) continue;
    if (role == name) return place == 0 ? theme.usual_role : theme.roles[2 + (place - 1) % (theme.roles.size() - 2)];
    ++place;
  }
  return theme.usual_role;
}

ImU32 fault_colour(const Theme& theme, std::string_view kind) {
  if (kind.starts_with("crash") || kind.starts_with("kill") || kind.starts_with("wipe")) return theme.down;
  if (kind.starts_with("pause")) return theme.paused;
  if (kind.starts_with("partition")) return theme.cut;
  return theme.ailing;
}

}  // namespace viz
