#include <algorithm>
#include <cassert>
#include <numeric>
#include <tuple>

#include "sim/trace/timeline.hpp"

namespace sim {

namespace {

constexpr std::uint32_t kNone = Timeline::kNone;

std::vector<std::uint32_t> indices(std::span<const NodeId> nodes) {
  std::vector<std::uint32_t> out;
  for (const NodeId node : nodes) out.push_back(index(node));
  return out;
}

std::uint32_t narrow(EventId event) { return static_cast<std::uint32_t>(index(event)); }

MessageFate fate_of(const Record& record) {
  if (record.text == "loss") return MessageFate::loss;
  if (record.text == "cut") return MessageFate::cut;
  if (record.text == "down") return MessageFate::down;
  if (record.text == "corrupt") return MessageFate::corrupt;
  return MessageFate::omitted;
}

}  // namespace

TimelineBuilder::TimelineBuilder(std::vector<Timeline::Node> nodes, Options options) : options_(options) {
  out_.nodes = std::move(nodes);
  plays_.resize(out_.nodes.size());
  intern("");
}

std::uint16_t TimelineBuilder::intern(std::string_view text) {
  const auto known = interned_.find(text);
  if (known != interned_.end()) return known->second;
  const auto fresh = static_cast<std::uint16_t>(std::min<std::size_t>(out_.texts.size(), UINT16_MAX));
  if (fresh == out_.texts.size()) out_.texts.emplace_back(text);
  interned_.emplace(text, fresh);
  return fresh;
}

std::uint16_t TimelineBuilder::type_of(const Payload* what) {
  if (what == nullptr || !*what) return 0;
  const auto [place, fresh] = types_.emplace(&what->type(), std::uint16_t{0});
  if (fresh) place->second = intern(what->name());
  return place->second;
}

void TimelineBuilder::write(const Record& record) {
  add(record, type_of(record.what));
  if (!options_.values || record.kind > RecordKind::fault) return;
  if (record.what != nullptr && *record.what) record.what->json(out_.values);
  out_.values_end.push_back(out_.values.size());
}

void TimelineBuilder::write(const Line& line) {
  add(line.record, intern(line.type));
  if (!options_.values || line.record.kind > RecordKind::fault) return;
  out_.values += line.value;
  out_.values_end.push_back(out_.values.size());
}

void TimelineBuilder::add(const Record& record, std::uint16_t type) {
  switch (record.kind) {
    case RecordKind::start:
    case RecordKind::timer:
    case RecordKind::sync: add_event(record, type); return;
    case RecordKind::deliver:
      add_event(record, type);
      add_message(record, type);
      return;
    case RecordKind::fault:
      add_event(record, 0);
      add_fault(record);
      return;
    case RecordKind::drop: add_message(record, type); return;
    case RecordKind::duplicate:
      doubled_.emplace(Sent{index(record.peer), static_cast<std::uint32_t>(record.number)}, false);
      return;
    case RecordKind::hold: held_.emplace(Sent{index(record.peer), static_cast<std::uint32_t>(record.number)}, record.at); return;
    case RecordKind::note:
    case RecordKind::mark:
      out_.asides.push_back({narrow(record.event), index(record.node), record.kind, std::string(record.text)});
      return;
    case RecordKind::role:
      out_.roles.push_back({record.at, record.number, narrow(record.event), index(record.node), intern(record.text)});
      plays_[index(record.node)] = true;
      return;
    case RecordKind::observe: return;
  }
}

void TimelineBuilder::add_event(const Record& record, std::uint16_t type) {
  assert(index(record.event) == out_.events.size() + 1 && index(record.event) < UINT32_MAX);
  out_.events.push_back({.at = record.at,
                         .cause = narrow(record.cause),
                         .node = record.kind == RecordKind::fault ? kNone : index(record.node),
                         .type = type,
                         .kind = record.kind});
}

void TimelineBuilder::add_message(const Record& record, std::uint16_t type) {
  const bool delivered = record.kind == RecordKind::deliver;
  const bool own = record.node == record.peer;
  Timeline::Message message{.sent = delivered || record.sent != Time{} ? record.sent : record.at,
                            .ended = record.at,
                            .cause = narrow(record.cause),
                            .event = delivered ? narrow(record.event) : 0,
                            .from = index(record.peer),
                            .to = index(record.node),
                            .number = own ? kNone : static_cast<std::uint32_t>(record.number),
                            .type = type,
                            .fate = delivered ? MessageFate::delivered : fate_of(record)};
  const Sent key{message.from, message.number};
  if (!own && !doubled_.empty()) {
    if (const auto twin = doubled_.find(key); twin != doubled_.end()) message.again = std::exchange(twin->second, true);
  }
  if (!own && !held_.empty()) {
    if (const auto held = held_.find(key); held != held_.end()) {
      message.sent = held->second;
      message.late = true;
    }
  }
  if (delivered) out_.events.back().message = static_cast<std::uint32_t>(out_.messages.size());
  out_.messages.push_back(message);
}

void TimelineBuilder::add_fault(const Record& record) {
  const FaultRecord& fault = *record.fault;
  const std::uint32_t event = narrow(record.event);
  const auto fresh = static_cast<std::uint32_t>(out_.faults.size());
  const auto [place, added] = fault_rows_.emplace(fault.number, fresh);
  if (added) {
    out_.faults.push_back({.kind = std::string(fault.kind),
                           .text = std::string(record.text),
                           .begin = record.at,
                           .end = record.at,
                           .begin_event = event,
                           .end_event = 0,
                           .nodes = indices(fault.nodes),
                           .others = indices(fault.others),
                           .both_ways = fault.both_ways});
  }
  Timeline::Fault& row = out_.faults[place->second];
  if (fault.phase == FaultPhase::ends) row.end_event = event;
  if (!added) row.end = record.at;
  out_.events.back().message = static_cast<std::uint32_t>(out_.fault_events.size());
  out_.fault_events.push_back({event, place->second, fault.phase, std::string(record.text)});
  for (const FaultRecord::Ailing& change : fault.changes) add_ailing(change, record);
}

void TimelineBuilder::add_ailing(const FaultRecord::Ailing& change, const Record& record) {
  const auto known = fault_rows_.find(change.fault);
  if (known == fault_rows_.end()) return;  // it began before anybody watched
  Timeline::Fault& row = out_.faults[known->second];
  row.end = change.nodes.empty() ? record.at : Timeline::kOpen;
  if (change.nodes.empty() && row.end_event == 0) row.end_event = narrow(record.event);
  for (std::uint32_t node = 0; node < out_.nodes.size(); ++node) {
    const bool ails = std::find(change.nodes.begin(), change.nodes.end(), NodeId{node}) != change.nodes.end();
    const auto open = ailing_.find({change.fault, node});
    if (ails && open == ailing_.end()) {
      ailing_.emplace(Sent{change.fault, node}, out_.ailments.size());
      out_.ailments.push_back({record.at, Timeline::kOpen, node, known->second});
      if (row.kind == "crash" && plays_[node]) out_.roles.push_back({record.at, 0, narrow(record.event), node, 0});
    } else if (!ails && open != ailing_.end()) {
      out_.ailments[open->second].end = record.at;
      ailing_.erase(open);
    }
  }
}

void TimelineBuilder::begin_operation(std::uint64_t process, NodeId node, EventId event, Time at, std::string function,
                                      std::string input) {
  open_operations_[process] = static_cast<std::uint32_t>(out_.operations.size());
  out_.operations.push_back({.begin = at,
                             .end = Timeline::kOpen,
                             .begin_event = narrow(event),
                             .node = index(node),
                             .process = process,
                             .function = std::move(function),
                             .input = std::move(input),
                             .output = {},
                             .outcome = "info"});
}

void TimelineBuilder::end_operation(std::uint64_t process, EventId event, Time at, std::string outcome, std::string output) {
  const auto open = open_operations_.find(process);
  if (open == open_operations_.end()) return;
  Timeline::Operation& op = out_.operations[open->second];
  op.end = at;
  op.end_event = narrow(event);
  op.outcome = std::move(outcome);
  op.output = std::move(output);
  open_operations_.erase(open);
}

Timeline TimelineBuilder::finish(Time end) && {
  out_.end = out_.events.empty() ? end : std::max(end, out_.events.back().at);
  for (Timeline::Fault& fault : out_.faults) {
    if (fault.end == Timeline::kOpen) fault.end = out_.end;
  }
  for (Timeline::Ailment& ailment : out_.ailments) {
    if (ailment.end == Timeline::kOpen) ailment.end = out_.end;
  }
  out_.events.shrink_to_fit();
  blame();
  order();
  link();
  return std::move(out_);
}

// Which fault lost, held or delayed each message that was. A message is late if it took three times what half of them take and
// a fault explains it: heavy tails of a link alone are no trouble.
void TimelineBuilder::blame() {
  if (out_.messages.empty()) return;
  std::vector<std::int64_t> took;
  for (const Timeline::Message& m : out_.messages) {
    if (m.fate == MessageFate::delivered && m.from != m.to) took.push_back((m.ended - m.sent).ns);
  }
  std::int64_t usual = 0;
  if (!took.empty()) {
    const auto middle = took.begin() + static_cast<std::ptrdiff_t>(took.size() / 2);
    std::nth_element(took.begin(), middle, took.end());
    usual = *middle;
  }
  out_.usual_flight = {usual};
  constexpr std::int64_t kTimes = 3;
  const auto blamed = [&](const Timeline::Message& m, auto&& fits) {
    for (std::uint32_t i = 0; i < out_.faults.size(); ++i) {
      const Timeline::Fault& f = out_.faults[i];
      if (f.begin <= m.ended && f.end >= m.sent && fits(f)) return i;
    }
    return kNone;
  };
  for (Timeline::Message& m : out_.messages) {
    const auto link_fault = [&](const Timeline::Fault& f) {
      return (f.kind == "link" || f.kind == "clog") && f.between(m.from, m.to);
    };
    switch (m.fate) {
      case MessageFate::cut:
        m.fault = blamed(m, [&](const Timeline::Fault& f) { return f.kind == "partition" && f.between(m.from, m.to); });
        break;
      case MessageFate::down:
        m.fault = blamed(m, [&](const Timeline::Fault& f) { return (f.kind == "crash" || f.kind == "disk") && f.hits(m.to); });
        break;
      case MessageFate::loss:
      case MessageFate::corrupt: m.fault = blamed(m, link_fault); break;
      case MessageFate::omitted: break;
      case MessageFate::delivered:
        if (m.again) m.fault = blamed(m, link_fault);
        if (!m.late && (m.from == m.to || (m.ended - m.sent).ns <= kTimes * usual)) break;
        m.fault = blamed(m, [&](const Timeline::Fault& f) {
          return link_fault(f) || ((f.kind == "pause" || f.kind == "slow") && f.hits(m.to)) ||
                 ((f.kind == "disk" || f.kind == "pause") && f.hits(m.from));
        });
        m.late = m.late || m.fault != kNone;
        break;
    }
  }
}

// Messages are reported when they end; viewers want them by when they began.
void TimelineBuilder::order() {
  std::vector<std::uint32_t> place(out_.messages.size());
  std::iota(place.begin(), place.end(), 0U);
  const auto key = [&](std::uint32_t i) {
    const Timeline::Message& m = out_.messages[i];
    return std::tuple(m.sent, m.cause, m.from, m.number, m.ended);
  };
  std::stable_sort(place.begin(), place.end(), [&](std::uint32_t a, std::uint32_t b) { return key(a) < key(b); });
  std::vector<Timeline::Message> sorted;
  sorted.reserve(place.size());
  for (const std::uint32_t i : place) {
    const Timeline::Message& m = out_.messages[i];
    if (m.event != 0) out_.events[m.event - 1].message = static_cast<std::uint32_t>(sorted.size());
    sorted.push_back(m);
  }
  out_.messages = std::move(sorted);
  const auto by_node = [](const auto& a, const auto& b) { return std::tuple(a.node, a.begin) < std::tuple(b.node, b.begin); };
  std::stable_sort(out_.ailments.begin(), out_.ailments.end(), by_node);
  std::stable_sort(out_.roles.begin(), out_.roles.end(), by_node);
}

void TimelineBuilder::link() {
  const std::size_t count = out_.events.size();
  std::vector<std::size_t> at_node(out_.nodes.size());
  for (const Timeline::Event& event : out_.events) {
    if (event.node != kNone) ++at_node[event.node];
  }
  out_.by_node.resize(out_.nodes.size());
  for (std::size_t i = 0; i < at_node.size(); ++i) out_.by_node[i].reserve(at_node[i]);
  std::vector<std::uint32_t>& begin = out_.effects_begin;
  begin.assign(count + 1, 0);
  for (std::uint32_t i = 0; i < count; ++i) {
    const Timeline::Event& event = out_.events[i];
    if (event.node != kNone) out_.by_node[event.node].push_back(i);
    if (event.cause != 0) ++begin[event.cause];
  }
  std::partial_sum(begin.begin(), begin.end(), begin.begin());
  out_.effects.resize(begin.back());
  std::vector<std::uint32_t> next(begin.begin(), begin.end());
  for (std::uint32_t i = 0; i < count; ++i) {
    if (const std::uint32_t cause = out_.events[i].cause; cause != 0) out_.effects[next[cause - 1]++] = i + 1;
  }
}

}  // namespace sim
