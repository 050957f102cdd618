// A space-time diagram as SVG elements. The colours are Okabe and Ito's, which the colour-blind can tell apart.
#include <algorithm>
#include <array>

#include "sim/trace/export/parts.hpp"

namespace sim::exports {

namespace {

// The last is for every type beyond these. Yellow is left out: on white it can hardly be seen.
constexpr std::array<std::string_view, kColors> kArrowColors = {"#0072b2", "#d55e00", "#009e73", "#aa4499",
                                                                "#56b4e9", "#b07800", "#666666"};
constexpr std::array<std::string_view, kColors> kRoleColors = {"#b8c4ce", "#f0b040", "#2aa87f", "#8fb8de",
                                                               "#d99bc0", "#d5855c", "#888888"};

constexpr std::string_view kDiagramStyle =
    ".bg{fill:#fff}text{font:12px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#222}"
    ".group{font-weight:bold;fill:#444}.tick{fill:#555}.grid{stroke:#ececec}.axis{stroke:#999}.lane{stroke:#bbb}"
    ".edge{stroke:#e2e2e2}.small{font-size:10.5px;paint-order:stroke;stroke:#fff;stroke-opacity:.75;stroke-width:2.5px}.label{font-"
    "size:10px;paint-order:stroke;stroke:#fff;stroke-width:3px}"
    ".m{fill:none;stroke-width:1.2}.again{stroke-dasharray:1.5 2.5}.late{stroke-width:2.4}"
    ".lost{stroke-dasharray:5 3;marker-end:url(#cross)}"
    ".e{stroke:#fff;stroke-width:.8}.start{fill:#000}.timer{fill:#fff;stroke:#444;stroke-width:1.2}.sync{fill:#8a8a8a}"
    ".shade{fill-opacity:.5}.crash{fill:#c9c9c9}.pause{fill:#fbe3b5}.parted{fill:#ead3e4}.ill{fill:#dbe9f4}"
    ".fault{stroke:#888;stroke-width:.7}.op{fill:#dcebf7;stroke:#5b8fb9;stroke-width:.8}.fail{fill:#eee;stroke:#999}"
    ".info,.open{fill:#fff3d9;stroke:#b07800;stroke-dasharray:4 2}.violated{stroke:#d55e00;stroke-width:2;stroke-dasharray:7 3}"
    ".broken{fill:#b84a00;font-weight:bold}.reached{stroke:#009e73;stroke-dasharray:2 3}.good{fill:#00724f}"
    ".note{fill:#f5d547;stroke:#8a6d00;stroke-width:.7}.mark{fill:#009e73;stroke:#fff;stroke-width:.7}.notice{fill:#a04000}";

constexpr std::int64_t kLetter10 = 65;       // width of a letter of 10.5 pixels, in tenths
constexpr std::int64_t kLabelLetter10 = 60;  // and of one of 10

/// Pixels in tenths, in which everything here is counted.
constexpr std::int64_t px(int n) { return std::int64_t{n} * 10; }

std::string tenths(std::int64_t n) {
  const std::int64_t rest = n % 10 < 0 ? -(n % 10) : n % 10;
  return (n < 0 && n / 10 == 0 ? "-" : "") + number(n / 10) + (rest == 0 ? "" : "." + number(rest));
}

std::string attribute(std::string_view name, std::int64_t n10) { return " " + std::string(name) + "=\"" + tenths(n10) + "\""; }
std::string attribute(std::string_view name, std::string_view text) {
  return " " + std::string(name) + "=\"" + std::string(text) + "\"";
}

std::string line(std::string_view classes, std::int64_t x0, std::int64_t y0, std::int64_t x1, std::int64_t y1,
                 const std::string& more = "") {
  return "<line" + attribute("class", classes) + attribute("x1", x0) + attribute("y1", y0) + attribute("x2", x1) +
         attribute("y2", y1) + more;
}
std::string rect(std::string_view classes, std::int64_t x, std::int64_t y, std::int64_t width, std::int64_t height,
                 const std::string& more = "") {
  return "<rect" + attribute("class", classes) + attribute("x", x) + attribute("y", y) + attribute("width", width) +
         attribute("height", height) + more;
}
std::string words(std::string_view classes, std::int64_t x, std::int64_t y, std::string_view text, const std::string& more = "") {
  return "<text" + (classes.empty() ? "" : attribute("class", classes)) + attribute("x", x) + attribute("y", y) + more + ">" +
         xml(text) + "</text>\n";
}

/// Beside the place that its x tells: what stretches time leaves this distance as it is.
std::string moved(std::int64_t dx10) { return " transform=\"translate(" + tenths(dx10) + ")\""; }

/// The text if a span has room for it, its beginning if there is room for that, or nothing.
std::string fitting(std::string_view text, std::int64_t width10) {
  const std::int64_t letters = (width10 - 60) / kLetter10;
  return letters < 4 ? "" : shortened(text, static_cast<std::size_t>(letters));
}

std::string_view class_of_fault(std::string_view kind) {
  if (kind == "crash" || kind.find("crash") != std::string_view::npos) return "crash";
  if (kind.find("pause") != std::string_view::npos) return "pause";
  if (kind.find("partition") != std::string_view::npos || kind.find("cut") != std::string_view::npos) return "parted";
  return "ill";
}

/// Draws one diagram's plot.
class Plot {
 public:
  Plot(const Diagram& d, Writer& out)
      : d_(d), s_(*d.selection), timeline_(*d.selection->timeline), out_(out), right_(px(d.width)) {}

