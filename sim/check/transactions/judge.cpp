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

// One judgement, without a core. `alone`: other models matter only as far as they decide what is wanted.
class Judge {
 public:
  Judge(const Log& log, Kind kind, Consistency wanted, const Limits& limits, const Assumptions& assume, bool alone)
      : log_(log), kind_(kind), wanted_(wanted), limits_(limits), alone_(alone), all_(log) {
    if (assume.sequential_keys) all_.session = Beyond::data;
    if (assume.linearizable_keys) all_.realtime = Beyond::data;
  }

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
    judge_wanted();
    if ((serial() || implies(wanted_, Consistency::snapshot_isolation)) && !contradicted(wanted_)) search_versions();
    if (versions_ && versions_->verdict == Verdict::invalid) judge_others(true);
    if (!alone_) judge_others(false);
    if (!alone_ && kind_ == Kind::rw_register && contradicted(wanted_)) search_other_versions();
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

  // The wanted model, where it is one of sessions; and what names the simpler contradictions of the others, on registers.
  void judge_wanted() {
    if (contradicted(wanted_)) return;
    std::vector<Consistency> models;
    for (const Consistency model : {Consistency::read_committed, Consistency::read_atomic, wanted_}) {
      const bool has_part = model == wanted_ || (kind_ == Kind::rw_register && is_isolation(wanted_) && implies(wanted_, model));
      const bool again = std::find(models.begin(), models.end(), model) != models.end();
      if (has_part && !again && is_weak(model, kind_) && !proven(model)) models.push_back(model);
    }
    take(models, limits_);
  }

  // The others, for less: what is not found in time is not contradicted. `implied`: only what the wanted model implies, since that
  // tells of a contradiction more simply than the lack of an order does.
  void judge_others(bool implied) {
    std::vector<Consistency> models;
    for (const ConsistencyInfo& info : all_consistencies()) {
      const bool open = is_weak(info.name, kind_) && info.name != wanted_ && (implied || !contradicted(info.name));
      const bool asked = !implied || implies(wanted_, info.name);
      const bool again = std::find(judged_.begin(), judged_.end(), info.name) != judged_.end();
      if (open && asked && !again && !known_to_hold(info.name) && !proven(info.name)) models.push_back(info.name);
    }
    Limits less = limits_;
    less.steps = std::min(less.steps, 8 * less.core_steps);
    less.bytes /= 4;
    take(models, less);
  }

  // What the wanted model implies needs no look once that is known to hold.
  bool known_to_hold(Consistency model) const {
    if (!implies(wanted_, model) || contradicted(wanted_)) return false;
    return (versions_ && versions_->verdict == Verdict::valid) || (is_weak(wanted_, kind_) && !undecided(wanted_));
  }

