#include "sim/check/transactions/judge.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "sim/check/transactions/cycles.hpp"
#include "sim/check/transactions/explain.hpp"
#include "sim/check/transactions/infer.hpp"
#include "sim/check/transactions/versions.hpp"
#include "sim/check/transactions/weak.hpp"

namespace sim::check::transactions {

namespace {

using Models = std::array<bool, kConsistencies>;

std::size_t index_of(Consistency model) { return static_cast<std::size_t>(model); }

// One judgement, without a core.
class Judge {
 public:
  Judge(const Log& log, Kind kind, Consistency wanted, const Limits& limits)
      : log_(log), kind_(kind), wanted_(wanted), limits_(limits), all_(log) {}

  Result<Judgement> run() {
    contradicted_.fill(false);
    const auto inferred = kind_ == Kind::list_append ? infer_lists(all_) : infer_registers(all_);
    if (!inferred.ok()) return inferred.error();
    add_orders(all_);
    all_.graph.sort();
    study_ = study_cycles(all_.graph, limits_.core_steps);
    out_.steps = study_.steps;
    mark_shown();
    mark_cycles();
    close();
    judge_sessions();
    if (is_isolation(wanted_) && (serial() || implies(wanted_, Consistency::snapshot_isolation)) && !contradicted(wanted_))
      search_versions();
    settle();
    return std::move(out_);
  }

 private:
  bool contradicted(Consistency model) const { return contradicted_[index_of(model)]; }
  void contradict(Consistency model) { contradicted_[index_of(model)] = true; }

  void mark_shown() {
    for (std::size_t i = 0; i < kAnomalies; ++i) {
      if (!all_.shown[i].found) continue;
      const auto anomaly = static_cast<Anomaly>(i);
      for (const ConsistencyInfo& info : all_consistencies()) {
        if (forbids(info.name, anomaly, Beyond::data, log_.sessions_in_models)) contradict(info.name);
      }
    }
  }

  // Whether a model keeps the order of sessions though its name does not say so. For registers, versions are ordered by what their
  // sessions saw; that holds for snapshots, while read committed is judged apart.
  bool sessions_of(Consistency model) const {
    const bool strong = implies(model, Consistency::snapshot_isolation) || implies(model, Consistency::repeatable_read);
    return log_.sessions_in_models && (strong || kind_ == Kind::list_append);
  }

  // Exactly what the components say; the cycles found are examples.
  void mark_cycles() {
    if (study_.acyclic) return;
    using enum Consistency;
    for (const ConsistencyInfo& info : all_consistencies()) {
      if (!is_isolation(info.name)) continue;
      const Level level = info.name == read_uncommitted         ? Level::writes
                          : info.name == read_committed         ? Level::committed
                          : implies(info.name, repeatable_read) ? Level::serial
                                                                : Level::snapshots;
      const auto beyond = static_cast<std::size_t>(keeps(info.name, sessions_of(info.name)));
      if (study_.contradicts.at(beyond).at(static_cast<std::size_t>(level))) contradict(info.name);
    }
  }

  // What implies a model that is contradicted is contradicted.
  void close() {
    for (const ConsistencyInfo& strong : all_consistencies()) {
      for (const ConsistencyInfo& weak : all_consistencies()) {
        if (contradicted(weak.name) && implies(strong.name, weak.name)) contradict(strong.name);
      }
    }
    // They differ in reads by predicate, of which there are none.
    if (contradicted(Consistency::serializable)) contradict(Consistency::repeatable_read);
  }

  // Lists whose dependencies have no cycle satisfy what the orders in the graph make; nothing weaker needs a look.
  bool proven(Consistency model) const {
    if (kind_ != Kind::list_append || !all_.clean()) return false;
    const auto serial = static_cast<std::size_t>(Level::serial);
    if (study_.acyclic) return implies(Consistency::linearizable, model);
    if (!study_.contradicts[static_cast<std::size_t>(Beyond::session)][serial]) return implies(Consistency::sequential, model);
    return !study_.contradicts[static_cast<std::size_t>(Beyond::data)][serial] && implies(Consistency::serializable, model);
  }

  void judge_sessions() {
    std::vector<Consistency> models;
    for (const ConsistencyInfo& info : all_consistencies()) {
      if (is_weak(info.name, kind_) && !contradicted(info.name) && !proven(info.name)) models.push_back(info.name);
    }
    if (models.empty()) return;
    weak_ = judge_weak(all_, kind_, models, limits_);
    out_.steps += weak_.steps;
    for (const WeakFinding& f : weak_.findings) contradict(f.model);
    close();
  }

