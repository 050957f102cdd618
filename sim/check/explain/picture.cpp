#include "sim/check/explain/picture.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace sim::check {

namespace {

constexpr int kHalfCharacters = 15;  // twice the width of a character of a label, rounded up
int width_of(std::size_t characters) { return (static_cast<int>(characters) * kHalfCharacters + 1) / 2; }
constexpr int kGap = 14;  // between two events

std::string cut(std::string text, std::size_t most) {
  if (text.size() <= most) return text;
  std::size_t end = most - 2;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;  // not within a character
  return text.substr(0, end) + "..";
}

// A value as people write it: texts without quotes, lists with blanks, nil.
std::string plain(const Value& value) {
  if (value.is_nil()) return "nil";
  if (value.text() != nullptr) return *value.text();
  if (const Value::List* list = value.list()) {
    std::string out = "[";
    for (const Value& item : *list) out += (out.size() > 1 ? " " : "") + plain(item);
    return out + "]";
  }
  return value.to_json();
}

// The same for a label: of a long list only the end, which is what has changed.
std::string briefly(const Value& value) {
  const Value::List* list = value.list();
  if (list == nullptr) return plain(value);
  constexpr std::size_t most = 3;
  std::string out = list->size() > most ? "[.." : "[";
  for (std::size_t i = list->size() > most ? list->size() - most + 1 : 0; i < list->size(); ++i) {
    out += (out.size() > 1 ? " " : "") + briefly((*list)[i]);
  }
  return out + "]";
}

// The accesses of a transaction, "append x 1; r y [1 2]".
std::string accesses(const Value& value) {
  const Value::List* list = value.list();
  if (list == nullptr) return plain(value);
  std::string out;
  for (const Value& access : *list) {
    const Value::List* parts = access.list();
    if (!out.empty()) out += "; ";
    if (parts == nullptr) {
      out += plain(access);
      continue;
    }
    for (std::size_t i = 0; i < parts->size(); ++i) out += (i > 0 ? " " : "") + briefly((*parts)[i]);
  }
  return out;
}

bool has_result(const Operation& op) { return op.outcome == Outcome::ok && !op.output.is_nil() && !(op.output == op.input); }

std::string span_of(const Operation& op) {
  std::string out;
  if (op.call_time) out += ", " + to_text(*op.call_time) + " to " + (op.return_time ? to_text(*op.return_time) : "?");
  if (op.call_line != 0) {
    out += op.return_line != 0 ? ", lines " + std::to_string(op.call_line) + " and " + std::to_string(op.return_line)
                               : ", line " + std::to_string(op.call_line);
  }
  return out;
}

class Layout {
 public:
  Layout(const History& history, const Judgement& judgement) : history_(history), judgement_(judgement) {}

  Picture make(std::string title) {
    picture_.title = std::move(title);
    picture_.caption = judgement_.explanation;
    choose();
    lanes();
    place();
    arrows();
    return std::move(picture_);
  }

 private:
  // Which operations are drawn.
  void choose() {
    std::set<std::size_t> chosen;
    std::size_t wanted = 0;
    const auto add = [&](std::size_t i) {
      if (i >= history_.operations.size() || chosen.contains(i)) return;
      ++wanted;
      if (chosen.size() < kMostBars) chosen.insert(i);
    };
    if (judgement_.verdict == Verdict::invalid) {
      add(judgement_.failing);
      for (const std::size_t i : judgement_.core) add(i);
      if (!judgement_.findings.empty()) {
        for (const std::size_t i : judgement_.findings.front().operations) add(i);
      }
      if (judgement_.core.empty()) chosen.erase(judgement_.failing);
    } else if (!judgement_.order.empty()) {
      for (const std::size_t i : judgement_.order) add(i);
    } else {
      for (std::size_t i = 0; i < history_.operations.size(); ++i) add(i);
    }
    chosen_.assign(chosen.begin(), chosen.end());
    const std::size_t rest = history_.operations.size() - chosen_.size();
    if (wanted > chosen_.size()) {
      picture_.notice = "The first " + std::to_string(chosen_.size()) + " of " + std::to_string(wanted) + " operations are drawn.";
    } else if (rest > 0 && judgement_.verdict == Verdict::invalid) {
      picture_.notice = "The other " + std::to_string(rest) + (rest == 1 ? " operation is" : " operations are") +
                        " not needed to see what is wrong.";
    }
  }

  void lanes() {
    std::map<std::int64_t, std::size_t> by_process;
    for (const std::size_t i : chosen_) by_process.emplace(history_.operations[i].process, 0);
    for (auto& [process, lane] : by_process) {
      lane = picture_.lanes.size();
      picture_.lanes.push_back("process " + std::to_string(process));
    }
    std::map<std::size_t, std::size_t> place_in_order;
    for (std::size_t i = 0; i < judgement_.order.size(); ++i) place_in_order.emplace(judgement_.order[i], i + 1);
    const std::set<std::size_t> core(judgement_.core.begin(), judgement_.core.end());
    for (const std::size_t i : chosen_) {
      const Operation& op = history_.operations[i];
      Bar bar;
      bar.operation = i;
      bar.lane = by_process.at(op.process);
      bar.open = op.outcome == Outcome::info;
      bar.label = brief_operation(op);
      bar.hover = describe_operation(history_, i);
      if (judgement_.verdict == Verdict::invalid) {
        if (core.contains(i)) bar.emphasis = i == judgement_.failing ? Emphasis::failing : Emphasis::core;
      } else if (const auto at = place_in_order.find(i); at != place_in_order.end()) {
        bar.emphasis = Emphasis::ordered;
        bar.position = std::to_string(at->second);
      }
      picture_.bars.push_back(std::move(bar));
    }
  }

