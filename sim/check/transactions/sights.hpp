// Who saw whom: sessions, reads with their writers, and causal pasts of the transactions of a log.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/check/transactions/infer.hpp"

namespace sim::check::transactions {

/// A read of an object that is not the transaction's own write.
struct Sight {
  std::uint32_t key = 0;
  std::uint32_t from = kNone;     ///< the transaction whose write was returned; kNone of the initial value
  std::uint32_t access = 0;       ///< the read
  std::uint32_t seen_before = 0;  ///< of `seen`, how many its transaction had seen by earlier reads
};

/// A log's transactions that took effect, by who saw whom.
class Sights {
 public:
  Sights(const Inferred& all, Kind kind);

  const Inferred& all;
  const Log& log;

  std::span<const Sight> reads(std::uint32_t txn) const { return range(reads_, read_from_, txn); }
  /// Those of whom it read something, in the order of its reads, each once.
  std::span<const std::uint32_t> seen(std::uint32_t txn) const { return range(seen_, seen_from_, txn); }
  /// The objects that it wrote, ascending.
  std::span<const std::uint32_t> writes(std::uint32_t txn) const { return range(writes_, write_from_, txn); }
  bool writes(std::uint32_t txn, std::uint32_t key) const;

  /// Sessions: a process each; and one for every transaction of unknown outcome, which nothing of its process follows.
  std::uint32_t sessions() const { return static_cast<std::uint32_t>(session_.size()); }
  std::span<const std::uint32_t> session(std::uint32_t s) const { return session_[s]; }
  std::uint32_t session_of(std::uint32_t txn) const { return session_of_[txn]; }
  std::uint32_t position_of(std::uint32_t txn) const { return position_of_[txn]; }
  /// The transaction before it in its process, or kNone.
  std::uint32_t before(std::uint32_t txn) const { return before_[txn]; }

  /// The last writer of an object among the first `count` of a session, or kNone.
  std::uint32_t last_writer(std::uint32_t key, std::uint32_t session, std::uint32_t count) const;
  /// Those of whom the session had read something, who wrote the object: with the position of the reader, ascending.
  struct SeenWriter {
    std::uint32_t key;
    std::uint32_t session;
    std::uint32_t position;
    std::uint32_t txn;
  };
  std::span<const SeenWriter> seen_writers(std::uint32_t key, std::uint32_t session);
  /// All writers of an object, by session and position.
  std::span<const SeenWriter> writers(std::uint32_t key) const;

  /// Of a list: which of two writers' last appends stands earlier; false where that is not known.
  bool known_before(std::uint32_t key, std::uint32_t first, std::uint32_t second) const;

 private:
  template <class T>
  static std::span<const T> range(const std::vector<T>& all, const std::vector<std::uint32_t>& from, std::uint32_t txn) {
    return {all.data() + from[txn], from[txn + 1] - from[txn]};
  }
  void make_sessions();
  void collect(std::uint32_t txn);
  static std::span<const SeenWriter> of(const std::vector<SeenWriter>& sorted, std::uint32_t key, std::uint32_t session);
  std::uint32_t place(std::uint32_t key, std::uint32_t txn) const;

  Kind kind_;
  WordMap writer_;                      // object and value -> the access that wrote it
  std::vector<std::uint32_t> place_;    // of lists, by access: where an append stands in the longest list
  std::vector<std::uint32_t> seen_by_;  // by transaction: who saw it last, while seen_ is filled
  std::vector<Sight> reads_;
  std::vector<std::uint32_t> read_from_;
  std::vector<std::uint32_t> seen_;
  std::vector<std::uint32_t> seen_from_;
  std::vector<std::uint32_t> writes_;
  std::vector<std::uint32_t> write_from_;
  std::vector<std::vector<std::uint32_t>> session_;
  std::vector<std::uint32_t> session_of_;
  std::vector<std::uint32_t> position_of_;
  std::vector<std::uint32_t> before_;
  std::vector<SeenWriter> writers_;       // by object, session, position
  std::vector<SeenWriter> seen_writers_;  // by object, session, position
  bool seen_indexed_ = false;
};

}  // namespace sim::check::transactions
