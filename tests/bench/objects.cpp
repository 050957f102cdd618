// How fast collections are judged: histories of a million operations of a set, a queue, a stack and a priority queue, by clients
// whose operations overlap. Each is a run of the collection itself, with instants that are the operations' own, so it is valid;
// one variant swaps the results of two takes near its end. Judged as rows in memory, and read from the text before that.
// Compared with fastlin (Lee and Mathur, OOPSLA 2025), measured on a machine of this class, which reads the text too.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "measure.hpp"
#include "sim/check/objects/fastlin_text.hpp"
#include "sim/check/objects/judge.hpp"
#include "sim/core/random.hpp"

namespace bench {
namespace {

using sim::Rng;
using sim::check::Verdict;
using sim::check::objects::Kind;
using sim::check::objects::to_text;

struct Line {
  std::string method;
  std::int64_t value = 0;
  std::uint64_t start = 0;
  std::uint64_t end = 0;
};

/// A collection that hands out distinct values; what is done next keeps it near `size`.
class Collection {
 public:
  Collection(Kind kind, Rng& rng, std::size_t size) : kind_(kind), rng_(rng), size_(size) {}

  void step(Line& line) {
    const std::uint64_t what = rng_.below(100);
    const std::size_t held = kind_ == Kind::queue || kind_ == Kind::stack ? held_.size() : sorted_.size();
    const bool grow = held < size_ ? what < 55 : what < 45;
    if (kind_ == Kind::set) return set(line, what, held);
    line.value = -1;
    if (grow) {
      line.method = kind_ == Kind::queue ? "enq" : kind_ == Kind::stack ? "push" : "insert";
      line.value = ++next_;
      if (kind_ == Kind::priority_queue) {
        line.value = static_cast<std::int64_t>(rng_.below(1U << 30U)) * (1 << 22) + next_;
        sorted_.insert(line.value);
      } else {
        held_.push_back(line.value);
      }
      return;
    }
    const bool peek = kind_ != Kind::queue && rng_.below(10) == 0;
    line.method = peek ? "peek" : kind_ == Kind::queue ? "deq" : kind_ == Kind::stack ? "pop" : "poll";
    if (held == 0) return;
    if (kind_ == Kind::priority_queue) {
      line.value = *sorted_.rbegin();
      if (!peek) sorted_.erase(std::prev(sorted_.end()));
      return;
    }
    line.value = kind_ == Kind::queue ? held_.front() : held_.back();
    if (peek) return;
    if (kind_ == Kind::queue) {
      held_.pop_front();
    } else {
      held_.pop_back();
    }
  }

 private:
  void set(Line& line, std::uint64_t what, std::size_t held) {
    if (held == 0 || what < 40) {
      line.method = "insert";
      line.value = ++next_;
      sorted_.insert(line.value);
      return;
    }
    const bool there = what < 95;
    line.value = there ? *sorted_.begin() : next_ + 1;
    line.method = !there ? "contains_false" : what < 60 ? "contains_true" : "remove";
    if (line.method == "remove") sorted_.erase(sorted_.begin());
  }

  Kind kind_;
  Rng& rng_;
  std::size_t size_;
  std::int64_t next_ = 0;
  std::deque<std::int64_t> held_;
  std::set<std::int64_t> sorted_;
};

/// Whether no removal of the value of line `at` begins before that line ends, and its insertion had ended before.
bool surely_there(const std::vector<Line>& lines, std::size_t at) {
  bool inserted = false;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].value != lines[at].value) continue;
    if (lines[i].method == "insert") inserted = lines[i].end < lines[at].start;
    if (lines[i].method == "remove" && lines[i].start < lines[at].end) return false;
  }
  return inserted;
}

/// Whether the insertion of a value had ended by then.
bool inserted_before(const std::vector<Line>& lines, std::int64_t value, std::uint64_t instant) {
  return std::any_of(lines.begin(), lines.end(), [&](const Line& line) { return line.value == value && line.end < instant; });
}

