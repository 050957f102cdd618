// Queues: one order of the values must keep both that of the insertions and that of what happens at the front.
//
// Value a comes before b if a's insertion ended before b's began, or if something that saw a at the front ended before
// something that saw b there began. An order exists unless these contradict each other (T. Henzinger, A. Sezgin and
// V. Vafeiadis, "Aspect-oriented linearizability proofs", CONCUR 2013, have it for dequeues), and is found by deleting a value
// that nothing else must come before, again and again.
#include <algorithm>

#include "sim/check/objects/compact.hpp"

namespace sim::check::objects {

namespace {

// The four ends that decide about a value; those of a history with empty takes are counted anew (see `shift`).
struct Ends {
  std::uint32_t call = 0;                    // of the insertion
  std::uint32_t ret = 0;                     // of the insertion, or of the first sight if that is earlier
  std::uint32_t front_ret = Places::kNever;  // first return of a sight
  std::uint32_t front_call = 0;              // last call of a sight; kForever when it is never taken
};

class QueueJudge {
 public:
  explicit QueueJudge(const Items& items) : items_(items), places_(items.places()) {}

  Judgement judge() {
    Gaps gaps = gaps_of(items_);
    if (!gaps.found) return std::move(gaps.violation);
    measure(gaps);
    if (!delete_all()) {
      // The cuts are not to blame: without them the same is wrong, and nothing else need be in the core.
      if (!gaps.cell.empty()) {
        measure({});
        delete_all();
      }
      return explain();
    }
    Judgement out;
    out.verdict = Verdict::valid;
    out.order = witness(gaps);
    return out;
  }

 private:
  // Every empty take cuts the history: what it found empty is over before it or begins after it. The cells after a cut are
  // counted further by two for each, so that an end before it and a beginning after it are in order.
  void measure(const Gaps& gaps) {
    cuts_ = gaps.cell;
    std::sort(cuts_.begin(), cuts_.end());
    cuts_.erase(std::unique(cuts_.begin(), cuts_.end()), cuts_.end());
    const std::vector<Item>& all = items_.all();
    ends_.assign(all.size(), {});
    segment_.assign(cuts_.empty() ? 0 : all.size(), 0);
    for (std::uint32_t i = 0; i < all.size(); ++i) {
      const Item& item = all[i];
      Ends& e = ends_[i];
      e.call = item.call;
      e.ret = item.min_ret;
      if (item.take != kNoIndex) see(e, item, item.take);
      for (std::uint32_t peek = item.peek; peek != kNoIndex; peek = items_.previous_peek(peek)) see(e, item, peek);
      if (item.take == kNoIndex) e.front_call = Items::kForever;
      if (!cuts_.empty()) cut(i);
    }
  }

  void see(Ends& e, const Item& item, std::uint32_t row) const {
    e.front_ret = std::min(e.front_ret, places_.ret[row]);
    e.front_call = std::max({e.front_call, places_.call[row], item.call});
  }

  // Cell c after k cuts has number c + 2k; a return is one more than the last cell, so what ends at a cut is before what begins
  // there.
  void cut(std::uint32_t i) {
    const auto k =
        static_cast<std::uint32_t>(std::lower_bound(cuts_.begin(), cuts_.end(), items_.all()[i].max_call) - cuts_.begin());
    segment_[i] = k;
    Ends& e = ends_[i];
    e.call = begin(e.call, k);
    e.ret = end(e.ret, k);
    e.front_ret = end(e.front_ret, k);
    if (e.front_call != Items::kForever) e.front_call = begin(e.front_call, k);
  }
  std::uint32_t begin(std::uint32_t call, std::uint32_t k) const { return (k == 0 ? call : std::max(call, cuts_[k - 1])) + 2 * k; }
  std::uint32_t end(std::uint32_t ret, std::uint32_t k) const {
    if (k == cuts_.size()) return ret >= Items::kForever ? ret : ret + 2 * k;
    return std::min(ret, cuts_[k] + 1) + 2 * k;
  }

