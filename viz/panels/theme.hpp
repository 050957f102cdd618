// Theme: colours and fonts. Every colour means one thing, and differs from its neighbours for colour-blind eyes too.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "imgui.h"
#include "sim/trace/timeline.hpp"

namespace viz {

/// The fonts of one size; several may be the same one.
struct Fonts {
  ImFont* text = nullptr;
  ImFont* bold = nullptr;
  ImFont* small = nullptr;
  ImFont* mono = nullptr;
  bool rich = false;  ///< it has arrows and the like; the built-in font has letters only
  float scale = 1;    ///< of all sizes: 1 is 16 pixels for text
};

/// The hues of messages: those of Okabe's and Ito's palette, set apart in lightness too, so that nobody takes one for another
/// (tests/viz/picture_test.cpp measures it). Its vermillion is left for what went wrong.
inline constexpr std::size_t kHues = 7;

struct Theme {
  bool light = false;
  ImU32 background{};  ///< behind everything
  ImU32 panel{};       ///< the panels on the right
  ImU32 raised{};      ///< buttons and fields
  ImU32 hovered{};
  ImU32 border{};
  ImU32 text{};
  ImU32 dim{};    ///< text that matters less
  ImU32 faint{};  ///< lines, and what is switched off
  ImU32 accent{};
  ImU32 on_accent{};  ///< text on it
  ImU32 plot{};
  ImU32 stripe{};  ///< every second lane
  ImU32 grid{};
  ImU32 past{};    ///< what led to the focus
  ImU32 future{};  ///< what came of it
  ImU32 self{};    ///< the focus
  ImU32 bad{};     ///< violated, lost
  ImU32 good{};
  ImU32 unsure{};
  ImU32 changed{};  ///< behind a value that the event changed
  ImU32 bar{};      ///< a client's operation
  ImU32 rate{};     ///< a histogram of events
  std::array<ImU32, kHues> hues{};
  ImU32 other{};  ///< types beyond the hues
  std::array<ImU32, 4> roles{};
  ImU32 usual_role{};  ///< the role that nodes play most of the time
  ImU32 on_role{};
  ImU32 down{};  ///< a crash
  ImU32 paused{};
  ImU32 cut{};     ///< a partition
  ImU32 ailing{};  ///< any other fault
};

const Theme& dark_theme();
const Theme& light_theme();
/// Sets Dear ImGui's own colours and sizes.
void apply(const Theme& theme, float scale);
/// The colour with another opacity, from 0 to 1, times its own.
ImU32 faded(ImU32 colour, float opacity);
/// A mixture: 0 gives a, 1 gives b.
ImU32 mixed(ImU32 a, ImU32 b, float share);

/// Which hue a type of message and a role has: the same in all branches of a session, because it goes by the name.
class Colours {
 public:
  /// Adds what a timeline has: types by their number of messages, roles by how long they are played (the longest is the usual).
  void learn(const sim::Timeline& timeline);
  ImU32 type(const Theme& theme, std::string_view name) const;
  ImU32 role(const Theme& theme, std::string_view name) const;
  /// The names, the most frequent first.
  const std::vector<std::string>& types() const { return types_; }
  const std::vector<std::string>& roles() const { return roles_; }

 private:
  std::vector<std::string> types_;
  std::vector<std::string> roles_;
};

/// The colour of a fault by its kind.
ImU32 fault_colour(const Theme& theme, std::string_view kind);

}  // namespace viz
