// simulate diff: where two runs part.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>

#include "sim/cli/bundle.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/files.hpp"
#include "sim/cli/look_text.hpp"
#include "sim/cli/terminal.hpp"
#include "sim/explore/look.hpp"
#include "sim/scenario/json.hpp"
#include "sim/scenario/trace_line.hpp"

namespace sim::cli {

namespace {

constexpr std::size_t kContext = 3;     // how many common events are shown
constexpr std::size_t kMostShown = 12;  // of differences of one kind
constexpr std::string_view kBetween = "|";

/// One side of the comparison: a file that is a bundle, or a trace of which the header is read.
struct Side {
  std::string path;
  Value header;                        // of a trace: its first line; of a bundle: the same members
  std::optional<InputFile> trace;      // a trace; else
  std::optional<OpenedBundle> bundle;  // a bundle
  std::string verdict;                 // of a bundle
  std::uint64_t events = 0;            // of a bundle: how many its run has
};

/// How a node differs, and from which event on.
struct NodeDifference {
  std::string node;
  std::vector<Difference> fields;
};

/// What the comparison found, for people and for machines.
struct Found {
  bool equal = false;
  std::uint64_t common = 0;           // events, or lines of traces, that were equal in what they were and did
  std::string unit;                   // "events" or "lines"
  std::vector<Value> context;         // the last of them
  Value same_event;                   // was equal, but left its node in different states; nil: there is none before the parting
  std::array<Value, 2> parting;       // the first event that is not equal, on each side; nil: that side has ended
  bool parted = false;                // there is such an event
  bool but_for_beginnings = false;    // the nodes differed before the first event too: that is left out
  std::vector<NodeDifference> nodes;  // after same_event, or else after the parting
};

Value header_value(const Bundle& bundle) {
  return Value(Value::Map{{"faultline", Value(bundle.version)}, {"seed", count(bundle.seed)}, {"scenario", bundle.scenario}});
}

std::optional<Side> open_side(const std::string& path, const Registry& registry) {
  auto file = InputFile::open(path);
  if (!file) {
    complain(fmt::format("{}: cannot read it: {}", path, file.error().what));
    return std::nullopt;
  }
  Side side{path, {}, {}, {}, {}, 0};
  std::string first;
  file->line(first);
  auto header = parse_json(first);
  if (header && has_kind(*header, "trace")) {
    side.header = *std::move(header);
    side.trace = *std::move(file);
    return side;
  }
  const std::string text = first + "\n" + file->rest();
  if (!file->error().empty()) {
    complain(fmt::format("{}: cannot read it: {}", path, file->error()));
    return std::nullopt;
  }
  if (const auto document = parse_json(text); document && !has_kind(*document, "bundle")) {
    complain(path + ": /kind: expected a bundle or a trace, as `simulate run` writes with --bundle and --trace");
    return std::nullopt;
  }
  side.bundle = open_bundle(path, text, registry);
  if (!side.bundle) return std::nullopt;
  side.header = header_value(side.bundle->bundle);
  side.verdict = side.bundle->bundle.claim.empty() ? "no violation" : "violation of " + side.bundle->bundle.claim;
  return side;
}

// ---- bundles --------------------------------------------------------------------------------------------------------

/// A bundle's run, without claims where it is done again only to look at it.
Run run_of(const Side& side, bool claims) { return side.bundle->run({.claims = claims, .history = false}); }

std::vector<NodeId> touched(const Run& run) {
  const Step& last = run.world().last();
  if (last.kind != EventKind::fault) return {last.node};
  const auto hit = run.world().fault_hit(static_cast<std::uint32_t>(last.fault));
  return {hit.begin(), hit.end()};
}

/// How those nodes differ.
void compare_nodes(std::vector<NodeId> nodes, const Beginnings& beginnings, const std::array<Run, 2>& runs, Found& found) {
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  for (const NodeId node : nodes) {
    if (!beginnings.shared(node)) continue;
    std::vector<Difference> fields = beginnings.beyond(node, runs[0], runs[1]);
    found.but_for_beginnings = found.but_for_beginnings || !beginnings.equal(node);
    if (!fields.empty()) found.nodes.push_back({runs[0].scenario().node_names[index(node)], std::move(fields)});
  }
}

/// Does both runs once more, up to where they part, and looks. `parting` is where they handle different events, or one ends;
/// `same` the event before it that left its node in different states; 0: there is none.
void look_at_parting(const std::array<const Side*, 2>& sides, EventId parting, EventId same, Found& found) {
  std::array<Run, 2> runs{run_of(*sides[0], false), run_of(*sides[1], false)};
  const Beginnings beginnings(runs[0], runs[1]);
  const std::uint64_t from = found.common - std::min<std::uint64_t>(found.common, kContext);
  for (Run& run : runs) {
    advance(run, from);
    while (run.world().counters().events < found.common) {
      Look look = look_at_next(run, {});
      if (&run == runs.data()) found.context.push_back(std::move(look.event));
    }
    if (index(same) != 0) found.same_event = look_at_next(run, {}).event;
  }
  if (index(same) != 0) compare_nodes(touched(runs[0]), beginnings, runs, found);
  if (index(parting) == 0) return;
  found.parted = true;
  std::vector<NodeId> nodes;
  for (std::size_t i = 0; i < 2; ++i) {
    if (index(parting) > sides[i]->events) continue;  // it has ended
    advance(runs[i], index(parting) - 1);
    found.parting[i] = look_at_next(runs[i], {}).event;
    for (const NodeId node : touched(runs[i])) nodes.push_back(node);
  }
  if (index(same) == 0) compare_nodes(std::move(nodes), beginnings, runs, found);
}

/// Nothing where a bundle's run is not the one that it was (said on stderr).
std::optional<Found> compare_bundles(Side& left_side, Side& right_side) {
  Run left = run_of(left_side, true);
  Run right = run_of(right_side, true);
  Lockstep pair(left, right);
  finish(pair);
  finish(left);
  finish(right);
  left_side.events = left.world().counters().events;
  right_side.events = right.world().counters().events;
  const bool left_confirmed = confirmed(*left_side.bundle, left.world().trace_digest());
  const bool right_confirmed = confirmed(*right_side.bundle, right.world().trace_digest());
  if (!left_confirmed || !right_confirmed) return std::nullopt;

  Found found;
  found.unit = "events";
  const auto& divergence = pair.divergence();
  found.equal = !divergence;
  found.common = left_side.events;
  if (found.equal) return found;
  EventId parting = divergence->event;
  EventId same{};
  if (divergence->how == Parting::states) {
    std::swap(parting, same);
  } else {
    same = first_other_state(run_of(left_side, false), run_of(right_side, false), parting);
  }
  found.common = index(index(same) != 0 ? same : parting) - 1;
  look_at_parting({&left_side, &right_side}, parting, same, found);
  return found;
}

// ---- traces ---------------------------------------------------------------------------------------------------------

/// A line of a trace as a tree; nothing (and a word on stderr) where it is none.
std::optional<Value> line_value(const std::string& path, const std::string& line, std::uint64_t number) {
  auto value = parse_json(line);
  if (value && value->map() != nullptr && value->find("event") != nullptr && value->find("kind") != nullptr)
    return *std::move(value);
  complain(fmt::format("{}: line {}: expected a line of a trace, a JSON object with \"event\" and \"kind\"", path, number));
  return std::nullopt;
}

/// The next line that tells what happened. False: there is none; what came of the claims stands behind it and follows from it.
bool next_record(InputFile& trace, std::string& line) {
  if (!trace.line(line)) return false;
  const auto cut = TraceLine::cut(line);
  if (!cut) return true;
  const std::string kind = cut->text("kind");
  return kind != "claim" && kind != "end";
}

std::optional<Found> compare_traces(Side& left, Side& right) {
  Found found;
  found.unit = "lines";
  std::deque<std::string> context;
  std::array<std::string, 2> lines;
  std::array<bool, 2> more{};
  while (true) {
    more = {next_record(*left.trace, lines[0]), next_record(*right.trace, lines[1])};
    for (const Side* side : {&left, &right}) {
      if (side->trace->error().empty()) continue;
      complain(fmt::format("{}: cannot read it: {}", side->path, side->trace->error()));
      return std::nullopt;
    }
    found.equal = !more[0] && !more[1];
    if (found.equal || more[0] != more[1] || lines[0] != lines[1]) break;
    ++found.common;
    context.push_back(lines[0]);
    if (context.size() > kContext) context.pop_front();
  }
  if (found.equal) return found;
  found.parted = true;
  const std::uint64_t number = found.common + 2;  // in the file, the header counted
  for (std::size_t i = 0; i < context.size(); ++i) {
    auto value = line_value(left.path, context[i], number - context.size() + i);
    if (!value) return std::nullopt;
    found.context.push_back(*std::move(value));
  }
  for (std::size_t i = 0; i < 2; ++i) {
    if (!more[i]) continue;
    auto value = line_value(i == 0 ? left.path : right.path, lines[i], number);
    if (!value) return std::nullopt;
    found.parting[i] = *std::move(value);
  }
  return found;
}

// ---- the report -----------------------------------------------------------------------------------------------------

std::string member_text(const Value& header, std::string_view path) {
  const Value* at = path == "name" ? header.find("scenario") : &header;
  const Value* found = at == nullptr ? nullptr : at->find(path);
  if (found == nullptr) return "?";
  return found->text() != nullptr ? *found->text() : found->to_json();
}

std::string file_text(std::string_view name, const Side& side) {
  return fmt::format("{:<11}{}: {}  seed {}{}\n", name, side.path, member_text(side.header, "name"),
                     member_text(side.header, "seed"), side.verdict.empty() ? "" : "\n           " + side.verdict);
}

std::string parting_text(std::string_view name, const Side& side, const Value& event) {
  const std::string head = fmt::format("{}\n", yellow(fmt::format("then {}", name)));
  if (!event.is_nil()) return head + event_text(event);
  return head + (side.bundle ? fmt::format("  it has ended, with event {}: {}\n", grouped(side.events), side.verdict)
                             : "  it has ended\n");
}

std::string found_text(const Side& left, const Side& right, const Found& found, const std::vector<Difference>& inputs) {
  std::string out = file_text("left", left) + file_text("right", right);
  if (!inputs.empty()) out += "inputs, left | right\n" + differences_text(inputs, 2, kBetween, kMostShown);
  if (found.equal) return out + fmt::format("{}      all {} {}\n", green("equal"), grouped(found.common), found.unit);
  out += fmt::format("equal      {} {}{}\n", grouped(found.common), found.unit, found.context.empty() ? "" : "; the last of them:");
  for (const Value& line : found.context) out += event_text(line);
  std::string nodes;
  for (const NodeDifference& node : found.nodes) {
    nodes += fmt::format("{} after it, left | right{}\n", bold(node.node),
                         found.but_for_beginnings ? ", but for what differed from the beginning" : "");
    nodes += differences_text(node.fields, 2, kBetween, kMostShown);
  }
  if (!found.same_event.is_nil())
    out += yellow("then an equal event, and other states") + "\n" + event_text(found.same_event) + nodes;
  if (found.parted) out += parting_text("left", left, found.parting[0]) + parting_text("right", right, found.parting[1]);
  return found.same_event.is_nil() ? out + nodes : out;
}

std::string found_json(const Side& left, const Side& right, const Found& found, const std::vector<Difference>& inputs) {
  const auto side_value = [](const Side& side, const Value& parting) {
    return Value(Value::Map{
        {"file", Value(side.path)}, {"verdict", side.verdict.empty() ? Value() : Value(side.verdict)}, {"then", parting}});
  };
  Value::List nodes;
  for (const NodeDifference& node : found.nodes)
    nodes.emplace_back(Value::Map{{"node", Value(node.node)}, {"differences", to_value(node.fields, "left", "right")}});
  return Value(Value::Map{{"equal", Value(found.equal)},
                          {"left", side_value(left, found.parting[0])},
                          {"right", side_value(right, found.parting[1])},
                          {"inputs", to_value(inputs, "left", "right")},
                          {"unit", Value(found.unit)},
                          {"common", count(found.common)},
                          {"context", Value(Value::List(found.context))},
                          {"same_event", found.same_event},
                          {"states", Value(std::move(nodes))}})
             .to_json() +
         "\n";
}

}  // namespace

Exit diff_runs(const DiffOptions& options, const Registry& registry) {
  if (options.left == "-" && options.right == "-") {
    complain("diff: standard input can be one side only");
    return Exit::usage;
  }
  auto left = open_side(options.left, registry);
  auto right = open_side(options.right, registry);
  if (!left || !right) return Exit::usage;
  if (left->bundle.has_value() != right->bundle.has_value()) {
    const Side& bundle = left->bundle ? *left : *right;
    const Side& trace = left->bundle ? *right : *left;
    complain(fmt::format("{} is a bundle and {} a trace; expected two of one kind", bundle.path, trace.path));
    return Exit::usage;
  }
  const auto found = left->bundle ? compare_bundles(*left, *right) : compare_traces(*left, *right);
  if (!found) return left->bundle ? Exit::nondeterministic : Exit::usage;
  const std::vector<Difference> inputs = differences(left->header, right->header);
  print(options.json ? found_json(*left, *right, *found, inputs) : found_text(*left, *right, *found, inputs));
  return found->equal ? Exit::ok : Exit::violated;
}

}  // namespace sim::cli
