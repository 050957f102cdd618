// Start: how the viewer stands when it opens: what its options say, and what it remembers.
#pragma once

#include <string>

#include "viz/app/app.hpp"
#include "viz/panels/ui.hpp"

namespace viz {

/// Brings a session that is there into the state that the options ask for: runs it, sets focus, zoom and panel, makes the fork.
/// Returns what of them is wrong, for people; empty: nothing.
std::string start(Ui& ui, const ViewOptions& options);

/// What is remembered from one window to the next.
struct Settings {
  bool light = false;
  float side = 420;
  float font_scale = 1;
  int width = 1280;
  int height = 800;
  friend bool operator==(const Settings&, const Settings&) = default;
};
/// Lines of a name and a value; what is not understood is passed over, and what is out of range is brought into it.
Settings read_settings(const std::string& text);
std::string to_text(const Settings& settings);

}  // namespace viz
