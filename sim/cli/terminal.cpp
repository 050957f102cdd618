#include "sim/cli/terminal.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "sim/cli/ranks.hpp"

namespace sim::cli {

namespace {

bool g_colored = false;  // of the process's stdout, set once before anything is printed

std::string colored(std::string_view code, std::string_view text) {
  return g_colored ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
}

/// How long something takes, to people: "12 s", "5 min", "2.5 h".
std::string roughly(double seconds) {
  if (seconds < 120) return fmt::format("{:.0f} s", seconds);
  if (seconds < 7200) return fmt::format("{:.0f} min", seconds / 60);
  return fmt::format("{:.1f} h", seconds / 3600);
}

}  // namespace

void set_color(Color color) {
  const char* no_color = std::getenv("NO_COLOR");
  // mpirun gives its processes a terminal, wherever their output goes in the end.
  const bool terminal = isatty(STDOUT_FILENO) != 0 && mpi_processes() == 0;
  const bool wanted = terminal && (no_color == nullptr || *no_color == '\0');
  g_colored = color == Color::always || (color == Color::automatic && wanted);
}

std::string red(std::string_view text) { return colored("1;31", text); }
std::string green(std::string_view text) { return colored("32", text); }
std::string yellow(std::string_view text) { return colored("33", text); }
std::string bold(std::string_view text) { return colored("1", text); }
std::string faint(std::string_view text) { return colored("2", text); }

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

std::string rate(double a_second) {
  return a_second < 10 ? fmt::format("{:.1f}", a_second) : grouped(static_cast<std::uint64_t>(a_second));
}

std::string series_text(std::span<const std::uint64_t> numbers) {
  constexpr std::array bars{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  constexpr std::size_t most = 50;
  const std::size_t columns = std::min(most, numbers.size());
  std::vector<std::uint64_t> means;
  for (std::size_t i = 0; i < columns; ++i) {
    const std::size_t begin = i * numbers.size() / columns;
    const std::size_t end = (i + 1) * numbers.size() / columns;
    std::uint64_t sum = 0;
    for (std::size_t k = begin; k < end; ++k) sum += numbers[k];
    means.push_back(sum / (end - begin));
  }
  const std::uint64_t top = means.empty() ? 0 : *std::max_element(means.begin(), means.end());
  std::string out;
  for (const std::uint64_t n : means) out += n == 0 ? "." : bars[(n * bars.size() - 1) / top];
  return out + "  at most " + grouped(top);
}

std::string brief(Duration d) {
  struct Unit {
    std::int64_t ns;
    const char* name;
  };
  constexpr std::array<Unit, 3> units{{{1'000'000'000, "s"}, {1'000'000, "ms"}, {1'000, "us"}}};
  for (const Unit& unit : units) {
    if (d.ns * 2000 >= unit.ns * 1999)
      return fmt::format("{:.3g}{}", static_cast<double>(d.ns) / static_cast<double>(unit.ns), unit.name);
  }
  return fmt::format("{}ns", d.ns);
}

std::string wrapped(std::string_view text, std::size_t width, std::size_t indent, std::size_t before) {
  std::string out;
  std::size_t column = before;
  bool first = true;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    if (!first && column + 1 + word.size() > width) {
      out += '\n' + std::string(indent, ' ');
      column = indent;
    } else if (!first) {
      out += ' ';
      ++column;
    }
    first = false;
    out += word;
    column += word.size();
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

double wall_seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

Progress::Progress() : wanted_(isatty(STDERR_FILENO) != 0), begun_(wall_seconds()) {}

Progress::~Progress() {
  if (visible_) fmt::print(stderr, "\r\x1b[K");
}

bool Progress::due() {
  if (!wanted_) return false;
  const double now = wall_seconds();
  if (now - begun_ < 1 || now - shown_ < 0.1) return false;
  shown_ = now;
  visible_ = true;
  return true;
}

void Progress::say(std::string_view text) {
  if (due()) fmt::print(stderr, "\r{}\x1b[K", text);
}

void Progress::show(double done, double all, std::uint64_t worked, std::string_view unit, std::string_view note) {
  if (!due()) return;
  const double spent = shown_ - begun_;
  const double part = all > 0 ? std::min(done / all, 1.0) : 0;
  const double left = part > 0 ? spent * (1 - part) / part : 0;
  const std::string text =
      fmt::format("{:3.0f}%  {} {} a second, {} left{}{}", part * 100, rate(static_cast<double>(worked) / spent), unit,
                  roughly(left), note.empty() ? "" : ", ", note);
  const std::size_t width = text.size() < 50 ? 24 : 8;  // a line that breaks could not be written over
  fmt::print(stderr, "\r[{:<{}}] {}\x1b[K", std::string(static_cast<std::size_t>(part * static_cast<double>(width)), '#'), width,
             text);
}

void print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) std::exit(2);
}

void complain(std::string_view text) { fmt::print(stderr, "{}\n", text); }

}  // namespace sim::cli
