// TextWriter: a long text, handed over in pieces.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace sim {

/// Collects text and hands it over in pieces of about 64 KiB.
class TextWriter {
 public:
  explicit TextWriter(std::function<void(std::string_view)> out) : out_(std::move(out)) {}

  void operator+=(std::string_view text) {
    text_ += text;
    hand_over_if_full();
  }
  /// Lets `write` append to the text that waits, so that nothing is copied.
  template <class Write>
  void append(Write&& write) {
    write(text_);
    hand_over_if_full();
  }
  /// Hands over what is left.
  void flush() {
    if (!text_.empty()) out_(text_);
    text_.clear();
  }

 private:
  static constexpr std::size_t kPiece = std::size_t{64} * 1024;
  void hand_over_if_full() {
    if (text_.size() >= kPiece) flush();
  }

  std::function<void(std::string_view)> out_;
  std::string text_;
};

}  // namespace sim
