// Small parts of the linearizability searches: masks of slots, hashes, open-addressing tables.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace sim::check {

inline constexpr std::uint32_t kNoIndex = 0xFFFFFFFFU;

/// Mixes 64 bits (the finaliser of SplitMix64).
constexpr std::uint64_t mix(std::uint64_t x) {
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31U);
}

/// Hash of a text, eight bytes a step. Differs between byte orders, which no result depends on: tables give out indices
/// in the order of insertion.
inline std::uint64_t hash_text(std::string_view text) {
  std::uint64_t h = 0x9E3779B97F4A7C15U ^ text.size();
  for (; text.size() >= 8; text.remove_prefix(8)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), 8);
    h = (h ^ word) * 0x9FB21C651E98DF25U;
    h ^= h >> 32U;
  }
  std::uint64_t tail = 0;
  for (const char c : text) tail = (tail << 8U) | static_cast<unsigned char>(c);
  return mix(h ^ tail);
}

/// A set of slots in W machine words.
template <std::size_t W>
struct Mask {
  std::array<std::uint64_t, W> word{};

  bool test(std::uint32_t slot) const { return ((word[slot / 64] >> (slot % 64)) & 1U) != 0; }
  void set(std::uint32_t slot) { word[slot / 64] |= std::uint64_t{1} << (slot % 64); }
  void clear(std::uint32_t slot) { word[slot / 64] &= ~(std::uint64_t{1} << (slot % 64)); }

  /// The first slot of the set from `from` on, or 64 * W.
  std::uint32_t next(std::uint32_t from) const {
    std::size_t w = from / 64;
    if (w >= W) return static_cast<std::uint32_t>(64 * W);
    std::uint64_t bits = word[w] & (~std::uint64_t{0} << (from % 64));
    while (bits == 0) {
      if (++w == W) return static_cast<std::uint32_t>(64 * W);
      bits = word[w];
    }
    return static_cast<std::uint32_t>(w * 64 + static_cast<std::size_t>(std::countr_zero(bits)));
  }
  bool subset_of(const Mask& other) const {
    for (std::size_t w = 0; w < W; ++w) {
      if ((word[w] & ~other.word[w]) != 0) return false;
    }
    return true;
  }
  std::uint64_t hash(std::uint64_t seed) const {
    std::uint64_t h = seed;
    for (const std::uint64_t w : word) h = mix(h ^ w) + 0x9E3779B97F4A7C15U;
    return h;
  }

  friend bool operator==(const Mask&, const Mask&) = default;
  friend Mask operator&(Mask a, const Mask& b) {
    for (std::size_t w = 0; w < W; ++w) a.word[w] &= b.word[w];
    return a;
  }
  friend Mask operator|(Mask a, const Mask& b) {
    for (std::size_t w = 0; w < W; ++w) a.word[w] |= b.word[w];
    return a;
  }
  friend Mask operator^(Mask a, const Mask& b) {
    for (std::size_t w = 0; w < W; ++w) a.word[w] ^= b.word[w];
    return a;
  }
  /// The slots of a that are not in b.
  friend Mask operator-(Mask a, const Mask& b) {
    for (std::size_t w = 0; w < W; ++w) a.word[w] &= ~b.word[w];
    return a;
  }
};

/// An open-addressing table from things that its owner stores (in a vector, say) to their indices.
class IndexTable {
 public:
  /// The index already stored for which `equal(index)` holds among those of that hash; else stores `fresh` and returns it.
  template <class Equal>
  std::uint32_t find_or_insert(std::uint64_t hash, std::uint32_t fresh, Equal&& equal) {
    if ((count_ + 1) * 4 > entries_.size() * 3) grow();
    const auto tag = static_cast<std::uint32_t>(hash >> 32U);
    for (std::size_t at = hash & (entries_.size() - 1);; at = (at + 1) & (entries_.size() - 1)) {
      Entry& entry = entries_[at];
      if (entry.index == kNoIndex) {
        entry = {hash, fresh};
        ++count_;
        return fresh;
      }
      if (static_cast<std::uint32_t>(entry.hash >> 32U) == tag && entry.hash == hash && equal(entry.index)) return entry.index;
    }
  }

  /// The index stored for which `equal(index)` holds, or kNoIndex.
  template <class Equal>
  std::uint32_t find(std::uint64_t hash, Equal&& equal) const {
    if (entries_.empty()) return kNoIndex;
    for (std::size_t at = hash & (entries_.size() - 1);; at = (at + 1) & (entries_.size() - 1)) {
      const Entry& entry = entries_[at];
      if (entry.index == kNoIndex || (entry.hash == hash && equal(entry.index))) return entry.index;
    }
  }

  std::size_t bytes() const { return entries_.capacity() * sizeof(Entry); }

 private:
  struct Entry {
    std::uint64_t hash = 0;
    std::uint32_t index = kNoIndex;
  };

  void grow() {
    std::vector<Entry> old = std::move(entries_);
    entries_.assign(old.empty() ? 16 : old.size() * 2, Entry{});
    for (const Entry& entry : old) {
      if (entry.index == kNoIndex) continue;
      std::size_t at = entry.hash & (entries_.size() - 1);
      while (entries_[at].index != kNoIndex) at = (at + 1) & (entries_.size() - 1);
      entries_[at] = entry;
    }
  }

  std::vector<Entry> entries_;
  std::size_t count_ = 0;
};

/// An open-addressing map from 64-bit keys (never ~0) to 32-bit values; memoises transitions.
class WordMap {
 public:
  /// The value's place for a key; a new one holds kNoIndex. Valid until the next call.
  std::uint32_t& at(std::uint64_t key) {
    if ((count_ + 1) * 4 > entries_.size() * 3) grow();
    Entry& entry = entries_[place(key)];
    if (entry.key != key) {
      entry = {key, kNoIndex};
      ++count_;
    }
    return entry.value;
  }
  std::size_t bytes() const { return entries_.capacity() * sizeof(Entry); }

 private:
  struct Entry {
    std::uint64_t key = ~std::uint64_t{0};
    std::uint32_t value = kNoIndex;
  };

  std::size_t place(std::uint64_t key) const {
    std::size_t i = mix(key) & (entries_.size() - 1);
    while (entries_[i].key != key && entries_[i].key != ~std::uint64_t{0}) i = (i + 1) & (entries_.size() - 1);
    return i;
  }
  void grow() {
    std::vector<Entry> old = std::move(entries_);
    entries_.assign(old.empty() ? 64 : old.size() * 2, Entry{});
    for (const Entry& entry : old) {
      if (entry.key != ~std::uint64_t{0}) entries_[place(entry.key)] = entry;
    }
  }

  std::vector<Entry> entries_;
  std::size_t count_ = 0;
};

}  // namespace sim::check
