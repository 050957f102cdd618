// What a run has to report: histories, latencies, verdicts.
#include <algorithm>
#include <map>

#include "sim/check/question.hpp"
#include "sim/scenario/ailments.hpp"
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

bool Run::calls(NodeId client, std::string_view system) const {
  return std::any_of(scenario_->clients.begin(), scenario_->clients.end(), [&](const ClientPlan& group) {
    return group.workload.target == system && std::binary_search(group.members.begin(), group.members.end(), client);
  });
}

check::History Run::history(std::string_view system) const {
  check::HistoryBuilder builder;
  const CowLog<Observation>& seen = world_.observations();
  for (std::uint64_t i = seen.first(); i <= seen.last(); ++i) {
    const Observation& o = seen.at(i);
    if (!system.empty() && !calls(o.node, system)) continue;
    if (const auto* invoked = o.what.as<check::Invoked>(); invoked != nullptr) {
      const auto added = builder.invoke({.process = static_cast<std::int64_t>(invoked->process),
                                         .time = o.at,
                                         .f = kv_name(invoked->function),
                                         .key = std::to_string(invoked->key),
                                         .value = input_of(*invoked)});
      assert(added.ok());
    } else if (const auto* returned = o.what.as<check::Returned>(); returned != nullptr) {
      const check::Operation* open = builder.open(static_cast<std::int64_t>(returned->process));
      assert(open != nullptr);
      const auto ended = builder.complete({.process = static_cast<std::int64_t>(returned->process),
                                           .time = o.at,
                                           .outcome = returned->outcome,
                                           .value = output_of(open->f, *returned)});
      assert(ended.ok());
    }
  }
  return std::move(builder).finish();
}

ClaimReport Run::judge_history(const SystemPlan& system, const std::string& model) const {
  ClaimReport out;
  out.name = scenario_->claim_name(system, model);
  out.kind = "history";
  out.at = world_.now();
  const auto question = check::question_named(model);
  if (!question) {
    out.status = ClaimStatus::undecided;
    out.message = "no checker is known by this name";
    return out;
  }
  const auto judged = check::judge(*question, history(system.name));
  if (!judged) {
    out.status = ClaimStatus::undecided;
    out.message = judged.error().what;
    return out;
  }
  switch (judged->verdict) {
    case check::Verdict::valid: out.status = ClaimStatus::holds; break;
    case check::Verdict::undecided: out.status = ClaimStatus::undecided; break;
    case check::Verdict::invalid: out.status = ClaimStatus::violated; break;
  }
  out.message = judged->explanation;
  return out;
}

// Liveness of the whole: once faults have stopped, some operation begun after that is answered in time.
ClaimReport Run::progress() const {
  constexpr Duration bound = kProgressWithin;
  ClaimReport out{"clients.progress", "eventually", ClaimStatus::not_judged, {}, {}, {}, {}};
  if (scenario_->faults_stop >= scenario_->duration) return out;
  const Time stop = scenario_->faults_stop;
  std::map<std::uint64_t, Time> begun;
  const CowLog<Observation>& seen = world_.observations();
  for (std::uint64_t i = seen.first(); i <= seen.last(); ++i) {
    const Observation& o = seen.at(i);
    if (o.at < stop) continue;
    if (const auto* invoked = o.what.as<check::Invoked>(); invoked != nullptr) begun[invoked->process] = o.at;
    const auto* returned = o.what.as<check::Returned>();
    if (returned == nullptr || returned->outcome != check::Outcome::ok || !begun.contains(returned->process)) continue;
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
    if (const auto* invoked = o.what.as<check::Invoked>(); invoked != nullptr) {
      ++out.clients.invoked;
      begun[invoked->process] = o.at;
    } else if (const auto* returned = o.what.as<check::Returned>(); returned != nullptr) {
      if (returned->outcome == check::Outcome::ok) {
        ++out.clients.ok;
        ++out.clients.over_time[part_of(o.at)];
        latencies.sorted.push_back(o.at - begun[returned->process]);
      }
      out.clients.failed += returned->outcome == check::Outcome::fail ? 1 : 0;
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
      for (const std::string& model : system.protocol->histories) {
        if (options_.history && wanted(scenario_->claim_name(system, model))) out.claims.push_back(judge_history(system, model));
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
