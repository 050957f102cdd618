// App: the viewer as the command calls it: a window, or a picture without one.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "viz/model/axis.hpp"
#include "viz/model/door.hpp"
#include "viz/model/session.hpp"

namespace viz {

/// What is shown first.
struct ViewOptions {
  std::string at{};     ///< "4.2s", an event's number, "violation", or empty: the first violation, else nothing is selected
  std::string zoom{};   ///< "all", a duration that is seen ("50ms"), "10x", or empty: "all" (around --at: 2% of the run)
  std::string panel{};  ///< the panel that is in front on the right: event, state, history, claims, find; or empty
  std::string node{};   ///< whose state is shown; empty: the focused event's
  std::string find{};   ///< what is looked for
  std::string fork{};   ///< a fork to make first: "drop", "delay 50ms", "crash NODE", "partition NODE...", "reseed N"; at the focus
  std::optional<Scale> scale{};
  bool light = false;  ///< light colours
  bool help = false;   ///< the overlay of keys
  int width = 1280;
  int height = 800;
};

/// Draws what the window would show into a PNG file. Returns why not, for people; empty: it was written.
std::string screenshot(Session* session, const Door& door, const ViewOptions& options, const std::string& path);

/// Opens the window and stays until it is closed. `session` may be none: then the picker is shown. Returns why it could not be
/// opened ("no display: ..."), for people; empty: it was, and has been closed.
std::string window(std::unique_ptr<Session> session, const Door& door, const ViewOptions& options);

}  // namespace viz
