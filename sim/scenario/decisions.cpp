#include "sim/scenario/decisions.hpp"

#include <algorithm>

#include "sim/core/words.hpp"

namespace sim {

namespace {

Value numbers_of(const Decisions& decisions, Omission::Kind kind, const Scenario& scenario) {
  Value::Map out;
  for (std::uint32_t node = 0; node < scenario.node_names.size(); ++node) {
    Value::List numbers;
    for (const Omission& o : decisions.omissions) {
      if (o.kind == kind && o.node == NodeId{node}) numbers.emplace_back(static_cast<std::int64_t>(o.number));
    }
    if (!numbers.empty()) out.emplace_back(scenario.node_names[node], std::move(numbers));
  }
  return out;
}

/// Whole numbers in ascending order; false: it is something else.
bool read_numbers(const Value& value, std::vector<std::uint64_t>& into) {
  if (value.list() == nullptr) return false;
  for (const Value& n : *value.list()) {
    if (n.integer() == nullptr || *n.integer() < 0) return false;
    into.push_back(static_cast<std::uint64_t>(*n.integer()));
  }
  std::sort(into.begin(), into.end());
  into.erase(std::unique(into.begin(), into.end()), into.end());
  return true;
}

constexpr std::string_view kNumbers = "expected a list of whole numbers";

std::optional<Error> read_omissions(const Value& value, const std::string& path, Omission::Kind kind, const Scenario& scenario,
                                    Decisions& into) {
  if (value.map() == nullptr) return Error{path, "found " + value.to_json() + ", expected an object by the names of nodes"};
  for (const auto& [name, list] : *value.map()) {
    const auto node = scenario.find_node(name);
    if (!node) return Error{path_to(path, name), "unknown node \"" + name + "\""};
    std::vector<std::uint64_t> numbers;
    if (!read_numbers(list, numbers)) return Error{path_to(path, name), "found " + list.to_json() + ", " + std::string(kNumbers)};
    for (const std::uint64_t n : numbers) into.omissions.push_back({kind, *node, n});
  }
  return std::nullopt;
}

Value delays_of(const Decisions& decisions, const Scenario& scenario) {
  Value::Map out;
  for (std::uint32_t node = 0; node < scenario.node_names.size(); ++node) {
    Value::List delays;
    for (const Delay& d : decisions.delays) {
      if (d.node == NodeId{node})
        delays.emplace_back(Value::List{Value(static_cast<std::int64_t>(d.number)), Value(to_text(d.by))});
    }
    if (!delays.empty()) out.emplace_back(scenario.node_names[node], std::move(delays));
  }
  return out;
}

Value to_value(const Intervention& it, const Scenario& scenario) {
  Value::Map out{{"after", Value(static_cast<std::int64_t>(index(it.after)))}};
  if (it.kind == Intervention::Kind::reseed) {
    out.emplace_back("reseed", Value(static_cast<std::int64_t>(it.seed)));
    return out;
  }
  Value::List names;
  for (const NodeId node : it.nodes) names.emplace_back(scenario.node_names[index(node)]);
  out.emplace_back(enum_name(it.kind), std::move(names));
  if (it.lasts > Duration{}) out.emplace_back("for", Value(to_text(it.lasts)));
  return out;
}

std::optional<Error> read_delays(const Value& value, const std::string& path, const Scenario& scenario, Decisions& into) {
  if (value.map() == nullptr) return Error{path, "found " + value.to_json() + ", expected an object by the names of nodes"};
  for (const auto& [name, list] : *value.map()) {
    const auto node = scenario.find_node(name);
    const std::string at = path_to(path, name);
    if (!node) return Error{at, "unknown node \"" + name + "\""};
    const Error bad{at, "found " + list.to_json() + R"(, expected a list of pairs as [4, "31ms"])"};
    if (list.list() == nullptr) return bad;
    for (const Value& pair : *list.list()) {
      const bool shaped = pair.list() != nullptr && pair.list()->size() == 2 && (*pair.list())[0].integer() != nullptr &&
                          (*pair.list())[1].text() != nullptr;
      if (!shaped || *(*pair.list())[0].integer() < 0) return bad;
      const auto by = parse_duration(*(*pair.list())[1].text());
      if (!by) return Error{at, by.error().what};
      into.delays.push_back({*node, static_cast<std::uint64_t>(*(*pair.list())[0].integer()), *by});
    }
  }
  return std::nullopt;
}

/// The nodes of a list of names.
std::optional<Error> read_nodes(const Value& value, const std::string& path, const Scenario& scenario, std::vector<NodeId>& into) {
  if (value.list() == nullptr || value.list()->empty())
    return Error{path, "found " + value.to_json() + ", expected a list of the names of nodes"};
  for (const Value& name : *value.list()) {
    const auto node = name.text() == nullptr ? std::nullopt : scenario.find_node(*name.text());
    if (!node) return Error{path, "unknown node " + name.to_json()};
    into.push_back(*node);
  }
  return std::nullopt;
}

std::optional<Error> read_intervention(const Value& value, const std::string& path, const Scenario& scenario, Intervention& into) {
  if (value.map() == nullptr) return Error{path, "found " + value.to_json() + ", expected an object"};
  bool kind = false;
  for (const auto& [key, member] : *value.map()) {
    const std::string at = path_to(path, key);
    const bool whole = member.integer() != nullptr && *member.integer() >= 0;
    if (key == "after" && whole && *member.integer() > 0) {
      into.after = EventId{static_cast<std::uint64_t>(*member.integer())};
    } else if (key == "reseed" && whole) {
      into.seed = static_cast<std::uint64_t>(*member.integer());
      into.kind = Intervention::Kind::reseed;
      kind = true;
    } else if (key == "for" && member.text() != nullptr) {
      const auto lasts = parse_duration(*member.text());
      if (!lasts) return Error{at, lasts.error().what};
      into.lasts = *lasts;
    } else if (key == "crash" || key == "partition" || key == "pause") {
      into.kind = key == "crash"   ? Intervention::Kind::crash
                  : key == "pause" ? Intervention::Kind::pause
                                   : Intervention::Kind::partition;
      kind = true;
      if (auto wrong = read_nodes(member, at, scenario, into.nodes)) return wrong;
    } else {
      return Error{at, "found " + member.to_json() +
                           ", expected after (an event's number), for (a duration), and crash, partition, pause (nodes) or reseed"};
    }
  }
  if (index(into.after) == 0 || !kind)
    return Error{path, R"(found no "after", or nothing that is done: crash, partition, pause or reseed)"};
  return std::nullopt;
}

std::optional<Error> read_interventions(const Value& value, const std::string& path, const Scenario& scenario, Decisions& into) {
  if (value.list() == nullptr) return Error{path, "found " + value.to_json() + ", expected a list"};
  for (std::size_t i = 0; i < value.list()->size(); ++i) {
    Intervention it;
    if (auto wrong = read_intervention((*value.list())[i], path_to(path, std::to_string(i)), scenario, it)) return wrong;
    into.interventions.push_back(std::move(it));
  }
  return std::nullopt;
}

}  // namespace

Value to_value(const Decisions& decisions, const Scenario& scenario) {
  Value::List faults;
  for (const std::uint32_t n : decisions.faults) faults.emplace_back(std::int64_t{n});
  Value::Map out{{"faults", std::move(faults)},
                 {"messages", numbers_of(decisions, Omission::Kind::message, scenario)},
                 {"timers", numbers_of(decisions, Omission::Kind::timer, scenario)}};
  if (!decisions.delays.empty()) out.emplace_back("delays", delays_of(decisions, scenario));
  Value::List interventions;
  for (const Intervention& it : decisions.interventions) interventions.push_back(to_value(it, scenario));
  if (!interventions.empty()) out.emplace_back("interventions", std::move(interventions));
  return out;
}

Result<Decisions> read_decisions(const Value& value, const Scenario& scenario, const std::string& path) {
  Decisions out;
  if (value.map() == nullptr) return Error{path, "found " + value.to_json() + ", expected an object"};
  for (const auto& [key, member] : *value.map()) {
    const std::string at = path_to(path, key);
    std::optional<Error> wrong;
    if (key == "faults") {
      std::vector<std::uint64_t> numbers;
      if (!read_numbers(member, numbers) || (!numbers.empty() && numbers.back() > UINT32_MAX))
        return Error{at, "found " + member.to_json() + ", " + std::string(kNumbers)};
      for (const std::uint64_t n : numbers) out.faults.push_back(static_cast<std::uint32_t>(n));
    } else if (key == "messages") {
      wrong = read_omissions(member, at, Omission::Kind::message, scenario, out);
    } else if (key == "timers") {
      wrong = read_omissions(member, at, Omission::Kind::timer, scenario, out);
    } else if (key == "delays") {
      wrong = read_delays(member, at, scenario, out);
    } else if (key == "interventions") {
      wrong = read_interventions(member, at, scenario, out);
    } else {
      return Error{at, "unknown member, expected faults, messages, timers, delays or interventions"};
    }
    if (wrong) return *wrong;
  }
  std::sort(out.omissions.begin(), out.omissions.end());
  std::sort(out.delays.begin(), out.delays.end());
  std::stable_sort(out.interventions.begin(), out.interventions.end(),
                   [](const Intervention& a, const Intervention& b) { return a.after < b.after; });
  return out;
}

}  // namespace sim
