// Dependencies between transactions, inferred from what they read, and the anomalies that need no cycle.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <utility>
#include <vector>

#include "sim/check/transactions/anomalies.hpp"
#include "sim/check/transactions/graph.hpp"
#include "sim/check/transactions/log.hpp"
#include "sim/core/result.hpp"

namespace sim::check::transactions {

/// An anomaly of one place: the accesses that show it, numbers in the log.
struct Shown {
  bool found = false;
  std::vector<std::uint32_t> accesses;
  std::uint32_t part = 0;  ///< of an anomaly that one element of a list shows: its place in the list
};

/// The first of each.
using ShownAll = std::array<Shown, kAnomalies>;

/// A log by objects, and what has been inferred of it.
struct Inferred {
  explicit Inferred(const Log& of);

  const Log& log;
  std::vector<std::uint32_t> by_key;    ///< numbers of accesses, by object, those of one transaction together and in its order
  std::vector<std::uint32_t> key_from;  ///< object k has [key_from[k], key_from[k + 1]) of by_key
  std::vector<std::uint8_t> live;       ///< by transaction: committed, or unknown and a committed one read what it wrote
  bool any_unknown = false;             ///< some transaction's outcome is unknown
  Graph graph;
  ShownAll shown;
  Beyond session = Beyond::session;    ///< of registers: what the order of versions that a session sees belongs to
  Beyond realtime = Beyond::realtime;  ///< and that of real time

  std::span<const std::uint32_t> of_key(std::uint32_t key) const {
    return {by_key.data() + key_from[key], key_from[key + 1] - key_from[key]};
  }
  void show(Anomaly anomaly, std::initializer_list<std::uint32_t> accesses, std::uint32_t part = 0);
  bool clean() const;  ///< nothing is shown
};

/// Adds the data's edges of all objects to the graph, marks transactions of unknown outcome whose writes were seen.
/// Error: an element that is appended twice, a value that is written twice, an access that is none of the kind's.
Result<bool> infer_lists(Inferred& out);
Result<bool> infer_registers(Inferred& out);
/// Adds the order of each process, and that of real time where it is known.
void add_orders(Inferred& out);

/// Finds the write of a value among the accesses of one object. Cleared in constant time.
class Writes {
 public:
  struct Slot {
    Atom atom;
    std::uint32_t access;  ///< or what else its owner keeps
    std::uint32_t place;   ///< where reads show it, or kNone
    std::uint32_t stamp;
  };
  /// Makes room for `count` values and forgets the old ones.
  void clear(std::size_t count);
  /// Keeps the access of a value; returns the one that is there already, or kNone.
  std::uint32_t insert(Atom atom, std::uint32_t access);
  /// nullptr where it is not there.
  Slot* find(Atom atom) {
    Slot& slot = slots_[slot_of(atom)];
    return slot.stamp == stamp_ ? &slot : nullptr;
  }

 private:
  std::size_t slot_of(Atom atom) const;
  std::vector<Slot> slots_;
  std::size_t mask_ = 0;
  std::uint32_t stamp_ = 0;
};

/// The runs of one object's accesses that belong to one transaction.
template <class Take>
void each_run(const Inferred& all, std::uint32_t key, Take take) {
  const auto of = all.of_key(key);
  for (std::size_t i = 0; i < of.size();) {
    std::size_t j = i + 1;
    while (j < of.size() && all.log.access(of[j]).txn == all.log.access(of[i]).txn) ++j;
    take(of.subspan(i, j - i));
    i = j;
  }
}

Error written_twice(const Log& log, std::uint32_t first, std::uint32_t second);

}  // namespace sim::check::transactions