  using Sorted = std::vector<Keyed>;

  template <class End>
  Sorted sorted_by(End&& end) const {
    Sorted out;
    out.reserve(ends_.size());
    for (std::uint32_t i = 0; i < ends_.size(); ++i) out.push_back({end(ends_[i]), i});
    sort_by_key(out);
    return out;
  }

  // Deletes values in the order in which they can go through the queue; false when some remain, each behind another.
  bool delete_all() {
    const Sorted calls = sorted_by([](const Ends& e) { return e.call; });
    const Sorted rets = sorted_by([](const Ends& e) { return e.ret; });
    const Sorted front_calls = sorted_by([](const Ends& e) { return e.front_call; });
    const Sorted front_rets = sorted_by([](const Ends& e) { return e.front_ret; });
    const std::size_t n = ends_.size();
    free_.assign(n, 0);
    order_.clear();
    order_.reserve(n);
    std::size_t call = 0;
    std::size_t ret = 0;
    std::size_t front_call = 0;
    std::size_t front_ret = 0;
    for (std::size_t deleted = 0; deleted < n;) {
      while (free_[rets[ret].index] == kDeleted) ++ret;
      while (free_[front_rets[front_ret].index] == kDeleted) ++front_ret;
      for (; call < n && calls[call].key <= rets[ret].key; ++call) release(calls[call].index, kBehindNone);
      for (; front_call < n && front_calls[front_call].key <= front_rets[front_ret].key; ++front_call) {
        release(front_calls[front_call].index, kFrontFree);
      }
      // The first sight of all is in the way of the others' sights, but not of the same value's.
      const std::uint32_t first = front_rets[front_ret].index;
      std::size_t second = front_ret + 1;
      if ((free_[first] & kFrontFree) == 0) {
        while (second < n && free_[front_rets[second].index] == kDeleted) ++second;
        if (second == n || ends_[first].front_call <= front_rets[second].key) release(first, kFrontFree);
      }
      if (deleted == order_.size()) {
        stuck_ = {rets[ret].index, first};
        if (second < n) stuck_.push_back(front_rets[second].index);
        return false;
      }
      while (deleted < order_.size()) free_[order_[deleted++]] = kDeleted;
    }
    return true;
  }

  void release(std::uint32_t i, std::uint8_t from) {
    if (free_[i] == kDeleted || (free_[i] & from) != 0) return;
    free_[i] |= from;
    if (free_[i] == (kBehindNone | kFrontFree)) order_.push_back(i);
  }

  bool inserted_before(std::uint32_t a, std::uint32_t b) const { return a != b && ends_[a].ret < ends_[b].call; }
  bool fronted_before(std::uint32_t a, std::uint32_t b) const { return a != b && ends_[a].front_ret < ends_[b].front_call; }

  Judgement explain() {
    const std::vector<Item>& all = items_.all();
    for (const std::uint32_t a : stuck_) {
      for (const std::uint32_t b : stuck_) {
        if (inserted_before(a, b) && fronted_before(b, a)) return crossed(a, b);
      }
    }
    std::vector<std::size_t> rows;
    std::string names;
    std::sort(stuck_.begin(), stuck_.end());
    stuck_.erase(std::unique(stuck_.begin(), stuck_.end()), stuck_.end());
    for (const std::uint32_t i : stuck_) {
      items_.rows_of(all[i], rows);
      names += (names.empty() ? "" : i == stuck_.back() ? " and " : ", ") + items_.name(all[i]);
    }
    const std::size_t failing = rows.back();
    return violation(items_.log(), std::move(rows), failing,
                     "no order of " + names + " agrees with when they were put in and when they were seen at the front");
  }

