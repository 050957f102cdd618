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
  constexpr std::size_t least = std::size_t{64} << 10U;
  const std::size_t held = text_.size();
  std::size_t begin = held == 0 ? 0 : static_cast<std::size_t>(text_.data() - buffer_.data());
  if (begin + held == buffer_.size()) {  // full: what is used goes, and if little was, the buffer doubles
    buffer_.erase(0, begin);
    buffer_.resize(std::max(least, 2 * held));
    begin = 0;
  }
  const std::size_t got = source_->read(buffer_.data() + begin + held, buffer_.size() - begin - held);
  text_ = std::string_view(buffer_).substr(begin, held + got);
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
