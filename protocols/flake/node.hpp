// A server of unique ids that talks to nobody: Snowflake (Twitter, 2010), with the care for clocks of Flake (Boundary, 2012).
//
// The idea. An id is a millisecond, the number of the server, and a count within that millisecond, in this order, so that ids are
// unique without agreement and sort roughly by time.
//
// Why it is safe. (1) Ids of two servers differ in the server's number. (2) Ids of one server rise: it goes by the later of its
// clock and the millisecond that it used last, and counts within that. So a clock that jumps back repeats nothing. (3) A restart
// forgets which millisecond that was, and the clock may be behind it. So a server reserves time ahead: before it issues an id of a
// millisecond beyond what it has written down, it writes down a later one, and the id leaves when that is durable. After a restart
// it begins where the reservation ends.
//
// Deliberately left out: handing out the servers' numbers (Snowflake asked ZooKeeper), and a bound on how far ids may run ahead of
// the clock: a server whose clock was an hour fast stays there until true time has come.
#pragma once

#include <cstdint>

#include "protocols/flake/config.hpp"
#include "protocols/flake/messages.hpp"
#include "sim/node/node.hpp"

namespace protocols::flake {

/// Snowflake's widths: 41 bits of milliseconds, 10 of server, 12 of count.
inline constexpr std::uint32_t kServerBits = 10;
inline constexpr std::uint32_t kCountBits = 12;

/// One server.
struct Node {
  explicit Node(const Config& config, Mutant mutant = Mutant::none);

  std::uint64_t last = 0;      ///< the millisecond of the id issued last
  std::uint64_t count = 0;     ///< ids issued of it, less one
  std::uint64_t reserved = 0;  ///< ids of earlier milliseconds may be issued
  Config config;
  Mutant mutant = Mutant::none;
  SIM_DESCRIBE(Node, last, count, reserved, config, mutant)

  using Inbox = sim::Accepts<Generate>;
  void start(sim::Ctx& ctx);
  void on(sim::Ctx& ctx, sim::NodeId from, const Generate& ask);

 private:
  bool planted(Mutant bug) const { return mutant == bug; }
  void advance(sim::Ctx& ctx);
  std::uint64_t id(const sim::Ctx& ctx) const;
};

}  // namespace protocols::flake
