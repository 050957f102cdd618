// Window: the text of a history as far as it has been read, moving forward, so that a file of any size is read in pieces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "sim/core/result.hpp"

namespace sim::check {

/// Where a text comes from, piece by piece: a file, a pipe, a decompressor.
class Source {
 public:
  virtual ~Source() = default;
  /// Fills `to` with up to `room` (> 0) bytes. 0: the text ends here, or cannot be read further.
  virtual std::size_t read(char* to, std::size_t room) = 0;
};

namespace formats {

/// "line 3, column 7" of a byte offset in a text that begins at that line and column; all count from 1, columns in bytes.
std::string place(std::string_view text, std::size_t offset, std::uint32_t first_line = 1, std::size_t first_column = 1);

/// A text of which the beginning is dropped once it is used, and more is read when it is asked for.
class Window {
 public:
  /// A text that is there as a whole, and must outlive the window.
  explicit Window(std::string_view whole) : text_(whole) {}
  /// A text that comes in pieces.
  explicit Window(Source& source) : source_(&source) { more(); }
  Window(const Window&) = delete;  // text_ may point into buffer_
  Window& operator=(const Window&) = delete;

  /// What is there and not yet used.
  std::string_view text() const { return text_; }
  /// Reads another piece, which makes text() longer (and moves it). False: nothing is left to read.
  bool more();
  /// Whether the source may have more.
  bool ended() const { return source_ == nullptr; }
  /// The first `size` bytes are used.
  void advance(std::size_t size);
  /// Reads until a line break or the end is there, and takes that line (without its break). False: the text is at its end.
  bool take_line(std::string_view& line);

  std::uint32_t line() const { return line_; }    ///< of the first byte of text()
  std::size_t column() const { return column_; }  ///< of the first byte of text()
  /// The place of an offset in text().
  std::string place(std::size_t offset) const { return formats::place(text_, offset, line_, column_); }

 private:
  Source* source_ = nullptr;
  std::string buffer_;
  std::string_view text_;
  std::uint32_t line_ = 1;
  std::size_t column_ = 1;
};

}  // namespace formats

}  // namespace sim::check
