#include "sim/check/transactions/versions.hpp"

#include <algorithm>

#include "sim/check/transactions/acyclic.hpp"
#include "sim/check/transactions/sights.hpp"

namespace sim::check::transactions {

namespace {

// A model that has one order of all; else starts and commits are ordered.
bool is_serial(Consistency model) { return implies(model, Consistency::repeatable_read); }

class VersionSearch {
 public:
  VersionSearch(const Inferred& all, Kind kind, Consistency model, const Limits& limits)
      : all_(all),
        log_(all.log),
        kind_(kind),
        serial_(is_serial(model)),
        keep_(keeps(model, all.log.sessions_in_models)),
        limits_(limits),
        graph_(ranks()) {}

  VersionOrder run() {
    fixed_edges();
    if (kind_ == Kind::rw_register) {
      registers();
    } else if (!serial_) {
      lists();
    }
    VersionOrder out;
    const Acyclic::Answer answer = full_ ? Acyclic::Answer::unknown : graph_.solve(limits_.steps, limits_.bytes);
    out.steps = graph_.steps();
    switch (answer) {
      case Acyclic::Answer::yes:
        out.verdict = Verdict::valid;
        if (serial_) take_order(out);
        break;
      case Acyclic::Answer::no:
        out.verdict = Verdict::invalid;
        explain(out);
        break;
      case Acyclic::Answer::unknown:
        out.explanation =
            "undecided: an order of the versions of " + std::to_string(graph_.choices()) + " pairs of writers was searched for; " +
            (full_ || graph_.bytes() > limits_.bytes ? "the limit of " + std::to_string(limits_.bytes) + " bytes was reached"
                                                     : "the limit of " + std::to_string(limits_.steps) + " steps was reached");
        break;
    }
    return out;
  }

 private:
  // Nodes: transactions and the graph's sets; or starts and commits, then the sets.
  std::uint32_t start(std::uint32_t t) const { return serial_ ? t : 2 * t; }
  std::uint32_t commit(std::uint32_t t) const { return serial_ ? t : 2 * t + 1; }
  std::uint32_t node_of_set(std::uint32_t set) const { return serial_ ? set : set + all_.graph.transactions(); }

  // Where reads leave it open, transactions come in the order of their completions.
  std::vector<std::uint64_t> ranks() const {
    const std::uint32_t n = all_.graph.transactions();
    std::vector<std::uint64_t> out(all_.graph.nodes() + (serial_ ? 0 : n), 0);
    for (std::uint32_t t = 0; t < n; ++t) {
      const Txn& txn = log_.txn(t);
      const std::uint64_t at =
          txn.outcome != Outcome::ok ? std::uint64_t{2} * txn.invoked : std::uint64_t{txn.invoked} + txn.returned;
      out[start(t)] = at;
      out[commit(t)] = at + (serial_ ? 0 : 1);
    }
    return out;
  }

  void fixed_edges() {
    const std::uint32_t n = all_.graph.transactions();
    // What a set's node stands for: what leads into it says.
    std::vector<std::uint8_t> replaces(all_.graph.nodes() - n, 0);
    for (std::uint32_t t = 0; t < n; ++t) {
      for (const Edge& e : all_.graph.of(t)) {
        if (!all_.graph.is_transaction(e.to) && e.why() == Why::rw) replaces[e.to - n] = 1;
      }
      if (!serial_) graph_.add(start(t), commit(t));
    }
    for (std::uint32_t v = 0; v < all_.graph.nodes(); ++v) {
      for (const Edge& e : all_.graph.of(v)) {
        if (e.beyond() > keep_) continue;
        const bool rw = e.why() == Why::rw || (v >= n && replaces[v - n] != 0);
        if (serial_ && v < n && rw && e.to >= n && leads_to(e.to, v)) {
          around_itself(v, e.to);
          continue;
        }
        const std::uint32_t from = v >= n ? node_of_set(v) : rw ? start(v) : commit(v);
        graph_.add(from, e.to >= n ? node_of_set(e.to) : rw ? commit(e.to) : start(e.to));
      }
    }
  }

  // A transaction that read a version and replaced it is of the set that it leads into: to the others it leads straight.
  bool leads_to(std::uint32_t set, std::uint32_t t) const {
    const auto of = all_.graph.of(set);
    return std::any_of(of.begin(), of.end(), [&](const Edge& e) { return e.to == t; });
  }
  void around_itself(std::uint32_t t, std::uint32_t set) {
    for (const Edge& e : all_.graph.of(set)) {
      if (e.to != t) graph_.add(t, e.to);
    }
  }

  struct Version {
    std::uint32_t txn = 0;
    std::vector<std::uint32_t> readers;
  };

