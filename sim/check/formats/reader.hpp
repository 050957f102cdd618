// Reader: one reader for JSON and EDN texts, into sim::Value, with the line and the column of what is wrong.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "sim/check/formats/window.hpp"
#include "sim/core/result.hpp"
#include "sim/core/value.hpp"

namespace sim::check::formats {

/// Which of the two notations a text is in.
enum class Syntax : std::uint8_t {
  json,  ///< RFC 8259, strictly; integers must fit 64 bits
  edn,   ///< github.com/edn-format/edn: keywords, symbols and characters become text, sets and lists become lists
};

/// Reads values from a text, one after another. Keeps a view of the text, which must outlive it.
/// Time and memory are linear in the text (a map's keys are sorted to find a repeated one); nesting stops at kMaxDepth.
class Reader {
 public:
  static constexpr int kMaxDepth = 64;

  /// `first_line` and `first_column` are where the text begins, for messages and line().
  Reader(std::string_view text, Syntax syntax, std::uint32_t first_line = 1, std::size_t first_column = 1)
      : text_(text), syntax_(syntax), first_line_(first_line), first_column_(first_column), line_(first_line) {}

  /// Skips blanks (in EDN also commas and comments); true when nothing is left.
  bool at_end();
  /// The next character that is no blank, or '\0' at the end.
  char peek() { return at_end() ? '\0' : text_[position_]; }
  /// Takes the next character that is no blank if it is `wanted`.
  bool take(char wanted);
  /// The next value. Error: where in the text, what was found and what was expected.
  Result<Value> read();
  /// The line that the next value (or character) stands on, from first_line.
  std::uint32_t line();
  /// The column of the same, in bytes from 1.
  std::size_t column();
  /// How many bytes have been used.
  std::size_t position() const { return position_; }
  /// How many bytes have been looked at, but for a few: more text behind them may change what was read, or found wrong.
  std::size_t looked_at() const { return std::max(position_, furthest_); }
  /// An error at the current place.
  Error error(std::string what) const { return {place(text_, position_, first_line_, first_column_), std::move(what)}; }

 private:
  bool value(Value& out, int depth);
  bool list(Value& out, char close, int depth);
  bool map(Value& out, int depth);
  bool key(std::string& out, int depth);
  bool separator(char close, bool first);
  bool unique_keys(const Value::Map& members, std::size_t start);
  bool string(std::string& out);
  bool escape(std::string& out);
  bool code_point(std::string& out);
  bool hex4(std::uint32_t& out);
  bool number(Value& out);
  bool word(Value& out);
  bool dispatch(Value& out, int depth);
  bool skip_discarded(int depth);
  std::string_view token();
  bool fail(std::size_t offset, std::string what);
  std::string found() const;

  std::string_view text_;
  Syntax syntax_;
  std::uint32_t first_line_;
  std::size_t first_column_;
  std::size_t position_ = 0;
  std::size_t furthest_ = 0;  // the end of the furthest token
  std::size_t counted_ = 0;   // line_ is the line of this offset
  std::uint32_t line_;
  Error error_;
};

}  // namespace sim::check::formats
