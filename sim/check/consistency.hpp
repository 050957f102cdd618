// Consistency: what the order of a history's operations must be like; one vocabulary for objects and for transactions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace sim::check {

/// A consistency model, by the names of jepsen.io/consistency and of the papers cited. An operation on an object is a
/// transaction of one access. The order is partial (see `implies`); in the enum no model stands before one that it implies,
/// but for the four that belong to one object.
enum class Consistency : std::uint8_t {
  read_uncommitted,                   ///< Adya's PL-1: no cycle of writes
  read_committed,                     ///< PL-2: nothing aborted or intermediate is read
  monotonic_writes,                   ///< a session's writes are seen in their order (Terry et al., PDIS 1994)
  monotonic_reads,                    ///< what a session has seen stays seen
  writes_follow_reads,                ///< a session's writes come after what it had read
  read_your_writes,                   ///< a session sees what it wrote
  read_atomic,                        ///< of another transaction all writes are seen, or none (Bailis et al., SIGMOD 2014)
  causal,                             ///< CC: each transaction sees an order that keeps causality (Bouajjani et al., POPL 2017)
  causal_convergence,                 ///< CCv: and all agree on one order of the writes
  causal_memory,                      ///< CM: and a session's own past stays explained (Ahamad et al., 1995)
  repeatable_read,                    ///< PL-2.99
  snapshot_isolation,                 ///< generalized snapshot isolation: snapshots may be old (Elnikety et al., SRDS 2005)
  serializable,                       ///< PL-3
  strong_session_snapshot_isolation,  ///< and snapshots hold what the same session did before (Daudjee and Salem, VLDB 2006)
  strong_session_serializable,        ///< and the order keeps that of each session
  strong_snapshot_isolation,          ///< and snapshots hold all that had completed before
  strict_serializable,                ///< and the order keeps that of real time
  sequential,                         ///< one object: some order that keeps each session's (Lamport 1979)
  linearizable,                       ///< one object: and that of real time (Herlihy and Wing, 1990)
};
inline constexpr std::size_t kConsistencies = 19;

/// A model in the list that help shows.
struct ConsistencyInfo {
  Consistency name;
  std::string_view text;     ///< "snapshot-isolation": what `--consistency` takes
  std::string_view summary;  ///< one line
};

/// All models, weaker ones first.
std::span<const ConsistencyInfo> all_consistencies();
/// "snapshot-isolation"
std::string_view to_text(Consistency name);
/// The model of that name or of a name that the field also uses ("strong-serializable", "PL-2", "CC"), or nullopt.
std::optional<Consistency> consistency_named(std::string_view text);
/// Whether every history that satisfies `strong` satisfies `weak`: reflexive and transitive.
bool implies(Consistency strong, Consistency weak);
/// Of these models those that no other one of them implies, in the order of the enum.
std::vector<Consistency> strongest(std::span<const Consistency> models);

}  // namespace sim::check
