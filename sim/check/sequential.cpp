#include "sim/check/sequential.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "sim/check/workloads/common.hpp"

namespace sim::check {

namespace {

bool reads_value(const Operation& op) { return op.f == "read" || op.f == "get"; }

History restricted(const History& history, const std::vector<std::size_t>& indices) {
  History part;
  part.initial = history.initial;
  part.nil_reads_match_any = history.nil_reads_match_any;
  for (const std::size_t i : indices) part.operations.push_back(history.operations[i]);
  return part;
}

// The verdict without its evidence, and how many operations were left at the furthest.
Result<std::pair<Judgement, std::size_t>> decide(ModelName model, const History& history, const Limits& limits) {
  if (model == ModelName::multi_register) {
    auto partitions = partition(MultiRegister(history), history);
    if (!partitions.ok()) return partitions.error();
    return detail::search_sequential(*partitions, history, limits);
  }
  auto partitions = partition_values(model, history);
  if (!partitions.ok()) return partitions.error();
  return detail::search_sequential(*partitions, history, limits);
}

// Makes the operations few. What is left out cannot make a valid history invalid: reads, and writes of what nobody looks for.
class SmallCore {
 public:
  SmallCore(ModelName model, const History& history, std::uint64_t budget) : model_(model), history_(history), budget_(budget) {
    for (std::size_t i = 0; i < history.operations.size(); ++i) {
      if (history.operations[i].outcome != Outcome::fail) core_.push_back(i);
    }
  }

  std::vector<std::size_t> find() {
    for (std::size_t chunk = std::max<std::size_t>(1, core_.size() / 2); budget_ > 0; chunk /= 2) {
      for (std::size_t at = 0; at < core_.size() && budget_ > 0;) {
        if (!without(at, chunk)) at += chunk;
      }
      if (chunk == 1) break;
    }
    return core_;
  }

 private:
  bool without(std::size_t at, std::size_t chunk) {
    std::vector<std::size_t> kept;
    std::vector<std::string> looked_for;
    const std::size_t end = std::min(core_.size(), at + chunk);
    for (std::size_t i = 0; i < core_.size(); ++i) {
      const Operation& op = history_.operations[core_[i]];
      if (i >= at && i < end && reads_value(op)) continue;
      kept.push_back(core_[i]);
      if (reads_value(op)) looked_for.push_back(op.key.value_or("") + "\n" + op.output.to_json());
    }
    if (plain(kept)) {
      std::sort(looked_for.begin(), looked_for.end());
      std::vector<std::size_t> fewer;
      for (const std::size_t i : kept) {
        const Operation& op = history_.operations[i];
        const bool inside = std::binary_search(core_.begin() + static_cast<std::ptrdiff_t>(at),
                                               core_.begin() + static_cast<std::ptrdiff_t>(end), i);
        const std::string written = op.key.value_or("") + "\n" + op.input.to_json();
        if (inside && !reads_value(op) && !std::binary_search(looked_for.begin(), looked_for.end(), written)) continue;
        fewer.push_back(i);
      }
      kept = std::move(fewer);
    }
    if (kept.size() == core_.size() || kept.empty()) return false;
    const auto judged = decide(model_, restricted(history_, kept), {budget_, std::size_t{64} << 20U, 0});
    if (!judged.ok()) return false;
    budget_ -= std::min(budget_, judged->first.steps + kept.size());
    if (judged->first.verdict != Verdict::invalid) return false;
    core_ = std::move(kept);
    return true;
  }

  // Whether there are only reads and writes of whole values.
  bool plain(const std::vector<std::size_t>& rows) const {
    return std::all_of(rows.begin(), rows.end(), [&](std::size_t i) {
      const Operation& op = history_.operations[i];
      return reads_value(op) || op.f == "write" || op.f == "put";
    });
  }

  ModelName model_;
  const History& history_;
  std::uint64_t budget_;
  std::vector<std::size_t> core_;
};

// Causality: what a process did before, and the write that a read saw.
class CausalPast {
 public:
  explicit CausalPast(const History& history) : history_(history) {}

