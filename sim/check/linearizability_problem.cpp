#include "sim/check/linearizability_problem.hpp"

#include <algorithm>
#include <utility>

namespace sim::check {

namespace {

// Events by position. Positions of one history are nearly dense, so that most often a table replaces the sort.
std::vector<std::uint32_t> order_events(std::span<const CompactOp> ops) {
  std::vector<std::uint32_t> events;
  if (ops.empty()) return events;
  events.reserve(ops.size() * 2);
  const std::uint64_t low = ops.front().call;
  std::uint64_t high = low;
  for (const CompactOp& op : ops) high = std::max(high, op.ret == CompactOp::kPending ? op.call : op.ret);
  if (high - low < 8 * ops.size() + 64) {
    std::vector<std::uint32_t> at(high - low + 1, kNoIndex);
    for (std::uint32_t i = 0; i < ops.size(); ++i) {
      at[ops[i].call - low] = i * 2;
      if (ops[i].ret != CompactOp::kPending) at[ops[i].ret - low] = i * 2 + 1;
    }
    for (const std::uint32_t event : at) {
      if (event != kNoIndex) events.push_back(event);
    }
    return events;
  }
  std::vector<std::pair<std::uint64_t, std::uint32_t>> placed;
  placed.reserve(ops.size() * 2);
  for (std::uint32_t i = 0; i < ops.size(); ++i) {
    placed.emplace_back(ops[i].call, i * 2);
    if (ops[i].ret != CompactOp::kPending) placed.emplace_back(ops[i].ret, i * 2 + 1);
  }
  std::sort(placed.begin(), placed.end());
  for (const auto& [position, event] : placed) events.push_back(event);
  return events;
}

void assign_slots(Problem& p) {
  std::vector<std::uint32_t> free;
  std::vector<std::uint32_t> holder;
  for (std::size_t i = 0; i < p.events.size(); ++i) {
    const std::uint32_t op = p.events[i] / 2;
    if (p.events[i] % 2 == 1) {
      p.deadline[op] = static_cast<std::uint32_t>(i);
      free.push_back(p.slot[op]);
      continue;
    }
    if (free.empty()) {
      free.push_back(static_cast<std::uint32_t>(holder.size()));
      holder.push_back(kNoIndex);
    }
    p.slot[op] = free.back();
    free.pop_back();
    p.before[op] = std::exchange(holder[p.slot[op]], op);
  }
  p.slots = static_cast<std::uint32_t>(holder.size());
}

// Chains every class by deadline: completed operations by their completions, then pending ones by their invocations.
void chain_twins(Problem& p, std::uint32_t classes) {
  std::vector<std::uint32_t> last(classes, kNoIndex);
  for (const std::uint32_t event : p.events) {
    if (event % 2 == 1) p.twin[event / 2] = std::exchange(last[p.cls[event / 2]], event / 2);
  }
  for (std::uint32_t op = 0; op < p.size(); ++op) {
    if (p.pending(op)) p.twin[op] = std::exchange(last[p.cls[op]], op);
  }
}

}  // namespace

Problem Problem::build(std::span<const CompactOp> ops, std::uint32_t classes) {
  Problem p;
  p.events = order_events(ops);
  p.cls.reserve(ops.size());
  for (const CompactOp& op : ops) p.cls.push_back(op.cls);
  p.slot.resize(ops.size());
  p.before.resize(ops.size());
  p.twin.resize(ops.size());
  p.deadline.resize(ops.size());
  for (std::size_t i = 0; i < ops.size(); ++i) p.deadline[i] = static_cast<std::uint32_t>(p.events.size() + i);
  assign_slots(p);
  chain_twins(p, classes);
  return p;
}

}  // namespace sim::check
