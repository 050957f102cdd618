// Door: what the viewer asks of those who know files: panels call it, the command answers.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

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

}  // namespace viz
