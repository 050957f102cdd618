#include "sim/scenario/timeline_recorder.hpp"

#include <algorithm>
#include <utility>

#include "sim/check/workload.hpp"
#include "sim/core/words.hpp"
#include "sim/scenario/json.hpp"
#include "sim/scenario/trace_line.hpp"

namespace sim {

namespace {

std::string input_text(const check::Invoked& op) {
  std::string key = "key " + std::to_string(op.key);
  switch (op.function) {
    case check::Function::read:
    case check::Function::erase: return key;
    case check::Function::write: return key + " = " + op.value;
    case check::Function::cas: return key + ": " + op.expected + " -> " + op.value;
    case check::Function::append: return key + " += " + op.value;
    case check::Function::call: return op.value;
  }
  return {};
}

void observe_into(TimelineBuilder& builder, const check::Invoked& op, const Record& at) {
  builder.begin_operation(op.process, at.node, at.event, at.at, enum_name(op.function), input_text(op));
}

void observe_into(TimelineBuilder& builder, const check::Called& op, const Record& at) {
  builder.begin_operation(op.process, at.node, at.event, at.at, op.function, op.input);
}

void observe_into(TimelineBuilder& builder, const check::Returned& op, const Record& at) {
  builder.end_operation(op.process, at.event, at.at, enum_name(op.outcome), op.value);
}

void observe_into(TimelineBuilder& builder, const check::Answered& op, const Record& at) {
  builder.end_operation(op.process, at.event, at.at, enum_name(op.outcome), op.output);
}

// ---- a trace's lines ------------------------------------------------------------------------------------------------

std::uint64_t number_of(const Value& line, std::string_view key) {
  const Value* found = line.find(key);
  return found == nullptr || found->integer() == nullptr || *found->integer() < 0 ? 0
                                                                                  : static_cast<std::uint64_t>(*found->integer());
}

std::string text_of(const Value& line, std::string_view key) {
  const Value* found = line.find(key);
  return found == nullptr || found->text() == nullptr ? std::string() : *found->text();
}

template <class E>
E enum_of(const std::string& name) {
  const std::vector<std::string> names = enum_names<E>();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return static_cast<E>(i);
  }
  return E{};
}

Timeline::Claim claim_of(const ClaimReport& report) {
  return {report.name,    report.kind, enum_name(report.status),
          report.message, report.at,   static_cast<std::uint32_t>(index(report.event)),
          report.node};
}

constexpr std::string_view kExpected = R"(expected a line of a trace, a JSON object with "event", "t" and "kind")";

}  // namespace

std::vector<Timeline::Node> timeline_nodes(const Scenario& scenario) {
  std::vector<Timeline::Node> out;
  for (const std::string& name : scenario.node_names) out.push_back({.name = name, .system = "clients", .zone = {}, .epoch = {}});
  for (const SystemPlan& system : scenario.systems) {
    for (const NodeId id : system.members) {
      out[index(id)].system = system.name;
      out[index(id)].epoch = system.protocol->epoch_name;
    }
  }
  for (const Zone& zone : scenario.zones) {
    for (const NodeId id : zone.nodes) out[index(id)].zone = zone.name;
  }
  return out;
}

std::string trace_header(const Scenario& scenario, std::uint64_t seed, std::string_view version) {
  Value::List nodes;
  for (const Timeline::Node& node : timeline_nodes(scenario)) {
    Value::Map one{{"name", Value(node.name)}, {"system", Value(node.system)}};
    if (!node.zone.empty()) one.emplace_back("zone", Value(node.zone));
    if (!node.epoch.empty()) one.emplace_back("epoch", Value(node.epoch));
    nodes.emplace_back(std::move(one));
  }
  return Value(Value::Map{{"faultline", Value(version)},
                          {"kind", "trace"},
                          {"seed", Value(static_cast<std::int64_t>(seed))},
                          {"scenario", scenario.source},
                          {"nodes", Value(std::move(nodes))}})
      .to_json();
}

std::string trace_ending(const Run& run, const Report& report) {
  std::string out;
  const auto last = static_cast<std::int64_t>(run.world().counters().events);
  for (const ClaimReport& claim : report.claims) {
    Value::Map line{{"event", Value(static_cast<std::int64_t>(index(claim.event)))},
                    {"t", Value(claim.at.ns)},
                    {"kind", "claim"},
                    {"claim", Value(claim.name)},
                    {"of", Value(claim.kind)},
                    {"status", Value(enum_name(claim.status))}};
    if (!claim.message.empty()) line.emplace_back("text", Value(claim.message));
    if (!claim.node.empty()) line.emplace_back("node", Value(claim.node));
    out += Value(std::move(line)).to_json() + "\n";
  }
  return out + Value(Value::Map{{"event", Value(last)}, {"t", Value(run.world().now().ns)}, {"kind", "end"}}).to_json() + "\n";
}

