// Pilot: a hand on the mouse and the keyboard of the panels, without a window.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>

#include "stage.hpp"
#include "viz/app/canvas.hpp"
#include "viz/panels/actions.hpp"

namespace viz {

/// Whether two numbers are the same, but for such a share of the greater.
inline bool about(double a, double b, double share = 1e-6) {
  const double apart = a < b ? b - a : a - b;
  const double size = std::max(a < 0 ? -a : a, b < 0 ? -b : b);
  return apart <= share * size;
}

/// Panels on a canvas. Things are clicked at by the names that the panels give them (Ui::mark).
class Pilot {
 public:
  explicit Pilot(std::unique_ptr<Session> session, int width = 1280, int height = 800);

  Ui ui;
  Door door;

  /// Frames in which nothing happens.
  void wait(int frames = 2);
  /// Lets forks and runs go to their end.
  void finish();
  /// Whether the panels have drawn something of that name in the newest frame.
  bool sees(const std::string& name) const { return places_.find(name) != places_.end(); }
  ImVec2 middle(const std::string& name) const;
  ImVec2 corner(const std::string& name) const;

  void move(ImVec2 to);
  void press(int button = 0);
  void release(int button = 0);
  void click(ImVec2 at);
  /// Fails the test where there is no such thing.
  void click(const std::string& name);
  void double_click(ImVec2 at);
  void drag(ImVec2 from, ImVec2 to, int button = 0);
  void wheel(ImVec2 at, float notches);
  void hold_shift(bool down);

  /// A key that writes nothing.
  void key(Key key, bool shift = false, bool ctrl = false);
  /// Characters, as a keyboard writes them: into a field, where one has the keyboard.
  void type(const std::string& text);

  Image image() const { return canvas_->image(); }

 private:
  std::map<std::string, ImVec4, std::less<>> places_;
  std::unique_ptr<Canvas> canvas_;
};

}  // namespace viz