  // From left to right: an event stands behind the one before it, and the end of a bar where its label has ended.
  void place() {
    struct Mark {
      std::uint64_t position;
      int rank;  // at one position: faults first, then returns, then calls (positions of logs may be instants that are shared)
      std::size_t index;
    };
    std::vector<Mark> marks;
    for (std::size_t b = 0; b < picture_.bars.size(); ++b) {
      const Operation& op = history_.operations[picture_.bars[b].operation];
      marks.push_back({op.invoked, 2, b});
      if (!picture_.bars[b].open) marks.push_back({op.returned, 1, b});
    }
    // What happened after all of them had no part in it.
    std::uint64_t last = 0;
    for (const Mark& mark : marks) last = std::max(last, mark.position);
    for (std::size_t f = 0; f < history_.faults.size() && !marks.empty(); ++f) {
      if (history_.faults[f].position <= last) marks.push_back({history_.faults[f].position, 0, f});
    }
    std::sort(marks.begin(), marks.end(), [](const Mark& a, const Mark& b) {
      return std::tie(a.position, a.rank, a.index) < std::tie(b.position, b.rank, b.index);
    });
    // Of the faults between two drawn events only the last few are drawn.
    constexpr std::size_t most_together = 3;
    int x = 0;
    for (std::size_t m = 0; m < marks.size(); ++m) {
      const Mark& mark = marks[m];
      if (mark.rank == 0) {
        std::size_t ahead = m;
        while (ahead < marks.size() && marks[ahead].rank == 0) ++ahead;
        if (ahead - m > most_together) continue;
        const FaultNote& note = history_.faults[mark.index];
        x += kGap;
        FaultLine line;
        line.x = x;
        line.label = cut(note.f, 24);
        line.hover = note.f + (note.value.is_nil() ? "" : " " + plain(note.value)) +
                     (note.time ? " at " + to_text(*note.time) : "") +
                     (note.line != 0 ? ", line " + std::to_string(note.line) : "");
        x += width_of(line.label.size());
        picture_.faults.push_back(std::move(line));
        continue;
      }
      Bar& bar = picture_.bars[mark.index];
      x += kGap;
      if (mark.rank == 2) {
        bar.left = x;
      } else {
        x = std::max(x, bar.left + label_width(bar));
        bar.right = x;
      }
    }
    for (Bar& bar : picture_.bars) {
      if (bar.open) x = std::max(x, bar.left + label_width(bar));
    }
    picture_.width = x + 2 * kGap;
    for (Bar& bar : picture_.bars) {
      if (bar.open) bar.right = picture_.width;
    }
  }

  static int label_width(const Bar& bar) {
    return width_of(bar.label.size() + (bar.position.empty() ? 0 : bar.position.size() + 2)) + 12;
  }

  void arrows() {
    if (judgement_.findings.empty()) return;
    std::map<std::size_t, std::size_t> bar_of;
    for (std::size_t b = 0; b < picture_.bars.size(); ++b) bar_of.emplace(picture_.bars[b].operation, b);
    for (const Link& link : judgement_.findings.front().links) {
      const auto from = bar_of.find(link.from);
      const auto to = bar_of.find(link.to);
      if (from == bar_of.end() || to == bar_of.end()) continue;
      picture_.arrows.push_back({from->second, to->second, link.kind, link.why});
    }
  }

  const History& history_;
  const Judgement& judgement_;
  Picture picture_;
  std::vector<std::size_t> chosen_;  // in the order of the history
};

}  // namespace

std::string brief_operation(const Operation& op, std::size_t most) {
  const bool txn = op.f == "txn";
  std::string out = txn ? "" : op.f;
  if (op.key) out += " " + *op.key;
  const Value& shown = txn && op.outcome == Outcome::ok && op.output.list() != nullptr ? op.output : op.input;
  if (txn) {
    out += accesses(shown);
  } else if (!shown.is_nil()) {
    out += " " + briefly(shown);
  }
  if (!txn && has_result(op)) out += " = " + briefly(op.output);
  if (op.outcome == Outcome::fail) out += " (failed)";
  return cut(std::move(out), most);
}

std::string describe_operation(const History& history, std::size_t index) {
  const Operation& op = history.operations[index];
  std::string out = "process " + std::to_string(op.process) + ": " + op.f;
  if (op.key) out += " of key " + *op.key;
  if (!op.input.is_nil()) out += " " + plain(op.input);
  if (has_result(op)) out += " returned " + plain(op.output);
  if (op.outcome == Outcome::ok && op.output.is_nil() && op.input.is_nil()) out += " returned nil";
  if (op.outcome == Outcome::fail) out += ", failed";
  if (op.outcome == Outcome::info) out += ", outcome unknown";
  return out + span_of(op);
}

Picture lay_out(const History& history, const Judgement& judgement, std::string title) {
  return Layout(history, judgement).make(std::move(title));
}

}  // namespace sim::check
