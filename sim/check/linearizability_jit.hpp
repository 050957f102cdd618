// Just-in-time linearization (G. Lowe, "Testing for linearizability", 2017, section 4): all configurations that the
// events so far allow, breadth first, where an operation is linearized only when one that returns needs it.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "sim/check/linearizability_problem.hpp"

namespace sim::check {

/// A set of configurations, none of which dominates another.
///
/// (s, A) dominates (s, B) when A has used no pending operation that B has not (what is unused may stay so for ever), has
/// linearized every pure operation that B has (they change nothing), and the other operations agree.
template <std::size_t W>
class Frontier {
 public:
  struct Config {
    Mask<W> done;              // slots of open operations that are linearized, and of pending ones that are used
    std::uint32_t state = 0;   // kNoIndex: removed, because a later one dominates it
    std::uint32_t link = 0;    // how it came about
  };

  std::vector<Config> items;

  void clear() {
    items.clear();
    next_.clear();
    if (++stamp_ == 0) {
      heads_.assign(heads_.size(), Head{});
      stamp_ = 1;
    }
  }

  /// Adds a configuration unless one here dominates it; removes those that it dominates. `pure` are the slots of open pure
  /// operations, `pending` those of operations that never return. False: dominated.
  bool insert(const Config& config, const Mask<W>& pure, const Mask<W>& pending) {
    if (next_.size() * 2 >= heads_.size()) rehash(pure, pending);
    Head& head = heads_[place(config, pure, pending)];
    if (head.stamp != stamp_) head = {stamp_, kNoIndex};
    const Mask<W> special = pure | pending;
    const Mask<W> mine = config.done ^ pure;  // so that for both kinds fewer bits are better
    std::uint32_t* before = &head.first;
    while (*before != kNoIndex) {
      Config& other = items[*before];
      if (other.state == config.state && (other.done - special) == (config.done - special)) {
        const Mask<W> its = other.done ^ pure;
        if ((its & special).subset_of(mine)) return false;
        if ((mine & special).subset_of(its)) {
          other.state = kNoIndex;
          *before = next_[*before];
          continue;
        }
      }
      before = &next_[*before];
    }
    *before = static_cast<std::uint32_t>(items.size());
    items.push_back(config);
    next_.push_back(kNoIndex);
    return true;
  }

  void drop_removed() {
    items.erase(std::remove_if(items.begin(), items.end(), [](const Config& c) { return c.state == kNoIndex; }), items.end());
  }

  std::size_t bytes() const {
    return items.capacity() * sizeof(Config) + next_.capacity() * sizeof(std::uint32_t) + heads_.capacity() * sizeof(Head);
  }
  bool about_to_grow() const { return items.size() == items.capacity() || next_.size() * 2 >= heads_.size(); }

 private:
  struct Head {
    std::uint32_t stamp = 0;
    std::uint32_t first = kNoIndex;
  };

  std::size_t place(const Config& config, const Mask<W>& pure, const Mask<W>& pending) const {
    return (config.done - (pure | pending)).hash(config.state) & (heads_.size() - 1);
  }

  void rehash(const Mask<W>& pure, const Mask<W>& pending) {
    heads_.assign(heads_.empty() ? 64 : heads_.size() * 2, Head{});
    stamp_ = 1;
    for (std::uint32_t i = 0; i < next_.size(); ++i) {
      if (items[i].state == kNoIndex) continue;
      Head& head = heads_[place(items[i], pure, pending)];
      if (head.stamp != stamp_) head = {stamp_, kNoIndex};
      next_[i] = std::exchange(head.first, i);
    }
  }

  std::vector<std::uint32_t> next_;  // chains of one place of heads_
  std::vector<Head> heads_;
  std::uint32_t stamp_ = 1;
};

/// The search over one partition. Refinements that keep it exact: pure operations are linearized as soon as the state lets
/// them; of operations of one class the one that returns first goes first; dominated configurations are dropped.
template <Machine M, std::size_t W>
class JitSearch final : public Search {
 public:
  JitSearch(const Problem& problem, M& machine) : problem_(problem), machine_(machine), holder_(problem.slots, kNoIndex) {
    now_.items.push_back({{}, machine.initial(), kNoIndex});
    for (std::size_t i = 0; i < problem.events.size(); ++i) {
      const std::uint32_t op = problem.events[i] / 2;
      if (problem.events[i] % 2 == 1 && !machine.always(problem.cls[op])) constrained_ = i + 1;
    }
  }

