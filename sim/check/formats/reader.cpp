#include "sim/check/formats/reader.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

namespace sim::check::formats {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool ends_token(char c) {
  return is_blank(c) || c == ',' || c == ';' || c == '"' || c == '(' || c == ')' || c == '[' || c == ']' || c == '{' || c == '}';
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto byte = [&](std::uint32_t bits) { out += static_cast<char>(static_cast<unsigned char>(bits)); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xC0 | (code >> 6));
    byte(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    byte(0xE0 | (code >> 12));
    byte(0x80 | ((code >> 6) & 0x3F));
    byte(0x80 | (code & 0x3F));
  } else {
    byte(0xF0 | (code >> 18));
    byte(0x80 | ((code >> 12) & 0x3F));
    byte(0x80 | ((code >> 6) & 0x3F));
    byte(0x80 | (code & 0x3F));
  }
}

// The grammar of a JSON number, which from_chars alone is laxer than.
bool is_json_number(std::string_view t) {
  std::size_t i = 0;
  const auto digits = [&] {
    const std::size_t start = i;
    while (i < t.size() && is_digit(t[i])) ++i;
    return i > start;
  };
  if (i < t.size() && t[i] == '-') ++i;
  if (i < t.size() && t[i] == '0') {
    ++i;
  } else if (!digits()) {
    return false;
  }
  if (i < t.size() && t[i] == '.') {
    ++i;
    if (!digits()) return false;
  }
  if (i < t.size() && (t[i] == 'e' || t[i] == 'E')) {
    ++i;
    if (i < t.size() && (t[i] == '+' || t[i] == '-')) ++i;
    if (!digits()) return false;
  }
  return i == t.size();
}

std::string quoted(std::string_view token) {
  constexpr std::size_t shown = 40;
  return "\"" + std::string(token.substr(0, shown)) + (token.size() > shown ? "...\"" : "\"");
}

}  // namespace

bool Reader::fail(std::size_t offset, std::string what) {
  error_ = {place(text_, offset, first_line_, first_column_), std::move(what)};
  return false;
}

std::string Reader::found() const { return position_ >= text_.size() ? "the end of the text" : quoted(text_.substr(position_, 1)); }

bool Reader::at_end() {
  while (position_ < text_.size()) {
    const char c = text_[position_];
    if (is_blank(c) || (syntax_ == Syntax::edn && c == ',')) {
      ++position_;
    } else if (syntax_ == Syntax::edn && c == ';') {
      position_ = std::min(text_.find('\n', position_), text_.size());
    } else {
      return false;
    }
  }
  return true;
}

bool Reader::take(char wanted) {
  if (peek() != wanted || at_end()) return false;
  ++position_;
  return true;
}

std::uint32_t Reader::line() {
  at_end();
  for (; counted_ < position_; ++counted_) {
    if (text_[counted_] == '\n') ++line_;
  }
  return line_;
}

std::size_t Reader::column() {
  at_end();
  const std::string_view before = text_.substr(0, position_);
  const std::size_t line_break = before.rfind('\n');
  return line_break == std::string_view::npos ? first_column_ + before.size() : before.size() - line_break;
}

Result<Value> Reader::read() {
  Value out;
  if (!value(out, 0)) return error_;
  return out;
}

bool Reader::value(Value& out, int depth) {
  if (at_end()) return fail(position_, "the text ends where a value should stand");
  if (depth > kMaxDepth) {
    return fail(position_, "values are nested deeper than " + std::to_string(kMaxDepth) + " levels");
  }
  const char c = text_[position_];
  const bool edn = syntax_ == Syntax::edn;
  if (c == '"') {
    std::string text;
    if (!string(text)) return false;
    out = Value(std::move(text));
    return true;
  }
  if (c == '[' || (edn && c == '(')) {
    ++position_;
    return list(out, c == '[' ? ']' : ')', depth);
  }
  if (c == '{') {
    ++position_;
    return map(out, depth);
  }
  if (edn && c == '#') return dispatch(out, depth);
  const char after = position_ + 1 < text_.size() ? text_[position_ + 1] : '\0';
  if (is_digit(c) || c == '-' || (edn && c == '+')) {
    if (!edn || is_digit(c) || is_digit(after)) return number(out);
  }
  return word(out);
}