  bool ordered_by_time(std::uint32_t a, std::uint32_t b) const {
    if (keep_ != Beyond::realtime || !log_.has_realtime) return false;
    const auto before = [&](std::uint32_t x, std::uint32_t y) {
      return log_.txn(x).outcome == Outcome::ok && log_.txn(x).returned < log_.txn(y).invoked;
    };
    return before(a, b) || before(b, a);
  }

  void registers() {
    const Sights sights(all_, kind_);
    std::vector<Version> versions;
    std::vector<std::uint32_t> number(log_.size(), kNone);  // by transaction: its version of the object at hand
    for (std::uint32_t key = 0; key < log_.keys() && !full_; ++key) {
      versions.clear();
      for (const auto& w : sights.writers(key)) {
        number[w.txn] = static_cast<std::uint32_t>(versions.size());
        versions.push_back({w.txn, {}});
      }
      each_run(all_, key, [&](std::span<const std::uint32_t> run) {
        const std::uint32_t t = log_.access(run[0]).txn;
        if (all_.live[t] == 0) return;
        for (const Sight& read : sights.reads(t)) {
          if (read.key != key) continue;
          if (read.from != kNone) versions[number[read.from]].readers.push_back(t);
          break;
        }
      });
      for (std::size_t i = 0; i < versions.size() && !full_; ++i) {
        for (std::size_t j = i + 1; j < versions.size() && !full_; ++j) pair(versions[i], versions[j]);
      }
    }
  }

  void pair(const Version& a, const Version& b) {
    if (ordered_by_time(a.txn, b.txn)) return;
    one_.clear();
    other_.clear();
    side(a, b, one_);
    side(b, a, other_);
    add_choice(a.txn, b.txn);
  }
  void side(const Version& first, const Version& second, std::vector<Acyclic::Edge>& out) const {
    out.emplace_back(commit(first.txn), start(second.txn));
    for (const std::uint32_t r : first.readers) {
      if (r != second.txn) out.emplace_back(start(r), commit(second.txn));
    }
  }
  void add_choice(std::uint32_t a, std::uint32_t b) {
    graph_.choose(one_, other_);
    pairs_.emplace_back(a, b);
    full_ = (pairs_.size() & 0xFFFU) == 0 && graph_.bytes() > limits_.bytes;
  }

  // Appends that no read shows, of several transactions to one list: their order matters to snapshots.
  void lists() {
    std::vector<std::uint32_t> unread;
    for (std::uint32_t key = 0; key < log_.keys(); ++key) {
      std::vector<Atom> shown(log_.longest(key).begin(), log_.longest(key).end());
      std::sort(shown.begin(), shown.end());
      unread.clear();
      each_run(all_, key, [&](std::span<const std::uint32_t> run) {
        if (all_.live[log_.access(run[0]).txn] == 0) return;
        const auto hidden = [&](std::uint32_t a) {
          return log_.access(a).write() && !std::binary_search(shown.begin(), shown.end(), log_.access(a).atom);
        };
        if (std::any_of(run.begin(), run.end(), hidden)) unread.push_back(log_.access(run[0]).txn);
      });
      for (std::size_t i = 0; i < unread.size() && !full_; ++i) {
        for (std::size_t j = i + 1; j < unread.size() && !full_; ++j) pair({unread[i], {}}, {unread[j], {}});
      }
    }
  }

  void take_order(VersionOrder& out) const {
    for (const std::uint32_t v : graph_.order()) {
      if (all_.graph.is_transaction(v)) out.order.push_back(v);
    }
  }

  void explain(VersionOrder& out) const {
    out.finding.name = kNoOrder;
    std::vector<std::size_t>& txns = out.finding.operations;
    for (const std::uint32_t c : graph_.used_choices()) {
      txns.push_back(pairs_[c].first);
      txns.push_back(pairs_[c].second);
    }
    const std::uint32_t n = all_.graph.transactions();
    for (const std::uint32_t v : graph_.used_nodes()) {
      if (v < (serial_ ? n : 2 * n)) txns.push_back(serial_ ? v : v / 2);
    }
    std::sort(txns.begin(), txns.end());
    txns.erase(std::unique(txns.begin(), txns.end()), txns.end());
  }

  const Inferred& all_;
  const Log& log_;
  Kind kind_;
  bool serial_;
  Beyond keep_;
  Limits limits_;
  Acyclic graph_;
  bool full_ = false;                                           // there is no room for all choices
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs_;  // by choice
  std::vector<Acyclic::Edge> one_;
  std::vector<Acyclic::Edge> other_;
};

}  // namespace

VersionOrder order_versions(const Inferred& all, Kind kind, Consistency model, const Limits& limits) {
  return VersionSearch(all, kind, model, limits).run();
}

}  // namespace sim::check::transactions
