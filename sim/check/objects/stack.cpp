// Stacks: values nest. Stretches of time in which some value is surely on the stack are judged one by one; in each one value
// must lie at the bottom throughout: pushed before anything else in that stretch, and popped after. It is deleted, which may cut
// the stretch into several, and so on; a stretch in which no value can lie at the bottom is a violation.
#include <algorithm>
#include <bit>

#include "sim/check/objects/compact.hpp"

namespace sim::check::objects {

namespace {

// Brackets in order of time, one opened where a value is surely there, closed where it no longer is; deleted ones count nothing.
class Brackets {
 public:
  explicit Brackets(const std::vector<std::int8_t>& brackets) : size_(std::bit_ceil(std::max<std::size_t>(brackets.size(), 1))) {
    nodes_.resize(size_ * 2);
    for (std::size_t i = 0; i < brackets.size(); ++i) nodes_[size_ + i] = {brackets[i], brackets[i]};
    for (std::size_t i = size_; i-- > 1;) pull(i);
  }

  void remove(std::size_t i) {
    nodes_[i += size_] = {0, 0};
    while ((i /= 2) > 0) pull(i);
  }

  // The first bracket from `from` on with no more than `depth` open after it, where none was open before `from`.
  std::size_t first_at_most(std::size_t from, std::int32_t depth) const {
    std::size_t i = from + size_;
    std::int32_t open = 0;
    for (;;) {
      while (i % 2 == 0) i /= 2;
      if (open + nodes_[i].least <= depth) break;
      open += nodes_[i].sum;
      ++i;
      if (std::has_single_bit(i)) return size_;
    }
    while (i < size_) {
      i *= 2;
      if (open + nodes_[i].least > depth) open += nodes_[i++].sum;
    }
    return i - size_;
  }

  // How many more are opened than closed in [from, to).
  std::int32_t sum(std::size_t from, std::size_t to) const {
    std::int32_t out = 0;
    for (from += size_, to += size_; from < to; from /= 2, to /= 2) {
      if (from % 2 == 1) out += nodes_[from++].sum;
      if (to % 2 == 1) out += nodes_[--to].sum;
    }
    return out;
  }

 private:
  struct Node {
    std::int32_t sum = 0;
    std::int32_t least = 0;  // of the sums of its beginnings, empty ones left out
  };
  void pull(std::size_t i) {
    const Node& a = nodes_[i * 2];
    const Node& b = nodes_[i * 2 + 1];
    nodes_[i] = {a.sum + b.sum, std::min(a.least, a.sum + b.least)};
  }

  std::size_t size_;
  std::vector<Node> nodes_;
};

// Values by when they are surely there: which was pushed before a given moment and is popped last.
class Bottoms {
 public:
  explicit Bottoms(std::size_t n) : size_(std::bit_ceil(std::max<std::size_t>(n, 1))), nodes_(size_ * 2) {}

  void set_pushed(std::size_t i, std::uint32_t call) { nodes_[size_ + i] = {call, 0}; }
  void build() {
    for (std::size_t i = size_; i-- > 1;) pull(i);
  }
  // Counts value i with its pop from now on; 0: no longer.
  void set_pop(std::size_t i, std::uint32_t ret) {
    nodes_[i += size_] = {Places::kNever, ret};
    while ((i /= 2) > 0) pull(i);
  }
  // A value of [from, to] that is not counted yet and was pushed before `call`, or kNoIndex.
  std::uint32_t pushed_before(std::size_t from, std::size_t to, std::uint32_t call) const {
    return find(from, to, [&](const Node& n) { return n.first_call < call; });
  }
  // A value of [from, to] that is counted and popped after `ret`, or kNoIndex.
  std::uint32_t popped_after(std::size_t from, std::size_t to, std::uint32_t ret) const {
    return find(from, to, [&](const Node& n) { return n.last_ret > ret; });
  }

 private:
  struct Node {
    std::uint32_t first_call = Places::kNever;  // of those not counted yet
    std::uint32_t last_ret = 0;                 // of those counted
  };
  void pull(std::size_t i) {
    const Node& a = nodes_[i * 2];
    const Node& b = nodes_[i * 2 + 1];
    nodes_[i] = {std::min(a.first_call, b.first_call), std::max(a.last_ret, b.last_ret)};
  }
  template <class Holds>
  std::uint32_t find(std::size_t from, std::size_t to, Holds&& holds) const {
    std::size_t i = from + size_;
    const std::size_t end = to + size_;
    for (;;) {
      while (i % 2 == 0) i /= 2;
      if (holds(nodes_[i])) break;
      ++i;
      if (std::has_single_bit(i)) return kNoIndex;
    }
    while (i < size_) {
      i *= 2;
      if (!holds(nodes_[i])) ++i;
    }
    return i > end ? kNoIndex : static_cast<std::uint32_t>(i - size_);
  }

