// Chrome's trace event format: a process a system, a thread a node, a slice an event, a flow a message.
#include <algorithm>

#include "sim/trace/export/parts.hpp"

namespace sim::exports {

namespace {

/// An event of the run takes no time, a slice must: this long, or up to the node's next event.
constexpr std::int64_t kSlice = 50'000;
/// A fault or role that takes no time.
constexpr std::int64_t kMoment = 1'000;

/// Microseconds with three decimals: the nanoseconds, exactly.
std::string micros(std::int64_t ns) {
  const std::string rest = number(ns % 1'000);
  return number(ns / 1'000) + "." + std::string(3 - rest.size(), '0') + rest;
}

/// The members of an event's "args".
class Args {
 public:
  Args& text(std::string_view key, std::string_view value) { return raw(key, json(value)); }
  Args& count(std::string_view key, std::uint64_t value) { return raw(key, number(value)); }
  Args& raw(std::string_view key, std::string_view value) {
    out_ += out_.empty() ? "\"" : ",\"";
    out_ += key;
    out_ += "\":";
    out_ += value;
    return *this;
  }
  const std::string& members() const { return out_; }

 private:
  std::string out_;
};

class PerfettoExport {
 public:
  PerfettoExport(const Selection& s, Writer& out) : s_(s), timeline_(*s.timeline), out_(out) {}

  void write() {
    out_ += R"({"displayTimeUnit":"ns","otherData":{"scenario":)" + json(timeline_.scenario) + ",\"seed\":\"" +
            number(timeline_.seed) + "\",\"notice\":" + json(s_.notice) + "},\"traceEvents\":[\n";
    begin_process("run");
    write_faults();
    write_claims();
    link_messages();
    for (const auto& [system, nodes] : systems_of(s_)) {
      begin_process(system);
      for (const std::uint32_t node : nodes) write_node(node);
    }
    out_ += "\n]}\n";
  }

 private:
  struct Flow {
    std::uint32_t event;    // during which it was sent
    std::uint32_t message;  // its index
    friend auto operator<=>(const Flow&, const Flow&) = default;
  };

  void put(std::string_view members) {
    out_ += first_ ? "{" : ",\n{";
    first_ = false;
    out_ += members;
    out_ += "}";
  }
  std::string place() const { return ",\"pid\":" + number(process_) + ",\"tid\":" + number(thread_); }
  void metadata(std::string_view name, const std::string& where, const std::string& args) {
    put("\"ph\":\"M\",\"name\":\"" + std::string(name) + "\"" + where + ",\"args\":{" + args + "}");
  }
  void begin_process(const std::string& name) {
    ++process_;
    const std::string where = ",\"pid\":" + number(process_);
    metadata("process_name", where, "\"name\":" + json(name));
    metadata("process_sort_index", where, "\"sort_index\":" + number(process_));
  }
  void begin_thread(const std::string& name) {
    ++thread_;  // all numbers differ, also from those of processes: a thread of its process's number is taken for its main one
    metadata("thread_name", place(), "\"name\":" + json(name));
    metadata("thread_sort_index", place(), "\"sort_index\":" + number(thread_));
  }
  void slice(const std::string& name, std::string_view category, Time at, std::int64_t ns, const Args& args) {
    put("\"ph\":\"X\",\"name\":" + json(name) + ",\"cat\":\"" + std::string(category) + "\"" + place() +
        ",\"ts\":" + micros(at.ns) + ",\"dur\":" + micros(ns) + ",\"args\":{" + args.members() + "}");
  }
  void instant(const std::string& name, std::string_view category, Time at, const Args& args) {
    put("\"ph\":\"i\",\"s\":\"t\",\"name\":" + json(name) + ",\"cat\":\"" + std::string(category) + "\"" + place() +
        ",\"ts\":" + micros(at.ns) + ",\"args\":{" + args.members() + "}");
  }
  void flow(std::string_view phase, std::uint32_t message, Time at) {
    put("\"ph\":\"" + std::string(phase) + "\",\"name\":" + json(type_of(timeline_.messages[message].type)) +
        ",\"cat\":\"message\"" + place() + ",\"ts\":" + micros(at.ns) + ",\"id\":" + number(message + 1) +
        (phase == "f" ? ",\"bp\":\"e\"" : ""));
  }
  std::string type_of(std::uint16_t type) const { return timeline_.text(type).empty() ? "message" : timeline_.text(type); }

  // ---- what happened to the run ----

  /// A span as far as it lies in the range.
  void span(const std::string& name, std::string_view category, Time begin, Time end, const Args& args) {
    const Time at = s_.clipped(begin);
    slice(name, category, at, std::max((s_.clipped(end) - at).ns, kMoment), args);
  }
  /// In the range a span ends here, also where it would be too short for a slice.
  Time span_end(Time begin, Time end) const { return std::max(s_.clipped(end), s_.clipped(begin) + Duration{kMoment}); }

  void write_faults() {
    Rows rows;
    std::vector<std::vector<std::uint32_t>> tracks;
    std::vector<std::uint32_t> faults = s_.faults;
    const auto begins_before = [&](std::uint32_t a, std::uint32_t b) {
      return timeline_.faults[a].begin < timeline_.faults[b].begin;
    };
    std::stable_sort(faults.begin(), faults.end(), begins_before);
    for (const std::uint32_t i : faults) {
      const std::size_t row =
          rows.place(s_.clipped(timeline_.faults[i].begin), span_end(timeline_.faults[i].begin, timeline_.faults[i].end));
      tracks.resize(rows.count());
      tracks[row].push_back(i);
    }
    for (std::size_t row = 0; row < tracks.size(); ++row) {
      begin_thread(row == 0 ? "faults" : "faults " + number(std::uint64_t{row} + 1));
      for (const std::uint32_t i : tracks[row]) {
        const Timeline::Fault& fault = timeline_.faults[i];
        Args args;
        args.text("fault", fault.text).text("begins", clock(fault.begin));
        if (fault.end_event != 0) args.text("ends", clock(fault.end));
        if (fault.begin_event != 0) args.count("event", fault.begin_event);
        span(fault.kind, "fault", fault.begin, fault.end, args);
      }
    }
  }

  void write_claims() {
    bool any = false;
    for (const Timeline::Claim& claim : timeline_.claims) {
      if (!has_moment(s_, claim)) continue;
      if (!any) begin_thread("claims");
      any = true;
      Args args;
      args.text("kind", claim.kind).text("message", claim.message).text("node", claim.node).count("event", claim.event);
      instant(claim.status + ": " + claim.name, "claim", moment_of(timeline_, claim), args);
    }
  }

  // ---- nodes ----

  /// Messages of which both ends have a slice, by the event that sent them; others by the node whose thread has them.
  void link_messages() {
    const std::size_t nodes = timeline_.nodes.size();
    events_.resize(nodes);
    lost_.resize(nodes);
    asides_.resize(nodes);
    operations_.resize(nodes);
    for (const std::uint32_t n : s_.events) {
      if (timeline_.event(n).node != Timeline::kNone) events_[timeline_.event(n).node].push_back(n);
    }
    for (const std::uint32_t i : s_.messages) {
      const Timeline::Message& m = timeline_.messages[i];
      if (m.fate != MessageFate::delivered) {
        if (s_.covers(m.ended)) lost_[s_.shown[m.to] ? m.to : m.from].push_back(i);
      } else if (m.cause != 0 && s_.has(m.cause) && s_.has(m.event)) {
        flows_.push_back({m.cause, i});
      }
    }
    std::sort(flows_.begin(), flows_.end());
    for (const std::uint32_t i : s_.asides) asides_[timeline_.asides[i].node].push_back(i);
    for (const OperationBar& bar : place_operations(s_)) operations_[timeline_.operations[bar.index].node].push_back(bar);
  }

  void write_node(std::uint32_t node) {
    begin_thread(name_of(timeline_, node));
    write_events(events_[node]);
    // Instants stand behind the slices and flows: one of the same time would come between a slice and its flow.
    for (const std::uint32_t i : lost_[node]) write_lost(i);
    for (const std::uint32_t i : asides_[node]) {
      const Timeline::Aside& aside = timeline_.asides[i];
      Args args;
      args.count("event", aside.event);
      instant(enum_name(aside.kind) + ": " + aside.text, enum_name(aside.kind), timeline_.event(aside.event).at, args);
    }
    write_roles(node);
    write_operations(node);
  }

  /// Events of one instant are slices within each other, the later ones inside: side by side they would need time.
  void write_events(const std::vector<std::uint32_t>& events) {
    for (std::size_t i = 0; i < events.size();) {
      const Time at = timeline_.event(events[i]).at;
      std::size_t next = i + 1;
      while (next < events.size() && timeline_.event(events[next]).at == at) ++next;
      std::int64_t room = kSlice;
      // They end before the next begins: some viewers give an arrow at a common edge to the wrong one.
      if (next < events.size()) room = std::clamp((timeline_.event(events[next]).at - at).ns - 1, std::int64_t{1}, kSlice);
      for (; i < next; ++i) {
        write_event(events[i], room);
        room = std::max(room - 1, std::int64_t{1});
      }
    }
  }

  void write_event(std::uint32_t n, std::int64_t ns) {
    const Timeline::Event& event = timeline_.event(n);
    std::string name = enum_name(event.kind);
    Args args;
    args.count("event", n);
    if (event.cause != 0) args.count("cause", event.cause);
    if (event.kind == RecordKind::deliver) {
      const Timeline::Message& m = timeline_.messages[event.message];
      args.text("from", name_of(timeline_, m.from)).text("sent", clock(m.sent));
      if (m.again) args.raw("duplicate", "true");
      if (const std::string why = timeline_.explain(m); !why.empty()) args.text("why", why);
    }
    if (const std::string_view value = timeline_.value_of(n); !value.empty()) args.raw("value", valid(value));
    if (event.kind == RecordKind::deliver) name = type_of(event.type);
    if (event.kind == RecordKind::timer) name += " " + timeline_.text(event.type);
    slice(name, enum_name(event.kind), event.at, ns, args);
    if (event.kind == RecordKind::deliver) {
      const Flow mine{timeline_.messages[event.message].cause, event.message};
      if (std::binary_search(flows_.begin(), flows_.end(), mine)) flow("f", event.message, event.at);
    }
    for (auto sent = std::lower_bound(flows_.begin(), flows_.end(), Flow{n, 0}); sent != flows_.end() && sent->event == n; ++sent)
      flow("s", sent->message, event.at);
  }

  void write_lost(std::uint32_t i) {
    const Timeline::Message& m = timeline_.messages[i];
    Args args;
    args.text("from", name_of(timeline_, m.from)).text("to", name_of(timeline_, m.to)).text("sent", clock(m.sent));
    if (m.cause != 0) args.count("cause", m.cause);
    args.text("reason", enum_name(m.fate));
    if (m.again) args.raw("duplicate", "true");
    if (const std::string why = timeline_.explain(m); !why.empty()) args.text("why", why);
    instant("lost (" + enum_name(m.fate) + "): " + type_of(m.type), "lost", m.ended, args);
  }

  void write_roles(std::uint32_t node) {
    const auto roles = timeline_.roles_of(node);
    bool any = false;
    for (std::size_t i = 0; i < roles.size(); ++i) {
      const Time end = i + 1 < roles.size() ? roles[i + 1].begin : timeline_.end;
      if (roles[i].role == 0 || roles[i].begin >= end || s_.clipped(roles[i].begin) >= s_.clipped(end)) continue;
      if (!any) begin_thread(name_of(timeline_, node) + " role");
      any = true;
      Args args;
      args.count("epoch", roles[i].epoch).count("event", roles[i].event);
      const Time begin = s_.clipped(roles[i].begin);
      slice(timeline_.role_text(roles[i]), "role", begin, (s_.clipped(end) - begin).ns, args);
    }
  }

  void write_operations(std::uint32_t node) {
    const std::vector<OperationBar>& bars = operations_[node];
    std::size_t rows = 0;
    for (const OperationBar& bar : bars) rows = std::max(rows, bar.row + 1);
    for (std::size_t row = 0; row < rows; ++row) {
      begin_thread(name_of(timeline_, node) + " operations" + (row == 0 ? "" : " " + number(std::uint64_t{row} + 1)));
      for (const OperationBar& bar : bars) {
        if (bar.row == row) write_operation(bar);
      }
    }
  }

  void write_operation(const OperationBar& bar) {
    const Timeline::Operation& o = timeline_.operations[bar.index];
    const Time begin = s_.clipped(o.begin);
    const std::int64_t ns = (s_.clipped(bar.until) - begin).ns;
    if (ns == 0 && o.begin < s_.from) return;  // it ended when the range began: another may begin there
    Args args;
    args.count("process", o.process).text("input", o.input).text("output", o.output);
    args.text("outcome", o.end_event == 0 ? "never answered" : o.outcome);
    slice(operation_label(o), "operation", begin, std::max(ns, std::int64_t{1}), args);
  }

  const Selection& s_;
  const Timeline& timeline_;
  Writer& out_;
  bool first_ = true;
  std::uint32_t process_ = 0;
  std::uint32_t thread_ = 1000;
  std::vector<Flow> flows_;
  // By node:
  std::vector<std::vector<std::uint32_t>> events_;
  std::vector<std::vector<std::uint32_t>> lost_;
  std::vector<std::vector<std::uint32_t>> asides_;
  std::vector<std::vector<OperationBar>> operations_;
};

}  // namespace

std::string write_perfetto(const Selection& selection, Writer& out) {
  PerfettoExport(selection, out).write();
  return selection.notice;
}

}  // namespace sim::exports