/// A text of that many operations by clients; each has an instant inside its interval, at which the collection does it.
std::string history(Kind kind, std::size_t operations, std::size_t clients, std::size_t size, bool swap, std::uint64_t seed) {
  Rng rng(seed, "objects", clients);
  Collection collection(kind, rng, size);
  std::vector<Line> lines;
  std::vector<Line> open(clients);  // by client; done when it has an end to come
  std::vector<int> phase(clients, 0);
  std::uint64_t now = 0;
  while (lines.size() < operations) {
    const std::size_t c = rng.below(clients);
    ++now;
    if (phase[c] == 0) open[c].start = now;
    if (phase[c] == 1) {
      collection.step(open[c]);
      --now;
    }
    if (phase[c] == 2) {
      open[c].end = now;
      lines.push_back(open[c]);
    }
    phase[c] = (phase[c] + 1) % 3;
  }
  for (std::size_t c = 0; c < clients; ++c) {  // what has happened must end
    if (phase[c] != 2) continue;
    open[c].end = ++now;
    lines.push_back(open[c]);
  }
  if (swap) {
    const std::string take = kind == Kind::queue ? "deq" : kind == Kind::stack ? "pop" : "poll";
    Line* first = nullptr;
    for (std::size_t i = operations - operations / 20; i < operations; ++i) {
      Line& line = lines[i];
      if (kind == Kind::set && line.method == "contains_true" && surely_there(lines, i)) {
        line.method = "contains_false";
        break;
      }
      if (line.method != take || line.value == -1) continue;
      if (first == nullptr) {
        first = &line;
      } else if (line.start > first->end && inserted_before(lines, line.value, first->start) &&
                 inserted_before(lines, first->value, first->start) &&
                 (kind != Kind::priority_queue || first->value > line.value)) {
        std::swap(first->value, line.value);
        break;
      } else if (i % 64 == 0) {
        first = &line;
      }
    }
  }
  std::string text = "# " + std::string(kind == Kind::priority_queue ? "priorityqueue" : to_text(kind)) + "\n";
  for (const Line& line : lines) {
    text +=
        line.method + " " + std::to_string(line.value) + " " + std::to_string(line.start) + " " + std::to_string(line.end) + "\n";
  }
  return text;
}

struct Case {
  Kind kind;
  std::size_t clients;
  std::size_t size;
  bool swap;
};

int run(const Options& how) {
  const std::size_t operations = how.smoke ? 2'000 : 1'000'000;
  std::vector<Case> cases;
  for (const Kind kind : {Kind::set, Kind::queue, Kind::stack, Kind::priority_queue}) {
    cases.push_back({kind, 10, 50, false});
    cases.push_back({kind, 100, 1000, false});
    if (!how.smoke) cases.push_back({kind, 10, 50, true});  // in a short run nothing may be left to exchange
  }
  if (!how.json)
    fmt::print("{:<15} {:>8} {:>6} {:>9} {:>9} {:>9} {:>9}\n", "", "clients", "size", "verdict", "read s", "judge s", "both s");
  for (const Case& c : cases) {
    const std::string text = history(c.kind, operations, c.clients, c.size, c.swap, 1);
    Verdict verdict = Verdict::undecided;
    std::string why;
    std::vector<double> read;
    const double judging = median(how.runs, [&] {
      const double before = cpu_seconds();
      const auto log = sim::check::objects::FastlinReader::read(text);
      const double between = cpu_seconds();
      const auto judged = sim::check::objects::judge(*log);
      const double after = cpu_seconds();
      verdict = judged->verdict;
      why = judged->explanation;
      read.push_back(between - before);
      return after - between;
    });
    std::sort(read.begin(), read.end());
    const double reading = read[read.size() / 2];
    if ((verdict == Verdict::valid) == c.swap) {
      fmt::print("the verdict is {}, which is wrong: {}\n", sim::check::to_text(verdict), why);
      return 1;
    }
    if (how.json) {
      fmt::print(
          "{{\"bench\":\"objects\",\"kind\":\"{}\",\"operations\":{},\"clients\":{},\"valid\":{},\"read_s\":{:.4f},\"judge_s\":{:."
          "4f}}}\n",
          to_text(c.kind), operations, c.clients, !c.swap, reading, judging);
    } else {
      fmt::print("{:<15} {:>8} {:>6} {:>9} {:>9.3f} {:>9.3f} {:>9.3f}\n", to_text(c.kind), c.clients, c.size,
                 sim::check::to_text(verdict), reading, judging, reading + judging);
      if (c.swap) fmt::print("  {}\n", why);
    }
  }
  return 0;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) { return bench::run(bench::options(argc, argv)); }
