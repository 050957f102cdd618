// Timelines for the viewer's tests and bench: made by hand, an event at a time, or at random.
#pragma once

#include <algorithm>
#include <cstdint>
#include <queue>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/core/random.hpp"
#include "sim/trace/timeline.hpp"

namespace viz_support {

using sim::RecordKind;
using sim::Time;
using sim::Timeline;

/// Makes a timeline, an event at a time in the order of their times; whatever others refer to has its number returned.
class Maker {
 public:
  explicit Maker(std::vector<Timeline::Node> nodes) : builder_(std::move(nodes), {.values = true}) {}
  /// So many nodes of one system: n1, n2, ...
  explicit Maker(std::uint32_t nodes) : Maker(named(nodes)) {}

  std::uint32_t start(std::int64_t ns, std::uint32_t node) { return event(RecordKind::start, ns, node, 0, ""); }
  std::uint32_t timer(std::int64_t ns, std::uint32_t node, std::uint32_t cause, std::string_view type,
                      std::string_view value = "") {
    return event(RecordKind::timer, ns, node, cause, type, value);
  }
  std::uint32_t sync(std::int64_t ns, std::uint32_t node, std::uint32_t cause) {
    return event(RecordKind::sync, ns, node, cause, "");
  }

  /// The delivery of a message that event `cause` sent.
  std::uint32_t deliver(std::int64_t ns, std::uint32_t to, std::uint32_t cause, std::string_view type,
                        std::string_view value = "") {
    return deliver(ns, to, cause, {next_number_++, at(cause)}, type, value);
  }
  struct Sent {
    std::uint64_t number = 0;
    std::int64_t ns = 0;
  };
  std::uint32_t deliver(std::int64_t ns, std::uint32_t to, std::uint32_t cause, Sent sent, std::string_view type,
                        std::string_view value = "") {
    sim::Record record = record_of(RecordKind::deliver, ns, to, cause);
    record.peer = sim::NodeId{node(cause)};
    record.sent = {sent.ns};
    record.number = sent.number;
    return add(record, type, value);
  }
  /// A message that event `cause` sent and nobody got, for one of the reasons "loss", "cut", "down", "corrupt" and "omitted".
  void lose(std::int64_t ns, std::uint32_t to, std::uint32_t cause, std::string_view type, std::string_view why) {
    sim::Record record = record_of(RecordKind::drop, ns, to, cause);
    record.event = sim::EventId{count()};
    record.peer = sim::NodeId{node(cause)};
    record.sent = {at(cause)};
    record.number = next_number_++;
    record.text = why;
    builder_.write(sim::TimelineBuilder::Line{record, type, {}});
  }
  /// A message that event `cause` has sent is doubled, or held by a link since `ns`; its number, for deliver().
  std::uint64_t disturb(RecordKind kind, std::int64_t ns, std::uint32_t to, std::uint32_t cause) {
    sim::Record record = record_of(kind, ns, to, cause);
    record.event = sim::EventId{count()};
    record.peer = sim::NodeId{node(cause)};
    record.number = next_number_++;
    builder_.write(record);
    return record.number;
  }
  std::uint64_t next_number() { return next_number_++; }

  /// A fault that ails nodes from its event on; its number.
  std::uint32_t fault(std::string_view kind, std::int64_t ns, const std::vector<std::uint32_t>& hit) {
    std::vector<sim::NodeId> nodes;
    for (const std::uint32_t n : hit) nodes.push_back(sim::NodeId{n});
    return add_fault(next_fault_++, sim::FaultPhase::begins, kind, ns, nodes);
  }
  void end_fault(std::uint32_t fault, std::string_view kind, std::int64_t ns) {
    add_fault(fault, sim::FaultPhase::ends, kind, ns, {});
  }

  void role(std::uint32_t event, std::string_view name, std::uint64_t epoch) {
    sim::Record record = hanging(RecordKind::role, event, name);
    record.number = epoch;
    builder_.write(record);
  }
  /// A note or a mark.
  void aside(RecordKind kind, std::uint32_t event, std::string_view words) { builder_.write(hanging(kind, event, words)); }
  void ask(std::uint64_t process, std::uint32_t event, std::string function, std::string input) {
    builder_.begin_operation(process, sim::NodeId{node(event)}, sim::EventId{event}, {at(event)}, std::move(function),
                             std::move(input));
  }
  void answer(std::uint64_t process, std::uint32_t event, std::string output = "") {
    builder_.end_operation(process, sim::EventId{event}, {at(event)}, "ok", std::move(output));
  }
  void claim(std::uint32_t event, std::string name, std::string status) {
    builder_.add_claim({.name = std::move(name),
                        .kind = "always",
                        .status = std::move(status),
                        .message = {},
                        .at = {at(event)},
                        .event = event,
                        .node = {}});
  }

