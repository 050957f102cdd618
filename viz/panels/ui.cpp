#include "viz/panels/ui.hpp"

#include <algorithm>

namespace viz {

void Ui::mark(std::string_view name) const {
  if (places == nullptr) return;
  const ImVec2 from = ImGui::GetItemRectMin();
  const ImVec2 to = ImGui::GetItemRectMax();
  places->insert_or_assign(std::string(name), ImVec4(from.x, from.y, to.x, to.y));
}

Branch* Ui::branch() const {
  if (session == nullptr || active >= session->size()) return nullptr;
  Branch& out = session->branch(active);
  return out.finished() ? &out : nullptr;
}

const sim::Timeline* Ui::timeline() const {
  const Branch* shown = branch();
  return shown != nullptr ? &shown->timeline() : nullptr;
}

Range Ui::whole() const {
  Range out;
  for (std::size_t i = 0; session != nullptr && i < session->size(); ++i) {
    if (!session->branch(i).finished()) continue;
    const Range one = viz::whole(session->branch(i).timeline(), scale);
    out = i == 0 ? one : Range{std::min(out.begin, one.begin), std::max(out.end, one.end)};
  }
  return out;
}

bool Ui::running() const {
  for (std::size_t i = 0; session != nullptr && i < session->size(); ++i) {
    if (!session->branch(i).finished()) return true;
  }
  return false;
}

}  // namespace viz
