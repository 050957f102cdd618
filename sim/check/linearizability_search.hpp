// Both searches over all partitions of a history, interleaved by a budget of steps, up to the first violation.
#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "sim/check/judgement.hpp"
#include "sim/check/linearizability_jit.hpp"
#include "sim/check/linearizability_wgl.hpp"

namespace sim::check {

/// Why a check is undecided.
enum class Shortage : std::uint8_t { none, steps, memory, slots };

/// The operations of one object, which linearize apart from the others (Herlihy and Wing, 1990: locality).
template <Machine M>
struct Partition {
  M machine;
  std::uint32_t classes = 0;   ///< classes of the machine are below this
  std::vector<CompactOp> ops;  ///< in the order of their invocations
};

/// At most this many operations may be open at once (those that never return stay open) in one partition.
inline constexpr std::uint32_t kMaxSlots = 4096;

/// Depth-first and just-in-time search of one partition, by turns.
template <Machine M>
class Race {
 public:
  Race(std::span<const CompactOp> ops, std::uint32_t classes, M& machine)
      : machine_(machine), problem_(Problem::build(ops, classes)) {}
  Race(const Race&) = delete;  // the searches point to problem_
  Race& operator=(const Race&) = delete;

  /// One turn of each search within `steps` (each) and `bytes` (together).
  void turn(std::uint64_t steps, std::size_t bytes) {
    if (problem_.slots > kMaxSlots) {
      shortage_ = Shortage::slots;
      return;
    }
    if (!jit_over_) {
      if (jit_ == nullptr) jit_ = make<JitSearch>();
      // Half of the memory at most: the other search may need less for the same.
      const std::size_t held = wgl_ == nullptr ? 0 : wgl_->bytes();
      jit_over_ = !advance(jit_, steps, std::min(bytes - std::min(bytes, held), bytes / 2));
    }
    if (verdict_ == Verdict::undecided && !wgl_over_) {
      if (wgl_ == nullptr) wgl_ = make<WglSearch>();
      const std::size_t held = jit_ == nullptr ? 0 : jit_->bytes();
      wgl_over_ = !advance(wgl_, steps, bytes - std::min(bytes, held));
    }
    if (verdict_ != Verdict::undecided) {
      jit_.reset();
      wgl_.reset();
    } else if (jit_over_ && wgl_over_) {
      shortage_ = Shortage::memory;
    }
  }

  bool over() const { return verdict_ != Verdict::undecided || shortage_ != Shortage::none; }
  Verdict verdict() const { return verdict_; }
  Shortage shortage() const { return shortage_; }
  std::uint64_t steps() const { return steps_; }
  std::size_t bytes() const { return (jit_ == nullptr ? 0 : jit_->bytes()) + (wgl_ == nullptr ? 0 : wgl_->bytes()); }
  const Problem& problem() const { return problem_; }
  /// The furthest event that could not be passed.
  std::size_t frontier() const { return frontier_; }
  /// After valid.
  const std::vector<std::uint32_t>& order() const { return order_; }

 private:
  template <template <class, std::size_t> class S>
  std::unique_ptr<Search> make() {
    if (problem_.slots <= 64) return std::make_unique<S<M, 1>>(problem_, machine_);
    if (problem_.slots <= 128) return std::make_unique<S<M, 2>>(problem_, machine_);
    if (problem_.slots <= 256) return std::make_unique<S<M, 4>>(problem_, machine_);
    if (problem_.slots <= 1024) return std::make_unique<S<M, 16>>(problem_, machine_);
    return std::make_unique<S<M, kMaxSlots / 64>>(problem_, machine_);
  }

  // False when the search is over, for whatever reason.
  bool advance(std::unique_ptr<Search>& search, std::uint64_t steps, std::size_t bytes) {
    const std::uint64_t before = search->steps();
    const Progress progress = search->run(steps, bytes);
    steps_ += search->steps() - before;
    frontier_ = std::max(frontier_, search->frontier());
    if (progress == Progress::more) return true;
    if (progress == Progress::valid) {
      verdict_ = Verdict::valid;
      order_ = search->order();
    } else if (progress == Progress::invalid) {
      verdict_ = Verdict::invalid;
      frontier_ = search->frontier();
    }
    search.reset();
    return false;
  }

  M& machine_;
  Problem problem_;
  std::unique_ptr<Search> jit_;
  std::unique_ptr<Search> wgl_;
  bool jit_over_ = false;
  bool wgl_over_ = false;
  Verdict verdict_ = Verdict::undecided;
  Shortage shortage_ = Shortage::none;
  std::uint64_t steps_ = 0;
  std::size_t frontier_ = 0;
  std::vector<std::uint32_t> order_;
};

/// What the search of all partitions found.
struct SearchResult {
  Verdict verdict = Verdict::undecided;
  Shortage shortage = Shortage::none;              ///< of undecided
  std::uint64_t steps = 0;                         ///< transitions tried
  std::size_t failing = 0;                         ///< of invalid: index in its ops of the one whose completion cannot be passed
  std::size_t partition = 0;                       ///< the violated one, or the first that is undecided
  std::size_t passed = 0;                          ///< of that partition: completions up to the furthest event
  std::size_t completions = 0;                     ///< of that partition: all
  std::vector<std::vector<std::uint32_t>> orders;  ///< of valid: for every partition a linearization, indices into its ops
};

namespace detail {

template <Machine M>
void locate(const Race<M>& race, std::size_t index, SearchResult& result) {
  result.partition = index;
  const std::vector<std::uint32_t>& events = race.problem().events;
  for (std::size_t i = 0; i < events.size(); ++i) {
    result.completions += events[i] % 2;
    result.passed += i < race.frontier() ? events[i] % 2 : 0;
  }
}

}  // namespace detail

/// Searches all partitions by turns, each turn with twice the budget of the one before, until one is violated or all are
/// decided or a limit is reached. Same partitions and limits: same result, same number of steps.
template <Machine M>
SearchResult search(std::vector<Partition<M>>& partitions, const Limits& limits) {
  SearchResult result;
  std::vector<std::unique_ptr<Race<M>>> races;
  races.reserve(partitions.size());
  for (Partition<M>& p : partitions) races.push_back(std::make_unique<Race<M>>(p.ops, p.classes, p.machine));

  std::size_t running = races.size();
  for (std::uint64_t budget = 4096; running > 0 && result.steps < limits.steps; budget *= 2) {
    std::size_t held = 0;
    for (const auto& race : races) held += race->bytes();
    for (std::size_t i = 0; i < races.size() && result.steps < limits.steps; ++i) {
      Race<M>& race = *races[i];
      if (race.over()) continue;
      const std::uint64_t steps_before = race.steps();
      held -= race.bytes();
      race.turn(std::min(budget, limits.steps - result.steps), limits.bytes - std::min(limits.bytes, held));
      held += race.bytes();
      result.steps += race.steps() - steps_before;
      if (race.over()) --running;
      if (race.verdict() == Verdict::invalid) {
        result.verdict = Verdict::invalid;
        detail::locate(race, i, result);
        result.failing = race.problem().events[race.frontier()] / 2;
        return result;
      }
    }
  }
  for (std::size_t i = 0; i < races.size(); ++i) {
    if (races[i]->verdict() == Verdict::valid) continue;
    result.shortage = races[i]->shortage() == Shortage::none ? Shortage::steps : races[i]->shortage();
    detail::locate(*races[i], i, result);
    return result;
  }
  result.verdict = Verdict::valid;
  for (const auto& race : races) result.orders.push_back(race->order());
  return result;
}

}  // namespace sim::check
