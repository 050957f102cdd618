// Tree: plain data as lines, with what an event changed marked.
#include <algorithm>
#include <string>

#include "viz/panels/panels.hpp"
#include "viz/panels/widgets.hpp"

namespace viz {

namespace {

constexpr std::size_t kOneLine = 44;  // characters of a value that stands beside its name
constexpr int kOpenDepth = 3;
constexpr std::size_t kLongList = 12;

const sim::Difference* changed_at(const std::vector<sim::Difference>& all, const std::string& path) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const sim::Difference& each) { return each.path == path; });
  return found == all.end() ? nullptr : &*found;
}

bool changed_below(const std::vector<sim::Difference>& all, const std::string& path) {
  return std::any_of(all.begin(), all.end(), [&](const sim::Difference& each) {
    return each.path.size() > path.size() && each.path.starts_with(path) && each.path[path.size()] == '/';
  });
}

bool branches(const sim::Value& value) {
  const bool parts = value.map() != nullptr || value.list() != nullptr;
  return parts && value.to_json().size() > kOneLine;
}

class Tree {
 public:
  Tree(const Ui& ui, const std::vector<sim::Difference>& changes) : ui_(ui), changes_(changes) {}

  void children(const sim::Value& value, const std::string& path, int depth) {
    if (const auto* map = value.map()) {
      for (const auto& member : *map) node(member.first, member.second, path + "/" + member.first, depth);
    } else if (const auto* list = value.list()) {
      for (std::size_t i = 0; i < list->size(); ++i) node(std::to_string(i), (*list)[i], path + "/" + std::to_string(i), depth);
    } else {
      leaf("", value, path);
    }
    for (const sim::Difference& change : changes_) {
      if (!change.right && parent_of(change.path) == path) gone(change);
    }
  }

 private:
  static std::string parent_of(const std::string& path) { return path.substr(0, std::min(path.rfind('/'), path.size())); }

  void node(const std::string& name, const sim::Value& value, const std::string& path, int depth) {
    if (!branches(value)) return leaf(name, value, path);
    const bool below = changed_below(changes_, path) || changed_at(changes_, path) != nullptr;
    const std::size_t size = value.list() != nullptr ? value.list()->size() : value.map()->size();
    const bool open = below || (depth < kOpenDepth && (value.list() == nullptr || size <= kLongList));
    const std::string label = name + "  ";
    ImGui::PushID(path.c_str());
    ImGui::SetNextItemOpen(open, ImGuiCond_Appearing);
    if (below) ImGui::PushStyleColor(ImGuiCol_Text, ui_.theme->unsure);
    const bool shown = ImGui::TreeNodeEx("node", ImGuiTreeNodeFlags_SpanAvailWidth, "%s", label.c_str());
    if (below) ImGui::PopStyleColor();
    ImGui::SameLine(0, 0);
    text(ui_.theme->dim, std::to_string(size) + (value.list() != nullptr ? (size == 1 ? " item" : " items")
                                                 : size == 1             ? " field"
                                                                         : " fields"));
    if (shown) {
      children(value, path, depth + 1);
      ImGui::TreePop();
    }
    ImGui::PopID();
  }

  void shade(ImVec2 from) const {
    const ImVec2 to(from.x + ImGui::GetContentRegionAvail().x, from.y + ImGui::GetTextLineHeight());
    ImGui::GetWindowDrawList()->AddRectFilled(ImVec2(from.x - ui_.em(4), from.y - ui_.em(2)), ImVec2(to.x, to.y + ui_.em(3)),
                                              ui_.theme->changed, ui_.em(3));
  }

  void leaf(const std::string& name, const sim::Value& value, const std::string& path) const {
    const sim::Difference* change = changed_at(changes_, path);
    const bool below = change == nullptr && changed_below(changes_, path);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    if (change != nullptr || below) shade(at);
    if (!name.empty()) {
      text(ui_.theme->dim, name);
      ImGui::SameLine(0, ui_.em(10));
    }
    if (change != nullptr && change->left) {
      const std::string old = brief(*change->left, kOneLine);
      text(ui_.theme->dim, old + " " + arrow(ui_) + " ");
      ImGui::SameLine(0, 0);
    }
    line(ui_, ui_.theme->text, brief(value, 400) + (below ? within(path) : std::string()));
  }

  /// What changed within a value that stands on one line.
  std::string within(const std::string& path) const {
    std::string out;
    for (const sim::Difference& change : changes_) {
      if (!change.path.starts_with(path + "/")) continue;
      out += (out.empty() ? "   (" : ", ") + change.path.substr(path.size() + 1) + ": ";
      if (change.left) out += brief(*change.left, kOneLine) + " ";
      out += change.right ? std::string(arrow(ui_)) + " " + brief(*change.right, kOneLine) : "is gone";
    }
    return out.empty() ? out : out + ")";
  }

  void gone(const sim::Difference& change) const {
    shade(ImGui::GetCursorScreenPos());
    const std::string name = change.path.substr(std::min(change.path.rfind('/') + 1, change.path.size()));
    line(ui_, ui_.theme->dim, name + "  " + brief(*change.left, kOneLine) + " " + arrow(ui_) + " gone");
  }

  const Ui& ui_;
  const std::vector<sim::Difference>& changes_;
};

}  // namespace

std::string brief(const sim::Value& value, std::size_t most) {
  if (value.is_nil()) return "none";
  std::string out = value.to_json();
  if (out.size() > most) out = out.substr(0, most) + "...";
  return out;
}

void draw_tree(const Ui& ui, const sim::Value& value, const std::string& root, const std::vector<sim::Difference>& changes) {
  ImGui::PushFont(ui.fonts.mono);
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(0, 0));
  Tree(ui, changes).children(value, root, 0);
  ImGui::PopStyleVar();
  ImGui::PopFont();
}

}  // namespace viz
