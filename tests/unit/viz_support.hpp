// Timelines for the viewer's tests and bench: made by hand, an event at a time, or at random.
#pragma once

#include <algorithm>
#include <cstdint>
#include <queue>
#include <string>
#include <utility>
#include <vector>

#include "sim/core/random.hpp"
#include "sim/trace/timeline.hpp"

namespace viz_support {

using sim::RecordKind;
using sim::Time;
using sim::Timeline;

/// Makes a timeline from events in the order of their times; whatever refers to another is given its number or index.
class Maker {
 public:
  Maker() { out_.texts.emplace_back(); }

  std::uint32_t node(std::string name, std::string system = "store", std::string zone = "") {
    out_.nodes.push_back({std::move(name), std::move(system), std::move(zone), "term"});
    return static_cast<std::uint32_t>(out_.nodes.size() - 1);
  }
  void nodes(std::uint32_t count) {
    for (std::uint32_t n = 0; n < count; ++n) node("n" + std::to_string(n + 1));
  }
  std::uint16_t text(const std::string& word) {
    const auto found = std::find(out_.texts.begin(), out_.texts.end(), word);
    if (found != out_.texts.end()) return static_cast<std::uint16_t>(found - out_.texts.begin());
    out_.texts.push_back(word);
    return static_cast<std::uint16_t>(out_.texts.size() - 1);
  }

  /// An event; its number.
  std::uint32_t event(RecordKind kind, std::int64_t ns, std::uint32_t node, std::uint32_t cause = 0, std::uint16_t type = 0) {
    out_.events.push_back({{ns}, cause, node, Timeline::kNone, type, kind});
    return static_cast<std::uint32_t>(out_.events.size());
  }
  std::uint32_t start(std::int64_t ns, std::uint32_t node) { return event(RecordKind::start, ns, node); }
  std::uint32_t timer(std::int64_t ns, std::uint32_t node, std::uint32_t cause, const std::string& type) {
    return event(RecordKind::timer, ns, node, cause, text(type));
  }
  /// The delivery of a message that event `cause` sent; the event's number.
  std::uint32_t deliver(std::int64_t ns, std::uint32_t to, std::uint32_t cause, const std::string& type) {
    return deliver_sent(ns, to, cause, type, out_.event(cause).at.ns);
  }
  std::uint32_t deliver_sent(std::int64_t ns, std::uint32_t to, std::uint32_t cause, const std::string& type, std::int64_t sent) {
    const std::uint32_t number = event(RecordKind::deliver, ns, to, cause, text(type));
    Timeline::Message& message = add_message(sent, ns, cause, to, text(type));
    message.event = number;
    return number;
  }
  /// A message that event `cause` sent and nobody got; with `ns` the time when it was lost.
  Timeline::Message& lose(std::int64_t ns, std::uint32_t to, std::uint32_t cause, const std::string& type, sim::MessageFate fate) {
    Timeline::Message& message = add_message(out_.event(cause).at.ns, ns, cause, to, text(type));
    message.fate = fate;
    return message;
  }
  Timeline::Message& message(std::size_t i) { return out_.messages[i]; }
  std::size_t messages() const { return out_.messages.size(); }

  /// A fault that ails its nodes from its event on; its index.
  std::uint32_t fault(const std::string& kind, std::int64_t ns, std::vector<std::uint32_t> hit) {
    const std::uint32_t number = event(RecordKind::fault, ns, Timeline::kNone);
    Timeline::Fault fault;
    fault.kind = kind;
    fault.text = kind;
    fault.begin = {ns};
    fault.end = Timeline::kOpen;
    fault.begin_event = number;
    fault.nodes = std::move(hit);
    const auto index = static_cast<std::uint32_t>(out_.faults.size());
    for (const std::uint32_t n : fault.nodes) out_.ailments.push_back({{ns}, Timeline::kOpen, n, index});
    out_.faults.push_back(std::move(fault));
    return index;
  }
  void end_fault(std::uint32_t index, std::int64_t ns) {
    out_.faults[index].end = {ns};
    out_.faults[index].end_event = event(RecordKind::fault, ns, Timeline::kNone);
    for (Timeline::Ailment& ailment : out_.ailments) {
      if (ailment.fault == index) ailment.end = {ns};
    }
  }
  void role(std::uint32_t event, const std::string& name, std::uint64_t epoch) {
    const Timeline::Event& e = out_.event(event);
    out_.roles.push_back({e.at, epoch, event, e.node, text(name)});
  }
  /// An operation from one event on; its index.
  std::size_t ask(std::uint32_t event, std::string function, std::string input) {
    Timeline::Operation operation;
    operation.begin = out_.event(event).at;
    operation.end = Timeline::kOpen;
    operation.begin_event = event;
    operation.node = out_.event(event).node;
    operation.process = operation.node;
    operation.function = std::move(function);
    operation.input = std::move(input);
    operation.outcome = "info";
    out_.operations.push_back(std::move(operation));
    return out_.operations.size() - 1;
  }
  void answer(std::size_t operation, std::uint32_t event, std::string output = "") {
    out_.operations[operation].end = out_.event(event).at;
    out_.operations[operation].end_event = event;
    out_.operations[operation].output = std::move(output);
    out_.operations[operation].outcome = "ok";
  }
  void aside(RecordKind kind, std::uint32_t event, std::string words) {
    out_.asides.push_back({event, out_.event(event).node, kind, std::move(words)});
  }
  void claim(std::uint32_t event, std::string name, std::string status) {
    Timeline::Claim claim;
    claim.name = std::move(name);
    claim.kind = "always";
    claim.status = std::move(status);
    claim.at = out_.event(event).at;
    claim.event = event;
    out_.claims.push_back(std::move(claim));
  }

