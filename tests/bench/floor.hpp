// The floor: a hand-written loop with nothing but the workload (a 4-ary heap of packed keys, plain messages, one virtual
// call), to set the engine's figures beside in the same run. It has no types, no faults, no digest, no copies.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "sim/core/random.hpp"

namespace bench {

class Floor {
 public:
  struct Message {
    std::uint64_t a = 0;
    std::uint64_t b = 0;
  };
  struct Node {
    virtual ~Node() = default;
    virtual void on(Floor& floor, std::uint32_t self, std::uint32_t from, const Message& message) = 0;
    virtual void on_timer(Floor&, std::uint32_t) {}
    std::uint64_t got = 0;
    std::uint64_t deadline = 0;  // of the timer
    std::uint64_t queued = 0;
  };

  std::vector<std::unique_ptr<Node>> nodes;
  sim::Rng rng{1, "floor", 0};
  std::uint64_t now = 0;

  void send(std::uint32_t from, std::uint32_t to, std::uint64_t delay, Message message) {
    push(now + delay, {message, from, to, false});
  }
  void arm(std::uint32_t node, std::uint64_t delay) {
    Node& n = *nodes[node];
    n.deadline = now + delay;
    if (n.queued != 0 && n.queued <= n.deadline) return;
    n.queued = n.deadline;
    push(n.deadline, {{}, node, node, true});
  }
  /// Handles `events` events.
  void run(std::uint64_t events) {
    while (events > 0) {
      const Entry e = pop();
      Node& n = *nodes[e.to];
      if (e.timer) {
        if (n.queued != now) continue;
        n.queued = 0;
        if (n.deadline != now) {
          n.queued = n.deadline;
          push(n.deadline, e);
          continue;
        }
        n.on_timer(*this, e.to);
      } else {
        n.on(*this, e.to, e.from, e.message);
      }
      --events;
    }
  }

 private:
  struct Entry {
    Message message;
    std::uint32_t from;
    std::uint32_t to;
    bool timer;
  };
  struct Key {
    std::uint64_t time;
    std::uint64_t sequence_and_place;  // 40 and 24 bits
    bool operator<(const Key& o) const { return time != o.time ? time < o.time : sequence_and_place < o.sequence_and_place; }
  };

  void push(std::uint64_t at, const Entry& entry) {
    std::uint32_t place = 0;
    if (free_.empty()) {
      place = static_cast<std::uint32_t>(slab_.size());
      slab_.push_back(entry);
    } else {
      place = free_.back();
      free_.pop_back();
      slab_[place] = entry;
    }
    heap_.push_back({at, sequence_++ << 24U | place});
    std::size_t i = heap_.size() - 1;
    const Key key = heap_[i];
    while (i > 0 && key < heap_[(i - 1) / 4]) {
      heap_[i] = heap_[(i - 1) / 4];
      i = (i - 1) / 4;
    }
    heap_[i] = key;
  }
  Entry pop() {
    const Key top = heap_.front();
    const Key last = heap_.back();
    heap_.pop_back();
    std::size_t i = 0;
    for (std::size_t child = 1; child < heap_.size(); child = 4 * i + 1) {
      std::size_t least = child;
      for (std::size_t k = child + 1; k < child + 4 && k < heap_.size(); ++k) least = heap_[k] < heap_[least] ? k : least;
      if (!(heap_[least] < last)) break;
      heap_[i] = heap_[least];
      i = least;
    }
    if (!heap_.empty()) heap_[i] = last;
    now = top.time;
    const auto place = static_cast<std::uint32_t>(top.sequence_and_place & 0xFFFFFFU);
    free_.push_back(place);
    return slab_[place];
  }

  std::vector<Key> heap_;
  std::vector<Entry> slab_;
  std::vector<std::uint32_t> free_;
  std::uint64_t sequence_ = 0;
};

}  // namespace bench