  void draw() {
    draw_axis();
    for (const Diagram::Lane& lane : d_.lanes) {
      out_ += line("edge", 0, px(lane.top), right_, px(lane.top)) + "/>\n";
      out_ += line("lane", 0, px(lane.middle), right_, px(lane.middle)) + "/>\n";
      draw_roles(lane);
    }
    draw_shades();  // over the ribbons: a leader that is down leads nobody
    for (const OperationBar& bar : d_.operations) draw_operation(bar);
    for (const Diagram::FaultBar& bar : d_.faults) draw_fault(bar);
    for (const std::uint32_t i : d_.messages) draw_message(i);
    for (const std::uint32_t n : s_.events) draw_event(n);
    for (const std::uint32_t i : s_.asides) draw_aside(timeline_.asides[i]);
    draw_claims();
    out_ += labels_;
  }

 private:
  /// Ends an element that was begun, with what is told when the pointer rests on it.
  void end(std::string_view name, const std::string& title) {
    if (!d_.titles) {
      out_ += "/>\n";
    } else {
      out_ += "><title>" + xml(title) + "</title></" + std::string(name) + ">\n";
    }
  }

  void draw_axis() {
    const std::int64_t wanted = std::max((s_.until - s_.from).ns, std::int64_t{1}) / std::max(d_.width / 110, 1);
    std::int64_t step = 1;
    for (int i = 0; step < wanted; ++i) step = i % 3 == 1 ? step / 2 * 5 : step * 2;  // 1, 2, 5, 10, 20, ...
    out_ += line("axis", 0, px(d_.axis), right_, px(d_.axis)) + "/>\n";
    for (std::int64_t t = (s_.from.ns + step - 1) / step * step; t <= s_.until.ns; t += step) {
      const std::int64_t x = d_.x10(Time{t});
      out_ += line("grid", x, px(d_.axis), x, px(d_.height - 6)) + "/>\n";
      const bool last = x + 10 * static_cast<std::int64_t>(to_text(Time{t}).size()) * 4 > right_;
      out_ += words("tick", x, px(d_.axis - 8), to_text(Time{t}),
                    attribute("text-anchor", x < 200 ? "start"
                                             : last  ? "end"
                                                     : "middle"));
    }
  }

