// The window: GLFW and OpenGL 3 around the panels. It draws when something happened, and sleeps otherwise.
#include <algorithm>

#include <GLFW/glfw3.h>

#include "backends/imgui_impl_glfw.h"
#include "backends/imgui_impl_opengl3.h"
#include "viz/app/canvas.hpp"
#include "viz/app/start.hpp"
#include "viz/panels/actions.hpp"
#include "viz/panels/panels.hpp"

namespace viz {

namespace {

constexpr double kIdle = 0.5;           // seconds without an event until it looks again
constexpr double kFrame = 1.0 / 60;     // of a frame while something moves by itself
constexpr double kRunFor = 0.012;       // seconds of a frame that a run may take
constexpr std::uint64_t kPiece = 2000;  // events between two looks at the clock
constexpr int kSettle = 3;              // frames after an event: what it opened knows its size then

std::string& glfw_error() {
  static std::string text;
  return text;
}

Key key_of(int key) {
  switch (key) {
    case GLFW_KEY_LEFT: return Key::left;
    case GLFW_KEY_RIGHT: return Key::right;
    case GLFW_KEY_UP: return Key::up;
    case GLFW_KEY_DOWN: return Key::down;
    case GLFW_KEY_HOME: return Key::home;
    case GLFW_KEY_END: return Key::end;
    case GLFW_KEY_ENTER:
    case GLFW_KEY_KP_ENTER: return Key::enter;
    case GLFW_KEY_ESCAPE: return Key::escape;
    default: return Key::character;
  }
}

class Window {
 public:
  Window(Ui& ui, const Settings& settings) : ui_(ui), settings_(settings) {}
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;
  ~Window() {
    if (window_ != nullptr) {
      ImGui_ImplOpenGL3_Shutdown();
      ImGui_ImplGlfw_Shutdown();
      ImGui::DestroyContext();
      glfwDestroyWindow(window_);
    }
    if (started_) glfwTerminate();
  }

  /// Returns why there is no window; empty: there is.
  std::string open() {
    glfwSetErrorCallback([](int, const char* text) { glfw_error() = text; });
    started_ = glfwInit() == GLFW_TRUE;
    if (!started_) return "no display: " + glfw_error();
    glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
    glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 2);
    glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
    glfwWindowHint(GLFW_OPENGL_FORWARD_COMPAT, GLFW_TRUE);
    glfwWindowHint(GLFW_SCALE_TO_MONITOR, GLFW_TRUE);
    window_ = glfwCreateWindow(settings_.width, settings_.height, "Faultline", nullptr, nullptr);
    if (window_ == nullptr) return "no window with OpenGL 3.2: " + glfw_error();
    glfwMakeContextCurrent(window_);
    glfwSwapInterval(1);
    glfwSetWindowUserPointer(window_, this);
    glfwSetKeyCallback(window_, on_key);
    glfwSetCharCallback(window_, on_character);
    glfwSetWindowContentScaleCallback(window_, [](GLFWwindow* window, float, float) { self(window).ui_.rescaled = true; });
    ImGui::CreateContext();
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;
    io.LogFilename = nullptr;
    // It calls the callbacks above itself, once it has taken what it needs.
    ImGui_ImplGlfw_InitForOpenGL(window_, true);
    ImGui_ImplOpenGL3_Init("#version 150");
    rescale();
    return {};
  }

  /// Returns why it closed by itself: what is wrong with the options; empty: nothing is.
  std::string stay(const ViewOptions& options) {
    bool begun = false;
    double last = glfwGetTime();
    int settling = kSettle;
    while (glfwWindowShouldClose(window_) == GLFW_FALSE && !ui_.quit) {
      const bool moving = ui_.running() || ui_.play.on || settling > 0;
      if (moving) {
        glfwPollEvents();
      } else {
        glfwWaitEventsTimeout(typing() ? kIdle / 2 : kIdle);
      }
      settling = happened_ ? kSettle : std::max(settling - 1, 0);
      happened_ = false;
      const double now = glfwGetTime();
      run_for(now + kRunFor);
      play_on(ui_, std::min(now - last, 0.1));
      last = now;
      if (!begun && !ui_.running()) {
        begun = true;
        if (std::string error = start(ui_, options); !error.empty()) return error;
      }
      if (ui_.rescaled) rescale();
      draw_frame();
    }
    glfwGetWindowSize(window_, &settings_.width, &settings_.height);
    return {};
  }

  const Settings& settings() const { return settings_; }

 private:
  static Window& self(GLFWwindow* window) { return *static_cast<Window*>(glfwGetWindowUserPointer(window)); }
  static bool typing() { return ImGui::GetIO().WantTextInput; }

