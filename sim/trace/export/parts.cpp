#include "sim/trace/export/parts.hpp"

#include <algorithm>
#include <charconv>
#include <map>

namespace sim::exports {

namespace {

constexpr char32_t kReplacement = 0xFFFD;

bool hits_shown(const Timeline::Fault& fault, const std::vector<bool>& shown) {
  if (fault.nodes.empty() && fault.others.empty()) return true;
  const auto is_shown = [&](std::uint32_t node) { return node < shown.size() && shown[node]; };
  return std::any_of(fault.nodes.begin(), fault.nodes.end(), is_shown) ||
         std::any_of(fault.others.begin(), fault.others.end(), is_shown);
}

void select_events(Selection& s, std::uint64_t limit, bool all_nodes) {
  const Timeline& timeline = *s.timeline;
  std::uint64_t wanted = 0;
  for (std::uint32_t i = 0; i < timeline.events.size(); ++i) {
    const Timeline::Event& event = timeline.events[i];
    if (!s.covers(event.at)) continue;
    if (event.node == Timeline::kNone ? !all_nodes : !s.shown[event.node]) continue;
    ++wanted;
    if (limit == 0 || s.events.size() < limit) s.events.push_back(i + 1);
  }
  if (wanted == s.events.size()) return;
  s.until = timeline.event(s.events.back()).at;
  s.notice = "Only the first " + number(std::uint64_t{s.events.size()}) + " of " + number(wanted) + " events are shown, up to " +
             clock(s.until) + ".";
}

}  // namespace

Selection Selection::of(const Timeline& timeline, const ExportOptions& options, std::uint64_t limit) {
  Selection s;
  s.timeline = &timeline;
  s.from = options.from;
  s.until = std::max(s.from, std::min(options.to, timeline.end));
  s.shown.assign(timeline.nodes.size(), options.nodes.empty());
  for (const std::uint32_t node : options.nodes) s.shown[node] = true;
  select_events(s, limit, options.nodes.empty());

  const std::uint32_t last = s.events.empty() || s.notice.empty() ? Timeline::kNone : s.events.back();
  for (std::uint32_t i = 0; i < timeline.messages.size(); ++i) {
    const Timeline::Message& m = timeline.messages[i];
    if (!s.overlaps(m.sent, m.ended) || !(s.shown[m.from] || s.shown[m.to])) continue;
    if (m.cause <= last) s.messages.push_back(i);
  }
  for (std::uint32_t i = 0; i < timeline.faults.size(); ++i) {
    const Timeline::Fault& fault = timeline.faults[i];
    if (s.overlaps(fault.begin, fault.end) && fault.begin_event <= last && hits_shown(fault, s.shown)) s.faults.push_back(i);
  }
  for (std::uint32_t i = 0; i < timeline.operations.size(); ++i) {
    const Timeline::Operation& o = timeline.operations[i];
    if (s.shown[o.node] && s.overlaps(o.begin, o.end_event == 0 ? timeline.end : o.end) && o.begin_event <= last)
      s.operations.push_back(i);
  }
  for (std::uint32_t i = 0; i < timeline.asides.size(); ++i) {
    const Timeline::Aside& aside = timeline.asides[i];
    if (aside.event != 0 && aside.event <= last && s.shown[aside.node] && s.covers(timeline.event(aside.event).at))
      s.asides.push_back(i);
  }
  return s;
}

bool Selection::has(std::uint32_t event) const { return std::binary_search(events.begin(), events.end(), event); }

char32_t take_code(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(0);
  std::size_t size = 1;
  char32_t code = kReplacement;
  if (first < 0x80U) {
    code = first;
  } else if (first >= 0xC2U && first < 0xE0U && follows(1)) {
    size = 2;
    code = (first & 0x1FU) << 6U | (byte(1) & 0x3FU);
  } else if (first >= 0xE0U && first < 0xF0U && follows(1) && follows(2)) {
    const char32_t found = (first & 0xFU) << 12U | (byte(1) & 0x3FU) << 6U | (byte(2) & 0x3FU);
    const bool proper = found >= 0x800U && (found < 0xD800U || found > 0xDFFFU);  // neither overlong nor half of a pair
    if (proper) size = 3;
    if (proper) code = found;
  } else if (first >= 0xF0U && first < 0xF5U && follows(1) && follows(2) && follows(3)) {
    const char32_t found = (first & 7U) << 18U | (byte(1) & 0x3FU) << 12U | (byte(2) & 0x3FU) << 6U | (byte(3) & 0x3FU);
    const bool proper = found >= 0x10000U && found <= 0x10FFFFU;
    if (proper) size = 4;
    if (proper) code = found;
  }
  text.remove_prefix(size);
  return code;
}

void append_code(std::string& out, char32_t code) {
  const auto add = [&](char32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (code < 0x80U) {
    add(code);
  } else if (code < 0x800U) {
    add(0xC0U | code >> 6U);
    add(0x80U | (code & 0x3FU));
  } else if (code < 0x10000U) {
    add(0xE0U | code >> 12U);
    add(0x80U | (code >> 6U & 0x3FU));
    add(0x80U | (code & 0x3FU));
  } else {
    add(0xF0U | code >> 18U);
    add(0x80U | (code >> 12U & 0x3FU));
    add(0x80U | (code >> 6U & 0x3FU));
    add(0x80U | (code & 0x3FU));
  }
}

std::string valid(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) append_code(out, take_code(text));
  return out;
}

std::string one_line(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const char32_t code = take_code(text);
    // C1 holds another line break (U+0085); U+2028 and U+2029 are two more.
    const bool breaks = code < 0x20U || (code >= 0x7FU && code < 0xA0U) || code == 0x2028U || code == 0x2029U;
    append_code(out, breaks ? U' ' : code);
  }
  return out;
}

