#include "sim/check/formats/formats.hpp"

#include <array>

#include "sim/check/formats/events.hpp"
#include "sim/check/formats/reader.hpp"

namespace sim::check {

namespace {

constexpr std::array<Format, 5> kFormats{Format::etcd, Format::kv, Format::edn, Format::json, Format::jsonl};

// The first map of an EDN text tells key-value operations from the rest.
Format edn_or_kv(std::string_view text) {
  formats::Reader reader(text, formats::Syntax::edn);
  if (const auto first = reader.read(); first.ok() && first->find("key") != nullptr) return Format::kv;
  return Format::edn;
}

// What stands first in the brackets tells JSON from EDN.
Format in_brackets(std::string_view text) {
  formats::Reader reader(text, formats::Syntax::edn);
  reader.take('[');
  if (!reader.take('{')) return Format::edn;
  return reader.peek() == '"' ? Format::json : Format::edn;
}

}  // namespace

std::string_view to_text(Format format) {
  switch (format) {
    case Format::etcd: return "etcd";
    case Format::kv: return "kv";
    case Format::edn: return "edn";
    case Format::json: return "json";
    case Format::jsonl: break;
  }
  return "jsonl";
}

std::span<const Format> all_formats() { return kFormats; }

std::optional<Format> format_named(std::string_view name) {
  for (const Format format : kFormats) {
    if (to_text(format) == name) return format;
  }
  return std::nullopt;
}

Result<Format> recognize(std::string_view text) {
  formats::Reader reader(text, formats::Syntax::edn);
  switch (reader.peek()) {
    case '\0': return Format::etcd;
    case 'I':
      if (text.substr(text.find('I')).starts_with("INFO")) return Format::etcd;
      break;
    case '(': return Format::edn;
    case '[': return in_brackets(text);
    case '{': {
      const std::size_t brace = text.find_first_not_of(" \t\r\n");
      const std::size_t next = text[brace] == '{' ? text.find_first_not_of(" \t\r\n", brace + 1) : std::string_view::npos;
      if (next != std::string_view::npos && (text[next] == '"' || text[next] == '}')) return Format::jsonl;
      return edn_or_kv(text);
    }
    default: break;
  }
  return reader.error("this begins like no history known: an etcd log begins with INFO, EDN with {:, [ or (, JSON lines with {\"");
}

Result<Format> recognize(formats::Window& window) {
  constexpr std::size_t enough = 4096;
  while (window.text().size() < enough && window.more()) {
  }
  return recognize(window.text());
}

namespace {

std::unique_ptr<formats::EventReader> events_of(Format format, formats::Window& window) {
  switch (format) {
    case Format::etcd: return formats::etcd_events(window);
    case Format::kv: return formats::kv_events(window);
    case Format::edn: return formats::edn_events(window);
    case Format::json: return formats::json_events(window);
    case Format::jsonl: break;
  }
  return formats::jsonl_events(window);
}

}  // namespace

Result<History> read_history(Format format, formats::Window& window) {
  const auto reader = events_of(format, window);
  HistoryBuilder builder;
  formats::Event event;
  for (;;) {
    const auto more = reader->next(event);
    if (!more.ok()) return more.error();
    if (!*more) break;
    if (event.type == formats::EventType::fault) {
      builder.fault({.f = std::move(event.f), .value = std::move(event.value), .time = event.time, .line = event.line});
      continue;
    }
    const auto added = formats::add_event(builder, event);
    if (!added.ok()) return Error{event.place(), added.error().what};
  }
  builder.history().initial = reader->dialect().initial;
  builder.history().nil_reads_match_any = reader->dialect().nil_reads_match_any;
  return std::move(builder).finish();
}

Result<History> parse(Format format, std::string_view text) {
  formats::Window window(text);
  return read_history(format, window);
}

}  // namespace sim::check
