// History: what the clients of a system saw, in real-time order; the input of every checker.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/result.hpp"
#include "sim/core/time.hpp"
#include "sim/core/value.hpp"

namespace sim::check {

/// What a client knows of an operation's end.
enum class Outcome : std::uint8_t {
  ok,    ///< it took effect, and `output` is what it returned
  fail,  ///< it did not take effect, and never will
  info,  ///< unknown: it may take effect at any time after its invocation, or never (also: still open at the end)
};

/// "ok", "fail" or "info".
std::string_view to_text(Outcome outcome);

/// One operation of one client: an interval in the total order of events, with what went in and what came out.
struct Operation {
  /// The position of an operation that never returned.
  static constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

  std::int64_t process = 0;         ///< who called; at most one open operation a process
  std::string f;                    ///< "read", "write", "cas", "get", "put", "append", "delete", "acquire", ...
  std::optional<std::string> key;   ///< the object it is about, where the history has several
  Value input;                      ///< what the invocation carried
  Value output;                     ///< what the completion carried; nil when there was none
  Outcome outcome = Outcome::info;  ///< how it ended
  std::uint64_t invoked = 0;        ///< position of the invocation; positions are unique over a history
  std::uint64_t returned = kNever;  ///< position of the completion; kNever when there was none
  std::optional<Time> call_time;    ///< instant of the invocation where it is known (never decides the order)
  std::optional<Time> return_time;  ///< instant of the completion where it is known
  std::uint32_t call_line = 0;      ///< line of the invocation in the file, from 1; 0 where there is no file
  std::uint32_t return_line = 0;    ///< line of the completion in the file, from 1; 0 where there is none

  friend bool operator==(const Operation&, const Operation&) = default;
};

/// Something that happened to the system while its clients worked: a fault, or its end. It decides nothing; people are shown it.
struct FaultNote {
  std::string f;               ///< what: "partition", "start-kill", ...
  Value value{};               ///< more of it, as the history has it
  std::uint64_t position = 0;  ///< before the event of that position
  std::optional<Time> time{};  ///< instant where it is known
  std::uint32_t line = 0;      ///< line of the file, from 1; 0 where there is no file

  friend bool operator==(const FaultNote&, const FaultNote&) = default;
};

/// A recorded or simulated run as its clients saw it.
struct History {
  std::vector<Operation> operations;  ///< in the order of their invocations
  Value initial;                      ///< what every register or key holds at the start; nil (absent) unless said
  std::vector<FaultNote> faults;      ///< in their order
  bool nil_reads_match_any = false;   ///< an ok read that carries nil says nothing of the state (Knossos' dialect)

  friend bool operator==(const History&, const History&) = default;
};

/// The start of an operation, as a client or a parser reports it.
struct Invocation {
  std::int64_t process = 0;
  std::optional<Time> time{};
  std::string f;
  std::optional<std::string> key{};
  Value value{};
  std::uint32_t line = 0;  ///< line of the file, from 1; 0 where there is none
};

/// The end of an operation, as a client or a parser reports it.
struct Completion {
  std::int64_t process = 0;
  std::optional<Time> time{};
  Outcome outcome = Outcome::ok;
  Value value{};
  std::string_view f{};    ///< checked against the invocation's, unless empty
  std::uint32_t line = 0;  ///< line of the file, from 1; 0 where there is none
};

/// Collects events in their real-time order into a History. A plain value: it copies with the world that holds it.
class HistoryBuilder {
 public:
  /// Opens an operation; returns its index in the history.
  /// Error ("line 3" where a line is given): the process has an operation open already, or `f` is empty.
  Result<std::size_t> invoke(Invocation event);

  /// Ends the open operation of the process; returns its index in the history. After `info` the process may call again.
  /// Error ("line 3" where a line is given): the process has none open, or the open one is another function.
  Result<std::size_t> complete(Completion event);

  /// Notes a fault after the events so far; its position is set here.
  void fault(FaultNote note);

  /// The operation that a process has open, or nullptr.
  const Operation* open(std::int64_t process) const;

  /// What has been collected so far; what is open counts as `info`.
  const History& history() const { return history_; }
  History& history() { return history_; }
  History finish() && { return std::move(history_); }

 private:
  History history_;
  std::map<std::int64_t, std::size_t> open_;  // process -> index of its open operation
  std::uint64_t position_ = 0;
};

}  // namespace sim::check