  void take(const std::vector<Consistency>& models, const Limits& limits) {
    if (models.empty()) return;
    judged_.insert(judged_.end(), models.begin(), models.end());
    WeakStudy study = judge_weak(all_, kind_, models, limits);
    out_.steps += study.steps;
    for (WeakFinding& f : study.findings) {
      contradict(f.model);
      weak_.findings.push_back(std::move(f));
    }
    for (const Consistency model : study.undecided) weak_.undecided.push_back(model);
    if (weak_.explanation.empty()) weak_.explanation = std::move(study.explanation);
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

  // Whether the other strong models could still hold, for less: what is not found in time is not contradicted.
  void search_other_versions() {
    using enum Consistency;
    Limits less = limits_;
    less.steps = std::min(less.steps, 8 * less.core_steps);
    less.bytes /= 4;
    for (const Consistency model : {snapshot_isolation, serializable, strong_session_snapshot_isolation,
                                    strong_session_serializable, strong_snapshot_isolation, strict_serializable}) {
      if (model == wanted_ || contradicted(model)) continue;
      const VersionOrder found = order_versions(all_, kind_, model, less);
      out_.steps += found.steps;
      if (found.verdict == Verdict::invalid) contradict(model);
      close();
      if (found.verdict == Verdict::undecided) return weak_.undecided.push_back(model);  // stronger ones are no easier
    }
  }

  bool undecided(Consistency model) const {
    return std::find(weak_.undecided.begin(), weak_.undecided.end(), model) != weak_.undecided.end();
  }

  void settle() {
    const bool open = versions_ && versions_->verdict == Verdict::undecided;
    out_.verdict = contradicted(wanted_) ? Verdict::invalid : open || undecided(wanted_) ? Verdict::undecided : Verdict::valid;
    for (const ConsistencyInfo& info : all_consistencies()) {
      // The last two are of one object; of transactions they say the same as their neighbours.
      const bool alias = info.name == Consistency::sequential || info.name == Consistency::linearizable;
      if (contradicted(info.name) || undecided(info.name) || (alias && info.name != wanted_)) continue;
      out_.satisfied.push_back(info.name);
    }
    if (!log_.has_realtime && keeps(wanted_, false) == Beyond::realtime) {
      out_.notes.emplace_back("the history has no real time: judged by the order of its sessions");
    }
    std::string open_models;
    for (const Consistency model : weak_.undecided) {
      if (model != wanted_)
        open_models += (open_models.empty() ? "not decided within the limits: " : ", ") + std::string(to_text(model));
    }
    if (!open_models.empty()) out_.notes.push_back(std::move(open_models));
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
  bool alone_;
  Inferred all_;
  CycleStudy study_;
  WeakStudy weak_;
  std::vector<Consistency> judged_;  // models of sessions that were looked at
  std::optional<VersionOrder> versions_;
  std::optional<std::vector<std::size_t>> order_;
  Models contradicted_{};
  Judgement out_;
};

// The objects that at least `least` accesses of the transactions are about, of different transactions.
std::vector<std::uint32_t> common_keys(const Log& log, std::span<const std::size_t> txns, std::size_t least) {
  std::vector<std::pair<std::uint32_t, std::size_t>> touched;
  for (const std::size_t t : txns) {
    for (const Access& a : log.accesses(t)) touched.emplace_back(a.key, t);
  }
  std::sort(touched.begin(), touched.end());
  touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
  std::vector<std::uint32_t> out;
  for (std::size_t i = 0; i < touched.size();) {
    std::size_t j = i;
    while (j < touched.size() && touched[j].first == touched[i].first) ++j;
    if (j - i >= least) out.push_back(touched[i].first);
    i = j;
  }
  return out;
}

// And a read of the longest list of each object that several of them share: it shows the order of what they appended.
std::vector<std::size_t> with_orders(const Log& log, std::span<const std::size_t> core) {
  std::vector<std::size_t> out(core.begin(), core.end());
  const auto keys = common_keys(log, core, 2);
  std::vector<std::uint32_t> longest(keys.size(), kNone);
  for (std::uint32_t a = 0; a < log.accesses().size(); ++a) {
    const Access& read = log.access(a);
    const auto at = std::lower_bound(keys.begin(), keys.end(), read.key);
    if (!read.list() || at == keys.end() || *at != read.key) continue;
    std::uint32_t& best = longest[static_cast<std::size_t>(at - keys.begin())];
    if (best == kNone || read.count() > log.access(best).count()) best = a;
  }
  for (const std::uint32_t a : longest) {
    if (a != kNone) out.push_back(log.access(a).txn);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

// And the writers of all that they read.
std::vector<std::size_t> with_writers(const Log& log, std::span<const std::size_t> core) {
  std::vector<std::pair<std::uint32_t, Atom>> wanted;
  for (const std::size_t t : core) {
    for (const Access& a : log.accesses(t)) {
      if (!a.list() && a.read()) wanted.emplace_back(a.key, a.atom);
      if (!a.list()) continue;
      for (const Atom e : log.list(a)) wanted.emplace_back(a.key, e);
    }
  }
  std::sort(wanted.begin(), wanted.end());
  std::vector<std::size_t> out(core.begin(), core.end());
  for (const Access& a : log.accesses()) {
    if (a.write() && std::binary_search(wanted.begin(), wanted.end(), std::pair{a.key, a.atom})) out.push_back(a.txn);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

// Leaves out of a core what is not needed: whatever is left still shows the same anomaly. Of a cycle that is without the writers of
// the other elements of the lists that were read.
class Shrinker {
 public:
  Shrinker(const Log& log, Kind kind, Consistency wanted, const Limits& limits, const Assumptions& assume, std::string name)
      : log_(log),
        kind_(kind),
        wanted_(wanted),
        limits_(limits),
        assume_(assume),
        name_(std::move(name)),
        left_(limits.core_steps) {}

  std::vector<std::size_t> run(std::vector<std::size_t> core) {
    std::vector<std::size_t> first = start(core);
    if (first.empty()) return core;
    core = std::move(first);
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
  // What shows the anomaly first of all, as far as that stays small; else what shows it beside reads of elements whose writers are
  // left out.
  std::vector<std::size_t> start(std::vector<std::size_t> found) {
    constexpr std::size_t small = 64;
    std::vector<std::size_t> orders = with_orders(log_, found);
    std::vector<std::size_t> writers = with_writers(log_, orders);
    if (shows(found)) return found;
    if (writers.size() <= small && shows(writers)) return writers;
    first_ = false;
    if (shows(found)) return found;
    if (shows(orders)) return orders;
    first_ = true;
    if (shows(writers)) return writers;
    std::vector<std::size_t> all(log_.size());
    for (std::size_t t = 0; t < all.size(); ++t) all[t] = t;
    return shows(all) ? all : std::vector<std::size_t>();
  }

  bool shows(const std::vector<std::size_t>& which) {
    if (left_ == 0) return false;
    const Log part = log_.part(which);
    const std::uint64_t cost = 64 + 16 * part.accesses().size() + part.bytes() / 8;
    left_ = left_ > cost ? left_ - cost : 0;
    const auto judged = Judge(part, kind_, wanted_, limits_, assume_, true).run();
    if (!judged.ok() || judged->verdict != Verdict::invalid || judged->findings.empty()) return false;
    if (first_) return judged->findings.front().name == name_;
    return std::any_of(judged->findings.begin(), judged->findings.end(), [&](const Finding& f) { return f.name == name_; });
  }

  const Log& log_;
  Kind kind_;
  Consistency wanted_;
  Limits limits_;
  Assumptions assume_;
  std::string name_;
  std::uint64_t left_;
  bool first_ = true;  // the anomaly should be the first that is found
};

}  // namespace

Kind kind_of(const Log& log) {
  if (log.appends) return Kind::list_append;
  for (const Access& a : log.accesses()) {
    if (a.list()) return Kind::list_append;
  }
  return Kind::rw_register;
}

Result<Judgement> judge(const Log& log, Kind kind, Consistency wanted, const Limits& limits, const Assumptions& assume) {
  if (log.keys() >= Edge::kKeys)
    return Error{"", std::to_string(log.keys()) + " objects are more than transactions can be judged with"};
  auto judged = Judge(log, kind, wanted, limits, assume, false).run();
  if (!judged.ok() || judged->verdict != Verdict::invalid || judged->findings.empty()) return judged;
  std::vector<std::size_t> core = judged->core;
  std::sort(core.begin(), core.end());
  Finding& first = judged->findings.front();
  judged->core = Shrinker(log, kind, wanted, limits, assume, first.name).run(std::move(core));
  if (first.name == kNoOrder) {
    first.operations = judged->core;
    first.explanation = no_order_text(log, kind, judged->core);
    judged->explanation = first.explanation;
    judged->failing = judged->core.back();
  }
  return judged;
}

}  // namespace sim::check::transactions
