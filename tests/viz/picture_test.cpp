// Pictures, colours, options and what is remembered.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <vector>

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

/// What eyes without one kind of cones see of a colour, after Machado, Oliveira and Fernandes (2009), in linear light.
using Matrix = std::array<std::array<double, 3>, 3>;
constexpr Matrix kEyes[] = {{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}},
                            {{{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}}},
                            {{{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}}},
                            {{{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}}}};

/// In CIE L*a*b*, where equal distances look about equally far apart.
std::array<double, 3> seen(ImU32 colour, const Matrix& eyes) {
  std::array<double, 3> light{};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) light[i] += eyes[i][j] * linear((colour >> (8 * j)) & 255U);
    light[i] = std::clamp(light[i], 0.0, 1.0);
  }
  const auto root = [](double t) { return t > 0.008856 ? std::cbrt(t) : 7.787 * t + 16.0 / 116; };
  const double x = root((0.4124 * light[0] + 0.3576 * light[1] + 0.1805 * light[2]) / 0.9505);
  const double y = root(0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]);
  const double z = root((0.0193 * light[0] + 0.1192 * light[1] + 0.9505 * light[2]) / 1.089);
  return {116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

double apart(ImU32 a, ImU32 b, const Matrix& eyes) {
  const auto one = seen(a, eyes);
  const auto other = seen(b, eyes);
  double sum = 0;
  for (std::size_t i = 0; i < 3; ++i) sum += (one[i] - other[i]) * (one[i] - other[i]);
  return std::sqrt(sum);
}

template <class Colours>
double nearest(const Colours& colours) {
  double out = 1000;
  for (const Matrix& eyes : kEyes) {
    for (std::size_t i = 0; i < colours.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) out = std::min(out, apart(colours[i], colours[j], eyes));
    }
  }
  return out;
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

TEST_CASE("colour-blind eyes tell the hues of messages and of roles apart", "[viz]") {
  // A difference of 2.3 is just noticeable; thin lines need far more. The palette of a careless choice is near 0.
  constexpr double least = 17;
  for (const viz::Theme* theme : {&viz::dark_theme(), &viz::light_theme()}) {
    INFO((theme->light ? "light" : "dark"));
    CHECK(nearest(theme->hues) >= least);
    CHECK(nearest(theme->roles) >= least);
  }
  CHECK(nearest(std::vector<ImU32>{IM_COL32(200, 60, 60, 255), IM_COL32(110, 100, 50, 255)}) < least);
}

TEST_CASE("without a display the window says so", "[viz]") {
  // The environment is this process's own; nothing else in it asks for a display.
  unsetenv("DISPLAY");
  unsetenv("WAYLAND_DISPLAY");
  const std::string error = viz::window(nullptr, viz::test_door(), {});
  CHECK(error.find("no display") == 0);
}
