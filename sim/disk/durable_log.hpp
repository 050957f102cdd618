// DurableLog: a log of typed records on a node's disk, as a protocol's write-ahead log needs it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/core/cow_log.hpp"
#include "sim/core/describe.hpp"
#include "sim/core/random.hpp"
#include "sim/core/rc.hpp"

namespace sim {

/// A log as the disk keeps it, whatever its records are.
class LogStore {
 public:
  LogStore() = default;
  virtual ~LogStore() = default;
  virtual std::unique_ptr<LogStore> clone() const = 0;
  /// Every write up to that number is durable from now on.
  virtual void sync(std::uint64_t up_to) = 0;
  /// Power loss: of the writes not yet synced a prefix survives, its length by chance. A record that was torn fails its
  /// checksum when the log is opened again, so a torn record and all after it count as lost.
  virtual void crash(Rng& rng) = 0;
  /// Makes up to `count` durable records unreadable, chosen by chance; how many there were to destroy.
  virtual std::uint32_t destroy(Rng& rng, std::uint32_t count) = 0;
  virtual void hash(Digest& d) const = 0;
  virtual void json(std::string& out) const = 0;
  /// Identity of the record type in this process.
  virtual const void* type() const = 0;

 protected:
  LogStore(const LogStore&) = default;
  LogStore& operator=(const LogStore&) = default;
};

namespace detail {
template <class T>
inline constexpr char kRecordType = 0;
}

/// A log of records of type T, with what a crash would have to undo. Every operation costs O(what it changes).
template <Hashable T>
class TypedLog final : public LogStore {
 public:
  const CowLog<T>& records() const { return records_; }
  /// The oldest record that cannot be read any more; 0: all can.
  std::uint64_t first_damaged() const { return damaged_.empty() ? 0 : damaged_.front(); }

  void append(T record, std::uint64_t number) {
    unsynced_.push_back({number, records_.last() + 1, {}});
    records_.append(std::move(record));
  }
  /// Runs a change that is not an append; a crash may restore what was before it.
  template <class Change>
  void change(std::uint64_t number, Change&& change) {
    unsynced_.push_back({number, 0, Rc<CowLog<T>>::make(records_)});
    std::forward<Change>(change)(records_);
    std::erase_if(damaged_, [&](std::uint64_t i) { return i < records_.first() || i > records_.last(); });
  }

  std::unique_ptr<LogStore> clone() const override { return std::make_unique<TypedLog>(*this); }
  void sync(std::uint64_t up_to) override {
    std::size_t done = 0;
    while (done < unsynced_.size() && unsynced_[done].number <= up_to) ++done;
    unsynced_.erase(unsynced_.begin(), unsynced_.begin() + static_cast<std::ptrdiff_t>(done));
  }
  void crash(Rng& rng) override {
    const std::uint64_t kept = rng.below(unsynced_.size() + 1);
    while (unsynced_.size() > kept) {
      const Undo& undo = unsynced_.back();
      if (undo.before) {
        records_ = *undo.before;
      } else {
        records_.truncate(undo.appended);
      }
      unsynced_.pop_back();
    }
    unsynced_.clear();
  }
  std::uint32_t destroy(Rng& rng, std::uint32_t count) override {
    std::uint64_t durable = records_.last();
    for (const Undo& undo : unsynced_) durable = std::min(durable, undo.before ? records_.first() - 1 : undo.appended - 1);
    std::uint32_t done = 0;
    for (; done < count && durable >= records_.first(); ++done) {
      damaged_.push_back(records_.first() + rng.below(durable - records_.first() + 1));
    }
    std::sort(damaged_.begin(), damaged_.end());
    damaged_.erase(std::unique(damaged_.begin(), damaged_.end()), damaged_.end());
    return done;
  }
  /// Also what a crash could bring back: equal records with different pasts have different futures.
  void hash(Digest& d) const override {
    hash_into(d, records_);
    hash_into(d, damaged_);
    for (const Undo& undo : unsynced_) {
      d.add(undo.appended);
      if (undo.before) hash_into(d, *undo.before);
    }
  }
  void json(std::string& out) const override { json_into(out, records_); }
  const void* type() const override { return &detail::kRecordType<T>; }

 private:
  struct Undo {
    std::uint64_t number;
    std::uint64_t appended;  // the index that an append took
    Rc<CowLog<T>> before;    // the whole log before any other change
  };
  CowLog<T> records_;
  std::vector<Undo> unsynced_;          // oldest first
  std::vector<std::uint64_t> damaged_;  // indices, in order
};

/// A protocol's handle on one log of its own disk. Indices count from 1. Reads see every write at once; a write is durable
/// once it is synced, and what a handler sends after it waits for that.
template <Hashable T>
class DurableLog {
 public:
  DurableLog(TypedLog<T>& log, std::uint64_t& written) : log_(&log), written_(&written) {}

  std::uint64_t first() const { return log_->records().first(); }  ///< index of the oldest record kept
  std::uint64_t last() const { return log_->records().last(); }    ///< index of the newest; first() - 1 where there is none
  bool empty() const { return log_->records().empty(); }
  const T& at(std::uint64_t i) const { return log_->records().at(i); }  ///< `i` in [first(), last()]
  /// The oldest record that fails its checksum when the log is opened, at start(); 0: none does. What a running node has read
  /// before stays good in its memory. A damaged record and all after it can be truncated and written anew. That it was there
  /// is known: last() counts it.
  std::uint64_t first_damaged() const { return log_->first_damaged(); }

  void append(T record) { log_->append(std::move(record), ++*written_); }
  /// Drops the record at `i` and all after it.
  void truncate(std::uint64_t i) {
    if (i > last()) return;
    log_->change(++*written_, [&](CowLog<T>& records) { records.truncate(i); });
  }
  /// Forgets every record before `i`.
  void compact(std::uint64_t i) {
    if (i <= first()) return;
    log_->change(++*written_, [&](CowLog<T>& records) { records.compact(i); });
  }
  /// Forgets everything; the next record appended gets index `next`.
  void reset(std::uint64_t next) {
    log_->change(++*written_, [&](CowLog<T>& records) { records.reset(next); });
  }

 private:
  TypedLog<T>* log_;
  std::uint64_t* written_;
};

}  // namespace sim
