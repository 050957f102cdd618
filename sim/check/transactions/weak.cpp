#include "sim/check/transactions/weak.hpp"

#include <algorithm>
#include <optional>

#include "sim/check/transactions/explain.hpp"
#include "sim/check/transactions/sights.hpp"

namespace sim::check::transactions {

namespace {

using enum Consistency;

// Writer `from` comes before writer `to`, since `reader` read the object of `to` though it is bound to see `from`.
struct Bound {
  std::uint32_t from = 0;
  std::uint32_t to = kNone;  // kNone: the initial value
  std::uint32_t reader = 0;
  std::uint32_t access = 0;  // the read
};

std::string_view name_of(Consistency model) {
  switch (model) {
    case read_committed: return "unrepeated-commit";
    case read_atomic: return "fractured-read";
    case causal: return "WriteCORead";
    case causal_convergence: return "CyclicCF";
    case causal_memory: return "CyclicHB";
    case read_your_writes: return "own-write-not-read";
    case monotonic_reads: return "non-monotonic-read";
    case monotonic_writes: return "non-monotonic-write";
    case writes_follow_reads: return "write-before-its-cause";
    default: return "";
  }
}

class Weak {
 public:
  Weak(const Inferred& all, Kind kind, const Limits& limits)
      : all_(all), log_(all.log), kind_(kind), limits_(limits), sights_(all, kind) {}

  WeakStudy run(std::span<const Consistency> models) {
    for (const Consistency model : models) judge(model);
    return std::move(out_);
  }

 private:
  void judge(Consistency model) {
    model_ = model;
    switch (model) {
      case read_committed: return agreed([&](std::uint32_t t) { bind_committed(t); }, log_.sessions_in_models);
      case read_atomic: return agreed([&](std::uint32_t t) { bind_atomic(t); }, log_.sessions_in_models);
      case causal_convergence:
      case causal:
      case causal_memory: return causally();
      case read_your_writes: return by_session([&](std::uint32_t t) { bind_own(t); });
      case monotonic_reads: return by_session([&](std::uint32_t t) { bind_seen(t); });
      case monotonic_writes: return by_session([&](std::uint32_t t) { bind_writes(t); });
      case writes_follow_reads: return by_session([&](std::uint32_t t) { bind_causes(t); });
      default: return;
    }
  }

  bool over() const { return out_.steps > limits_.steps; }
  void give_up(std::string why) {
    out_.undecided.push_back(model_);
    out_.explanation = std::move(why);
  }
  void give_up_steps() { give_up("undecided: the limit of " + std::to_string(limits_.steps) + " steps was reached"); }

  void bind(std::uint32_t writer, const Sight& read, std::uint32_t reader) {
    ++out_.steps;
    if (writer == kNone || writer == read.from || writer == reader) return;
    bounds_.push_back({writer, read.from, reader, read.access});
  }

  template <class Bind>
  void agreed(Bind bind_all, bool sessions) {
    bounds_.clear();
    for (std::uint32_t t = 0; t < log_.size() && !over(); ++t) bind_all(t);
    if (over()) return give_up_steps();
    settle(sessions);
  }

  // An order for each session alone.
  template <class Bind>
  void by_session(Bind bind_all) {
    if (base_cycle()) return;
    for (std::uint32_t s = 0; s < sights_.sessions(); ++s) {
      bounds_.clear();
      for (const std::uint32_t t : sights_.session(s)) {
        if (!over()) bind_all(t);
      }
      out_.steps += bounds_.empty() ? 0 : log_.size();
      if (over()) return give_up_steps();
      if (!bounds_.empty() && settle(true)) return;
    }
  }

  // so and wr alone.
  bool base_cycle() {
    bounds_.clear();
    return settle(true);
  }

  void bind_committed(std::uint32_t t) {
    for (const Sight& read : sights_.reads(t)) {
      const auto seen = sights_.seen(t).subspan(0, read.seen_before);
      for (const std::uint32_t other : seen) {
        ++out_.steps;
        if (sights_.writes(other, read.key)) bind(other, read, t);
      }
    }
  }

  void bind_atomic(std::uint32_t t) {
    for (const Sight& read : sights_.reads(t)) {
      for (const std::uint32_t other : sights_.seen(t)) {
        ++out_.steps;
        if (sights_.writes(other, read.key)) bind(other, read, t);
      }
      if (log_.sessions_in_models) bind_before(read, t);
    }
  }