  std::size_t size_;
  std::vector<Node> nodes_;
};

class StackJudge {
 public:
  explicit StackJudge(const Items& items)
      : items_(items),
        places_(items.places()),
        sub_bits_(static_cast<unsigned>(std::bit_width(items.all().size() * 2 + 4))),
        deepest_(static_cast<std::uint32_t>(items.all().size()) + 1) {}

  Judgement judge() {
    Gaps gaps = gaps_of(items_);
    if (!gaps.found) return std::move(gaps.violation);
    points_.reserve(items_.log().size());
    lay_out();
    Brackets brackets(signs_);
    Bottoms bottoms(ranked_.size());
    for (std::size_t k = 0; k < ranked_.size(); ++k) bottoms.set_pushed(k, item(k).call);
    bottoms.build();
    brackets_ = &brackets;
    bottoms_ = &bottoms;
    if (!ends_.empty()) split({0, static_cast<std::uint32_t>(ends_.size()) - 1, 0});
    while (!work_.empty()) {
      const Stretch stretch = work_.back();
      work_.pop_back();
      if (!take_bottom(stretch)) return explain(stretch);
    }
    for (std::size_t e = 0; e < gaps.cell.size(); ++e) point(items_.empties()[e], gaps.cell[e], kAfter, deepest_ * 2);
    sort_by_key(points_);
    Judgement out;
    out.verdict = Verdict::valid;
    out.order.reserve(points_.size());
    for (const Keyed& p : points_) out.order.push_back(p.index);
    return out;
  }

 private:
  // Within a cell: pops and peeks from the inside out, then what comes and goes, then pushes and peeks from the outside in.
  enum Phase : std::uint32_t { kAfter, kPassing, kBefore, kPhases };

  struct Stretch {
    std::uint32_t first = 0;  // bracket that opens it
    std::uint32_t last = 0;   // bracket that closes it
    std::uint32_t depth = 0;  // values below it
  };

  const Item& item(std::size_t rank) const { return items_.all()[ranked_[rank]]; }

  void point(std::uint32_t row, std::uint32_t cell, Phase phase, std::uint32_t sub) {
    points_.push_back({((std::uint64_t{cell} * kPhases + phase) << sub_bits_) | sub, row});
  }

  template <class Visit>
  void each_peek(const Item& item, Visit&& visit) const {
    for (std::uint32_t peek = item.peek; peek != kNoIndex; peek = items_.previous_peek(peek)) visit(peek);
  }

  // Brackets of the values that are surely there for some time; all others come and go at one moment.
  void lay_out() {
    const std::vector<Item>& all = items_.all();
    std::vector<Keyed> opens;
    for (std::uint32_t i = 0; i < all.size(); ++i) {
      if (all[i].present()) {
        opens.push_back({all[i].min_ret, i});
        continue;
      }
      point(all[i].insert, all[i].max_call, kPassing, i);
      each_peek(all[i], [&](std::uint32_t peek) { point(peek, all[i].max_call, kPassing, i); });
      point(all[i].take, all[i].max_call, kPassing, i);
    }
    sort_by_key(opens);
    std::vector<Keyed> closes;
    closes.reserve(opens.size());
    for (const Keyed& open : opens) {
      closes.push_back({std::min(all[open.index].max_call, places_.count), static_cast<std::uint32_t>(ranked_.size())});
      ranked_.push_back(open.index);
    }
    sort_by_key(closes);
    const std::size_t n = opens.size();
    ends_.reserve(n * 2);
    opens_at_.resize(n);
    closes_at_.resize(n);
    for (std::size_t open = 0, close = 0; close < n;) {
      const bool opening = open < n && opens[open].key < closes[close].key;
      const auto at = static_cast<std::uint32_t>(ends_.size());
      (opening ? opens_at_[open] : closes_at_[closes[close].index]) = at;
      ends_.push_back(static_cast<std::uint32_t>(opening ? opens[open].key : closes[close].key));
      signs_.push_back(opening ? 1 : -1);
      opened_.push_back(static_cast<std::uint32_t>(open));
      ++(opening ? open : close);
    }
    live_.resize(ends_.size() + 1);
    for (std::uint32_t i = 0; i < live_.size(); ++i) live_[i] = i;
  }

