// The partitions that every server builds from the log, and what each client's command came to last.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "protocols/broker/messages.hpp"
#include "sim/core/cow_log.hpp"
#include "sim/core/describe.hpp"

namespace protocols::broker {

/// What a client's command came to last.
struct Done {
  std::uint64_t sequence = 0;
  Outcome outcome;
  SIM_DESCRIBE(Done, sequence, outcome)
};

struct Machine {
  std::map<std::uint32_t, sim::CowLog<std::int64_t>> partitions;  ///< a record at offset o is element o + 1
  std::map<std::uint32_t, std::uint64_t> committed;
  std::map<sim::NodeId, Done> clients;
  std::uint64_t applied = 0;  ///< the entry applied last
  SIM_DESCRIBE(Machine, partitions, committed, clients, applied)

  /// Applies the entry behind the one applied last, which is no command.
  void skip() { ++applied; }
  /// Applies the entry behind the one applied last, once, and says what came of it, now or then. Nothing for one that its client
  /// has gone beyond. `repeat`: as if it were new (a planted bug).
  std::optional<Outcome> apply(const Command& command, bool repeat = false);
  /// How many records a partition has.
  std::uint64_t length(std::uint32_t partition) const;
  /// Up to `most` records from an offset on; of those that there are.
  Batch read(std::uint32_t partition, std::uint64_t from, std::uint64_t most) const;
  /// What the client's command came to, or nullptr where none was applied yet.
  const Done* last_of(sim::NodeId client) const;

 private:
  Outcome execute(const Command& command);
};

}  // namespace protocols::broker