  void search_versions() {
    // Lists whose dependencies have no cycle at all need no search.
    if (kind_ == Kind::list_append && study_.acyclic) {
      order_ = std::vector<std::size_t>(study_.order.begin(), study_.order.end());
      return;
    }
    if (kind_ == Kind::list_append && !serial() && proven(wanted_)) return;
    versions_ = order_versions(all_, kind_, wanted_, limits_);
    out_.steps += versions_->steps;
    if (versions_->verdict == Verdict::invalid) contradict(wanted_);
    if (versions_->verdict == Verdict::valid) order_ = versions_->order;
    close();
  }

  void settle() {
    const bool open = versions_ && versions_->verdict == Verdict::undecided;
    const bool skipped = std::find(weak_.undecided.begin(), weak_.undecided.end(), wanted_) != weak_.undecided.end();
    out_.verdict = contradicted(wanted_) ? Verdict::invalid : open || skipped ? Verdict::undecided : Verdict::valid;
    for (const ConsistencyInfo& info : all_consistencies()) {
      // The last two are of one object; of transactions they say the same as their neighbours.
      const bool alias = info.name == Consistency::sequential || info.name == Consistency::linearizable;
      if (!contradicted(info.name) && (!alias || info.name == wanted_)) out_.satisfied.push_back(info.name);
    }
    if (!log_.has_realtime && keeps(wanted_, false) == Beyond::realtime) {
      out_.notes.emplace_back("the history has no real time: judged by the order of its sessions");
    }
    findings();
    if (out_.verdict == Verdict::invalid) {
      if (!out_.findings.empty()) {
        out_.explanation = out_.findings.front().explanation;
        out_.core = out_.findings.front().operations;
        out_.failing = out_.core.empty() ? 0 : out_.core.back();
      }
    } else if (out_.verdict == Verdict::undecided) {
      out_.explanation = open ? versions_->explanation : weak_.explanation;
    } else if (serial() && order_) {
      take_order();
    }
  }

  bool serial() const { return implies(wanted_, Consistency::repeatable_read); }

  void take_order() {
    for (const std::size_t t : *order_) {
      if (all_.live[t] != 0) out_.order.push_back(t);
    }
  }

  // Those that contradict what is wanted, then the others as remarks.
  void findings() {
    const auto add = [&](Finding finding, bool against) {
      if (against) {
        out_.findings.push_back(std::move(finding));
      } else {
        out_.notes.push_back(finding.name + ", which " + std::string(to_text(wanted_)) + " allows: " + finding.explanation);
      }
    };
    for (std::size_t i = 0; i < kAnomalies; ++i) {
      const auto anomaly = static_cast<Anomaly>(i);
      const bool sessions = sessions_of(wanted_);
      if (all_.shown[i].found) {
        add(explain_shown(all_, kind_, anomaly, all_.shown[i]), forbids_closed(anomaly, Beyond::data));
      }
      for (const CycleFound& found : study_.found) {
        if (found.anomaly != anomaly) continue;
        add(explain_cycle(all_, kind_, found), forbids(wanted_, anomaly, found.beyond, sessions));
      }
    }
    for (const WeakFinding& f : weak_.findings) {
      const auto same = [&](const Finding& other) { return other.name == f.finding.name; };
      if (std::none_of(out_.findings.begin(), out_.findings.end(), same)) add(f.finding, contradicts(f.model));
    }
    if (out_.findings.empty() && versions_ && versions_->verdict == Verdict::invalid) out_.findings.push_back(versions_->finding);
    if (out_.findings.empty() && contradicted(wanted_)) out_.findings.push_back(unnamed());
  }

  bool contradicts(Consistency weak) const {
    return implies(wanted_, weak) || (wanted_ == Consistency::repeatable_read && implies(Consistency::serializable, weak));
  }

  bool forbids_closed(Anomaly anomaly, Beyond beyond) const {
    const auto all = all_consistencies();
    return std::any_of(all.begin(), all.end(), [&](const ConsistencyInfo& weak) {
      return implies(wanted_, weak.name) && forbids(weak.name, anomaly, beyond, log_.sessions_in_models);
    });
  }

  // There is a cycle, but the budget for the shortest ones ran out first.
  Finding unnamed() const {
    Finding out;
    out.name = "cycle";
    out.explanation = "the transactions' dependencies form a cycle that " + std::string(to_text(wanted_)) +
                      " forbids; the limit on work for a small one was reached";
    return out;
  }

