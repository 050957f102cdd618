// A space-time diagram as one SVG document.
#include "sim/trace/export/parts.hpp"

namespace sim::exports {

namespace {

constexpr int kSvgWidest = 16'000;
constexpr int kSvgMargin = 12;
constexpr int kSvgTitle = 30;

}  // namespace

std::string write_svg(const Selection& selection, std::uint64_t most, Writer& out) {
  const Diagram d = Diagram::of(selection, most, kSvgWidest);
  std::string notice = joined(selection.notice, d.notice);
  const int width = d.names + d.width + 2 * kSvgMargin;
  std::string legend;
  const int legend_height = draw_legend(d, std::min(width, 1100) - 2 * kSvgMargin, legend);
  const int plot = kSvgTitle + legend_height + (notice.empty() ? 0 : 18) + 8;
  const int height = plot + d.height + kSvgMargin;
  out += "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + number(width) + "\" height=\"" + number(height) +
         "\" viewBox=\"0 0 " + number(width) + " " + number(height) + "\">\n<title>" + xml(title_of(selection)) +
         "</title>\n<style>";
  out += diagram_style();
  out += "</style>\n" + diagram_heads() + "<rect class=\"bg\" width=\"100%\" height=\"100%\"/>\n";
  out += "<text class=\"group\" x=\"" + number(kSvgMargin) + "\" y=\"20\">" + xml(title_of(selection)) + "</text>\n";
  out += "<g transform=\"translate(" + number(kSvgMargin) + " " + number(kSvgTitle) + ")\">\n" + legend + "</g>\n";
  if (!notice.empty()) {
    out += "<text class=\"notice\" x=\"" + number(kSvgMargin) + "\" y=\"" + number(plot - 12) + "\">" + xml(notice) + "</text>\n";
  }
  out += "<g transform=\"translate(0 " + number(plot) + ")\">\n";
  draw_names(d, out);
  out += "</g>\n<g transform=\"translate(" + number(d.names) + " " + number(plot) + ")\">\n";
  draw_plot(d, out);
  out += "</g>\n</svg>\n";
  return notice;
}

}  // namespace sim::exports
