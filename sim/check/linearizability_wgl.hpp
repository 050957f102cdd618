// Depth-first search for a linearization (J. M. Wing and C. Gong, "Testing and verifying concurrent objects", 1993), with
// the cache of configurations of G. Lowe, "Testing for linearizability", 2017, section 3.
#pragma once

#include <algorithm>
#include <vector>

#include "sim/check/linearizability_problem.hpp"

namespace sim::check {

/// The set of configurations that a depth-first search has been in: how far completions are passed, state, open operations
/// that are linearized. Open addressing, keys stored in full.
template <std::size_t W>
class SeenConfigs {
 public:
  /// False: it was here.
  bool insert(std::uint32_t event, std::uint32_t state, const Mask<W>& done) {
    const std::uint64_t front = (std::uint64_t{event} << 32U) | state;
    if ((count_ + 1) * 4 > entries_.size() * 3) grow();
    Entry& entry = entries_[place(front, done)];
    if (entry.front == front && entry.done == done) return false;
    entry = {front, done};
    ++count_;
    return true;
  }
  bool about_to_grow() const { return (count_ + 1) * 4 > entries_.size() * 3; }
  std::size_t bytes() const { return entries_.capacity() * sizeof(Entry); }

 private:
  static constexpr std::uint64_t kEmpty = ~std::uint64_t{0};
  struct Entry {
    std::uint64_t front = kEmpty;
    Mask<W> done;
  };

  std::size_t place(std::uint64_t front, const Mask<W>& done) const {
    std::size_t i = done.hash(mix(front)) & (entries_.size() - 1);
    while (entries_[i].front != kEmpty && !(entries_[i].front == front && entries_[i].done == done)) {
      i = (i + 1) & (entries_.size() - 1);
    }
    return i;
  }
  void grow() {
    std::vector<Entry> old = std::move(entries_);
    entries_.assign(old.empty() ? 64 : old.size() * 2, Entry{});
    for (const Entry& entry : old) {
      if (entry.front != kEmpty) entries_[place(entry.front, entry.done)] = entry;
    }
  }

  std::vector<Entry> entries_;
  std::size_t count_ = 0;
};

/// The search over one partition. Candidates are what is open before the first completion that is not yet linearized, the
/// one that returns first tried first. Pure operations are linearized as soon as the state lets them, without a choice.
template <Machine M, std::size_t W>
class WglSearch final : public Search {
 public:
  WglSearch(const Problem& problem, M& machine)
      : problem_(problem), machine_(machine), holder_(problem.slots, kNoIndex), state_(machine.initial()) {}

  Progress run(std::uint64_t steps, std::size_t bytes) override {
    const std::uint64_t stop = steps_ + steps;
    if (!started_) {
      started_ = true;
      settle();
    }
    while (event_ < problem_.events.size()) {
      if (steps_ >= stop) return Progress::more;
      // What grows doubles, and for a moment stands beside what it was.
      if ((seen_.about_to_grow() || stack_.size() == stack_.capacity()) && this->bytes() * 3 > bytes + 16384) {
        return Progress::memory;
      }
      if (machine_.bytes() * 3 > bytes + 65536) return Progress::memory;
      if (const std::uint32_t op = candidate(); op != kNoIndex) {
        linearize(op, false);
        settle();
        cursor_ = 0;
        if (seen_.insert(static_cast<std::uint32_t>(event_), state_, done_)) continue;
      }
      if (!backtrack()) return Progress::invalid;
    }
    return Progress::valid;
  }

  std::size_t bytes() const override { return seen_.bytes() + stack_.capacity() * sizeof(Frame) + machine_.bytes(); }
  std::uint64_t steps() const override { return steps_; }
  std::size_t frontier() const override { return furthest_; }

  std::vector<std::uint32_t> order() const override {
    std::vector<std::uint32_t> out;
    for (const Frame& frame : stack_) out.push_back(frame.op);
    return out;
  }

