// Picture: a judged history laid out as a diagram, one lane a process, before anything is drawn.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/check/history.hpp"
#include "sim/check/judgement.hpp"

namespace sim::check {

/// How an operation stands out.
enum class Emphasis : std::uint8_t {
  context,  ///< it is there for orientation
  core,     ///< it is part of what cannot be explained
  failing,  ///< its completion is what cannot be explained
  ordered,  ///< it has a place in the order that explains everything
};

/// An operation as a bar.
struct Bar {
  std::size_t operation = 0;  ///< index in the history
  std::size_t lane = 0;
  int left = 0;  ///< in pixels, as all lengths here
  int right = 0;
  bool open = false;  ///< its end is unknown: it may take effect later, or never
  Emphasis emphasis = Emphasis::context;
  std::string label;     ///< short: "write 3"
  std::string hover;     ///< everything that is known of it
  std::string position;  ///< its place in the order, "12", or empty
};

/// What happened to the system, as a line across all lanes.
struct FaultLine {
  int x = 0;
  std::string label;
  std::string hover;
};

/// Why one operation must come before another, as an arrow between bars.
struct Arrow {
  std::size_t from = 0;  ///< index in Picture::bars
  std::size_t to = 0;
  std::string label;
  std::string hover;
};

/// A history laid out: what happened earlier stands further left, at no scale; every label has room.
struct Picture {
  std::string title;    ///< "invalid: strict-serializable list-append"
  std::string caption;  ///< the sentence that explains it
  std::vector<std::string> lanes;
  std::vector<Bar> bars;
  std::vector<FaultLine> faults;
  std::vector<Arrow> arrows;
  std::string notice;  ///< what was left out, or empty
  int width = 0;       ///< of the part right of the lanes' names
};

/// At most this many operations are drawn; of the others the picture's notice tells.
inline constexpr std::size_t kMostBars = 400;

/// Lays out what a judgement says of a history: of an invalid one its core (and the cycle of its first finding), of a valid one
/// the operations in their order, as far as there is room.
Picture lay_out(const History& history, const Judgement& judgement, std::string title);

/// The picture as an SVG document.
std::string to_svg(const Picture& picture);

/// The picture, the explanation, every finding and a table of the operations as one self-contained HTML document.
std::string to_html(const Picture& picture, const History& history, const Judgement& judgement);

/// Everything known of an operation, in one line: "process 3, write of 5 to key x, 1.2s to 1.5s, lines 7 and 9".
std::string describe_operation(const History& history, std::size_t index);
/// The same in few characters: "write x 5", "read x = 3".
std::string brief_operation(const Operation& operation, std::size_t most = 60);

}  // namespace sim::check
