#include "sim/trace/export.hpp"

#include "sim/trace/export/parts.hpp"

namespace sim {

std::uint64_t usual_limit(ExportFormat format) {
  switch (format) {
    case ExportFormat::perfetto: return 1'000'000;
    case ExportFormat::shiviz: return 3'000;
    case ExportFormat::mermaid: return 300;
    case ExportFormat::svg: return 2'000;
    case ExportFormat::html: return 10'000;
    case ExportFormat::csv: return 0;
  }
  return 0;
}

std::string export_timeline(const Timeline& timeline, ExportFormat format, const ExportOptions& options,
                            const std::function<void(std::string_view)>& out) {
  const std::uint64_t most = options.most.value_or(usual_limit(format));
  // A sequence diagram has no line for most events, so it counts its own lines.
  const exports::Selection selection = exports::Selection::of(timeline, options, format == ExportFormat::mermaid ? 0 : most);
  exports::Writer writer(out);
  std::string notice;
  switch (format) {
    case ExportFormat::perfetto: notice = exports::write_perfetto(selection, writer); break;
    case ExportFormat::shiviz: notice = exports::write_shiviz(selection, writer); break;
    case ExportFormat::mermaid: notice = exports::write_mermaid(selection, most, writer); break;
    case ExportFormat::svg: notice = exports::write_svg(selection, most, writer); break;
    case ExportFormat::html: notice = exports::write_html(selection, most, writer); break;
    case ExportFormat::csv: notice = exports::write_csv(selection, writer); break;
  }
  writer.flush();
  return notice;
}

}  // namespace sim
