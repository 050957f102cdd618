#include "sim/trace/jsonl.hpp"

#include <utility>

namespace sim {

namespace {

void member(std::string& out, std::string_view name, std::string_view text) {
  out += ",\"";
  out += name;
  out += "\":";
  append_json_string(out, text);
}

void member(std::string& out, std::string_view name, std::uint64_t number) {
  out += ",\"";
  out += name;
  out += "\":";
  json_into(out, number);
}

void append_fault(std::string& out, const FaultRecord& fault, std::span<const std::string> names) {
  const auto list = [&](std::span<const NodeId> nodes) {
    out += '[';
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (i > 0) out += ',';
      append_json_string(out, names[index(nodes[i])]);
    }
    out += ']';
  };
  member(out, "fault", std::uint64_t{fault.number});
  member(out, "phase", enum_name(fault.phase));
  member(out, "what", fault.kind);
  out += ",\"nodes\":";
  list(fault.nodes);
  if (!fault.others.empty()) {
    out += ",\"others\":";
    list(fault.others);
    if (!fault.both_ways) out += ",\"one_way\":true";
  }
  if (fault.changes.empty()) return;
  out += ",\"ailing\":[";
  for (std::size_t i = 0; i < fault.changes.size(); ++i) {
    out += i > 0 ? ",[" : "[";
    json_into(out, fault.changes[i].fault);
    out += ',';
    list(fault.changes[i].nodes);
    out += ']';
  }
  out += ']';
}

}  // namespace

void append_line(std::string& out, const Record& record, std::span<const std::string> names) {
  out += "{\"event\":";
  json_into(out, index(record.event));
  if (index(record.cause) != 0) member(out, "cause", index(record.cause));
  member(out, "t", static_cast<std::uint64_t>(record.at.ns));
  member(out, "kind", enum_name(record.kind));
  if (record.kind != RecordKind::fault) member(out, "node", names[index(record.node)]);
  if (travels(record.kind)) {
    member(out, "from", names[index(record.peer)]);
    if (record.node != record.peer) member(out, "number", record.number);
  }
  const bool from_afar = record.kind == RecordKind::deliver || (record.kind == RecordKind::drop && record.sent != Time{});
  if (from_afar) member(out, "sent", static_cast<std::uint64_t>(record.sent.ns));
  if (record.kind == RecordKind::role && record.number != 0) member(out, "epoch", record.number);
  if (!record.text.empty()) member(out, "text", record.text);
  if (record.fault != nullptr) append_fault(out, *record.fault, names);
  if (record.what != nullptr && *record.what) {
    member(out, "type", record.what->name());
    out += ",\"value\":";
    record.what->json(out);
  }
  out += "}\n";
}

JsonlWriter::JsonlWriter(std::string_view header, std::span<const std::string> names, std::function<void(std::string_view)> flush)
    : names_(names), out_(std::move(flush)) {
  out_ += header;
  out_ += "\n";
}

void JsonlWriter::write(const Record& record) {
  out_.append([&](std::string& text) { append_line(text, record, names_); });
}

void JsonlWriter::finish() { out_.flush(); }

}  // namespace sim
