// A picture as SVG and as HTML. Colours are Okabe and Ito's, which the colour-blind can tell apart.
#include <algorithm>
#include <string_view>

#include "sim/check/explain/picture.hpp"

namespace sim::check {

namespace {

constexpr int kLane = 38;    // height of a lane
constexpr int kRoom = 20;    // more where arrows run between the lanes
constexpr int kBar = 22;     // height of a bar
constexpr int kTop = 34;     // above the first lane: names of faults
constexpr int kNames = 110;  // left of the diagram: names of lanes
constexpr int kMargin = 12;

constexpr std::string_view kStyle =
    ".bg{fill:#ffffff}text{font:12px ui-monospace,Menlo,Consolas,monospace;fill:#222}"
    ".lane{stroke:#d0d0d0}.bar{stroke:#555;fill:#e6e6e6}.core{fill:#9fd0f0;stroke:#0072b2}"
    ".failing{fill:#f6b48a;stroke:#d55e00;stroke-width:2}.ordered{fill:#b5e0d0;stroke:#009e73}"
    ".open{stroke-dasharray:4 3}.fault{stroke:#cc79a7;stroke-dasharray:6 3}.faultname{fill:#a0447c}"
    ".arrow{fill:none;stroke:#d55e00;stroke-width:1.5}.head,.kind{fill:#d55e00}.notice{fill:#777}"
    "@media(prefers-color-scheme:dark){.bg{fill:#1b1d20}text{fill:#e4e4e4}.lane{stroke:#3a3d42}.bar{stroke:#aaa;fill:#3a3d42}"
    ".core{fill:#114a6b;stroke:#56b4e9}.failing{fill:#7a3a0c;stroke:#f0894a}.ordered{fill:#0b4d3a;stroke:#3fc79a}"
    ".faultname{fill:#e39cc6}.notice{fill:#aaa}}";

void escape(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\n': out += ' '; break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20) out += c;  // other control characters are not allowed in XML
    }
  }
}

std::string escaped(std::string_view text) {
  std::string out;
  escape(out, text);
  return out;
}

std::string number(int n) { return std::to_string(n); }

int height_of_lane(const Picture& picture) { return picture.arrows.empty() ? kLane : kLane + kRoom; }

int top_of(const Bar& bar, const Picture& picture) {
  return kTop + static_cast<int>(bar.lane) * height_of_lane(picture) + (kLane - kBar) / 2;
}

std::string_view class_of(Emphasis emphasis) {
  switch (emphasis) {
    case Emphasis::core: return "bar core";
    case Emphasis::failing: return "bar failing";
    case Emphasis::ordered: return "bar ordered";
    case Emphasis::context: break;
  }
  return "bar";
}

void draw_bar(std::string& out, const Bar& bar, const Picture& picture) {
  const int top = top_of(bar, picture);
  out += "<g><title>" + escaped(bar.hover) + "</title><rect class=\"";
  out += class_of(bar.emphasis);
  if (bar.open) out += " open";
  out += "\" x=\"" + number(kNames + bar.left) + "\" y=\"" + number(top) + "\" width=\"" +
         number(std::max(bar.right - bar.left, 4)) + "\" height=\"" + number(kBar) + "\" rx=\"3\"/><text x=\"" +
         number(kNames + bar.left + 6) + "\" y=\"" + number(top + 15) + "\">" +
         escaped(bar.position.empty() ? bar.label : bar.position + ": " + bar.label) + "</text></g>\n";
}

// From the lower or upper edge of one bar to that of the other, bent where they share a lane.
void draw_arrow(std::string& out, const Arrow& arrow, const Picture& picture, std::size_t nth) {
  const Bar& a = picture.bars[arrow.from];
  const Bar& b = picture.bars[arrow.to];
  const bool down = b.lane >= a.lane;
  // Two arrows between the same bars do not hide each other: each leaves and arrives at a place of its own.
  const auto along = [&](const Bar& bar, std::size_t part) {
    return kNames + bar.left + (bar.right - bar.left) * static_cast<int>(part) / 8;
  };
  const int x1 = along(a, 2 + 2 * (nth % 3));
  const int x2 = along(b, 1 + 2 * (nth % 3));
  const int y1 = top_of(a, picture) + (down ? kBar : 0);
  const int y2 = top_of(b, picture) + (a.lane == b.lane ? kBar : down ? 0 : kBar);
  const int bend = a.lane == b.lane ? 22 : (down ? 1 : -1) * 14;
  const int out_y = y1 + bend;
  const int in_y = a.lane == b.lane ? y2 + bend : y2 - bend;
  out += "<g><title>" + escaped(arrow.hover) + "</title><path class=\"arrow\" marker-end=\"url(#head)\" d=\"M" + number(x1) + " " +
         number(y1) + " C" + number(x1) + " " + number(out_y) + " " + number(x2) + " " + number(in_y) + " " + number(x2) + " " +
         number(y2) + "\"/><text class=\"kind\" x=\"" + number((x1 + x2) / 2 + 6) + "\" y=\"" +
         number((out_y + in_y) / 2 + (a.lane == b.lane ? 10 : -4)) + "\">" + escaped(arrow.label) + "</text></g>\n";
}

// Lines of at most so many characters, cut between words.
std::vector<std::string> wrap(std::string_view text, std::size_t most) {
  std::vector<std::string> lines;
  while (text.size() > most) {
    std::size_t at = text.rfind(' ', most);
    if (at == std::string_view::npos || at == 0) at = most;
    lines.emplace_back(text.substr(0, at));
    text.remove_prefix(at);
    while (text.starts_with(' ')) text.remove_prefix(1);
  }
  if (!text.empty()) lines.emplace_back(text);
  return lines;
}

