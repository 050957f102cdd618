// Unique ids, queues that lose nothing, and comments that do not appear before what they answer.
#include <algorithm>
#include <set>

#include "sim/check/workloads/common.hpp"
#include "sim/check/workloads/workloads.hpp"

namespace sim::check::workloads {

Result<Judgement> judge_unique_ids(const History& history) {
  Elements ids;
  std::vector<std::size_t> first;
  std::set<std::uint32_t> duplicated;
  Findings findings;
  std::size_t attempted = 0;
  std::size_t acknowledged = 0;
  std::optional<std::pair<std::int64_t, std::int64_t>> range;
  bool whole = true;
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    const Operation& op = history.operations[i];
    if (op.f != "generate") continue;
    ++attempted;
    if (op.outcome != Outcome::ok) continue;
    ++acknowledged;
    if (const std::int64_t* n = op.output.integer()) {
      if (!range) range = {*n, *n};
      range = {std::min(range->first, *n), std::max(range->second, *n)};
    } else {
      whole = false;
    }
    const std::uint32_t id = ids.of(op.output);
    if (id == first.size()) {
      first.push_back(i);
      continue;
    }
    duplicated.insert(id);
    findings.add("duplicated", {first[id], i},
                 named(history, i) + " returned " + ids.name(id) + ", which " + named(history, first[id]) + " had returned too");
  }
  std::vector<std::string> notes{std::to_string(attempted) + " attempted, " + std::to_string(acknowledged) + " acknowledged"};
  if (!duplicated.empty()) notes.push_back(counted(duplicated.size(), "id") + " not unique");
  if (range && whole) notes.push_back("from " + std::to_string(range->first) + " to " + std::to_string(range->second));
  return findings.judgement(history, Verdict::valid, std::move(notes));
}

namespace {

struct Flow {
  std::size_t attempts = 0;
  std::size_t enqueued = 0;
  std::size_t dequeued = 0;
  std::size_t enqueue = 0;  // operation, the last that completed (or was attempted)
  std::size_t dequeue = 0;
};

// The operations that put an element in or took it out.
std::vector<std::size_t> everything_about(const History& history, Elements& elements, std::uint32_t element) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    const Operation& op = history.operations[i];
    const bool ok = op.outcome == Outcome::ok;
    if (op.f == "enqueue" ? elements.of(op.input) == element : op.f == "dequeue" && ok && elements.of(op.output) == element) {
      out.push_back(i);
    } else if (op.f == "drain" && ok) {
      const Value::List& list = *op.output.list();
      if (std::any_of(list.begin(), list.end(), [&](const Value& v) { return elements.of(v) == element; })) out.push_back(i);
    }
  }
  return out;
}

}  // namespace

