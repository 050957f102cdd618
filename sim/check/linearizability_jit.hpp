// Just-in-time linearization (G. Lowe, "Testing for linearizability", 2017, section 4): all configurations that the
// events so far allow, breadth first, where an operation is linearized only when one that returns needs it.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "sim/check/linearizability_problem.hpp"

namespace sim::check {

/// Where a linearization of a part of the events may stand: a state, and of every open operation whether it must still be
/// linearized before it returns (`need`), and whether it may still change the state (`can`).
///
/// An operation that would leave the state as it is may have been linearized right there, or may be later, as it helps:
/// it is no longer in `need` and still in `can`, without a choice (if it is pure, in neither). So is one that never returns.
template <std::size_t W>
struct Config {
  Mask<W> need;
  Mask<W> can;
  std::uint32_t state = 0;
  std::uint32_t link = kNoIndex;  ///< how it came about; no part of what it is

  /// Whatever becomes possible from the other is possible from this one.
  bool dominates(const Config& other) const {
    return state == other.state && need.subset_of(other.need) && other.can.subset_of(can);
  }
};

/// A set of configurations without those that others of it dominate (where there are many of one state, not all of these
/// are found; equal ones always are).
template <std::size_t W>
class Frontier {
 public:
  std::vector<Config<W>> items;  ///< state kNoIndex: removed, because a later one dominates it

  void clear() {
    items.clear();
    next_.clear();
    if (++stamp_ == 0) reset(heads_.size());
  }

  /// Adds a configuration unless one here dominates it; removes those that it dominates.
  void insert(const Config<W>& config) {
    if (next_.size() * 2 >= heads_.size()) grow();
    Head& head = fresh(heads_[mix(config.state) & (heads_.size() - 1)]);
    std::uint32_t* before = &head.first;
    std::size_t looked = 0;
    for (; *before != kNoIndex && looked < kLook; ++looked) {
      Config<W>& other = items[*before];
      if (other.dominates(config)) return;
      if (config.dominates(other)) {
        other.state = kNoIndex;
        *before = next_[*before];
      } else {
        before = &next_[*before];
      }
    }
    const auto index = static_cast<std::uint32_t>(items.size());
    if (looked < kLook) {
      *before = index;
      next_.push_back(kNoIndex);
    } else {
      // A long chain: the newest goes first, and equal ones are found by their hash.
      if (!insert_exact(config, index)) return;
      next_.push_back(std::exchange(head.first, index));
    }
    items.push_back(config);
  }

  void drop_removed() {
    items.erase(std::remove_if(items.begin(), items.end(), [](const Config<W>& c) { return c.state == kNoIndex; }), items.end());
  }

  std::size_t bytes() const {
    return items.capacity() * sizeof(Config<W>) + next_.capacity() * sizeof(std::uint32_t) +
           (heads_.capacity() + exact_.capacity()) * sizeof(Head);
  }
  bool about_to_grow() const { return items.size() == items.capacity() || next_.size() * 2 >= heads_.size(); }

 private:
  static constexpr std::size_t kLook = 48;  // configurations that an insertion compares itself with
  struct Head {
    std::uint32_t stamp = 0;
    std::uint32_t first = kNoIndex;
  };

  Head& fresh(Head& head) const {
    if (head.stamp != stamp_) head = {stamp_, kNoIndex};
    return head;
  }

  // False: an equal one is here. Open addressing; only what came while its chain was long is in it.
  bool insert_exact(const Config<W>& config, std::uint32_t index) {
    if (exact_.size() != heads_.size()) exact_.assign(heads_.size(), Head{});
    std::size_t at = config.can.hash(config.need.hash(config.state)) & (exact_.size() - 1);
    for (; fresh(exact_[at]).first != kNoIndex; at = (at + 1) & (exact_.size() - 1)) {
      const Config<W>& other = items[exact_[at].first];
      if (other.state == config.state && other.need == config.need && other.can == config.can) return false;
    }
    exact_[at].first = index;
    return true;
  }

  void reset(std::size_t size) {
    heads_.assign(size, Head{});
    exact_.assign(exact_.empty() ? 0 : size, Head{});
    stamp_ = 1;
  }

  void grow() {
    reset(heads_.empty() ? 64 : heads_.size() * 2);
    for (std::uint32_t i = 0; i < next_.size(); ++i) {
      if (items[i].state == kNoIndex) continue;
      Head& head = fresh(heads_[mix(items[i].state) & (heads_.size() - 1)]);
      next_[i] = std::exchange(head.first, i);
      if (!exact_.empty()) insert_exact(items[i], i);
    }
  }

