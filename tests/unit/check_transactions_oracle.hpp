// Definitions of the models, tried out order by order: slow, apart from the checkers, and for histories of a few transactions.
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "check_transactions_support.hpp"
#include "sim/check/transactions/anomalies.hpp"

namespace txn_support {

class Oracle {
 public:
  Oracle(const Log& log, Kind kind) : log_(log), lists_(kind == Kind::list_append), n_(log.size()) {}

  // Some order of all that committed and of any that may have, in which each read returns what is there.
  bool serializable(Beyond keep) {
    done_.assign(n_, false);
    return extend_serial(keep, {});
  }

  // Starts and commits in some order: a transaction reads the state of its start, and fails to commit where another has
  // committed to what it writes since.
  bool snapshot(Beyond keep) {
    stage_.assign(n_, 0);
    taken_.assign(n_, {});
    return extend_snapshot(keep, {}, 0);
  }

  // Whether there is an order as weak.hpp says.
  bool weak(Consistency model) {
    if (!resolve()) return false;
    using enum Consistency;
    if (model == read_committed || model == read_atomic || model == causal_convergence) {
      return exists(model, [](std::size_t) { return true; });
    }
    if (model == causal) {
      for (std::size_t t = 0; t < n_; ++t) {
        if (!exists(model, [&](std::size_t reader) { return reader == t; })) return false;
      }
      return true;
    }
    for (std::size_t t = 0; t < n_; ++t) {
      const auto same = [&](std::size_t reader) { return log_.process(reader) == log_.process(t); };
      if (model == causal_memory ? !memory(log_.process(t)) : !exists(model, same)) return false;
    }
    return true;
  }

  // Whether an order is a serial one: what judge() gives as a witness.
  bool is_serial(const std::vector<std::size_t>& order, Beyond keep) {
    done_.assign(n_, false);
    State state;
    for (const std::size_t t : order) {
      if (done_[t] || log_.txn(t).outcome == Outcome::fail || !may_follow(t, keep) || !apply(t, state, state)) return false;
      done_[t] = true;
    }
    for (std::size_t t = 0; t < n_; ++t) {
      if (log_.txn(t).outcome == Outcome::ok && !done_[t]) return false;
    }
    return true;
  }

 private:
  using State = std::map<std::uint32_t, std::vector<Atom>>;

  // a comes before b by what `keep` keeps.
  bool before(std::size_t a, std::size_t b, Beyond keep) const {
    if (log_.txn(a).outcome != Outcome::ok) return false;
    if (keep >= Beyond::session && log_.process(a) == log_.process(b) && a < b) return true;
    return keep == Beyond::realtime && log_.has_realtime && log_.txn(a).returned < log_.txn(b).invoked;
  }
  // Nothing that is still to come should have come before.
  bool may_follow(std::size_t t, Beyond keep) const {
    for (std::size_t other = 0; other < n_; ++other) {
      if (!done_[other] && other != t && before(other, t, keep)) return false;
    }
    return true;
  }

  bool apply(std::size_t t, const State& from, State& into) const {
    State own = from;
    for (const Access& a : log_.accesses(t)) {
      std::vector<Atom>& held = own[a.key];
      if (a.write()) {
        if (lists_) {
          held.push_back(a.atom);
        } else {
          held = {a.atom};
        }
        into[a.key] = held;
        continue;
      }
      if (!a.known() || log_.txn(t).outcome != Outcome::ok) continue;
      if (lists_) {
        const auto list = a.list() ? log_.list(a) : std::span<const Atom>();
        if (!std::equal(held.begin(), held.end(), list.begin(), list.end())) return false;
      } else if (held.empty() ? !(log_.has_initial && (a.atom == kNil || a.atom == log_.initial())) : held.front() != a.atom) {
        return false;
      }
    }
    return true;
  }

  bool extend_serial(Beyond keep, const State& state) {
    bool all = true;
    for (std::size_t t = 0; t < n_; ++t) all = all && (done_[t] || log_.txn(t).outcome != Outcome::ok);
    if (all) return true;
    for (std::size_t t = 0; t < n_; ++t) {
      if (done_[t] || log_.txn(t).outcome == Outcome::fail || !may_follow(t, keep)) continue;
      State next = state;
      if (!apply(t, state, next)) continue;
      done_[t] = true;
      if (extend_serial(keep, next)) return true;
      done_[t] = false;
    }
    return false;
  }