  /// The timeline, ordered and linked.
  Timeline finish(std::int64_t end) {
    out_.end = {end};
    std::stable_sort(out_.messages.begin(), out_.messages.end(),
                     [](const Timeline::Message& a, const Timeline::Message& b) { return a.sent < b.sent; });
    for (std::uint32_t m = 0; m < out_.messages.size(); ++m) {
      if (out_.messages[m].event != 0) out_.events[out_.messages[m].event - 1].message = m;
    }
    const auto by_node_and_begin = [](const auto& a, const auto& b) {
      return a.node != b.node ? a.node < b.node : a.begin < b.begin;
    };
    std::stable_sort(out_.ailments.begin(), out_.ailments.end(), by_node_and_begin);
    std::stable_sort(out_.roles.begin(), out_.roles.end(), by_node_and_begin);
    out_.by_node.assign(out_.nodes.size(), {});
    out_.effects_begin.assign(out_.events.size() + 1, 0);
    for (std::uint32_t i = 0; i < out_.events.size(); ++i) {
      const Timeline::Event& event = out_.events[i];
      if (event.node != Timeline::kNone) out_.by_node[event.node].push_back(i);
      if (event.cause != 0) ++out_.effects_begin[event.cause];
    }
    for (std::size_t i = 1; i < out_.effects_begin.size(); ++i) out_.effects_begin[i] += out_.effects_begin[i - 1];
    out_.effects.assign(out_.effects_begin.back(), 0);
    std::vector<std::uint32_t> place = out_.effects_begin;
    for (std::uint32_t i = 0; i < out_.events.size(); ++i) {
      if (out_.events[i].cause != 0) out_.effects[place[out_.events[i].cause - 1]++] = i + 1;
    }
    return std::move(out_);
  }

 private:
  Timeline::Message& add_message(std::int64_t sent, std::int64_t ended, std::uint32_t cause, std::uint32_t to, std::uint16_t type) {
    Timeline::Message message;
    message.sent = {sent};
    message.ended = {ended};
    message.cause = cause;
    message.from = out_.event(cause).node;
    message.to = to;
    message.type = type;
    out_.messages.push_back(message);
    return out_.messages.back();
  }

