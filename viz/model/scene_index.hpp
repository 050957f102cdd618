// SceneIndex: what compose() looks up, so that a frame costs what is in sight.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "sim/trace/timeline.hpp"
#include "viz/model/axis.hpp"
#include "viz/model/focus.hpp"

namespace viz {

/// The events and messages of a timeline that pass a filter, by node and by place on either scale. Built once of a timeline,
/// which must outlive it and stay as it is; linear in the run's length (see tests/bench/viewer.cpp).
///
/// Places are whole numbers that rise with the position on the scale: of events their nanosecond or number; of messages
/// nanoseconds or half columns, because a lost one ends half a column after its cause.
class SceneIndex {
 public:
  explicit SceneIndex(const sim::Timeline& timeline);
  SceneIndex(const SceneIndex&) = delete;
  SceneIndex& operator=(const SceneIndex&) = delete;
  SceneIndex(SceneIndex&&) = default;
  SceneIndex& operator=(SceneIndex&&) = default;
  ~SceneIndex() = default;

  /// Keeps what passes a filter. Costs nothing where it is the one of the last call.
  void sift(const Filter& filter);

  const sim::Timeline& timeline() const { return *timeline_; }
  const Filter& filter() const { return filter_; }

  static constexpr std::size_t kBlock = 256;
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

  /// Operations of one client that stand beside each other: none begins before the one before it has ended, but where more
  /// than kMostRows run at once. One that was never answered ends here where the next one begins.
  struct OperationRow {
    std::vector<std::uint32_t> operations;
    std::vector<std::int64_t> ends_ns;       ///< the latest end so far
    std::vector<std::int64_t> ends_columns;  ///< the same on the scale of events
  };
  static constexpr std::size_t kMostRows = 4;

  /// One node's part.
  struct NodeIndex {
    std::span<const std::uint32_t> events;     ///< indices of those that pass, ascending
    std::vector<std::uint32_t> first_causes;   ///< by block of `events`: the first event that set one of its timers or syncs
    std::vector<std::int64_t> lost_ns;         ///< when messages to this node were lost, ascending
    std::vector<std::int64_t> lost_columns;    ///< the events during which those were sent, ascending
    std::vector<OperationRow> operation_rows;  ///< whatever the filter says
   private:
    friend class SceneIndex;
    std::vector<std::uint32_t> own_;  // what `events` shows where not everything passes
  };
  const NodeIndex& node(std::uint32_t n) const { return nodes_[n]; }

  /// Where a message begins and ends on a scale, in places.
  std::int64_t begin_of(const sim::Timeline::Message& message, Scale scale) const;
  std::int64_t end_of(const sim::Timeline::Message& message, Scale scale) const;
  /// Whether it comes as far as the receiver's lane; what a link lost does not.
  static bool reaches(const sim::Timeline::Message& message);
  /// How much of the way to the receiver a message is drawn that a link lost.
  static constexpr double kPartWay = 0.4;

  /// How many messages that pass begin at or before `last` and end at or after `first`.
  std::size_t count_messages(Scale scale, std::int64_t first, std::int64_t last) const;
  /// Calls `visit` with the index of each of those, in the order of their beginnings.
  template <class Visit>
  void each_message(Scale scale, std::int64_t first, std::int64_t last, const Visit& visit) const {
    const MessageIndex& index = of(scale);
    const std::size_t end = begun(scale, last);
    for (std::size_t block = 0; block * kBlock < end; ++block) {
      if (index.latest_ends[block] < first) continue;
      const std::size_t block_end = std::min(end, (block + 1) * kBlock);
      for (std::size_t i = block * kBlock; i < block_end; ++i) {
        const std::uint32_t m = index.order[i];
        if (end_of(timeline_->messages[m], scale) >= first) visit(m);
      }
    }
  }

  /// The columns in which an ailment (an index) begins and ends.
  struct Columns {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
  };
  Columns columns_of_ailment(std::size_t i) const { return ailments_[i]; }
  /// The asides that are marks, in order.
  const std::vector<std::uint32_t>& marks() const { return marks_; }

 private:
  /// The messages that pass, for one scale.
  struct MessageIndex {
    std::vector<std::uint32_t> order;       // by beginning
    std::vector<std::int64_t> latest_ends;  // by block of `order`
    std::vector<std::int64_t> ends;         // all, ascending
  };
  const MessageIndex& of(Scale scale) const { return messages_[static_cast<std::size_t>(scale)]; }
  /// How many messages begin at or before a place.
  std::size_t begun(Scale scale, std::int64_t last) const;
  void index_operations();
  void index_ailments();
  void sift_events();
  void sift_messages();
  void order_messages(Scale scale, const std::vector<std::uint32_t>& shown);

  const sim::Timeline* timeline_;
  Filter filter_;
  bool sifted_ = false;
  std::int64_t part_way_ns_ = 0;  // how long a lost message is drawn
  std::vector<NodeIndex> nodes_;
  MessageIndex messages_[2];
  std::vector<Columns> ailments_;
  std::vector<std::uint32_t> marks_;
};

}  // namespace viz
