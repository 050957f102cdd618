#include "viz/model/session.hpp"

#include <algorithm>
#include <cassert>
#include <map>
#include <utility>

#include "sim/check/question.hpp"
#include "sim/explore/look.hpp"
#include "sim/scenario/json.hpp"
#include "sim/scenario/timeline_recorder.hpp"

namespace viz {

namespace {

using sim::EventId;
using sim::NodeId;
using sim::Timeline;
using sim::Value;

// Looking anywhere costs at most so many events of running again as the spacing of snapshots has: it begins small and doubles
// whenever there would be more snapshots than these.
constexpr std::uint64_t kSpacing = 2048;
constexpr std::size_t kSnapshots = 128;

std::uint64_t events_of(const sim::Run& run) { return run.world().counters().events; }

}  // namespace

struct Branch::Recording {
  explicit Recording(const sim::Scenario& scenario) : recorder(scenario, {}) {}
  sim::TimelineRecorder recorder;
};

Branch::Branch(Wish wish, std::string title) : title_(std::move(title)), wish_(std::move(wish)) {
  sim::Run::Options options;
  options.decisions = wish_.decisions;
  run_ = std::make_unique<sim::Run>(*wish_.scenario, wish_.seed, std::move(options));
  recording_ = std::make_unique<Recording>(*wish_.scenario);
  run_->world().watch(&recording_->recorder);
  spacing_ = kSpacing;
  snapshots_.push_back(*run_);
  snapshots_.back().forget_claims();
}

Branch::Branch(Timeline trace, std::string title) : title_(std::move(title)), timeline_(std::move(trace)), finished_(true) {}

Branch::~Branch() = default;

bool Branch::advance(std::uint64_t events) {
  if (finished_) return false;
  for (std::uint64_t i = 0; i < events; ++i) {
    if (!run_->step()) {
      finish();
      return false;
    }
    if (events_of(*run_) < events_of(snapshots_.back()) + spacing_) continue;
    snapshots_.push_back(*run_);
    snapshots_.back().forget_claims();
    if (snapshots_.size() <= kSnapshots) continue;
    std::size_t kept = 0;
    for (std::size_t from = 0; from < snapshots_.size(); from += 2, ++kept) {
      if (kept != from) snapshots_[kept] = std::move(snapshots_[from]);
    }
    snapshots_.erase(snapshots_.begin() + static_cast<std::ptrdiff_t>(kept), snapshots_.end());
    spacing_ *= 2;
  }
  return true;
}

void Branch::finish() {
  run_->world().watch(nullptr);
  report_ = run_->report();
  timeline_ = std::move(recording_->recorder).finish(*run_, *report_);
  recording_.reset();
  finished_ = true;
}

double Branch::progress() const {
  if (finished_) return 1;
  const std::int64_t all = wish_.scenario->duration.ns;
  return all <= 0 ? 0 : std::min(1.0, static_cast<double>(run_->world().now().ns) / static_cast<double>(all));
}

const std::vector<JudgedHistory>& Branch::histories() {
  if (histories_) return *histories_;
  histories_.emplace();
  if (!live() || !finished_) return *histories_;
  std::map<std::pair<std::uint64_t, std::int64_t>, std::uint32_t> rows;  // (process, invocation) -> row
  for (std::uint32_t i = 0; i < timeline_.operations.size(); ++i)
    rows.emplace(std::pair(timeline_.operations[i].process, timeline_.operations[i].begin.ns), i);
  const sim::Scenario& scenario = run_->scenario();
  for (const sim::SystemPlan& system : scenario.systems) {
    for (const sim::check::HistoryInfo& claim : system.protocol->histories) {
      const auto question = sim::check::question_named(claim.model);
      if (!question || !scenario.has_clients_for(system, claim)) continue;
      JudgedHistory judged{.claim = scenario.claim_name(system, claim.model),
                           .history = run_->history(system.name, claim.workload),
                           .judgement = {},
                           .rows = {}};
      auto judgement = sim::check::judge(*question, judged.history);
      if (!judgement) continue;
      judged.judgement = *std::move(judgement);
      for (const sim::check::Operation& op : judged.history.operations) {
        const std::int64_t at = op.call_time ? op.call_time->ns : -1;
        const auto row = rows.find({static_cast<std::uint64_t>(op.process), at});
        judged.rows.push_back(row == rows.end() ? Timeline::kNone : row->second);
      }
      histories_->push_back(std::move(judged));
    }
  }
  return *histories_;
}

// The run just after that event (0: before any), from wherever is nearest before it.
sim::Run& Branch::run_until(std::uint32_t event) {
  const auto after = std::upper_bound(snapshots_.begin(), snapshots_.end(), std::uint64_t{event},
                                      [](std::uint64_t e, const sim::Run& run) { return e < events_of(run); });
  const sim::Run& nearest = *std::prev(after);
  if (!cursor_ || events_of(*cursor_) > event || events_of(*cursor_) < events_of(nearest)) cursor_.emplace(nearest);
  while (events_of(*cursor_) < event && cursor_->step()) {
  }
  return *cursor_;
}

std::uint32_t Branch::last_at(std::uint32_t node, std::uint32_t event) const {
  const std::vector<std::uint32_t>& own = timeline_.by_node[node];
  const auto after = std::upper_bound(own.begin(), own.end(), event - 1);
  std::uint32_t last = event == 0 || after == own.begin() ? 0 : *std::prev(after) + 1;
  for (const Timeline::FaultEvent& fault : timeline_.fault_events) {
    if (fault.event <= event && timeline_.faults[fault.fault].hits(node)) last = std::max(last, fault.event);
  }
  return last;
}

Inspection Branch::inspect(std::uint32_t node, std::uint32_t event) {
  assert(live() && finished_);
  Inspection out;
  out.event = event;
  out.node = node;
  out.last = last_at(node, event);
  if (event == 0) {
    sim::Run& run = run_until(0);
    out.state = sim::node_state(run, NodeId{node});
    out.timers = sim::node_timers(run, NodeId{node});
    out.role = sim::node_role(run, NodeId{node});
    return out;
  }
  sim::Run& run = run_until(event - 1);
  const NodeId who[] = {NodeId{node}};
  sim::Look look = sim::look_at_next(run, who);
  if (out.last == event) out.changes = std::move(look.nodes.front().changes);
  out.message = std::move(look.event);
  out.asides = std::move(look.asides);
  out.state = sim::node_state(run, NodeId{node});
  out.timers = sim::node_timers(run, NodeId{node});
  out.role = sim::node_role(run, NodeId{node});
  return out;
}

Value Branch::line_of(std::uint32_t event) {
  assert(event > 0);
  if (live()) return sim::look_at_next(run_until(event - 1), {}).event;
  const Timeline::Event& it = timeline_.event(event);
  Value::Map out{{"event", Value(static_cast<std::int64_t>(event))}};
  if (it.cause != 0) out.emplace_back("cause", Value(std::int64_t{it.cause}));
  out.emplace_back("t", Value(it.at.ns));
  out.emplace_back("kind", Value(sim::enum_name(it.kind)));
  if (it.node != Timeline::kNone) out.emplace_back("node", Value(timeline_.nodes[it.node].name));
  if (it.kind == sim::RecordKind::deliver)
    out.emplace_back("from", Value(timeline_.nodes[timeline_.messages[it.message].from].name));
  if (it.kind == sim::RecordKind::fault) out.emplace_back("text", Value(timeline_.fault_events[it.message].text));
  if (it.type != 0) out.emplace_back("type", Value(timeline_.text(it.type)));
  if (const auto value = sim::parse_json(timeline_.value_of(event)); value.ok()) out.emplace_back("value", *value);
  return Value(std::move(out));
}

// ---- forks ----------------------------------------------------------------------------------------------------------

namespace {

std::string names_of(const Timeline& timeline, const std::vector<std::uint32_t>& nodes) {
  std::string out;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (i > 0) out += i + 1 == nodes.size() ? " and " : ", ";
    out += timeline.nodes[nodes[i]].name;
  }
  return out;
}

std::string message_text(const Timeline& timeline, std::uint32_t message) {
  const Timeline::Message& m = timeline.messages[message];
  return timeline.text(m.type) + " from " + timeline.nodes[m.from].name + " to " + timeline.nodes[m.to].name;
}

/// The event with which the fork begins to differ.
std::uint32_t parting(const Timeline& timeline, const Change& change) {
  const bool of_message = change.kind == Change::Kind::drop || change.kind == Change::Kind::delay;
  return of_message ? timeline.messages[change.message].cause : change.event;
}

void apply(const Timeline& timeline, const Change& change, sim::Decisions& decisions) {
  std::erase_if(decisions.interventions, [&](const sim::Intervention& it) { return it.after > EventId{change.event}; });
  if (change.kind == Change::Kind::drop || change.kind == Change::Kind::delay) {
    const Timeline::Message& m = timeline.messages[change.message];
    if (change.kind == Change::Kind::drop) {
      decisions.omissions.push_back({sim::Omission::Kind::message, NodeId{m.from}, m.number});
      std::sort(decisions.omissions.begin(), decisions.omissions.end());
      return;
    }
    std::erase_if(decisions.delays, [&](const sim::Delay& d) { return d.node == NodeId{m.from} && d.number == m.number; });
    decisions.delays.push_back({NodeId{m.from}, m.number, change.by});
    std::sort(decisions.delays.begin(), decisions.delays.end());
    return;
  }
  sim::Intervention it{.after = EventId{change.event}};
  it.kind = change.kind == Change::Kind::crash       ? sim::Intervention::Kind::crash
            : change.kind == Change::Kind::partition ? sim::Intervention::Kind::partition
                                                     : sim::Intervention::Kind::reseed;
  for (const std::uint32_t node : change.nodes) it.nodes.push_back(NodeId{node});
  it.lasts = change.by;
  it.seed = change.seed;
  decisions.interventions.push_back(std::move(it));
}

}  // namespace

