#include "sim/check/transactions/acyclic.hpp"

#include <algorithm>
#include <cassert>
#include <queue>

namespace sim::check::transactions {

void Acyclic::choose(const std::vector<Edge>& one, const std::vector<Edge>& other) {
  for (const std::vector<Edge>* side : {&one, &other}) {
    first_.push_back(static_cast<std::uint32_t>(edges_.size()));
    edges_.insert(edges_.end(), side->begin(), side->end());
  }
}

std::size_t Acyclic::bytes() const {
  return (fixed_.size() + edges_.size()) * 3 * sizeof(Edge) + rank_.size() * 96 + choices() * 64 +
         clause_literals_ * sizeof(Literal);
}

// The fixed edges, and a topological order of them that follows the ranks. False: they have a cycle.
bool Acyclic::prepare() {
  const auto n = static_cast<std::uint32_t>(rank_.size());
  first_.push_back(static_cast<std::uint32_t>(edges_.size()));
  out_.resize(n);
  in_.resize(n);
  place_.assign(n, 0);
  stamp_.assign(n, 0);
  parent_.assign(n, {kNone, kNone});
  used_node_.assign(n, 0);
  std::vector<std::uint32_t> missing(n, 0);
  for (const auto& [from, to] : fixed_) {
    out_[from].push_back({to, kNone});
    in_[to].push_back({from, kNone});
    ++missing[to];
  }
  using Entry = std::pair<std::uint64_t, std::uint32_t>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> ready;
  for (std::uint32_t v = 0; v < n; ++v) {
    if (missing[v] == 0) ready.emplace(rank_[v], v);
  }
  std::uint32_t next = 0;
  while (!ready.empty()) {
    const std::uint32_t v = ready.top().second;
    ready.pop();
    place_[v] = next++;
    for (const Out& o : out_[v]) {
      if (--missing[o.node] == 0) ready.emplace(rank_[o.node], o.node);
    }
  }
  steps_ += n + fixed_.size();
  const std::size_t count = choices();
  value_.assign(count, 0);
  level_of_.assign(count, 0);
  reason_.assign(count, kNone);
  mark_.assign(count, 0);
  forced_.assign(count, kNone);
  used_choice_.assign(count, 0);
  watches_.resize(2 * count);
  return next == n;
}

// Whether a path leads from one node to another that does not stand before it; `ahead_` and `parent_` keep the walk.
bool Acyclic::reaches(std::uint32_t from, std::uint32_t to) {
  ++walk_;
  ahead_.assign(1, from);
  stamp_[from] = walk_;
  for (std::size_t i = 0; i < ahead_.size(); ++i) {
    const std::uint32_t v = ahead_[i];
    for (const Out& o : out_[v]) {
      ++steps_;
      if (place_[o.node] > place_[to] || stamp_[o.node] == walk_) continue;
      stamp_[o.node] = walk_;
      parent_[o.node] = {v, o.why};
      if (o.node == to) return true;
      ahead_.push_back(o.node);
    }
  }
  return false;
}

// Moves what leads to `from` before what `ahead_` holds, in the places that both have (Pearce and Kelly).
void Acyclic::reorder(std::uint32_t from) {
  const std::uint32_t least = place_[ahead_.front()];
  ++walk_;
  behind_.assign(1, from);
  stamp_[from] = walk_;
  for (std::size_t i = 0; i < behind_.size(); ++i) {
    for (const Out& o : in_[behind_[i]]) {
      ++steps_;
      if (place_[o.node] < least || stamp_[o.node] == walk_) continue;
      stamp_[o.node] = walk_;
      behind_.push_back(o.node);
    }
  }
  const auto by_place = [&](std::uint32_t a, std::uint32_t b) { return place_[a] < place_[b]; };
  std::sort(behind_.begin(), behind_.end(), by_place);
  std::sort(ahead_.begin(), ahead_.end(), by_place);
  std::vector<std::uint32_t> places;
  for (const auto* part : {&behind_, &ahead_}) {
    for (const std::uint32_t v : *part) places.push_back(place_[v]);
  }
  std::sort(places.begin(), places.end());
  std::size_t next = 0;
  for (const auto* part : {&behind_, &ahead_}) {
    for (const std::uint32_t v : *part) place_[v] = places[next++];
  }
}

// The cycle that an edge closes, as a clause: not all of its choices; and its nodes.
void Acyclic::explain(std::uint32_t from, std::uint32_t to, Literal why) {
  conflict_.clear();
  cycle_.assign({from, to});
  const auto take = [&](Literal l) {
    if (l != kNone && std::find(conflict_.begin(), conflict_.end(), l ^ 1U) == conflict_.end()) conflict_.push_back(l ^ 1U);
  };
  take(why);
  for (std::uint32_t v = from; v != to; v = parent_[v].node) {
    take(parent_[v].why);
    cycle_.push_back(v);
  }
}

void Acyclic::use_cycle() {
  for (const std::uint32_t v : cycle_) used_node_[v] = 1;
  for (const Literal l : conflict_) used_choice_[l / 2] = 1;
}

// Whether one of a literal's edges would close a cycle; if so, it is explained.
bool Acyclic::closes(Literal literal) {
  for (std::uint32_t e = first_[literal]; e < first_[literal + 1]; ++e) {
    const auto& [from, to] = edges_[e];
    ++steps_;
    if (from != to && (place_[from] < place_[to] || !reaches(to, from))) continue;
    explain(from, to, literal);
    return true;
  }
  return false;
}

// Makes the choices that what is known already forces, until there are no more. False: one can be made neither way.
bool Acyclic::force(std::uint64_t steps) {
  for (bool more = true; more && steps_ < steps;) {
    more = false;
    for (std::uint32_t c = 0; c < choices() && steps_ < steps; ++c) {
      if (value_[c] != 0) continue;
      const bool one = closes(2 * c);
      if (!one && !closes(2 * c + 1)) continue;
      // Kept with the choice, for the proof in which it may have a part.
      forced_[c] = static_cast<std::uint32_t>(forced_by_.size());
      forced_by_.push_back({cycle_, conflict_});
      more = true;
      if (assign(one ? 2 * c + 1 : 2 * c, kNone)) continue;
      use_cycle();
      used_choice_[c] = 1;
      return false;
    }
  }
  return true;
}

bool Acyclic::insert(std::uint32_t from, std::uint32_t to, Literal why) {
  ++steps_;
  if (from == to || place_[from] > place_[to]) {
    if (from == to || reaches(to, from)) {
      explain(from, to, why);
      use_cycle();
      return false;
    }
    reorder(from);
  }
  out_[from].push_back({to, why});
  in_[to].push_back({from, why});
  return true;
}

bool Acyclic::assign(Literal literal, std::uint32_t reason) {
  const std::uint32_t c = literal / 2;
  value_[c] = (literal & 1U) == 0 ? 1 : -1;
  level_of_[c] = level();
  reason_[c] = reason;
  trail_.push_back({literal, reason, 0});
  for (std::uint32_t e = first_[literal]; e < first_[literal + 1]; ++e) {
    if (!insert(edges_[e].first, edges_[e].second, literal)) return false;
    ++trail_.back().added;
  }
  return true;
}

// Every clause that watches a literal which is false now finds another one to watch, forces its last one, or is false.
bool Acyclic::visit(Literal now_false) {
  auto& watching = watches_[now_false];
  for (std::size_t i = 0; i < watching.size();) {
    const std::uint32_t index = watching[i];
    auto& clause = clauses_[index];
    ++steps_;
    if (clause[0] == now_false) std::swap(clause[0], clause[1]);
    if (value(clause[0]) > 0) {
      ++i;
      continue;
    }
    const auto other = std::find_if(clause.begin() + 2, clause.end(), [&](Literal l) { return value(l) >= 0; });
    steps_ += static_cast<std::uint64_t>(other - clause.begin());
    if (other != clause.end()) {
      std::swap(clause[1], *other);
      watches_[clause[1]].push_back(index);
      watching[i] = watching.back();
      watching.pop_back();
      continue;
    }
    if (value(clause[0]) < 0) {
      conflict_ = clause;
      return false;
    }
    if (!assign(clause[0], index)) return false;
    ++i;
  }
  return true;
}

bool Acyclic::propagate() {
  while (done_ < trail_.size()) {
    if (!visit(trail_[done_++].literal ^ 1U)) return false;
  }
  return true;
}

void Acyclic::back_to(std::uint32_t target) {
  if (level() <= target) return;
  const std::size_t keep = levels_[target];
  while (trail_.size() > keep) {
    const Assigned& a = trail_.back();
    for (std::uint32_t i = a.added; i-- > 0;) {
      const Edge& e = edges_[first_[a.literal] + i];
      out_[e.first].pop_back();
      in_[e.second].pop_back();
    }
    const std::uint32_t c = a.literal / 2;
    value_[c] = 0;
    undone_.push_back(c);
    trail_.pop_back();
  }
  levels_.resize(target);
  done_ = trail_.size();
}

// Learns from `conflict_`, goes back and asserts what follows. False: there is nothing to go back to.
bool Acyclic::learn() {
  if (level() == 0) return false;
  std::vector<Literal> clause{kNone};
  std::vector<std::uint32_t> seen;
  std::uint32_t open = 0;
  std::size_t at = trail_.size();
  const auto take = [&](const std::vector<Literal>& literals) {
    for (const Literal l : literals) {
      ++steps_;
      const std::uint32_t c = l / 2;
      if (mark_[c] != 0 || value(l) > 0) continue;
      mark_[c] = 1;
      seen.push_back(c);
      if (level_of_[c] == level()) {
        ++open;
      } else if (level_of_[c] > 0) {
        clause.push_back(l);
      }
    }
  };
  take(conflict_);
  // A cycle of earlier levels only cannot be: the edge that closed it belongs to this one.
  assert(open > 0);
  for (;;) {
    do --at;
    while (mark_[trail_[at].literal / 2] == 0);
    const Literal l = trail_[at].literal;
    if (--open == 0) {
      clause[0] = l ^ 1U;
      break;
    }
    take(clauses_[trail_[at].reason]);
  }
  std::uint32_t target = 0;
  for (std::size_t i = 1; i < clause.size(); ++i) {
    if (level_of_[clause[i] / 2] <= target) continue;
    target = level_of_[clause[i] / 2];
    std::swap(clause[1], clause[i]);
  }
  for (const std::uint32_t c : seen) mark_[c] = 0;
  // Far back there is much that would only be done again (chronological backtracking: Nadel and Ryvchin, SAT 2018). A literal that
  // is asserted later than it could be is found again by the conflict that it would have prevented.
  constexpr std::uint32_t far = 8;
  back_to(level() - target > far ? level() - 1 : target);
  // Those that had a part in the conflict are the next to be made.
  undone_.insert(undone_.end(), seen.begin(), seen.end());
  const Literal asserted = clause[0];
  std::uint32_t reason = kNone;
  if (clause.size() > 1) {
    reason = static_cast<std::uint32_t>(clauses_.size());
    watches_[clause[0]].push_back(reason);
    watches_[clause[1]].push_back(reason);
    clause_literals_ += clause.size() + 8;
    clauses_.push_back(std::move(clause));
  }
  return assign(asserted, reason) || learn();
}

// Takes the next open choice as the topological order has it. False: none is open.
bool Acyclic::decide() {
  std::uint32_t c = kNone;
  while (c == kNone && !undone_.empty()) {
    ++steps_;
    if (value_[undone_.back()] == 0) c = undone_.back();
    undone_.pop_back();
  }
  for (; c == kNone && next_ < choices(); ++next_) {
    if (value_[next_] == 0) c = next_;
  }
  if (c == kNone) return false;
  levels_.push_back(static_cast<std::uint32_t>(trail_.size()));
  const Literal one = 2 * c;
  const Edge& suggests = edges_[first_[one]];
  const bool forward = place_[suggests.first] < place_[suggests.second];
  conflict_.clear();
  decision_failed_ = !assign(forward ? one : one + 1, kNone);
  return true;
}

void Acyclic::finish_proof() {
  // What a forced choice rests on has a part in the proof too.
  std::vector<std::uint32_t> open;
  for (std::uint32_t c = 0; c < used_choice_.size(); ++c) {
    if (used_choice_[c] != 0) open.push_back(c);
  }
  while (!open.empty()) {
    const std::uint32_t c = open.back();
    open.pop_back();
    if (forced_[c] == kNone) continue;
    const Forced& by = forced_by_[forced_[c]];
    forced_[c] = kNone;
    for (const std::uint32_t v : by.nodes) used_node_[v] = 1;
    for (const Literal l : by.clause) {
      if (used_choice_[l / 2] == 0) open.push_back(l / 2);
      used_choice_[l / 2] = 1;
    }
  }
  for (std::uint32_t c = 0; c < used_choice_.size(); ++c) {
    if (used_choice_[c] != 0) used_choices_.push_back(c);
  }
  for (std::uint32_t v = 0; v < used_node_.size(); ++v) {
    if (used_node_[v] != 0) used_nodes_.push_back(v);
  }
}

Acyclic::Answer Acyclic::solve(std::uint64_t steps, std::size_t most) {
  if (bytes() > most) return Answer::unknown;
  if (!prepare()) return Answer::no;
  if (!force(steps)) {
    finish_proof();
    return Answer::no;
  }
  for (;;) {
    if (steps_ > steps || bytes() > most) return Answer::unknown;
    if (decision_failed_ || !propagate()) {
      decision_failed_ = false;
      if (learn()) continue;
      finish_proof();
      return Answer::no;
    }
    if (!decide()) return Answer::yes;
  }
}

std::vector<std::uint32_t> Acyclic::order() const {
  std::vector<std::uint32_t> out(place_.size());
  for (std::uint32_t v = 0; v < place_.size(); ++v) out[place_[v]] = v;
  return out;
}

}  // namespace sim::check::transactions
