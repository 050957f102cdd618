// CSV as RFC 4180 has it: an event, a lost message, a note or a mark a line, in the order of time.
#include <algorithm>
#include <array>

#include "sim/trace/export/parts.hpp"

namespace sim::exports {

namespace {

struct CsvColumn {
  enum Index : std::size_t { event, cause, time, kind, node, from, sent, type, fate, text, value, count };
};
constexpr std::string_view kCsvHeader = "event,cause,time_ns,kind,node,from,sent_ns,type,fate,text,value\r\n";
using CsvRow = std::array<std::string, CsvColumn::count>;

void write_row(const CsvRow& row, Writer& out) {
  std::string line;
  for (const std::string& field : row) {
    if (&field != row.data()) line += ',';
    if (field.find_first_of(",\"\r\n") == std::string::npos) {
      line += field;
      continue;
    }
    line += '"';
    for (const char c : field) {
      if (c == '"') line += '"';
      line += c;
    }
    line += '"';
  }
  out += line + "\r\n";
}

void fill_message(const Timeline& timeline, const Timeline::Message& m, CsvRow& row) {
  row[CsvColumn::from] = valid(name_of(timeline, m.from));
  row[CsvColumn::sent] = number(m.sent.ns);
  row[CsvColumn::type] = valid(timeline.text(m.type));
  row[CsvColumn::fate] = m.again ? "duplicate" : m.late ? "late" : enum_name(m.fate);
  row[CsvColumn::text] = valid(timeline.explain(m));
}

CsvRow event_row(const Timeline& timeline, std::uint32_t n) {
  const Timeline::Event& event = timeline.event(n);
  CsvRow row;
  row[CsvColumn::event] = number(n);
  if (event.cause != 0) row[CsvColumn::cause] = number(event.cause);
  row[CsvColumn::time] = number(event.at.ns);
  row[CsvColumn::kind] = enum_name(event.kind);
  if (event.node != Timeline::kNone) row[CsvColumn::node] = valid(name_of(timeline, event.node));
  row[CsvColumn::type] = valid(timeline.text(event.type));
  if (event.kind == RecordKind::deliver) fill_message(timeline, timeline.messages[event.message], row);
  if (event.kind == RecordKind::fault) row[CsvColumn::text] = valid(timeline.describe(n));
  row[CsvColumn::value] = valid(timeline.value_of(n));
  return row;
}

CsvRow lost_row(const Timeline& timeline, const Timeline::Message& m) {
  CsvRow row;
  if (m.cause != 0) row[CsvColumn::cause] = number(m.cause);
  row[CsvColumn::time] = number(m.ended.ns);
  row[CsvColumn::kind] = enum_name(RecordKind::drop);
  row[CsvColumn::node] = valid(name_of(timeline, m.to));
  fill_message(timeline, m, row);
  row[CsvColumn::fate] = enum_name(m.fate);  // of a duplicate too: that it was lost matters more
  return row;
}

CsvRow aside_row(const Timeline& timeline, const Timeline::Aside& aside) {
  CsvRow row;
  row[CsvColumn::event] = number(aside.event);
  row[CsvColumn::time] = number(timeline.event(aside.event).at.ns);
  row[CsvColumn::kind] = enum_name(aside.kind);
  row[CsvColumn::node] = valid(name_of(timeline, aside.node));
  row[CsvColumn::text] = valid(aside.text);
  return row;
}

}  // namespace

std::string write_csv(const Selection& s, Writer& out) {
  const Timeline& timeline = *s.timeline;
  std::vector<std::uint32_t> lost;
  for (const std::uint32_t i : s.messages) {
    if (timeline.messages[i].fate != MessageFate::delivered && s.covers(timeline.messages[i].ended)) lost.push_back(i);
  }
  std::stable_sort(lost.begin(), lost.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return timeline.messages[a].ended < timeline.messages[b].ended; });
  out += kCsvHeader;
  std::size_t next_lost = 0;
  std::size_t next_aside = 0;
  const auto lost_before = [&](Time at) {
    for (; next_lost < lost.size() && timeline.messages[lost[next_lost]].ended < at; ++next_lost)
      write_row(lost_row(timeline, timeline.messages[lost[next_lost]]), out);
  };
  const auto asides_before = [&](std::uint64_t event) {
    for (; next_aside < s.asides.size() && timeline.asides[s.asides[next_aside]].event < event; ++next_aside)
      write_row(aside_row(timeline, timeline.asides[s.asides[next_aside]]), out);
  };
  for (const std::uint32_t n : s.events) {
    asides_before(n);
    lost_before(timeline.event(n).at);
    write_row(event_row(timeline, n), out);
  }
  asides_before(UINT64_MAX);
  lost_before(Time::max());
  return s.notice;
}

}  // namespace sim::exports
