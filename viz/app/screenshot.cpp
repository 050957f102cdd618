// Screenshot: the window's contents as a picture, without a window.
#include "viz/app/canvas.hpp"
#include "viz/app/start.hpp"
#include "viz/panels/actions.hpp"

namespace viz {

namespace {

constexpr int kSettles = 6;  // frames until everything knows its size

}  // namespace

std::string screenshot(Session* session, const Door& door, const ViewOptions& options, const std::string& path) {
  if (options.width < 320 || options.height < 240 || options.width > 16384 || options.height > 16384)
    return "a picture is from 320x240 to 16384x16384 pixels";
  if (!door.write) return "there is nowhere to write " + path;
  Ui ui;
  ui.door = &door;
  ui.theme = options.light ? &light_theme() : &dark_theme();
  // A borrowed session: given back below.
  open_session(ui, std::unique_ptr<Session>(session));
  std::string error = start(ui, options);
  if (error.empty()) {
    ui.notice.clear();
    Canvas canvas(ui, options.width, options.height);
    for (int i = 0; i < kSettles; ++i) canvas.frame();
    if (!door.write(path, encode_png(canvas.image()))) error = path + ": it could not be written";
  }
  static_cast<void>(ui.session.release());
  return error;
}

}  // namespace viz
