// Payload: an immutable, shared, described value of any type: a message, a timer, a saved state.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "sim/core/corrupt.hpp"
#include "sim/core/describe.hpp"
#include "sim/core/pool.hpp"

namespace sim {

class Payload;

/// What the engine knows of a type that travels. One constant a type; its address is its identity in one process.
struct PayloadType {
  std::string_view name;
  std::uint64_t name_digest;
  std::size_t block_size;  ///< bytes of header and value
  void (*destroy)(const void* value);
  bool (*equal)(const void* a, const void* b);
  void (*json)(std::string& out, const void* value);
  Payload (*corrupted)(Corruption& c, const void* value);  ///< a copy with what the walk flips
};

namespace detail {

struct PayloadHeader {
  const PayloadType* type = nullptr;
  std::uint64_t digest = 0;
  Pool* pool = nullptr;  // none: the value of an empty type, which is never allocated and never freed
  mutable std::uint64_t owners = 1;
};
constexpr std::size_t kPayloadHeader = 32;
static_assert(sizeof(PayloadHeader) <= kPayloadHeader);

template <class T>
Payload corrupted_copy(Corruption& c, const void* value);

template <class T>
constexpr PayloadType describe_payload() {
  return {T::type_name(),
          digest_of_text(T::type_name()),
          kPayloadHeader + sizeof(T),
          [](const void* value) { static_cast<const T*>(value)->~T(); },
          [](const void* a, const void* b) { return *static_cast<const T*>(a) == *static_cast<const T*>(b); },
          [](std::string& out, const void* value) { json_into(out, *static_cast<const T*>(value)); },
          corrupted_copy<T>};
}

}  // namespace detail

template <Described T>
inline constexpr PayloadType kPayloadType = detail::describe_payload<T>();

namespace detail {
template <Described T>
inline constinit const PayloadHeader kEmptyPayload{&kPayloadType<T>, digest_of(T{}), nullptr, 1};
template <class T>
inline constexpr T kEmptyValue{};
}  // namespace detail

/// A handle: copying shares. The digest is computed once, when the payload is made. Of one thread, like its world.
class Payload {
 public:
  Payload() = default;

  /// Wraps a value. A type without fields costs nothing; others take one block of the pool.
  template <Described T>
  static Payload of(Pool& pool, T value) {
    static_assert(alignof(T) <= 16);
    if constexpr (std::is_empty_v<T>) {
      return Payload(&detail::kEmptyPayload<T>);
    } else {
      void* block = pool.allocate(kPayloadType<T>.block_size);
      auto* header = new (block) detail::PayloadHeader{&kPayloadType<T>, digest_of(value), &pool, 1};
      new (static_cast<std::byte*>(block) + detail::kPayloadHeader) T(std::move(value));
      return Payload(header);
    }
  }

  Payload(const Payload& other) : held_(other.held_) {
    if (held_ != nullptr && held_->pool != nullptr) ++held_->owners;
  }
  Payload(Payload&& other) noexcept : held_(std::exchange(other.held_, nullptr)) {}
  Payload& operator=(const Payload& other) {
    Payload copy(other);
    std::swap(held_, copy.held_);
    return *this;
  }
  Payload& operator=(Payload&& other) noexcept {
    std::swap(held_, other.held_);
    return *this;
  }
  ~Payload() {
    if (held_ != nullptr && held_->pool != nullptr && --held_->owners == 0) destroy();
  }

  explicit operator bool() const { return held_ != nullptr; }
  const PayloadType& type() const { return *held_->type; }
  std::string_view name() const { return held_->type->name; }
  std::uint64_t digest() const { return held_ == nullptr ? 0 : held_->digest; }

  /// The value if it is a T, else nullptr.
  template <Described T>
  const T* as() const {
    if (held_ == nullptr || held_->type != &kPayloadType<T>) return nullptr;
    if constexpr (std::is_empty_v<T>) {
      return &detail::kEmptyValue<T>;
    } else {
      return std::launder(static_cast<const T*>(value()));
    }
  }

  /// Appends the value as JSON.
  void json(std::string& out) const {
    if (held_ == nullptr) {
      out += "null";
    } else if (held_->pool == nullptr) {
      out += "{}";
    } else {
      held_->type->json(out, value());
    }
  }

  /// Counts the bits of the texts in here and, where `c` says so, replaces this by a copy in which one is flipped.
  friend void corrupt_in(Corruption& c, Payload& payload) {
    if (payload.held_ == nullptr || payload.held_->pool == nullptr) return;
    Payload copy = payload.held_->type->corrupted(c, payload.value());
    if (c.wet) payload = std::move(copy);
  }

  /// Same type and equal fields.
  friend bool operator==(const Payload& a, const Payload& b) {
    if (a.held_ == b.held_) return true;
    if (a.held_ == nullptr || b.held_ == nullptr || a.held_->type != b.held_->type || a.held_->digest != b.held_->digest)
      return false;
    return a.held_->type->equal(a.value(), b.value());
  }

 private:
  explicit Payload(const detail::PayloadHeader* held) : held_(held) {}
  const void* value() const { return static_cast<const std::byte*>(static_cast<const void*>(held_)) + detail::kPayloadHeader; }
  void destroy() {
    held_->type->destroy(value());
    held_->pool->deallocate(const_cast<detail::PayloadHeader*>(held_), held_->type->block_size);
  }

  const detail::PayloadHeader* held_ = nullptr;
};

namespace detail {
template <class T>
Payload corrupted_copy(Corruption& c, const void* value) {
  T copy = *static_cast<const T*>(value);
  corrupt_in(c, copy);
  return c.wet ? Payload::of(*c.pool, std::move(copy)) : Payload();
}
}  // namespace detail

inline void hash_into(Digest& d, const Payload& p) { d.add(p.digest()); }
inline void json_into(std::string& out, const Payload& p) { p.json(out); }

}  // namespace sim