  void draw_shades() {
    for (const Diagram::Lane& lane : d_.lanes) {
      for (const Timeline::Ailment& ailment : timeline_.ailments_of(lane.node)) {
        if (!s_.overlaps(ailment.begin, ailment.end)) continue;
        const Timeline::Fault& fault = timeline_.faults[ailment.fault];
        const std::int64_t x0 = d_.x10(ailment.begin);
        const std::int64_t width = std::max(d_.x10(ailment.end) - x0, std::int64_t{15});
        out_ += rect("shade " + std::string(class_of_fault(fault.kind)), x0, px(lane.top), width, px(lane.height));
        end("rect", fault.text + ", " + span_text(ailment.begin, ailment.end));
      }
    }
  }

  void draw_roles(const Diagram::Lane& lane) {
    const auto roles = timeline_.roles_of(lane.node);
    for (std::size_t i = 0; i < roles.size(); ++i) {
      const Time until = i + 1 < roles.size() ? roles[i + 1].begin : timeline_.end;
      if (roles[i].role == 0 || !s_.overlaps(roles[i].begin, until) || roles[i].begin >= until) continue;
      const std::int64_t x0 = d_.x10(roles[i].begin);
      const std::int64_t width = std::max(d_.x10(until) - x0, std::int64_t{8});
      const std::string text = timeline_.role_text(roles[i]);
      const auto color = static_cast<std::size_t>(d_.role_colors[roles[i].role]);
      out_ += rect("role", x0, px(lane.top) + 10, width, 50, attribute("fill", kRoleColors[color]));
      end("rect", name_of(timeline_, lane.node) + " is " + text + ", " + span_text(roles[i].begin, until));
      const std::string label = fitting(text, width);
      if (label.empty()) continue;
      labels_ += words("small", x0, px(lane.top) + 160, label, moved(30));
      if (d_.labels) taken_.push_back({x0, px(lane.top) + 160, static_cast<std::int64_t>(label.size()) * kLetter10});
    }
  }

  void draw_operation(const OperationBar& bar) {
    const Timeline::Operation& o = timeline_.operations[bar.index];
    const Diagram::Lane& lane = d_.lanes[d_.lane_of[o.node]];
    const bool open = o.end_event == 0;
    const std::int64_t x0 = d_.x10(o.begin);
    const std::int64_t width = std::max(d_.x10(bar.until) - x0, std::int64_t{15});
    const std::int64_t y = px(lane.middle + 12 + static_cast<int>(bar.row) * 16);
    const std::string_view outcome = open ? "op open" : o.outcome == "fail" ? "op fail" : o.outcome == "info" ? "op info" : "op";
    out_ += rect(outcome, x0, y, width, 140, attribute("rx", 20) + attribute("data-e", number(o.begin_event)));
    end("rect", operation_text(timeline_, o));
    if (const std::string label = fitting(operation_label(o), width); !label.empty())
      labels_ += words("small", x0, y + 105, label, moved(30));
  }

  void draw_fault(const Diagram::FaultBar& bar) {
    const Timeline::Fault& fault = timeline_.faults[bar.index];
    const std::int64_t x0 = d_.x10(fault.begin);
    const std::int64_t width = std::max(d_.x10(fault.end) - x0, std::int64_t{40});
    const std::int64_t y = px(d_.axis + 4 + bar.row * 18);
    out_ +=
        rect("fault " + std::string(class_of_fault(fault.kind)), x0, y, width, 150, attribute("data-e", number(fault.begin_event)));
    end("rect", fault.text + ", " + span_text(fault.begin, fault.end));
    const std::string label = fitting(fault.text, width);
    const bool beside = label.empty() && width < 200;
    if (!label.empty() || beside) out_ += words("small", x0, y + 112, beside ? fault.kind : label, moved(beside ? width + 20 : 30));
  }

