// Where the recorded histories of real systems are, if they are, and how to read one.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#ifndef FAULTLINE_SOURCE_DIR
#define FAULTLINE_SOURCE_DIR "."
#endif

namespace corpus_support {

/// $FAULTLINE_HISTORIES, or ../shared/data/histories beside the project; need not exist.
inline std::filesystem::path corpus() {
  if (const char* set = std::getenv("FAULTLINE_HISTORIES")) return set;
  return std::filesystem::path(FAULTLINE_SOURCE_DIR) / "../shared/data/histories";
}

/// The whole of a file; "" where there is none.
inline std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

}  // namespace corpus_support
