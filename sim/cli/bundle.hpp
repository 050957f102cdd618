// Bundle: a run as a file: what `replay` needs to do it again, and to know that it did the same.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "sim/core/result.hpp"
#include "sim/core/value.hpp"
#include "sim/scenario/run.hpp"

namespace sim::cli {

/// What a bundle file holds.
struct Bundle {
  Value scenario;   ///< the document
  Value decisions;  ///< what is left out of the run (Decisions), as JSON
  std::uint64_t seed = 0;
  std::string digest;   ///< of the trace: 16 hexadecimal digits
  std::string claim;    ///< the full name of the violated one; empty: none was
  std::string version;  ///< of the program that wrote it
};

/// Reads the text of a bundle file. Error: it is none; `where` is a JSON path.
Result<Bundle> parse_bundle(std::string_view text);

/// A bundle whose scenario this program understands.
struct OpenedBundle {
  std::string path;  ///< of its file
  Bundle bundle;
  Scenario scenario;
  Decisions decisions;

  /// Its run, before the first event.
  Run run(Run::Options options = {}) const {
    options.decisions = decisions;
    return Run(scenario, bundle.seed, std::move(options));
  }
};

/// Reads and loads a bundle file; complains of every mistake on stderr.
std::optional<OpenedBundle> open_bundle(const std::string& path, const Registry& registry);
/// The same of its text, which was read already; `path` is for complaints.
std::optional<OpenedBundle> open_bundle(const std::string& path, std::string_view text, const Registry& registry);

/// Whether a run that has ended did what the bundle says; complains on stderr if not.
bool confirmed(const OpenedBundle& opened, std::uint64_t digest);

/// The text of a bundle file for a run of that scenario.
std::string bundle_of(const Scenario& scenario, const Report& report, const Decisions& decisions = {});

}  // namespace sim::cli