  void draw_message(std::uint32_t i) {
    const Timeline::Message& m = timeline_.messages[i];
    const bool arrives = m.fate == MessageFate::delivered || m.fate == MessageFate::down || m.fate == MessageFate::corrupt;
    const std::int64_t y0 = px(d_.lanes[d_.lane_of[m.from]].middle);
    std::int64_t y1 = px(d_.lanes[d_.lane_of[m.to]].middle);
    const std::int64_t x0 = d_.x10(m.sent);
    std::int64_t x1 = d_.x10(m.ended);
    if (!arrives) {
      // Lost on the way, most often at once: drawn so far that one sees where it was going.
      x1 = std::max(x1, x0 + 160);
      y1 = y0 + (y1 - y0) * 11 / 20;
    }
    const std::string color = number(d_.colors[m.type]);
    std::string classes = "m t" + color;
    if (m.fate != MessageFate::delivered) classes += " lost";
    if (m.again) classes += " again";
    if (m.late) classes += " late";
    // An arrow that the range's end cuts off has no head.
    const bool whole = m.fate == MessageFate::delivered && s_.covers(m.ended);
    std::string more = attribute("data-m", number(i));
    if (whole) more += attribute("marker-end", "url(#h" + color + ")");
    out_ += line(classes, x0, y0, x1, y1, more);
    end("line", message_text(timeline_, m));
    if (d_.labels) label_message(timeline_.text(m.type), "label f" + color, {x0, x1}, {y0, y1});
  }

  /// Somewhere along the arrow where no other label stands, or nowhere.
  void label_message(const std::string& text, const std::string& classes, std::pair<std::int64_t, std::int64_t> x,
                     std::pair<std::int64_t, std::int64_t> y) {
    const auto width = static_cast<std::int64_t>(text.size()) * kLabelLetter10 + 50;
    for (const std::int64_t part : {6, 4, 8, 3, 9}) {
      const std::int64_t at_x = x.first + (x.second - x.first) * part / 12;
      const std::int64_t at_y = y.first + (y.second - y.first) * part / 12 - 10;
      if (text.empty() || at_x + width > right_ || !is_free(at_x, at_y, width)) continue;
      labels_ += words(classes, at_x, at_y, text, moved(50));
      return;
    }
  }
  /// Whether there is room for a label, which then is taken.
  bool is_free(std::int64_t x, std::int64_t y, std::int64_t width) {
    for (const Taken& other : taken_) {
      const bool apart = x + width < other.x || other.x + other.width < x || y - other.y >= 100 || other.y - y >= 100;
      if (!apart) return false;
    }
    taken_.push_back({x, y, width});
    return true;
  }

  void draw_event(std::uint32_t n) {
    const Timeline::Event& event = timeline_.event(n);
    if (event.node == Timeline::kNone) return;  // it stands among the faults
    const std::int64_t x = d_.x10(event.at);
    const std::int64_t y = px(d_.lanes[d_.lane_of[event.node]].middle);
    std::string classes = "e " + enum_name(event.kind);
    if (event.kind == RecordKind::deliver) classes += " f" + number(d_.colors[event.type]);
    const std::string number_of = attribute("data-e", number(n));
    const std::string title = clock(event.at) + ", event " + number(n) + ": " + timeline_.describe(n);
    if (event.kind == RecordKind::sync) {
      out_ += rect(classes, x, y - 25, 50, 50, moved(-25) + number_of);
      end("rect", title);
    } else {
      const std::int64_t radius = event.kind == RecordKind::start ? 45 : event.kind == RecordKind::timer ? 33 : 30;
      out_ +=
          "<circle" + attribute("class", classes) + attribute("cx", x) + attribute("cy", y) + attribute("r", radius) + number_of;
      end("circle", title);
    }
  }

  void draw_aside(const Timeline::Aside& aside) {
    const std::int64_t x = d_.x10(timeline_.event(aside.event).at);
    const std::int64_t y = px(d_.lanes[d_.lane_of[aside.node]].middle) - 110;
    out_ += rect(enum_name(aside.kind), x, y - 35, 70, 70,
                 moved(-35) + attribute("rx", aside.kind == RecordKind::mark ? 35 : 10) + attribute("data-e", number(aside.event)));
    end("rect", enum_name(aside.kind) + " of " + name_of(timeline_, aside.node) + " at " + clock(timeline_.event(aside.event).at) +
                    ": " + aside.text);
  }