// Stands before an element or the closing bracket; JSON wants its commas exactly, EDN has them as blanks.
bool Reader::separator(char close, bool first) {
  if (at_end()) return fail(position_, std::string("the text ends where \"") + close + "\" should stand");
  if (syntax_ == Syntax::edn || first || text_[position_] == close) return true;
  if (text_[position_] != ',') return fail(position_, found() + " stands where a comma or \"" + close + "\" should");
  ++position_;
  if (at_end()) return fail(position_, "the text ends after a comma");
  if (text_[position_] == close) return fail(position_, std::string("a comma stands before \"") + close + "\"");
  return true;
}

bool Reader::skip_discarded(int depth) {
  while (syntax_ == Syntax::edn && !at_end() && text_.substr(position_, 2) == "#_") {
    position_ += 2;
    Value ignored;
    if (!value(ignored, depth + 1)) return false;
  }
  return true;
}

bool Reader::list(Value& out, char close, int depth) {
  Value::List items;
  for (bool first = true;; first = false) {
    if (!skip_discarded(depth) || !separator(close, first)) return false;
    if (text_[position_] == close) break;
    if (!value(items.emplace_back(), depth + 1)) return false;
  }
  ++position_;
  out = Value(std::move(items));
  return true;
}

bool Reader::key(std::string& out, int depth) {
  if (syntax_ == Syntax::json) {
    if (text_[position_] != '"') return fail(position_, found() + " stands where a member's name should");
    if (!string(out)) return false;
    if (!take(':')) return fail(position_, found() + " stands where a colon should");
    return true;
  }
  Value name;
  if (!value(name, depth + 1)) return false;
  out = name.text() != nullptr ? *name.text() : name.to_json();
  if (!skip_discarded(depth)) return false;
  if (peek() == '}') return fail(position_, "the member \"" + out + "\" has no value");
  return true;
}

bool Reader::map(Value& out, int depth) {
  const std::size_t start = position_;
  Value::Map members;
  for (bool first = true;; first = false) {
    if (!skip_discarded(depth) || !separator('}', first)) return false;
    if (text_[position_] == '}') break;
    auto& [name, held] = members.emplace_back();
    if (!key(name, depth) || !value(held, depth + 1)) return false;
  }
  ++position_;
  if (!unique_keys(members, start)) return false;
  out = Value(std::move(members));
  return true;
}

bool Reader::unique_keys(const Value::Map& members, std::size_t start) {
  const auto repeated = [&](const std::string& name) { return fail(start, "the member \"" + name + "\" stands twice"); };
  if (members.size() <= 8) {
    for (std::size_t i = 1; i < members.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (members[i].first == members[j].first) return repeated(members[i].first);
      }
    }
    return true;
  }
  std::vector<std::string_view> names;
  names.reserve(members.size());
  for (const auto& member : members) names.push_back(member.first);
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  return twice == names.end() || repeated(std::string(*twice));
}

bool Reader::string(std::string& out) {
  const std::size_t start = position_++;
  for (;;) {
    const std::size_t run = position_;
    while (position_ < text_.size() && text_[position_] != '"' && text_[position_] != '\\' &&
           (syntax_ == Syntax::edn || static_cast<unsigned char>(text_[position_]) >= 0x20)) {
      ++position_;
    }
    out += text_.substr(run, position_ - run);
    if (position_ >= text_.size()) return fail(start, "the string that begins here has no end");
    const char c = text_[position_++];
    if (c == '"') return true;
    if (c != '\\') return fail(position_ - 1, "a control character stands in a string");
    if (!escape(out)) return false;
  }
}

