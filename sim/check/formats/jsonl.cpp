// Faultline's own format, written: one JSON object a line, a header first. docs/checking.md is its description.
#include <algorithm>

#include "sim/check/formats/formats.hpp"

namespace sim::check {

namespace {

void append_event(std::string& out, const Operation& op, std::string_view type, const Value& value,
                  const std::optional<Time>& time) {
  out += "{\"process\":" + std::to_string(op.process) + ",\"type\":\"";
  out += type;
  out += "\",\"f\":";
  append_json_string(out, op.f);
  if (op.key) {
    out += ",\"key\":";
    append_json_string(out, *op.key);
  }
  out += ",\"value\":" + value.to_json();
  if (time) out += ",\"time\":\"" + to_text(*time) + "\"";
  out += "}\n";
}

void append_fault(std::string& out, const FaultNote& fault) {
  out += "{\"process\":\"nemesis\",\"type\":\"info\",\"f\":";
  append_json_string(out, fault.f);
  out += ",\"value\":" + fault.value.to_json();
  if (fault.time) out += ",\"time\":\"" + to_text(*fault.time) + "\"";
  out += "}\n";
}

}  // namespace

std::string to_jsonl(const History& history) {
  struct Event {
    std::uint64_t position;
    const Operation* op;
  };
  std::vector<Event> events;
  for (const Operation& op : history.operations) {
    events.push_back({op.invoked, &op});
    if (op.returned != Operation::kNever) events.push_back({op.returned, &op});
  }
  std::sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.position < b.position; });
  std::string out = "{\"faultline\":{\"history\":1,\"initial\":" + history.initial.to_json() + ",\"nil_reads\":\"" +
                    (history.nil_reads_match_any ? "any" : "nil") + "\"}}\n";
  auto fault = history.faults.begin();
  for (const auto& [position, op] : events) {
    for (; fault != history.faults.end() && fault->position <= position; ++fault) append_fault(out, *fault);
    if (position == op->invoked) {
      append_event(out, *op, "invoke", op->input, op->call_time);
    } else {
      append_event(out, *op, to_text(op->outcome), op->output, op->return_time);
    }
  }
  for (; fault != history.faults.end(); ++fault) append_fault(out, *fault);
  return out;
}

}  // namespace sim::check
