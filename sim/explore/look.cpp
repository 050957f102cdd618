#include "sim/explore/look.hpp"

#include <algorithm>
#include <cassert>
#include <string>
#include <utility>

#include "sim/scenario/json.hpp"
#include "sim/trace/jsonl.hpp"

namespace sim {

namespace {

/// What our own code wrote as JSON.
Value parsed(std::string_view text) {
  auto value = parse_json(text);
  assert(value.ok());
  return *std::move(value);
}

Value disk_tree(const Disk& disk) {
  std::string text;
  disk.json(text);
  const Value content = parsed(text);
  Value::Map out{{"written", Value(static_cast<std::int64_t>(disk.written()))},
                 {"synced", Value(static_cast<std::int64_t>(disk.synced()))}};
  out.insert(out.end(), content.map()->begin(), content.map()->end());
  return Value(std::move(out));
}

/// Keeps the lines of one event.
class Listener final : public Sink {
 public:
  Listener(EventId event, std::span<const std::string> names, Look& look) : event_(event), names_(names), look_(&look) {}
  void write(const Record& record) override {
    if (record.event != event_ || record.kind == RecordKind::role) return;  // what changed of the state says so already
    std::string line;
    append_line(line, record, names_);
    if (record.kind <= RecordKind::fault) {
      look_->event = parsed(line);
    } else {
      look_->asides.push_back(parsed(line));
    }
  }

 private:
  EventId event_;
  std::span<const std::string> names_;
  Look* look_;
};

}  // namespace

Value node_state(const Run& run, NodeId node) {
  const World& world = run.world();
  const char* status = !world.up(node) ? "down" : world.paused(node) ? "paused" : "up";
  std::string text;
  world.node(node).json(text);
  return Value(Value::Map{{"status", Value(status)}, {"state", parsed(text)}, {"disk", disk_tree(world.disk(node))}});
}

std::string_view node_role(const Run& run, NodeId node) {
  for (const SystemPlan& system : run.scenario().systems) {
    const bool member = std::find(system.members.begin(), system.members.end(), node) != system.members.end();
    if (member && system.protocol->role != nullptr) return system.protocol->role(run.world().node(node));
  }
  return {};
}

Value node_timers(const Run& run, NodeId node) {
  std::vector<std::pair<Time, Value>> set;
  run.world().for_each_timer(node, [&](const Payload& what, Time due) {
    std::string text;
    what.json(text);
    set.emplace_back(due, Value(Value::Map{{"type", Value(what.name())}, {"value", parsed(text)}, {"due", Value(due.ns)}}));
  });
  std::stable_sort(set.begin(), set.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  Value::List out;
  for (auto& [due, timer] : set) out.push_back(std::move(timer));
  return Value(std::move(out));
}

Look look_at_next(Run& run, std::span<const NodeId> nodes) {
  World& world = run.world();
  std::vector<Value> before;
  for (const NodeId node : nodes) before.push_back(node_state(run, node));
  Look out;
  Listener listener(EventId{world.counters().events + 1}, world.directory().node_names, out);
  world.watch(&listener);
  const bool stepped = run.step();
  assert(stepped);
  static_cast<void>(stepped);
  world.watch(nullptr);
  for (std::size_t i = 0; i < nodes.size(); ++i) out.nodes.push_back({nodes[i], differences(before[i], node_state(run, nodes[i]))});
  return out;
}

}  // namespace sim
