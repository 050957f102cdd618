#include "sim/check/objects/compact.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <utility>

namespace sim::check::objects {

namespace {

// Dense numbers for positions that are spread thinly at most: one bit for each, counted.
void rank_by_bits(const Log& log, std::uint64_t low, std::uint64_t high, Places& out) {
  std::vector<std::uint64_t> used((high - low) / 64 + 1, 0);
  std::vector<std::uint32_t> below(used.size() + 1, 0);
  const auto mark = [&](std::uint64_t p) { used[(p - low) / 64] |= std::uint64_t{1} << ((p - low) % 64); };
  for (const Row& row : log.rows()) {
    mark(row.start);
    if (row.end != Row::kNever) mark(row.end);
  }
  for (std::size_t w = 0; w < used.size(); ++w) below[w + 1] = below[w] + static_cast<std::uint32_t>(std::popcount(used[w]));
  const auto rank = [&](std::uint64_t p) {
    const std::uint64_t smaller = used[(p - low) / 64] & ((std::uint64_t{1} << ((p - low) % 64)) - 1);
    return below[(p - low) / 64] + static_cast<std::uint32_t>(std::popcount(smaller));
  };
  for (const Row& row : log.rows()) {
    out.call.push_back(rank(row.start));
    out.ret.push_back(row.end == Row::kNever ? Places::kNever : rank(row.end));
  }
  out.count = below.back();
}

// Stable, by the bits from `from` up to `to` of what `word` says.
template <class T, class Word>
void sort_by_digits(std::vector<T>& all, unsigned from, unsigned to, Word&& word) {
  constexpr unsigned kBits = 11;
  constexpr std::uint64_t kDigit = (1U << kBits) - 1;
  std::vector<T> other(all.size());
  for (unsigned shift = from; shift < to; shift += kBits) {
    std::array<std::uint32_t, kDigit + 1> place{};
    for (const T& t : all) ++place[(word(t) >> shift) & kDigit];
    std::uint32_t sum = 0;
    for (std::uint32_t& p : place) sum += std::exchange(p, sum);
    for (const T& t : all) other[place[(word(t) >> shift) & kDigit]++] = t;
    all.swap(other);
  }
}

void rank_by_sorting(const Log& log, std::uint64_t low, Places& out) {
  std::vector<Keyed> events;
  events.reserve(log.size() * 2);
  for (std::uint32_t i = 0; i < log.size(); ++i) {
    events.push_back({log.rows()[i].start - low, i * 2});
    if (log.rows()[i].end != Row::kNever) events.push_back({log.rows()[i].end - low, i * 2 + 1});
  }
  sort_by_key(events);
  out.call.assign(log.size(), 0);
  out.ret.assign(log.size(), Places::kNever);
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (i > 0 && events[i].key != events[i - 1].key) ++out.count;
    (events[i].index % 2 == 0 ? out.call : out.ret)[events[i].index / 2] = out.count;
  }
  ++out.count;
}

}  // namespace

void sort_by_key(std::vector<Keyed>& all) {
  std::uint64_t most = 0;
  std::uint32_t last = 0;
  bool sorted = true;
  for (std::size_t i = 0; i < all.size(); ++i) {
    most = std::max(most, all[i].key);
    last = std::max(last, all[i].index);
    sorted = sorted && (i == 0 || all[i - 1].key <= all[i].key);
  }
  if (sorted) return;
  if (all.size() < 512) {
    std::stable_sort(all.begin(), all.end(), [](const Keyed& a, const Keyed& b) { return a.key < b.key; });
    return;
  }
  const auto key_bits = static_cast<unsigned>(std::bit_width(most));
  const auto index_bits = static_cast<unsigned>(std::bit_width(last));
  if (key_bits + index_bits > 64) {
    sort_by_digits(all, 0, key_bits, [](const Keyed& k) { return k.key; });
    return;
  }
  // Where a key and an index fit into one word, words are sorted.
  std::vector<std::uint64_t> words;
  words.reserve(all.size());
  for (const Keyed& k : all) words.push_back((k.key << index_bits) | k.index);
  sort_by_digits(words, index_bits, index_bits + key_bits, [](std::uint64_t w) { return w; });
  const std::uint64_t low = (std::uint64_t{1} << index_bits) - 1;
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i] = {words[i] >> index_bits, static_cast<std::uint32_t>(words[i] & low)};
  }
}

Places places_of(const Log& log) {
  Places out;
  if (log.size() == 0) return out;
  std::uint64_t low = Row::kNever;
  std::uint64_t high = 0;
  for (const Row& row : log.rows()) {
    low = std::min(low, row.start);
    high = std::max({high, row.start, row.end == Row::kNever ? 0 : row.end});
  }
  out.call.reserve(log.size());
  out.ret.reserve(log.size());
  if (high - low < std::uint64_t{64} * log.size() + 64) {
    rank_by_bits(log, low, high, out);
  } else {
    rank_by_sorting(log, low, out);
  }
  return out;
}

