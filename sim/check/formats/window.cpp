#include "sim/check/formats/window.hpp"

#include <algorithm>

namespace sim::check::formats {

std::string place(std::string_view text, std::size_t offset, std::uint32_t first_line, std::size_t first_column) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const auto lines = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  const std::size_t column = lines == 0 ? first_column + before.size() : before.size() - before.rfind('\n');
  return "line " + std::to_string(first_line + lines) + ", column " + std::to_string(column);
}

bool Window::more() {
  if (source_ == nullptr) return false;
  constexpr std::size_t least = std::size_t{256} << 10U;
  // At least as much again as is there, so that a value which fills many windows is looked at a logarithmic number of times.
  const std::size_t held = text_.size();
  const std::size_t room = std::max(least, held);
  if (held > 0 && text_.data() != buffer_.data()) buffer_.erase(0, buffer_.size() - held);
  if (held == 0) buffer_.clear();
  buffer_.resize(held + room);
  const std::size_t got = source_->read(buffer_.data() + held, room);
  buffer_.resize(held + got);
  text_ = buffer_;
  if (got == 0) source_ = nullptr;
  return got != 0;
}

void Window::advance(std::size_t size) {
  const std::string_view used = text_.substr(0, size);
  const auto lines = static_cast<std::uint32_t>(std::count(used.begin(), used.end(), '\n'));
  column_ = lines == 0 ? column_ + used.size() : used.size() - used.rfind('\n');
  line_ += lines;
  text_.remove_prefix(used.size());
}

bool Window::take_line(std::string_view& line) {
  std::size_t looked = 0;
  for (;;) {
    const std::size_t end = text_.find('\n', looked);
    if (end != std::string_view::npos) {
      line = text_.substr(0, end);
      text_.remove_prefix(end + 1);
      ++line_;
      return true;
    }
    looked = text_.size();
    if (!more()) break;
  }
  if (text_.empty()) return false;
  line = text_;
  text_.remove_prefix(line.size());
  ++line_;
  return true;
}

}  // namespace sim::check::formats
