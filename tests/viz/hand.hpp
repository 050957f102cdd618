// Hand: Dear ImGui 1.86 is told what the mouse is like; 1.87 and newer are told what happens to it.
#pragma once

#include "imgui.h"

namespace viz {

inline void put_mouse(ImVec2 at) {
#if IMGUI_VERSION_NUM < 18700
  ImGui::GetIO().MousePos = at;
#else
  ImGui::GetIO().AddMousePosEvent(at.x, at.y);
#endif
}

inline void put_button(int button, bool down) {
#if IMGUI_VERSION_NUM < 18700
  ImGui::GetIO().MouseDown[button] = down;
#else
  ImGui::GetIO().AddMouseButtonEvent(button, down);
#endif
}

inline void put_wheel(float notches) {
#if IMGUI_VERSION_NUM < 18700
  ImGui::GetIO().MouseWheel += notches;
#else
  ImGui::GetIO().AddMouseWheelEvent(0, notches);
#endif
}

inline void put_shift(bool down) {
#if IMGUI_VERSION_NUM < 18700
  ImGui::GetIO().KeyShift = down;
#else
  ImGui::GetIO().AddKeyEvent(ImGuiMod_Shift, down);
#endif
}

}  // namespace viz
