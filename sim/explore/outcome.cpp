#include "sim/explore/outcome.hpp"

#include <algorithm>
#include <array>
#include <cassert>

#include "sim/explore/cause.hpp"

namespace sim::explore {

namespace {

std::vector<ClaimStatus> statuses_of(const Report& report, const std::vector<ClaimName>& claims) {
  std::vector<ClaimStatus> out(claims.size(), ClaimStatus::not_judged);
  for (const ClaimReport& claim : report.claims) {
    const auto at = std::find_if(claims.begin(), claims.end(), [&](const ClaimName& c) { return c.name == claim.name; });
    assert(at != claims.end());
    out[static_cast<std::size_t>(at - claims.begin())] = claim.status;
  }
  return out;
}

bool is_a_claim(const Mark& mark, const std::vector<ClaimName>& claims) {
  return std::any_of(claims.begin(), claims.end(),
                     [&](const ClaimName& c) { return c.kind == "sometimes" && c.name.ends_with("." + mark.name); });
}

Value count(std::uint64_t n) { return Value(static_cast<std::int64_t>(n)); }

}  // namespace

std::vector<ClaimName> claims_of(const Scenario& scenario) {
  std::vector<ClaimName> out;
  const auto add = [&](std::string name, std::string kind) {
    const auto& checks = scenario.checks;
    if (checks.empty() || std::find(checks.begin(), checks.end(), name) != checks.end())
      out.push_back({std::move(name), std::move(kind)});
  };
  for (const SystemPlan& system : scenario.systems) {
    for (const check::ClaimInfo& claim : system.protocol->claims)
      add(scenario.claim_name(system, claim.name), enum_name(claim.kind));
  }
  if (scenario.clients.empty()) return out;
  add("clients.progress", "eventually");
  for (const SystemPlan& system : scenario.systems) {
    for (const check::HistoryInfo& history : system.protocol->histories) {
      if (scenario.has_clients_for(system, history)) add(scenario.claim_name(system, history.model), "history");
    }
  }
  return out;
}

bool Outcome::undecided() const {
  return !violated() && std::find(statuses.begin(), statuses.end(), ClaimStatus::undecided) != statuses.end();
}

Outcome outcome_of(const Run& run, const std::vector<ClaimName>& claims) {
  const Report report = run.report();
  Outcome out{.seed = report.seed,
              .digest = report.digest,
              .events = report.counters.events,
              .virtual_time = report.virtual_time,
              .claim = {},
              .message = {},
              .cause = {},
              .statuses = statuses_of(report, claims),
              .marks = {}};
  if (const ClaimReport* violation = report.violation(); violation != nullptr) {
    out.claim = violation->name;
    out.message = violation->message;
    out.cause = cause_of(violation->message, run.scenario().node_names);
  }
  for (const Mark& mark : report.marks) {
    if (!is_a_claim(mark, claims)) out.marks.push_back(mark.name);
  }
  return out;
}

Value to_value(const Outcome& outcome) {
  std::string statuses;
  for (const ClaimStatus status : outcome.statuses) statuses += static_cast<char>('0' + static_cast<int>(status));
  Value::List marks(outcome.marks.begin(), outcome.marks.end());
  Value::List out{count(outcome.seed),        count(outcome.digest),  count(outcome.events), Value(outcome.virtual_time.ns),
                  Value(std::move(statuses)), Value(std::move(marks))};
  for (const std::string& text : {outcome.claim, outcome.message, outcome.cause}) {
    if (outcome.violated()) out.emplace_back(text);
  }
  return Value(std::move(out));
}

Result<Outcome> outcome_from(const Value& value) {
  const Error none{"", "this is no outcome: " + value.to_json().substr(0, 80)};
  const Value::List* list = value.list();
  if (list == nullptr || (list->size() != 6 && list->size() != 9)) return none;
  Outcome out;
  std::array<std::int64_t, 4> numbers{};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if ((*list)[i].integer() == nullptr) return none;
    numbers[i] = *(*list)[i].integer();
  }
  out.seed = static_cast<std::uint64_t>(numbers[0]);
  out.digest = static_cast<std::uint64_t>(numbers[1]);
  out.events = static_cast<std::uint64_t>(numbers[2]);
  out.virtual_time = {numbers[3]};
  if ((*list)[4].text() == nullptr || (*list)[5].list() == nullptr) return none;
  for (const char c : *(*list)[4].text()) {
    if (c < '0' || c > '0' + static_cast<char>(ClaimStatus::undecided)) return none;
    out.statuses.push_back(static_cast<ClaimStatus>(c - '0'));
  }
  for (const Value& mark : *(*list)[5].list()) {
    if (mark.text() == nullptr) return none;
    out.marks.push_back(*mark.text());
  }
  if (list->size() == 6) return out;
  for (std::size_t i = 6; i < 9; ++i) {
    if ((*list)[i].text() == nullptr) return none;
  }
  out.claim = *(*list)[6].text();
  out.message = *(*list)[7].text();
  out.cause = *(*list)[8].text();
  return out;
}

}  // namespace sim::explore
