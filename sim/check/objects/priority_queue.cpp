// Priority queues: what sees a value needs a moment without any higher one. Lower values are in nobody's way, so values are
// deleted from the lowest up, or, as here, looked at from the highest down: those seen so far cover stretches of time, and each
// sight of the next one must have a moment that is left.
#include <algorithm>
#include <bit>

#include "sim/check/objects/compact.hpp"

namespace sim::check::objects {

namespace {

class PriorityQueueJudge {
 public:
  explicit PriorityQueueJudge(const Items& items)
      : items_(items),
        places_(items.places()),
        cover_(places_.count),
        bits_(static_cast<unsigned>(std::bit_width(items.all().size() + 1))) {}

  Judgement judge() {
    Gaps gaps = gaps_of(items_);
    if (!gaps.found) return std::move(gaps.violation);
    points_.reserve(items_.log().size());
    const std::vector<std::uint32_t> order = highest_first();
    for (std::uint32_t rank = 0; rank < order.size(); ++rank) {
      const Item& item = items_.all()[order[rank]];
      const std::uint32_t hidden = place(item, rank);
      if (hidden != kNoIndex) return explain(order, rank, hidden);
      if (item.present()) cover_.paint(item.min_ret, std::min(item.max_call, places_.count));
    }
    for (std::size_t e = 0; e < gaps.cell.size(); ++e) {
      point(items_.empties()[e], gaps.cell[e], kFinding, static_cast<std::uint32_t>(order.size()));
    }
    sort_by_key(points_);
    Judgement out;
    out.verdict = Verdict::valid;
    out.order.reserve(points_.size());
    for (const Keyed& p : points_) out.order.push_back(p.index);
    return out;
  }

 private:
  // What happens within one cell, in this order: values that were there are found, the highest first; others come and go;
  // others come, the lowest first, and are found; others only come.
  enum Phase : std::uint32_t { kFinding, kPassing, kComing, kInserting, kPhases };

  std::vector<std::uint32_t> highest_first() const {
    const std::vector<Item>& all = items_.all();
    std::vector<Keyed> keyed;
    keyed.reserve(all.size());
    for (std::uint32_t i = 0; i < all.size(); ++i) {
      keyed.push_back({~(static_cast<std::uint64_t>(all[i].value) ^ (std::uint64_t{1} << 63U)), i});
    }
    std::uint64_t least = ~std::uint64_t{0};
    for (const Keyed& k : keyed) least = std::min(least, k.key);
    for (Keyed& k : keyed) k.key -= least;
    sort_by_key(keyed);
    std::vector<std::uint32_t> out;
    out.reserve(keyed.size());
    for (const Keyed& k : keyed) out.push_back(k.index);
    return out;
  }

  void point(std::uint32_t row, std::uint32_t cell, Phase phase, std::uint32_t rank) {
    points_.push_back({((std::uint64_t{cell} * kPhases + phase) << bits_) | rank, row});
  }

  // Gives each operation of the item a cell that higher values leave free; returns the row that finds none, or kNoIndex.
  std::uint32_t place(const Item& item, std::uint32_t rank) {
    const auto coming = static_cast<std::uint32_t>(items_.all().size()) - rank;
    if (item.take == kNoIndex && item.peek == kNoIndex) {
      point(item.insert, item.min_ret - 1, kInserting, 0);
      return kNoIndex;
    }
    const bool taken = item.take != kNoIndex;
    const std::uint32_t out = taken ? cover_.free_from(item.max_call) : places_.count;
    if (taken && out < item.min_ret) {  // all of it at one moment
      point(item.insert, out, kPassing, rank);
      each_peek(item, [&](std::uint32_t peek) { point(peek, out, kPassing, rank); });
      point(item.take, out, kPassing, rank);
      return kNoIndex;
    }
    if (taken && out >= item.take_ret) return item.take;
    // Sights that end before the value is surely there share the last free cell before that.
    const std::uint32_t early = cover_.free_to(item.min_ret - 1);
    const std::uint32_t late = cover_.free_from(item.min_ret);
    std::uint32_t hidden = kNoIndex;
    bool sooner = false;
    each_peek(item, [&](std::uint32_t peek) {
      const std::uint32_t at = std::max(places_.call[peek], item.min_ret);
      if ((at == item.min_ret ? late : cover_.free_from(at)) < places_.ret[peek]) return;
      if (early == kNoIndex || early < std::max(item.call, places_.call[peek])) hidden = peek;
      sooner = true;
    });
    if (hidden != kNoIndex) return hidden;
    if (sooner) {
      point(item.insert, early, kComing, coming);
    } else {
      point(item.insert, item.min_ret - 1, kInserting, 0);
    }
    each_peek(item, [&](std::uint32_t peek) {
      const std::uint32_t at = cover_.free_from(std::max(places_.call[peek], item.min_ret));
      if (at < places_.ret[peek]) {
        point(peek, at, kFinding, rank);
      } else {
        point(peek, early, kComing, coming);
      }
    });
    if (taken) point(item.take, out, kFinding, rank);
    return kNoIndex;
  }

  template <class Visit>
  void each_peek(const Item& item, Visit&& visit) const {
    for (std::uint32_t peek = item.peek; peek != kNoIndex; peek = items_.previous_peek(peek)) visit(peek);
  }

  Judgement explain(const std::vector<std::uint32_t>& order, std::uint32_t rank, std::uint32_t row) const {
    const Item& item = items_.all()[order[rank]];
    const std::uint32_t from = row == item.take ? item.max_call : std::max(places_.call[row], item.call);
    const auto chain = chain_over(items_.all(), std::span(order).first(rank), from, places_.ret[row]);
    std::vector<std::size_t> rows;
    items_.rows_of(item, rows);
    for (const std::uint32_t i : chain) items_.rows_of(items_.all()[i], rows);
    std::string why =
        items_.name(item) + (row == item.take ? " was polled " : " was peeked ") + items_.log().when(row) + ", though ";
    if (chain.size() == 1) {
      why += "the higher " + items_.name(items_.all()[chain.front()]) + " was there all the time that the " +
             items_.log().operation(row).f + " took";
    } else {
      why += "at every moment of that " + items_.log().operation(row).f + " one of " + std::to_string(chain.size()) +
             " higher values was there, from " + items_.name(items_.all()[chain.front()]) + " to " +
             items_.name(items_.all()[chain.back()]);
    }
    return violation(items_.log(), std::move(rows), row, std::move(why));
  }

  const Items& items_;
  const Places& places_;
  Cover cover_;
  unsigned bits_;  // of a rank
  std::vector<Keyed> points_;
};

}  // namespace

Judgement judge_priority_queue(const Items& items) { return PriorityQueueJudge(items).judge(); }

}  // namespace sim::check::objects
