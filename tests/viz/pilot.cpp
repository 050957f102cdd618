#include "pilot.hpp"

#include "hand.hpp"
#include "tests/unit/catch.hpp"

namespace viz {

Pilot::Pilot(std::unique_ptr<Session> session, int width, int height) : door(test_door()) {
  ui.door = &door;
  ui.places = &places_;
  open_session(ui, std::move(session));
  canvas_ = std::make_unique<Canvas>(ui, width, height);
  put_mouse(ImVec2(-100, -100));
  wait(4);
}

void Pilot::wait(int frames) {
  for (int i = 0; i < frames; ++i) {
    places_.clear();
    canvas_->frame();
  }
}

void Pilot::finish() {
  while (ui.running()) advance(ui, 100'000);
  wait();
}

ImVec2 Pilot::corner(const std::string& name) const {
  const auto found = places_.find(name);
  INFO(name);
  REQUIRE(found != places_.end());
  return {found->second.x, found->second.y};
}

ImVec2 Pilot::middle(const std::string& name) const {
  const ImVec2 from = corner(name);
  const ImVec4& place = places_.find(name)->second;
  return {(from.x + place.z) / 2, (from.y + place.w) / 2};
}

void Pilot::move(ImVec2 to) {
  put_mouse(to);
  wait(1);
}

void Pilot::press(int button) {
  put_button(button, true);
  wait(1);
}

void Pilot::release(int button) {
  put_button(button, false);
  wait(2);
}

void Pilot::click(ImVec2 at) {
  // Long enough after the last one not to be its second half.
  wait(30);
  move(at);
  wait(1);
  press();
  release();
}

void Pilot::click(const std::string& name) { click(middle(name)); }

void Pilot::double_click(ImVec2 at) {
  click(at);
  press();
  release();
}

void Pilot::drag(ImVec2 from, ImVec2 to, int button) {
  move(from);
  wait(1);
  press(button);
  constexpr int steps = 4;
  for (int i = 1; i <= steps; ++i) {
    const float share = static_cast<float>(i) / steps;
    move(ImVec2(from.x + (to.x - from.x) * share, from.y + (to.y - from.y) * share));
  }
  release(button);
}

void Pilot::wheel(ImVec2 at, float notches) {
  move(at);
  wait(1);
  put_wheel(notches);
  wait(2);
}

void Pilot::hold_shift(bool down) {
  put_shift(down);
  wait(1);
}

void Pilot::key(Key key, bool shift, bool ctrl) {
  ui.strokes.push_back({.key = key, .shift = shift, .ctrl = ctrl});
  wait();
}

void Pilot::type(const std::string& text) {
  for (const char c : text) {
    ui.strokes.push_back({.character = static_cast<unsigned char>(c)});
    ImGui::GetIO().AddInputCharacter(static_cast<unsigned char>(c));
    wait();
  }
}

}  // namespace viz
