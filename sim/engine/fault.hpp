// Fault: something that goes wrong at a time, to nodes, their disks and clocks, or the links between them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/core/describe.hpp"

namespace sim {

/// What goes wrong. The last four mend: they end what others began.
enum class FaultKind : std::uint8_t { crash, pause, slow, partition, clog, link, disk, clock, restart, resume, heal, core };
SIM_DESCRIBE_ENUM(FaultKind, crash, pause, slow, partition, clog, link, disk, clock, restart, resume, heal, core)

/// What goes wrong with a disk.
enum class DiskEffect : std::uint8_t {
  slow,               ///< each sync takes `delay` longer
  stall,              ///< no sync completes
  full,               ///< a node that writes stops (as a write-ahead log that cannot be written stops etcd), until there is room
  lie,                ///< a sync reports success and makes nothing durable; a crash loses it
  rot,                ///< bits of what is at rest flip
  sector,             ///< what is at rest can no longer be read
  misdirected_write,  ///< the next page written lands in another one's place
  misdirected_read,   ///< a page reads as another one, until it is written again
};
SIM_DESCRIBE_ENUM(DiskEffect, slow, stall, full, lie, rot, sector, misdirected_write, misdirected_read)

/// Whether the effect destroys what was durable, so that only a copy elsewhere can bring it back.
constexpr bool destroys(DiskEffect effect) { return effect >= DiskEffect::rot; }

/// Whom it hits: nodes by their ids, and those that play a role of a system when the fault begins ("leader" of "store").
struct Target {
  std::vector<NodeId> nodes;
  std::string system;
  std::string role;
  SIM_DESCRIBE(Target, nodes, system, role)

  bool empty() const { return nodes.empty() && role.empty(); }
};

/// One fault. Where it has an end, the end undoes exactly what its beginning did.
struct Fault {
  FaultKind kind{};
  Target target;              ///< partition, clog, link: the first side; else who
  Target others;              ///< partition, clog, link: the second side; empty: all others of the first side's systems
  bool both_ways = true;      ///< partition, clog, link: false hits only messages from the first side to the second
  bool ring = false;          ///< partition: the first side in a ring, each node with its nearest neighbours, just a majority
  bool wipe = false;          ///< crash: the disk is lost too
  bool in_save = false;       ///< crash: not now, but in the middle of the node's next write to its disk
  bool timers_first = false;  ///< pause: when it goes on, timers that came due meanwhile fire before what arrived is read
  Ratio loss{};               ///< link: added
  Ratio duplicate{};          ///< link: added
  Ratio corrupt{};            ///< link: added
  Duration delay{};           ///< link, disk slow: added. slow: what each event costs the node
  Duration jitter{};          ///< link: a random delay from 0 to this, added
  Duration burst{};           ///< link: losses come in bursts of this length; 0: each by itself
  std::uint64_t bandwidth{};  ///< link: bytes a second at most; 0: as it is
  DiskEffect effect{};        ///< disk
  std::uint32_t count = 1;    ///< disk: how many records or pages it destroys
  Duration clock_offset{};    ///< clock: the node's clock jumps by so much; may be negative
  std::int64_t drift_per_billion = 0;  ///< clock: it gains so many nanoseconds a second more; negative: loses
  SIM_DESCRIBE(Fault, kind, target, others, both_ways, ring, wipe, in_save, timers_first, loss, duplicate, corrupt, delay, jitter,
               burst, bandwidth, effect, count, clock_offset, drift_per_billion)
};

}  // namespace sim
