// What clients and servers of the broker say to each other.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "sim/core/describe.hpp"

namespace protocols::broker {

/// An offset for each of some partitions.
using Offsets = std::vector<std::pair<std::uint32_t, std::uint64_t>>;

enum class CommandKind : std::uint8_t { send, commit_offsets, list_committed_offsets };
SIM_DESCRIBE_ENUM(CommandKind, send, commit_offsets, list_committed_offsets)

/// What goes through the log. Sequence numbers of a client rise; a retry keeps its number, so that it takes effect once.
struct Command {
  sim::NodeId client{};
  std::uint64_t sequence = 0;
  CommandKind kind{};
  std::uint32_t partition = 0;  ///< of send
  std::int64_t value = 0;       ///< of send
  Offsets offsets;              ///< of commit_offsets; list_committed_offsets: of which partitions
  SIM_DESCRIBE(Command, client, sequence, kind, partition, value, offsets)
};

/// What came of a command.
struct Outcome {
  std::uint64_t offset = 0;  ///< of send: where the record is
  Offsets offsets;           ///< of list_committed_offsets: what was committed, of partitions where something was
  SIM_DESCRIBE(Outcome, offset, offsets)
};

struct Answer {
  std::uint64_t sequence = 0;
  bool done = false;                  ///< else this server does not lead: ask `leader`, or anybody else
  std::optional<sim::NodeId> leader;  ///< as far as it knows
  Outcome outcome;
  SIM_DESCRIBE(Answer, sequence, done, leader, outcome)
};

/// A client wants records from these offsets on; any server can answer.
struct Poll {
  std::uint64_t sequence = 0;
  Offsets from;
  SIM_DESCRIBE(Poll, sequence, from)
};

/// Records of one partition that follow each other.
struct Batch {
  std::uint32_t partition = 0;
  std::uint64_t first = 0;  ///< the offset of the first
  std::vector<std::int64_t> values;
  SIM_DESCRIBE(Batch, partition, first, values)
};

/// Batches that hold something.
struct Polled {
  std::uint64_t sequence = 0;
  std::vector<Batch> batches;
  SIM_DESCRIBE(Polled, sequence, batches)
};

}  // namespace protocols::broker