ValueNumbers::ValueNumbers(const Log& log) {
  std::int64_t most = std::numeric_limits<std::int64_t>::min();
  least_ = std::numeric_limits<std::int64_t>::max();
  for (const Row& row : log.rows()) {
    least_ = std::min(least_, row.value);
    most = std::max(most, row.value);
  }
  if (log.size() == 0) most = least_;
  const std::uint64_t range = static_cast<std::uint64_t>(most) - static_cast<std::uint64_t>(least_);
  direct_ = range < 4 * log.size() + 64;
  values_.reserve(log.size() / 2);
  if (direct_) {
    at_.assign(range + 1, kNoIndex);
  } else {
    slots_.assign(std::bit_ceil(log.size() * 2 + 16), kNoIndex);
  }
}

std::uint32_t ValueNumbers::of(std::int64_t value) {
  std::uint32_t* place = nullptr;
  if (direct_) {
    place = &at_[static_cast<std::uint64_t>(value) - static_cast<std::uint64_t>(least_)];
  } else {
    std::size_t at = mix(static_cast<std::uint64_t>(value)) & (slots_.size() - 1);
    while (slots_[at] != kNoIndex && values_[slots_[at]] != value) at = (at + 1) & (slots_.size() - 1);
    place = &slots_[at];
  }
  if (*place == kNoIndex) {
    *place = count();
    values_.push_back(value);
  }
  return *place;
}

Items::Items(const Log& log, const Places& places) : log_(&log), places_(&places) {
  ValueNumbers numbers(log);
  std::uint32_t second_take = kNoIndex;
  items_.reserve(log.size() / 2 + 1);
  for (std::uint32_t i = 0; i < log.size(); ++i) {
    const Row& row = log.rows()[i];
    const bool taking = row.method == Method::take || row.method == Method::peek;
    if (taking && row.result == Result3::unknown) {
      if (row.method == Method::take) pending_.push_back(i);
      continue;
    }
    if (taking && row.result == Result3::no) {
      empties_.push_back(i);
      continue;
    }
    const std::uint32_t number = numbers.of(row.value);
    if (number == items_.size()) items_.emplace_back().value = row.value;
    Item& item = items_[number];
    if (row.method == Method::insert) {
      if (item.insert != kNoIndex) trouble_ = Trouble::repeated;
      item.insert = i;
    } else if (row.method == Method::take) {
      if (item.take != kNoIndex && second_take == kNoIndex) second_take = i;
      if (item.take == kNoIndex) item.take = i;
    } else {
      if (previous_.empty()) previous_.assign(log.size(), kNoIndex);
      previous_[i] = std::exchange(item.peek, i);
    }
  }
  if (trouble_ == Trouble::repeated) return;
  if (second_take != kNoIndex) {
    const Item& item = items_[numbers.of(log.rows()[second_take].value)];
    std::vector<std::size_t> rows{item.take, second_take};
    if (item.insert != kNoIndex) rows.push_back(item.insert);
    broken(std::move(rows), second_take,
           name(item) + " came out twice, " + log.when(item.take) + " and " + log.when(second_take) + ", though it was put in " +
               (item.insert == kNoIndex ? "never" : "once"));
    return;
  }
  const auto by_call = [&](std::uint32_t a, std::uint32_t b) {
    return std::pair(places_->call[a], a) < std::pair(places_->call[b], b);
  };
  std::sort(pending_.begin(), pending_.end(), by_call);
  // An open insertion that nobody saw may as well never have happened.
  items_.erase(std::remove_if(items_.begin(), items_.end(),
                              [&](const Item& item) {
                                return item.take == kNoIndex && item.peek == kNoIndex &&
                                       log.rows()[item.insert].result == Result3::unknown;
                              }),
               items_.end());
  for (Item& item : items_) {
    settle(item);
    if (trouble_ != Trouble::none) return;
  }
}

void Items::settle(Item& item) {
  const std::vector<std::uint32_t>& call = places_->call;
  const std::vector<std::uint32_t>& ret = places_->ret;
  const std::uint32_t seen = item.take != kNoIndex ? item.take : item.peek;
  if (item.insert == kNoIndex) {
    return broken({seen}, seen, name(item) + " came out " + log_->when(seen) + ", though it was never put in");
  }
  item.call = item.max_call = call[item.insert];
  item.min_ret = ret[item.insert];
  item.take_ret = item.take == kNoIndex ? Places::kNever : ret[item.take];
  const auto observe = [&](std::uint32_t row) {
    item.min_ret = std::min(item.min_ret, ret[row]);
    item.max_call = std::max(item.max_call, call[row]);
    if (ret[row] >= item.call) return true;
    broken({row, item.insert}, row,
           name(item) + " came out " + log_->when(row) + ", though it was put in no earlier than " + log_->when(item.insert, true));
    return false;
  };
  if (item.take != kNoIndex && !observe(item.take)) return;
  for (std::uint32_t peek = item.peek; peek != kNoIndex; peek = previous_[peek]) {
    if (!observe(peek)) return;
    if (call[peek] > item.take_ret) {
      return broken({item.take, peek, item.insert}, peek,
                    name(item) + " was seen by the peek that began " + log_->when(peek, true) + ", though it was taken out " +
                        log_->when(item.take) + " already");
    }
  }
  if (item.take == kNoIndex) item.max_call = kForever;
}

