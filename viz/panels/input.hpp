// Input: a key as the panels see it, whatever window or test it comes from.
#pragma once

#include <cstdint>

namespace viz {

/// Keys that write nothing; all others come as the character that they write, so that a layout of another country works.
enum class Key : std::uint8_t { character, left, right, up, down, home, end, enter, escape };

/// A key went down, or repeats itself because it is held.
struct Stroke {
  Key key{};
  char32_t character = 0;  ///< of Key::character
  bool shift = false;      ///< these three of all but characters, where the layout has used them already
  bool ctrl = false;
  bool alt = false;
};

}  // namespace viz
