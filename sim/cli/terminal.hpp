// Terminal: output to people: colours only where they are wanted, numbers that can be read at a glance.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "sim/core/time.hpp"

namespace sim::cli {

/// What `--color` says.
enum class Color { automatic, always, never };

/// Decides once for all of stdout: `automatic` colours a terminal unless NO_COLOR is set.
void set_color(Color color);

std::string red(std::string_view text);
std::string green(std::string_view text);
std::string yellow(std::string_view text);
std::string bold(std::string_view text);
std::string faint(std::string_view text);

/// 1234567 as "1,234,567".
std::string grouped(std::uint64_t number);
/// How much a second: "3.2", "1,234".
std::string rate(double a_second);
/// Numbers over time as one line of bars, at most 50, with the greatest behind it: "▁▃█▇..▂  at most 12". A dot is a zero. Of a
/// longer series each bar is the mean of several.
std::string series_text(std::span<const std::uint64_t> numbers);
/// A duration to three digits, for tables: "12.3ms".
std::string brief(Duration d);
/// Text broken at blanks into lines of at most `width`, each after the first indented by `indent` blanks. The first is meant to
/// stand behind `before` characters.
std::string wrapped(std::string_view text, std::size_t width, std::size_t indent, std::size_t before = 0);

/// A line on stderr that says how far long work has come: only on a terminal, only after a second, ten times a second.
class Progress {
 public:
  Progress();
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  /// `done` of `all` (in any unit), and what was worked off, for the rate ("events"); `note` ends the line.
  void show(double done, double all, std::uint64_t worked, std::string_view unit, std::string_view note = {});
  /// The same for work of which nobody knows how much there is: how far it has come, in words of less than a line.
  void say(std::string_view text);

 private:
  bool due();

  bool wanted_;
  double begun_;
  double shown_ = 0;
  bool visible_ = false;
};

/// Seconds of the wall clock since some fixed point.
double wall_seconds();

/// Writes to stdout; a write that fails (a full disk, a closed pipe) ends the program with exit code 2.
void print(std::string_view text);
/// Writes a line to stderr.
void complain(std::string_view text);

}  // namespace sim::cli
