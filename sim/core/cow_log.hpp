// CowLog: a long sequence that is cheap to copy. Copies share blocks and copy a block only when one of them writes to it.
#pragma once

#include <cassert>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sim/core/describe.hpp"
#include "sim/core/rc.hpp"

namespace sim {

/// Elements with indices first()..last(), from 1 on. Append at the end, cut the end off, forget the beginning.
template <class T>
class CowLog {
 public:
  std::uint64_t first() const { return first_; }    ///< index of the oldest element kept; last() + 1 where there is none
  std::uint64_t last() const { return next_ - 1; }  ///< index of the newest element; first() - 1 where there is none
  std::uint64_t size() const { return next_ - first_; }
  bool empty() const { return next_ == first_; }

  /// The element at `i`, which is in [first(), last()].
  const T& at(std::uint64_t i) const {
    assert(i >= first_);
    assert(i < next_);
    return (*blocks_[(i - base_) / kBlock])[(i - base_) % kBlock];
  }

  void append(T element) {
    if (next_ - base_ == blocks_.size() * kBlock) {
      blocks_.push_back(Rc<std::vector<T>>::make());
      blocks_.back().write().reserve(kBlock);
    }
    auto& block = blocks_.back().write();
    block.push_back(std::move(element));
    ++next_;
  }

  /// Drops the element at `i` and all after it. `i` may be last() + 1, which drops none.
  void truncate(std::uint64_t i) {
    assert(i >= first_);
    assert(i <= next_);
    if (i == next_) return;
    next_ = i;
    const std::uint64_t kept = next_ - base_;
    blocks_.resize((kept + kBlock - 1) / kBlock);
    if (kept % kBlock != 0) {
      auto& block = blocks_.back().write();
      block.erase(block.begin() + static_cast<std::ptrdiff_t>(kept % kBlock), block.end());
    }
  }

  /// Forgets everything before `i`. `i` may be last() + 1, which forgets all.
  void compact(std::uint64_t i) {
    assert(i <= next_);
    if (i <= first_) return;
    first_ = i;
    const std::uint64_t whole = (first_ - base_) / kBlock;
    blocks_.erase(blocks_.begin(), blocks_.begin() + static_cast<std::ptrdiff_t>(whole));
    base_ += whole * kBlock;
  }

  /// Forgets all; the next element appended gets the index `next`.
  void reset(std::uint64_t next) {
    blocks_.clear();
    base_ = first_ = next_ = next;
  }

  friend bool operator==(const CowLog& a, const CowLog& b) {
    if (a.first_ != b.first_ || a.next_ != b.next_) return false;
    for (std::uint64_t i = a.first_; i < a.next_; ++i) {
      if (!(a.at(i) == b.at(i))) return false;
    }
    return true;
  }
  friend void hash_into(Digest& d, const CowLog& log) {
    d.add(log.first_, log.next_);
    for (std::uint64_t i = log.first_; i < log.next_; ++i) hash_into(d, log.at(i));
  }
  friend void json_into(std::string& out, const CowLog& log) {
    out += "{\"first\":" + std::to_string(log.first_) + ",\"elements\":[";
    for (std::uint64_t i = log.first_; i < log.next_; ++i) {
      if (i > log.first_) out += ',';
      json_into(out, log.at(i));
    }
    out += "]}";
  }

 private:
  static constexpr std::uint64_t kBlock = 64;
  std::vector<Rc<std::vector<T>>> blocks_;  // blocks_[k] holds the indices from base_ + k * kBlock
  std::uint64_t base_ = 1;
  std::uint64_t first_ = 1;
  std::uint64_t next_ = 1;
};

}  // namespace sim
