// What the exporters share: which part of a timeline is written, and how texts are made safe. Internal to sim/trace.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/trace/export.hpp"
#include "sim/trace/text_writer.hpp"

namespace sim::exports {

/// The part of a timeline that is written.
struct Selection {
  const Timeline* timeline = nullptr;
  Time from{};
  Time until{};
  std::vector<bool> shown;                ///< by node
  std::vector<std::uint32_t> events;      ///< their numbers, ascending
  std::vector<std::uint32_t> messages;    ///< indices of those under way at some time in the range, to or from a node that is shown
  std::vector<std::uint32_t> faults;      ///< indices of those that last at some time in the range
  std::vector<std::uint32_t> operations;  ///< the same of shown nodes
  std::vector<std::uint32_t> asides;      ///< indices of those of shown nodes
  std::string notice;                     ///< what was left out that had been asked for, as a sentence; or empty
  bool has(std::uint32_t event) const;
  /// Whether both ends of a message are nodes that are shown.
  bool between_shown(const Timeline::Message& m) const { return shown[m.from] && shown[m.to]; }
  /// Whether something at an instant is in the range.
  bool covers(Time at) const { return at >= from && at <= until; }
  bool overlaps(Time begin, Time end) const { return begin <= until && end >= from; }
  Time clipped(Time at) const { return at < from ? from : at > until ? until : at; }

  static Selection of(const Timeline& timeline, const ExportOptions& options, std::uint64_t limit);
};

using Writer = TextWriter;

/// The first code point of a text, which is taken off it; U+FFFD for a byte that is not UTF-8. The text is not empty.
char32_t take_code(std::string_view& text);
void append_code(std::string& out, char32_t code);
/// The text with U+FFFD for what is not UTF-8.
std::string valid(std::string_view text);
/// The text on one line: blanks for line breaks and other control characters.
std::string one_line(std::string_view text);
/// At most so many code points, the last ".." where some were cut off.
std::string shortened(std::string_view text, std::size_t most);
/// As a JSON string with its quotes.
std::string json(std::string_view text);
/// On one line, for XML: as content or within double quotes.
std::string xml(std::string_view text);

std::string number(std::int64_t n);
inline std::string number(std::uint64_t n) { return number(static_cast<std::int64_t>(n)); }
inline std::string number(std::uint32_t n) { return number(static_cast<std::int64_t>(n)); }
inline std::string number(int n) { return number(static_cast<std::int64_t>(n)); }
/// Seconds with six decimals, the rest cut off: "1.234567s".
std::string clock(Time at);

/// "n1".
const std::string& name_of(const Timeline& timeline, std::uint32_t node);
/// "AppendEntries from n1 to n2, sent 1.2s, arrived 1.21s".
std::string message_text(const Timeline& timeline, const Timeline::Message& message);
/// "read key 3 = 7, 1.2s to 1.3s: ok".
std::string operation_text(const Timeline& timeline, const Timeline::Operation& operation);
/// "read key 3 = 7".
std::string operation_label(const Timeline::Operation& operation);
/// "holds always raft.election-safety", with the message of a violation.
std::string claim_text(const Timeline::Claim& claim);
/// Whether a claim is of a moment of the range: it was violated or reached then; a history's violation shows at the run's end.
bool has_moment(const Selection& selection, const Timeline::Claim& claim);
Time moment_of(const Timeline& timeline, const Timeline::Claim& claim);
/// The systems in the order of their first nodes, each with its nodes.
std::vector<std::pair<std::string, std::vector<std::uint32_t>>> systems_of(const Selection& selection);
/// "raft-partition, seed 7, 0.000000s to 2.000000s".
std::string title_of(const Selection& selection);
/// Two notices as one.
std::string joined(const std::string& a, const std::string& b);

/// For spans that may overlap, in the order of their beginnings: each gets the first row that is free. Touching is not overlapping.
class Rows {
 public:
  std::size_t place(Time begin, Time end);
  std::size_t count() const { return ends_.size(); }

 private:
  std::vector<Time> ends_;
};

/// An operation in one of its node's rows.
struct OperationBar {
  std::uint32_t index = 0;
  std::size_t row = 0;
  Time until{};  ///< of one that was never answered: the beginning of the next in its row, or the end of the run
};
/// The operations of a selection, so that none overlaps another in its row. One that was never answered keeps no row to itself: a
/// client that gives up a hundred times would need a hundred.
std::vector<OperationBar> place_operations(const Selection& selection);

// One a format. They return a notice: the selection's, with what else they left out.
std::string write_perfetto(const Selection& selection, Writer& out);
std::string write_shiviz(const Selection& selection, Writer& out);
std::string write_mermaid(const Selection& selection, std::uint64_t most, Writer& out);
std::string write_svg(const Selection& selection, std::uint64_t most, Writer& out);
std::string write_html(const Selection& selection, std::uint64_t most, Writer& out);
std::string write_csv(const Selection& selection, Writer& out);

/// A space-time diagram laid out: what svg and html have in common. Lengths are pixels.
struct Diagram {
  struct Lane {
    std::uint32_t node = 0;
    int top = 0;
    int middle = 0;  ///< where events stand
    int height = 0;
  };
  struct Group {
    std::string title;
    int top = 0;
  };
  struct FaultBar {
    std::uint32_t index = 0;
    int row = 0;
  };
  const Selection* selection = nullptr;
  int width = 0;   ///< of the plot
  int height = 0;  ///< of the plot, with axis and faults
  int names = 0;   ///< what the lanes' names take, left of the plot
  int axis = 0;    ///< where the axis stands
  std::vector<Group> groups;
  std::vector<Lane> lanes;
  std::vector<std::uint32_t> lane_of;   ///< by node; kNone: not shown
  std::vector<std::uint32_t> messages;  ///< indices of those that are drawn
  std::vector<FaultBar> faults;
  std::vector<OperationBar> operations;
  std::vector<int> colors;           ///< by text: of a type, 0 to kColors - 1; the last is "other"
  std::vector<std::uint16_t> types;  ///< those with a colour of their own, the most frequent first
  bool others = false;               ///< there are types beyond these
  std::vector<int> role_colors;      ///< by text
  bool labels = false;               ///< so few messages that each is labelled
  bool titles = true;                ///< with a <title> for hovering
  std::string notice;                ///< which messages were left out

  /// At most `most` messages are drawn (0: any number), and the plot is at most `widest` wide.
  static Diagram of(const Selection& selection, std::uint64_t most, int widest);
  /// Where an instant stands, in tenths of a pixel from the plot's left edge.
  std::int64_t x10(Time at) const;
};
inline constexpr int kColors = 7;

/// The rules of style that the drawing needs; and the heads of its arrows, once a document.
std::string_view diagram_style();
std::string diagram_heads();
/// What stands left of the plot, in its own coordinates.
void draw_names(const Diagram& diagram, Writer& out);
/// What stands in the plot.
void draw_plot(const Diagram& diagram, Writer& out);
/// What the colours and lines mean, from (0, 0) on; its height.
int draw_legend(const Diagram& diagram, int width, std::string& out);

}  // namespace sim::exports
