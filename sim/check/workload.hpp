// Workload: what the clients of a store do, as a scenario says it; and what they report for the history.
#pragma once

#include <cstdint>
#include <string>

#include "sim/check/history.hpp"
#include "sim/core/describe.hpp"

namespace sim::check {

/// What an operation does. get/put/append/cas/erase are on a keyed store; a register is a store of one key. A call is
/// anything else: an order placed, a request to a service.
enum class Function : std::uint8_t { read, write, cas, append, erase, call };
SIM_DESCRIBE_ENUM(Function, read, write, cas, append, erase, call)

SIM_DESCRIBE_ENUM(Outcome, ok, fail, info)

/// The kinds of store that clients think they talk to; own: no store, but what the system's own clients do.
enum class WorkloadKind : std::uint8_t { kv, reg, cas_register, own };
SIM_DESCRIBE_ENUM(WorkloadKind, kv, reg, cas_register, own)

/// What one group of clients does.
struct Workload {
  std::string target = "store";  ///< the system that serves them
  WorkloadKind kind = WorkloadKind::kv;
  std::uint32_t keys = 5;            ///< how many keys at a time; 1 for the registers
  std::uint32_t key_offset = 0;      ///< the first key's number: groups that shall not share keys differ in it
  Ratio skew{};                      ///< Zipf exponent of the choice of key; 0 is uniform
  std::uint32_t writes_per_key = 0;  ///< after so many writes by one client it moves on to fresh keys; 0: never
  Ratio reads = Ratio::percent(50);  ///< share of reads; the rest is split evenly over the other functions
  bool puts = true;                  ///< whether there are any
  bool cas = true;                   ///< kv, cas-register: whether there are any
  bool appends = true;               ///< kv: whether there are any
  bool deletes = true;               ///< kv: whether there are any
  bool unique_values = true;         ///< every write writes a value that nobody else writes
  Duration think{};                  ///< closed loop: from a reply to the next request
  Duration interval{};               ///< open loop if not 0: mean time between requests (Poisson), whatever is answered
  std::uint32_t in_flight = 16;      ///< open loop: requests at once, at most; further arrivals are shed
  Duration retry_after = 200_ms;     ///< no reply for so long: ask another server, same request
  Duration give_up_after = 2000_ms;  ///< no reply for so long: outcome unknown, go on as a new process
  std::uint64_t operations = 0;      ///< stop after so many; 0: never
  SIM_DESCRIBE(Workload, target, kind, keys, key_offset, skew, writes_per_key, reads, puts, cas, appends, deletes, unique_values,
               think, interval, in_flight, retry_after, give_up_after, operations)
};

/// A client begins an operation. `process` is unique to one sequence of operations that do not overlap.
struct Invoked {
  std::uint64_t process = 0;
  Function function{};
  std::uint32_t key = 0;
  std::string value;     ///< to write or append; of a call, what is asked
  std::string expected;  ///< of a cas
  SIM_DESCRIBE(Invoked, process, function, key, value, expected)
};

/// The operation that the process began last ends.
struct Returned {
  std::uint64_t process = 0;
  Outcome outcome{};
  bool found = false;  ///< read: the key has a value; cas: the comparison held
  std::string value;   ///< read: the value; call: the answer
  SIM_DESCRIBE(Returned, process, outcome, found, value)
};

/// A client begins an operation that is none of a key-value store: a transaction, a transfer, an enqueue. For the function and
/// the shape of its input the checkers have names (docs/checking.md).
struct Called {
  std::uint64_t process = 0;
  std::string function;  ///< "txn", "transfer", "enqueue", "add", "send", ...
  std::string input;     ///< as JSON: `[["append",3,7],["r",3,null]]`; empty: nil
  SIM_DESCRIBE(Called, process, function, input)
};

/// The operation that the process began last by Called ends.
struct Answered {
  std::uint64_t process = 0;
  Outcome outcome{};
  std::string output;  ///< of ok: as JSON; empty: nil
  SIM_DESCRIBE(Answered, process, outcome, output)
};

}  // namespace sim::check
