// simulate view: the viewer's window, or a picture of what it would show.
#include <fmt/format.h>

#include "sim/cli/commands.hpp"
#include "sim/cli/terminal.hpp"

#ifdef FAULTLINE_VIEW

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <utility>

#include "sim/cli/files.hpp"
#include "sim/cli/source.hpp"
#include "sim/scenario/json.hpp"
#include "viz/app/app.hpp"

namespace sim::cli {

namespace {

namespace fs = std::filesystem;

std::string member(const Value& document, std::string_view key) {
  const Value* found = document.find(key);
  return found == nullptr || found->text() == nullptr ? std::string() : *found->text();
}

/// The scenarios of a folder, in the order of their paths.
std::vector<viz::Offer> offers_in(const fs::path& folder) {
  std::vector<viz::Offer> out;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() != ".json") continue;
    const auto text = read_file(it->path().string());
    const auto document = text.ok() ? parse_json(*text) : Result<Value>(text.error());
    if (!document.ok() || document->find("systems") == nullptr) continue;
    viz::Offer offer{
        it->path().string(), member(*document, "name"), member(*document, "description"), {}, member(*document, "expect")};
    if (const Value* systems = document->find("systems"); systems->list() != nullptr && !systems->list()->empty())
      offer.system = member(systems->list()->front(), "protocol");
    if (offer.name.empty()) offer.name = it->path().stem().string();
    out.push_back(std::move(offer));
  }
  std::sort(out.begin(), out.end(), [](const viz::Offer& a, const viz::Offer& b) { return a.path < b.path; });
  return out;
}

/// Where the scenarios are: in that folder, in the one where we are, or in the project that the program was built in.
fs::path scenarios_of(const std::string& path) {
  if (!path.empty()) return path;
  std::error_code error;
  if (fs::is_directory("scenarios", error)) return "scenarios";
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  return program.parent_path().parent_path().parent_path().parent_path() / "scenarios";  // build/release/bin/simulate
}

std::string settings_path() {
  const char* config = std::getenv("XDG_CONFIG_HOME");
  const char* home = std::getenv("HOME");
  if (config != nullptr && *config != '\0') return std::string(config) + "/faultline/view.ini";
  return home == nullptr || *home == '\0' ? std::string() : std::string(home) + "/.config/faultline/view.ini";
}

Result<viz::Wish> wish_of(const std::string& path, const std::vector<std::string>& sets, std::uint64_t seed,
                          const Registry& registry) {
  const auto text = read_file(path);
  if (!text.ok()) return Error{path, text.error().what};
  auto document = parse_json(*text);
  if (!document.ok()) return document.error();
  for (const std::string& set : sets) {
    if (const auto wrong = set_member(*document, set)) return *wrong;
  }
  Loaded loaded = load_scenario(*document, registry);
  if (!loaded.scenario) return loaded.errors.front();
  return viz::Wish{std::make_shared<const Scenario>(*std::move(loaded.scenario)), seed, {}};
}

std::string save_branch(const viz::Branch& branch, const std::string& path) {
  if (!branch.live() || branch.report() == nullptr) return "a trace is no run: it cannot be kept as a bundle";
  return write_file(path, bundle_of(*branch.wish().scenario, *branch.report(), branch.wish().decisions));
}

viz::Door door_of(const std::string& folder, const Registry& registry) {
  viz::Door door;
  door.offers = offers_in(scenarios_of(folder));
  door.open = [&registry](const std::string& path, const std::vector<std::string>& sets, std::uint64_t seed) {
    return wish_of(path, sets, seed, registry);
  };
  door.save = save_branch;
  door.settings_path = settings_path();
  door.read = [](const std::string& path) -> std::optional<std::string> {
    auto text = read_file(path);
    if (!text.ok()) return std::nullopt;
    return *std::move(text);
  };
  door.write = [settings = door.settings_path](const std::string& path, const std::string& text) {
    std::error_code error;
    if (path == settings) fs::create_directories(fs::path(path).parent_path(), error);
    return write_file(path, text).empty();
  };
  door.fonts = {"/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", "/usr/share/fonts/TTF/DejaVuSans.ttf",
                "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf"};
  return door;
}

