// Corruption: one bit of the texts in a described value flips, as on a wire or a disk that no checksum guards.
//
// Only texts: they are what a protocol carries without looking into it. A flipped length or index is caught by any decoder,
// and is a lost message.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "sim/core/describe.hpp"

namespace sim {

class Pool;

/// A walk over the bits of all texts of a value.
struct Corruption {
  Pool* pool = nullptr;    ///< for the copies of payloads inside the value
  std::uint64_t flip = 0;  ///< which bit to flip
  bool wet = false;        ///< flip it; false: only count
  std::uint64_t seen = 0;  ///< how many bits were passed
};

inline void corrupt_in(Corruption& c, std::string& text) {
  const std::uint64_t bits = std::uint64_t{8} * text.size();
  if (c.wet && c.flip >= c.seen && c.flip - c.seen < bits) {
    const std::uint64_t at = c.flip - c.seen;
    char& byte = text[at / 8];
    byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << (at % 8)));
  }
  c.seen += bits;
}

/// Whatever has no text in it.
template <class T>
void corrupt_in(Corruption& /*c*/, T& /*value*/) {}

template <Described T>
void corrupt_in(Corruption& c, T& value);
template <class A, class B>
void corrupt_in(Corruption& c, std::pair<A, B>& value);
template <class T>
void corrupt_in(Corruption& c, std::optional<T>& value);
template <class... T>
void corrupt_in(Corruption& c, std::variant<T...>& value);
template <class T, std::size_t N>
void corrupt_in(Corruption& c, std::array<T, N>& value);
template <class K, class T>
void corrupt_in(Corruption& c, std::map<K, T>& value);

template <class T>
void corrupt_in(Corruption& c, std::vector<T>& value) {
  if constexpr (!std::is_same_v<T, bool>) {
    for (T& element : value) corrupt_in(c, element);
  }
}
template <class A, class B>
void corrupt_in(Corruption& c, std::pair<A, B>& value) {
  corrupt_in(c, value.first);
  corrupt_in(c, value.second);
}
template <class T>
void corrupt_in(Corruption& c, std::optional<T>& value) {
  if (value) corrupt_in(c, *value);
}
template <class... T>
void corrupt_in(Corruption& c, std::variant<T...>& value) {
  std::visit([&](auto& held) { corrupt_in(c, held); }, value);
}
template <class T, std::size_t N>
void corrupt_in(Corruption& c, std::array<T, N>& value) {
  for (T& element : value) corrupt_in(c, element);
}
template <class K, class T>
void corrupt_in(Corruption& c, std::map<K, T>& value) {
  for (auto& [key, element] : value) corrupt_in(c, element);
}
template <Described T>
void corrupt_in(Corruption& c, T& value) {
  std::apply([&](auto&... field) { (corrupt_in(c, field), ...); }, value.fields());
}

}  // namespace sim
