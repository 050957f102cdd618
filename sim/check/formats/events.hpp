// Events: a recorded history one event at a time, whatever it is written in.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "sim/check/formats/formats.hpp"
#include "sim/check/formats/window.hpp"
#include "sim/check/history.hpp"

namespace sim::check::formats {

/// What an event of a history says.
enum class EventType : std::uint8_t {
  invoke,  ///< a process begins an operation
  ok,      ///< ... its operation took effect
  fail,    ///< ... did not
  info,    ///< ... may have, or still may
  fault,   ///< something happened to the system (Jepsen's nemesis): no operation
};

/// One event. Members as in Invocation and Completion.
struct Event {
  EventType type = EventType::invoke;
  std::int64_t process = 0;
  std::string f;  ///< empty on a completion that does not repeat it
  std::optional<std::string> key;
  Value value;
  std::optional<Time> time;
  std::uint32_t line = 0;
  std::size_t column = 1;

  /// "line 3, column 7"
  std::string place() const { return "line " + std::to_string(line) + ", column " + std::to_string(column); }
};

/// What a format means by the same words.
struct Dialect {
  Value initial;                     ///< see History::initial
  bool nil_reads_match_any = false;  ///< see History::nil_reads_match_any
};

/// Reads the events of a text in their order; memory does not grow with the text.
class EventReader {
 public:
  virtual ~EventReader() = default;
  /// The next event, or false at the end of the text. Error: `where` is the line and the column where one is to blame.
  virtual Result<bool> next(Event& out) = 0;
  /// Known once the first event is.
  virtual const Dialect& dialect() const = 0;
};

/// The reader of a format that is made of events; none of one whose lines are whole operations (fastlin, awdit, plume).
/// The window must outlive it.
std::unique_ptr<EventReader> events_of(Format format, Window& window);

// One a format, behind events_of().
std::unique_ptr<EventReader> etcd_events(Window& window);
std::unique_ptr<EventReader> kv_events(Window& window);
std::unique_ptr<EventReader> edn_events(Window& window);
std::unique_ptr<EventReader> json_events(Window& window);
std::unique_ptr<EventReader> jsonl_events(Window& window);

/// Gives an event to a builder: HistoryBuilder, or one with the same members.
template <class Builder>
Result<std::size_t> add_event(Builder& builder, Event& event) {
  if (event.type == EventType::invoke) {
    return builder.invoke({.process = event.process,
                           .time = event.time,
                           .f = std::move(event.f),
                           .key = std::move(event.key),
                           .value = std::move(event.value),
                           .line = event.line});
  }
  return builder.complete({.process = event.process,
                           .time = event.time,
                           .outcome = event.type == EventType::ok     ? Outcome::ok
                                      : event.type == EventType::fail ? Outcome::fail
                                                                      : Outcome::info,
                           .value = std::move(event.value),
                           .f = event.f,
                           .line = event.line});
}

}  // namespace sim::check::formats