 private:
  struct Frame {
    std::uint32_t op;
    std::uint32_t state;  // before
    std::uint32_t event;  // before
    bool forced;
  };

  // The legal operation with the earliest deadline from cursor_ on, or kNoIndex.
  std::uint32_t candidate() {
    const Mask<W> todo = writers_ - done_;
    std::uint32_t best = kNoIndex;
    for (std::uint32_t s = todo.next(0); s < 64 * W; s = todo.next(s + 1)) {
      const std::uint32_t op = holder_[s];
      const std::uint32_t deadline = problem_.deadline[op];
      if (deadline < cursor_ || (best != kNoIndex && deadline > problem_.deadline[best])) continue;
      const std::uint32_t twin = problem_.twin[op];
      if (twin != kNoIndex && holder_[problem_.slot[twin]] == twin && todo.test(problem_.slot[twin])) continue;
      ++steps_;
      if (machine_.next(state_, problem_.cls[op]) != kNoIndex) best = op;
    }
    return best;
  }

  void linearize(std::uint32_t op, bool forced) {
    stack_.push_back({op, state_, static_cast<std::uint32_t>(event_), forced});
    state_ = machine_.next(state_, problem_.cls[op]);
    done_.set(problem_.slot[op]);
  }

  // Passes the completions of what is linearized, opens what is invoked up to the next one, linearizes what is pure.
  void settle() {
    for (;;) {
      while (event_ < problem_.events.size() && pass(problem_.events[event_])) ++event_;
      furthest_ = std::max(furthest_, event_);
      const std::uint32_t op = legal_pure();
      if (op == kNoIndex) return;
      linearize(op, true);
    }
  }

  std::uint32_t legal_pure() {
    const Mask<W> todo = pure_ - done_;
    for (std::uint32_t s = todo.next(0); s < 64 * W; s = todo.next(s + 1)) {
      ++steps_;
      if (machine_.next(state_, problem_.cls[holder_[s]]) != kNoIndex) return holder_[s];
    }
    return kNoIndex;
  }

  bool pass(std::uint32_t event) {
    const std::uint32_t op = event / 2;
    const std::uint32_t slot = problem_.slot[op];
    if (event % 2 == 0) {
      holder_[slot] = op;
      set_of(op).set(slot);
      return true;
    }
    if (!done_.test(slot)) return false;
    done_.clear(slot);
    set_of(op).clear(slot);
    return true;
  }

  void unpass(std::uint32_t event) {
    const std::uint32_t op = event / 2;
    const std::uint32_t slot = problem_.slot[op];
    if (event % 2 == 0) {
      holder_[slot] = problem_.before[op];
      set_of(op).clear(slot);
    } else {
      done_.set(slot);
      set_of(op).set(slot);
    }
  }

  bool backtrack() {
    while (!stack_.empty()) {
      const Frame frame = stack_.back();
      stack_.pop_back();
      while (event_ > frame.event) unpass(problem_.events[--event_]);
      done_.clear(problem_.slot[frame.op]);
      state_ = frame.state;
      cursor_ = problem_.deadline[frame.op] + 1;
      if (!frame.forced) return true;
    }
    return false;
  }

  Mask<W>& set_of(std::uint32_t op) { return machine_.pure(problem_.cls[op]) ? pure_ : writers_; }

  const Problem& problem_;
  M& machine_;
  std::vector<std::uint32_t> holder_;  // slot -> operation
  SeenConfigs<W> seen_;
  std::vector<Frame> stack_;
  Mask<W> writers_;
  Mask<W> pure_;
  Mask<W> done_;
  std::uint32_t state_;
  std::uint32_t cursor_ = 0;  // candidates with an earlier deadline have been tried here
  std::size_t event_ = 0;     // the first completion that is not linearized
  std::size_t furthest_ = 0;
  std::uint64_t steps_ = 0;
  bool started_ = false;
};

}  // namespace sim::check
