// Record: one line of what happened in a run, with what caused it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "sim/core/describe.hpp"
#include "sim/core/payload.hpp"

namespace sim {

/// What a record tells. The first five are events, which have a number and can cause others; the rest hang on an event.
enum class RecordKind : std::uint8_t { start, deliver, timer, sync, fault, drop, duplicate, hold, observe, note, mark, role };
SIM_DESCRIBE_ENUM(RecordKind, start, deliver, timer, sync, fault, drop, duplicate, hold, observe, note, mark, role)

/// Whether a record of that kind is about a message on its way from one node to another.
constexpr bool travels(RecordKind kind) {
  return kind == RecordKind::deliver || kind == RecordKind::drop || kind == RecordKind::duplicate || kind == RecordKind::hold;
}

/// What happens to a fault in its event.
enum class FaultPhase : std::uint8_t {
  begins,
  ends,
  strikes,  ///< a crash that waited for a save has come
};
SIM_DESCRIBE_ENUM(FaultPhase, begins, ends, strikes)

/// A fault event in detail.
struct FaultRecord {
  /// Whom a fault ails from now on; nobody: it is over.
  struct Ailing {
    std::uint32_t fault = 0;
    std::vector<NodeId> nodes;
  };
  std::uint32_t number = 0;  ///< of the fault in its run, from 0
  FaultPhase phase{};
  std::string_view kind;              ///< "crash", "partition", ...
  std::span<const NodeId> nodes;      ///< whom it hit; of a fault of links one side
  std::span<const NodeId> others;     ///< of a fault of links the other side
  bool both_ways = true;              ///< of a fault of links
  std::span<const Ailing> changes{};  ///< every fault that ails others than before this event
};

/// One thing that happened. Pointers and views are good for the time of the call that hands the record over.
struct Record {
  RecordKind kind{};
  EventId event{};  ///< the event's own number, or of the event during which it happened
  EventId cause{};  ///< the event that sent the message or set the timer; none (0) for the scenario's own
  Time at{};
  NodeId node{};             ///< where it happened; of a drop, duplicate and hold the receiver
  NodeId peer{};             ///< of deliver, drop, duplicate and hold: the sender
  Time sent{};               ///< of deliver, and of a drop at the receiver: when it was sent
  std::uint64_t number = 0;  ///< of those four: which of the sender's messages to others it is, from 0. Of a timer: which of the
                             ///< node's that fire. Of a role: the epoch (a term, a ballot) that the node is in
  const Payload* what = nullptr;
  std::string_view text;               ///< of a fault, note, mark or role; of a drop, why: "loss", "cut", "down", ...
  const FaultRecord* fault = nullptr;  ///< of a fault
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
