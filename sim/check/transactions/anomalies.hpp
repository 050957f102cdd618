// The phenomena of transactions by the names of Adya (thesis, 1999) and of Elle (Kingsbury and Alvaro, VLDB 2020), and which models
// forbid them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "sim/check/consistency.hpp"

namespace sim::check::transactions {

/// What can be wrong with a history of transactions.
enum class Anomaly : std::uint8_t {
  unwritten_read,      ///< a read returns a value that nobody wrote
  duplicate_elements,  ///< a list holds an element twice that was appended once
  incompatible_order,  ///< two reads of a list, neither of which is a prefix of the other; or not as its transaction appended
  cyclic_versions,     ///< the versions of an object replace each other in a cycle
  g1a,                 ///< aborted read: a value of a failed transaction is read
  dirty_update,        ///< a version of a failed transaction underlies one of a committed transaction
  g1b,                 ///< intermediate read: a value is read that its transaction overwrote
  internal,            ///< a read contradicts what the same transaction did before
  future_read,         ///< a transaction reads what it wrote only later
  g0,                  ///< a cycle of ww edges
  g1c,                 ///< a cycle of ww and wr edges, with a wr
  lost_update,         ///< two transactions read the same version of an object, and both write the object
  g_single,            ///< a cycle with exactly one rw edge
  g_nonadjacent,       ///< a cycle with several rw edges, no two of which follow each other
  g2_item,             ///< a cycle with rw edges that follow each other
};
inline constexpr std::size_t kAnomalies = 15;

/// "G1a", "lost-update", ...
std::string_view to_text(Anomaly anomaly);

/// Which orders besides those of the data a cycle needs.
enum class Beyond : std::uint8_t {
  data,      ///< none
  session,   ///< the order of a process
  realtime,  ///< real time
};

/// "G-single", "G-single-process", "G-single-realtime"
std::string name_of(Anomaly anomaly, Beyond beyond);

/// Whether the model forbids the anomaly. `sessions`: models keep the order of sessions even where Adya's do not.
bool forbids(Consistency model, Anomaly anomaly, Beyond beyond, bool sessions);

/// The orders that a serializability or snapshot model keeps besides those of the data.
Beyond keeps(Consistency model, bool sessions);

/// The models that dependencies between transactions decide: PL-1 to strict serializability.
bool is_isolation(Consistency model);

}  // namespace sim::check::transactions