bool Reader::escape(std::string& out) {
  const char c = position_ < text_.size() ? text_[position_++] : '\0';
  switch (c) {
    case '"': out += '"'; return true;
    case '\\': out += '\\'; return true;
    case '/': out += '/'; return true;
    case 'n': out += '\n'; return true;
    case 't': out += '\t'; return true;
    case 'r': out += '\r'; return true;
    case 'b': out += '\b'; return true;
    case 'f': out += '\f'; return true;
    case 'u': return code_point(out);
    default: return fail(position_ - 1, "an unknown escape stands in a string");
  }
}

bool Reader::hex4(std::uint32_t& out) {
  if (text_.size() - position_ < 4) return fail(position_, "a \\u escape has fewer than four digits");
  const char* begin = text_.data() + position_;
  const auto [end, problem] = std::from_chars(begin, begin + 4, out, 16);
  if (problem != std::errc() || end != begin + 4) return fail(position_, "a \\u escape needs four hexadecimal digits");
  position_ += 4;
  return true;
}

bool Reader::code_point(std::string& out) {
  std::uint32_t code = 0;
  if (!hex4(code)) return false;
  if (code >= 0xD800 && code < 0xE000) {  // UTF-16: a high half must be followed by a low one
    std::uint32_t low = 0;
    if (code >= 0xDC00 || text_.substr(position_, 2) != "\\u") return fail(position_, "half of a surrogate pair is missing");
    position_ += 2;
    if (!hex4(low)) return false;
    if (low < 0xDC00 || low >= 0xE000) return fail(position_, "half of a surrogate pair is missing");
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
  }
  append_utf8(out, code);
  return true;
}

std::string_view Reader::token() {
  std::size_t end = position_;
  while (end < text_.size() && !ends_token(text_[end]) && (syntax_ == Syntax::edn || text_[end] != ':')) ++end;
  furthest_ = std::max(furthest_, end);
  return text_.substr(position_, end - position_);
}

bool Reader::number(Value& out) {
  const std::string_view whole = token();
  std::string_view t = whole;
  if (syntax_ == Syntax::edn && t.starts_with('+')) t.remove_prefix(1);
  if (syntax_ == Syntax::edn && (t.ends_with('N') || t.ends_with('M'))) t.remove_suffix(1);
  if (!is_json_number(t)) return fail(position_, quoted(whole) + " is not a number");
  if (t.find_first_of(".eE") != std::string_view::npos) {
    double real = 0;
    const auto problem = std::from_chars(t.data(), t.data() + t.size(), real).ec;
    if (problem != std::errc()) return fail(position_, quoted(whole) + " does not fit a double");
    out = Value(real);
  } else {
    std::int64_t integer = 0;
    const auto problem = std::from_chars(t.data(), t.data() + t.size(), integer).ec;
    if (problem != std::errc()) return fail(position_, quoted(whole) + " does not fit 64 bits");
    out = Value(integer);
  }
  position_ += whole.size();
  return true;
}

bool Reader::word(Value& out) {
  const std::string_view t = token();
  if (t == "true" || t == "false") {
    out = Value(t == "true");
  } else if (t == (syntax_ == Syntax::json ? "null" : "nil")) {
    out = Value();
  } else if (syntax_ == Syntax::json || t.empty() || t == ":") {
    return fail(position_, (t.empty() ? found() : quoted(t)) + " stands where a value should");
  } else {
    out = Value(t.front() == ':' || t.front() == '\\' ? t.substr(1) : t);
  }
  position_ += t.size();
  return true;
}

// What follows "#" in EDN: a set, a discarded form before a value, or a tag, whose value is kept without it.
bool Reader::dispatch(Value& out, int depth) {
  if (text_.substr(position_, 2) == "#{") {
    position_ += 2;
    return list(out, '}', depth);
  }
  if (text_.substr(position_, 2) == "#_") return skip_discarded(depth) && value(out, depth + 1);
  ++position_;
  const std::string_view tag = token();
  if (tag.empty()) return fail(position_, found() + " stands where a tag's name should");
  position_ += tag.size();
  return value(out, depth + 1);
}

}  // namespace sim::check::formats