std::string describe(const Timeline& timeline, const Change& change) {
  const std::string after = " after event " + std::to_string(change.event);
  const std::string lasting = change.by > sim::Duration{} ? " for " + to_text(change.by) : "";
  switch (change.kind) {
    case Change::Kind::drop: return message_text(timeline, change.message) + " is lost";
    case Change::Kind::delay: return message_text(timeline, change.message) + " takes " + to_text(change.by) + " longer";
    case Change::Kind::crash:
      return names_of(timeline, change.nodes) + (change.nodes.size() > 1 ? " crash" : " crashes") + lasting + after;
    case Change::Kind::partition:
      return names_of(timeline, change.nodes) + (change.nodes.size() > 1 ? " are" : " is") + " cut off" + lasting + after;
    case Change::Kind::reseed: return "other luck, seed " + std::to_string(change.seed) + "," + after;
  }
  return {};
}

namespace {

std::string title_of(const Wish& wish) { return wish.scenario->name + ", seed " + std::to_string(wish.seed); }

/// How many events two runs have in common from their beginning.
std::uint32_t common_events(const Timeline& a, const Timeline& b) {
  const std::size_t most = std::min(a.events.size(), b.events.size());
  std::uint32_t n = 0;
  for (; n < most; ++n) {
    const Timeline::Event& x = a.events[n];
    const Timeline::Event& y = b.events[n];
    const bool same = x.at == y.at && x.kind == y.kind && x.node == y.node && x.cause == y.cause &&
                      a.text(x.type) == b.text(y.type) && a.describe(n + 1) == b.describe(n + 1);
    if (!same) break;
  }
  return n;
}

}  // namespace

