// EventQueue: the pending events of a world, by time and then by the order in which they were put in.
#pragma once

#include <array>
#include <bit>
#include <cassert>
#include <cstdint>
#include <vector>

#include "sim/core/payload.hpp"
#include "sim/core/time.hpp"

namespace sim {

/// `wake` is the engine's own: a slow node is free for what waits in its line.
enum class EventKind : std::uint8_t { start, message, timer, sync, fault, wake };

/// One pending event. What the numbers mean depends on its kind.
struct Event {
  Payload what{};  ///< message: the message
  EventId cause{};
  std::uint64_t number = 0;  ///< message: when it was sent; sync: the newest write it makes durable; fault: which one
  NodeId to{};
  NodeId from{};                  ///< message: the sender
  std::uint32_t slot = 0;         ///< timer: its place among the node's timers
  std::uint32_t generation = 0;   ///< timer: of its place; fault: 0 begins, 1 ends, 2 strikes in a save; message: 1 arrives corrupt
  std::uint32_t incarnation = 0;  ///< timer, sync: of the node, so that they die with it
  EventKind kind{};
};

/// A radix heap (Ahuja, Mehlhorn, Orlin, Tarjan 1990) over (time, place in a slab). Time never runs backwards, so an entry
/// lives in the bucket of the highest bit in which its time differs from the last time taken; redistribution keeps the order
/// of equal times, so ties are first in, first out without a sequence number. Growth from a thousand to a million pending
/// events costs few times more an event, where a comparison heap's misses cost ten times more.
class EventQueue {
 public:
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }

  /// `at` is not before the last time taken.
  void push(Time at, Event event) {
    std::uint32_t slot = free_;
    if (slot == kNone) {
      slot = static_cast<std::uint32_t>(slab_.size());
      slab_.push_back(std::move(event));
    } else {
      free_ = static_cast<std::uint32_t>(slab_[slot].number);
      slab_[slot] = std::move(event);
    }
    put({static_cast<std::uint64_t>(at.ns), slot});
    ++size_;
  }

  /// Takes the next event if it is due at or before `limit`. False: there is none, and nothing has changed.
  bool pop(Time limit, Time& at, Event& event) {
    Key key{};
    if (!pop_key(static_cast<std::uint64_t>(limit.ns), key)) return false;
    at = Time{static_cast<std::int64_t>(key.time)};
    Event& stored = slab_[key.slot];
    event = std::move(stored);
    stored.what = Payload();  // NOLINT(bugprone-use-after-move): a slot of the free list begins anew
    stored.number = free_;
    free_ = key.slot;
    --size_;
    return true;
  }

  /// Calls f(Time, const Event&) for every pending event, in no order that means anything.
  template <class F>
  void for_each(F&& f) const {
    for (std::size_t k = 0; k < buckets_.size(); ++k) {
      for (std::size_t i = k == 0 ? taken_ : 0; i < buckets_[k].size(); ++i) {
        f(Time{static_cast<std::int64_t>(buckets_[k][i].time)}, slab_[buckets_[k][i].slot]);
      }
    }
  }

 private:
  struct Key {
    std::uint64_t time;
    std::uint32_t slot;
  };
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  void put(Key key) {
    assert(key.time >= last_);
    const auto bucket = static_cast<unsigned>(64 - std::countl_zero(key.time ^ last_));
    buckets_[bucket].push_back(key);
    filled_ |= std::uint64_t{1} << bucket;  // times are below 2^63, so the bucket is at most 63
  }

  bool pop_key(std::uint64_t limit, Key& out) {
    auto& now = buckets_[0];
    if (taken_ == now.size()) {
      now.clear();
      taken_ = 0;
      filled_ &= ~std::uint64_t{1};
      if (filled_ == 0) return false;
      const auto lowest = static_cast<unsigned>(std::countr_zero(filled_));
      auto& bucket = buckets_[lowest];
      if (bucket.size() == 1) {
        if (bucket[0].time > limit) return false;
        out = bucket[0];
        last_ = out.time;
        bucket.clear();
        filled_ &= ~(std::uint64_t{1} << lowest);
        return true;
      }
      std::uint64_t earliest = ~std::uint64_t{0};
      for (const Key& key : bucket) earliest = key.time < earliest ? key.time : earliest;
      if (earliest > limit) return false;
      last_ = earliest;
      // A small bucket holds what comes up next: have it near by then.
      if (bucket.size() <= 8) {
        for (const Key& key : bucket) __builtin_prefetch(&slab_[key.slot]);
      }
      for (const Key& key : bucket) put(key);
      bucket.clear();
      filled_ &= ~(std::uint64_t{1} << lowest);
    } else if (last_ > limit) {
      return false;
    }
    out = now[taken_++];
    return true;
  }

  std::array<std::vector<Key>, 64> buckets_;  // [0]: due at last_, from taken_ on
  std::size_t taken_ = 0;
  std::uint64_t last_ = 0;
  std::uint64_t filled_ = 0;  // which buckets have entries
  std::size_t size_ = 0;
  std::vector<Event> slab_;
  std::uint32_t free_ = kNone;  // a list through Event::number
};

}  // namespace sim
