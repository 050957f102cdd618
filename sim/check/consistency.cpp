#include "sim/check/consistency.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace sim::check {

namespace {

using enum Consistency;

constexpr std::array<ConsistencyInfo, kConsistencies> kInfo{{
    {read_uncommitted, "read-uncommitted", "PL-1: transactions do not overwrite each other in a cycle"},
    {read_committed, "read-committed", "PL-2: and nothing aborted or intermediate is read"},
    {monotonic_writes, "monotonic-writes", "everybody sees a session's writes in their order"},
    {monotonic_reads, "monotonic-reads", "what a session has seen it goes on seeing"},
    {writes_follow_reads, "writes-follow-reads", "a session's writes come after what it had read"},
    {read_your_writes, "read-your-writes", "a session sees what it wrote"},
    {read_atomic, "read-atomic", "of another transaction all writes are seen, or none"},
    {causal, "causal", "CC: each session sees an order that keeps cause before effect"},
    {causal_convergence, "causal-convergence", "CCv: and all sessions agree on one order of the writes"},
    {causal_memory, "causal-memory", "CM: and a session's own past stays explained by one order"},
    {repeatable_read, "repeatable-read", "PL-2.99: serializable, but for predicates"},
    {snapshot_isolation, "snapshot-isolation", "reads from a snapshot; of two writers at once one fails"},
    {serializable, "serializable", "PL-3: as if one after another, in some order"},
    {strong_session_snapshot_isolation, "strong-session-snapshot-isolation", "and snapshots hold what the session did before"},
    {strong_session_serializable, "strong-session-serializable", "and that order keeps the order of each session"},
    {strong_snapshot_isolation, "strong-snapshot-isolation", "and snapshots hold all that had completed before"},
    {strict_serializable, "strict-serializable", "and that order keeps the order of real time"},
    {sequential, "sequential", "one object: as if one after another, each session in its order"},
    {linearizable, "linearizable", "one object: and in the order of real time"},
}};

// What each model implies at once; the rest follows.
constexpr std::array<std::pair<Consistency, Consistency>, 28> kImplied{{
    {read_committed, read_uncommitted},
    {read_atomic, read_committed},
    {causal, read_your_writes},  // and no more: two reads of a session may be explained by orders that disagree
    {causal_convergence, causal},
    {causal_convergence, read_atomic},
    {causal_convergence, monotonic_writes},
    {causal_convergence, monotonic_reads},
    {causal_convergence, writes_follow_reads},
    {causal_memory, causal},
    {causal_memory, monotonic_writes},
    {causal_memory, monotonic_reads},
    {causal_memory, writes_follow_reads},
    {repeatable_read, read_committed},
    {snapshot_isolation, read_atomic},
    {serializable, repeatable_read},
    {serializable, read_atomic},
    {serializable, snapshot_isolation},
    {strong_session_snapshot_isolation, snapshot_isolation},
    {strong_session_snapshot_isolation, causal_convergence},
    {strong_session_serializable, serializable},
    {strong_session_serializable, strong_session_snapshot_isolation},
    {strong_session_serializable, causal_memory},
    {strong_snapshot_isolation, strong_session_snapshot_isolation},
    {strict_serializable, strong_session_serializable},
    {strict_serializable, strong_snapshot_isolation},
    {sequential, strong_session_serializable},
    {linearizable, sequential},
    {linearizable, strict_serializable},
}};

constexpr std::array<std::pair<std::string_view, Consistency>, 16> kOtherNames{{
    {"PL-1", read_uncommitted},
    {"PL-2", read_committed},
    {"PL-2.99", repeatable_read},
    {"PL-SI", snapshot_isolation},
    {"PL-3", serializable},
    {"strong-serializable", strict_serializable},
    {"strong-session-serializability", strong_session_serializable},
    {"RC", read_committed},
    {"RA", read_atomic},
    {"CC", causal},
    {"CCv", causal_convergence},
    {"CM", causal_memory},
    {"SI", snapshot_isolation},
    {"RYW", read_your_writes},
    {"MR", monotonic_reads},
    {"WFR", writes_follow_reads},
}};

}  // namespace

std::span<const ConsistencyInfo> all_consistencies() { return kInfo; }

std::string_view to_text(Consistency name) { return kInfo.at(static_cast<std::size_t>(name)).text; }

std::optional<Consistency> consistency_named(std::string_view text) {
  for (const ConsistencyInfo& info : kInfo) {
    if (info.text == text) return info.name;
  }
  for (const auto& [name, model] : kOtherNames) {
    if (name == text) return model;
  }
  return std::nullopt;
}

bool implies(Consistency strong, Consistency weak) {
  return strong == weak || std::any_of(kImplied.begin(), kImplied.end(),
                                       [&](const auto& pair) { return pair.first == strong && implies(pair.second, weak); });
}

std::vector<Consistency> strongest(std::span<const Consistency> models) {
  std::vector<Consistency> out;
  for (const Consistency candidate : models) {
    const auto beats = [&](Consistency other) { return other != candidate && implies(other, candidate); };
    if (std::none_of(models.begin(), models.end(), beats)) out.push_back(candidate);
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace sim::check