  // The last writer of the object among those before t in its session; earlier ones come before that one.
  void bind_before(const Sight& read, std::uint32_t t) {
    const std::uint32_t before = sights_.before(t);
    if (before != kNone) bind(sights_.last_writer(read.key, sights_.session_of(before), sights_.position_of(before) + 1), read, t);
  }

  void bind_own(std::uint32_t t) {
    for (const Sight& read : sights_.reads(t)) bind_before(read, t);
  }

  void bind_seen(std::uint32_t t) {
    for (const Sight& read : sights_.reads(t)) {
      for (const auto& w : sights_.seen_writers(read.key, sights_.session_of(t))) {
        ++out_.steps;
        if (w.position >= sights_.position_of(t)) break;
        bind(w.txn, read, t);
      }
    }
  }

  void bind_writes(std::uint32_t t) {
    for (const Sight& read : sights_.reads(t)) {
      for (const std::uint32_t other : sights_.seen(t)) {
        const std::uint32_t before = sights_.before(other);
        if (before != kNone)
          bind(sights_.last_writer(read.key, sights_.session_of(before), sights_.position_of(before) + 1), read, t);
      }
    }
  }

  void bind_causes(std::uint32_t t) {
    for (const Sight& read : sights_.reads(t)) {
      for (const std::uint32_t other : sights_.seen(t)) {
        // Its own reads, and those of its session before it.
        for (const std::uint32_t last : {other, sights_.before(other)}) {
          if (last == kNone) continue;
          for (const auto& w : sights_.seen_writers(read.key, sights_.session_of(last))) {
            ++out_.steps;
            if (w.position > sights_.position_of(last)) break;
            bind(w.txn, read, t);
          }
        }
      }
    }
  }

  // How many of each session are in a transaction's causal past; itself is not.
  std::span<const std::uint32_t> clock(std::uint32_t t) const {
    return {clocks_.data() + std::size_t{t} * sights_.sessions(), sights_.sessions()};
  }

  bool make_clocks() {
    if (!clocks_.empty() || log_.size() == 0) return true;
    const std::size_t sessions = sights_.sessions();
    if (sessions != 0 && log_.size() > limits_.bytes / (sizeof(std::uint32_t) * sessions)) {
      give_up("undecided: the causal pasts of " + std::to_string(log_.size()) + " transactions in " + std::to_string(sessions) +
              " sessions do not fit into " + std::to_string(limits_.bytes) + " bytes");
      return false;
    }
    clocks_.assign(log_.size() * sessions, 0);
    for (const std::uint32_t t : past_first_) {
      const auto take = [&](std::uint32_t from) {
        for (std::size_t s = 0; s < sessions; ++s) {
          auto& mine = clocks_[std::size_t{t} * sessions + s];
          mine = std::max(mine, clocks_[std::size_t{from} * sessions + s]);
        }
        auto& mine = clocks_[std::size_t{t} * sessions + sights_.session_of(from)];
        mine = std::max(mine, sights_.position_of(from) + 1);
        out_.steps += sessions;
      };
      if (sights_.before(t) != kNone) take(sights_.before(t));
      for (const std::uint32_t from : sights_.seen(t)) take(from);
    }
    return true;
  }

  bool in_past(std::uint32_t of, std::uint32_t t) const { return clock(of)[sights_.session_of(t)] > sights_.position_of(t); }

  void causally() {
    if (base_cycle() || !make_clocks()) return;
    if (model_ == causal_memory) return by_past();
    bounds_.clear();
    for (std::uint32_t t = 0; t < log_.size() && !over(); ++t) {
      bind_past_of(t);
      // The order of a list's elements may take part too, so that those go the long way.
      if (model_ == causal && (kind_ == Kind::list_append ? !bounds_.empty() : at_odds()) && settle(true)) return;
      if (model_ == causal) bounds_.clear();
    }
    if (over()) return give_up_steps();
    if (model_ == causal_convergence) settle(true);
  }

  // Of each session the last writer in t's past; not where that one is in the past of what was read.
  void bind_past_of(std::uint32_t t) {
    for (const Sight& read : sights_.reads(t)) {
      for (std::uint32_t s = 0; s < sights_.sessions(); ++s) {
        ++out_.steps;
        const std::uint32_t writer = sights_.last_writer(read.key, s, clock(t)[s]);
        if (writer == kNone) continue;
        if (read.from == kNone || !(in_past(read.from, writer) || sights_.known_before(read.key, writer, read.from)))
          bind(writer, read, t);
      }
    }
  }