  std::vector<std::uint32_t> next_;  // chains of one place of heads_
  std::vector<Head> heads_;
  std::vector<Head> exact_;
  std::uint32_t stamp_ = 1;
};

/// The search over one partition. Refinements that keep it exact: what Config says of operations that leave the state as it
/// is; of operations of one class the one that returns first goes first; dominated configurations are dropped.
template <Machine M, std::size_t W>
class JitSearch final : public Search {
 public:
  JitSearch(const Problem& problem, M& machine) : problem_(problem), machine_(machine), holder_(problem.slots, kNoIndex) {
    now_.items.push_back({{}, {}, machine.initial(), kNoIndex});
    for (std::size_t i = 0; i < problem.events.size(); ++i) {
      const std::uint32_t op = problem.events[i] / 2;
      if (problem.events[i] % 2 == 1 && !machine.always(problem.cls[op])) constrained_ = i + 1;
    }
  }

  Progress run(std::uint64_t steps, std::size_t bytes) override {
    const std::uint64_t stop = steps_ + steps;
    while (event_ < constrained_) {
      const std::uint32_t op = problem_.events[event_] / 2;
      if (problem_.events[event_] % 2 == 0) {
        invoke(op);
      } else {
        if (!closing_) begin_return(op);
        if (const Progress p = close(op, stop, bytes); p != Progress::valid) return p;
        end_return();
        if (now_.items.empty()) return Progress::invalid;
      }
      ++event_;
      if (links_.size() > links_limit_) collect_links();
      if (this->bytes() > bytes) return Progress::memory;
    }
    return Progress::valid;
  }

  std::size_t bytes() const override {
    return now_.bytes() + work_.bytes() + out_.bytes() + links_.capacity() * sizeof(Link) + machine_.bytes();
  }
  std::uint64_t steps() const override { return steps_; }
  std::size_t frontier() const override { return event_; }

  std::vector<std::uint32_t> order() const override {
    std::vector<std::uint32_t> out;
    std::vector<bool> linearized(problem_.size(), false);
    // An operation may stand twice: where it would have left the state as it was, and where it changed it after all.
    for (std::uint32_t link = now_.items.front().link; link != kNoIndex; link = links_[link].parent) {
      if (!linearized[links_[link].op]) out.push_back(links_[link].op);
      linearized[links_[link].op] = true;
    }
    std::reverse(out.begin(), out.end());
    // Past the last completion that needs something of the state any order will do; that of the completions is in real time.
    for (const std::uint32_t event : problem_.events) {
      if (event % 2 == 1 && !linearized[event / 2]) out.push_back(event / 2);
    }
    return out;
  }

 private:
  struct Link {
    std::uint32_t parent;
    std::uint32_t op;
  };

  void link(Config<W>& config, std::uint32_t op) {
    links_.push_back({config.link, op});
    config.link = static_cast<std::uint32_t>(links_.size() - 1);
  }

  // Operations that would leave the state as it is need not be linearized any more.
  void relax(Config<W>& config) {
    for (std::uint32_t slot = config.need.next(0); slot < 64 * W; slot = config.need.next(slot + 1)) {
      if (machine_.idle(config.state, problem_.cls[holder_[slot]])) relax(config, holder_[slot]);
    }
  }
  void relax(Config<W>& config, std::uint32_t op) {
    config.need.clear(problem_.slot[op]);
    if (pure_.test(problem_.slot[op])) config.can.clear(problem_.slot[op]);
    link(config, op);
  }

  void invoke(std::uint32_t op) {
    const std::uint32_t slot = problem_.slot[op];
    holder_[slot] = op;
    pure_.clear(slot);
    if (machine_.pure(problem_.cls[op])) pure_.set(slot);
    steps_ += now_.items.size();
    for (Config<W>& config : now_.items) {
      config.can.set(slot);
      if (problem_.pending(op)) continue;
      config.need.set(slot);
      if (machine_.idle(config.state, problem_.cls[op])) relax(config, op);
    }
  }

  // Splits the configurations into those that may let the operation return and those that must linearize it first.
  void begin_return(std::uint32_t op) {
    const std::uint32_t slot = problem_.slot[op];
    work_.clear();
    out_.clear();
    closing_ = true;
    expanded_ = 0;
    for (const Config<W>& config : now_.items) sort_out(config, slot);
  }

