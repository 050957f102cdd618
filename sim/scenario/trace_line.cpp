#include "sim/scenario/trace_line.hpp"

#include <charconv>

#include "sim/scenario/json.hpp"

namespace sim {

namespace {

constexpr std::string_view kBlanks = " \t\r\n";

/// Moves along a text; what it finds malformed, the real parser explains.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  void blanks() {
    while (at_ < text_.size() && kBlanks.find(text_[at_]) != std::string_view::npos) ++at_;
  }
  bool take(char c) {
    blanks();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool ended() {
    blanks();
    return at_ == text_.size();
  }
  /// A string with its quotes, whatever is escaped in it.
  bool string(std::string_view& raw) {
    blanks();
    const std::size_t begin = at_;
    if (!take('"')) return false;
    for (; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    if (at_ >= text_.size()) return false;
    raw = text_.substr(begin, ++at_ - begin);
    return true;
  }
  /// Any value, up to the comma or bracket behind it.
  bool value(std::string_view& raw) {
    blanks();
    const std::size_t begin = at_;
    std::string_view inner;
    for (int depth = 0; at_ < text_.size();) {
      const char c = text_[at_];
      if (c == '"') {
        if (!string(inner)) return false;
        continue;
      }
      if (depth == 0 && (c == ',' || c == '}')) break;
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      ++at_;
    }
    raw = text_.substr(begin, at_ - begin);
    while (!raw.empty() && kBlanks.find(raw.back()) != std::string_view::npos) raw.remove_suffix(1);
    return !raw.empty();
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Result<TraceLine> TraceLine::cut(std::string_view text) {
  TraceLine out;
  Cursor cursor(text);
  bool good = cursor.take('{');
  while (good && !(out.count_ == 0 && cursor.take('}'))) {
    if (out.count_ == out.members_.size()) return Error{"", "an object of so many members is no line of a trace"};
    Member& member = out.members_[out.count_++];
    good = cursor.string(member.key) && cursor.take(':') && cursor.value(member.raw);
    if (!good || cursor.take('}')) break;
    good = cursor.take(',');
  }
  if (good && cursor.ended()) {
    for (std::size_t i = 0; i < out.count_; ++i)
      out.members_[i].key = out.members_[i].key.substr(1, out.members_[i].key.size() - 2);
    return out;
  }
  const auto parsed = parse_json(text);
  return parsed.ok() ? Error{"", R"(expected a line of a trace, a JSON object with "event", "t" and "kind")"} : parsed.error();
}

std::string_view TraceLine::raw(std::string_view key) const {
  for (std::size_t i = 0; i < count_; ++i) {
    if (members_[i].key == key) return members_[i].raw;
  }
  return {};
}

std::uint64_t TraceLine::number(std::string_view key) const {
  const std::string_view found = raw(key);
  std::uint64_t out = 0;
  const auto read = std::from_chars(found.data(), found.data() + found.size(), out);
  return read.ec == std::errc() && read.ptr == found.data() + found.size() ? out : 0;
}

std::string TraceLine::text(std::string_view key) const {
  const std::string_view found = raw(key);
  if (found.size() < 2 || found.front() != '"') return {};
  if (found.find('\\') == std::string_view::npos) return std::string(found.substr(1, found.size() - 2));
  const auto parsed = parse_json(found);
  return parsed.ok() && parsed->text() != nullptr ? *parsed->text() : std::string();
}

Value TraceLine::value(std::string_view key) const {
  const std::string_view found = raw(key);
  if (found.empty()) return {};
  auto parsed = parse_json(found);
  return parsed.ok() ? *std::move(parsed) : Value();
}

}  // namespace sim
