#include "sim/core/words.hpp"

#include <algorithm>

namespace sim {

namespace {

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

}  // namespace

std::string nearest(std::string_view word, std::span<const std::string> known) {
  if (word.size() > 200) return {};
  std::string best;
  std::size_t best_distance = (word.size() + 2) / 3 + 1;
  for (const std::string& candidate : known) {
    // Somebody who wrote only the beginning of a word made one mistake, however long the rest is.
    const bool beginning = word.size() >= 3 && candidate.starts_with(word);
    if (const std::size_t d = beginning ? 1 : distance(word, candidate); d < best_distance) {
      best_distance = d;
      best = candidate;
    }
  }
  return best;
}

std::string expected_one_of(std::string_view found, std::span<const std::string> known) {
  std::string out = "expected ";
  if (known.size() > 1) out += "one of ";
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (i > 0) out += i + 1 == known.size() ? " or " : ", ";
    out += known[i];
  }
  if (const std::string near = nearest(found, known); !near.empty()) out += "; did you mean \"" + near + "\"?";
  return out;
}

std::string path_to(std::string_view path, std::string_view member) {
  std::string out{path};
  out += '/';
  out += member;
  return out;
}

}  // namespace sim