  // The operations of a contradiction, the read last; none if there is none or nothing can be said.
  std::vector<std::size_t> contradiction() {
    if (!collect()) return {};
    if (!thin_air_.empty()) return thin_air_;
    if (nodes_.size() * processes_.size() > kMost) return {};
    if (!clocks()) return cycle();
    for (std::uint32_t n = 0; n < nodes_.size(); ++n) {
      if (!nodes_[n].read) continue;
      const std::uint32_t between = overwritten(n);
      if (between == kNoIndex) continue;
      std::vector<std::size_t> out;
      if (nodes_[n].from != kNoIndex) path(nodes_[n].from, between, out);
      path(between, n, out);
      std::sort(out.begin(), out.end());
      out.erase(std::unique(out.begin(), out.end()), out.end());
      out.erase(std::find(out.begin(), out.end(), nodes_[n].origin));
      out.push_back(nodes_[n].origin);
      return out;
    }
    return {};
  }

 private:
  static constexpr std::size_t kMost = std::size_t{1} << 22U;  // entries of clocks

  struct Node {
    std::size_t origin = 0;
    std::uint32_t process = 0;
    std::uint32_t sequence = 0;       // in its process, from 1
    std::uint32_t before = kNoIndex;  // the one before it in its process
    std::uint32_t key = 0;
    bool read = false;
    std::uint32_t from = kNoIndex;  // of a read: the write
  };

  bool collect() {
    std::map<std::string_view, std::uint32_t> keys;
    std::map<std::int64_t, std::uint32_t> last;  // process -> its last node
    std::map<std::pair<std::uint32_t, std::string>, std::uint32_t> written;
    for (const std::uint32_t i : by_invocation(history_)) {
      const Operation& op = history_.operations[i];
      if (op.outcome == Outcome::fail || (op.outcome == Outcome::info && reads_value(op))) continue;
      if (!reads_value(op) && op.f != "write" && op.f != "put") return false;
      if (reads_value(op) && history_.nil_reads_match_any && op.output.is_nil()) continue;
      Node node;
      node.origin = i;
      node.read = reads_value(op);
      node.key = keys.emplace(op.key ? std::string_view(*op.key) : std::string_view(), static_cast<std::uint32_t>(keys.size()))
                     .first->second;
      const auto n = static_cast<std::uint32_t>(nodes_.size());
      const auto before = last.find(op.process);
      if (before != last.end()) node.before = before->second;
      if (op.outcome == Outcome::info || before == last.end()) {
        node.process = static_cast<std::uint32_t>(processes_.size());
        processes_.emplace_back();
      } else {
        node.process = nodes_[before->second].process;
      }
      if (op.outcome != Outcome::info) last[op.process] = n;
      processes_[node.process].push_back(n);
      node.sequence = static_cast<std::uint32_t>(processes_[node.process].size());
      if (!node.read) {
        if (op.input == history_.initial) return false;
        if (!written.emplace(std::pair(node.key, op.input.to_json()), n).second) return false;
      }
      nodes_.push_back(node);
    }
    for (Node& node : nodes_) {
      if (!node.read) continue;
      const Value& value = history_.operations[node.origin].output;
      const auto write = written.find({node.key, value.to_json()});
      if (write != written.end()) {
        node.from = write->second;
      } else if (value != history_.initial) {
        thin_air_ = {node.origin};
      }
    }
    return true;
  }