  const Log& log_;
  Kind kind_;
  Consistency wanted_;
  Limits limits_;
  Inferred all_;
  CycleStudy study_;
  WeakStudy weak_;
  std::optional<VersionOrder> versions_;
  std::optional<std::vector<std::size_t>> order_;
  Models contradicted_{};
  Judgement out_;
};

// What the transactions of a core need beside them, so that alone they show the same: the writers of what they read, and the reads
// that show the order of versions.
std::vector<std::size_t> with_witnesses(const Log& log, std::span<const std::size_t> core) {
  std::vector<bool> in(log.size(), false);
  for (const std::size_t t : core) in[t] = true;
  std::vector<std::uint32_t> keys;
  for (const std::size_t t : core) {
    for (const Access& a : log.accesses(t)) keys.push_back(a.key);
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  const auto concerns = [&](const Access& a) { return std::binary_search(keys.begin(), keys.end(), a.key); };
  std::vector<std::uint32_t> longest(log.keys(), kNone);  // by object: a read of the longest list
  for (std::uint32_t a = 0; a < log.accesses().size(); ++a) {
    const Access& read = log.access(a);
    if (!read.list() || !concerns(read)) continue;
    if (longest[read.key] == kNone || read.count() > log.access(longest[read.key]).count()) longest[read.key] = a;
  }
  std::vector<std::pair<std::uint32_t, Atom>> wanted;
  for (const std::uint32_t k : keys) {
    if (longest[k] != kNone) in[log.access(longest[k]).txn] = true;
  }
  for (std::size_t t = 0; t < log.size(); ++t) {
    if (!in[t]) continue;
    for (const Access& a : log.accesses(t)) {
      if (!a.list() && a.read()) wanted.emplace_back(a.key, a.atom);
      if (!a.list()) continue;
      for (const Atom e : log.list(a)) wanted.emplace_back(a.key, e);
    }
  }
  std::sort(wanted.begin(), wanted.end());
  for (const Access& a : log.accesses()) {
    if (a.write() && std::binary_search(wanted.begin(), wanted.end(), std::pair{a.key, a.atom})) in[a.txn] = true;
  }
  std::vector<std::size_t> out;
  for (std::size_t t = 0; t < log.size(); ++t) {
    if (in[t]) out.push_back(t);
  }
  return out;
}

// Leaves out of a core what is not needed: whatever is left still shows the same anomaly.
class Shrinker {
 public:
  Shrinker(const Log& log, Kind kind, Consistency wanted, const Limits& limits, std::string name)
      : log_(log), kind_(kind), wanted_(wanted), limits_(limits), name_(std::move(name)), left_(limits.core_steps) {}

  std::vector<std::size_t> run(std::vector<std::size_t> core) {
    if (!shows(core)) {
      std::vector<std::size_t> more = with_witnesses(log_, core);
      if (!shows(more)) {
        more.resize(log_.size());
        for (std::size_t t = 0; t < more.size(); ++t) more[t] = t;
        if (!shows(more)) return core;
      }
      core = std::move(more);
    }
    for (std::size_t size = std::max<std::size_t>(1, core.size() / 2); size > 0; size /= 2) {
      for (std::size_t at = core.size(); at > 0;) {
        const std::size_t from = at > size ? at - size : 0;
        std::vector<std::size_t> less(core.begin(), core.begin() + static_cast<std::ptrdiff_t>(from));
        less.insert(less.end(), core.begin() + static_cast<std::ptrdiff_t>(at), core.end());
        if (!less.empty() && shows(less)) core = std::move(less);
        at = from;
      }
    }
    return core;
  }

 private:
  bool shows(const std::vector<std::size_t>& which) {
    if (left_ == 0) return false;
    const Log part = log_.part(which);
    const std::uint64_t cost = 64 + 16 * part.accesses().size() + part.keys() + part.processes();
    left_ = left_ > cost ? left_ - cost : 0;
    const auto judged = Judge(part, kind_, wanted_, limits_).run();
    return judged.ok() && judged->verdict == Verdict::invalid && !judged->findings.empty() &&
           judged->findings.front().name == name_;
  }

  const Log& log_;
  Kind kind_;
  Consistency wanted_;
  Limits limits_;
  std::string name_;
  std::uint64_t left_;
};

}  // namespace

Kind kind_of(const Log& log) {
  if (log.appends) return Kind::list_append;
  for (const Access& a : log.accesses()) {
    if (a.list()) return Kind::list_append;
  }
  return Kind::rw_register;
}

Result<Judgement> judge(const Log& log, Kind kind, Consistency wanted, const Limits& limits) {
  auto judged = Judge(log, kind, wanted, limits).run();
  if (!judged.ok() || judged->verdict != Verdict::invalid || judged->findings.empty()) return judged;
  std::vector<std::size_t> core = judged->core;
  std::sort(core.begin(), core.end());
  Finding& first = judged->findings.front();
  judged->core = Shrinker(log, kind, wanted, limits, first.name).run(std::move(core));
  if (first.name == kNoOrder) {
    first.operations = judged->core;
    first.explanation = no_order_text(log, kind, judged->core);
    judged->explanation = first.explanation;
    judged->failing = judged->core.back();
  }
  return judged;
}

}  // namespace sim::check::transactions