  struct Taken {
    State own;                // what it would commit
    std::size_t commits = 0;  // how many had committed when it started
  };
  bool extend_snapshot(Beyond keep, const std::map<std::uint32_t, std::pair<std::size_t, std::vector<Atom>>>& state,
                       std::size_t commits) {
    bool all = true;
    for (std::size_t t = 0; t < n_; ++t) all = all && (stage_[t] == 2 || log_.txn(t).outcome != Outcome::ok);
    if (all) return true;
    for (std::size_t t = 0; t < n_; ++t) {
      if (stage_[t] == 2 || log_.txn(t).outcome == Outcome::fail) continue;
      if (stage_[t] == 0) {
        bool allowed = true;
        for (std::size_t other = 0; other < n_; ++other) {
          allowed = allowed && !(stage_[other] != 2 && other != t && before(other, t, keep));
        }
        if (!allowed) continue;
        State view;
        for (const auto& [key, held] : state) view[key] = held.second;
        State own;
        if (!apply(t, view, own)) continue;
        stage_[t] = 1;
        taken_[t] = {own, commits};
        if (extend_snapshot(keep, state, commits)) return true;
        stage_[t] = 0;
        continue;
      }
      auto next = state;
      bool clash = false;
      for (const auto& [key, held] : taken_[t].own) {
        clash = clash || (next.contains(key) && next[key].first > taken_[t].commits);
        next[key] = {commits + 1, held};
      }
      if (clash) continue;
      stage_[t] = 2;
      if (extend_snapshot(keep, next, commits + 1)) return true;
      stage_[t] = 1;
    }
    return false;
  }

  // Of each read that is not of the transaction's own: by whom, or n_ of the initial value.
  struct Read {
    std::size_t reader;
    std::uint32_t key;
    std::size_t from;
    std::vector<std::size_t> seen;          // all whose writes it shows
    std::vector<std::size_t> seen_earlier;  // by earlier reads of the transaction
  };
  bool resolve() {
    reads_.clear();
    relation_.assign(n_, std::vector<bool>(n_, false));  // wr
    live_.assign(n_, false);
    for (std::size_t t = 0; t < n_; ++t) live_[t] = log_.txn(t).outcome == Outcome::ok;
    for (std::size_t t = 0; t < n_; ++t) {
      if (log_.txn(t).outcome != Outcome::ok) continue;
      std::vector<std::size_t> earlier;
      for (const Access& a : log_.accesses(t)) {
        if (!a.read()) continue;
        Read read{t, a.key, n_, {}, earlier};
        const std::vector<Atom> atoms =
            lists_           ? (a.list() ? std::vector<Atom>(log_.list(a).begin(), log_.list(a).end()) : std::vector<Atom>())
            : a.atom == kNil ? std::vector<Atom>()
                             : std::vector<Atom>{a.atom};
        bool own = false;
        for (const Atom atom : atoms) {
          std::size_t from = n_;
          for (const Access& w : log_.accesses()) {
            if (w.write() && w.key == a.key && w.atom == atom) from = w.txn;
          }
          if (from == n_ || log_.txn(from).outcome == Outcome::fail) return false;
          own = from == t;
          if (own) continue;
          read.from = from;
          read.seen.push_back(from);
          live_[from] = true;
          relation_[from][t] = true;
        }
        if (own && !lists_) continue;
        if (read.from == n_ && !log_.has_initial) return false;
        earlier.insert(earlier.end(), read.seen.begin(), read.seen.end());
        reads_.push_back(std::move(read));
      }
    }
    return true;
  }

  bool so(std::size_t a, std::size_t b) const { return live_[a] && live_[b] && before(a, b, Beyond::session); }
  bool wr(std::size_t a, std::size_t b) const { return relation_[a][b]; }
  bool writes(std::size_t t, std::uint32_t key) const {
    for (const Access& a : log_.accesses(t)) {
      if (a.write() && a.key == key) return true;
    }
    return false;
  }
  std::vector<std::vector<bool>> past() const {
    auto out = relation_;
    for (std::size_t a = 0; a < n_; ++a) {
      for (std::size_t b = 0; b < n_; ++b) out[a][b] = out[a][b] || so(a, b);
    }
    close(out);
    return out;
  }
  void close(std::vector<std::vector<bool>>& r) const {
    for (std::size_t k = 0; k < n_; ++k) {
      for (std::size_t a = 0; a < n_; ++a) {
        for (std::size_t b = 0; b < n_; ++b) r[a][b] = r[a][b] || (r[a][k] && r[k][b]);
      }
    }
  }

  // Whether the reader is bound to see t2.
  bool bound(Consistency model, std::size_t t2, const Read& read, const std::vector<std::vector<bool>>& past) const {
    const std::size_t t3 = read.reader;
    using enum Consistency;
    const auto any = [&](const std::function<bool(std::size_t)>& test) {
      for (std::size_t t = 0; t < n_; ++t) {
        if (test(t)) return true;
      }
      return false;
    };
    switch (model) {
      case read_committed: return std::find(read.seen_earlier.begin(), read.seen_earlier.end(), t2) != read.seen_earlier.end();
      case read_atomic: return wr(t2, t3) || (log_.sessions_in_models && so(t2, t3));
      case read_your_writes: return so(t2, t3);
      case monotonic_reads: return any([&](std::size_t t) { return wr(t2, t) && so(t, t3); });
      case monotonic_writes: return any([&](std::size_t t) { return so(t2, t) && wr(t, t3); });
      case writes_follow_reads:
        return any(
            [&](std::size_t t) { return wr(t2, t) && (wr(t, t3) || any([&](std::size_t u) { return so(t, u) && wr(u, t3); })); });
      default: return past[t2][t3];
    }
  }

