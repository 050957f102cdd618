// What clients and servers of the replicated key-value store say to each other, whatever protocol replicates it.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>

#include "sim/check/workload.hpp"
#include "sim/core/describe.hpp"

namespace protocols::kv {

using sim::check::Function;

/// One sequence of requests that do not overlap: a client has as many sessions as it has requests in flight.
struct Session {
  sim::NodeId client{};
  std::uint32_t slot = 0;
  SIM_DESCRIBE(Session, client, slot)
  friend constexpr auto operator<=>(const Session&, const Session&) = default;
};

/// What to do to one key. `value` is what to write or append, or what a cas puts in the place of `expected`.
struct Command {
  Function function{};
  std::uint32_t key = 0;
  std::string value;
  std::string expected;
  SIM_DESCRIBE(Command, function, key, value, expected)
};

/// A client asks a server. Sequence numbers of a session rise; a retry keeps its number, so that it applies once.
struct Request {
  Session session;
  std::uint64_t sequence = 0;
  Command command;
  SIM_DESCRIBE(Request, session, sequence, command)
};

/// How a server answers.
enum class Status : std::uint8_t {
  ok,          ///< done; `found` and `value` say what came of it
  not_leader,  ///< not done by this server: ask `leader`, or anybody else
};
SIM_DESCRIBE_ENUM(Status, ok, not_leader)

/// A server answers the request of that slot and sequence.
struct Reply {
  std::uint32_t slot = 0;
  std::uint64_t sequence = 0;
  Status status{};
  std::optional<sim::NodeId> leader;  ///< of not_leader: who is, as far as this server knows
  bool found = false;                 ///< read, erase: the key had a value; cas: it held what was expected
  std::string value;                  ///< of a read
  SIM_DESCRIBE(Reply, slot, sequence, status, leader, found, value)
};

}  // namespace protocols::kv