// The diagram alone, `below` rows of text under it.
std::string draw(const Picture& picture, bool words) {
  const int width = std::max(kNames + picture.width + kMargin, words ? 640 : 240);
  const auto most = static_cast<std::size_t>((width - 2 * kMargin) * 2 / 15);
  std::vector<std::string> below;
  if (words) {
    below = wrap(picture.title, most);
    for (const std::string& line : wrap(picture.caption, most)) below.push_back(line);
  }
  const std::size_t spoken = below.size();
  if (!picture.notice.empty()) {
    for (const std::string& line : wrap(picture.notice, most)) below.push_back(line);
  }
  const int lanes = kTop + static_cast<int>(picture.lanes.size()) * height_of_lane(picture);
  const int height = lanes + kMargin + static_cast<int>(below.size()) * 18 + kMargin;
  std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + number(width) + "\" height=\"" + number(height) +
                    "\" viewBox=\"0 0 " + number(width) + " " + number(height) + "\">\n<style>";
  out += kStyle;
  out +=
      "</style>\n<defs><marker id=\"head\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" "
      "orient=\"auto\"><path class=\"head\" d=\"M0 0 L8 4 L0 8 z\"/></marker></defs>\n<rect class=\"bg\" width=\"100%\" "
      "height=\"100%\"/>\n";
  for (std::size_t i = 0; i < picture.lanes.size(); ++i) {
    const int y = kTop + static_cast<int>(i) * height_of_lane(picture) + kLane / 2;
    out += "<line class=\"lane\" x1=\"" + number(kNames) + "\" x2=\"" + number(kNames + picture.width) + "\" y1=\"" + number(y) +
           "\" y2=\"" + number(y) + "\"/><text x=\"" + number(kMargin) + "\" y=\"" + number(y + 4) + "\">" +
           escaped(picture.lanes[i]) + "</text>\n";
  }
  for (const FaultLine& fault : picture.faults) {
    out += "<g><title>" + escaped(fault.hover) + "</title><line class=\"fault\" x1=\"" + number(kNames + fault.x) + "\" x2=\"" +
           number(kNames + fault.x) + "\" y1=\"22\" y2=\"" + number(lanes) + "\"/><text class=\"faultname\" x=\"" +
           number(kNames + fault.x) + "\" y=\"16\">" + escaped(fault.label) + "</text></g>\n";
  }
  for (const Bar& bar : picture.bars) draw_bar(out, bar, picture);
  for (std::size_t i = 0; i < picture.arrows.size(); ++i) draw_arrow(out, picture.arrows[i], picture, i);
  int y = lanes + kMargin + 8;
  for (std::size_t i = 0; i < below.size(); ++i, y += 18) {
    out += i < spoken ? "<text" : "<text class=\"notice\"";
    out += " x=\"" + number(kMargin) + "\" y=\"" + number(y) + "\">" + escaped(below[i]) + "</text>\n";
  }
  return out + "</svg>\n";
}

}  // namespace

std::string to_svg(const Picture& picture) { return draw(picture, true); }

std::string to_html(const Picture& picture, const History& history, const Judgement& judgement) {
  std::string out =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width\"><title>" +
      escaped(picture.title) +
      "</title>\n<style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;"
      "padding:0 1rem}.diagram{overflow-x:auto;border:1px solid #8886;border-radius:4px}table{border-collapse:collapse;"
      "font:13px/1.4 ui-monospace,monospace}td,th{padding:.2rem .8rem .2rem 0;text-align:left;vertical-align:top;"
      "border-bottom:1px solid #8884}h1{font-size:1.4rem}h2{font-size:1.1rem}.why{font-size:1.1rem}</style></head><body>\n<h1>" +
      escaped(picture.title) + "</h1>\n";
  if (!picture.caption.empty()) out += "<p class=\"why\">" + escaped(picture.caption) + "</p>\n";
  out += "<div class=\"diagram\">" + draw(picture, false) + "</div>\n";
  if (!judgement.findings.empty()) {
    out += "<h2>Findings</h2>\n<ul>\n";
    for (const Finding& finding : judgement.findings) {
      out += "<li><b>" + escaped(finding.name) + "</b>: " + escaped(finding.explanation);
      if (!finding.links.empty()) {
        out += "<ul>";
        for (const Link& link : finding.links) out += "<li>" + escaped(link.kind) + ": " + escaped(link.why) + "</li>";
        out += "</ul>";
      }
      out += "</li>\n";
    }
    out += "</ul>\n";
  }
  if (!judgement.satisfied.empty()) {
    out += "<p>Nothing found contradicts: ";
    const auto best = strongest(judgement.satisfied);
    for (std::size_t i = 0; i < best.size(); ++i) out += (i > 0 ? ", " : "") + std::string(to_text(best[i]));
    out += " (and what they imply).</p>\n";
  }
  for (const std::string& note : judgement.notes) out += "<p>" + escaped(note) + "</p>\n";
  out += "<h2>Operations drawn</h2>\n<table><tr><th>#</th><th>what</th></tr>\n";
  for (const Bar& bar : picture.bars) {
    out += "<tr><td>" + std::to_string(bar.operation) + "</td><td>" + escaped(describe_operation(history, bar.operation)) +
           "</td></tr>\n";
  }
  return out + "</table>\n</body></html>\n";
}

}  // namespace sim::check