  Timeline out_;
};

/// A run of nodes that set timers and send each other messages, of which some are lost, doubled and late; of faults that ail
/// some of them, of roles that change, and of a client's operations (the last node is a client, where there are three or more).
/// The same for the same numbers. Events come in bursts: some at one instant, some after long silence.
class RandomRun {
 public:
  RandomRun(std::uint64_t seed, std::uint32_t nodes, std::uint32_t events) : rng_(seed, "viewer", nodes), nodes_(nodes) {
    const bool client = nodes >= 3;
    for (std::uint32_t n = 0; n < nodes; ++n) {
      const bool last = client && n + 1 == nodes;
      make_.node(last ? "c1" : "n" + std::to_string(n + 1), last ? "client" : "store", n % 2 == 0 ? "east" : "west");
    }
    client_ = client ? nodes - 1 : Timeline::kNone;
    const std::uint32_t fault_every = std::max<std::uint32_t>(20, events / 40);
    for (std::uint32_t n = 0; n < nodes && count() < events; ++n) react(number_ = make_.start(0, n), n);
    while (count() < events) {
      if (count() % fault_every == 0) {
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
    std::int64_t sent = 0;
    std::uint32_t node = 0;
    std::uint32_t cause = 0;
    RecordKind kind{};
    std::uint8_t type = 0;
    bool again = false;
    bool late = false;
    bool operator<(const Coming& other) const { return at != other.at ? at > other.at : order > other.order; }
  };
  static constexpr const char* kTypes[] = {"Vote", "Grant", "Append", "Ack"};
  static constexpr const char* kTimers[] = {"Election", "Heartbeat"};

  std::uint32_t count() const { return number_; }

  void send(std::uint32_t from_event, std::uint32_t from) {
    const auto to = static_cast<std::uint32_t>(rng_.below(nodes_));
    const auto type = static_cast<std::uint8_t>(rng_.below(4));
    const std::uint64_t luck = rng_.below(100);
    if (luck < 4 && to != from) {
      const bool arrives = luck < 2;
      const std::int64_t ended = now_ + (arrives ? 1'000 + static_cast<std::int64_t>(rng_.below(900'000)) : 0);
      Timeline::Message& lost =
          make_.lose(ended, to, from_event, kTypes[type], arrives ? sim::MessageFate::down : sim::MessageFate::cut);
      lost.number = sent_++;
      return;
    }
    // A save may come between an event and the leaving of what it sends.
    const std::int64_t sent = now_ + (luck < 20 ? static_cast<std::int64_t>(rng_.below(200'000)) : 0);
    const bool late = luck >= 97;
    const std::int64_t takes = (late ? 20'000'000 : 100'000) + static_cast<std::int64_t>(rng_.below(1'000'000));
    coming_.push({sent + takes, order_++, sent, to, from_event, RecordKind::deliver, type, false, late});
    if (luck == 50) coming_.push({sent + takes * 2, order_++, sent, to, from_event, RecordKind::deliver, type, true, false});
  }

  void react(std::uint32_t event, std::uint32_t node) {
    const std::uint64_t sends = coming_.size() < nodes_ * 3U ? 2 : rng_.below(2);
    for (std::uint64_t i = 0; i < sends; ++i) send(event, node);
    if (coming_.size() < nodes_ * 8U && rng_.below(3) == 0) {
      const auto takes = static_cast<std::int64_t>(rng_.below(5'000'000));
      coming_.push(
          {now_ + takes, order_++, now_, node, event, RecordKind::timer, static_cast<std::uint8_t>(rng_.below(2)), false, false});
    }
    if (rng_.below(20) == 0) coming_.push({now_ + 50'000, order_++, now_, node, event, RecordKind::sync, 0, false, false});
    if (rng_.below(50) == 0) make_.role(event, rng_.below(3) == 0 ? "leader" : "follower", ++epoch_);
    if (rng_.below(100) == 0) make_.aside(rng_.below(2) == 0 ? RecordKind::mark : RecordKind::note, event, "something happened");
    if (node != client_) return;
    if (!asking_) {
      operation_ = make_.ask(event, "read", "key " + std::to_string(rng_.below(9)));
      asking_ = true;
    } else {
      if (rng_.below(20) != 0) make_.answer(operation_, event, std::to_string(rng_.below(9)));
      asking_ = false;
    }
  }

  void step() {
    if (coming_.empty()) {
      now_ += 50'000'000;  // silence, and then somebody wakes up
      coming_.push({now_, order_++, now_, 0, 0, RecordKind::timer, 0, false, false});
    }
    const Coming next = coming_.top();
    coming_.pop();
    now_ = next.at;
    if (next.kind == RecordKind::deliver) {
      number_ = make_.deliver_sent(now_, next.node, next.cause, kTypes[next.type], next.sent);
      Timeline::Message& message = make_.message(make_.messages() - 1);
      message.again = next.again;
      message.late = next.late;
      message.number = sent_++;
    } else if (next.kind == RecordKind::timer) {
      number_ = make_.timer(now_, next.node, next.cause, kTimers[next.type]);
    } else {
      number_ = make_.event(next.kind, now_, next.node, next.cause);
    }
    react(number_, next.node);
  }

  void toggle_fault() {
    ++number_;
    if (faulty_) {
      make_.end_fault(fault_, now_);
    } else {
      fault_ = make_.fault(rng_.below(2) == 0 ? "crash" : "partition", now_, {static_cast<std::uint32_t>(rng_.below(nodes_))});
    }
    faulty_ = !faulty_;
  }

  sim::Rng rng_;
  Maker make_;
  std::uint32_t nodes_;
  std::uint32_t client_ = 0;
  std::priority_queue<Coming> coming_;
  std::int64_t now_ = 0;
  std::uint64_t order_ = 0;
  std::uint64_t epoch_ = 0;
  std::uint32_t number_ = 0;
  std::uint32_t sent_ = 0;
  std::size_t operation_ = 0;
  bool asking_ = false;
  std::uint32_t fault_ = 0;
  bool faulty_ = false;
};

inline Timeline random_timeline(std::uint64_t seed, std::uint32_t nodes, std::uint32_t events) {
  return RandomRun(seed, nodes, events).take();
}

}  // namespace viz_support
