// Source: whatever file a run can be taken from: a scenario, a bundle or a trace. Internal to sim/cli.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/cli/bundle.hpp"
#include "sim/cli/files.hpp"
#include "sim/scenario/timeline_recorder.hpp"

namespace sim::cli {

/// What was opened: exactly one of trace, bundle and scenario.
struct RunSource {
  std::string path;
  std::string header;  ///< of a trace: its first line, which was read
  std::optional<InputFile> trace;
  std::optional<OpenedBundle> bundle;
  std::optional<Scenario> scenario;
  std::uint64_t seed = 1;  ///< of a bundle or a scenario
};

/// Opens whatever it is. `seed` and `sets` are for scenarios only. Nothing where it cannot be opened (said on stderr).
std::optional<RunSource> open_source(const std::string& path, std::optional<std::uint64_t> seed,
                                     const std::vector<std::string>& sets, const Registry& registry);

/// Reads the rest of a trace, and hands over each line. Nothing where there is something wrong with it (said on stderr).
std::optional<Timeline> read_trace(RunSource& source, const std::function<void(std::string_view)>& line);

}  // namespace sim::cli
