// App: the viewer as the command calls it: a window, or a picture without one.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "viz/model/axis.hpp"
#include "viz/model/session.hpp"

namespace viz {

/// A scenario that the picker offers.
struct Offer {
  std::string path;
  std::string name;
  std::string description;  ///< what it teaches
  std::string system;       ///< the first system's protocol
  std::string expect;       ///< the claim that it breaks on purpose; empty: none
};

/// What the viewer asks of those who know files: the command.
struct Door {
  std::vector<Offer> offers;
  /// Reads a scenario, changes it by "PATH=VALUE"s and makes a wish of it. Error: what is wrong, for people.
  std::function<sim::Result<Wish>(const std::string& path, const std::vector<std::string>& sets, std::uint64_t seed)> open;
  /// Writes a branch as a bundle. Returns why it could not be written; empty: it was.
  std::function<std::string(const Branch& branch, const std::string& path)> save;
  /// Where the layout is remembered; empty: nowhere.
  std::string settings_path;
  /// The text of a file, or nothing; and writing one.
  std::function<std::optional<std::string>(const std::string& path)> read;
  std::function<bool(const std::string& path, const std::string& text)> write;
  /// Fonts to try, in this order; without any the built-in one is used.
  std::vector<std::string> fonts;
};

/// What is shown first.
struct ViewOptions {
  std::string at;     ///< "4.2s", an event's number, "violation", or empty: the first violation, else nothing is selected
  std::string zoom;   ///< "all", a duration that is seen ("50ms"), "10x", or empty: "all" (around --at: 2% of the run)
  std::string panel;  ///< the panel that is in front on the right: event, state, history, claims, find; or empty
  std::string node;   ///< whose state is shown; empty: the focused event's
  std::string find;   ///< what is looked for
  std::string fork;   ///< a fork to make first: "drop", "crash NODE", "partition NODE...", "reseed N"; at the focus
  std::optional<Scale> scale;
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
