// A text that a reader gets in pieces of a given size.
#pragma once

#include <algorithm>
#include <string_view>

#include "sim/check/formats/window.hpp"

class Pieces final : public sim::check::Source {
 public:
  Pieces(std::string_view text, std::size_t piece) : text_(text), piece_(piece) {}
  std::size_t read(char* to, std::size_t room) override {
    const std::size_t size = std::min({piece_, room, text_.size()});
    std::copy_n(text_.begin(), size, to);
    text_.remove_prefix(size);
    return size;
  }

 private:
  std::string_view text_;
  std::size_t piece_;
};