  void draw_claims() {
    for (const Timeline::Claim& claim : timeline_.claims) {
      if (!has_moment(s_, claim)) continue;
      const bool violated = claim.status == "violated";
      const std::int64_t x = d_.x10(moment_of(timeline_, claim));
      out_ +=
          line(violated ? "violated" : "reached", x, px(d_.axis), x, px(d_.height - 4), attribute("data-e", number(claim.event)));
      end("line", claim_text(claim));
      if (!violated) continue;
      const bool left = x > right_ / 2;
      out_ += words("broken", x, px(d_.height - 6), "violated: " + claim.name,
                    attribute("text-anchor", left ? "end" : "start") + moved(left ? -50 : 50));
    }
  }

  std::string span_text(Time begin, Time until) const {
    if (begin == until) return "at " + clock(begin);
    return clock(begin) + " to " + (until >= timeline_.end ? "the end" : clock(until));
  }

  const Diagram& d_;
  const Selection& s_;
  const Timeline& timeline_;
  Writer& out_;
  std::int64_t right_;  // edge of the plot, in tenths of a pixel
  struct Taken {
    std::int64_t x, y, width;
  };
  std::vector<Taken> taken_;  // by labels
  std::string labels_;        // of ribbons and bars: above the arrows that cross them
};

/// One entry of the legend after the other, in as many rows as they need.
class Legend {
 public:
  Legend(int width, std::string& out) : width10_(px(width)), out_(out) {}
  /// Room for a sign of that width and its text; then x() and y() are where they stand.
  void next(int sign, std::string_view text) {
    const std::int64_t needed = px(sign) + 60 + static_cast<std::int64_t>(text.size()) * 75 + 180;
    x_ = next_;
    if (x_ > 0 && x_ + needed > width10_) {
      x_ = 0;
      y_ += 180;
    }
    next_ = x_ + needed;
    out_ += words("", x_ + px(sign) + 60, y_ + 110, text);
  }
  void arrow(std::string_view text, int color, std::string_view classes) {
    next(26, text);
    const std::string c = number(color);
    const bool lost = classes.find("lost") != std::string_view::npos;
    out_ += line("m t" + c + std::string(classes), x_, y_ + 70, x_ + 240, y_ + 70,
                 lost ? "" : attribute("marker-end", "url(#h" + c + ")")) +
            "/>\n";
  }
  void box(std::string_view text, std::string_view classes, std::string_view fill = {}) {
    next(16, text);
    out_ += rect(classes, x_, y_ + 10, 160, 110, fill.empty() ? "" : attribute("fill", fill)) + "/>\n";
  }
  void dot(std::string_view text, std::string_view classes) {
    next(8, text);
    out_ +=
        "<circle" + attribute("class", classes) + attribute("cx", x_ + 40) + attribute("cy", y_ + 70) + attribute("r", 35) + "/>\n";
  }
  void row() {
    if (next_ == 0) return;
    next_ = 0;
    y_ += 180;
  }
  int height() const { return static_cast<int>(y_ / 10) + (next_ == 0 ? 0 : 18); }

