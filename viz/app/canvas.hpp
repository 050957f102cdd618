// Canvas: Dear ImGui without a window: frames are made, and drawn into memory.
#pragma once

#include "viz/app/raster.hpp"
#include "viz/panels/ui.hpp"

namespace viz {

/// Makes the fonts of a size for the context that is current. `scale` 1: text has 16 pixels.
Fonts make_fonts(const Door& door, float scale);

/// One context, which is current as long as this lives. `ui` must outlive it, and gets its fonts.
class Canvas {
 public:
  Canvas(Ui& ui, int width, int height);
  Canvas(const Canvas&) = delete;
  Canvas& operator=(const Canvas&) = delete;
  ~Canvas();

  /// A frame with whatever was fed into ImGui::GetIO() before.
  void frame();
  /// The newest frame.
  Image image() const;

 private:
  Ui& ui_;
};

}  // namespace viz
