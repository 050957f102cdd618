// Log: a history of transactions in flat arrays; what everything that judges transactions reads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/check/history.hpp"
#include "sim/check/linearizability_table.hpp"
#include "sim/core/result.hpp"

namespace sim::check::transactions {

/// What the objects of a history of transactions are.
enum class Kind : std::uint8_t {
  list_append,  ///< lists: [append x 3], [r x [1 2 3]]; an element is appended to an object at most once
  rw_register,  ///< registers: [w x 3], [r x 3]; a value is written to an object at most once
};

/// "list-append" or "rw-register".
std::string_view to_text(Kind kind);

/// A value of a register or an element of a list: a whole number below 2^31 as it is, anything else by a number of its own.
using Atom = std::uint32_t;
inline constexpr Atom kNil = 0xFFFFFFFFU;         ///< nil: nothing was ever written
inline constexpr Atom kFirstOther = 0x80000000U;  ///< the first that stands for a value of Log's table
inline constexpr std::uint32_t kNone = 0xFFFFFFFFU;

/// One read or write of an object, in 16 bytes.
struct Access {
  std::uint32_t key = 0;   ///< dense number of the object
  std::uint32_t txn = 0;   ///< its transaction
  std::uint32_t atom = 0;  ///< what was written or read; of a read of a list where its elements begin, or kShared
  std::uint32_t bits = 0;  ///< count of a list's elements << 3 | list << 2 | known << 1 | write

  static constexpr std::uint32_t kShared = 0xFFFFFFFEU;  ///< a prefix of Log::longest

  bool write() const { return (bits & 1U) != 0; }
  bool read() const { return (bits & 3U) == 2U; }  ///< a read that is known to have returned something
  bool known() const { return (bits & 2U) != 0; }  ///< what was written or read is known
  bool list() const { return (bits & 4U) != 0; }   ///< it read a list
  bool shared() const { return atom == kShared; }  ///< of a list: a prefix of the object's longest
  std::uint32_t count() const { return bits >> 3U; }
};

/// One transaction. Positions count invocations and completions from 0.
struct Txn {
  std::uint32_t invoked = 0;
  std::uint32_t returned = kNone;  ///< kNone where the outcome is unknown
  std::uint32_t first = 0;         ///< its accesses: [first, first + count)
  std::uint32_t count = 0;
  std::uint32_t process = 0;  ///< dense number
  Outcome outcome = Outcome::info;
};

/// Where and when an event was seen.
struct Place {
  std::uint32_t line = 0;  ///< from 1; 0 where there is no file
  std::optional<Time> time{};
};

/// Transactions in the order of their invocations. A plain value. Lists that agree with what was read of the object before are
/// kept once: a read is a length of the object's longest list.
class Log {
 public:
  bool has_realtime = true;         ///< the order of events is that of real time; false: only that of each session is known
  bool has_initial = true;          ///< objects have an initial value; false: every value that is read was written
  bool sessions_in_models = false;  ///< every model keeps the order of sessions, as Biswas and Enea (OOPSLA 2019) define them all;
                                    ///< false: only those do that say so, as Adya defines them

  bool appends = false;  ///< writes append to lists

  std::size_t size() const { return txns_.size(); }
  std::size_t processes() const { return processes_.size(); }
  std::size_t keys() const { return keys_.size(); }
  std::span<const Txn> txns() const { return txns_; }
  const Txn& txn(std::size_t i) const { return txns_[i]; }
  std::span<const Access> accesses() const { return accesses_; }
  std::span<const Access> accesses(std::size_t txn) const { return {accesses_.data() + txns_[txn].first, txns_[txn].count}; }
  const Access& access(std::size_t a) const { return accesses_[a]; }
  /// The longest list that was read of an object, among those that extend each other from the first on.
  std::span<const Atom> longest(std::uint32_t key) const { return longest_[key]; }
  /// The elements of a list that was read.
  std::span<const Atom> list(const Access& a) const {
    return {a.shared() ? longest_[a.key].data() : elements_.data() + a.atom, a.count()};
  }
  std::int64_t process(std::size_t txn) const { return processes_[txns_[txn].process]; }
  std::uint32_t line(std::size_t txn) const;  ///< of its completion where that is known, else of its invocation; 0 for none
  Atom initial() const { return initial_; }   ///< beside nil, what registers hold at first

  const Value& key(std::uint32_t number) const { return keys_[number]; }
  Value value(Atom atom) const;
  /// "x", "key 5": for people.
  std::string key_text(std::uint32_t number) const;
  std::string text(Atom atom) const;
  /// The operation as a history has it: f "txn", the accesses as values.
  Operation operation(std::size_t txn) const;
  std::size_t bytes() const;