  // Whether what one transaction binds cannot be ordered together with so and wr.
  bool at_odds() {
    const std::size_t n = bounds_.size();
    std::vector<std::uint8_t> state(n, 0);  // 1: on the path, 2: done
    std::vector<std::pair<std::size_t, std::size_t>> path;
    const auto leads = [&](const Bound& a, const Bound& b) {
      ++out_.steps;
      return a.to == b.from || in_past(b.from, a.to);
    };
    for (std::size_t root = 0; root < n; ++root) {
      if (bounds_[root].to == kNone) return true;
      if (state[root] != 0) continue;
      path.assign(1, {root, 0});
      state[root] = 1;
      while (!path.empty()) {
        auto& [at, next] = path.back();
        if (next == n) {
          state[at] = 2;
          path.pop_back();
          continue;
        }
        const std::size_t to = next++;
        if (bounds_[to].to == kNone) return true;
        if (state[to] == 2 || !leads(bounds_[at], bounds_[to])) continue;
        if (state[to] == 1) return true;
        state[to] = 1;
        path.emplace_back(to, 0);
      }
    }
    return false;
  }

  // Causal memory: each session's last transaction has the past of all before it.
  void by_past() {
    for (std::uint32_t s = 0; s < sights_.sessions(); ++s) {
      if (sights_.session(s).empty() || !past(sights_.session(s).back())) continue;
      if (!saturate(s)) return;
      if (!bounds_.empty() && settle(true)) return;
    }
  }

  // The causal past of a transaction and itself, in an order of so and wr. False where it reads nothing that could be bound.
  bool past(std::uint32_t last) {
    members_.clear();
    number_.assign(log_.size(), kNone);
    for (const std::uint32_t t : past_first_) {
      if (t != last && !in_past(last, t)) continue;
      number_[t] = static_cast<std::uint32_t>(members_.size());
      members_.push_back(t);
    }
    return members_.size() > 1;
  }

  bool happens(std::uint32_t a, std::uint32_t b) const { return ((before_[a * words_ + b / 64] >> (b % 64)) & 1U) != 0; }
  // a and what is before it come before b and what is after it; rows hold what is before.
  void order(std::uint32_t a, std::uint32_t b) {
    const auto reach = [&](std::uint32_t x) {
      before_[x * words_ + a / 64] |= std::uint64_t{1} << (a % 64);
      for (std::size_t w = 0; w < words_; ++w) before_[x * words_ + w] |= before_[a * words_ + w];
      out_.steps += words_;
    };
    reach(b);
    for (std::uint32_t x = 0; x < members_.size(); ++x) {
      if (happens(x, b)) reach(x);
    }
  }

  // happens-before of a session: until nothing is bound any more. False when a limit was reached.
  bool saturate(std::uint32_t s) {
    const std::size_t n = members_.size();
    words_ = (n + 63) / 64;
    if (n * words_ * 8 > limits_.bytes) {
      give_up("undecided: the past of " + std::to_string(n) + " transactions does not fit into " + std::to_string(limits_.bytes) +
              " bytes");
      return false;
    }
    before_.assign(n * words_, 0);
    for (const std::uint32_t t : members_) {
      const auto take = [&](std::uint32_t from) {
        const std::uint32_t b = number_[t];
        const std::uint32_t a = number_[from];
        before_[b * words_ + a / 64] |= std::uint64_t{1} << (a % 64);
        for (std::size_t w = 0; w < words_; ++w) before_[b * words_ + w] |= before_[a * words_ + w];
      };
      if (sights_.before(t) != kNone) take(sights_.before(t));
      for (const std::uint32_t from : sights_.seen(t)) take(from);
      out_.steps += words_;
    }
    bounds_.clear();
    for (bool more = true; more && !over();) {
      more = false;
      for (const std::uint32_t t : sights_.session(s)) {
        for (const Sight& read : sights_.reads(t)) more = bind_past(t, read) || more;
      }
    }
    if (over()) give_up_steps();
    return !over();
  }

  bool bind_past(std::uint32_t t, const Sight& read) {
    bool more = false;
    for (const auto& w : sights_.writers(read.key)) {
      ++out_.steps;
      const std::uint32_t a = number_[w.txn];
      if (a == kNone || w.txn == read.from || w.txn == t || !happens(number_[t], a)) continue;
      if (read.from == kNone) {
        bounds_.push_back({w.txn, kNone, t, read.access});
        return false;
      }
      if (happens(number_[read.from], a)) continue;
      order(a, number_[read.from]);
      bounds_.push_back({w.txn, read.from, t, read.access});
      more = true;
    }
    return more;
  }

