// What clients and servers of the transactional store say to each other.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/core/describe.hpp"

namespace protocols::occ_store {

/// What a row holds: a list, or a number as a list of one; empty: the row was never written.
using Content = std::vector<std::int64_t>;

/// A row by its table and its number.
struct Key {
  std::uint32_t table = 0;
  std::uint32_t number = 0;
  SIM_DESCRIBE(Key, table, number)
  friend constexpr auto operator<=>(const Key&, const Key&) = default;
};

/// A client reads a row as it was after the log entry `snapshot`; its first read leaves the choice of that to the server.
struct Read {
  std::uint64_t sequence = 0;
  Key key;
  std::optional<std::uint64_t> snapshot;
  SIM_DESCRIBE(Read, sequence, key, snapshot)
};

/// The row; or that this server cannot serve that snapshot: it is too old, or newer than what the server has applied.
struct ReadReply {
  std::uint64_t sequence = 0;
  bool served = false;
  Key key;
  std::uint64_t snapshot = 0;
  Content content;
  SIM_DESCRIBE(ReadReply, sequence, served, key, snapshot, content)
};

struct Write {
  Key key;
  Content content;
  SIM_DESCRIBE(Write, key, content)
};

/// What a transaction read, at which snapshot, and what it wants to write: what Hyder calls an intention. It is what a client
/// sends, and what the log holds. Sequence numbers of a client rise; a retry keeps its number.
struct Commit {
  sim::NodeId client{};
  std::uint64_t sequence = 0;
  std::uint64_t snapshot = 0;
  std::vector<Key> reads;
  std::vector<Write> writes;
  SIM_DESCRIBE(Commit, client, sequence, snapshot, reads, writes)
};

enum class Status : std::uint8_t {
  committed,
  aborted,     ///< a row that it read has changed since: nothing was written, and never will be
  not_leader,  ///< not decided by this server: ask `leader`, or anybody else
};
SIM_DESCRIBE_ENUM(Status, committed, aborted, not_leader)

struct CommitReply {
  std::uint64_t sequence = 0;
  Status status{};
  std::optional<sim::NodeId> leader;
  SIM_DESCRIBE(CommitReply, sequence, status, leader)
};

}  // namespace protocols::occ_store