  // The order of a list's elements, as all reads together show it.
  bool keeps_lists(const std::vector<std::size_t>& rank) const {
    if (!lists_) return true;
    for (const Access& a : log_.accesses()) {
      if (!a.list()) continue;
      std::size_t last = n_;
      for (const Atom atom : log_.list(a)) {
        for (const Access& w : log_.accesses()) {
          if (!w.write() || w.key != a.key || w.atom != atom || !live_[w.txn]) continue;
          if (rank[w.txn] == n_) continue;
          if (last != n_ && last != w.txn && rank[last] > rank[w.txn]) return false;
          last = w.txn;
        }
      }
    }
    // What no read shows comes after what reads show.
    for (const Access& w : log_.accesses()) {
      if (!w.write() || !live_[w.txn] || rank[w.txn] == n_ || shown(w)) continue;
      for (const Access& v : log_.accesses()) {
        const bool other = v.write() && v.key == w.key && v.txn != w.txn && live_[v.txn] && rank[v.txn] != n_;
        if (other && shown(v) && rank[v.txn] > rank[w.txn]) return false;
      }
    }
    return true;
  }
  bool shown(const Access& w) const {
    for (const Access& a : log_.accesses()) {
      if (!a.list() || a.key != w.key) continue;
      const auto list = log_.list(a);
      if (std::find(list.begin(), list.end(), w.atom) != list.end()) return true;
    }
    return false;
  }

  template <class Whose>
  bool exists(Consistency model, Whose whose) {
    using enum Consistency;
    const bool sessions = log_.sessions_in_models || (model != read_committed && model != read_atomic);
    const auto causes = past();
    std::vector<std::size_t> order;
    for (std::size_t t = 0; t < n_; ++t) {
      if (live_[t]) order.push_back(t);
    }
    do {
      std::vector<std::size_t> rank(n_, 0);
      for (std::size_t i = 0; i < order.size(); ++i) rank[order[i]] = i;
      bool fine = keeps_lists(rank);
      for (const std::size_t a : order) {
        for (const std::size_t b : order) {
          if (fine && rank[a] > rank[b] && (wr(a, b) || (sessions && so(a, b)))) fine = false;
        }
      }
      for (std::size_t i = 0; fine && i < reads_.size(); ++i) {
        const Read& read = reads_[i];
        if (!whose(read.reader)) continue;
        for (const std::size_t t2 : order) {
          if (t2 == read.from || t2 == read.reader || !writes(t2, read.key) || !bound(model, t2, read, causes)) continue;
          if (read.from == n_ || rank[t2] > rank[read.from]) fine = false;
        }
      }
      if (fine) return true;
    } while (std::next_permutation(order.begin(), order.end()));
    return false;
  }

  // Causal memory for one process: an order of the past of all it did in which its own reads return what was written last.
  bool memory(std::int64_t process) {
    const auto causes = past();
    for (std::size_t t = 0; t < n_; ++t) {
      if (causes[t][t]) return false;
    }
    std::size_t last = n_;
    for (std::size_t t = 0; t < n_; ++t) {
      if (log_.process(t) == process && log_.txn(t).outcome == Outcome::ok) last = t;
    }
    if (last == n_) return true;
    std::vector<std::size_t> order;
    for (std::size_t t = 0; t < n_; ++t) {
      if (live_[t] && (t == last || causes[t][last])) order.push_back(t);
    }
    do {
      std::vector<std::size_t> rank(n_, n_);
      for (std::size_t i = 0; i < order.size(); ++i) rank[order[i]] = i;
      bool fine = keeps_lists(rank);
      for (const std::size_t a : order) {
        for (const std::size_t b : order) fine = fine && !(causes[a][b] && rank[a] > rank[b]);
      }
      for (std::size_t i = 0; fine && i < reads_.size(); ++i) {
        const Read& read = reads_[i];
        if (log_.process(read.reader) != process || log_.txn(read.reader).outcome != Outcome::ok) continue;
        std::size_t writer = n_;
        for (std::size_t at = 0; at < rank[read.reader]; ++at) writer = writes(order[at], read.key) ? order[at] : writer;
        fine = writer == read.from;
      }
      if (fine) return true;
    } while (std::next_permutation(order.begin(), order.end()));
    return false;
  }

  const Log& log_;
  bool lists_;
  std::size_t n_;
  std::vector<bool> done_;
  std::vector<int> stage_;
  std::vector<Taken> taken_;
  std::vector<Read> reads_;
  std::vector<std::vector<bool>> relation_;
  std::vector<bool> live_;
};

}  // namespace txn_support
