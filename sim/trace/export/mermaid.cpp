// A sequence diagram of Mermaid: messages when they arrive or are lost, and notes on what happened to the run.
#include <algorithm>
#include <optional>
#include <tuple>

#include "sim/trace/export/parts.hpp"

namespace sim::exports {

namespace {

constexpr std::size_t kLabel = 80;  // code points of a text: a diagram of more than 50,000 characters is refused

/// Text that Mermaid takes for text: what has a meaning to it stands as a number, and so does the last letter but one of "end",
/// which would close a box.
std::string mermaid_text(std::string_view text) {
  const std::string line = shortened(one_line(text), kLabel);
  constexpr std::string_view plain = " !()*,-./=?@_|'";
  std::string out;
  std::string_view rest = line;
  std::string word;
  const auto end_word = [&] {
    std::string lower = word;
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (lower == "end") word = word.substr(0, 1) + "#" + number(int{word[1]}) + ";" + word.substr(2);
    out += word;
    word.clear();
  };
  while (!rest.empty()) {
    const char32_t code = take_code(rest);
    const bool letter = (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z') || (code >= '0' && code <= '9');
    if (letter) {
      word += static_cast<char>(code);
      continue;
    }
    end_word();
    // Of what is not ASCII it uses these three for itself.
    const bool own = code == 0xFB02U || code == 0xB0U || code == 0xB6U || code == 0xDFU;
    if (code < 0x80U ? plain.find(static_cast<char>(code)) != std::string_view::npos : !own) {
      append_code(out, code);
    } else {
      out += "#" + number(static_cast<std::int64_t>(code)) + ";";
    }
  }
  end_word();
  const bool blank = out.find_first_not_of(' ') == std::string::npos;
  return blank ? "(no name)" : out;
}

/// A line of the diagram and when it is to stand there.
struct SequenceLine {
  Time at{};
  std::uint32_t event = 0;
  std::string text;
};

class SequenceDiagram {
 public:
  explicit SequenceDiagram(const Selection& s) : s_(s), timeline_(*s.timeline) {
    for (std::uint32_t i = 0; i < s.shown.size(); ++i) {
      if (s.shown[i]) shown_.push_back(i);
    }
  }

  std::string write(std::uint64_t most, Writer& out) {
    collect();
    const auto key = [](const SequenceLine& line) { return std::tuple(line.at, line.event); };
    std::stable_sort(lines_.begin(), lines_.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
    const std::size_t all = lines_.size();
    std::string notice;
    if (most != 0 && all > most) {
      lines_.resize(static_cast<std::size_t>(most));
      notice = "Only the first " + number(most) + " of " + number(std::uint64_t{all}) + " messages and notes are shown, up to " +
               clock(lines_.back().at) + ".";
    }
    out += "sequenceDiagram\n";
    write_participants(out);
    for (const SequenceLine& line : lines_) out += "  " + line.text + "\n";
    if (!notice.empty() && !shown_.empty()) out += "  " + note_over_all(notice) + "\n";
    return notice;
  }

 private:
  static std::string id(std::uint32_t node) { return "p" + number(node); }
  static std::string note(std::uint32_t node, std::string_view text) { return "Note over " + id(node) + ": " + mermaid_text(text); }
  std::string note_over_all(std::string_view text) const {
    const std::string places = shown_.size() == 1 ? id(shown_.front()) : id(first_) + "," + id(last_);
    return "Note over " + places + ": " + mermaid_text(text);
  }
  void add(Time at, std::uint32_t event, std::string text) { lines_.push_back({at, event, std::move(text)}); }

  void write_participants(Writer& out) {
    const auto systems = systems_of(s_);
    for (const auto& [system, nodes] : systems) {
      // Without a colour before it, a system named "red" would colour its box.
      out += "  box transparent " + mermaid_text(system) + "\n";
      for (const std::uint32_t node : nodes)
        out += "    participant " + id(node) + " as " + mermaid_text(name_of(timeline_, node)) + "\n";
      out += "  end\n";
    }
  }

  void collect() {
    const auto systems = systems_of(s_);
    if (shown_.empty()) return;
    first_ = systems.front().second.front();
    last_ = systems.back().second.back();
    add(s_.from, 0, note_over_all(title_of(s_)));
    collect_messages();
    collect_faults();
    for (const std::uint32_t node : shown_) {
      for (const Timeline::Role& role : timeline_.roles_of(node)) {
        if (role.role != 0 && s_.covers(role.begin)) add(role.begin, role.event, note(node, timeline_.role_text(role)));
      }
    }
    for (const std::uint32_t i : s_.asides) {
      const Timeline::Aside& aside = timeline_.asides[i];
      add(timeline_.event(aside.event).at, aside.event, note(aside.node, enum_name(aside.kind) + ": " + aside.text));
    }
    for (const Timeline::Claim& claim : timeline_.claims) {
      if (!has_moment(s_, claim)) continue;
      add(moment_of(timeline_, claim), claim.event == 0 ? Timeline::kNone : claim.event, note_over_all(claim_text(claim)));
    }
  }

  void collect_messages() {
    for (const std::uint32_t i : s_.messages) {
      const Timeline::Message& m = timeline_.messages[i];
      if (!s_.between_shown(m) || !s_.covers(m.ended)) continue;
      const bool lost = m.fate != MessageFate::delivered;
      std::string text = timeline_.text(m.type).empty() ? "message" : timeline_.text(m.type);
      text += (lost ? ", lost (" + enum_name(m.fate) + "), " : ", ") + clock(m.ended);
      if (m.again) text += ", duplicate";
      if (m.late) text += ", late";
      add(m.ended, lost ? m.cause : m.event, id(m.from) + (lost ? "-x" : "->>") + id(m.to) + ": " + mermaid_text(text));
    }
  }

  void collect_faults() {
    for (const std::uint32_t i : s_.faults) {
      const Timeline::Fault& fault = timeline_.faults[i];
      const bool instant = fault.begin == fault.end;
      if (s_.covers(fault.begin)) add(fault.begin, fault.begin_event, note_over(fault, fault.text + ", " + clock(fault.begin)));
      if (fault.end_event != 0 && !instant && s_.covers(fault.end))
        add(fault.end, fault.end_event, note_over(fault, "end of: " + fault.text + ", " + clock(fault.end)));
    }
  }
  /// Over the node that it hit, or over all.
  std::string note_over(const Timeline::Fault& fault, std::string_view text) const {
    const bool one = fault.nodes.size() == 1 && fault.others.empty() && s_.shown[fault.nodes.front()];
    return one ? note(fault.nodes.front(), text) : note_over_all(text);
  }

  const Selection& s_;
  const Timeline& timeline_;
  std::vector<std::uint32_t> shown_;
  std::uint32_t first_ = 0;
  std::uint32_t last_ = 0;
  std::vector<SequenceLine> lines_;
};

}  // namespace

std::string write_mermaid(const Selection& selection, std::uint64_t most, Writer& out) {
  return SequenceDiagram(selection).write(most, out);
}

}  // namespace sim::exports