  static void on_key(GLFWwindow* window, int key, int, int action, int mods) {
    self(window).happened_ = true;
    if (action == GLFW_RELEASE || key_of(key) == Key::character) return;
    self(window).ui_.strokes.push_back({.key = key_of(key),
                                        .shift = (mods & GLFW_MOD_SHIFT) != 0,
                                        .ctrl = (mods & GLFW_MOD_CONTROL) != 0,
                                        .alt = (mods & GLFW_MOD_ALT) != 0});
  }
  static void on_character(GLFWwindow* window, unsigned character) {
    self(window).happened_ = true;
    self(window).ui_.strokes.push_back({.character = character});
  }

  /// Fonts as large as the monitor and the user want them.
  void rescale() {
    ui_.rescaled = false;
    float x = 1;
    float y = 1;
    glfwGetWindowContentScale(window_, &x, &y);
    int width = 0;
    int pixels = 0;
    int unused = 0;
    glfwGetWindowSize(window_, &width, &unused);
    glfwGetFramebufferSize(window_, &pixels, &unused);
    // Where the window's own unit grows with the monitor's scale (macOS), letters do too.
    const float grown = width > 0 ? static_cast<float>(pixels) / static_cast<float>(width) : 1.0F;
    ui_.fonts = make_fonts(*ui_.door, ui_.font_scale * x / std::max(grown, 0.1F));
    // The first time nothing is there yet: the backend makes its texture with its first frame.
    if (drawn_) {
      ImGui_ImplOpenGL3_DestroyFontsTexture();
      ImGui_ImplOpenGL3_CreateFontsTexture();
    }
    apply(*ui_.theme, ui_.fonts.scale);
  }

  /// Lets what still runs go on until then.
  void run_for(double until) {
    if (!ui_.running()) return;
    do {
      advance(ui_, kPiece);
    } while (ui_.running() && glfwGetTime() < until);
  }

  void draw_frame() {
    const double began = glfwGetTime();
    const ImVec2 mouse = ImGui::GetIO().MousePos;
    ImGui_ImplOpenGL3_NewFrame();
    drawn_ = true;
    ImGui_ImplGlfw_NewFrame();
    ImGui::NewFrame();
    draw(ui_);
    ImGui::Render();
    const ImGuiIO& io = ImGui::GetIO();
    const bool pressed = io.MouseDown[0] || io.MouseDown[1] || io.MouseWheel != 0;
    happened_ = happened_ || pressed || io.MousePos.x != mouse.x || io.MousePos.y != mouse.y;
    int width = 0;
    int height = 0;
    glfwGetFramebufferSize(window_, &width, &height);
    glViewport(0, 0, width, height);
    const ImVec4 ground = ImGui::ColorConvertU32ToFloat4(ui_.theme->background);
    glClearColor(ground.x, ground.y, ground.z, 1);
    glClear(GL_COLOR_BUFFER_BIT);
    ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
    glfwSwapBuffers(window_);
    // Where the driver does not wait for the monitor, nobody else would.
    const double left = kFrame - (glfwGetTime() - began);
    if (left > 0 && (ui_.play.on || happened_)) glfwWaitEventsTimeout(left);
  }

  Ui& ui_;
  Settings settings_;
  GLFWwindow* window_ = nullptr;
  bool started_ = false;
  bool happened_ = true;
  bool drawn_ = false;
};

}  // namespace

std::string window(std::unique_ptr<Session> session, const Door& door, const ViewOptions& options) {
  Ui ui;
  ui.door = &door;
  Settings settings;
  const bool remembers = !door.settings_path.empty() && door.read && door.write;
  if (remembers) settings = read_settings(door.read(door.settings_path).value_or(""));
  const Settings before = settings;
  if (options.width != ViewOptions{}.width || options.height != ViewOptions{}.height) {
    settings.width = options.width;
    settings.height = options.height;
  }
  ui.theme = settings.light || options.light ? &light_theme() : &dark_theme();
  ui.side = settings.side;
  ui.font_scale = settings.font_scale;
  Window shown(ui, settings);
  if (std::string error = shown.open(); !error.empty()) return error;
  open_session(ui, std::move(session));
  if (std::string error = shown.stay(options); !error.empty()) return error;
  Settings after = shown.settings();
  after.light = ui.theme->light;
  after.side = ui.side;
  after.font_scale = ui.font_scale;
  if (remembers && !(after == before)) static_cast<void>(door.write(door.settings_path, to_text(after)));
  return {};
}

}  // namespace viz