Session::Session(Wish wish) {
  std::string title = title_of(wish);
  branches_.push_back(std::make_unique<Branch>(std::move(wish), std::move(title)));
}

std::size_t Session::add(Wish wish) {
  std::string title = title_of(wish);
  branches_.push_back(std::make_unique<Branch>(std::move(wish), std::move(title)));
  branches_.back()->compared = true;
  return branches_.size() - 1;
}

std::size_t Session::add(Timeline trace, std::string title) {
  branches_.push_back(std::make_unique<Branch>(std::move(trace), std::move(title)));
  branches_.back()->compared = true;
  return branches_.size() - 1;
}

void Session::part() {
  const Branch& first = *branches_.front();
  for (const auto& branch : branches_) {
    if (!branch->compared || branch->forked_at != 0 || !branch->finished() || !first.finished()) continue;
    branch->forked_at = std::max(1U, common_events(first.timeline(), branch->timeline()));
  }
}

Session::Session(Timeline trace, std::string title) {
  branches_.push_back(std::make_unique<Branch>(std::move(trace), std::move(title)));
}

sim::Result<std::size_t> Session::fork(std::size_t of, const Change& change) {
  const Branch& from = branch(of);
  if (!from.live()) return sim::Error{"", "a trace cannot be forked: open its scenario or a bundle of the run"};
  if (!from.finished()) return sim::Error{"", "the run is not over yet"};
  const Timeline& timeline = from.timeline();
  const bool of_message = change.kind == Change::Kind::drop || change.kind == Change::Kind::delay;
  if (of_message && change.message >= timeline.messages.size()) return sim::Error{"", "no message is selected"};
  if (of_message && timeline.messages[change.message].number == Timeline::kNone)
    return sim::Error{"", "a message of a node to itself cannot be lost or late"};
  const bool of_nodes = change.kind == Change::Kind::crash || change.kind == Change::Kind::partition;
  if (of_nodes && change.nodes.empty()) return sim::Error{"", "no node is selected"};
  if (!of_message && (change.event == 0 || change.event > timeline.events.size())) return sim::Error{"", "no event is selected"};
  Wish wish = from.wish();
  apply(timeline, change, wish.decisions);
  branches_.push_back(std::make_unique<Branch>(std::move(wish), describe(timeline, change)));
  branches_.back()->parent = of;
  branches_.back()->forked_at = parting(timeline, change);
  return branches_.size() - 1;
}

void Session::close(std::size_t i) {
  if (i == 0 || i >= branches_.size()) return;
  branches_.erase(branches_.begin() + static_cast<std::ptrdiff_t>(i));
  for (const auto& branch : branches_) {
    if (branch->parent == i) branch->parent = 0;
    if (branch->parent > i) --branch->parent;
  }
}

}  // namespace viz
