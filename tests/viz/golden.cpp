// Pictures of the viewer against those that are kept: at most 2% of the pixels may differ by more than 24 of 255 levels of a
// colour, so that another version of Dear ImGui or of the font may move an edge, and nothing may be missing, cut off or new.
//
//   view_golden                              compares; FAULTLINE_REWRITE_GOLDEN=1 writes them anew
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "stage.hpp"
#include "stb_image.h"

namespace {

constexpr int kLevels = 24;
constexpr double kShare = 0.02;

struct Case {
  const char* name;
  const char* scenario;  // none: the picker
  std::uint64_t seed;
  viz::ViewOptions options;
};

std::vector<Case> cases() {
  const char* raft = "scenarios/raft/partition.json";
  return {{"run", raft, 8, {}},
          {"event", raft, 8, {.at = "3.21s", .zoom = "60ms"}},
          {"state", raft, 8, {.at = "3.21s", .zoom = "60ms", .panel = "state", .scale = viz::Scale::events, .light = true}},
          {"fork", raft, 8, {.at = "3.21s", .zoom = "60ms", .panel = "claims", .fork = "crash n5"}},
          {"picker", nullptr, 0, {.width = 960, .height = 600}}};
}

struct Pixels {
  int width = 0;
  int height = 0;
  std::vector<unsigned char> rgba;
};

std::optional<Pixels> decoded(const std::string& png) {
  Pixels out;
  int channels = 0;
  unsigned char* data = stbi_load_from_memory(reinterpret_cast<const unsigned char*>(png.data()), static_cast<int>(png.size()),
                                              &out.width, &out.height, &channels, 4);
  if (data == nullptr) return std::nullopt;
  out.rgba.assign(data, data + static_cast<std::size_t>(out.width) * static_cast<std::size_t>(out.height) * 4);
  stbi_image_free(data);
  return out;
}

/// The share of pixels that differ; 1 where the sizes do.
double difference(const Pixels& a, const Pixels& b) {
  if (a.width != b.width || a.height != b.height) return 1;
  std::size_t differ = 0;
  for (std::size_t i = 0; i < a.rgba.size(); i += 4) {
    int most = 0;
    for (std::size_t c = 0; c < 3; ++c) most = std::max(most, std::abs(int{a.rgba[i + c]} - int{b.rgba[i + c]}));
    differ += most > kLevels ? 1 : 0;
  }
  return static_cast<double>(differ) / (static_cast<double>(a.rgba.size()) / 4);
}

/// A picture as PNG; its error goes to stderr.
std::string drawn(const Case& wanted) {
  viz::Door door = viz::test_door();
  std::string out;
  door.write = [&](const std::string&, const std::string& text) {
    out = text;
    return true;
  };
  std::unique_ptr<viz::Session> session;
  if (wanted.scenario != nullptr) session = viz::test_session(wanted.scenario, wanted.seed);
  const std::string error = viz::screenshot(session.get(), door, wanted.options, "a picture");
  if (!error.empty()) std::fprintf(stderr, "%s: %s\n", wanted.name, error.c_str());
  return error.empty() ? out : std::string();
}

bool compare(const Case& wanted, const std::string& path, const viz::Door& door) {
  const std::string fresh = drawn(wanted);
  const auto kept = door.read(path);
  const auto a = decoded(fresh);
  const auto b = kept ? decoded(*kept) : std::nullopt;
  if (!a || !b) {
    std::printf("%s: there is no picture to compare\n", wanted.name);
    return false;
  }
  const double differs = difference(*a, *b);
  std::printf("%s: %.3f%% of the pixels differ\n", wanted.name, differs * 100);
  if (differs <= kShare) return true;
  const std::string seen = (std::filesystem::temp_directory_path() / (std::string("view-") + wanted.name + ".png")).string();
  door.write(seen, fresh);
  std::printf("  more than %.0f%%: see %s and %s\n", kShare * 100, path.c_str(), seen.c_str());
  return false;
}

/// The comparison sees what a person would: another event in focus is not the same picture.
bool control() {
  Case other = cases()[1];
  const auto a = decoded(drawn(other));
  other.options.at = "3.3s";
  const auto b = decoded(drawn(other));
  return a && b && difference(*a, *b) > kShare;
}

}  // namespace

int main() {
  const viz::Door door = viz::test_door();
  if (!door.read(door.fonts.front())) {
    std::printf("%s is not there: pictures cannot be compared\n", door.fonts.front().c_str());
    return 77;
  }
  const bool rewrite = std::getenv("FAULTLINE_REWRITE_GOLDEN") != nullptr;
  bool good = true;
  for (const Case& wanted : cases()) {
    const std::string path = std::string(FAULTLINE_SOURCE_DIR) + "/tests/golden/view-" + wanted.name + ".png";
    if (rewrite) {
      good = door.write(path, drawn(wanted)) && good;
    } else {
      good = compare(wanted, path, door) && good;
    }
  }
  if (!control()) {
    std::printf("two different pictures pass for the same\n");
    good = false;
  }
  return good ? 0 : 1;
}