  Progress run(std::uint64_t steps, std::size_t bytes) override {
    const std::uint64_t stop = steps_ + steps;
    while (event_ < constrained_) {
      const std::uint32_t event = problem_.events[event_];
      if (event % 2 == 0) {
        invoke(event / 2);
      } else {
        if (!closing_) begin_return(event / 2);
        if (const Progress p = close(event / 2, stop, bytes); p != Progress::valid) return p;
        end_return(event / 2);
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
    for (std::uint32_t link = now_.items.front().link; link != kNoIndex; link = links_[link].parent) {
      out.push_back(links_[link].op);
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
  using Config = typename Frontier<W>::Config;
  struct Link {
    std::uint32_t parent;
    std::uint32_t op;
  };

  void linearize(Config& config, std::uint32_t op) {
    config.done.set(problem_.slot[op]);
    links_.push_back({config.link, op});
    config.link = static_cast<std::uint32_t>(links_.size() - 1);
  }

  // Every open pure operation that the new state allows, at once.
  void linearize_pure(Config& config) {
    const Mask<W> todo = pure_ - config.done;
    for (std::uint32_t slot = todo.next(0); slot < 64 * W; slot = todo.next(slot + 1)) {
      if (machine_.next(config.state, problem_.cls[holder_[slot]]) != kNoIndex) linearize(config, holder_[slot]);
    }
  }

  void invoke(std::uint32_t op) {
    const std::uint32_t slot = problem_.slot[op];
    holder_[slot] = op;
    if (!machine_.pure(problem_.cls[op])) {
      writers_.set(slot);
      if (problem_.pending(op)) pending_.set(slot);
      return;
    }
    pure_.set(slot);
    steps_ += now_.items.size();
    for (Config& config : now_.items) {
      if (machine_.next(config.state, problem_.cls[op]) != kNoIndex) linearize(config, op);
    }
  }

  // Splits the configurations into those that have linearized what returns and those that must do it now.
  void begin_return(std::uint32_t op) {
    const std::uint32_t slot = problem_.slot[op];
    work_.clear();
    out_.clear();
    closing_ = true;
    expanded_ = 0;
    bool all = true;
    for (const Config& config : now_.items) all = all && config.done.test(slot);
    if (all) {
      for (Config& config : now_.items) config.done.clear(slot);
      std::swap(out_.items, now_.items);
      return;
    }
    for (Config& config : now_.items) {
      const bool returned = config.done.test(slot);
      config.done.clear(slot);
      (returned ? out_ : work_).insert(config, pure_, pending_);
    }
  }

  Progress close(std::uint32_t op, std::uint64_t stop, std::size_t bytes) {
    for (; expanded_ < work_.items.size(); ++expanded_) {
      if (work_.items[expanded_].state == kNoIndex) continue;
      if (steps_ >= stop) return Progress::more;
      if ((work_.about_to_grow() || out_.about_to_grow()) && this->bytes() * 2 > bytes + 4096) return Progress::memory;
      expand(Config(work_.items[expanded_]), op);
    }
    return Progress::valid;
  }

  void expand(const Config& from, std::uint32_t returning) {
    const std::uint32_t slot = problem_.slot[returning];
    const Mask<W> todo = writers_ - from.done;
    for (std::uint32_t s = todo.next(0); s < 64 * W; s = todo.next(s + 1)) {
      const std::uint32_t op = holder_[s];
      ++steps_;
      const std::uint32_t state = machine_.next(from.state, problem_.cls[op]);
      if (state == kNoIndex || twin_goes_first(op, todo)) continue;
      Config config = from;
      config.state = state;
      linearize(config, op);
      if (state != from.state) linearize_pure(config);
      const bool returned = config.done.test(slot);
      config.done.clear(slot);
      (returned ? out_ : work_).insert(config, pure_, pending_);
    }
  }

  bool twin_goes_first(std::uint32_t op, const Mask<W>& todo) const {
    const std::uint32_t twin = problem_.twin[op];
    return twin != kNoIndex && holder_[problem_.slot[twin]] == twin && todo.test(problem_.slot[twin]);
  }

  void end_return(std::uint32_t op) {
    const std::uint32_t slot = problem_.slot[op];
    writers_.clear(slot);
    pure_.clear(slot);
    closing_ = false;
    std::swap(now_.items, out_.items);
    now_.drop_removed();
  }

  // Forgets the links that no configuration leads back to.
  void collect_links() {
    std::vector<std::uint32_t> moved(links_.size(), kNoIndex);
    for (const Config& config : now_.items) {
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
    for (Config& config : now_.items) {
      if (config.link != kNoIndex) config.link = moved[config.link];
    }
    links_limit_ = std::max<std::size_t>(std::size_t{1} << 16U, std::size_t{4} * kept);
  }

  const Problem& problem_;
  M& machine_;
  std::vector<std::uint32_t> holder_;  // slot -> operation
  Frontier<W> now_;                    // between events: `items` alone is used
  Frontier<W> work_;                   // in a completion: those that have not linearized what returns
  Frontier<W> out_;                    // in a completion: those that have
  Mask<W> writers_;                    // open operations that are not pure, and pending ones
  Mask<W> pure_;
  Mask<W> pending_;
  std::vector<Link> links_;
  std::size_t links_limit_ = std::size_t{1} << 16U;
  std::size_t event_ = 0;
  std::size_t constrained_ = 0;  // past the last completion that needs something of the state
  std::size_t expanded_ = 0;
  bool closing_ = false;
  std::uint64_t steps_ = 0;
};

}  // namespace sim::check
