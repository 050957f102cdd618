#include "sim/core/pool.hpp"

#include <new>

namespace sim {

Pool* Pool::create() { return new Pool; }

Pool::~Pool() {
  for (std::byte* chunk : chunks_) ::operator delete(chunk);
}

void Pool::destroy() { delete this; }

void* Pool::refill(std::size_t bin) {
  constexpr std::size_t largest_chunk = std::size_t{64} * 1024;
  const std::size_t size = bin * kGrain;
  const std::size_t count = next_chunk_ / size;
  auto* chunk = static_cast<std::byte*>(::operator new(next_chunk_));
  chunks_.push_back(chunk);
  if (next_chunk_ < largest_chunk) next_chunk_ *= 2;
  for (std::size_t i = count; i-- > 1;) free_[bin] = new (chunk + i * size) Free{free_[bin]};
  return chunk;
}

void* Pool::allocate_large(std::size_t size) { return ::operator new(size); }
void Pool::deallocate_large(void* block) { ::operator delete(block); }

}  // namespace sim
