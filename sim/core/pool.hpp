// Pool: the memory of a world's messages. Free lists by size, so that in steady state a message costs no malloc.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace sim {

/// Counted by the worlds that allocate from it and by the blocks that are alive, so it outlives both. For one thread.
class Pool {
 public:
  /// A new pool with one owner.
  static Pool* create();
  void retain() { ++owners_; }
  void release() {
    if (--owners_ == 0) destroy();
  }

  /// A block of at least `size` bytes, aligned to 16.
  void* allocate(std::size_t size) {
    ++owners_;
    const std::size_t bin = (size + kGrain - 1) / kGrain;
    if (bin >= kBins) return allocate_large(size);
    if (Free* block = free_[bin]; block != nullptr) {
      free_[bin] = block->next;
      return block;
    }
    return refill(bin);
  }

  /// Gives a block back; `size` as it was asked for.
  void deallocate(void* block, std::size_t size) {
    const std::size_t bin = (size + kGrain - 1) / kGrain;
    if (bin >= kBins) {
      deallocate_large(block);
    } else {
      free_[bin] = new (block) Free{free_[bin]};
    }
    release();
  }

  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

 private:
  static constexpr std::size_t kGrain = 32;
  static constexpr std::size_t kBins = 17;  // up to 512 bytes
  struct Free {
    Free* next;
  };

  Pool() = default;
  ~Pool();
  void destroy();
  void* refill(std::size_t bin);
  static void* allocate_large(std::size_t size);
  static void deallocate_large(void* block);

  std::array<Free*, kBins> free_{};
  std::uint64_t owners_ = 1;
  std::size_t next_chunk_ = std::size_t{4} * 1024;
  std::vector<std::byte*> chunks_;
};

/// A world's share in a pool; copies share it.
class PoolRef {
 public:
  PoolRef() : pool_(Pool::create()) {}
  PoolRef(const PoolRef& other) : pool_(other.pool_) { pool_->retain(); }
  PoolRef& operator=(const PoolRef& other) {
    other.pool_->retain();
    pool_->release();
    pool_ = other.pool_;
    return *this;
  }
  ~PoolRef() { pool_->release(); }

  Pool& operator*() const { return *pool_; }

 private:
  Pool* pool_;
};

}  // namespace sim
