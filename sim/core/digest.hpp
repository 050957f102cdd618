// Digest: a 64-bit hash that is the same on every compiler and processor.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace sim {

/// Folds a 128-bit product to 64 bits: the mixing step of wyhash (Wang Yi), about 1 ns.
constexpr std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

/// A running digest of a sequence of integers and texts. Not for adversaries: anyone can make a collision on purpose.
class Digest {
 public:
  constexpr Digest() = default;
  constexpr explicit Digest(std::uint64_t seed) : state_(seed ^ kSeed) {}

  constexpr void add(std::uint64_t word) { state_ = mix(state_ ^ word ^ kFirst, (state_ << 32U | state_ >> 32U) ^ kSecond); }

  /// Two words in one mixing step.
  constexpr void add(std::uint64_t a, std::uint64_t b) { state_ = mix(state_ ^ a ^ kFirst, b ^ kSecond) ^ (state_ * kFirst); }

  /// The bytes and their number, eight at a time in little-endian order on every machine.
  constexpr void add(std::string_view bytes) {
    add(bytes.size());
    while (bytes.size() >= 8) {
      add(word(bytes, 8));
      bytes.remove_prefix(8);
    }
    if (!bytes.empty()) add(word(bytes, bytes.size()));
  }

  constexpr std::uint64_t value() const { return state_; }

  friend constexpr bool operator==(const Digest&, const Digest&) = default;

 private:
  static constexpr std::uint64_t kSeed = 0x9E3779B97F4A7C15U;
  static constexpr std::uint64_t kFirst = 0xA0761D6478BD642FU;
  static constexpr std::uint64_t kSecond = 0xE7037ED1A0B428DBU;

  static constexpr std::uint64_t word(std::string_view bytes, std::size_t count) {
    std::uint64_t out = 0;
    if (!std::is_constant_evaluated() && std::endian::native == std::endian::little) {
      std::memcpy(&out, bytes.data(), count);
      return out;
    }
    for (std::size_t i = 0; i < count; ++i) out |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
    return out;
  }

  std::uint64_t state_ = kSeed;
};

/// The digest of a text by itself; a constant where the text is one.
constexpr std::uint64_t digest_of_text(std::string_view text) {
  Digest digest;
  digest.add(text);
  return digest.value();
}

}  // namespace sim