  std::uint32_t live_from(std::uint32_t i) {
    while (live_[i] != i) {
      live_[i] = live_[live_[i]];
      i = live_[i];
    }
    return i;
  }

  // The stretches that are left of one, each one level deeper.
  void split(const Stretch& whole) {
    for (std::uint32_t s = live_from(whole.first); s <= whole.last;) {
      const auto close = static_cast<std::uint32_t>(brackets_->first_at_most(s, 0));
      work_.push_back({s, close, whole.depth + 1});
      s = live_from(close + 1);
    }
  }

  std::uint32_t left(const Stretch& s) const { return ends_[s.first]; }
  // Where it ends; kForever if what is in it is never popped.
  std::uint32_t right(const Stretch& s) const { return ends_[s.last] == places_.count ? Items::kForever : ends_[s.last]; }
  std::uint32_t first_rank(const Stretch& s) const { return opened_[s.first]; }
  std::uint32_t last_rank(const Stretch& s) const { return opened_[s.last] - 1; }  // opened before the closing bracket

  // Deletes a value that can lie at the bottom of the stretch; false when there is none.
  bool take_bottom(const Stretch& s) {
    const std::uint32_t from = first_rank(s);
    const std::uint32_t to = last_rank(s);
    for (;;) {
      const std::uint32_t k = bottoms_->pushed_before(from, to, left(s));
      if (k == kNoIndex) break;
      bottoms_->set_pop(k, item(k).take_ret);
    }
    std::vector<std::uint32_t> hidden;
    std::uint32_t found = kNoIndex;
    for (;;) {
      found = bottoms_->popped_after(from, to, right(s));
      if (found == kNoIndex || visible(s, item(found))) break;
      bottoms_->set_pop(found, 0);
      hidden.push_back(found);
    }
    for (const std::uint32_t k : hidden) bottoms_->set_pop(k, item(k).take_ret);
    if (found == kNoIndex) return false;
    place(s, item(found));
    bottoms_->set_pop(found, 0);
    for (const std::uint32_t end : {opens_at_[found], closes_at_[found]}) {
      brackets_->remove(end);
      live_[end] = end + 1;
    }
    split(s);
    return true;
  }

  // The cell of a peek at the bottom value inside a stretch, where nothing else is there, or kNoIndex.
  std::uint32_t peek_cell(const Stretch& s, const Item& bottom, std::uint32_t peek) {
    if (end_before_.empty()) {  // by cell: the last bracket at or before it, counted from 1
      end_before_.assign(places_.count + 1, 0);
      for (std::uint32_t i = 0; i < ends_.size(); ++i) end_before_[ends_[i]] = i + 1;
      for (std::uint32_t c = 1; c < end_before_.size(); ++c) end_before_[c] = std::max(end_before_[c], end_before_[c - 1]);
    }
    const std::uint32_t from = std::max(places_.call[peek], bottom.min_ret);
    const std::uint32_t to = std::min({places_.ret[peek], bottom.max_call, places_.count});
    if (from >= to) return kNoIndex;
    const std::uint32_t first = std::max(end_before_[from] - 1, s.first);
    const std::int32_t open = brackets_->sum(s.first, first);
    // The brackets before `first` are `open` deep; after one of [first, last] only the bottom value may be left.
    const auto at = static_cast<std::uint32_t>(brackets_->first_at_most(first, 1 - open));
    const std::uint32_t last = end_before_[to - 1] - 1;
    return at > last ? kNoIndex : std::max(from, ends_[at]);
  }

  bool visible(const Stretch& s, const Item& bottom) {
    bool all = true;
    each_peek(bottom, [&](std::uint32_t peek) {
      if (!all || places_.call[peek] < left(s) || places_.ret[peek] > right(s)) return;
      all = peek_cell(s, bottom, peek) != kNoIndex;
    });
    return all;
  }

  void place(const Stretch& s, const Item& bottom) {
    const std::uint32_t inward = s.depth * 2;
    const std::uint32_t outward = (deepest_ - s.depth) * 2;
    point(bottom.insert, left(s) - 1, kBefore, inward);
    each_peek(bottom, [&](std::uint32_t peek) {
      if (places_.call[peek] < left(s)) {
        point(peek, left(s) - 1, kBefore, inward + 1);
      } else if (places_.ret[peek] > right(s)) {
        point(peek, right(s), kAfter, outward);
      } else {
        point(peek, peek_cell(s, bottom, peek), kAfter, outward);
      }
    });
    if (bottom.take != kNoIndex) point(bottom.take, right(s), kAfter, outward + 1);
  }