Result<Judgement> judge_total_queue(const History& history) {
  Elements elements;
  std::vector<Flow> flows;
  // Where queues are drained, what was enqueued after the last drain began may still be there.
  bool drains = false;
  std::uint64_t last_drain = 0;
  for (const Operation& op : history.operations) {
    if (op.f != "drain") continue;
    drains = true;
    if (op.outcome == Outcome::ok) last_drain = std::max(last_drain, op.invoked);
  }
  std::size_t perhaps = 0;  // elements that dequeues of unknown outcome may have taken out
  const auto flow = [&](const Value& value) -> Flow& {
    const std::uint32_t n = elements.of(value);
    if (n >= flows.size()) flows.resize(n + 1);
    return flows[n];
  };
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    const Operation& op = history.operations[i];
    if (op.f == "enqueue") {
      Flow& f = flow(op.input);
      ++f.attempts;
      f.enqueued += op.outcome == Outcome::ok ? 1 : 0;
      if (op.outcome == Outcome::ok || f.attempts == 1) f.enqueue = i;
    } else if (op.f == "dequeue" && op.outcome == Outcome::info) {
      ++perhaps;
    } else if (op.f == "dequeue" && op.outcome == Outcome::ok) {
      if (op.output.is_nil()) continue;  // the queue was empty
      Flow& f = flow(op.output);
      ++f.dequeued;
      f.dequeue = i;
    } else if (op.f == "drain" && op.outcome == Outcome::info) {
      Judgement out;
      out.explanation = named(history, i) + " has an unknown outcome: what it took out cannot be told";
      return out;
    } else if (op.f == "drain" && op.outcome == Outcome::ok) {
      if (op.output.list() == nullptr) return at(history, i, "a drain should return the list of what it took out");
      for (const Value& value : *op.output.list()) {
        Flow& f = flow(value);
        ++f.dequeued;
        f.dequeue = i;
      }
    }
  }
  Findings findings;
  std::size_t sums[5] = {};  // attempted, acknowledged, came out, duplicated, recovered
  std::size_t unexpected = 0;
  std::size_t missing = 0;
  std::size_t left = 0;
  const auto may_be_there = [&](const Flow& f) { return drains && history.operations[f.enqueue].returned > last_drain; };
  for (const Flow& f : flows) {
    if (f.enqueued > f.dequeued) (may_be_there(f) ? left : missing) += f.enqueued - f.dequeued;
  }
  for (std::uint32_t n = 0; n < flows.size(); ++n) {
    const Flow& f = flows[n];
    const std::size_t ok = std::min(f.attempts, f.dequeued);
    sums[0] += f.attempts;
    sums[1] += f.enqueued;
    sums[2] += ok;
    sums[3] += f.attempts == 0 ? 0 : f.dequeued - ok;
    sums[4] += ok - std::min(ok, f.enqueued);
    if (f.attempts == 0) {
      unexpected += f.dequeued;
      findings.add("unexpected", {f.dequeue},
                   named(history, f.dequeue) + " returned " + elements.name(n) + ", which nobody tried to enqueue");
    } else if (f.enqueued > f.dequeued && missing > perhaps && !may_be_there(f)) {
      std::vector<std::size_t> involved = everything_about(history, elements, n);
      involved.push_back(f.enqueue);
      findings.add("lost", std::move(involved),
                   elements.name(n) + " was enqueued by " + named(history, f.enqueue) + " and never came out" +
                       (f.dequeued == 0 ? "" : " as often as it went in"));
    }
  }
  std::vector<std::string> notes{counted(sums[0], "enqueue") + " attempted, " + std::to_string(sums[1]) + " acknowledged, " +
                                 std::to_string(sums[2]) + " came out"};
  if (missing > perhaps) notes.push_back(std::to_string(missing - perhaps) + " lost");
  if (left > 0) notes.push_back(std::to_string(left) + " may still be there: no drain began after they were enqueued");
  if (missing > 0 && perhaps > 0) {
    notes.push_back(std::to_string(std::min(missing, perhaps)) + " that dequeues of unknown outcome may have taken out");
  }
  if (unexpected != 0) notes.push_back(std::to_string(unexpected) + " unexpected");
  if (sums[3] != 0) notes.push_back(std::to_string(sums[3]) + " duplicated: came out more often than they can have gone in");
  if (sums[4] != 0)
    notes.push_back(std::to_string(sums[4]) + " recovered: the outcome of their enqueues was unknown, and they came out");
  return findings.judgement(history, Verdict::valid, std::move(notes));
}

Result<Judgement> judge_comments(const History& history) {
  // Writes by when they completed; a read that has an element must have all that completed before its write began.
  std::vector<std::size_t> writes;
  std::map<std::string, std::size_t> write_of;
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    const Operation& op = history.operations[i];
    if (op.f != "write") continue;
    write_of[op.input.to_json()] = i;
    if (op.outcome == Outcome::ok) writes.push_back(i);
  }
  std::sort(writes.begin(), writes.end(),
            [&](std::size_t a, std::size_t b) { return history.operations[a].returned < history.operations[b].returned; });
  Findings findings;
  std::size_t reads = 0;
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    const Operation& op = history.operations[i];
    if (op.f != "read" || op.outcome != Outcome::ok) continue;
    const Value::List* list = op.output.list();
    const bool pair = list != nullptr && list->size() == 2 && list->back().list() != nullptr;
    const std::string key = pair ? list->front().to_json() : std::string();
    if (pair) list = list->back().list();
    if (list == nullptr) return at(history, i, "a read of comments should return a list");
    ++reads;
    std::set<std::string> seen;
    std::size_t latest = ~std::size_t{0};  // of what it has, the write that began last
    for (const Value& value : *list) {
      std::string text = pair ? "[" + key + "," + value.to_json() + "]" : value.to_json();
      const auto write = write_of.find(text);
      seen.insert(std::move(text));
      if (write == write_of.end()) continue;
      if (latest == ~std::size_t{0} || history.operations[latest].invoked < history.operations[write->second].invoked) {
        latest = write->second;
      }
    }
    if (latest == ~std::size_t{0}) continue;
    for (const std::size_t w : writes) {
      const Operation& write = history.operations[w];
      if (write.returned > history.operations[latest].invoked) break;
      const Value::List* parts = write.input.list();
      if (pair && (parts == nullptr || parts->size() != 2 || parts->front().to_json() != key)) continue;
      if (seen.count(write.input.to_json()) != 0) continue;
      findings.add("causal-reverse", {w, latest, i},
                   named(history, i) + " has " + shown(history.operations[latest].input) + " and misses " + shown(write.input) +
                       ", whose write had completed before that of " + shown(history.operations[latest].input) + " began");
    }
  }
  return findings.judgement(history, Verdict::valid, {counted(reads, "read")});
}

}  // namespace sim::check::workloads