// ---- of a run -------------------------------------------------------------------------------------------------------

TimelineRecorder::TimelineRecorder(const Scenario& scenario, TimelineBuilder::Options options)
    : builder_(timeline_nodes(scenario), options) {}

void TimelineRecorder::write(const Record& record) {
  builder_.write(record);
  if (record.kind != RecordKind::observe) return;
  if (const auto* begun = record.what->as<check::Invoked>()) observe_into(builder_, *begun, record);
  if (const auto* ended = record.what->as<check::Returned>()) observe_into(builder_, *ended, record);
  if (const auto* called = record.what->as<check::Called>()) observe_into(builder_, *called, record);
  if (const auto* answered = record.what->as<check::Answered>()) observe_into(builder_, *answered, record);
}

Timeline TimelineRecorder::finish(const Run& run, const Report& report) && {
  for (const ClaimReport& claim : report.claims) builder_.add_claim(claim_of(claim));
  Timeline out = std::move(builder_).finish(run.world().now());
  out.scenario = run.scenario().name;
  out.seed = report.seed;
  return out;
}

// ---- of a trace -----------------------------------------------------------------------------------------------------

Result<TraceReader> TraceReader::begin(std::string_view header, TimelineBuilder::Options options) {
  const auto parsed = parse_json(header);
  if (!parsed || text_of(*parsed, "kind") != "trace")
    return Error{"", "expected the first line of a trace, as `simulate run --trace` writes it"};
  const Value* nodes = parsed->find("nodes");
  const Value* scenario = parsed->find("scenario");
  if (nodes == nullptr || nodes->list() == nullptr || scenario == nullptr)
    return Error{"", "found no \"nodes\" or no \"scenario\" in the header: it may be of an older version"};
  std::vector<Timeline::Node> all;
  std::map<std::string, NodeId, std::less<>> names;
  for (const Value& node : *nodes->list()) {
    all.push_back({text_of(node, "name"), text_of(node, "system"), text_of(node, "zone"), text_of(node, "epoch")});
    names.emplace(all.back().name, NodeId{static_cast<std::uint32_t>(all.size() - 1)});
  }
  TraceReader out{TimelineBuilder(std::move(all), options)};
  out.names_ = std::move(names);
  out.scenario_ = *scenario;
  out.name_ = text_of(*scenario, "name");
  out.seed_ = number_of(*parsed, "seed");
  return out;
}

bool TraceReader::find_node(const TraceLine& line, std::string_view key, NodeId& into) const {
  const auto found = names_.find(line.text(key));
  if (found != names_.end()) into = found->second;
  return found != names_.end();
}

bool TraceReader::find_nodes(const Value& list, std::vector<NodeId>& into) const {
  if (list.is_nil()) return true;
  if (list.list() == nullptr) return false;
  for (const Value& name : *list.list()) {
    const auto found = name.text() == nullptr ? names_.end() : names_.find(*name.text());
    if (found == names_.end()) return false;
    into.push_back(found->second);
  }
  return true;
}

