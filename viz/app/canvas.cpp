#include "viz/app/canvas.hpp"

#include <cstring>

#include "viz/panels/panels.hpp"

namespace viz {

namespace {

constexpr float kText = 16;
constexpr float kSmall = 13;
constexpr float kMono = 14;

// Latin, Greek, punctuation, arrows, mathematics, shapes: what names and texts of scenarios may hold.
constexpr ImWchar kGlyphs[] = {0x0020, 0x024F, 0x0370, 0x03FF, 0x2000, 0x206F, 0x2190, 0x21FF, 0x2200, 0x22FF, 0x25A0, 0x25FF, 0};

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.rfind(from);
  return at == std::string::npos ? std::string() : text.replace(at, from.size(), to);
}

/// A font of one size from a file's contents; nullptr: there is no such file.
ImFont* add_font(const Door& door, const std::string& path, float size) {
  if (path.empty() || !door.read) return nullptr;
  const auto contents = door.read(path);
  if (!contents || contents->size() < 16) return nullptr;
  void* copy = ImGui::MemAlloc(contents->size());
  std::memcpy(copy, contents->data(), contents->size());
  ImFontConfig config;
  config.OversampleH = 2;
  config.OversampleV = 1;
  config.PixelSnapH = false;
  return ImGui::GetIO().Fonts->AddFontFromMemoryTTF(copy, static_cast<int>(contents->size()), size, &config, kGlyphs);
}

ImFont* built_in(float size) {
  ImFontConfig config;
  config.SizePixels = size;
  return ImGui::GetIO().Fonts->AddFontDefault(&config);
}

}  // namespace

Fonts make_fonts(const Door& door, float scale) {
  Fonts out;
  out.scale = scale;
  ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  atlas.Clear();
  for (const std::string& path : door.fonts) {
    out.text = add_font(door, path, kText * scale);
    if (out.text == nullptr) continue;
    out.rich = true;
    out.small = add_font(door, path, kSmall * scale);
    // The family's other faces stand beside it, where it has the usual names.
    out.bold = add_font(door, replaced(path, ".ttf", "-Bold.ttf"), kText * scale);
    out.mono = add_font(door, replaced(path, "Sans", "SansMono"), kMono * scale);
    break;
  }
  if (out.text == nullptr) out.text = built_in(13 * scale);
  if (out.small == nullptr) out.small = out.text;
  if (out.bold == nullptr) out.bold = out.text;
  if (out.mono == nullptr) out.mono = out.text;
  atlas.Build();
  return out;
}

Canvas::Canvas(Ui& ui, int width, int height) : ui_(ui) {
  ImGui::CreateContext();
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.LogFilename = nullptr;
  io.DisplaySize = ImVec2(static_cast<float>(width), static_cast<float>(height));
  io.DeltaTime = 1.0F / 60;
  io.BackendFlags |= ImGuiBackendFlags_RendererHasVtxOffset;
  ui.fonts = make_fonts(*ui.door, ui.font_scale);
  unsigned char* texels = nullptr;
  int w = 0;
  int h = 0;
  io.Fonts->GetTexDataAsAlpha8(&texels, &w, &h);
  apply(*ui.theme, ui.font_scale);
}

Canvas::~Canvas() { ImGui::DestroyContext(); }

void Canvas::frame() {
  ImGui::NewFrame();
  draw(ui_);
  ImGui::Render();
}

Image Canvas::image() const {
  Coverage atlas;
  unsigned char* texels = nullptr;
  ImGui::GetIO().Fonts->GetTexDataAsAlpha8(&texels, &atlas.width, &atlas.height);
  atlas.texels = texels;
  return rasterise(*ImGui::GetDrawData(), atlas, ui_.theme->background);
}

}  // namespace viz