  // a went in before b, and b was seen at the front before a was.
  Judgement crossed(std::uint32_t a, std::uint32_t b) {
    const Item& first = items_.all()[a];
    const Item& second = items_.all()[b];
    std::vector<std::size_t> rows;
    items_.rows_of(first, rows);
    items_.rows_of(second, rows);
    std::uint32_t seen = second.take;  // the sight of b that ended first
    for (std::uint32_t peek = second.peek; peek != kNoIndex; peek = items_.previous_peek(peek)) {
      if (seen == kNoIndex || places_.ret[peek] < places_.ret[seen]) seen = peek;
    }
    const Log& log = items_.log();
    std::string why = items_.name(second) + (seen == second.take ? " was dequeued " : " was at the front ") + log.when(seen);
    why += ", though " + items_.name(first) + " had been enqueued " + log.when(first.insert) + ", before the enqueue of " +
           items_.name(second) + " began " + log.when(second.insert, true) + ", and ";
    if (first.take == kNoIndex) {
      why += "was never dequeued";
    } else {
      std::uint32_t late = first.take;
      for (std::uint32_t peek = first.peek; peek != kNoIndex; peek = items_.previous_peek(peek)) {
        if (places_.call[peek] > places_.call[late]) late = peek;
      }
      why += (late == first.take ? "the dequeue of " + items_.name(first) : "a peek that still saw it") + " began only " +
             log.when(late, true);
    }
    return violation(log, std::move(rows), seen, std::move(why));
  }

  // Every operation in the first cell that the values before leave it.
  std::vector<std::size_t> witness(const Gaps& gaps) const {
    std::vector<Keyed> points;
    points.reserve(items_.log().size());
    const auto add = [&](std::uint32_t number, std::uint32_t row) { points.push_back({std::uint64_t{number} * 2, row}); };
    std::vector<std::uint32_t> in(order_.size());
    std::uint32_t point = 0;
    for (std::size_t rank = 0; rank < order_.size(); ++rank) {
      in[rank] = point = std::max(point, ends_[order_[rank]].call);
      add(point, items_.all()[order_[rank]].insert);
    }
    point = 0;
    for (std::size_t rank = 0; rank < order_.size(); ++rank) {
      const std::uint32_t i = order_[rank];
      const Item& item = items_.all()[i];
      if (item.take == kNoIndex && item.peek == kNoIndex) continue;
      const std::uint32_t k = cuts_.empty() ? 0 : segment_[i];
      std::uint32_t last = point = std::max(point, in[rank]);
      for (std::uint32_t peek = item.peek; peek != kNoIndex; peek = items_.previous_peek(peek)) {
        const std::uint32_t at = std::max(point, begin(places_.call[peek], k));
        add(at, peek);
        last = std::max(last, at);
      }
      point = last;
      if (item.take == kNoIndex) continue;
      point = std::max(point, begin(places_.call[item.take], k));
      add(point, item.take);
    }
    for (std::size_t e = 0; e < gaps.cell.size(); ++e) {
      const auto k = static_cast<std::uint32_t>(std::lower_bound(cuts_.begin(), cuts_.end(), gaps.cell[e]) - cuts_.begin());
      points.push_back({std::uint64_t{gaps.cell[e] + 2 * k} * 2 + 1, items_.empties()[e]});
    }
    sort_by_key(points);
    std::vector<std::size_t> out;
    out.reserve(points.size());
    for (const Keyed& p : points) out.push_back(p.index);
    return out;
  }

  static constexpr std::uint8_t kBehindNone = 1;
  static constexpr std::uint8_t kFrontFree = 2;
  static constexpr std::uint8_t kDeleted = 4;

  const Items& items_;
  const Places& places_;
  std::vector<std::uint32_t> cuts_;     // cells at which it is empty
  std::vector<std::uint32_t> segment_;  // of an item: how many cuts are before it
  std::vector<Ends> ends_;
  std::vector<std::uint32_t> order_;  // items as they go through the queue
  std::vector<std::uint8_t> free_;    // what holds an item back no longer
  std::vector<std::uint32_t> stuck_;  // items, of which some are in each other's way
};

}  // namespace

Judgement judge_queue(const Items& items) { return QueueJudge(items).judge(); }

}  // namespace sim::check::objects
