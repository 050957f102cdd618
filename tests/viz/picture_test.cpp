// Pictures, colours, options and what is remembered.
#include "viz/app/start.hpp"

#include "pilot.hpp"
#include "tests/unit/catch.hpp"

namespace {

const char* const kRaft = "scenarios/raft/partition.json";

std::string picture(viz::Session* session, const viz::ViewOptions& options, std::string& error) {
  viz::Door door = viz::test_door();
  std::string out;
  door.write = [&](const std::string&, const std::string& text) {
    out = text;
    return true;
  };
  error = viz::screenshot(session, door, options, "a picture");
  return out;
}

std::string error_of(const viz::ViewOptions& options) {
  const auto session = viz::test_session(kRaft, 8);
  std::string error;
  picture(session.get(), options, error);
  return error;
}

double linear(unsigned channel) {
  // The sRGB curve, near enough as a square and a cube.
  const double c = channel / 255.0;
  return c * (c * (c * 0.305306011 + 0.682171111) + 0.012522878);
}

double luminance(ImU32 colour) {
  return 0.2126 * linear(colour & 255U) + 0.7152 * linear((colour >> 8U) & 255U) + 0.0722 * linear((colour >> 16U) & 255U);
}

/// As WCAG 2.1 defines it: from 1 to 21.
double contrast(ImU32 a, ImU32 b) {
  const double high = std::max(luminance(a), luminance(b));
  const double low = std::min(luminance(a), luminance(b));
  return (high + 0.05) / (low + 0.05);
}

}  // namespace

TEST_CASE("the same picture comes out every time, to the byte", "[viz]") {
  std::string first;
  for (int i = 0; i < 2; ++i) {
    const auto session = viz::test_session(kRaft, 8);
    std::string error;
    const std::string png = picture(session.get(), {.at = "3.21s", .panel = "history"}, error);
    CHECK(error.empty());
    REQUIRE(png.size() > 1000);
    if (i == 0) first = png;
    CHECK(png == first);
  }
}

TEST_CASE("a triangle is drawn with its colour, its edge and its clip", "[viz]") {
  ImDrawList list(nullptr);
  const unsigned char white = 255;
  const viz::Coverage atlas{&white, 1, 1};
  ImDrawVert vertices[4] = {};
  const ImVec2 corners[4] = {{1, 1}, {5, 1}, {5, 5}, {1, 5}};
  for (int i = 0; i < 4; ++i) {
    vertices[i].pos = corners[i];
    vertices[i].col = IM_COL32(255, 0, 0, 128);
    list.VtxBuffer.push_back(vertices[i]);
  }
  for (const int i : {0, 1, 2, 0, 2, 3}) list.IdxBuffer.push_back(static_cast<ImDrawIdx>(i));
  ImDrawCmd command;
  command.ClipRect = ImVec4(0, 0, 4, 8);
  command.ElemCount = 6;
  list.CmdBuffer.push_back(command);
  ImDrawData data;
  ImDrawList* lists[] = {&list};
#if IMGUI_VERSION_NUM < 18980
  data.CmdLists = lists;
#else
  data.CmdLists.push_back(lists[0]);
#endif
  data.CmdListsCount = 1;
  data.DisplaySize = ImVec2(8, 8);
  const viz::Image image = viz::rasterise(data, atlas, IM_COL32(0, 0, 0, 255));
  const auto red = [&](int x, int y) { return int{image.rgba[static_cast<std::size_t>(y * 8 + x) * 4]}; };
  // Half of red, once on the diagonal too; nothing outside of it and nothing right of the clip.
  CHECK(red(1, 1) == 128);
  CHECK(red(2, 2) == 128);
  CHECK(red(3, 2) == 128);
  CHECK(red(1, 4) == 128);
  CHECK(red(0, 1) == 0);
  CHECK(red(4, 2) == 0);
  CHECK(red(2, 5) == 0);
}

TEST_CASE("options say what is wrong with them", "[viz]") {
  CHECK(error_of({.at = "3.2s"}).empty());
  CHECK(error_of({.at = "5545", .zoom = "10x", .node = "n2"}).empty());
  CHECK(error_of({.at = "99999999"}).find("events 1 to") != std::string::npos);
  CHECK(error_of({.at = "soon"}).find("--at soon") == 0);
  CHECK(error_of({.at = "violation"}).find("no claim is violated") != std::string::npos);
  CHECK(error_of({.zoom = "near"}).find("--zoom near") == 0);
  CHECK(error_of({.panel = "kitchen"}).find("--panel kitchen") == 0);
  CHECK(error_of({.node = "n9"}).find("there are n1, n2") != std::string::npos);
  CHECK(error_of({.fork = "drop"}).find("--at") != std::string::npos);
  CHECK(error_of({.at = "5545", .fork = "burn n1"}).find("expected drop") != std::string::npos);
  CHECK(error_of({.at = "5545", .fork = "partition n1 n2"}).empty());
}

TEST_CASE("a zoom of so many milliseconds shows so many, around the focus", "[viz]") {
  viz::Ui ui;
  const viz::Door door = viz::test_door();
  ui.door = &door;
  viz::open_session(ui, viz::test_session(kRaft, 8));
  REQUIRE(viz::start(ui, {.at = "5545", .zoom = "50ms"}).empty());
  CHECK(viz::about(ui.range.length(), 50e6));
  const auto at = static_cast<double>(ui.timeline()->event(5545).at.ns);
  CHECK(viz::about(ui.range.begin + ui.range.length() / 2, at));
}

TEST_CASE("the layout comes back as it was written, and nonsense is passed over", "[viz]") {
  viz::Settings settings;
  settings.light = true;
  settings.side = 512;
  settings.font_scale = 1.2F;
  settings.width = 1600;
  settings.height = 900;
  const viz::Settings again = viz::read_settings(viz::to_text(settings));
  CHECK(again.light);
  CHECK(again.side == 512);
  CHECK(viz::about(again.font_scale, 1.2F));
  CHECK(again.width == 1600);
  CHECK(again.height == 900);
  CHECK(viz::read_settings("side\nwindow a b\n\x01\x02 7\n\nwindow 3") == viz::Settings{});
  CHECK(viz::read_settings("window 10 99999999").width == 640);
}

TEST_CASE("texts and the hues of messages stand out from what is behind them", "[viz]") {
  for (const viz::Theme* theme : {&viz::dark_theme(), &viz::light_theme()}) {
    INFO((theme->light ? "light" : "dark"));
    for (const ImU32 ground : {theme->background, theme->panel, theme->plot}) {
      CHECK(contrast(theme->text, ground) >= 7);
      CHECK(contrast(theme->dim, ground) >= 4.5);
      CHECK(contrast(theme->bad, ground) >= 4.5);
      CHECK(contrast(theme->good, ground) >= 4.5);
      CHECK(contrast(theme->accent, ground) >= 4.5);
    }
    CHECK(contrast(theme->on_accent, theme->accent) >= 4.5);
    for (const ImU32 hue : theme->hues) CHECK(contrast(hue, theme->plot) >= 3);
    for (const ImU32 role : theme->roles) CHECK(contrast(theme->on_role, role) >= 4.5);
  }
}

TEST_CASE("without a display the window says so", "[viz]") {
  // The environment is this process's own; nothing else in it asks for a display.
  unsetenv("DISPLAY");
  unsetenv("WAYLAND_DISPLAY");
  const std::string error = viz::window(nullptr, viz::test_door(), {});
  CHECK(error.find("no display") == 0);
}