  std::uint32_t count() const { return static_cast<std::uint32_t>(events_.size()); }
  Timeline finish(std::int64_t end) { return std::move(builder_).finish({end}); }

 private:
  struct Known {
    std::int64_t ns = 0;
    std::uint32_t node = 0;
  };
  static std::vector<Timeline::Node> named(std::uint32_t count) {
    std::vector<Timeline::Node> nodes;
    for (std::uint32_t n = 0; n < count; ++n) nodes.push_back({"n" + std::to_string(n + 1), "store", "", "term"});
    return nodes;
  }
  std::int64_t at(std::uint32_t event) const { return event == 0 ? 0 : events_[event - 1].ns; }
  std::uint32_t node(std::uint32_t event) const { return event == 0 ? 0 : events_[event - 1].node; }

  sim::Record record_of(RecordKind kind, std::int64_t ns, std::uint32_t node, std::uint32_t cause) const {
    return {.kind = kind,
            .event = sim::EventId{count() + 1},
            .cause = sim::EventId{cause},
            .at = {ns},
            .node = sim::NodeId{node},
            .peer = {},
            .sent = {},
            .number = 0,
            .what = nullptr,
            .text = {},
            .fault = nullptr};
  }
  sim::Record hanging(RecordKind kind, std::uint32_t event, std::string_view words) const {
    sim::Record record = record_of(kind, at(event), node(event), 0);
    record.event = sim::EventId{event};
    record.text = words;
    return record;
  }
  std::uint32_t event(RecordKind kind, std::int64_t ns, std::uint32_t node, std::uint32_t cause, std::string_view type,
                      std::string_view value = "") {
    return add(record_of(kind, ns, node, cause), type, value);
  }
  std::uint32_t add(const sim::Record& record, std::string_view type, std::string_view value) {
    builder_.write(sim::TimelineBuilder::Line{record, type, value});
    events_.push_back({record.at.ns, sim::index(record.node)});
    return count();
  }
  std::uint32_t add_fault(std::uint32_t number, sim::FaultPhase phase, std::string_view kind, std::int64_t ns,
                          const std::vector<sim::NodeId>& nodes) {
    const sim::FaultRecord::Ailing change{number, nodes};
    sim::FaultRecord fault;
    fault.number = number;
    fault.phase = phase;
    fault.kind = kind;
    fault.nodes = nodes;
    fault.changes = {&change, 1};
    const std::string text = std::string(kind) + (phase == sim::FaultPhase::ends ? " ends" : "");
    sim::Record record = record_of(RecordKind::fault, ns, 0, 0);
    record.fault = &fault;
    record.text = text;
    add(record, "", "");
    return number;
  }

  sim::TimelineBuilder builder_;
  std::vector<Known> events_;
  std::uint64_t next_number_ = 0;
  std::uint32_t next_fault_ = 0;
};

/// A run of nodes that set timers and send each other messages, of which some are lost, doubled and late; of faults that ail
/// some of them, of roles that change, and of a client's operations (the last node is a client, where there are three or more).
/// The same for the same numbers. Events come in bursts: some at one instant, some after long silence.
class RandomRun {
 public:
  RandomRun(std::uint64_t seed, std::uint32_t nodes, std::uint32_t events)
      : rng_(seed, "viewer", nodes), make_(mixed(nodes)), nodes_(nodes), client_(nodes >= 3 ? nodes - 1 : Timeline::kNone) {
    const std::uint32_t fault_every = std::max<std::uint32_t>(20, events / 40);
    for (std::uint32_t n = 0; n < nodes && make_.count() < events; ++n) react(make_.start(0, n), n);
    while (make_.count() < events) {
      if (make_.count() % fault_every == 0) {
        toggle_fault();
      } else {
        step();
      }
    }
  }
  Timeline take() { return make_.finish(now_ + 1'000'000); }

 private:
  struct Coming {
    std::int64_t at = 0;
    std::uint64_t order = 0;
    Maker::Sent sent;
    std::uint32_t node = 0;
    std::uint32_t cause = 0;
    RecordKind kind{};
    std::uint8_t type = 0;
    bool operator<(const Coming& other) const { return at != other.at ? at > other.at : order > other.order; }
  };
  static constexpr const char* kTypes[] = {"Vote", "Grant", "Append", "Ack"};
  static constexpr const char* kTimers[] = {"Election", "Heartbeat"};