  // Building. Accesses of one transaction are added together, just before it is closed; the log ends with every one closed.
  std::uint32_t open(std::int64_t process, const Place& place = {});
  void write(std::uint32_t txn, std::uint32_t key, Atom atom) { append({key, txn, atom, 3}); }
  void read(std::uint32_t txn, std::uint32_t key, Atom atom) { append({key, txn, atom, 2}); }
  void read_unknown(std::uint32_t txn, std::uint32_t key) { append({key, txn, kNil, 0}); }
  void read_list(std::uint32_t txn, std::uint32_t key, std::span<const Atom> elements);
  /// Of `count` accesses added last. `outcome` info without a place: still open at the end.
  void close(std::uint32_t txn, Outcome outcome, std::size_t count, const Place& place = {});
  std::uint32_t key_number(const Value& key);
  Atom atom(const Value& value);
  void set_initial(const Value& value) { initial_ = atom(value); }

  /// The transactions in `which` (ascending) alone, with every access, line and time, at their positions.
  Log part(std::span<const std::size_t> which) const;

 private:
  // Numbers for values: dense whole numbers find theirs without hashing.
  struct Numbers {
    std::vector<std::uint32_t> dense;
    IndexTable table;
    std::uint32_t of(const Value& value, std::vector<Value>& values);
  };
  struct Lines {
    std::uint32_t call = 0;
    std::uint32_t ret = 0;
  };
  struct Times {
    std::optional<Time> call;
    std::optional<Time> ret;
  };
  void append(const Access& a) { accesses_.push_back(a); }
  std::uint32_t process_number(std::int64_t process);
  void note(std::uint32_t txn, const Place& place, bool call);
  Value access_value(const Access& a, bool with_reads) const;

  std::vector<Txn> txns_;
  std::vector<Access> accesses_;
  std::vector<std::vector<Atom>> longest_;  // by object
  std::vector<Atom> elements_;              // of lists that are no prefix of the longest
  std::vector<Value> keys_;
  std::vector<Value> others_;  // by atom - kFirstOther
  std::vector<std::int64_t> processes_;
  std::vector<Lines> lines_;  // empty where there are none
  std::vector<Times> times_;  // empty where there are none
  Atom initial_ = kNil;
  std::uint32_t position_ = 0;
  Numbers key_numbers_;
  Numbers other_numbers_;
  WordMap process_numbers_;
  std::uint32_t minus_one_ = kNone;
};

/// Collects events in their real-time order into a Log, as HistoryBuilder does into a History. A transaction's value is a list of
/// accesses [function, object, value] with functions r (read), w (write) and append; `f` and `key` are used where the value is
/// none, so that reads and writes of registers are transactions of one access.
class LogBuilder {
 public:
  /// Opens a transaction; returns its index. Error ("line 3" where a line is given): the process has one open already, or the
  /// value is no list of accesses.
  Result<std::size_t> invoke(Invocation event);
  /// Ends the open transaction of the process; returns its index. An ok completion says what was read; of others the
  /// invocation says what they would have written. Error: the process has none open, or the value is no list of accesses.
  Result<std::size_t> complete(const Completion& event);
  /// What is still open counts as `info`.
  Log finish() &&;
  /// An ok read of a register that carries nil says nothing (Knossos' dialect); in a list of accesses nil is a value.
  void nil_reads_match_any(bool set) { nil_any_ = set; }
  Log& log() { return log_; }

 private:
  struct Open {
    std::uint32_t txn = 0;
    std::string f;
    std::optional<std::string> key;
    Value input;
    std::uint32_t line = 0;
    bool plain = false;  // one access: f, key and value
  };
  // Adds the accesses of a value; the number added, or an error.
  Result<std::size_t> take(const Open& open, const Value& value, bool known, std::uint32_t line);
  Result<bool> access(std::uint32_t txn, const Value& value, bool known, std::uint32_t line);
  Result<bool> access(std::uint32_t txn, std::string_view f, std::uint32_t key, const Value& value, bool known, std::uint32_t line);

  Log log_;
  std::map<std::int64_t, Open> open_;
  bool nil_any_ = false;
};

/// A history of transactions, or of reads and writes of registers, as a Log; indices are the history's.
/// Error: `where` is a line or "operation 3"; an operation that is no read, write or list of accesses.
Result<Log> log_of(const History& history);

/// "line 7" or "operation 3": where a transaction stands.
std::string place_of(const Log& log, std::size_t txn);

}  // namespace sim::check::transactions