  // How much of each process is in the past of each node; false if causality runs in a circle.
  bool clocks() {
    const std::size_t p = processes_.size();
    clock_.assign(nodes_.size() * p, 0);
    std::vector<std::vector<std::uint32_t>> after(nodes_.size());
    std::vector<std::uint32_t> wait(nodes_.size(), 0);
    for (std::uint32_t n = 0; n < nodes_.size(); ++n) {
      for (const std::uint32_t b : {nodes_[n].before, nodes_[n].from}) {
        if (b == kNoIndex) continue;
        after[b].push_back(n);
        ++wait[n];
      }
    }
    std::vector<std::uint32_t> ready;
    for (std::uint32_t n = 0; n < nodes_.size(); ++n) {
      if (wait[n] == 0) ready.push_back(n);
    }
    for (std::size_t at = 0; at < ready.size(); ++at) {
      const std::uint32_t n = ready[at];
      clock_[n * p + nodes_[n].process] = nodes_[n].sequence;
      for (const std::uint32_t a : after[n]) {
        for (std::size_t q = 0; q < p; ++q) clock_[a * p + q] = std::max(clock_[a * p + q], clock_[n * p + q]);
        if (--wait[a] == 0) ready.push_back(a);
      }
    }
    waiting_ = std::move(wait);
    return ready.size() == nodes_.size();
  }

  std::vector<std::size_t> cycle() const {
    const auto stuck = std::find_if(waiting_.begin(), waiting_.end(), [](std::uint32_t w) { return w != 0; });
    auto n = static_cast<std::uint32_t>(stuck - waiting_.begin());
    std::vector<bool> seen(nodes_.size(), false);
    const auto back = [&](std::uint32_t m) {
      const Node& node = nodes_[m];
      return node.from != kNoIndex && waiting_[node.from] != 0 ? node.from : node.before;
    };
    for (; !seen[n]; n = back(n)) seen[n] = true;
    std::vector<std::size_t> out;
    std::uint32_t m = n;
    do {
      out.push_back(nodes_[m].origin);
      m = back(m);
    } while (m != n);
    // The read is named last.
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (reads_value(history_.operations[out[i]])) std::swap(out[i], out.back());
    }
    return out;
  }

  bool past(std::uint32_t a, std::uint32_t b) const {
    return a != b && nodes_[a].sequence <= clock_[b * processes_.size() + nodes_[a].process];
  }

  // A write of the same key between the write that a read saw and the read, by causality.
  std::uint32_t overwritten(std::uint32_t read) {
    for (std::uint32_t p = 0; p < processes_.size(); ++p) {
      const std::uint32_t known = clock_[read * processes_.size() + p];
      for (std::uint32_t s = known; s-- > 0;) {
        const std::uint32_t w = processes_[p][s];
        if (nodes_[w].read || nodes_[w].key != nodes_[read].key) continue;
        if (w == nodes_[read].from) break;
        if (nodes_[read].from == kNoIndex || past(nodes_[read].from, w)) return w;
        break;
      }
    }
    return kNoIndex;
  }

  // Operations on a way from a to b; of a stretch in one process only the ends.
  void path(std::uint32_t a, std::uint32_t b, std::vector<std::size_t>& out) const {
    std::uint32_t n = b;
    out.push_back(nodes_[n].origin);
    while (n != a) {
      const Node& node = nodes_[n];
      if (node.process == nodes_[a].process && node.sequence > nodes_[a].sequence) {
        n = a;
      } else if (node.from != kNoIndex && (node.from == a || past(a, node.from))) {
        n = node.from;
      } else {
        n = node.before;
      }
      out.push_back(nodes_[n].origin);
    }
  }

  const History& history_;
  std::vector<Node> nodes_;
  std::vector<std::vector<std::uint32_t>> processes_;
  std::vector<std::uint32_t> clock_;
  std::vector<std::uint32_t> waiting_;
  std::vector<std::size_t> thin_air_;
};

}  // namespace

