// History: what the clients did, and the order that explains it or the core that nothing explains.
#include <algorithm>
#include <string>

#include "viz/panels/actions.hpp"
#include "viz/panels/panels.hpp"
#include "viz/panels/widgets.hpp"

namespace viz {

namespace {

constexpr float kLeastList = 200;  // pixels, where several histories share a panel

std::string operation_text(const sim::check::Operation& op) {
  std::string out = op.f;
  if (op.key) out += " " + *op.key;
  if (!op.input.is_nil()) out += " " + brief(op.input, 60);
  return out;
}

std::string result_text(const sim::check::Operation& op) {
  if (op.outcome == sim::check::Outcome::info) return op.returned == sim::check::Operation::kNever ? "never answered" : "unknown";
  if (op.outcome == sim::check::Outcome::fail) return "failed";
  return op.output.is_nil() ? "ok" : brief(op.output, 60);
}

/// One operation as a line: its place, who, what, and what came back.
class OperationList {
 public:
  OperationList(Ui& ui, const JudgedHistory& judged, const std::string& id) : ui_(ui), judged_(judged), id_(id) {}

  void draw(const std::vector<std::size_t>& operations, bool numbered) {
    constexpr ImGuiTableFlags flags = ImGuiTableFlags_RowBg | ImGuiTableFlags_SizingFixedFit | ImGuiTableFlags_ScrollY;
    const float line = ImGui::GetTextLineHeight() + ui_.em(6);
    const float all = line * static_cast<float>(operations.size()) + ui_.em(4);
    const float room = std::max(ImGui::GetContentRegionAvail().y - ui_.em(4), ui_.em(kLeastList));
    if (!ImGui::BeginTable(id_.c_str(), 4, flags, ImVec2(0, std::min(all, room)))) return;
    ImGui::TableSetupColumn("place", 0, ui_.em(38));
    ImGui::TableSetupColumn("client", 0, ui_.em(30));
    ImGui::TableSetupColumn("operation", ImGuiTableColumnFlags_WidthStretch, 1.1F);
    ImGui::TableSetupColumn("result", ImGuiTableColumnFlags_WidthStretch, 0.7F);
    follow(operations, line);
    ImGuiListClipper clipper;
    clipper.Begin(static_cast<int>(operations.size()));
    while (clipper.Step()) {
      for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i)
        row(operations[static_cast<std::size_t>(i)], numbered ? std::to_string(i + 1) : std::string());
    }
    ImGui::EndTable();
  }

 private:
  /// Where the focus has moved, the list shows what was going on then.
  void follow(const std::vector<std::size_t>& operations, float line) {
    std::uint32_t& followed = ui_.views[ui_.active].followed[id_];
    if (followed == ui_.focus.event() || ui_.focus.event() == 0) return;
    followed = ui_.focus.event();
    std::size_t place = 0;
    for (std::size_t i = 0; i < operations.size(); ++i) {
      const std::uint32_t shown = row_of(operations[i]);
      if (shown != kNone && ui_.timeline()->operations[shown].begin_event <= followed) place = i;
    }
    ImGui::SetScrollY(std::max(line * static_cast<float>(place) - ui_.em(80), 0.0F));
  }

  std::uint32_t row_of(std::size_t i) const { return i < judged_.rows.size() ? judged_.rows[i] : kNone; }

  void row(std::size_t i, const std::string& place) {
    const sim::check::Operation& op = judged_.history.operations[i];
    const std::uint32_t shown = row_of(i);
    const sim::Timeline& timeline = *ui_.timeline();
    const bool failing = judged_.judgement.verdict == sim::check::Verdict::invalid && i == judged_.judgement.failing;
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    const std::string name = id_ + "/" + std::to_string(i);
    const std::uint32_t focus = ui_.focus.event();
    const bool chosen = shown != kNone && focus != 0 &&
                        (timeline.operations[shown].begin_event == focus || timeline.operations[shown].end_event == focus);
    if (ImGui::Selectable(("##" + name).c_str(), chosen, ImGuiSelectableFlags_SpanAllColumns) && shown != kNone) {
      ui_.trail.clear();
      select(ui_, ui_.active, timeline.operations[shown].begin_event);
      ui_.views[ui_.active].followed[id_] = ui_.focus.event();
    }
    ui_.mark(name);
    ImGui::SameLine(0, 0);
    text(failing ? ui_.theme->bad : ui_.theme->accent, failing ? "!" : place);
    ImGui::TableNextColumn();
    text(ui_.theme->dim, shown != kNone ? timeline.nodes[timeline.operations[shown].node].name : std::to_string(op.process));
    ImGui::TableNextColumn();
    const std::string words =
        shown != kNone ? timeline.operations[shown].function + " " + timeline.operations[shown].input : operation_text(op);
    line(ui_, failing ? ui_.theme->bad : ui_.theme->text, words);
    ImGui::TableNextColumn();
    line(ui_, failing ? ui_.theme->bad : ui_.theme->dim, shown != kNone ? told(timeline.operations[shown]) : result_text(op));
  }

