// Ui: everything that the panels share: what is open, what is selected, what is shown of it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imgui.h"
#include "viz/model/door.hpp"
#include "viz/model/scene.hpp"
#include "viz/panels/input.hpp"
#include "viz/panels/theme.hpp"

namespace viz {

inline constexpr std::uint32_t kNone = sim::Timeline::kNone;

/// The panels on the right, of which one is in front.
enum class Tab : std::uint8_t { event, state, history, claims, find };
inline constexpr std::size_t kTabs = 5;
inline constexpr const char* kTabNames[kTabs] = {"Event", "State", "History", "Claims", "Find"};

/// What a checker says of an operation, for its bar.
struct OperationNote {
  std::string label;    ///< its place in the order that explains the history, or empty
  bool guilty = false;  ///< it belongs to the core of a violation
};

/// How a branch is drawn.
struct View {
  Lanes lanes;
  std::optional<SceneIndex> index;
  float scroll = 0;  ///< pixels that the lanes are moved up by
  Focus companion;   ///< of a branch that is not in front: the focused event, if it has the same one
  Scene scene;       ///< as it was drawn last
  Metrics metrics;   ///< the same
  ImVec2 origin;     ///< the upper left corner of its plot on the screen
  ImVec2 size;
  Minimap minimap;  ///< made anew when the scale or the width changes
  Scale minimap_scale{};
  std::map<std::string, std::uint32_t> followed{};  ///< by list of operations: the focus that it was scrolled to
  bool judged = false;                              ///< `notes` are there
  std::map<std::uint32_t, OperationNote> notes{};   ///< by operation of the timeline
};

/// A place to come back to.
struct Bookmark {
  std::size_t branch = 0;
  std::uint32_t event = 0;
  friend bool operator==(const Bookmark&, const Bookmark&) = default;
};

/// The focus moves by itself.
struct Play {
  bool on = false;
  int speed = 2;        ///< an index into kSpeeds
  double position = 0;  ///< on the scale
};
/// Of virtual time to true time; at Scale::events a hundred events a second times it.
struct Speed {
  double factor;
  const char* label;
};
inline constexpr Speed kSpeeds[] = {{0.001, "1/1000x"}, {0.01, "1/100x"}, {0.1, "1/10x"}, {1, "1x"}, {10, "10x"}};

/// The scenarios that can be opened.
struct Picker {
  bool open = false;
  std::string filter;
  std::size_t chosen = 0;  ///< an index into Door::offers
  std::string seed = "1";
  std::string sets;       ///< a PATH=VALUE a line
  bool in_lines = false;  ///< `sets` has the keyboard: Enter begins a new line
  std::string error;
  bool reveal = false;  ///< the list scrolls to what is chosen in the next frame
};

/// What the buttons of the fork panel need to know.
struct ForkForm {
  std::string delay = "100ms";
  std::string last = "2s";  ///< how long a crash or a partition lasts; "0s": for good
  std::string seed = "1";
};

/// What the left or right button has hold of in a plot.
struct Grip {
  bool held = false;
  bool moved = false;    ///< far enough to be a drag and not a click
  bool picking = false;  ///< the right button: a stretch to zoom to, from `from`
  float from = 0;
};

/// What a search found, as long as nothing of it changes.
struct Found {
  bool fresh = false;
  std::size_t branch = 0;
  std::vector<Find> all;
  std::size_t total = 0;
};

struct Ui {
  const Door* door = nullptr;
  std::unique_ptr<Session> session;  ///< none: the picker is all there is

  std::size_t active = 0;   ///< the branch that the focus is in
  std::vector<View> views;  ///< by branch
  Scale scale = Scale::time;
  Range range;  ///< of all branches: they share the axis
  Focus focus;  ///< in the active branch
  Filter filter;
  std::uint32_t message = kNone;     ///< the message that was clicked at, if it was one
  std::vector<std::uint32_t> trail;  ///< of stepped()
  std::vector<Bookmark> bookmarks;
  Play play;
  Grip grip;
  std::optional<std::uint32_t> reveal;  ///< the lanes scroll to this node in the next frame

  Tab tab = Tab::event;
  std::optional<std::uint32_t> node;  ///< whose state is shown; none: the focused event's
  bool help = false;
  bool quit = false;
  bool find_typing = false;  ///< the field of the search wants the keyboard in this frame
  Picker picker;
  ForkForm fork;
  Found found;
  std::string notice;  ///< the newest message of the status line
  bool notice_bad = false;

  const Theme* theme = &dark_theme();
  Fonts fonts;
  Colours colours;
  float side = 420;             ///< width of the panels on the right
  float font_scale = 1;         ///< chosen by the user; the window's own comes on top
  bool rescaled = false;        ///< the fonts must be made anew
  std::vector<Stroke> strokes;  ///< keys since the last frame

  std::optional<Inspection> inspection;  ///< the newest one, of `inspected`
  std::size_t inspected_branch = 0;

  /// Tests ask for it: where the things that can be clicked at were drawn, by their names.
  std::map<std::string, ImVec4, std::less<>>* places = nullptr;
  /// Names the item that was just drawn.
  void mark(std::string_view name) const;

  float em(float pixels) const { return pixels * fonts.scale; }
  /// The branch in front, if it can be shown; else nullptr.
  Branch* branch() const;
  /// Its timeline; nullptr where there is none yet.
  const sim::Timeline* timeline() const;
  /// The whole of what there is on the axis: of the longest branch.
  Range whole() const;
  /// Whether some branch still runs.
  bool running() const;
};

/// A mark of the font, or what stands for it in the built-in one.
inline const char* arrow(const Ui& ui) { return ui.fonts.rich ? "\xE2\x86\x92" : "->"; }
inline const char* dot(const Ui& ui) { return ui.fonts.rich ? " \xC2\xB7 " : ", "; }

}  // namespace viz