std::optional<Error> TraceReader::line(std::string_view text) {
  const auto cut = TraceLine::cut(text);
  if (!cut) return cut.error();
  const TraceLine& line = *cut;
  const std::string kind = line.text("kind");
  if (!line.has("t") || !line.has("event") || kind.empty()) return Error{"", std::string(kExpected)};
  if (kind == "claim") return claim_line(line);
  Record record;
  record.event = EventId{line.number("event")};
  record.at = Time{static_cast<std::int64_t>(line.number("t"))};
  if (record.at < end_)
    return Error{"/t", "found " + to_text(record.at) + " after " + to_text(end_) + ": time never runs backwards"};
  end_ = record.at;
  if (kind == "end") return std::nullopt;
  const std::vector<std::string>& kinds = kinds_;
  const auto known = std::find(kinds.begin(), kinds.end(), kind);
  if (known == kinds.end()) return Error{"/kind", "found \"" + kind + "\", " + expected_one_of(kind, kinds)};
  record.kind = static_cast<RecordKind>(known - kinds.begin());
  const bool is_event = record.kind <= RecordKind::fault;
  if (is_event != (index(record.event) == builder_.events() + 1) || (!is_event && index(record.event) > builder_.events()))
    return Error{"/event",
                 "found event " + std::to_string(index(record.event)) + " after event " + std::to_string(builder_.events())};
  record.cause = EventId{line.number("cause")};
  if (index(record.cause) >= index(record.event) + (is_event ? 0 : 1))
    return Error{"/cause", "an event is caused by one before it"};
  if (record.kind == RecordKind::fault) return fault_line(line, record);
  if (!find_node(line, "node", record.node)) return Error{"/node", "unknown node \"" + line.text("node") + "\""};
  if (travels(record.kind) && !find_node(line, "from", record.peer))
    return Error{"/from", "unknown node \"" + line.text("from") + "\""};
  record.sent = Time{static_cast<std::int64_t>(line.number("sent"))};
  record.number = line.number(record.kind == RecordKind::role ? "epoch" : "number");
  const std::string words = line.text("text");
  record.text = words;
  const std::string type = line.text("type");
  builder_.write({record, type, line.raw("value")});
  if (record.kind == RecordKind::observe) observe(line, record);
  return std::nullopt;
}

std::optional<Error> TraceReader::fault_line(const TraceLine& line, Record& record) {
  FaultRecord fault;
  std::vector<NodeId> nodes;
  std::vector<NodeId> others;
  std::vector<FaultRecord::Ailing> changes;
  const std::string kind = line.text("what");
  const std::string words = line.text("text");
  if (!find_nodes(line.value("nodes"), nodes)) return Error{"/nodes", "expected a list of the names of nodes"};
  if (!find_nodes(line.value("others"), others)) return Error{"/others", "expected a list of the names of nodes"};
  if (const Value ailing = line.value("ailing"); ailing.list() != nullptr) {
    for (const Value& change : *ailing.list()) {
      const Error bad{"/ailing", R"(expected pairs as [3, ["n1"]])"};
      if (change.list() == nullptr || change.list()->size() != 2 || (*change.list())[0].integer() == nullptr) return bad;
      FaultRecord::Ailing one{static_cast<std::uint32_t>(*(*change.list())[0].integer()), {}};
      if (!find_nodes((*change.list())[1], one.nodes)) return bad;
      changes.push_back(std::move(one));
    }
  }
  fault.number = static_cast<std::uint32_t>(line.number("fault"));
  fault.phase = enum_of<FaultPhase>(line.text("phase"));
  fault.kind = kind;
  fault.nodes = nodes;
  fault.others = others;
  fault.both_ways = !line.has("one_way");
  fault.changes = changes;
  record.text = words;
  record.fault = &fault;
  builder_.write({record, {}, {}});
  return std::nullopt;
}

std::optional<Error> TraceReader::claim_line(const TraceLine& line) {
  const std::uint64_t event = line.number("event");
  if (event > builder_.events()) return Error{"/event", "found event " + std::to_string(event) + ", beyond the last"};
  builder_.add_claim({line.text("claim"), line.text("of"), line.text("status"), line.text("text"),
                      Time{static_cast<std::int64_t>(line.number("t"))}, static_cast<std::uint32_t>(event), line.text("node")});
  return std::nullopt;
}

void TraceReader::observe(const TraceLine& line, const Record& record) {
  const Value value = line.value("value");
  const std::string type = line.text("type");
  const std::uint64_t process = number_of(value, "process");
  const auto outcome = [&] { return enum_of<check::Outcome>(text_of(value, "outcome")); };
  if (type == "Invoked") {
    observe_into(
        builder_,
        check::Invoked{process, enum_of<check::Function>(text_of(value, "function")),
                       static_cast<std::uint32_t>(number_of(value, "key")), text_of(value, "value"), text_of(value, "expected")},
        record);
  } else if (type == "Called") {
    observe_into(builder_, check::Called{process, text_of(value, "function"), text_of(value, "input")}, record);
  } else if (type == "Returned") {
    observe_into(builder_, check::Returned{process, outcome(), false, text_of(value, "value")}, record);
  } else if (type == "Answered") {
    observe_into(builder_, check::Answered{process, outcome(), text_of(value, "output")}, record);
  }
}

Timeline TraceReader::finish() && {
  Timeline out = std::move(builder_).finish(end_);
  out.scenario = std::move(name_);
  out.seed = seed_;
  return out;
}

}  // namespace sim