  static std::string told(const sim::Timeline::Operation& op) {
    if (op.end_event == 0) return "never answered";
    if (op.outcome == "info") return "unknown";
    if (op.outcome == "fail") return "failed";
    return op.output.empty() ? op.outcome : op.output;
  }

  Ui& ui_;
  const JudgedHistory& judged_;
  const std::string& id_;
};

void draw_judged(Ui& ui, const JudgedHistory& judged) {
  const sim::check::Judgement& judgement = judged.judgement;
  heading(ui, judged.claim.c_str());
  const bool invalid = judgement.verdict == sim::check::Verdict::invalid;
  const bool valid = judgement.verdict == sim::check::Verdict::valid;
  const ImU32 colour = invalid ? ui.theme->bad : valid ? ui.theme->good : ui.theme->unsure;
  badge(ui, ("history/" + judged.claim).c_str(), invalid ? "violated" : valid ? "holds" : "undecided", colour);
  ImGui::SameLine();
  text(ui.theme->dim, grouped(judged.history.operations.size()) + " operations");
  if (!judgement.explanation.empty()) wrapped(ui.theme->text, sentence(judgement.explanation));
  for (const sim::check::Finding& finding : judgement.findings) {
    if (finding.explanation != judgement.explanation) wrapped(ui.theme->dim, finding.name + ": " + finding.explanation);
  }
  for (const std::string& note : judgement.notes) wrapped(ui.theme->dim, note);
  ImGui::Dummy(ImVec2(0, ui.em(2)));
  const std::string id = "operations/" + judged.claim;
  if (invalid && !judgement.core.empty()) {
    wrapped(ui.theme->dim, "These operations alone cannot be explained. They are outlined on the timeline.");
    OperationList(ui, judged, id).draw(judgement.core, false);
  } else if (valid && !judgement.order.empty()) {
    wrapped(ui.theme->dim,
            "Done one after the other in this order, they give what the clients saw. The numbers are on the timeline.");
    OperationList(ui, judged, id).draw(judgement.order, true);
  }
}

}  // namespace

void judge(Ui& ui, std::size_t branch) {
  View& view = ui.views[branch];
  if (view.judged) return;
  view.judged = true;
  for (const JudgedHistory& judged : ui.session->branch(branch).histories()) {
    const sim::check::Judgement& judgement = judged.judgement;
    const auto note = [&](std::size_t i) {
      return i < judged.rows.size() && judged.rows[i] != kNone ? &view.notes[judged.rows[i]] : nullptr;
    };
    if (judgement.verdict == sim::check::Verdict::invalid) {
      for (const std::size_t i : judgement.core) {
        if (OperationNote* one = note(i)) one->guilty = true;
      }
    }
    for (std::size_t place = 0; place < judgement.order.size(); ++place) {
      if (OperationNote* one = note(judgement.order[place])) one->label = std::to_string(place + 1);
    }
  }
}

void draw_history(Ui& ui) {
  const sim::Timeline* timeline = ui.timeline();
  if (timeline == nullptr) return;
  judge(ui, ui.active);
  const auto& histories = ui.branch()->histories();
  if (histories.empty()) {
    return wrapped(ui.theme->dim, timeline->operations.empty() ? "No client asked for anything in this run."
                                                               : "No claim of this run is about the history of its clients.");
  }
  for (const JudgedHistory& judged : histories) draw_judged(ui, judged);
}

}  // namespace viz
