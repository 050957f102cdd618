// What clients of the store do, as data: an operation is a list of accesses to rows, and what it gives follows from the rows that
// it read. No messages here, so that it can be tested by itself.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "protocols/transactions/occ_store/messages.hpp"
#include "sim/check/workload.hpp"
#include "sim/core/describe.hpp"
#include "sim/core/random.hpp"

namespace protocols::occ_store {

/// The workloads; each has a table of its own, so that all can run side by side.
enum class Does : std::uint8_t { append, txn, bank, queue, set, counter };
SIM_DESCRIBE_ENUM(Does, append, txn, bank, queue, set, counter)

/// What is done to one row.
enum class AccessKind : std::uint8_t {
  read,      ///< gives the row
  write,     ///< the row becomes this one value; does not need to read it
  append,    ///< the value is added at the end
  take,      ///< the first value is taken out, and given
  deposit,   ///< a number grows by the value
  withdraw,  ///< a number shrinks by the value; where it would fall below zero, nothing is done at all
};
SIM_DESCRIBE_ENUM(AccessKind, read, write, append, take, deposit, withdraw)

struct Access {
  AccessKind kind{};
  Key key;
  std::int64_t value = 0;
  SIM_DESCRIBE(Access, kind, key, value)
};

/// One operation of a client.
struct Operation {
  Does does{};
  std::vector<Access> accesses;
  SIM_DESCRIBE(Operation, does, accesses)
};

/// The rows that a transaction knows: what it read, or what it is going to write.
using Rows = std::vector<std::pair<Key, Content>>;

/// What came of an operation that saw certain rows.
struct Effect {
  bool refused = false;          ///< it must not be done
  std::vector<Content> results;  ///< of each access; of reads and takes
  Rows writes;                   ///< in the order of their first access
  SIM_DESCRIBE(Effect, refused, results, writes)
};

/// What every account holds at the beginning.
inline constexpr std::int64_t kOpeningBalance = 10;

/// The row that must be read next for the operation, or nullptr where `known` has all.
const Key* next_to_read(const Operation& operation, const Rows& known);
/// The operation on the rows that it read.
Effect evaluate(const Operation& operation, const Rows& known);

/// Draws the next operation of a workload whose keys begin at `first_key`; values are `value` and up, as many as it used are added.
Operation draw_operation(Does does, const sim::check::Workload& workload, std::uint32_t first_key, sim::Rng& rng,
                         std::int64_t& value);

/// The function that a history names, and its input as JSON; empty: none.
std::string function_of(const Operation& operation);
std::string input_of(const Operation& operation);
/// What it returned, as JSON; empty: nothing.
std::string output_of(const Operation& operation, const Effect& effect);

}  // namespace protocols::occ_store