 private:
  std::int64_t width10_;
  std::string& out_;
  std::int64_t x_ = 0;
  std::int64_t y_ = 0;
  std::int64_t next_ = 0;
};

}  // namespace

std::string_view diagram_style() { return kDiagramStyle; }

std::string diagram_heads() {
  std::string out = "<style>";
  for (std::size_t i = 0; i < kColors; ++i) {
    const std::string n = number(std::uint64_t{i});
    const std::string color(kArrowColors[i]);
    out.append(".t").append(n).append("{stroke:").append(color).append("}.f").append(n).append("{fill:").append(color).append("}");
  }
  out += "</style>\n<defs>";
  for (std::size_t i = 0; i < kColors; ++i) {
    out += "<marker id=\"h" + number(std::uint64_t{i}) +
           "\" viewBox=\"0 0 9 8\" refX=\"9\" refY=\"4\" markerWidth=\"8\" markerHeight=\"7\" markerUnits=\"userSpaceOnUse\" "
           "orient=\"auto\"><path fill=\"" +
           std::string(kArrowColors[i]) + "\" d=\"M0 0L9 4L0 8z\"/></marker>";
  }
  out +=
      "<marker id=\"cross\" viewBox=\"-5 -5 10 10\" markerWidth=\"10\" markerHeight=\"10\" markerUnits=\"userSpaceOnUse\">"
      "<path stroke=\"#c00000\" stroke-width=\"1.8\" d=\"M-3.5 -3.5L3.5 3.5M-3.5 3.5L3.5 -3.5\"/></marker></defs>\n";
  return out;
}

void draw_names(const Diagram& d, Writer& out) {
  const std::size_t most = static_cast<std::size_t>(d.names - 32) / 7;
  if (!d.faults.empty()) out += words("group", 100, px(d.axis + 15), "faults");
  for (const Diagram::Group& group : d.groups)
    out += words("group", 100, px(group.top + 16), shortened(one_line(group.title), most));
  for (const Diagram::Lane& lane : d.lanes) {
    const Timeline::Node& node = d.selection->timeline->nodes[lane.node];
    out += words("", 240, px(lane.middle + (node.zone.empty() ? 4 : -1)), shortened(one_line(node.name), most));
    if (!node.zone.empty()) out += words("tick small", 240, px(lane.middle + 12), shortened(one_line(node.zone), most));
  }
}

void draw_plot(const Diagram& diagram, Writer& out) { Plot(diagram, out).draw(); }

int draw_legend(const Diagram& d, int width, std::string& out) {
  const Timeline& timeline = *d.selection->timeline;
  Legend legend(width, out);
  for (const std::uint16_t type : d.types)
    legend.arrow(timeline.text(type).empty() ? "message" : shortened(one_line(timeline.text(type)), 30), d.colors[type], "");
  if (d.others) legend.arrow("others", kColors - 1, "");
  legend.row();
  bool lost = false;
  bool again = false;
  bool late = false;
  for (const std::uint32_t i : d.messages) {
    const Timeline::Message& m = timeline.messages[i];
    lost = lost || m.fate != MessageFate::delivered;
    again = again || m.again;
    late = late || m.late;
  }
  if (lost) legend.arrow("lost", kColors - 1, " lost");
  if (again) legend.arrow("duplicate", kColors - 1, " again");
  if (late) legend.arrow("late", kColors - 1, " late");
  bool timer = false;
  bool sync = false;
  for (const std::uint32_t n : d.selection->events) {
    timer = timer || timeline.event(n).kind == RecordKind::timer;
    sync = sync || timeline.event(n).kind == RecordKind::sync;
  }
  if (timer) legend.dot("timer", "e timer");
  if (sync) legend.box("sync", "e sync");
  std::array<bool, 2> aside{};
  for (const std::uint32_t i : d.selection->asides) aside[timeline.asides[i].kind == RecordKind::mark ? 1 : 0] = true;
  if (aside[0]) legend.box("note", "note");
  if (aside[1]) legend.dot("mark", "mark");
  std::vector<std::uint16_t> roles;
  for (const Diagram::Lane& lane : d.lanes) {
    for (const Timeline::Role& role : timeline.roles_of(lane.node)) {
      if (role.role != 0 && role.begin <= d.selection->until && std::find(roles.begin(), roles.end(), role.role) == roles.end())
        roles.push_back(role.role);
    }
  }
  for (const std::uint16_t role : roles)
    legend.box(shortened(one_line(timeline.text(role)), 30), "role", kRoleColors[static_cast<std::size_t>(d.role_colors[role])]);
  std::vector<std::string_view> kinds;
  for (const Diagram::FaultBar& bar : d.faults) {
    const std::string_view kind = timeline.faults[bar.index].kind;
    if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) kinds.push_back(kind);
  }
  for (const std::string_view kind : kinds) legend.box(shortened(one_line(kind), 30), "fault " + std::string(class_of_fault(kind)));
  return legend.height();
}

}  // namespace sim::exports
