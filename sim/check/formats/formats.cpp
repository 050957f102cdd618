#include "sim/check/formats/formats.hpp"

#include <array>

#include "sim/check/formats/reader.hpp"

namespace sim::check {

namespace {

constexpr std::array<Format, 4> kFormats{Format::etcd, Format::kv, Format::edn, Format::jsonl};

// The first map of an EDN text tells key-value operations from the rest.
Format edn_or_kv(std::string_view text) {
  formats::Reader reader(text, formats::Syntax::edn);
  if (const auto first = reader.read(); first.ok() && first->find("key") != nullptr) return Format::kv;
  return Format::edn;
}

}  // namespace

std::string_view to_text(Format format) {
  switch (format) {
    case Format::etcd: return "etcd";
    case Format::kv: return "kv";
    case Format::edn: return "edn";
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
    case '(':
    case '[': return Format::edn;
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

Result<History> parse(Format format, std::string_view text) {
  switch (format) {
    case Format::etcd: return formats::parse_etcd(text);
    case Format::kv: return formats::parse_kv(text);
    case Format::edn: return formats::parse_edn(text);
    case Format::jsonl: break;
  }
  return formats::parse_jsonl(text);
}

}  // namespace sim::check