  // Whether so (where wanted), wr and what is bound have a cycle; if so, the finding.
  bool settle(bool sessions) {
    for (const Bound& b : bounds_) {
      if (b.to != kNone) continue;
      add_initial(b);
      return true;
    }
    const auto n = static_cast<std::uint32_t>(log_.size());
    Graph graph(n);
    for (std::uint32_t t = 0; t < n; ++t) {
      if (sessions && all_.live[t] != 0 && sights_.before(t) != kNone)
        graph.add(sights_.before(t), {t, Why::process, Beyond::data, 0});
      for (const Sight& read : sights_.reads(t)) {
        if (read.from != kNone) graph.add(read.from, {t, Why::wr, Beyond::data, read.key});
      }
      for (const std::uint32_t from : sights_.seen(t)) {
        if (kind_ == Kind::list_append) graph.add(from, {t, Why::wr, Beyond::data, key_of_seen(t, from)});
      }
    }
    if (kind_ == Kind::list_append) add_versions(graph);
    for (const Bound& b : bounds_) graph.add(b.from, {b.to, Why::rw, Beyond::data, log_.access(b.access).key});
    graph.sort();
    out_.steps += graph.edges();
    std::vector<std::uint32_t> order;
    const Rule rule{bit(Why::ww) | bit(Why::wr) | bit(Why::rw) | kOrders, Beyond::data, false, false};
    const Components parts = components(graph, rule, {}, &order);
    if (!parts.any()) {
      if (bounds_.empty() && sessions) past_first_ = live_only(order);
      return false;
    }
    std::uint64_t budget = std::max<std::uint64_t>(limits_.core_steps, 4 * graph.edges());
    const std::uint32_t first = bounds_.empty() ? bit(Why::wr) : bit(Why::rw);
    Cycle cycle = shortest_cycle(graph, {first, rule, false, false}, parts, budget);
    if (cycle.empty()) cycle = shortest_cycle(graph, {rule.kinds, rule, false, false}, parts, budget);
    add_cycle(cycle);
    return true;
  }

  std::vector<std::uint32_t> live_only(const std::vector<std::uint32_t>& order) const {
    std::vector<std::uint32_t> out;
    for (const std::uint32_t t : order) {
      if (all_.live[t] != 0) out.push_back(t);
    }
    return out;
  }

  std::uint32_t key_of_seen(std::uint32_t t, std::uint32_t from) const {
    for (const Sight& read : sights_.reads(t)) {
      if (sights_.writes(from, read.key)) return read.key;
    }
    return 0;
  }

  // The order of a list's elements.
  void add_versions(Graph& graph) const {
    for (std::uint32_t from = 0; from < log_.size(); ++from) {
      for (const Edge& e : all_.graph.of(from)) {
        if (e.why() == Why::ww && e.beyond() == Beyond::data) graph.add(from, e);
      }
    }
  }

  // "T3 (process 1, line 4) read x as 1": lists as lists.
  std::string read_text(Names& name, std::uint32_t reader, std::uint32_t access) const {
    const Access& a = log_.access(access);
    return name(reader) + " read " + log_.key_text(a.key) + " as " +
           (kind_ == Kind::list_append ? list_text(log_, a.list() ? log_.list(a) : std::span<const Atom>()) : log_.text(a.atom));
  }

  std::string bound_text(Names& name, std::uint32_t from, std::uint32_t reader) const {
    switch (model_) {
      case read_committed: return "after it had read something of " + name(from);
      case read_atomic: {
        const auto seen = sights_.seen(reader);
        if (std::find(seen.begin(), seen.end(), from) != seen.end()) return "though it saw another write of " + name(from);
        return "though " + name(from) + " came before it in its session";
      }
      case read_your_writes: return "though " + name(from) + " had written it before in its own session";
      case monotonic_reads: return "though its session had seen the write of " + name(from);
      case monotonic_writes: return "though it saw a later write of the session of " + name(from);
      case writes_follow_reads: return "though it saw a write that followed a read of " + name(from);
      default: return "though the write of " + name(from) + " is in its past";
    }
  }

  Finding named(std::string_view name) const {
    Finding out;
    out.name = std::string(name);
    return out;
  }

