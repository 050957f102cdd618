// Log: the history of one set, queue, stack or priority queue in compact rows; what the checkers of collections work on.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/check/history.hpp"
#include "sim/core/result.hpp"

namespace sim::check::objects {

/// Which collection a history is of.
enum class Kind : std::uint8_t {
  set,             ///< insert, remove and contains of a value
  queue,           ///< first in, first out
  stack,           ///< last in, first out
  priority_queue,  ///< the highest value comes out first
};

/// "set", "queue", "stack" or "priority-queue".
std::string_view to_text(Kind kind);
/// The collection of that name (also "priorityqueue"), or nullopt.
std::optional<Kind> kind_named(std::string_view text);

/// What an operation does, whatever a system calls it.
enum class Method : std::uint8_t {
  insert,    ///< insert or add; not of a set also push, not of a stack enqueue, enq, send
  take,      ///< pop; not of a stack also dequeue, deq, poll, recv, remove
  peek,      ///< peek: what would be taken next
  remove,    ///< remove of a set: of a value that the caller names
  contains,  ///< contains of a set
};

/// The method that a function's name means for a collection, or nullopt.
std::optional<Method> method_named(Kind kind, std::string_view f);

/// How an operation ended.
enum class Result3 : std::uint8_t {
  yes,      ///< it took effect; of take and peek: `value` is what came out; of contains: the value is there
  no,       ///< of take and peek: the collection was empty; of a set: nothing changed, because the value was there (insert) or not
  unknown,  ///< it may take effect at any later time, or never
};

/// One operation. `start` and `end` count in the same unit; `end` before another's `start` means that it came first.
struct Row {
  static constexpr std::uint64_t kNever = Operation::kNever;

  std::int64_t value = 0;  ///< what it is about; of an empty or unknown take it says nothing
  std::uint64_t start = 0;
  std::uint64_t end = kNever;  ///< kNever when it is unknown how it ended
  Method method = Method::insert;
  Result3 result = Result3::yes;

  friend bool operator==(const Row&, const Row&) = default;
};

/// How a log names the instants of its operations.
enum class Clock : std::uint8_t {
  events,    ///< `start` and `end` are positions of events; an operation may have lines and times beside them
  instants,  ///< they are instants t of a text, 2t for a start and 2t + 1 for an end: so equal instants do not order
};

/// The operations of one collection; those that failed are not there.
class Log {
 public:
  Log(Kind kind, Clock clock) : kind_(kind), clock_(clock) {}

  Kind kind() const { return kind_; }
  Clock clock() const { return clock_; }
  const std::vector<Row>& rows() const { return rows_; }
  std::size_t size() const { return rows_.size(); }

  /// Row `i` as an operation, for explanations and pictures.
  Operation operation(std::size_t i) const;
  /// The operation of the history that row `i` was made from; of a text, `i`.
  std::size_t origin(std::size_t i) const { return i < sources_.size() ? sources_[i].origin : i; }
  /// The value as people wrote it: values that are no whole numbers have numbers of their own in the rows.
  Value value(std::int64_t value) const;
  /// The log as a general history: operation i is row i. Positions are made unique, and keep which operation came before which.
  History history() const;
  /// Some rows of it, as a log of its own.
  Log part(const std::vector<std::size_t>& rows) const;
  /// "at 12", "at 1.2s", "on line 7" or "(operation 3)": when row i ended (or began), for a sentence.
  std::string when(std::size_t i, bool start = false) const;
  /// The same without its preposition: "12", "1.2s", "line 7" or "operation 3".
  std::string moment(std::size_t i, bool start = false) const;

  /// Makes room for that many rows in all.
  void reserve(std::size_t rows) { rows_.reserve(std::max(rows, rows_.size())); }
  /// Adds a row that stands on a line of a text (0: there is none).
  void add(const Row& row, std::uint32_t line = 0) {
    if (rows_.empty()) first_line_ = line;
    if (!lines_.empty() || (line != 0 && line != first_line_ + rows_.size())) note_line(line);
    rows_.push_back(row);
  }
  /// Adds a row made from operation `origin` of a history.
  void add(const Row& row, const Operation& from, std::size_t origin);
  /// The number of a value in the rows; a whole number is itself. Error: a number too close to -2^63.
  Result<std::int64_t> number(const Value& value);

 private:
  struct Source {
    std::size_t origin = 0;
    std::int64_t process = 0;
    std::string f;
    std::optional<Time> call_time;
    std::optional<Time> return_time;
    std::uint32_t call_line = 0;
    std::uint32_t return_line = 0;
  };

  Kind kind_;
  Clock clock_;
  std::uint32_t line_of(std::size_t i) const;
  void note_line(std::uint32_t line);  // of the next row

  std::vector<Row> rows_;
  std::uint32_t first_line_ = 0;
  std::vector<std::uint32_t> lines_;  // of a text's rows, unless they are consecutive from first_line_ on
  std::vector<Source> sources_;       // as many as rows, or none
  std::vector<Value> names_;          // values that are no whole numbers; number kNamed + i is names_[i]
  std::map<std::string, std::int64_t> named_;
};

/// A general history as a log. Reads of what a collection holds as a whole are not operations of these collections.
/// The output of a take or a peek is what came out; nil and -1 mean that the collection was empty. An insert or remove of a set
/// succeeded unless its output is false. Failed operations are left out: see Log::origin.
/// Error: `where` is a line or "operation 3"; a function that the collection has not, an insertion without a value, a
/// priority that is no whole number, operations on several keys.
Result<Log> log_of(Kind kind, const History& history);

/// Collects events in their real-time order into a Log; its members are HistoryBuilder's.
class LogBuilder {
 public:
  explicit LogBuilder(Kind kind) : kind_(kind) {}

  Result<std::size_t> invoke(Invocation event) { return events_.invoke(std::move(event)); }
  Result<std::size_t> complete(Completion event) { return events_.complete(std::move(event)); }
  /// Error: as log_of.
  Result<Log> finish() && { return log_of(kind_, events_.history()); }

 private:
  Kind kind_;
  HistoryBuilder events_;
};

}  // namespace sim::check::objects
