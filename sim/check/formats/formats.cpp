#include "sim/check/formats/formats.hpp"

#include <array>

#include "sim/check/formats/events.hpp"
#include "sim/check/formats/reader.hpp"

namespace sim::check {

namespace {

struct NamedFormat {
  Format format;
  std::string_view text;
};
constexpr std::array<NamedFormat, 8> kFormatNames{{{Format::etcd, "etcd"},
                                                   {Format::kv, "kv"},
                                                   {Format::edn, "edn"},
                                                   {Format::json, "json"},
                                                   {Format::jsonl, "jsonl"},
                                                   {Format::fastlin, "fastlin"},
                                                   {Format::awdit, "awdit"},
                                                   {Format::plume, "plume"}}};
constexpr std::array<Format, 8> kFormats{Format::etcd,  Format::kv,      Format::edn,   Format::json,
                                         Format::jsonl, Format::fastlin, Format::awdit, Format::plume};

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

std::string_view to_text(Format format) { return kFormatNames.at(static_cast<std::size_t>(format)).text; }

std::span<const Format> all_formats() { return kFormats; }

std::optional<Format> format_named(std::string_view name) {
  for (const NamedFormat& named : kFormatNames) {
    if (named.text == name) return named.format;
  }
  return std::nullopt;
}

Result<Format> recognize(std::string_view text) {
  formats::Reader reader(text, formats::Syntax::edn);
  const char first = reader.peek();
  const std::string_view rest = text.substr(reader.position());
  switch (first) {
    case '\0': return Format::etcd;
    case 'I':
      if (rest.starts_with("INFO")) return Format::etcd;
      break;
    case 'r':
    case 'w':
      if (rest.size() > 1 && rest[1] == '(') return Format::plume;
      if (rest.size() > 1 && (rest[1] == ' ' || rest[1] == '\t')) return Format::awdit;
      break;
    case '#':  // a tag and a set of EDN stand right behind theirs
      if (rest.starts_with("#jepsen") || rest.starts_with("#knossos")) return Format::edn;
      return Format::fastlin;
    case '(': return Format::edn;
    case '[': return in_brackets(text);
    case '{': {
      const std::size_t next = rest.find_first_not_of(" \t\r\n", 1);
      if (next != std::string_view::npos && (rest[next] == '"' || rest[next] == '}')) return Format::jsonl;
      return edn_or_kv(text);
    }
    default: break;
  }
  return reader.error(
      "this begins like no history known: an etcd log begins with INFO, EDN with {:, [ or (, JSON with [{\" or {\", fastlin's text "
      "with #, AWDIT's and Plume's with r or w");
}

Result<Format> recognize(formats::Window& window) {
  constexpr std::size_t enough = 4096;
  while (window.text().size() < enough && window.more()) {
  }
  return recognize(window.text());
}

namespace formats {

std::unique_ptr<EventReader> events_of(Format format, Window& window) {
  switch (format) {
    case Format::etcd: return etcd_events(window);
    case Format::kv: return kv_events(window);
    case Format::edn: return edn_events(window);
    case Format::json: return json_events(window);
    case Format::jsonl: return jsonl_events(window);
    case Format::fastlin:
    case Format::awdit:
    case Format::plume: break;
  }
  return nullptr;
}

}  // namespace formats

}  // namespace sim::check
