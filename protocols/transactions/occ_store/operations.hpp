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
enum class Does : std::uint8_t {
  append,          ///< transactions on lists
  txn,             ///< transactions on registers, as Elle has them
  bank,            ///< transfers, and reads of all accounts
  queue,           ///< first in, first out
  set,             ///< add, and read the whole
  counter,         ///< add, and read
  stack,           ///< push, pop and peek
  priority_queue,  ///< insert, and poll the greatest
  lock,            ///< acquire and release
  members,         ///< insert, remove and contains of a set
  multi_register,  ///< transactions on registers, as Knossos has them
  work,            ///< a queue that is drained at the end
  comments,        ///< writes, and reads of all that was written
  long_fork,       ///< blind writes of one key each, and reads of several
};
SIM_DESCRIBE_ENUM(Does, append, txn, bank, queue, set, counter, stack, priority_queue, lock, members, multi_register, work,
                  comments, long_fork)

/// What is done to one row.
enum class AccessKind : std::uint8_t {
  read,      ///< gives the row
  write,     ///< the row becomes this one value; does not need to read it
  append,    ///< the value is added at the end
  take,      ///< the first value is taken out, and given
  deposit,   ///< a number grows by the value
  withdraw,  ///< a number shrinks by the value; where it would fall below zero, nothing is done at all
  pop,       ///< the last value is taken out, and given
  poll,      ///< the greatest value is taken out, and given
  drain,     ///< all values are taken out, and given
  include,   ///< the value is added unless it is there; gives it if it was added
  exclude,   ///< the value is taken out if it is there; gives it then
  acquire,   ///< an empty row becomes the value; where it is not empty, nothing is done at all
  release,   ///< a row that is the value becomes empty; where it is not, nothing is done at all
};
SIM_DESCRIBE_ENUM(AccessKind, read, write, append, take, deposit, withdraw, pop, poll, drain, include, exclude, acquire, release)

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
  std::vector<Content> results;  ///< of each access: what it gives, if anything
  Rows writes;                   ///< in the order of their first access
  SIM_DESCRIBE(Effect, refused, results, writes)
};

/// What every account holds at the beginning.
inline constexpr std::int64_t kOpeningBalance = 10;

/// The number in a row: of a bank's that nobody wrote the opening balance, of others 0.
std::int64_t number_in(const Key& key, const Content& content);
/// The row that must be read next for the operation, or nullptr where `known` has all.
const Key* next_to_read(const Operation& operation, const Rows& known);
/// The operation on the rows that it read.
Effect evaluate(const Operation& operation, const Rows& known);

/// What a client draws its operations from.
struct Draw {
  Does does{};
  const sim::check::Workload& workload;
  std::uint32_t first_key = 0;  ///< the workload's keys begin here
  bool last = false;            ///< it is the client's last operation
};
/// Draws the next operation; values are `value` and up, as many as it used are added.
Operation draw_operation(const Draw& draw, sim::Rng& rng, std::int64_t& value);
/// By how many keys the workload moves on to fresh ones after the operation; `writes` counts since it did so last.
std::uint32_t keys_left(const Draw& draw, const Operation& operation, std::uint64_t& writes);

/// The function that a history names, and its input as JSON; empty: none.
std::string function_of(const Operation& operation);
std::string input_of(const Operation& operation);
/// What it returned, as JSON; empty: nothing.
std::string output_of(const Operation& operation, const Effect& effect);

}  // namespace protocols::occ_store
