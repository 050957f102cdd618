// Focus: the one selected event that all panels share, what led to it and what came of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/trace/timeline.hpp"

namespace viz {

/// How an event or message stands to the focus.
enum class Kin : std::uint8_t { none, past, self, future };

/// The selected event with its causal past and future, as far as the limit of hops.
class Focus {
 public:
  static constexpr std::uint32_t kHops = 12;

  Focus() = default;
  /// `event` is a number from 1; 0: nothing is selected.
  void set(const sim::Timeline& timeline, std::uint32_t event, std::uint32_t hops = kHops);
  std::uint32_t event() const { return event_; }
  std::uint32_t hops() const { return hops_; }
  /// How an event stands to it. O(log of the past and future).
  Kin kin(std::uint32_t event) const;
  /// The causes of the event, oldest first, without itself.
  const std::vector<std::uint32_t>& past() const { return past_; }
  /// What came of it, in order, without itself; at most kMost.
  const std::vector<std::uint32_t>& future() const { return future_; }
  /// Whether there is more past or future beyond the hops (or kMost).
  bool more_past() const { return more_past_; }
  bool more_future() const { return more_future_; }
  static constexpr std::size_t kMost = 4096;

 private:
  std::uint32_t event_ = 0;
  std::uint32_t hops_ = kHops;
  std::vector<std::uint32_t> past_;
  std::vector<std::uint32_t> future_;
  bool more_past_ = false;
  bool more_future_ = false;
};

/// Which events are looked for and shown; an empty list is every one.
struct Filter {
  std::vector<std::uint32_t> nodes;
  std::vector<std::uint16_t> types;  ///< of messages and timers
  std::string text;                  ///< in what Timeline::describe() says or in the value, whatever the case of its letters
  bool messages = true;
  bool timers = true;
  bool syncs = true;
  bool faults = true;
  bool only_disturbed = false;  ///< of messages those that were lost, doubled, held or late

  /// Whether nothing is left out.
  bool everything() const;
  /// Whether an event passes. A message that was lost has no event: see shows().
  bool passes(const sim::Timeline& timeline, std::uint32_t event) const;
  /// Whether a message is drawn: it is of a type that passes, and its sender or receiver does.
  bool shows(const sim::Timeline& timeline, const sim::Timeline::Message& message) const;
  friend bool operator==(const Filter&, const Filter&) = default;
};

/// Whether a message was lost, doubled, held or late.
bool disturbed(const sim::Timeline::Message& message);

/// One line on a message that was lost: "Vote from n1 to n3 is lost (cut)".
std::string describe_lost(const sim::Timeline& timeline, const sim::Timeline::Message& message);

/// Which event a step leads to.
enum class Step : std::uint8_t {
  next,  ///< in the run
  previous,
  next_of_node,  ///< of the node of the focused event
  previous_of_node,
  next_of_type,  ///< with the same kind and type as the focused event
  previous_of_type,
  cause,   ///< what caused it
  effect,  ///< the first that it caused; where `past` was walked with cause, back along it
};

/// The event that a step leads to, of those that pass the filter; `event` itself where there is none. `trail` remembers a walk
/// along causes, so that `effect` goes back the way that was come: pass the same one each time.
std::uint32_t stepped(const sim::Timeline& timeline, std::uint32_t event, Step step, const Filter& filter,
                      std::vector<std::uint32_t>& trail);

/// Something that a search found.
struct Find {
  std::uint32_t event = 0;                       ///< where to go
  std::uint32_t message = sim::Timeline::kNone;  ///< of a message that was lost
  sim::Time at{};
  std::string text;
};
/// The events, lost messages, notes and marks that pass a filter, in order, at most `most`. `total` is how many there are.
std::vector<Find> find(const sim::Timeline& timeline, const Filter& filter, std::size_t most, std::size_t& total);

}  // namespace viz