  // Values that cover the stretch, and for each that could lie at the bottom but for a peek what covers that peek.
  Judgement explain(const Stretch& s) {
    std::vector<std::uint32_t> there;
    for (std::uint32_t k = first_rank(s); k <= last_rank(s); ++k) {
      if (live_[opens_at_[k]] == opens_at_[k]) there.push_back(ranked_[k]);
    }
    const std::uint32_t end = std::min(right(s), places_.count);
    std::vector<std::uint32_t> chain = chain_over(items_.all(), there, left(s), end);
    for (std::size_t at = 0; at < chain.size(); ++at) {
      const Item& bottom = items_.all()[chain[at]];
      if (bottom.call >= left(s) || bottom.take_ret <= right(s)) continue;
      std::vector<std::uint32_t> others;
      std::copy_if(there.begin(), there.end(), std::back_inserter(others), [&](std::uint32_t i) { return i != chain[at]; });
      each_peek(bottom, [&](std::uint32_t peek) {
        if (places_.call[peek] < left(s) || places_.ret[peek] > right(s)) return;
        for (const std::uint32_t i : chain_over(items_.all(), others, places_.call[peek], std::min(places_.ret[peek], end))) {
          if (std::find(chain.begin(), chain.end(), i) == chain.end()) chain.push_back(i);
        }
      });
    }
    std::vector<std::size_t> rows;
    for (const std::uint32_t i : chain) items_.rows_of(items_.all()[i], rows);
    return violation(items_.log(), std::move(rows), failing_of(chain), sentence(chain));
  }

  // The pop (or peek) of the value that is first gone.
  std::size_t failing_of(const std::vector<std::uint32_t>& chain) const {
    const Item& first = items_.all()[chain.front()];
    return first.take != kNoIndex ? first.take : first.peek != kNoIndex ? first.peek : first.insert;
  }

  std::string sentence(const std::vector<std::uint32_t>& chain) const {
    const Log& log = items_.log();
    const Item& below = items_.all()[chain.front()];
    const Item& above = items_.all()[chain.back()];
    if (chain.size() == 2 && below.take != kNoIndex && places_.ret[below.insert] < places_.call[above.insert]) {
      const std::string why = items_.name(below) + " was popped " + log.when(below.take) + ", though it had been pushed " +
                              log.when(below.insert) + ", before the push of " + items_.name(above) + " began " +
                              log.when(above.insert, true) + ", and ";
      if (above.take == kNoIndex) return why + items_.name(above) + " was never popped";
      return why + "the pop of " + items_.name(above) + " began only " + log.when(above.take, true);
    }
    std::string names;
    for (std::size_t i = 0; i < std::min<std::size_t>(chain.size(), 6); ++i) {
      names += (i == 0 ? "" : i + 1 == chain.size() ? " and " : ", ") + items_.name(items_.all()[chain[i]]);
    }
    if (chain.size() > 6) names += " and " + std::to_string(chain.size() - 6) + " more";
    return "some of " + names + " is on the stack all the time " + log.when(below.insert) +
           " and after, but none of them can lie " +
           "below the others: each was pushed too late, popped too early or seen on top too soon";
  }

  const Items& items_;
  const Places& places_;
  unsigned sub_bits_;
  std::uint32_t deepest_;              // more than any depth
  std::vector<std::uint32_t> ranked_;  // items that are surely there for some time, by when they first are
  std::vector<std::uint32_t> ends_;    // positions of brackets
  std::vector<std::int8_t> signs_;
  std::vector<std::uint32_t> opened_;    // by bracket: how many are opened before it
  std::vector<std::uint32_t> opens_at_;  // by rank: its brackets
  std::vector<std::uint32_t> closes_at_;
  std::vector<std::uint32_t> live_;  // towards the first bracket from here on that is not deleted
  std::vector<std::uint32_t> end_before_;
  std::vector<Stretch> work_;
  std::vector<Keyed> points_;
  Brackets* brackets_ = nullptr;
  Bottoms* bottoms_ = nullptr;
};

}  // namespace

Judgement judge_stack(const Items& items) { return StackJudge(items).judge(); }

}  // namespace sim::check::objects