  void add_initial(const Bound& b) {
    Finding out = named(model_ == causal || model_ == causal_convergence ? "WriteCOInitRead"
                        : model_ == causal_memory                        ? "WriteHBInitRead"
                                                                         : name_of(model_));
    Names name(log_);
    out.explanation = read_text(name, b.reader, b.access) + ", its initial value, ";
    out.explanation += bound_text(name, b.from, b.reader);
    out.operations = {b.from, b.reader};
    out_.findings.push_back({model_, std::move(out)});
  }

  void add_cycle(const Cycle& cycle) {
    Finding out = named(bounds_.empty() ? (model_ == read_committed || model_ == read_atomic ? "cyclic-reads" : "CyclicCO")
                                        : name_of(model_));
    Names name(log_);
    for (std::size_t i = 0; i < cycle.size(); ++i) {
      const std::uint32_t to = cycle[(i + 1) % cycle.size()].txn;
      Names fresh(log_);
      out.operations.push_back(cycle[i].txn);
      if (i > 0) out.explanation += "; ";
      out.explanation += clause(name, cycle[i], to);
      out.links.push_back(
          {cycle[i].txn, to, cycle[i].why == Why::rw ? "bound" : std::string(to_text(cycle[i].why)), clause(fresh, cycle[i], to)});
    }
    // Those whose reads bind the others have a part in it too.
    for (std::size_t i = 0; i < cycle.size(); ++i) {
      if (cycle[i].why != Why::rw) continue;
      const Bound* b = bound(cycle[i].txn, cycle[(i + 1) % cycle.size()].txn);
      if (b != nullptr && std::find(out.operations.begin(), out.operations.end(), b->reader) == out.operations.end())
        out.operations.push_back(b->reader);
    }
    out.explanation += ": no order of their writes agrees with that";
    out_.findings.push_back({model_, std::move(out)});
  }

  const Bound* bound(std::uint32_t from, std::uint32_t to) const {
    const auto at = std::find_if(bounds_.begin(), bounds_.end(), [&](const Bound& b) { return b.from == from && b.to == to; });
    return at == bounds_.end() ? nullptr : &*at;
  }

  std::string clause(Names& name, const Step& step, std::uint32_t to) const {
    if (step.why == Why::process) {
      std::string out = name(step.txn);
      return out + " came before " + name(to) + " in process " + std::to_string(log_.process(to));
    }
    if (step.why == Why::wr) {
      std::string out = name(to);
      return out + " read what " + name(step.txn) + " wrote to " + log_.key_text(step.key);
    }
    if (step.why == Why::ww) {
      std::string out = name(step.txn);
      return out + " appended to " + log_.key_text(step.key) + " before " + name(to);
    }
    const Bound* b = bound(step.txn, to);
    if (b == nullptr) return {};
    std::string out = read_text(name, b->reader, b->access) + ", which " + name(to) + " wrote, ";
    return out + bound_text(name, step.txn, b->reader);
  }

  const Inferred& all_;
  const Log& log_;
  Kind kind_;
  Limits limits_;
  Sights sights_;
  Consistency model_ = causal;
  std::vector<Bound> bounds_;
  std::vector<std::uint32_t> past_first_;  // the transactions in an order of so and wr
  std::vector<std::uint32_t> clocks_;      // by transaction and session
  std::vector<std::uint32_t> members_;     // of the past that is looked at
  std::vector<std::uint32_t> number_;      // by transaction: its number in members_
  std::vector<std::uint64_t> before_;      // by member: those that happen before it, a bit each
  std::size_t words_ = 0;
  WeakStudy out_;
};

}  // namespace

bool is_weak(Consistency model, Kind kind) {
  if (model == read_committed) return kind == Kind::rw_register;
  return !name_of(model).empty();
}

WeakStudy judge_weak(const Inferred& all, Kind kind, std::span<const Consistency> models, const Limits& limits) {
  // Every element of a list that was read is looked at.
  std::uint64_t elements = 0;
  for (const Access& a : all.log.accesses()) elements += 1 + (a.list() ? a.count() : 0);
  if (elements > limits.steps || 16 * elements > 8 * std::uint64_t{limits.bytes}) {
    WeakStudy out;
    out.undecided.assign(models.begin(), models.end());
    out.explanation = "undecided: " + std::to_string(elements) + " accesses and elements are more than the limits of " +
                      std::to_string(limits.steps) + " steps and " + std::to_string(limits.bytes) + " bytes allow";
    return out;
  }
  return Weak(all, kind, limits).run(models);
}

}  // namespace sim::check::transactions
