#include "viz/model/scene_index.hpp"

#include <utility>

namespace viz {

SceneIndex::SceneIndex(const sim::Timeline& timeline) : timeline_(&timeline), nodes_(timeline.nodes.size()) {
  part_way_ns_ = static_cast<std::int64_t>(static_cast<double>(timeline.usual_flight.ns) * kPartWay);
  index_operations();
  index_ailments();
  for (std::uint32_t i = 0; i < timeline.asides.size(); ++i) {
    if (timeline.asides[i].kind == sim::RecordKind::mark) marks_.push_back(i);
  }
  sift({});
}

void SceneIndex::sift(const Filter& filter) {
  if (sifted_ && filter == filter_) return;
  filter_ = filter;
  sifted_ = true;
  sift_events();
  sift_messages();
}

bool SceneIndex::reaches(const sim::Timeline::Message& message) {
  return message.fate == sim::MessageFate::delivered || message.fate == sim::MessageFate::down ||
         message.fate == sim::MessageFate::corrupt;
}

std::int64_t SceneIndex::begin_of(const sim::Timeline::Message& message, Scale scale) const {
  if (scale == Scale::time) return message.sent.ns;
  const std::uint32_t column = message.cause != 0 ? message.cause : timeline_->last_until(message.sent);
  return std::int64_t{column} * 2;
}

std::int64_t SceneIndex::end_of(const sim::Timeline::Message& message, Scale scale) const {
  if (scale == Scale::events) return message.event != 0 ? std::int64_t{message.event} * 2 : begin_of(message, scale) + 1;
  const std::int64_t ended = std::min(message.ended, timeline_->end).ns;
  return reaches(message) ? ended : std::max(ended, message.sent.ns + part_way_ns_);
}

std::size_t SceneIndex::begun(Scale scale, std::int64_t last) const {
  const std::vector<std::uint32_t>& order = of(scale).order;
  const auto end = std::upper_bound(order.begin(), order.end(), last, [&](std::int64_t place, std::uint32_t m) {
    return place < begin_of(timeline_->messages[m], scale);
  });
  return static_cast<std::size_t>(end - order.begin());
}

std::size_t SceneIndex::count_messages(Scale scale, std::int64_t first, std::int64_t last) const {
  // Whatever ended before the first place began before it too.
  const std::vector<std::int64_t>& ends = of(scale).ends;
  const auto ended = static_cast<std::size_t>(std::lower_bound(ends.begin(), ends.end(), first) - ends.begin());
  const std::size_t all = begun(scale, last);
  return all > ended ? all - ended : 0;
}

void SceneIndex::index_operations() {
  const auto& all = timeline_->operations;
  const auto is_open = [&](std::uint32_t i) { return all[i].end_event == 0; };
  const auto last_column = static_cast<std::int64_t>(timeline_->events.size());
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    const sim::Timeline::Operation& operation = all[i];
    std::vector<OperationRow>& rows = nodes_[operation.node].operation_rows;
    auto row = std::find_if(rows.begin(), rows.end(), [&](const OperationRow& r) {
      return !is_open(r.operations.back()) && r.ends_ns.back() <= operation.begin.ns;
    });
    if (row == rows.end()) {
      row = std::find_if(rows.begin(), rows.end(), [&](const OperationRow& r) { return is_open(r.operations.back()); });
      if (row != rows.end()) {
        const bool alone = row->operations.size() == 1;
        row->ends_ns.back() = alone ? operation.begin.ns : std::max(row->ends_ns.end()[-2], operation.begin.ns);
        const std::int64_t column = operation.begin_event;
        row->ends_columns.back() = alone ? column : std::max(row->ends_columns.end()[-2], column);
      }
    }
    if (row == rows.end()) row = rows.size() < kMostRows ? rows.insert(row, OperationRow{}) : rows.end() - 1;
    const bool first = row->operations.empty();
    const std::int64_t end = is_open(i) ? timeline_->end.ns : operation.end.ns;
    const std::int64_t column = is_open(i) ? last_column : operation.end_event;
    row->operations.push_back(i);
    row->ends_ns.push_back(first ? end : std::max(row->ends_ns.back(), end));
    row->ends_columns.push_back(first ? column : std::max(row->ends_columns.back(), column));
  }
}

void SceneIndex::index_ailments() {
  ailments_.reserve(timeline_->ailments.size());
  for (const sim::Timeline::Ailment& ailment : timeline_->ailments) {
    ailments_.push_back({timeline_->last_until(ailment.begin), timeline_->last_until(std::min(ailment.end, timeline_->end))});
  }
}

