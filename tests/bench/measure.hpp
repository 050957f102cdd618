// Measuring: processor time of a piece of work, the median of several runs, a table for people and JSON for machines.
#pragma once

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

/// Seconds of processor time that this process has used.
inline double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// How a bench was called: --smoke (a moment's work), --json, --runs N.
struct Options {
  bool smoke = false;
  bool json = false;
  int runs = 5;
};

inline Options options(int argc, char** argv) {
  Options out;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--smoke") out.smoke = true;
    if (word == "--json") out.json = true;
    if (word == "--runs" && i + 1 < argc) out.runs = std::max(1, std::atoi(argv[++i]));
  }
  if (out.smoke) out.runs = 1;
  return out;
}

/// The median of what `work` returns over several runs.
template <class Work>
double median(int runs, Work&& work) {
  std::vector<double> all;
  for (int i = 0; i < runs; ++i) all.push_back(work());
  std::sort(all.begin(), all.end());
  return all[all.size() / 2];
}

/// Most memory that this process has held, in KiB.
inline long peak_kib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

}  // namespace bench
