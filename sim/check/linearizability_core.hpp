// Makes a violation small: a few operations that by themselves cannot be linearized, and that convict the whole history.
#pragma once

#include <utility>
#include <vector>

#include "sim/check/linearizability_search.hpp"

namespace sim::check {

/// A small violation.
struct Core {
  std::vector<CompactOp> ops;  ///< in the order of their invocations
  std::size_t failing = 0;     ///< index of the one whose completion no linearization of the rest can pass
};

/// Drops operations as long as what is left still cannot be linearized, and only where a linearization of what was there
/// before would be one of what is left, so that the core's violation is the history's:
/// - a pure operation;
/// - what is invoked after the completion that cannot be passed (linearizability is prefix-closed);
/// - another operation m, if no operation left could see its effect: by its kind (Machine::may_see), because it had
///   returned before m was invoked, or because something that overwrites m lies between the two in real time.
template <Machine M>
class CoreFinder {
 public:
  /// `ops` cannot be linearized; `steps` bounds the work.
  CoreFinder(M& machine, std::uint32_t classes, const std::vector<CompactOp>& ops, std::uint64_t steps)
      : machine_(machine), classes_(classes), steps_left_(steps) {
    for (const CompactOp& op : ops) items_.push_back({op, false});
  }

  Core find() {
    while (fails(items_, true) && cut()) {
    }
    for (std::size_t size = items_.size() / 2; size > 0; size /= 2) {
      while (sweep(size) && size == 1) {
      }
    }
    Core core;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      if (items_[i].op.origin == failing_) core.failing = i;
      core.ops.push_back(items_[i].op);
    }
    return core;
  }

 private:
  struct Item {
    CompactOp op;
    bool pinned;  // a dropped operation was dropped because this one overwrites it
  };

  bool fails(const std::vector<Item>& items, bool whole) {
    std::vector<CompactOp> ops;
    ops.reserve(items.size());
    for (const Item& item : items) ops.push_back(item.op);
    Race<M> race(ops, classes_, machine_);
    const std::uint64_t may = whole ? std::max<std::uint64_t>(steps_left_, 1) * 64 : steps_left_ / 4;
    for (std::uint64_t budget = 4096; !race.over() && race.steps() <= may; budget *= 2) {
      race.turn(std::min(budget, may), std::size_t{64} << 20U);
    }
    spend(race.steps() + ops.size() * 8);
    if (race.verdict() != Verdict::invalid) return false;
    frontier_ = ops[race.problem().events[race.frontier()] / 2].ret;
    failing_ = ops[race.problem().events[race.frontier()] / 2].origin;
    return true;
  }

  // Takes away what lies after the completion that cannot be passed. False when nothing did.
  bool cut() {
    std::vector<Item> kept;
    bool changed = false;
    for (const Item& item : items_) {
      const bool later = item.op.ret > frontier_ && item.op.ret != CompactOp::kPending;
      changed = changed || later || item.op.call > frontier_;
      if (item.op.call > frontier_ || (later && machine_.pure(item.op.cls))) continue;
      kept.push_back(item);
      if (later) kept.back().op.ret = CompactOp::kPending;
    }
    if (changed) items_ = std::move(kept);
    return changed;
  }

  // Tries to drop every window of `size` operations. True when something went.
  bool sweep(std::size_t size) {
    bool changed = false;
    for (std::size_t end = items_.size(); end > 0 && steps_left_ > 0;) {
      const std::size_t begin = end - std::min(size, end);
      const std::vector<Item> rest = without(begin, end);
      if (rest.size() < items_.size() && fails(rest, false)) {
        items_ = rest;
        changed = true;
      }
      end = begin;
    }
    return changed;
  }

  std::vector<Item> without(std::size_t begin, std::size_t end) {
    std::vector<Item> rest = items_;
    std::vector<bool> gone(rest.size(), false);
    for (std::size_t i = begin; i < end; ++i) gone[i] = machine_.pure(rest[i].op.cls);
    for (std::size_t i = begin; i < end; ++i) {
      if (!gone[i] && !rest[i].pinned) gone[i] = invisible(rest, gone, i);
    }
    std::size_t kept = 0;
    for (std::size_t i = 0; i < rest.size(); ++i) {
      if (!gone[i]) rest[kept++] = rest[i];
    }
    rest.resize(kept);
    return rest;
  }

  // No operation that is left could see the effect of items[m].
  bool invisible(std::vector<Item>& items, const std::vector<bool>& gone, std::size_t m) {
    const CompactOp& op = items[m].op;
    spend(items.size() / 4);
    std::size_t shield = items.size();  // the first to return of what overwrites m after it
    for (std::size_t i = 0; i < items.size(); ++i) {
      const CompactOp& w = items[i].op;
      if (gone[i] || i == m || w.ret == CompactOp::kPending || w.call < op.ret || !machine_.overwrites(w.cls)) continue;
      if (shield == items.size() || w.ret < items[shield].op.ret) shield = i;
    }
    bool shielded = false;
    for (std::size_t i = 0; i < items.size(); ++i) {
      const CompactOp& o = items[i].op;
      if (gone[i] || i == m || machine_.always(o.cls) || o.ret < op.call || !machine_.may_see(o.cls, op.cls)) continue;
      if (shield == items.size() || items[shield].op.ret > o.call) return false;
      shielded = true;
    }
    if (shielded) items[shield].pinned = true;
    return true;
  }

  void spend(std::uint64_t steps) { steps_left_ -= std::min(steps_left_, steps); }

  M& machine_;
  std::uint32_t classes_;
  std::uint64_t steps_left_;
  std::vector<Item> items_;
  std::uint64_t frontier_ = 0;  // position of the completion that cannot be passed
  std::uint32_t failing_ = 0;   // its operation, by origin
};

}  // namespace sim::check
