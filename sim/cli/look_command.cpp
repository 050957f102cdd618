// simulate replay --until, --show and --follow.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sim/cli/look.hpp"
#include "sim/cli/look_text.hpp"
#include "sim/cli/survey.hpp"
#include "sim/cli/terminal.hpp"
#include "sim/core/words.hpp"
#include "sim/explore/look.hpp"

namespace sim::cli {

namespace {

constexpr std::size_t kMostChanges = 12;

std::string head_of(const OpenedBundle& opened) {
  return fmt::format("{}  seed {}\n", bold(opened.scenario.name), opened.bundle.seed);
}

/// States and messages name nodes by their numbers.
std::string numbering_text(const Scenario& scenario) {
  std::string out = "in states and messages nodes are numbers: ";
  constexpr std::size_t shown = 2;
  for (std::size_t i = 0; i < std::min(shown, scenario.node_names.size()); ++i)
    out += fmt::format("{}{} is {}", i == 0 ? "" : ", ", scenario.node_names[i], i);
  return faint(out + (scenario.node_names.size() > shown ? ", and so on" : "")) + "\n";
}

std::string end_text(const OpenedBundle& opened) {
  return opened.bundle.claim.empty() ? "the end of the run" : "the end of the run: violation of " + opened.bundle.claim;
}

/// The run again, without claims, up to just before that event.
Run run_before(const OpenedBundle& opened, EventId event) {
  Run run = opened.run({.claims = false, .history = false});
  advance(run, index(event) - 1);
  return run;
}

/// The nodes that were asked for, or all. Nothing where there is none of a name (said on stderr).
std::optional<std::vector<NodeId>> nodes_to_show(const Scenario& scenario, const std::vector<std::string>& names) {
  std::vector<NodeId> out;
  for (const std::string& name : names) {
    const auto id = scenario.find_node(name);
    if (!id) {
      complain(fmt::format("--show: unknown node \"{}\", {}", name, expected_one_of(name, scenario.node_names)));
      return std::nullopt;
    }
    if (std::find(out.begin(), out.end(), *id) == out.end()) out.push_back(*id);
  }
  for (std::uint32_t i = 0; names.empty() && i < scenario.node_names.size(); ++i) out.push_back(NodeId{i});
  return out;
}

/// A node at the moment that is looked at.
struct Seen {
  NodeId node{};
  EventId last{};                   // what touched it last; 0: nothing did
  Value event;                      // that event
  std::vector<Difference> changes;  // what it changed there
  std::string role;
  Value state;
  Value timers;
};

/// Runs to the moment, and looks at the last event of each node on the way.
std::vector<Seen> look_at_nodes(const OpenedBundle& opened, const Survey& survey, const Moment& moment,
                                const std::vector<NodeId>& nodes) {
  std::vector<Seen> out;
  std::map<EventId, std::vector<std::size_t>> stops;  // places in `out` by their last event
  for (const NodeId node : nodes) {
    const EventId last = survey.causality.last_at(node, moment.event);
    if (index(last) != 0) stops[last].push_back(out.size());
    out.push_back({.node = node, .last = last, .event = {}, .changes = {}, .role = {}, .state = {}, .timers = {}});
  }
  Run run = run_before(opened, EventId{1});
  for (const auto& [event, places] : stops) {
    advance(run, index(event) - 1);
    std::vector<NodeId> there;
    for (const std::size_t place : places) there.push_back(out[place].node);
    Look look = look_at_next(run, there);
    for (std::size_t i = 0; i < places.size(); ++i) {
      out[places[i]].event = look.event;
      out[places[i]].changes = std::move(look.nodes[i].changes);
    }
  }
  advance(run, index(moment.event));
  for (Seen& seen : out) {
    seen.role = node_role(run, seen.node);
    seen.state = node_state(run, seen.node);
    seen.timers = node_timers(run, seen.node);
  }
  return out;
}

std::string system_of(const Survey& survey, NodeId node) {
  const Directory& directory = survey.run.world().directory();
  return directory.systems[directory.system_of[index(node)]].name;
}

std::string timers_text(const Value& timers, Time now) {
  if (timers.list()->empty()) return "timers     none\n";
  std::string out = "timers\n";
  for (const Value& timer : *timers.list()) {
    const Time due{*timer.find("due")->integer()};
    const Value& value = *timer.find("value");
    const std::string name = *timer.find("type")->text() + (value.map()->empty() ? "" : " " + short_text(value, 36));
    out += due >= now ? fmt::format("  {}  due at {}, in {}\n", name, clock_text(due), brief(due - now))
                      : fmt::format("  {}  due at {}, waits for the node\n", name, clock_text(due));
  }
  return out;
}

std::string node_text(const Scenario& scenario, const Survey& survey, const Seen& seen, Time now) {
  const std::string status = *seen.state.find("status")->text();
  std::string out = fmt::format("\n{}  {}{} of {}\n", bold(scenario.node_names[index(seen.node)]), status,
                                seen.role.empty() ? "" : ", " + seen.role, system_of(survey, seen.node));
  if (index(seen.last) == 0) {
    out += "last event none yet\n";
  } else {
    out += "last event\n" + event_text(seen.event) + "changed by it" + (seen.changes.empty() ? ": nothing\n" : "\n");
    out += differences_text(seen.changes, 2, "->", kMostChanges);
  }
  out += status == "down" ? "state, lost in the crash\n" : "state\n";
  return out + tree_text(*seen.state.find("state"), 2) + timers_text(seen.timers, now) + disk_text(*seen.state.find("disk"));
}

std::string table_text(const Scenario& scenario, const Survey& survey, const std::vector<Seen>& all) {
  std::size_t wide = 4;
  std::size_t system = 6;
  for (const Seen& seen : all) {
    wide = std::max(wide, scenario.node_names[index(seen.node)].size());
    system = std::max(system, system_of(survey, seen.node).size());
  }
  std::string out = fmt::format("\n{:<{}}  {:<{}}  {:<6}  {:<10}  {:>8}  {:>8}  {:>6}  {}\n", "node", wide, "system", system,
                                "status", "role", "written", "unsynced", "timers", "last event");
  for (const Seen& seen : all) {
    const Value& disk = *seen.state.find("disk");
    const auto number = [&](std::string_view key) { return static_cast<std::uint64_t>(*disk.find(key)->integer()); };
    const std::string status = *seen.state.find("status")->text();
    const std::string padded = fmt::format("{:<6}", status);
    out += fmt::format("{:<{}}  {:<{}}  {}  {:<10}  {:>8}  {:>8}  {:>6}  {:>10}\n", scenario.node_names[index(seen.node)], wide,
                       system_of(survey, seen.node), system, status == "up" ? padded : yellow(padded),
                       seen.role.empty()  ? "-"
                       : status == "down" ? "(" + seen.role + ")"
                                          : seen.role,
                       grouped(number("written")), grouped(number("written") - number("synced")), seen.timers.list()->size(),
                       index(seen.last) == 0 ? "-" : grouped(index(seen.last)));
  }
  return out;
}

Value seen_value(const Scenario& scenario, const Survey& survey, const Seen& seen) {
  Value::Map out{{"name", Value(scenario.node_names[index(seen.node)])}, {"system", Value(system_of(survey, seen.node))}};
  if (!seen.role.empty()) out.emplace_back("role", Value(seen.role));
  for (const auto& [key, value] : *seen.state.map()) out.emplace_back(key, value);
  out.emplace_back("timers", seen.timers);
  out.emplace_back("last_event", seen.event);
  out.emplace_back("changes", to_value(seen.changes, "before", "after"));
  return Value(std::move(out));
}

/// One event of a causal past, with what it changed.
std::string step_text(const Scenario& scenario, const Look& look) {
  constexpr std::size_t most = 5;
  std::string out = event_text(look.event);
  for (const NodeChange& node : look.nodes) {
    std::vector<Difference> changes = node.changes;
    std::erase_if(changes, [](const Difference& d) { return d.path == "/disk/written" || d.path == "/disk/synced"; });
    if (changes.empty()) continue;
    const Value* at = look.event.find("node");
    const std::string& name = scenario.node_names[index(node.node)];
    const std::string who = at == nullptr || *at != Value(name) ? name + ": " : "";  // a fault changes nodes that it is not at
    out += yellow(under_event(who + changes_text(changes, most)));
  }
  for (const Value& aside : look.asides) {
    const std::string& kind = *aside.find("kind")->text();
    if (kind == "note" || kind == "mark") out += under_event(kind + ": " + *aside.find("text")->text());
  }
  return out;
}

Value step_value(const Scenario& scenario, const Look& look) {
  Value::Map out = *look.event.map();
  Value::List nodes;
  for (const NodeChange& node : look.nodes) {
    nodes.emplace_back(Value::Map{{"node", Value(scenario.node_names[index(node.node)])},
                                  {"differences", to_value(node.changes, "before", "after")}});
  }
  out.emplace_back("changes", Value(std::move(nodes)));
  if (!look.asides.empty()) out.emplace_back("asides", Value(Value::List(look.asides)));
  return Value(std::move(out));
}

}  // namespace

Exit show_nodes(const OpenedBundle& opened, const ReplayOptions& options) {
  const auto nodes = nodes_to_show(opened.scenario, options.show);
  if (!nodes) return Exit::usage;
  const auto whole = survey(opened);
  if (!whole) return Exit::nondeterministic;
  std::optional<Moment> moment = Moment{whole->last(), whole->run.world().now()};
  if (!options.until.empty()) moment = moment_of("--until", options.until, *whole);
  if (!moment) return Exit::usage;

  const std::vector<Seen> all = look_at_nodes(opened, *whole, *moment, *nodes);
  if (options.json) {
    Value::List seen;
    for (const Seen& one : all) seen.push_back(seen_value(opened.scenario, *whole, one));
    print(Value(Value::Map{{"scenario", Value(opened.scenario.name)},
                           {"seed", count(opened.bundle.seed)},
                           {"t", Value(moment->at.ns)},
                           {"event", count(index(moment->event))},
                           {"end", Value(moment->event == whole->last())},
                           {"beyond_end", Value(moment->beyond)},
                           {"nodes", Value(std::move(seen))}})
              .to_json() +
          "\n");
    return Exit::ok;
  }
  std::string text = head_of(opened) + moment_text(*moment) + "\n";
  if (moment->event == whole->last()) text += end_text(opened) + "\n";
  if (moment->beyond) text += fmt::format("{} would be after it\n", options.until);
  if (options.show.empty()) {
    text += table_text(opened.scenario, *whole, all);
  } else {
    text += numbering_text(opened.scenario);
    for (const Seen& seen : all) text += node_text(opened.scenario, *whole, seen, moment->at);
  }
  print(text);
  return Exit::ok;
}

Exit follow_event(const OpenedBundle& opened, const ReplayOptions& options) {
  const auto whole = survey(opened);
  if (!whole) return Exit::nondeterministic;
  const auto moment = moment_of("--follow", options.follow, *whole);
  if (!moment) return Exit::usage;
  if (moment->beyond) {
    complain(fmt::format("--follow: found \"{}\", but the run ends at {}, with event {}", options.follow, clock_text(moment->at),
                         grouped(index(moment->event))));
    return Exit::usage;
  }
  const Causality::Past past = whole->causality.past(moment->event, options.hops);
  std::string text =
      head_of(opened) + fmt::format("what led to event {}\n", grouped(index(moment->event))) + numbering_text(opened.scenario);
  if (past.earlier > 0) text += faint(fmt::format("{:>8} {} earlier (--hops N shows more)\n", "...", grouped(past.earlier)));
  Value::List chain;
  Run run = run_before(opened, past.events.front());
  for (const EventId event : past.events) {
    advance(run, index(event) - 1);
    const Look look = look_at_next(run, whole->causality.touched(event));
    if (options.json) {
      chain.push_back(step_value(opened.scenario, look));
    } else {
      text += step_text(opened.scenario, look);
    }
  }
  if (options.json) {
    text = Value(Value::Map{{"scenario", Value(opened.scenario.name)},
                            {"seed", count(opened.bundle.seed)},
                            {"event", count(index(moment->event))},
                            {"earlier", count(past.earlier)},
                            {"chain", Value(std::move(chain))}})
               .to_json() +
           "\n";
  }
  print(text);
  return Exit::ok;
}

}  // namespace sim::cli
