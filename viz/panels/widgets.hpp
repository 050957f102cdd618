// Widgets: the few small things that all panels are made of.
#pragma once

#include <string>
#include <string_view>

#include "viz/panels/ui.hpp"

namespace viz {

/// Drawn from triangles and lines, so that no font needs to have them.
enum class Icon : std::uint8_t {
  open,
  back,
  play,
  pause,
  forward,
  slower,
  faster,
  out,
  in,
  fit,
  save,
  moon,
  sun,
  help,
  close,
  star,
  cross,
  check,
  ring
};

/// Draws an icon into a square.
void draw_icon(ImDrawList& list, Icon icon, ImVec2 centre, float size, ImU32 colour);
/// A square button; `tip` is shown on hover, `name` names it for tests.
bool icon_button(Ui& ui, const char* name, Icon icon, const char* tip, bool on = false);
/// A button with a text; pale and dead where it is not enabled.
bool button(Ui& ui, const char* name, const char* label, const char* tip = nullptr, bool enabled = true, bool strong = false);
/// A text that can be clicked at.
bool link(Ui& ui, const char* name, std::string_view text);
/// A small coloured label with rounded corners; it is an item that can be clicked at.
bool badge(Ui& ui, const char* name, std::string_view text, ImU32 colour);
/// A switch that looks like a label: full when it is on.
bool chip(Ui& ui, const char* name, std::string_view text, bool on, ImU32 colour);
/// The title of a part of a panel, underlined as wide as there is room unless told.
void heading(const Ui& ui, const char* text, float width = 0);
/// A name and a value beside it, aligned with the others of the panel; the value is wrapped.
void field(const Ui& ui, const char* name, std::string_view value);
/// The name alone: what is drawn next stands beside it.
void field_name(const Ui& ui, const char* name);
void text(ImU32 colour, std::string_view text);
void wrapped(ImU32 colour, std::string_view text);
/// One line, cut with "..." where it does not fit; then the whole is shown on hover.
void line(const Ui& ui, ImU32 colour, std::string_view text, float width = 0);
/// A field for a text; Dear ImGui's own for std::string is no part of its library everywhere.
bool input(Ui& ui, const char* name, std::string& text, const char* hint, float width);
bool input_lines(Ui& ui, const char* name, std::string& text, ImVec2 size);
/// With a capital letter and a full stop.
std::string sentence(std::string words);
/// "1,204,333".
std::string grouped(std::uint64_t n);
/// An instant with as many digits as matter beside others of a view of that length: "12.3456s".
std::string clock_text(sim::Time at);
/// Draws text that ends with "..." where it is wider than there is room.
void draw_text(ImDrawList& list, const ImFont* font, ImVec2 at, ImU32 colour, std::string_view text, float room);
float text_width(const ImFont* font, std::string_view text);

/// A tooltip for the item that was just drawn.
void tip(const char* text);

}  // namespace viz
