// Linearizability by search: the verdict, why not in one sentence, or an order that shows it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/check/history.hpp"
#include "sim/check/judgement.hpp"
#include "sim/check/linearizability.hpp"
#include "sim/check/models.hpp"

namespace sim::check {

/// Whether a history is linearizable by a model that the searches know: register, cas-register, kv, mutex or multi-register.
/// Error: the history has operations that the model does not; `where` is a line or "operation 3".
Result<Judgement> judge_linearizable(ModelName model, const History& history, const Limits& limits = {});

namespace detail {

/// One linearization of the whole out of one of each partition (indices into `ops`): by earliest possible instants.
struct Placed {
  std::uint64_t point = 0;
  std::uint32_t origin = 0;
};
void place_order(const std::vector<CompactOp>& ops, const std::vector<std::uint32_t>& order, std::vector<Placed>& out);
std::vector<std::size_t> merge_orders(std::vector<Placed> placed);

/// The sentence of an invalid history; `core` in the order of invocations.
std::string explain(const History& history, const std::vector<std::size_t>& core, std::size_t failing);
std::string describe_shortage(const SearchResult& result, const Operation& example, const Limits& limits);

template <Machine M>
Judgement settle(const History& history, std::vector<Partition<M>>& partitions, const Limits& limits) {
  const SearchResult result = search(partitions, limits);
  Judgement out;
  out.verdict = result.verdict;
  out.steps = result.steps;
  if (result.verdict == Verdict::valid) {
    std::vector<Placed> placed;
    for (std::size_t i = 0; i < partitions.size(); ++i) place_order(partitions[i].ops, result.orders[i], placed);
    out.order = merge_orders(std::move(placed));
    return out;
  }
  Partition<M>& p = partitions[result.partition];
  if (result.verdict == Verdict::undecided) {
    out.explanation = describe_shortage(result, history.operations[p.ops.front().origin], limits);
    return out;
  }
  const Core core = CoreFinder<M>(p.machine, p.classes, p.ops, result.failing, limits.core_steps).find();
  for (const CompactOp& op : core.ops) out.core.push_back(op.origin);
  out.failing = core.ops[core.failing].origin;
  out.explanation = explain(history, out.core, out.failing);
  return out;
}

}  // namespace detail

/// Judges a history by a model of the caller's. Error: what the model's `encode` said.
template <Model M>
Result<Judgement> judge_with(const M& model, const History& history, const Limits& limits = {}) {
  auto partitions = partition(model, history);
  if (!partitions.ok()) return partitions.error();
  return detail::settle(history, *partitions, limits);
}

}  // namespace sim::check