namespace detail {

Sessions sessions_of(const History& history, const std::vector<std::vector<CompactOp>>& partitions) {
  struct Step {
    std::int64_t process = 0;
    std::uint64_t invoked = 0;
    bool pending = false;
    SessionOp op;
  };
  std::vector<Step> placed;
  for (std::uint32_t p = 0; p < partitions.size(); ++p) {
    for (const CompactOp& op : partitions[p]) {
      const Operation& from = history.operations[op.origin];
      placed.push_back({from.process, from.invoked, op.ret == CompactOp::kPending, {op.origin, p, op.cls, from.invoked}});
    }
  }
  std::sort(placed.begin(), placed.end(),
            [](const Step& a, const Step& b) { return a.process != b.process ? a.process < b.process : a.invoked < b.invoked; });
  Sessions out;
  for (std::size_t i = 0; i < placed.size(); ++i) {
    if (i == 0 || placed[i].process != placed[i - 1].process) out.all.emplace_back();
    if (placed[i].pending) {
      const auto session = static_cast<std::uint32_t>(out.all.size() - 1);
      out.loose.push_back({placed[i].op, session, static_cast<std::uint32_t>(out.all.back().size())});
    } else {
      out.all.back().push_back(placed[i].op);
    }
  }
  return out;
}

Judgement unexplained(const History& history, std::vector<std::size_t> core, std::size_t failing) {
  Judgement out;
  out.verdict = Verdict::invalid;
  if (core.empty()) {
    for (std::size_t i = 0; i < history.operations.size(); ++i) {
      if (history.operations[i].outcome != Outcome::fail) core.push_back(i);
    }
    if (!core.empty()) failing = core.back();
  }
  std::sort(core.begin(), core.end());
  const Operation& op = history.operations[failing];
  const std::string key = op.key ? " of key " + workloads::shown(Value(*op.key)) : "";
  out.explanation = "the " + op.f + key + workloads::named(history, failing).substr(4 + op.f.size());
  if (!op.output.is_nil()) out.explanation += " returned " + workloads::shown(op.output);
  std::vector<std::string> places;
  places.reserve(core.size());
  const bool lines = history.operations[core.front()].call_line != 0;
  for (const std::size_t i : core) places.push_back(std::to_string(lines ? history.operations[i].call_line : i));
  out.explanation += core.size() == 1 ? ", which nothing had written"
                                      : "; no order that keeps what each process did explains it: " +
                                            std::string(lines ? "lines " : "operations ") + workloads::listed(places);
  out.core = std::move(core);
  out.failing = failing;
  return out;
}

Judgement causal_filter(ModelName model, const History& history) {
  Judgement none;
  none.verdict = Verdict::valid;
  none.steps = history.operations.size();
  if (model != ModelName::reg && model != ModelName::cas_register) return none;
  auto rows = CausalPast(history).contradiction();
  if (rows.empty()) return none;
  const std::size_t failing = rows.back();
  Judgement out = unexplained(history, std::move(rows), failing);
  out.steps = none.steps;
  return out;
}

}  // namespace detail

Result<Judgement> judge_sequential(ModelName model, const History& history, const Limits& limits) {
  Judgement filtered = detail::causal_filter(model, history);
  if (filtered.verdict == Verdict::invalid) return filtered;
  // What is linearizable is sequential, and that is often found at once.
  constexpr std::uint64_t kGlance = 1'000'000;
  auto linear = judge_linearizable(model, history, {std::min(limits.steps, kGlance), limits.bytes, 0});
  if (!linear.ok()) return linear.error();
  if (linear->verdict == Verdict::valid) return *std::move(linear);
  auto decided = decide(model, history, limits);
  if (!decided.ok()) return decided.error();
  auto& [out, left] = *decided;
  if (out.verdict == Verdict::undecided) {
    const bool steps = out.steps >= limits.steps;
    out.explanation =
        "all but " + std::to_string(left) + " of " + std::to_string(history.operations.size()) +
        " operations are explained; the limit on " +
        (steps ? "steps, " + std::to_string(limits.steps) : "memory, " + std::to_string(limits.bytes >> 20U) + " MiB") +
        ", is reached";
  }
  if (out.verdict != Verdict::invalid) return std::move(out);
  std::vector<std::size_t> core = SmallCore(model, history, limits.core_steps).find();
  std::size_t failing = core.back();
  for (const std::size_t i : core) {
    if (reads_value(history.operations[i])) failing = i;
  }
  Judgement evidence = detail::unexplained(history, std::move(core), failing);
  evidence.steps = out.steps;
  return evidence;
}

}  // namespace sim::check