void Items::give(std::uint32_t item, std::uint32_t take_row) {
  items_[item].take = take_row;
  settle(items_[item]);
}

std::string Items::text(std::int64_t value) const { return log_->value(value).to_json(); }

void Items::rows_of(const Item& item, std::vector<std::size_t>& out) const {
  out.push_back(item.insert);
  if (item.take != kNoIndex) out.push_back(item.take);
  for (std::uint32_t peek = item.peek; peek != kNoIndex; peek = previous_[peek]) out.push_back(peek);
}

void Items::broken(std::vector<std::size_t> rows, std::size_t failing, std::string explanation) {
  trouble_ = Trouble::broken;
  culprits_ = std::move(rows);
  failing_ = failing;
  explanation_ = std::move(explanation);
}

void Cover::paint(std::uint32_t from, std::uint32_t to) {
  for (std::uint32_t c = free_from(from); c < to; c = free_from(c)) {
    next_[c] = c + 1;
    last_[c + 1] = c;
  }
}

std::uint32_t Cover::free_from(std::uint32_t from) {
  while (next_[from] != from) {
    next_[from] = next_[next_[from]];
    from = next_[from];
  }
  return from;
}

std::uint32_t Cover::free_to(std::uint32_t to) {
  // Shifted by one: last_[c + 1] is c + 1 while cell c is free, and 0 stands for "none".
  std::uint32_t at = to + 1;
  while (last_[at] != at) {
    last_[at] = last_[last_[at]];
    at = last_[at];
  }
  return at == 0 ? kNoIndex : at - 1;
}

Judgement violation(const Log& log, std::vector<std::size_t> rows, std::size_t failing, std::string explanation) {
  Judgement out;
  out.verdict = Verdict::invalid;
  std::sort(rows.begin(), rows.end(),
            [&](std::size_t a, std::size_t b) { return std::pair(log.rows()[a].start, a) < std::pair(log.rows()[b].start, b); });
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  out.core = std::move(rows);
  out.failing = failing;
  out.explanation = std::move(explanation);
  return out;
}

std::vector<std::uint32_t> chain_over(const std::vector<Item>& items, std::span<const std::uint32_t> candidates, std::uint32_t from,
                                      std::uint32_t to) {
  std::vector<Keyed> by_start;
  for (const std::uint32_t i : candidates) {
    if (items[i].present()) by_start.push_back({items[i].min_ret, i});
  }
  sort_by_key(by_start);
  std::vector<std::uint32_t> out;
  std::size_t at = 0;
  while (from < to) {
    std::uint32_t best = kNoIndex;
    for (; at < by_start.size() && by_start[at].key <= from; ++at) {
      const std::uint32_t i = by_start[at].index;
      if (best == kNoIndex || items[i].max_call > items[best].max_call) best = i;
    }
    if (best == kNoIndex || items[best].max_call <= from) return {};
    out.push_back(best);
    from = items[best].max_call;
  }
  return out;
}

Gaps gaps_of(const Items& items) {
  Gaps out;
  const std::vector<Item>& all = items.all();
  const Places& places = items.places();
  if (items.empties().empty()) return out;
  // How many items cover a cell, as differences; then the next free cell from each on.
  std::vector<std::uint32_t> next(places.count + 1, 0);
  for (const Item& item : all) {
    if (!item.present()) continue;
    ++next[item.min_ret];
    --next[std::min(item.max_call, places.count)];
  }
  std::uint32_t covering = 0;
  for (std::uint32_t& cell : next) cell = covering += cell;
  next[places.count] = places.count;
  for (std::uint32_t cell = places.count; cell-- > 0;) next[cell] = next[cell] == 0 ? cell : next[cell + 1];
  for (const std::uint32_t row : items.empties()) {
    const std::uint32_t cell = next[places.call[row]];
    out.cell.push_back(cell);
    if (cell < places.ret[row]) continue;
    std::vector<std::uint32_t> everyone(all.size());
    for (std::uint32_t i = 0; i < all.size(); ++i) everyone[i] = i;
    const auto chain = chain_over(all, everyone, places.call[row], places.ret[row]);
    std::vector<std::size_t> rows{row};
    for (const std::uint32_t i : chain) items.rows_of(all[i], rows);
    const Operation op = items.log().operation(row);
    std::string why = "the " + op.f + " that ended " + items.log().when(row) + " found it empty, though ";
    if (chain.size() == 1) {
      why += items.name(all[chain.front()]) + " was in it all the time";
    } else {
      why += "at every moment of it one of " + items.name(all[chain.front()]) + " to " + items.name(all[chain.back()]) + " (" +
             std::to_string(chain.size()) + " values in turn) was in it";
    }
    out.found = false;
    out.violation = violation(items.log(), std::move(rows), row, std::move(why));
    return out;
  }
  return out;
}

}  // namespace sim::check::objects
