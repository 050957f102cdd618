#include "sim/check/transactions/graph.hpp"

#include <algorithm>
#include <deque>

namespace sim::check::transactions {

std::string_view to_text(Why why) {
  switch (why) {
    case Why::ww: return "ww";
    case Why::wr: return "wr";
    case Why::rw: return "rw";
    case Why::process: return "session";
    case Why::realtime: return "real time";
    case Why::via: break;
  }
  return "via";
}

void Graph::sort() {
  start_.assign(nodes_ + 1, 0);
  for (const std::uint32_t from : from_) ++start_[from + 1];
  for (std::uint32_t i = 0; i < nodes_; ++i) start_[i + 1] += start_[i];
  std::vector<std::uint32_t> next(start_.begin(), start_.end() - 1);
  sorted_.resize(all_.size());
  for (std::size_t i = 0; i < all_.size(); ++i) sorted_[next[from_[i]]++] = all_[i];
  from_ = {};
  all_ = {};
}

namespace {

// Tarjan's algorithm without recursion, over states.
class Tarjan {
 public:
  Tarjan(const Graph& graph, const Rule& rule, const std::vector<bool>& within, std::vector<std::uint32_t>* order)
      : graph_(graph), rule_(rule), within_(within), order_(order), factor_(rule.no_adjacent_rw ? 2 : 1) {}

  Components run() {
    const std::uint32_t states = graph_.nodes() * factor_;
    number_.assign(states, 0);
    low_.assign(states, 0);
    out_.of.assign(2 * static_cast<std::size_t>(graph_.nodes()), kNone);
    for (std::uint32_t s = 0; s < states; ++s) {
      if (number_[s] == 0 && inside(s / factor_)) visit(s);
    }
    if (order_ != nullptr) std::reverse(order_->begin(), order_->end());
    return std::move(out_);
  }

 private:
  struct Frame {
    std::uint32_t state;
    std::uint32_t edge;
    std::uint32_t end;
  };
  static constexpr std::uint32_t kDone = 0xFFFFFFFFU;

  bool inside(std::uint32_t node) const { return within_.empty() || within_[node]; }

  void open(std::uint32_t state) {
    number_[state] = low_[state] = ++counter_;
    stack_.push_back(state);
    const std::uint32_t node = state / factor_;
    const std::uint32_t first = graph_.first(node);
    frames_.push_back({state, first, first + static_cast<std::uint32_t>(graph_.of(node).size())});
  }

  // The state that an edge leads to, or kNone.
  std::uint32_t target(std::uint32_t state, const Edge& e) const {
    if (!rule_.allows(e) || !inside(e.to)) return kNone;
    if (factor_ == 1) return e.to;
    const std::uint32_t flag = state & 1U;
    if (e.why() == Why::via) return 2 * e.to + flag;
    if (e.why() != Why::rw) return 2 * e.to;
    return flag == 0 ? 2 * e.to + 1 : kNone;
  }

  void visit(std::uint32_t root) {
    open(root);
    while (!frames_.empty()) {
      Frame& f = frames_.back();
      if (f.edge == f.end) {
        const std::uint32_t done = f.state;
        frames_.pop_back();
        if (!frames_.empty()) low_[frames_.back().state] = std::min(low_[frames_.back().state], low_[done]);
        if (low_[done] == number_[done]) close(done);
        continue;
      }
      const std::uint32_t to = target(f.state, graph_.edge(f.edge++));
      if (to == kNone || number_[to] == kDone) continue;
      if (number_[to] == 0) {
        open(to);
      } else {
        low_[f.state] = std::min(low_[f.state], number_[to]);
      }
    }
  }

  void close(std::uint32_t root) {
    std::size_t from = stack_.size();
    std::uint32_t first = kNone;
    bool several = false;  // at least two transactions: a set's node alone with one is no cycle
    do {
      --from;
      const std::uint32_t node = stack_[from] / factor_;
      number_[stack_[from]] = kDone;
      if (order_ != nullptr) order_->push_back(node);
      if (!graph_.is_transaction(node)) continue;
      several = several || (first != kNone && first != node);
      first = node;
    } while (stack_[from] != root);
    if (several) {
      for (std::size_t i = from; i < stack_.size(); ++i) {
        out_.of[factor_ == 1 ? 2 * static_cast<std::size_t>(stack_[i]) : stack_[i]] = out_.count;
      }
      ++out_.count;
    }
    stack_.resize(from);
  }

  const Graph& graph_;
  const Rule& rule_;
  const std::vector<bool>& within_;
  std::vector<std::uint32_t>* order_;
  std::uint32_t factor_;
  std::uint32_t counter_ = 0;
  std::vector<std::uint32_t> number_;  // 0: not seen yet; kDone: its component is complete
  std::vector<std::uint32_t> low_;
  std::vector<std::uint32_t> stack_;
  std::vector<Frame> frames_;
  Components out_;
};

// Breadth first from the end of one edge back to its start. A state is a node and two bits: whether the edge into it was rw, and
// whether the path has had an rw. Onward edges of a set's node cost nothing.
class PathSearch {
 public:
  PathSearch(const Graph& graph, const Shape& shape, const Components& in)
      : graph_(graph), shape_(shape), in_(in), seen_(4 * static_cast<std::size_t>(graph.nodes()), 0) {}