/// A wish of a scenario or a bundle.
viz::Wish wish_of(RunSource& source) {
  viz::Wish wish{nullptr, source.seed, {}};
  if (source.bundle) wish.decisions = source.bundle->decisions;
  wish.scenario =
      std::make_shared<const Scenario>(source.bundle ? std::move(source.bundle->scenario) : *std::move(source.scenario));
  return wish;
}

/// The session of what was named. Nothing where it cannot be opened (said on stderr).
std::unique_ptr<viz::Session> session_of(const ViewArguments& arguments, const Registry& registry) {
  auto source = open_source(arguments.path, arguments.seed, arguments.sets, registry);
  if (!source) return nullptr;
  std::unique_ptr<viz::Session> out;
  if (source->trace) {
    auto timeline = read_trace(*source, [](std::string_view) {});
    if (!timeline) return nullptr;
    out = std::make_unique<viz::Session>(*std::move(timeline), arguments.path);
  } else {
    out = std::make_unique<viz::Session>(wish_of(*source));
  }
  if (arguments.beside.empty()) return out;
  auto other = open_source(arguments.beside, {}, {}, registry);
  if (!other) return nullptr;
  if (other->trace) {
    auto timeline = read_trace(*other, [](std::string_view) {});
    if (!timeline) return nullptr;
    out->add(*std::move(timeline), arguments.beside);
  } else {
    if (other->scenario) other->seed = source->seed;
    out->add(wish_of(*other));
  }
  return out;
}

/// "1280x800". False: it is no size, or one that nothing can be drawn in (said on stderr).
bool read_size(const std::string& text, viz::ViewOptions& into) {
  constexpr int least = 320;
  constexpr int most = 8192;
  const std::size_t x = text.find('x');
  char* end = nullptr;
  const long width = std::strtol(text.c_str(), &end, 10);
  const bool first = end == text.c_str() + std::min(x, text.size());
  const long height = x == std::string::npos ? 0 : std::strtol(text.c_str() + x + 1, &end, 10);
  const bool good =
      first && x != std::string::npos && *end == '\0' && width >= least && width <= most && height >= least && height <= most;
  if (!good) {
    complain(
        fmt::format("--size: found \"{}\", expected a width and a height from {} to {} pixels, as 1280x800", text, least, most));
    return false;
  }
  into.width = static_cast<int>(width);
  into.height = static_cast<int>(height);
  return true;
}

}  // namespace

Exit view_run(const ViewArguments& arguments, const Registry& registry) {
  viz::ViewOptions options;
  if (!read_size(arguments.size, options)) return Exit::usage;
  options.at = arguments.at;
  options.zoom = arguments.zoom;
  options.panel = arguments.panel;
  options.node = arguments.node;
  options.find = arguments.find;
  options.fork = arguments.fork;
  options.scale = arguments.scale == "events" ? viz::Scale::events : viz::Scale::time;
  options.light = arguments.light;
  options.help = arguments.keys;
  std::error_code error;
  const bool picks = arguments.path.empty() || fs::is_directory(arguments.path, error);
  if (picks && (arguments.seed || !arguments.sets.empty() || !arguments.beside.empty())) {
    complain("--seed, --set and --beside are for a run: name one, or choose one in the window");
    return Exit::usage;
  }
  std::unique_ptr<viz::Session> session;
  if (!picks) {
    session = session_of(arguments, registry);
    if (!session) return Exit::usage;
  }
  const viz::Door door = door_of(picks ? arguments.path : "", registry);
  const std::string why = arguments.screenshot.empty() ? viz::window(std::move(session), door, options)
                                                       : viz::screenshot(session.get(), door, options, arguments.screenshot);
  if (why.empty()) return Exit::ok;
  complain("view: " + why);
  return Exit::usage;
}

}  // namespace sim::cli

#else

namespace sim::cli {

Exit view_run(const ViewArguments& arguments, const Registry&) {
  complain(
      fmt::format("view: this program was built without the viewer, because Dear ImGui, GLFW or OpenGL was missing then; install "
                  "libimgui-dev, libglfw3-dev, libgl-dev and libstb-dev and build again. Everything else is here: `simulate "
                  "export {} --to html` draws a run as a page",
                  arguments.path.empty() ? "FILE" : arguments.path));
  return Exit::usage;
}

}  // namespace sim::cli

#endif
