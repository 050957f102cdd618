// What the checkers of collections share: rows with small positions, their values as items, and sorting without comparing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sim/check/judgement.hpp"
#include "sim/check/linearizability_table.hpp"
#include "sim/check/objects/log.hpp"

namespace sim::check::objects {

/// Sorts pairs of a key and an index by key; stable. Linear in their number for each 11 bits of the largest key.
struct Keyed {
  std::uint64_t key = 0;
  std::uint32_t index = 0;
};
void sort_by_key(std::vector<Keyed>& all);

/// Positions of a log's operations as small numbers that keep which comes before which: `call` and `ret` of rows. A position is
/// where an event stands; a *cell* is the stretch of time between one position and the next, and has the number of its left
/// end. An operation may take effect in the cells from `call` to `ret` - 1.
struct Places {
  static constexpr std::uint32_t kNever = 0xFFFFFFFFU;

  std::vector<std::uint32_t> call;
  std::vector<std::uint32_t> ret;  ///< kNever for what never returned
  std::uint32_t count = 0;         ///< positions are below it
};
Places places_of(const Log& log);

/// Numbers the values of rows in the order in which they come up.
class ValueNumbers {
 public:
  /// For the values of this log's rows.
  explicit ValueNumbers(const Log& log);
  /// The number of a value; a new one gets the next.
  std::uint32_t of(std::int64_t value);
  std::uint32_t count() const { return static_cast<std::uint32_t>(values_.size()); }
  std::int64_t value(std::uint32_t number) const { return values_[number]; }

 private:
  bool direct_ = false;
  std::int64_t least_ = 0;
  std::vector<std::uint32_t> at_;  // direct: by value - least_
  std::vector<std::uint32_t> slots_;
  std::vector<std::int64_t> values_;
};

/// All operations about one value of a queue, a stack or a priority queue: one insertion, takes and peeks.
struct Item {
  std::int64_t value = 0;
  std::uint32_t insert = kNoIndex;  ///< row
  std::uint32_t take = kNoIndex;    ///< row; kNoIndex: never taken
  std::uint32_t peek = kNoIndex;    ///< row of the last peek; see Items::previous_peek
  std::uint32_t call = 0;           ///< call of the insertion
  std::uint32_t min_ret = 0;        ///< first return of any of its operations
  std::uint32_t max_call = 0;       ///< last call of any of its operations; kForever when it is never taken
  std::uint32_t take_ret = 0;       ///< return of the take; kNever when it is never taken

  /// The value is surely there from min_ret to max_call, if that is a stretch at all.
  bool present() const { return min_ret < max_call; }
};

/// A log of a queue, a stack or a priority queue by its values.
class Items {
 public:
  static constexpr std::uint32_t kForever = Places::kNever - 1;

  /// Why a log is not in the reach of the checkers that need distinct values.
  enum class Trouble : std::uint8_t {
    none,
    repeated,  ///< a value was inserted more than once
    broken,    ///< the operations of one value contradict each other: see `culprit` and `explanation`
  };

  /// `log` must outlive it. Pending takes and peeks are left out; pending insertions of values that nobody saw too.
  Items(const Log& log, const Places& places);

  Trouble trouble() const { return trouble_; }
  /// Of `broken`: the rows, and what is wrong with them.
  const std::vector<std::size_t>& culprits() const { return culprits_; }
  std::size_t failing() const { return failing_; }
  const std::string& explanation() const { return explanation_; }

  const std::vector<Item>& all() const { return items_; }
  const std::vector<std::uint32_t>& empties() const { return empties_; }        ///< rows that found it empty
  const std::vector<std::uint32_t>& pending_takes() const { return pending_; }  ///< rows, by their calls
  std::uint32_t previous_peek(std::uint32_t row) const { return previous_.empty() ? kNoIndex : previous_[row]; }
  const Log& log() const { return *log_; }
  const Places& places() const { return *places_; }
  /// Lets an open take have taken the item, or takes that back.
  void give(std::uint32_t item, std::uint32_t take_row);
  std::string name(const Item& item) const { return text(item.value); }
  std::string text(std::int64_t value) const;
  /// The rows of an item, peeks last.
  void rows_of(const Item& item, std::vector<std::size_t>& out) const;

 private:
  void broken(std::vector<std::size_t> rows, std::size_t failing, std::string explanation);
  void settle(Item& item);

  const Log* log_;
  const Places* places_;
  Trouble trouble_ = Trouble::none;
  std::vector<std::size_t> culprits_;
  std::size_t failing_ = 0;
  std::string explanation_;
  std::vector<Item> items_;
  std::vector<std::uint32_t> empties_;
  std::vector<std::uint32_t> pending_;
  std::vector<std::uint32_t> previous_;
};

/// Which cells no item covers; more cells are covered as time goes on.
class Cover {
 public:
  explicit Cover(std::uint32_t cells) : next_(cells + 2), last_(cells + 2) {
    for (std::uint32_t i = 0; i < cells + 2; ++i) next_[i] = last_[i] = i;
  }
  /// Covers the cells from `from` up to but not `to`.
  void paint(std::uint32_t from, std::uint32_t to);
  /// The first cell from `from` on that is free; the number of cells if there is none.
  std::uint32_t free_from(std::uint32_t from);
  /// The last free cell up to and with `to`, or kNoIndex.
  std::uint32_t free_to(std::uint32_t to);

 private:
  std::vector<std::uint32_t> next_;  // towards the first free cell from here on
  std::vector<std::uint32_t> last_;
};

/// A violation of a log: rows, one of them failing, and why.
Judgement violation(const Log& log, std::vector<std::size_t> rows, std::size_t failing, std::string explanation);

/// Of items that together cover every cell from `from` up to but not `to`, few that do, in order of time.
std::vector<std::uint32_t> chain_over(const std::vector<Item>& items, std::span<const std::uint32_t> candidates, std::uint32_t from,
                                      std::uint32_t to);

/// The free cell that each empty take or peek took effect in, by rows; or the violation.
struct Gaps {
  std::vector<std::uint32_t> cell;  ///< of empties()[i]
  bool found = true;
  Judgement violation;
};
Gaps gaps_of(const Items& items);

// The checkers, each for logs without trouble. Valid ones carry an order of rows; a violation its core.
Judgement judge_set(const Log& log, const Places& places, const Limits& limits);
Judgement judge_queue(const Items& items);
Judgement judge_stack(const Items& items);
Judgement judge_priority_queue(const Items& items);

}  // namespace sim::check::objects
