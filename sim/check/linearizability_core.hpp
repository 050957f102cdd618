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
  /// `ops` cannot be linearized: no linearization can pass the completion of ops[failing]. `steps` bounds the work.
  CoreFinder(M& machine, std::uint32_t classes, const std::vector<CompactOp>& ops, std::size_t failing, std::uint64_t steps)
      : machine_(machine), classes_(classes), steps_left_(steps), failing_(ops[failing].origin) {
    cut(ops, ops[failing].ret);
  }

  Core find() {
    // Pure operations first: what they saw is what keeps others from being dropped.
    for (const bool pure : {true, false}) {
      for (std::size_t size = items_.size() / 2; size > 0; size /= 2) {
        while (sweep(size, pure) && size == 1) {
        }
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

  bool fails(const std::vector<Item>& items) {
    std::vector<CompactOp> ops;
    ops.reserve(items.size());
    for (const Item& item : items) ops.push_back(item.op);
    Race<M> race(ops, classes_, machine_);
    const std::uint64_t may = steps_left_ / 4;
    for (std::uint64_t budget = 4096; !race.over() && race.steps() <= may; budget *= 2) {
      race.turn(std::min(budget, may), std::size_t{64} << 20U);
    }
    spend(race.steps() + ops.size() * 8);
    if (race.verdict() != Verdict::invalid) return false;
    failing_ = ops[race.problem().events[race.frontier()] / 2].origin;
    return true;
  }

  // Leaves out what lies after the completion that cannot be passed.
  void cut(const std::vector<CompactOp>& ops, std::uint64_t frontier) {
    for (CompactOp op : ops) {
      const bool later = op.ret > frontier && op.ret != CompactOp::kPending;
      if (op.call > frontier || (later && machine_.pure(op.cls))) continue;
      if (later) op.ret = CompactOp::kPending;
      items_.push_back({op, false});
    }
  }

  // Tries to drop of every window of `size` operations those that are pure, or those that are not. True when something went.
  bool sweep(std::size_t size, bool pure) {
    bool changed = false;
    for (std::size_t end = items_.size(); end > 0 && steps_left_ > 0;) {
      const std::size_t begin = end - std::min(size, end);
      const std::vector<Item> rest = without(begin, end, pure);
      if (rest.size() < items_.size() && fails(rest)) {
        items_ = rest;
        changed = true;
      }
      end = begin;
    }
    return changed;
  }

  std::vector<Item> without(std::size_t begin, std::size_t end, bool pure) {
    std::vector<Item> rest = items_;
    std::vector<bool> gone(rest.size(), false);
    for (std::size_t i = begin; i < end; ++i) {
      if (machine_.pure(rest[i].op.cls) == pure) gone[i] = pure || (!rest[i].pinned && invisible(rest, gone, i));
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
    spend(items.size());
    std::uint64_t first_look = CompactOp::kPending;  // the first invocation of what could see it
    bool seen = false;
    for (std::size_t i = 0; i < items.size(); ++i) {
      const CompactOp& o = items[i].op;
      if (gone[i] || i == m || machine_.always(o.cls) || o.ret < op.call || o.call >= first_look) continue;
      if (!machine_.may_see(o.cls, op.cls)) continue;
      first_look = o.call;
      seen = true;
    }
    if (!seen) return true;
    // What overwrites it before anybody looks: one that is pinned already, else the last.
    Item* shield = nullptr;
    for (std::size_t i = 0; i < items.size(); ++i) {
      const CompactOp& w = items[i].op;
      if (gone[i] || i == m || w.call < op.ret || w.ret >= first_look || !machine_.overwrites(w.cls)) continue;
      if (shield == nullptr || (!shield->pinned && (items[i].pinned || w.ret > shield->op.ret))) shield = &items[i];
    }
    if (shield == nullptr) return false;
    shield->pinned = true;
    return true;
  }

  void spend(std::uint64_t steps) { steps_left_ -= std::min(steps_left_, steps); }

  M& machine_;
  std::uint32_t classes_;
  std::uint64_t steps_left_;
  std::vector<Item> items_;
  std::uint32_t failing_;  // the operation whose completion cannot be passed, by origin
};

}  // namespace sim::check