  // The shortest cycle that begins with this edge of `start` and has fewer than `most` transactions.
  Cycle from(std::uint32_t start, const Edge& edge, std::size_t most, std::uint64_t& budget) {
    start_ = start;
    first_ = edge;
    most_ = most;
    ++stamp_;
    queue_.clear();
    reached_.clear();
    reach({edge.to, flag(edge), kNone, 1, edge});
    while (!queue_.empty()) {
      const std::uint32_t at = queue_.front();
      queue_.pop_front();
      const Reached here = reached_[at];
      for (const Edge& e : graph_.of(here.node)) {
        if (budget == 0) return {};
        --budget;
        if (!follow(here, e)) continue;
        const bool via = e.why() == Why::via;
        const std::uint32_t state = via ? here.state : flag(e) | (here.state & 2U) | (flag(e) << 1U);
        const std::uint32_t length = here.length + (via ? 0 : 1);
        if (e.to == start_ || closes_again(here, e)) {
          if (accepts(state, length)) return unwind(at, e);
        } else {
          reach({e.to, state, at, length, e});
        }
      }
    }
    return {};
  }

 private:
  struct Reached {
    std::uint32_t node;
    std::uint32_t state;
    std::uint32_t before;  // index in reached_
    std::uint32_t length;  // edges so far
    Edge edge;             // into it
  };

  static std::uint32_t flag(const Edge& e) { return e.why() == Why::rw ? 1U : 0U; }

  bool follow(const Reached& here, const Edge& e) const {
    if (!shape_.rest.allows(e)) return false;
    if (e.why() != Why::via) return !shape_.rest.no_adjacent_rw || e.why() != Why::rw || (here.state & 1U) == 0;
    // A set's node does not lead back to where it was entered from.
    return e.to != (here.before == kNone ? start_ : reached_[here.before].node);
  }

  // The set that the first edge led into is entered a second time, from elsewhere, and the start is one of it.
  bool closes_again(const Reached& here, const Edge& e) const {
    if (graph_.is_transaction(e.to) || e.to != first_.to || e.why() != Why::rw || here.node == start_) return false;
    const auto onward = graph_.of(e.to);
    return std::any_of(onward.begin(), onward.end(), [&](const Edge& o) { return o.to == start_; });
  }

  bool accepts(std::uint32_t state, std::uint32_t length) const {
    if (length >= most_) return false;
    if (shape_.ends_with_rw && (state & 1U) == 0) return false;
    if (shape_.rest.no_adjacent_rw && (state & 1U) != 0) return false;
    return !shape_.several_rw || (state & 2U) != 0;
  }

  void reach(const Reached& next) {
    if (next.length >= most_ || !in_.holds(next.node)) return;
    std::uint32_t& mark = seen_[4 * static_cast<std::size_t>(next.node) + next.state];
    if (mark == stamp_) return;
    mark = stamp_;
    reached_.push_back(next);
    const auto index = static_cast<std::uint32_t>(reached_.size() - 1);
    if (next.edge.why() == Why::via) {
      queue_.push_front(index);
    } else {
      queue_.push_back(index);
    }
  }

  // The cycle's transactions in order, each with the edge that leaves it; what runs through a set's node is one edge.
  Cycle unwind(std::uint32_t at, const Edge& last) const {
    std::vector<std::uint32_t> path;
    for (std::uint32_t i = at; i != kNone; i = reached_[i].before) path.push_back(i);
    std::reverse(path.begin(), path.end());
    Cycle out;
    const auto append = [&](std::uint32_t txn, const Edge& e) { out.push_back({txn, e.why(), e.beyond(), e.key()}); };
    append(start_, first_);
    for (std::size_t i = 0; i < path.size(); ++i) {
      const std::uint32_t node = reached_[path[i]].node;
      if (graph_.is_transaction(node)) append(node, i + 1 < path.size() ? reached_[path[i + 1]].edge : last);
    }
    return out;
  }

  const Graph& graph_;
  const Shape& shape_;
  const Components& in_;
  std::vector<std::uint32_t> seen_;
  std::uint32_t stamp_ = 0;
  std::uint32_t start_ = 0;
  Edge first_;
  std::size_t most_ = 0;
  std::vector<Reached> reached_;
  std::deque<std::uint32_t> queue_;
};

}  // namespace

Components components(const Graph& graph, const Rule& rule, const std::vector<bool>& within, std::vector<std::uint32_t>* order) {
  return Tarjan(graph, rule, within, order).run();
}

Cycle shortest_cycle(const Graph& graph, const Shape& shape, const Components& in, std::uint64_t& budget) {
  Cycle best;
  if (!in.any()) return best;
  PathSearch search(graph, shape, in);
  std::size_t most = kNone;
  for (std::uint32_t node = 0; node < graph.transactions(); ++node) {
    if (!in.holds(node)) continue;
    for (const Edge& e : graph.of(node)) {
      const bool begins = e.beyond() <= shape.rest.beyond && ((shape.first >> static_cast<std::uint32_t>(e.why())) & 1U) != 0;
      if (!begins || !in.holds(e.to)) continue;
      Cycle found = search.from(node, e, most, budget);
      if (!found.empty()) {
        best = std::move(found);
        most = best.size();
      }
      if (best.size() == 2 || budget == 0) return best;
    }
  }
  return best;
}

}  // namespace sim::check::transactions