std::string shortened(std::string_view text, std::size_t most) {
  std::string out;
  std::string_view rest = text;
  std::size_t kept = 0;  // bytes of `out` that stay where it is cut
  for (std::size_t n = 0; !rest.empty(); ++n) {
    if (n + 2 == most) kept = out.size();
    if (n == most) return out.substr(0, kept) + "..";
    append_code(out, take_code(rest));
  }
  return out;
}

std::string json(std::string_view text) {
  std::string out;
  append_json_string(out, valid(text));
  return out;
}

std::string xml(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const std::string line = one_line(text); const char c : line) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  // The two code points of UTF-8 that XML does not allow.
  for (const std::string_view barred : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"}) {
    for (std::size_t at = 0; (at = out.find(barred, at)) != std::string::npos;) out.replace(at, 3, "\xEF\xBF\xBD");
  }
  return out;
}

std::string number(std::int64_t n) {
  char text[24];
  return {text, std::to_chars(text, text + sizeof text, n).ptr};
}

std::string clock(Time at) {
  const std::string micros = number(at.ns % 1'000'000'000 / 1'000);
  return number(at.ns / 1'000'000'000) + "." + std::string(6 - micros.size(), '0') + micros + "s";
}

const std::string& name_of(const Timeline& timeline, std::uint32_t node) { return timeline.nodes[node].name; }

std::string message_text(const Timeline& timeline, const Timeline::Message& m) {
  std::string out = timeline.text(m.type) + " from " + name_of(timeline, m.from) + " to " + name_of(timeline, m.to) + ", sent " +
                    clock(m.sent) + (m.fate == MessageFate::delivered ? ", arrived " : ", lost ") + clock(m.ended);
  const std::string why = timeline.explain(m);
  return why.empty() ? out : out + ": " + why;
}

std::string operation_label(const Timeline::Operation& o) {
  return o.function + (o.input.empty() ? "" : " " + o.input) + (o.output.empty() ? "" : " = " + o.output);
}

std::string operation_text(const Timeline& timeline, const Timeline::Operation& o) {
  return operation_label(o) + ", process " + number(o.process) + " at " + name_of(timeline, o.node) + ", " + clock(o.begin) +
         (o.end_event == 0 ? ", never answered" : " to " + clock(o.end) + ": " + o.outcome);
}

std::string claim_text(const Timeline::Claim& claim) {
  return claim.status + ": " + claim.name + (claim.message.empty() ? "" : ": " + claim.message);
}

bool has_moment(const Selection& selection, const Timeline::Claim& claim) {
  const bool happened = claim.event != 0 || claim.status == "violated";
  return happened && selection.covers(moment_of(*selection.timeline, claim));
}

Time moment_of(const Timeline& timeline, const Timeline::Claim& claim) { return claim.event == 0 ? timeline.end : claim.at; }

std::vector<std::pair<std::string, std::vector<std::uint32_t>>> systems_of(const Selection& selection) {
  std::vector<std::pair<std::string, std::vector<std::uint32_t>>> out;
  for (std::uint32_t i = 0; i < selection.shown.size(); ++i) {
    if (!selection.shown[i]) continue;
    const std::string& system = selection.timeline->nodes[i].system;
    auto at = std::find_if(out.begin(), out.end(), [&](const auto& group) { return group.first == system; });
    if (at == out.end()) at = out.insert(at, {system, {}});
    at->second.push_back(i);
  }
  return out;
}

std::string title_of(const Selection& s) {
  return s.timeline->scenario + ", seed " + number(s.timeline->seed) + ", " + clock(s.from) + " to " + clock(s.until);
}

std::string joined(const std::string& a, const std::string& b) { return a.empty() ? b : b.empty() ? a : a + " " + b; }

std::size_t Rows::place(Time begin, Time end) {
  const auto free = std::find_if(ends_.begin(), ends_.end(), [&](Time t) { return t <= begin; });
  if (free == ends_.end()) {
    ends_.push_back(end);
    return ends_.size() - 1;
  }
  *free = end;
  return static_cast<std::size_t>(free - ends_.begin());
}

std::vector<OperationBar> place_operations(const Selection& selection) {
  const Timeline& timeline = *selection.timeline;
  std::vector<Rows> rows(timeline.nodes.size());
  std::map<std::pair<std::uint32_t, std::size_t>, std::size_t> open;  // (node, row) -> the bar that was never answered
  std::vector<OperationBar> out;
  for (const std::uint32_t i : selection.operations) {
    const Timeline::Operation& o = timeline.operations[i];
    const bool answered = o.end_event != 0;
    const Time least = o.begin + Duration{1};
    const std::size_t row = rows[o.node].place(o.begin, answered ? std::max(o.end, least) : least);
    const std::pair place(o.node, row);
    if (const auto before = open.find(place); before != open.end()) {
      out[before->second].until = o.begin;
      open.erase(before);
    }
    if (!answered) open.emplace(place, out.size());
    out.push_back({i, row, answered ? o.end : timeline.end});
  }
  return out;
}

}  // namespace sim::exports
