#include "sim/trace/jsonl.hpp"

#include <utility>

namespace sim {

namespace {

constexpr std::size_t kPiece = std::size_t{64} * 1024;

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

}  // namespace

void append_line(std::string& out, const Record& record, std::span<const std::string> names) {
  out += "{\"event\":";
  json_into(out, index(record.event));
  if (index(record.cause) != 0) member(out, "cause", index(record.cause));
  member(out, "t", static_cast<std::uint64_t>(record.at.ns));
  member(out, "kind", enum_name(record.kind));
  if (record.kind != RecordKind::fault) member(out, "node", names[index(record.node)]);
  const bool travelled =
      record.kind == RecordKind::deliver || record.kind == RecordKind::drop || record.kind == RecordKind::duplicate;
  if (travelled) member(out, "from", names[index(record.peer)]);
  if (record.kind == RecordKind::deliver) member(out, "sent", static_cast<std::uint64_t>(record.sent.ns));
  if (!record.text.empty()) member(out, "text", record.text);
  if (record.what != nullptr && *record.what) {
    member(out, "type", record.what->name());
    out += ",\"value\":";
    record.what->json(out);
  }
  out += "}\n";
}

JsonlWriter::JsonlWriter(std::string_view header, std::span<const std::string> names, std::function<void(std::string_view)> flush)
    : names_(names), flush_(std::move(flush)), buffer_(header) {
  buffer_ += '\n';
}

void JsonlWriter::write(const Record& record) {
  append_line(buffer_, record, names_);
  if (buffer_.size() >= kPiece) finish();
}

void JsonlWriter::finish() {
  flush_(buffer_);
  buffer_.clear();
}

}  // namespace sim
