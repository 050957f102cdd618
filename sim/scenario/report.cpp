// What a run has to report: histories, latencies, verdicts.
#include <algorithm>
#include <map>

#include "sim/check/question.hpp"
#include "sim/scenario/ailments.hpp"
#include "sim/scenario/json.hpp"
#include "sim/scenario/run.hpp"

namespace sim {

namespace {

struct Latencies {
  std::vector<Duration> sorted;
  Duration quantile(std::uint64_t percent) const {
    return sorted.empty() ? Duration{} : sorted[std::min(sorted.size() - 1, sorted.size() * percent / 100)];
  }
};

Value input_of(const check::Invoked& invoked) {
  switch (invoked.function) {
    case check::Function::cas: return Value(Value::List{Value(invoked.expected), Value(invoked.value)});
    case check::Function::write:
    case check::Function::append:
    case check::Function::call: return Value(invoked.value);
    case check::Function::read:
    case check::Function::erase: return {};
  }
  return {};
}

std::string kv_name(check::Function function) {
  switch (function) {
    case check::Function::read: return "get";
    case check::Function::write: return "put";
    case check::Function::cas: return "cas";
    case check::Function::append: return "append";
    case check::Function::erase: return "delete";
    case check::Function::call: return "call";
  }
  return {};
}

Value output_of(const std::string& f, const check::Returned& returned) {
  if (f == "get") return returned.found ? Value(returned.value) : Value();
  if (f == "cas") return Value(returned.found);
  if (f == "call") return Value(returned.value);
  return {};
}

/// JSON as data; what is none, as a text.
Value value_of(const std::string& json) {
  if (json.empty()) return {};
  auto parsed = parse_json(json);
  return parsed ? *std::move(parsed) : Value(json);
}

/// One end of an operation that a client reported, in either way.
struct End {
  std::uint64_t process = 0;
  bool begins = false;
  check::Outcome outcome{};
};

std::optional<End> end_of(const Payload& what) {
  if (const auto* invoked = what.as<check::Invoked>()) return End{invoked->process, true, {}};
  if (const auto* returned = what.as<check::Returned>()) return End{returned->process, false, returned->outcome};
  if (const auto* called = what.as<check::Called>()) return End{called->process, true, {}};
  if (const auto* answered = what.as<check::Answered>()) return End{answered->process, false, answered->outcome};
  return std::nullopt;
}

/// Adds what a client reported to a history.
void add_to(check::HistoryBuilder& builder, const Observation& o) {
  if (const auto* invoked = o.what.as<check::Invoked>(); invoked != nullptr) {
    const auto added = builder.invoke({.process = static_cast<std::int64_t>(invoked->process),
                                       .time = o.at,
                                       .f = kv_name(invoked->function),
                                       .key = std::to_string(invoked->key),
                                       .value = input_of(*invoked)});
    assert(added.ok());
  } else if (const auto* called = o.what.as<check::Called>(); called != nullptr) {
    const auto added = builder.invoke({.process = static_cast<std::int64_t>(called->process),
                                       .time = o.at,
                                       .f = called->function,
                                       .value = value_of(called->input)});
    assert(added.ok());
  } else if (const auto* returned = o.what.as<check::Returned>(); returned != nullptr) {
    const check::Operation* open = builder.open(static_cast<std::int64_t>(returned->process));
    assert(open != nullptr);
    const auto ended = builder.complete({.process = static_cast<std::int64_t>(returned->process),
                                         .time = o.at,
                                         .outcome = returned->outcome,
                                         .value = output_of(open->f, *returned)});
    assert(ended.ok());
  } else if (const auto* answered = o.what.as<check::Answered>(); answered != nullptr) {
    const auto ended = builder.complete({.process = static_cast<std::int64_t>(answered->process),
                                         .time = o.at,
                                         .outcome = answered->outcome,
                                         .value = value_of(answered->output)});
    assert(ended.ok());
  }
}

}  // namespace

const ClaimReport* Report::violation() const {
  for (const ClaimReport& claim : claims) {
    if (claim.status == ClaimStatus::violated) return &claim;
  }
  return nullptr;
}

std::string Report::verdict() const {
  if (violation() != nullptr) return "violation";
  const bool undecided =
      std::any_of(claims.begin(), claims.end(), [](const ClaimReport& c) { return c.status == ClaimStatus::undecided; });
  return undecided ? "undecided" : "ok";
}

bool Run::calls(NodeId client, std::string_view system, std::string_view workload) const {
  return std::any_of(scenario_->clients.begin(), scenario_->clients.end(), [&](const ClientPlan& group) {
    return (system.empty() || group.workload.target == system) && (workload.empty() || group.kind->name == workload) &&
           std::binary_search(group.members.begin(), group.members.end(), client);
  });
}

check::History Run::history_until(std::uint64_t last, std::string_view system, std::string_view workload) const {
  check::HistoryBuilder builder;
  const CowLog<Observation>& seen = world_.observations();
  const bool all = system.empty() && workload.empty();
  auto fault = faults_.begin();
  for (std::uint64_t i = seen.first(); i <= last; ++i) {
    const Observation& o = seen.at(i);
    for (; fault != faults_.end() && fault->at <= o.at; ++fault) builder.fault({.f = fault->text, .time = fault->at});
    if (all || calls(o.node, system, workload)) add_to(builder, o);
  }
  return std::move(builder).finish();
}

check::History Run::history(std::string_view system, std::string_view workload) const {
  return history_until(world_.observations().last(), system, workload);
}

ClaimReport Run::judge_history(const SystemPlan& system, const check::HistoryInfo& claim) const {
  ClaimReport out;
  out.name = scenario_->claim_name(system, claim.model);
  if (breach_ && breach_->name == out.name) return *breach_;
  out.kind = "history";
  out.at = world_.now();
  const auto question = check::question_named(claim.model);
  if (!question) {
    out.status = ClaimStatus::undecided;
    out.message = "no checker is known by this name";
    return out;
  }
  const auto judged = check::judge(*question, history(system.name, claim.workload));
  if (!judged) {
    out.status = ClaimStatus::undecided;
    out.message = judged.error().what;
    return out;
  }
  switch (judged->verdict) {
    case check::Verdict::valid: out.status = ClaimStatus::holds; break;
    case check::Verdict::undecided: out.status = ClaimStatus::undecided; break;
    case check::Verdict::invalid:
      if (check::stays_broken(*question)) return first_breach(system, claim, *question);
      out.status = ClaimStatus::violated;
      break;
  }
  out.message = judged->explanation;
  return out;
}

// The shortest beginning of the history that is invalid already, found by bisection: the whole is, and what is added to an invalid
// one does not mend it.
ClaimReport Run::first_breach(const SystemPlan& system, const check::HistoryInfo& claim, const check::Question& question) const {
  ClaimReport out{scenario_->claim_name(system, claim.model), "history", ClaimStatus::violated, {}, {}, {}, {}};
  std::uint64_t sound = world_.observations().first() - 1;
  std::uint64_t broken = world_.observations().last();
  while (sound + 1 < broken) {
    const std::uint64_t middle = sound + (broken - sound) / 2;
    const auto judged = check::judge(question, history_until(middle, system.name, claim.workload));
    (judged.ok() && judged->verdict == check::Verdict::invalid ? broken : sound) = middle;
  }
  const auto judged = check::judge(question, history_until(broken, system.name, claim.workload));
  const Observation& last = world_.observations().at(broken);
  out.message = judged->explanation;
  out.at = last.at;
  out.event = last.event;
  out.node = scenario_->node_names[index(last.node)];
  return out;
}

// Looks at the histories whose violations stay, so that a run ends soon after the first. Looks are at 256 observations, 512, 1,024
// and so on: all of them together cost what the last one costs, and depend on nothing but the run.
void Run::follow_histories() {
  next_look_ = 2 * world_.observations().last();
  constexpr check::Limits little{.steps = 1'000'000, .bytes = std::size_t{64} << 20U, .core_steps = 0};
  for (const SystemPlan& system : scenario_->systems) {
    for (const check::HistoryInfo& claim : system.protocol->histories) {
      if (!scenario_->has_clients_for(system, claim) || !wanted(scenario_->claim_name(system, claim.model))) continue;
      const auto question = check::question_named(claim.model);
      if (!question || !check::stays_broken(*question)) continue;
      const auto judged = check::judge(*question, history(system.name, claim.workload), little);
      if (!judged.ok() || judged->verdict != check::Verdict::invalid) continue;
      breach_ = first_breach(system, claim, *question);
      violated_ = true;
      return;
    }
  }
}

// Liveness of the whole: once faults have stopped, some operation begun after that is answered in time.
ClaimReport Run::progress() const {
  constexpr Duration bound = kProgressWithin;
  ClaimReport out{"clients.progress", "eventually", ClaimStatus::not_judged, {}, {}, {}, {}};
  if (quiet_from_ >= scenario_->duration) return out;
  const Time stop = quiet_from_;
  std::map<std::uint64_t, Time> begun;
  const CowLog<Observation>& seen = world_.observations();
  for (std::uint64_t i = seen.first(); i <= seen.last(); ++i) {
    const Observation& o = seen.at(i);
    if (o.at < stop) continue;
    const std::optional<End> end = end_of(o.what);
    if (!end) continue;
    if (end->begins) begun[end->process] = o.at;
    if (end->begins || end->outcome != check::Outcome::ok || !begun.contains(end->process)) continue;
    if (o.at > stop + bound) break;
    out.status = ClaimStatus::holds;
    out.at = o.at;
    out.event = o.event;
    out.node = scenario_->node_names[index(o.node)];
    return out;
  }
  if (world_.now() < stop + bound || begun.empty()) return out;  // too little time, or nobody asked
  out.status = ClaimStatus::violated;
  out.at = stop + bound;
  out.event = world_.last().event;
  out.message = "no operation that clients began after faults stopped at " + to_text(stop) + " was answered within " +
                to_text(bound) + "; " + ailments_text(world_, *scenario_);
  return out;
}

// `claims` begins with the watched ones, in their order. A mark counts for the system of the node that reached it, and one that a
// client reached for every system.
void Run::report_marks(std::vector<ClaimReport>& claims) const {
  for (std::size_t i = 0; i < watched_.size(); ++i) {
    for (const Mark& mark : world_.marks()) {
      const bool own = mark.system == watched_[i].system || mark.system >= scenario_->systems.size();
      if (!own || watched_[i].info->mark != mark.name) continue;
      ClaimReport& claim = claims[i];
      if (claim.status == ClaimStatus::reached && claim.event <= mark.first_event) continue;
      claim.status = ClaimStatus::reached;
      claim.at = mark.first_at;
      claim.event = mark.first_event;
    }
  }
}

std::vector<MeasureReport> Run::measures() const {
  std::vector<MeasureReport> out;
  for (const SystemPlan& system : scenario_->systems) {
    for (const check::MeasureInfo& measure : system.protocol->measures)
      out.push_back({scenario_->claim_name(system, measure.name), measure.doc, measure.take(world_, system.members)});
  }
  return out;
}

Report Run::report() const {
  Report out;
  out.seed = world_.seed();
  for (const Watched& watched : watched_) out.claims.push_back(watched.report);
  report_marks(out.claims);

  Latencies latencies;
  std::map<std::uint64_t, Time> begun;
  out.clients.over_time.resize(ClientReport::kParts);
  const auto part_of = [length = world_.now().ns](Time at) {
    return std::min(ClientReport::kParts - 1,
                    static_cast<std::size_t>(at.ns / (length / static_cast<std::int64_t>(ClientReport::kParts) + 1)));
  };
  const CowLog<Observation>& seen = world_.observations();
  for (std::uint64_t i = seen.first(); i <= seen.last(); ++i) {
    const Observation& o = seen.at(i);
    const std::optional<End> end = end_of(o.what);
    if (!end) continue;
    if (end->begins) {
      ++out.clients.invoked;
      begun[end->process] = o.at;
    } else if (end->outcome == check::Outcome::ok) {
      ++out.clients.ok;
      ++out.clients.over_time[part_of(o.at)];
      latencies.sorted.push_back(o.at - begun[end->process]);
    } else {
      out.clients.failed += end->outcome == check::Outcome::fail ? 1 : 0;
    }
  }
  out.clients.unknown = out.clients.invoked - out.clients.ok - out.clients.failed;
  std::sort(latencies.sorted.begin(), latencies.sorted.end());
  out.clients.p50 = latencies.quantile(50);
  out.clients.p99 = latencies.quantile(99);
  out.clients.max = latencies.sorted.empty() ? Duration{} : latencies.sorted.back();
  const std::int64_t microseconds = std::max<std::int64_t>(1, world_.now().ns / 1000);
  out.clients.per_second = out.clients.ok * 1'000'000 / static_cast<std::uint64_t>(microseconds);

  if (options_.claims && !scenario_->clients.empty()) {
    if (wanted("clients.progress") && !violated_) out.claims.push_back(progress());
    for (const SystemPlan& system : scenario_->systems) {
      for (const check::HistoryInfo& claim : system.protocol->histories) {
        if (options_.history && scenario_->has_clients_for(system, claim) && wanted(scenario_->claim_name(system, claim.model)))
          out.claims.push_back(judge_history(system, claim));
      }
    }
  }
  out.counters = world_.counters();
  out.choices = choices_;
  for (const Rarities::Site& site : world_.rarities()) {
    out.choices.push_back(
        "maybe: " + site.name +
        (site.on ? " fired " + std::to_string(site.fired) + " of " + std::to_string(site.asked) + " times" : " is off"));
  }
  out.faults = faults_;
  for (const Mark& mark : world_.marks()) {
    const auto known = std::find_if(out.marks.begin(), out.marks.end(), [&](const Mark& m) { return m.name == mark.name; });
    if (known == out.marks.end()) {
      out.marks.push_back(mark);
    } else {
      known->count += mark.count;
    }
  }
  out.digest = world_.trace_digest();
  out.virtual_time = world_.now() - Time{};
  return out;
}

}  // namespace sim
