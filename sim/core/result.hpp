// Errors as values: what a function that can fail on a user's input returns.
#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace sim {

/// One thing that is wrong with an input, for people to read.
struct Error {
  std::string where;  ///< a JSON path ("/clients/0/rate"), a place in a text ("line 3, column 7"), or empty
  std::string what;   ///< one sentence: what was found, what was expected

  friend bool operator==(const Error&, const Error&) = default;
};

/// Either a value or the Error that explains why there is none. Asking for the wrong one is a bug of the caller and asserts.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  const T& value() const& { return *get<0>(); }
  T& value() & { return *get<0>(); }
  T&& value() && { return std::move(*get<0>()); }
  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }

  const Error& error() const { return *get<1>(); }

 private:
  template <std::size_t I>
  auto* get() {
    auto* held = std::get_if<I>(&state_);
    assert(held != nullptr);
    return held;
  }
  template <std::size_t I>
  const auto* get() const {
    const auto* held = std::get_if<I>(&state_);
    assert(held != nullptr);
    return held;
  }

  std::variant<T, Error> state_;
};

}  // namespace sim