  /// Nodes of two zones, and a client.
  static std::vector<Timeline::Node> mixed(std::uint32_t count) {
    std::vector<Timeline::Node> nodes;
    for (std::uint32_t n = 0; n < count; ++n) {
      const bool client = count >= 3 && n + 1 == count;
      nodes.push_back(
          {client ? "c1" : "n" + std::to_string(n + 1), client ? "client" : "store", n % 2 == 0 ? "east" : "west", "term"});
    }
    return nodes;
  }

  std::int64_t below(std::uint64_t bound) { return static_cast<std::int64_t>(rng_.below(bound)); }

  void send(std::uint32_t event, std::uint32_t from) {
    const auto to = static_cast<std::uint32_t>(rng_.below(nodes_));
    const auto type = static_cast<std::uint8_t>(rng_.below(4));
    const std::uint64_t luck = rng_.below(100);
    if (luck < 2 && to != from) return make_.lose(now_, to, event, kTypes[type], luck == 0 ? "loss" : "cut");
    if (luck < 4 && to != from)
      return make_.lose(now_ + 1'000 + below(900'000), to, event, kTypes[type], luck == 2 ? "down" : "corrupt");
    // A save may come between an event and the leaving of what it sends.
    const std::int64_t sent = now_ + (luck < 20 ? below(200'000) : 0);
    std::int64_t takes = 100'000 + below(1'000'000);
    std::uint64_t number = 0;
    if (luck >= 97 && to != from) {
      takes += 20'000'000;
      number = make_.disturb(RecordKind::hold, sent, to, event);
    } else if (luck == 50 && to != from) {
      number = make_.disturb(RecordKind::duplicate, sent, to, event);
      coming_.push({sent + takes * 2, order_++, {number, sent}, to, event, RecordKind::deliver, type});
    } else {
      number = make_.next_number();
    }
    coming_.push({sent + takes, order_++, {number, sent}, to, event, RecordKind::deliver, type});
  }

  void react(std::uint32_t event, std::uint32_t node) {
    const std::uint64_t sends = coming_.size() < nodes_ * 3U ? 2 : rng_.below(2);
    for (std::uint64_t i = 0; i < sends; ++i) send(event, node);
    if (coming_.size() < nodes_ * 8U && rng_.below(3) == 0) {
      const auto type = static_cast<std::uint8_t>(rng_.below(2));
      coming_.push({now_ + below(5'000'000), order_++, {}, node, event, RecordKind::timer, type});
    }
    if (rng_.below(20) == 0) coming_.push({now_ + 50'000, order_++, {}, node, event, RecordKind::sync, 0});
    if (rng_.below(50) == 0) make_.role(event, rng_.below(3) == 0 ? "leader" : "follower", ++epoch_);
    if (rng_.below(100) == 0) make_.aside(rng_.below(2) == 0 ? RecordKind::mark : RecordKind::note, event, "something happened");
    if (node != client_) return;
    if (!asking_) {
      make_.ask(++process_, event, "read", "key " + std::to_string(rng_.below(9)));
    } else if (rng_.below(20) != 0) {
      make_.answer(process_, event, std::to_string(rng_.below(9)));
    }
    asking_ = !asking_;
  }

  void step() {
    if (coming_.empty()) {
      now_ += 50'000'000;  // silence, and then somebody wakes up
      coming_.push({now_, order_++, {}, 0, 0, RecordKind::timer, 0});
    }
    const Coming next = coming_.top();
    coming_.pop();
    now_ = next.at;
    std::uint32_t number = 0;
    if (next.kind == RecordKind::deliver) {
      number = make_.deliver(now_, next.node, next.cause, next.sent, kTypes[next.type]);
    } else if (next.kind == RecordKind::timer) {
      number = make_.timer(now_, next.node, next.cause, kTimers[next.type]);
    } else {
      number = make_.sync(now_, next.node, next.cause);
    }
    react(number, next.node);
  }

  void toggle_fault() {
    if (faulty_) {
      make_.end_fault(fault_, fault_kind_, now_);
    } else {
      fault_kind_ = rng_.below(2) == 0 ? "crash" : "partition";
      fault_ = make_.fault(fault_kind_, now_, {static_cast<std::uint32_t>(rng_.below(nodes_))});
    }
    faulty_ = !faulty_;
  }

  sim::Rng rng_;
  Maker make_;
  std::uint32_t nodes_;
  std::uint32_t client_;
  std::priority_queue<Coming> coming_;
  std::int64_t now_ = 0;
  std::uint64_t order_ = 0;
  std::uint64_t epoch_ = 0;
  std::uint64_t process_ = 0;
  bool asking_ = false;
  std::uint32_t fault_ = 0;
  std::string fault_kind_;
  bool faulty_ = false;
};

inline Timeline random_timeline(std::uint64_t seed, std::uint32_t nodes, std::uint32_t events) {
  return RandomRun(seed, nodes, events).take();
}

}  // namespace viz_support
