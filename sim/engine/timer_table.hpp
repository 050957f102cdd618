// TimerTable: the timers of one node, found by their value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/core/digest.hpp"
#include "sim/core/payload.hpp"
#include "sim/core/time.hpp"

namespace sim {

/// One timer. Its entry in the queue names it by place and generation, so it keeps its place while that is queued.
struct Timer {
  Payload what;
  Time due{};         ///< when it fires
  Time queued_for{};  ///< when its entry in the queue comes up; at or before `due`
  EventId cause{};
  std::uint32_t generation = 0;
  bool armed = false;
  bool queued = false;
  bool spare = false;  ///< it is in the list of places that may be free

  bool free() const { return !armed && !queued; }
};

/// Most nodes have a handful of timers, which are looked through. From some number on they are found by an index, so that a node
/// with a timeout for each of ten thousand requests pays no more for one than a node with ten.
class TimerTable {
 public:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  std::size_t size() const { return timers_.size(); }
  Timer& operator[](std::size_t place) { return timers_[place]; }
  const Timer& operator[](std::size_t place) const { return timers_[place]; }
  auto begin() const { return timers_.begin(); }
  auto end() const { return timers_.end(); }

  /// The place of an equal timer, armed or not; kNone where there is none.
  std::uint32_t find(const Payload& what) const {
    if (index_.empty()) {
      for (std::uint32_t i = 0; i < timers_.size(); ++i) {
        if (timers_[i].what == what) return i;
      }
      return kNone;
    }
    for (std::size_t at = home(what);; at = next(at)) {
      if (index_[at] == kNone || timers_[index_[at]].what == what) return index_[at];
    }
  }
  /// The place of an equal timer, else a free one, which then is for `what`.
  std::uint32_t place_for(const Payload& what) {
    if (const std::uint32_t known = find(what); known != kNone) return known;
    std::uint32_t place = take_free();
    if (place == kNone) {
      place = static_cast<std::uint32_t>(timers_.size());
      timers_.emplace_back();
    } else if (!index_.empty()) {
      forget(place);
    }
    timers_[place].what = what;
    if (!index_.empty() && timers_.size() * 2 <= index_.size()) {
      enter(place);
    } else if (timers_.size() > kFew) {
      build_index();
    }
    return place;
  }
  /// To be told when a timer has become free.
  void released(std::uint32_t place) {
    Timer& timer = timers_[place];
    if (timer.spare) return;
    timer.spare = true;
    spare_.push_back(place);
  }
  void clear() {
    timers_.clear();
    spare_.clear();
    index_.clear();
  }

 private:
  static constexpr std::size_t kFew = 16;

  std::size_t mask() const { return index_.size() - 1; }
  std::size_t next(std::size_t at) const { return (at + 1) & mask(); }
  std::size_t home(const Payload& what) const { return static_cast<std::size_t>(mix(what.digest(), 0x9E3779B97F4A7C15U)) & mask(); }
  std::uint32_t take_free() {
    while (!spare_.empty()) {
      const std::uint32_t place = spare_.back();
      spare_.pop_back();
      timers_[place].spare = false;
      if (timers_[place].free()) return place;
    }
    return kNone;
  }
  void enter(std::uint32_t place) {
    std::size_t at = home(timers_[place].what);
    while (index_[at] != kNone) at = next(at);
    index_[at] = place;
  }
  // Takes a place out of the index, and moves those behind it up that would not be found across the gap.
  void forget(std::uint32_t place) {
    std::size_t gap = home(timers_[place].what);
    while (index_[gap] != place) gap = next(gap);
    for (std::size_t at = next(gap); index_[at] != kNone; at = next(at)) {
      const std::size_t wanted = home(timers_[index_[at]].what);
      if (((at - wanted) & mask()) < ((at - gap) & mask())) continue;  // it lies between the gap and where it stands
      index_[gap] = index_[at];
      gap = at;
    }
    index_[gap] = kNone;
  }
  void build_index() {
    std::size_t room = 4 * kFew;
    while (room < timers_.size() * 4) room *= 2;
    index_.assign(room, kNone);
    for (std::uint32_t i = 0; i < timers_.size(); ++i) enter(i);
  }

  std::vector<Timer> timers_;
  std::vector<std::uint32_t> spare_;  // places that may be free
  std::vector<std::uint32_t> index_;  // by the digest of `what`, open addressing; empty while there are few
};

}  // namespace sim
