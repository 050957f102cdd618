#include "sim/explore/cause.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace sim::explore {

namespace {

constexpr std::string_view kNode = "NODE";
constexpr std::string_view kNumber = "N";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool in_word(char c) { return is_digit(c) || is_letter(c) || c == '_' || c == '-' || c == '.'; }
bool has_digit(std::string_view text) { return std::any_of(text.begin(), text.end(), is_digit); }

bool is_unit(std::string_view text) {
  constexpr std::array<std::string_view, 6> units{"ns", "us", "ms", "s", "min", "h"};
  return std::find(units.begin(), units.end(), text) != units.end();
}

/// A digest: eight letters and digits or more, all of them hexadecimal.
bool is_hash(std::string_view word) {
  return word.size() >= 8 && has_digit(word) &&
         std::all_of(word.begin(), word.end(), [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
}

/// How many characters of a number stand at the beginning: "4.25" of "4.25s".
std::size_t number_length(std::string_view text) {
  std::size_t n = 0;
  while (n < text.size() && (is_digit(text[n]) || (n > 0 && text[n] == '.' && n + 1 < text.size() && is_digit(text[n + 1])))) ++n;
  return n;
}

std::string word_without_numbers(std::string_view word) {
  if (is_hash(word)) return std::string(kNumber);
  std::string out;
  while (!word.empty()) {
    const std::size_t n = number_length(word);
    if (n == 0) {
      out += word.front();
      word.remove_prefix(1);
      continue;
    }
    out += kNumber;
    word.remove_prefix(n);
    if (is_unit(word)) break;
  }
  return out;
}

/// "N, N and N", with as many as there are, becomes "N, ...".
std::string without_lists(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    bool replaced = false;
    for (const std::string_view item : {kNode, kNumber}) {
      const std::string next = ", " + std::string(item);
      const std::string last = " and " + std::string(item);
      if (!text.starts_with(std::string(item) + next) || (!out.empty() && in_word(out.back()))) continue;
      text.remove_prefix(item.size());
      while (text.starts_with(next)) text.remove_prefix(next.size());
      if (text.starts_with(last)) text.remove_prefix(last.size());
      if (text.starts_with(" more")) text.remove_prefix(std::string_view(" more").size());
      out += std::string(item) + ", ...";
      replaced = true;
      break;
    }
    if (replaced || text.empty()) continue;
    out += text.front();
    text.remove_prefix(1);
  }
  return out;
}

}  // namespace

std::string cause_of(std::string_view message, std::span<const std::string> node_names) {
  std::vector<std::string_view> names(node_names.begin(), node_names.end());
  std::sort(names.begin(), names.end());
  const auto is_name = [&](std::string_view word) { return std::binary_search(names.begin(), names.end(), word); };

  std::string out;
  while (!message.empty() && !message.starts_with("; ")) {
    if (message.front() == '"') {
      const std::size_t end = message.find('"', 1);
      const std::string_view quoted = message.substr(0, end == std::string_view::npos ? message.size() : end + 1);
      out += has_digit(quoted) ? "\"...\"" : std::string(quoted);
      message.remove_prefix(quoted.size());
      continue;
    }
    std::size_t n = 0;
    while (n < message.size() && in_word(message[n])) ++n;
    std::string_view word = message.substr(0, n);
    while (!is_name(word) && (word.ends_with('.') || word.ends_with('-'))) word.remove_suffix(1);  // it ends a sentence
    if (word.empty()) word = message.substr(0, 1);
    out += is_name(word) ? std::string(kNode) : word_without_numbers(word);
    message.remove_prefix(word.size());
  }
  return without_lists(out);
}

}  // namespace sim::explore
