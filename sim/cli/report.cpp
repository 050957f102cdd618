// A run's report, for people and for machines.
#include <fmt/format.h>

#include "sim/cli/commands.hpp"
#include "sim/cli/terminal.hpp"

namespace sim::cli {

namespace {

std::string latency_text(const Latency& latency) {
  switch (latency.kind) {
    case LatencyKind::fixed: return to_text(latency.low);
    case LatencyKind::uniform: return to_text(latency.low) + ".." + to_text(latency.high);
    case LatencyKind::exponential: return "exponential, mean " + to_text(latency.high) + " over " + to_text(latency.low);
    case LatencyKind::log_normal: return "log-normal, median " + to_text(latency.low);
    case LatencyKind::pareto: return "pareto from " + to_text(latency.low);
  }
  return {};
}

std::string names_of(const Scenario& scenario, const std::vector<NodeId>& members) {
  std::string out;
  for (const NodeId id : members) {
    if (out.size() > 40) return out + " ...";
    out += (out.empty() ? "" : " ") + scenario.node_names[index(id)];
  }
  return out;
}

std::string cluster_text(const Scenario& scenario) {
  std::string out;
  for (const SystemPlan& system : scenario.systems) {
    out += fmt::format("cluster    {} {} of {} ({}), fsync {}{}\n", bold(system.name), system.members.size(), system.protocol->name,
                       names_of(scenario, system.members), latency_text(system.fsync),
                       system.mutant.empty() ? "" : ", " + yellow("mutant " + system.mutant));
  }
  for (const ClientPlan& group : scenario.clients) {
    const check::Workload& w = group.workload;
    const std::string loop = w.interval == Duration{} ? "closed loop" : "open loop, one every " + to_text(w.interval);
    out += fmt::format("clients    {} x {} on {}, {}", group.members.size(), group.kind->name, w.target, loop);
    if (w.kind != check::WorkloadKind::own) out += fmt::format(", {} key{}", w.keys, w.keys == 1 ? "" : "s");
    out += "\n";
  }
  out += fmt::format("network    latency {}, loss {}, duplicates {}{}\n", latency_text(scenario.network.latency),
                     to_text(scenario.network.loss), to_text(scenario.network.duplicate), scenario.network.fifo ? ", FIFO" : "");
  return out;
}

std::string choices_text(const Report& report) {
  std::string out;
  for (const std::string& choice : report.choices) {
    const std::size_t colon = choice.find(':');
    out += fmt::format("{:<11}{}\n", choice.substr(0, colon), wrapped(choice.substr(std::min(choice.size(), colon + 2)), 69, 11));
  }
  return out;
}

std::string faults_text(const Report& report) {
  if (report.faults.empty()) return "faults     none\n";
  constexpr std::size_t shown = 24;
  std::string out;
  for (std::size_t i = 0; i < report.faults.size() && i < shown; ++i) {
    const FaultReport& fault = report.faults[i];
    out += fmt::format("{:<11}{:>9.3f}s  {}\n", i == 0 ? "faults" : "", static_cast<double>(fault.at.ns) / 1e9,
                       wrapped(fault.text, 56, 23));
  }
  if (report.faults.size() > shown) out += fmt::format("{:11}... and {} more (all in --json)\n", "", report.faults.size() - shown);
  return out;
}

std::string traffic_text(const Report& report) {
  const ClientReport& c = report.clients;
  const Counters& n = report.counters;
  std::string out;
  if (c.invoked > 0) {
    out += fmt::format("operations {} ok, {} failed, {} unknown; {} a second\n", grouped(c.ok), grouped(c.failed),
                       grouped(c.unknown), grouped(c.per_second));
    out += fmt::format("           {} in {}\n", series_text(c.over_time),
                       brief(report.virtual_time / static_cast<std::int64_t>(ClientReport::kParts)));
    out += fmt::format("latency    p50 {}, p99 {}, max {}\n", brief(c.p50), brief(c.p99), brief(c.max));
  }
  out += fmt::format(
      "messages   {} sent, {} delivered, {} duplicated\n           lost: {} by chance, {} cut off, {} at nodes that were down\n",
      grouped(n.sent), grouped(n.delivered), grouped(n.duplicated), grouped(n.lost), grouped(n.cut), grouped(n.to_down));
  std::string more;
  if (n.clogged > 0) more += ", " + grouped(n.clogged) + " held by clogs";
  if (n.corrupt > 0) more += ", " + grouped(n.corrupt) + " corrupt";
  if (n.omitted > 0) more += ", " + grouped(n.omitted) + " messages and timers left out";
  if (!more.empty()) out += fmt::format("           {}\n", more.substr(2));
  if (n.unhandled > 0) out += fmt::format("           {} {}\n", yellow("unhandled:"), grouped(n.unhandled));
  return out;
}

// A list of whole numbers as one line of bars, a map as its members, anything else as it is.
std::string measure_text(const Value& value) {
  if (value.text() != nullptr) return *value.text();
  if (const std::int64_t* n = value.integer(); n != nullptr && *n >= 0) return grouped(static_cast<std::uint64_t>(*n));
  if (value.list() == nullptr) return value.to_json();
  std::vector<std::uint64_t> numbers;
  for (const Value& n : *value.list()) {
    if (n.integer() == nullptr || *n.integer() < 0) return value.to_json();
    numbers.push_back(static_cast<std::uint64_t>(*n.integer()));
  }
  return series_text(numbers);
}

std::string measures_text(const Report& report) {
  std::string out;
  for (const MeasureReport& measure : report.measures) {
    const std::string value = measure_text(measure.value);
    out += fmt::format("  {:<30}{}{}\n", measure.name, value, value.size() > 12 ? "" : "  " + faint(measure.doc));
  }
  return out.empty() ? out : "measures\n" + out;
}

std::string claim_text(const ClaimReport& claim) {
  const auto line = [&](const std::string& mark, const std::string& note) {
    return fmt::format("  {}  {:<30} {}\n", mark, claim.name, faint(note));
  };
  switch (claim.status) {
    case ClaimStatus::holds: return line(green("holds    "), claim.kind);
    case ClaimStatus::violated: return line(red("VIOLATED "), claim.kind);
    case ClaimStatus::reached:
      return line(green("reached  "), fmt::format("sometimes, first at {:.3f}s", static_cast<double>(claim.at.ns) / 1e9));
    case ClaimStatus::not_reached: return line(faint("not yet  "), "sometimes: not in this run");
    case ClaimStatus::not_judged: return line(faint("untested "), claim.kind + ": the run or its quiet end was too short");
    case ClaimStatus::undecided: return line(yellow("undecided"), claim.message);
  }
  return {};
}

std::string verdict_text(const Scenario& scenario, const Report& report) {
  const ClaimReport* violation = report.violation();
  if (violation == nullptr) {
    const std::string note = scenario.expect ? "; a violation of " + *scenario.expect + " was expected: try other seeds" : "";
    return "verdict    " + (report.verdict() == "undecided" ? yellow("undecided") : green("every claim holds")) + note + "\n";
  }
  const std::string where = violation->node.empty() ? "" : " at " + violation->node;
  std::string out =
      fmt::format("verdict    {} {}{}\n           at {:.6f}s, event {}{}\n", red("violation of"), bold(violation->name), where,
                  static_cast<double>(violation->at.ns) / 1e9, grouped(index(violation->event)),
                  scenario.expect && *scenario.expect == violation->name ? ", as expected" : "");
  return out + "           " + wrapped(violation->message, 69, 11) + "\n";
}

Value time_value(Time t) { return Value(static_cast<double>(t.ns) / 1e9); }

Value claim_json(const ClaimReport& claim) {
  Value::Map out{{"name", Value(claim.name)}, {"kind", Value(claim.kind)}, {"status", Value(enum_name(claim.status))}};
  if (!claim.message.empty()) out.emplace_back("message", Value(claim.message));
  if (claim.status == ClaimStatus::violated || claim.status == ClaimStatus::reached) {
    out.emplace_back("at_seconds", time_value(claim.at));
    out.emplace_back("event", count(index(claim.event)));
    if (!claim.node.empty()) out.emplace_back("node", Value(claim.node));
  }
  return out;
}

}  // namespace

std::string report_text(const Scenario& scenario, const Report& report, double wall) {
  std::string out = fmt::format("{}  seed {}\n", bold(scenario.name), report.seed);
  if (!scenario.description.empty()) out += wrapped(scenario.description, 80, 0) + "\n";
  out += "\n" + cluster_text(scenario) + choices_text(report) + faults_text(report) + traffic_text(report) + measures_text(report) +
         "claims\n";
  for (const ClaimReport& claim : report.claims) out += claim_text(claim);
  const double virtual_seconds = static_cast<double>(report.virtual_time.ns) / 1e9;
  out += fmt::format("run        digest {}, {} events\n", hex(report.digest), grouped(report.counters.events));
  out += fmt::format("           {:.3f} virtual seconds in {:.3f} of wall clock: {}x\n", virtual_seconds, wall,
                     grouped(static_cast<std::uint64_t>(virtual_seconds / std::max(wall, 1e-9))));
  return out + verdict_text(scenario, report);
}

std::string report_json(const Scenario& scenario, const Report& report, double wall) {
  Value::List claims;
  for (const ClaimReport& claim : report.claims) claims.push_back(claim_json(claim));
  Value::List choices;
  for (const std::string& choice : report.choices) choices.emplace_back(choice);
  Value::List faults;
  for (const FaultReport& fault : report.faults)
    faults.emplace_back(Value::Map{{"at_seconds", time_value(fault.at)}, {"what", Value(fault.text)}});
  Value::Map marks;
  for (const Mark& mark : report.marks) marks.emplace_back(mark.name, count(mark.count));
  Value::Map measures;
  for (const MeasureReport& measure : report.measures) measures.emplace_back(measure.name, measure.value);
  Value::List over_time;
  for (const std::uint64_t n : report.clients.over_time) over_time.push_back(count(n));
  const ClaimReport* violation = report.violation();
  const ClientReport& c = report.clients;
  const Counters& n = report.counters;
  const auto seconds = [](Duration d) { return Value(static_cast<double>(d.ns) / 1e9); };
  const double virtual_seconds = static_cast<double>(report.virtual_time.ns) / 1e9;
  Value::Map out{
      {"scenario", Value(scenario.name)},
      {"seed", count(report.seed)},
      {"verdict", Value(report.verdict())},
      {"violation", violation == nullptr ? Value() : Value(violation->name)},
      {"digest", Value(hex(report.digest))},
      {"events", count(n.events)},
      {"virtual_seconds", Value(virtual_seconds)},
      {"wall_seconds", Value(wall)},
      {"claims", Value(std::move(claims))},
      {"clients", Value::Map{{"invoked", count(c.invoked)},
                             {"ok", count(c.ok)},
                             {"failed", count(c.failed)},
                             {"unknown", count(c.unknown)},
                             {"per_second", count(c.per_second)},
                             {"ok_over_time", Value(std::move(over_time))},
                             {"p50_seconds", seconds(c.p50)},
                             {"p99_seconds", seconds(c.p99)},
                             {"max_seconds", seconds(c.max)}}},
      {"messages", Value::Map{{"sent", count(n.sent)},
                              {"delivered", count(n.delivered)},
                              {"lost", count(n.lost)},
                              {"cut", count(n.cut)},
                              {"clogged", count(n.clogged)},
                              {"corrupt", count(n.corrupt)},
                              {"omitted", count(n.omitted)},
                              {"to_down", count(n.to_down)},
                              {"duplicated", count(n.duplicated)},
                              {"unhandled", count(n.unhandled)}}},
      {"timers", count(n.timers)},
      {"syncs", count(n.syncs)},
      {"choices", Value(std::move(choices))},
      {"faults", Value(std::move(faults))},
      {"marks", Value(std::move(marks))},
      {"measures", Value(std::move(measures))},
  };
  return Value(std::move(out)).to_json();
}

}  // namespace sim::cli