void SceneIndex::sift_events() {
  const bool all = filter_.everything();
  for (std::uint32_t n = 0; n < nodes_.size(); ++n) {
    NodeIndex& node = nodes_[n];
    node.own_.clear();
    node.own_.shrink_to_fit();
    node.events = timeline_->by_node[n];
  }
  if (!all) {
    for (std::uint32_t n = 0; n < nodes_.size(); ++n) {
      NodeIndex& node = nodes_[n];
      for (const std::uint32_t i : timeline_->by_node[n]) {
        if (filter_.passes(*timeline_, i + 1)) node.own_.push_back(i);
      }
      node.events = node.own_;
    }
  }
  for (NodeIndex& node : nodes_) {
    node.first_causes.assign((node.events.size() + kBlock - 1) / kBlock, sim::Timeline::kNone);
    for (std::size_t i = 0; i < node.events.size(); ++i) {
      const sim::Timeline::Event& event = timeline_->events[node.events[i]];
      if (event.cause == 0 || (event.kind != sim::RecordKind::timer && event.kind != sim::RecordKind::sync)) continue;
      std::uint32_t& first = node.first_causes[i / kBlock];
      first = std::min(first, event.cause);
    }
  }
}

void SceneIndex::sift_messages() {
  const bool all = filter_.everything();
  std::vector<std::uint32_t> shown;
  shown.reserve(all ? timeline_->messages.size() : 0);
  for (NodeIndex& node : nodes_) {
    node.lost_ns.clear();
    node.lost_columns.clear();
  }
  for (std::uint32_t m = 0; m < timeline_->messages.size(); ++m) {
    const sim::Timeline::Message& message = timeline_->messages[m];
    if (!all && !filter_.shows(*timeline_, message)) continue;
    shown.push_back(m);
    if (message.event != 0) continue;
    NodeIndex& to = nodes_[message.to];
    to.lost_ns.push_back(std::min(message.ended, timeline_->end).ns);
    to.lost_columns.push_back(begin_of(message, Scale::events) / 2);
  }
  for (NodeIndex& node : nodes_) {
    std::sort(node.lost_ns.begin(), node.lost_ns.end());
    std::sort(node.lost_columns.begin(), node.lost_columns.end());
  }
  order_messages(Scale::time, shown);
  order_messages(Scale::events, shown);
}

void SceneIndex::order_messages(Scale scale, const std::vector<std::uint32_t>& shown) {
  MessageIndex& index = messages_[static_cast<std::size_t>(scale)];
  const auto& messages = timeline_->messages;
  if (scale == Scale::time) {
    index.order = shown;  // messages are in the order of sending
  } else {
    // A counting sort: by cause, and of one cause in the order of sending.
    std::vector<std::uint32_t> place(timeline_->events.size() + 2, 0);
    const auto column = [&](std::uint32_t m) { return static_cast<std::size_t>(begin_of(messages[m], scale) / 2); };
    for (const std::uint32_t m : shown) ++place[column(m) + 1];
    for (std::size_t i = 1; i < place.size(); ++i) place[i] += place[i - 1];
    index.order.assign(shown.size(), 0);
    for (const std::uint32_t m : shown) index.order[place[column(m)]++] = m;
  }

  index.latest_ends.assign((shown.size() + kBlock - 1) / kBlock, std::numeric_limits<std::int64_t>::min());
  for (std::size_t i = 0; i < index.order.size(); ++i) {
    std::int64_t& latest = index.latest_ends[i / kBlock];
    latest = std::max(latest, end_of(messages[index.order[i]], scale));
  }

  // What was delivered ended in the order of its events, which spares a sort of nearly everything.
  std::vector<char> in(messages.size(), 0);
  for (const std::uint32_t m : shown) in[m] = 1;
  index.ends.clear();
  index.ends.reserve(shown.size());
  for (const sim::Timeline::Event& event : timeline_->events) {
    if (event.kind != sim::RecordKind::deliver || in[event.message] == 0) continue;
    index.ends.push_back(end_of(messages[event.message], scale));
    in[event.message] = 0;
  }
  const auto delivered = static_cast<std::ptrdiff_t>(index.ends.size());
  for (const std::uint32_t m : shown) {
    if (in[m] != 0) index.ends.push_back(end_of(messages[m], scale));
  }
  const auto lost = index.ends.begin() + delivered;
  if (!std::is_sorted(index.ends.begin(), lost)) std::sort(index.ends.begin(), lost);
  std::sort(lost, index.ends.end());
  std::inplace_merge(index.ends.begin(), lost, index.ends.end());
}

}  // namespace viz
