// Counters: a read lies between what must have been added and what may have been.
#include <map>

#include "sim/check/workloads/common.hpp"
#include "sim/check/workloads/workloads.hpp"

namespace sim::check::workloads {

namespace {

// Sums of adds so far, those that raise the counter apart from those that lower it.
struct Sums {
  std::int64_t raised = 0;   // by adds that completed
  std::int64_t raising = 0;  // by adds that began and did not fail
  std::int64_t lowered = 0;
  std::int64_t lowering = 0;
};

bool grow(std::int64_t& sum, std::int64_t by) { return !__builtin_add_overflow(sum, by, &sum); }

}  // namespace

Result<Judgement> judge_counter(const History& history) {
  Sums sums;
  std::map<std::size_t, Sums> at_start;  // of open reads
  Findings findings;
  std::size_t reads = 0;
  std::int64_t width = 0;
  for (const Event& event : events_of(history)) {
    const std::size_t i = event.operation;
    const Operation& op = history.operations[i];
    if (op.outcome == Outcome::fail) continue;
    if (op.f == "add") {
      const std::int64_t* n = op.input.integer();
      if (n == nullptr) return at(history, i, "an add of a counter needs a whole number");
      if (!event.invocation && op.outcome != Outcome::ok) continue;
      std::int64_t& sum =
          *n < 0 ? (event.invocation ? sums.lowering : sums.lowered) : (event.invocation ? sums.raising : sums.raised);
      if (!grow(sum, *n)) return at(history, i, "the counter overflows");
    } else if (op.f == "read" && op.outcome == Outcome::ok) {
      if (event.invocation) {
        at_start.emplace(i, sums);
        continue;
      }
      const std::int64_t* n = op.output.integer();
      if (n == nullptr) return at(history, i, "a read of a counter should return a whole number");
      const Sums start = at_start.at(i);
      at_start.erase(i);
      ++reads;
      std::int64_t least = start.raised;
      std::int64_t most = start.lowered;
      if (!grow(least, sums.lowering) || !grow(most, sums.raising)) return at(history, i, "the counter overflows");
      width = std::max(width, most - least);
      if (least <= *n && *n <= most) continue;
      std::string why = named(history, i) + " returned " + std::to_string(*n) + ", though the counter was ";
      why += *n < least ? "at least " + std::to_string(least) + ": the adds that had completed before it began sum up to that"
                        : "at most " + std::to_string(most) + ": no more had been added, even by adds whose outcome is unknown";
      std::vector<std::size_t> involved;
      for (std::size_t k = 0; k < history.operations.size(); ++k) {
        const Operation& add = history.operations[k];
        if (add.f != "add" || add.outcome == Outcome::fail) continue;
        const bool done = add.outcome == Outcome::ok && add.returned < op.invoked;
        const bool raises = add.input.integer() != nullptr && *add.input.integer() >= 0;
        // Below: what surely raised it, and what may have lowered it. Above: the other way round.
        if (*n < least ? (raises ? done : add.invoked < op.returned) : (raises ? add.invoked < op.returned : done))
          involved.push_back(k);
      }
      involved.push_back(i);
      findings.add("out-of-bounds", std::move(involved), std::move(why));
    }
  }
  std::vector<std::string> notes{counted(reads, "read")};
  if (reads != 0) notes.push_back("the bounds of a read were up to " + std::to_string(width) + " apart");
  return findings.judgement(history, Verdict::valid, std::move(notes));
}

}  // namespace sim::check::workloads
