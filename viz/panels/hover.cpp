// Hover: what is under the pointer, and why it is as it is.
#include <string>

#include "viz/panels/panels.hpp"
#include "viz/panels/widgets.hpp"

namespace viz {

namespace {

/// The lines of a tooltip: the first one stands out.
class Lines {
 public:
  explicit Lines(const Ui& ui) : ui_(ui) {
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(ui.em(10), ui.em(8)));
    ImGui::BeginTooltip();
    ImGui::PushTextWrapPos(ui.em(420));
  }
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;
  ~Lines() {
    ImGui::PopTextWrapPos();
    ImGui::EndTooltip();
    ImGui::PopStyleVar();
  }
  void title(const std::string& words) {
    ImGui::PushFont(ui_.fonts.bold);
    text(ui_.theme->text, words);
    ImGui::PopFont();
  }
  void plain(const std::string& words) { add(ui_.theme->text, words); }
  void pale(const std::string& words) { add(ui_.theme->dim, words); }
  void bad(const std::string& words) { add(ui_.theme->bad, words); }

 private:
  static void add(ImU32 colour, const std::string& words) {
    if (!words.empty()) text(colour, words);
  }
  const Ui& ui_;
};

std::string span_text(sim::Time begin, sim::Time end) {
  if (end == sim::Timeline::kOpen) return "from " + clock_text(begin) + " to the end";
  if (begin == end) return "at " + clock_text(begin);
  return "from " + clock_text(begin) + " for " + sim::to_text(end - begin);
}

void on_message(Lines& lines, const sim::Timeline& timeline, const sim::Timeline::Message& message, const Ui& ui) {
  const std::string& from = timeline.nodes[message.from].name;
  lines.title(timeline.text(message.type) + ", " + from + " " + arrow(ui) + " " + timeline.nodes[message.to].name);
  if (message.fate == sim::MessageFate::delivered) {
    lines.pale("sent at " + clock_text(message.sent) + ", under way for " + sim::to_text(message.ended - message.sent));
  } else {
    lines.pale("sent at " + clock_text(message.sent) + ", never delivered");
  }
  lines.bad(sentence(timeline.explain(message)));
}

void on_event(Lines& lines, const sim::Timeline& timeline, std::uint32_t number) {
  const sim::Timeline::Event& event = timeline.event(number);
  lines.title(timeline.describe(number));
  lines.pale("event " + grouped(number) + " at " + clock_text(event.at));
  if (event.cause != 0) lines.pale("caused by event " + grouped(event.cause) + ": " + timeline.describe(event.cause));
  if (event.kind == sim::RecordKind::deliver) lines.bad(sentence(timeline.explain(timeline.messages[event.message])));
}

void on_operation(Lines& lines, const sim::Timeline::Operation& operation) {
  lines.title(operation.function + " " + operation.input);
  if (operation.end_event == 0) {
    lines.plain("never answered");
  } else {
    lines.plain(operation.outcome + (operation.output.empty() ? "" : ": " + operation.output));
  }
  lines.pale(span_text(operation.begin, operation.end_event == 0 ? sim::Timeline::kOpen : operation.end));
}

void on_bundle(Lines& lines, const sim::Timeline& timeline, const BundleLine& bundle) {
  const std::string& type = timeline.text(bundle.type);
  lines.title(grouped(bundle.count) + (type.empty() ? std::string(" messages") : " messages, most of them " + type));
  if (bundle.disturbed > 0) lines.bad(grouped(bundle.disturbed) + " lost, doubled, held or late");
  lines.pale("Click, or turn the wheel, to come closer.");
}

void on_rate(Lines& lines, const RateColumn& rate) {
  lines.title(grouped(rate.count) + (rate.count == 1 ? " event" : " events"));
  if (rate.lost > 0) lines.bad(grouped(rate.lost) + " messages to this node were lost");
  lines.pale("Click, or turn the wheel, to come closer.");
}

void on_flag(Lines& lines, const sim::Timeline& timeline, const Flag& flag) {
  switch (flag.kind) {
    case Flag::Kind::violated:
    case Flag::Kind::reached: {
      const sim::Timeline::Claim& claim = timeline.claims[flag.index];
      lines.title(claim.name + (flag.kind == Flag::Kind::violated ? " is violated" : " is reached"));
      lines.plain(claim.message);
      return;
    }
    case Flag::Kind::fault_begins:
    case Flag::Kind::fault_ends:
      lines.title(timeline.faults[flag.index].text + (flag.kind == Flag::Kind::fault_ends ? ": over" : ""));
      lines.pale(span_text(timeline.faults[flag.index].begin, timeline.faults[flag.index].end));
      return;
    case Flag::Kind::mark: {
      const sim::Timeline::Aside& aside = timeline.asides[flag.index];
      lines.title((aside.kind == sim::RecordKind::mark ? "mark: " : "note: ") + aside.text);
      lines.pale("at " + timeline.nodes[aside.node].name);
      return;
    }
  }
}

}  // namespace

void draw_hover(const Ui& ui, const View& view, const sim::Timeline& timeline, const Hit& hit) {
  Lines lines(ui);
  switch (hit.kind) {
    case Hit::Kind::message: return on_message(lines, timeline, timeline.messages[hit.index], ui);
    case Hit::Kind::event: return on_event(lines, timeline, hit.index);
    case Hit::Kind::operation: return on_operation(lines, timeline.operations[hit.index]);
    case Hit::Kind::fault:
      lines.title(timeline.faults[hit.index].text);
      lines.pale(span_text(timeline.faults[hit.index].begin, timeline.faults[hit.index].end));
      return;
    case Hit::Kind::folded:
      lines.title(grouped(hit.count) + " too close together to be told apart");
      lines.pale("Click, or turn the wheel, to come closer.");
      return;
    case Hit::Kind::flag: return on_flag(lines, timeline, view.scene.flags[hit.index]);
    case Hit::Kind::bundle: return on_bundle(lines, timeline, view.scene.bundles[hit.index]);
    case Hit::Kind::rate: return on_rate(lines, view.scene.rates[hit.index]);
    case Hit::Kind::nothing: return;
  }
}

}  // namespace viz
