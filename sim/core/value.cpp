#include "sim/core/value.hpp"

#include <charconv>

namespace sim {

namespace {

void append(std::string& out, const Value& value);

void append_list(std::string& out, const Value::List& list) {
  out += '[';
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (i > 0) out += ',';
    append(out, list[i]);
  }
  out += ']';
}

void append_map(std::string& out, const Value::Map& map) {
  out += '{';
  for (std::size_t i = 0; i < map.size(); ++i) {
    if (i > 0) out += ',';
    append_json_string(out, map[i].first);
    out += ':';
    append(out, map[i].second);
  }
  out += '}';
}

template <class Number>
void append_number(std::string& out, Number number) {
  char text[32];
  out.append(text, std::to_chars(text, text + sizeof text, number).ptr);
}

void append(std::string& out, const Value& value) {
  if (const auto* b = value.boolean()) {
    out += *b ? "true" : "false";
  } else if (const auto* i = value.integer()) {
    append_number(out, *i);
  } else if (const auto* d = value.real()) {
    append_number(out, *d);
  } else if (const auto* s = value.text()) {
    append_json_string(out, *s);
  } else if (const auto* l = value.list()) {
    append_list(out, *l);
  } else if (const auto* m = value.map()) {
    append_map(out, *m);
  } else {
    out += "null";
  }
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\t': out += "\\t"; break;
      case '\r': out += "\\r"; break;
      default:
        if (const auto byte = static_cast<unsigned char>(c); byte < 0x20) {
          out += "\\u00";
          out += hex[byte >> 4U];
          out += hex[byte & 15U];
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

const Value* Value::find(std::string_view key) const {
  if (const auto* members = map()) {
    for (const auto& [name, value] : *members) {
      if (name == key) return &value;
    }
  }
  return nullptr;
}

std::string Value::to_json() const {
  std::string out;
  append(out, *this);
  return out;
}

}  // namespace sim
