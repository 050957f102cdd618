// Export: a timeline as a file of another tool.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/trace/timeline.hpp"

namespace sim {

/// What a timeline can be written as.
enum class ExportFormat : std::uint8_t {
  perfetto,  ///< Chrome's trace event JSON, which ui.perfetto.dev and chrome://tracing open
  shiviz,    ///< a log with exact vector clocks, for bestchai.bitbucket.io/shiviz
  mermaid,   ///< a sequence diagram, for Markdown
  svg,       ///< a space-time diagram
  html,      ///< one self-contained page: the diagram, scrollable and hoverable, and the claims
  csv,       ///< an event, message or aside a line, for spreadsheets and data frames
};
SIM_DESCRIBE_ENUM(ExportFormat, perfetto, shiviz, mermaid, svg, html, csv)

/// Which part of a timeline to write.
struct ExportOptions {
  Time from{};                          ///< events from here on
  Time to = Time::max();                ///< up to here
  std::vector<std::uint32_t> nodes{};   ///< of these nodes; empty: of all
  std::optional<std::uint64_t> most{};  ///< events at most; default: what the format's readers bear (usual_limit)
};

/// How many events are written unless told: what the format's readers bear; 0: any number.
std::uint64_t usual_limit(ExportFormat format);

/// Writes a timeline, piece by piece. Returns a notice of what was left out, in one sentence; empty: nothing was. Formats with a
/// place for it (all but csv and shiviz) have the notice in the text too.
std::string export_timeline(const Timeline& timeline, ExportFormat format, const ExportOptions& options,
                            const std::function<void(std::string_view)>& out);

}  // namespace sim
