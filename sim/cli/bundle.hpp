// Bundle: a run as a file: what `replay` needs to do it again, and to know that it did the same.
#pragma once

#include <cstdint>
#include <string>

#include "sim/core/result.hpp"
#include "sim/core/value.hpp"
#include "sim/scenario/run.hpp"

namespace sim::cli {

/// What a bundle file holds.
struct Bundle {
  Value scenario;  ///< the document
  std::uint64_t seed = 0;
  std::string digest;   ///< of the trace: 16 hexadecimal digits
  std::string claim;    ///< the full name of the violated one; empty: none was
  std::string version;  ///< of the program that wrote it
};

/// Reads a bundle file. Error: it cannot be read, or is none; `where` is a JSON path.
Result<Bundle> read_bundle(const std::string& path);

/// The text of a bundle file for a run of that scenario.
std::string bundle_of(const Scenario& scenario, const Report& report);

}  // namespace sim::cli