  Progress close(std::uint32_t op, std::uint64_t stop, std::size_t bytes) {
    for (; expanded_ < work_.items.size(); ++expanded_) {
      if (work_.items[expanded_].state == kNoIndex) continue;
      if (steps_ >= stop) return Progress::more;
      // What grows doubles, and for a moment stands beside what it was.
      const bool grows = work_.about_to_grow() || out_.about_to_grow() || links_.size() + std::size_t{128} * W > links_.capacity();
      if (grows && this->bytes() * 2 > bytes + 8192) return Progress::memory;
      if (machine_.bytes() * 3 > bytes + 65536) return Progress::memory;
      expand(Config<W>(work_.items[expanded_]), problem_.slot[op]);
    }
    return Progress::valid;
  }

  void expand(const Config<W>& from, std::uint32_t returning) {
    for (std::uint32_t slot = from.can.next(0); slot < 64 * W; slot = from.can.next(slot + 1)) {
      const std::uint32_t op = holder_[slot];
      if (pure_.test(slot) || twin_goes_first(op, from)) continue;
      ++steps_;
      const std::uint32_t state = machine_.next(from.state, problem_.cls[op]);
      if (state == kNoIndex || state == from.state) continue;
      Config<W> config = from;
      config.state = state;
      config.need.clear(slot);
      config.can.clear(slot);
      link(config, op);
      relax(config);
      sort_out(config, returning);
    }
  }

  // Files a configuration under those that the operation in this slot may return from, those that have yet to linearize it,
  // or both: where it need not be linearized but can, this is its last chance to change the state after all.
  void sort_out(Config<W> config, std::uint32_t returning) {
    const bool needed = config.need.test(returning);
    if (needed || config.can.test(returning)) {
      config.need.set(returning);
      work_.insert(config);
    }
    if (needed) return;
    config.need.clear(returning);
    config.can.clear(returning);
    out_.insert(config);
  }

  // Another of its class returns earlier, and can do all that it can: it has as much right, and less time.
  bool twin_goes_first(std::uint32_t op, const Config<W>& config) const {
    const std::uint32_t twin = problem_.twin[op];
    if (twin == kNoIndex || holder_[problem_.slot[twin]] != twin || !config.can.test(problem_.slot[twin])) return false;
    return config.need.test(problem_.slot[twin]) || !config.need.test(problem_.slot[op]);
  }

  void end_return() {
    closing_ = false;
    std::swap(now_.items, out_.items);
    now_.drop_removed();
  }

  // Forgets the links that no configuration leads back to.
  void collect_links() {
    std::vector<std::uint32_t> moved(links_.size(), kNoIndex);
    for (const Config<W>& config : now_.items) {
      if (config.link != kNoIndex) moved[config.link] = 0;
    }
    for (std::size_t i = links_.size(); i-- > 0;) {
      if (moved[i] != kNoIndex && links_[i].parent != kNoIndex) moved[links_[i].parent] = 0;
    }
    std::uint32_t kept = 0;
    for (std::size_t i = 0; i < links_.size(); ++i) {
      if (moved[i] == kNoIndex) continue;
      const std::uint32_t parent = links_[i].parent;
      links_[kept] = {parent == kNoIndex ? kNoIndex : moved[parent], links_[i].op};
      moved[i] = kept++;
    }
    links_.resize(kept);
    for (Config<W>& config : now_.items) {
      if (config.link != kNoIndex) config.link = moved[config.link];
    }
    links_limit_ = std::max<std::size_t>(std::size_t{1} << 16U, std::size_t{4} * kept);
  }

  const Problem& problem_;
  M& machine_;
  std::vector<std::uint32_t> holder_;  // slot -> operation
  Frontier<W> now_;                    // between events: `items` alone is used
  Frontier<W> work_;                   // in a completion: those that must still linearize what returns
  Frontier<W> out_;                    // in a completion: the others
  Mask<W> pure_;                       // slots whose operation is pure
  std::vector<Link> links_;
  std::size_t links_limit_ = std::size_t{1} << 16U;
  std::size_t event_ = 0;
  std::size_t constrained_ = 0;  // past the last completion that needs something of the state
  std::size_t expanded_ = 0;
  bool closing_ = false;
  std::uint64_t steps_ = 0;
};

}  // namespace sim::check
