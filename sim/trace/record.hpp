// Record: one line of what happened in a run, with what caused it.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/core/describe.hpp"
#include "sim/core/payload.hpp"

namespace sim {

/// What a record tells. The first five are events, which have a number and can cause others; the rest hang on an event.
enum class RecordKind : std::uint8_t { start, deliver, timer, sync, fault, drop, duplicate, observe, note, mark };
SIM_DESCRIBE_ENUM(RecordKind, start, deliver, timer, sync, fault, drop, duplicate, observe, note, mark)

/// One thing that happened. Pointers and views are good for the time of the call that hands the record over.
struct Record {
  RecordKind kind{};
  EventId event{};  ///< the event's own number, or of the event during which it happened
  EventId cause{};  ///< the event that sent the message or set the timer; none (0) for the scenario's own
  Time at{};
  NodeId node{};  ///< where it happened; of a drop, the receiver
  NodeId peer{};  ///< of deliver, drop and duplicate: the sender
  Time sent{};    ///< of deliver: when it was sent
  const Payload* what = nullptr;
  std::string_view text;  ///< of a fault, note or mark; of a drop, why: "loss", "cut" or "down"
};

/// Who wants to see the records of a run.
class Sink {
 public:
  Sink() = default;
  virtual ~Sink() = default;
  virtual void write(const Record& record) = 0;

 protected:
  Sink(const Sink&) = default;
  Sink& operator=(const Sink&) = default;
};

}  // namespace sim
