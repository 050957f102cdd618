#include "sim/trace/jsonl.hpp"

#include <utility>

namespace sim {

namespace {
constexpr std::size_t kPiece = std::size_t{64} * 1024;
}

JsonlWriter::JsonlWriter(std::string_view header, std::span<const std::string> names, std::function<void(std::string_view)> flush)
    : names_(names), flush_(std::move(flush)), buffer_(header) {
  buffer_ += '\n';
}

void JsonlWriter::member(std::string_view name, std::string_view text) {
  buffer_ += ",\"";
  buffer_ += name;
  buffer_ += "\":";
  append_json_string(buffer_, text);
}

void JsonlWriter::member(std::string_view name, std::uint64_t number) {
  buffer_ += ",\"";
  buffer_ += name;
  buffer_ += "\":";
  json_into(buffer_, number);
}

void JsonlWriter::write(const Record& record) {
  buffer_ += "{\"event\":";
  json_into(buffer_, index(record.event));
  if (index(record.cause) != 0) member("cause", index(record.cause));
  member("t", static_cast<std::uint64_t>(record.at.ns));
  member("kind", enum_name(record.kind));
  if (record.kind != RecordKind::fault) member("node", names_[index(record.node)]);
  const bool travelled =
      record.kind == RecordKind::deliver || record.kind == RecordKind::drop || record.kind == RecordKind::duplicate;
  if (travelled) member("from", names_[index(record.peer)]);
  if (record.kind == RecordKind::deliver) member("sent", static_cast<std::uint64_t>(record.sent.ns));
  if (!record.text.empty()) member("text", record.text);
  if (record.what != nullptr && *record.what) {
    member("type", record.what->name());
    buffer_ += ",\"value\":";
    record.what->json(buffer_);
  }
  buffer_ += "}\n";
  if (buffer_.size() >= kPiece) finish();
}

void JsonlWriter::finish() {
  flush_(buffer_);
  buffer_.clear();
}

}  // namespace sim
