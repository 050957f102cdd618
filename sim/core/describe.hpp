// Description: one line a struct gives ==, hash, JSON, configuration and the viewer's diff.
//
//   struct Vote { std::uint64_t term = 0; bool granted = false; SIM_DESCRIBE(Vote, term, granted) };
//
// What can be described: integers, bool, enums, strings, Duration, Time, Ratio, optional, variant, vector, array, map,
// set, pair, and described structs. A double, a pointer or an unordered container in a message or a state does not
// compile, because its bits may differ from one machine to the next; nor does a field that is left out.
#pragma once

#include <array>
#include <charconv>
#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "sim/core/digest.hpp"
#include "sim/core/ids.hpp"
#include "sim/core/ratio.hpp"
#include "sim/core/time.hpp"
#include "sim/core/value.hpp"

/// Describes a struct by all of its fields, in the order of their declaration. The friend function never runs: its
/// structured binding compiles only if the list has every field.
#define SIM_DESCRIBE(Type, ...)                                                                                        \
  static constexpr std::string_view type_name() { return #Type; }                                                      \
  static constexpr std::string_view field_list() { return #__VA_ARGS__; }                                              \
  constexpr auto fields() const { return std::tie(__VA_ARGS__); }                                                      \
  constexpr auto fields() { return std::tie(__VA_ARGS__); }                                                            \
  _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wshadow\"") [[maybe_unused]] friend constexpr void \
  sim_every_field_is_described([[maybe_unused]] const Type& described) {                                               \
    __VA_OPT__([[maybe_unused]] const auto& [__VA_ARGS__] = described;)                                                \
  }                                                                                                                    \
  _Pragma("GCC diagnostic pop") [[maybe_unused]] friend bool operator==(const Type&, const Type&) = default;

/// Names the values of an enum class that counts from 0, in order; '_' is shown and read as '-'.
/// Stands beside the enum, in its namespace.
#define SIM_DESCRIBE_ENUM(Type, ...)                                 \
  [[maybe_unused]] constexpr std::string_view sim_enum_names(Type) { \
    static_assert([] {                                               \
      using enum Type;                                               \
      unsigned n = 0;                                                \
      for (const Type e : {__VA_ARGS__}) {                           \
        if (static_cast<unsigned>(e) != n++) return false;           \
      }                                                              \
      return true;                                                   \
    }());                                                            \
    return #__VA_ARGS__;                                             \
  }

namespace sim {

/// A struct that says what it consists of.
template <class T>
concept Described = requires(const T& t) {
  t.fields();
  { T::type_name() } -> std::same_as<std::string_view>;
  { T::field_list() } -> std::same_as<std::string_view>;
};

template <class T>
concept NamedEnum = std::is_enum_v<T> && requires(T t) {
  { sim_enum_names(t) } -> std::same_as<std::string_view>;
};

/// The n-th name of a list as the macros keep it ("term, voted_for").
constexpr std::string_view nth_name(std::string_view list, std::size_t n) {
  while (n > 0) {
    const std::size_t comma = list.find(',');
    if (comma == std::string_view::npos) return {};
    list.remove_prefix(comma + 1);
    --n;
  }
  while (!list.empty() && (list.front() == ' ' || list.front() == '\n')) list.remove_prefix(1);
  list = list.substr(0, list.find(','));
  while (!list.empty() && list.back() == ' ') list.remove_suffix(1);
  return list;
}

/// The name of an enum's value as people write it: '-' for '_'.
template <NamedEnum E>
std::string enum_name(E value) {
  std::string out{nth_name(sim_enum_names(value), static_cast<std::size_t>(value))};
  for (char& c : out) {
    if (c == '_') c = '-';
  }
  return out;
}

/// All names of an enum, in order.
template <NamedEnum E>
std::vector<std::string> enum_names() {
  std::vector<std::string> out;
  for (std::size_t i = 0; !nth_name(sim_enum_names(E{}), i).empty(); ++i) out.push_back(enum_name(static_cast<E>(i)));
  return out;
}

// ---- hash ----------------------------------------------------------------------------------------------------------

template <class T>
requires(std::integral<T> || std::is_enum_v<T>) constexpr void hash_into(Digest& d, T value) {
  d.add(static_cast<std::uint64_t>(value));
}
constexpr void hash_into(Digest& d, Duration v) { d.add(static_cast<std::uint64_t>(v.ns)); }
constexpr void hash_into(Digest& d, Time v) { d.add(static_cast<std::uint64_t>(v.ns)); }
constexpr void hash_into(Digest& d, Ratio v) { d.add(v.billionths); }
inline void hash_into(Digest& d, const std::string& v) { d.add(v); }
constexpr void hash_into(Digest& d, std::monostate) { d.add(0); }

template <Described T>
constexpr void hash_into(Digest& d, const T& v);
template <class A, class B>
void hash_into(Digest& d, const std::pair<A, B>& v);
template <class T>
void hash_into(Digest& d, const std::optional<T>& v);
template <class... T>
void hash_into(Digest& d, const std::variant<T...>& v);
template <class T>
void hash_into(Digest& d, const std::vector<T>& v);
template <class T, std::size_t N>
void hash_into(Digest& d, const std::array<T, N>& v);
template <class T>
void hash_into(Digest& d, const std::set<T>& v);
template <class K, class T>
void hash_into(Digest& d, const std::map<K, T>& v);

namespace detail {
template <class Range>
void hash_range(Digest& d, const Range& range) {
  d.add(range.size());
  for (const auto& element : range) hash_into(d, element);
}
}  // namespace detail

template <class A, class B>
void hash_into(Digest& d, const std::pair<A, B>& v) {
  hash_into(d, v.first);
  hash_into(d, v.second);
}
template <class T>
void hash_into(Digest& d, const std::optional<T>& v) {
  d.add(v.has_value() ? 1 : 0);
  if (v) hash_into(d, *v);
}
template <class... T>
void hash_into(Digest& d, const std::variant<T...>& v) {
  d.add(v.index());
  std::visit([&](const auto& held) { hash_into(d, held); }, v);
}
template <class T>
void hash_into(Digest& d, const std::vector<T>& v) {
  detail::hash_range(d, v);
}
template <class T, std::size_t N>
void hash_into(Digest& d, const std::array<T, N>& v) {
  detail::hash_range(d, v);
}
template <class T>
void hash_into(Digest& d, const std::set<T>& v) {
  detail::hash_range(d, v);
}
template <class K, class T>
void hash_into(Digest& d, const std::map<K, T>& v) {
  detail::hash_range(d, v);
}
template <Described T>
constexpr void hash_into(Digest& d, const T& v) {
  static_assert(!T::field_list().empty() || std::is_empty_v<T>, "SIM_DESCRIBE must list every field");
  constexpr std::uint64_t name = digest_of_text(T::type_name());
  d.add(name);
  std::apply([&](const auto&... field) { (hash_into(d, field), ...); }, v.fields());
}

/// What can stand in a message or in a state.
template <class T>
concept Hashable = requires(Digest& d, const T& v) {
  hash_into(d, v);
};

/// The digest of one value by itself.
template <Hashable T>
constexpr std::uint64_t digest_of(const T& v) {
  Digest d;
  hash_into(d, v);
  return d.value();
}

// ---- JSON text -----------------------------------------------------------------------------------------------------

template <class T>
requires(std::integral<T> || std::is_enum_v<T>) void json_into(std::string& out, T value) {
  if constexpr (std::same_as<T, bool>) {
    out += value ? "true" : "false";
  } else if constexpr (NamedEnum<T>) {
    append_json_string(out, enum_name(value));
  } else if constexpr (std::is_enum_v<T>) {
    json_into(out, static_cast<std::underlying_type_t<T>>(value));
  } else {
    char text[24];
    out.append(text, std::to_chars(text, text + sizeof text, value).ptr);
  }
}
inline void json_into(std::string& out, Duration v) { append_json_string(out, to_text(v)); }
inline void json_into(std::string& out, Time v) { append_json_string(out, to_text(v)); }
inline void json_into(std::string& out, Ratio v) { append_json_string(out, to_text(v)); }
inline void json_into(std::string& out, const std::string& v) { append_json_string(out, v); }
inline void json_into(std::string& out, std::monostate) { out += "null"; }

template <Described T>
void json_into(std::string& out, const T& v);
template <class A, class B>
void json_into(std::string& out, const std::pair<A, B>& v);
template <class T>
void json_into(std::string& out, const std::optional<T>& v);
template <class... T>
void json_into(std::string& out, const std::variant<T...>& v);
template <class T>
void json_into(std::string& out, const std::vector<T>& v);
template <class T, std::size_t N>
void json_into(std::string& out, const std::array<T, N>& v);
template <class T>
void json_into(std::string& out, const std::set<T>& v);
template <class K, class T>
void json_into(std::string& out, const std::map<K, T>& v);

namespace detail {
template <class Range>
void json_range(std::string& out, const Range& range) {
  out += '[';
  bool first = true;
  for (const auto& element : range) {
    if (!first) out += ',';
    first = false;
    json_into(out, element);
  }
  out += ']';
}
}  // namespace detail

template <class A, class B>
void json_into(std::string& out, const std::pair<A, B>& v) {
  out += '[';
  json_into(out, v.first);
  out += ',';
  json_into(out, v.second);
  out += ']';
}
template <class T>
void json_into(std::string& out, const std::optional<T>& v) {
  if (v) {
    json_into(out, *v);
  } else {
    out += "null";
  }
}
template <class... T>
void json_into(std::string& out, const std::variant<T...>& v) {
  std::visit([&](const auto& held) { json_into(out, held); }, v);
}
template <class T>
void json_into(std::string& out, const std::vector<T>& v) {
  detail::json_range(out, v);
}
template <class T, std::size_t N>
void json_into(std::string& out, const std::array<T, N>& v) {
  detail::json_range(out, v);
}
template <class T>
void json_into(std::string& out, const std::set<T>& v) {
  detail::json_range(out, v);
}
template <class K, class T>
void json_into(std::string& out, const std::map<K, T>& v) {
  detail::json_range(out, v);
}
namespace detail {
/// The names of a struct's fields, cut from the list by the compiler.
template <Described T>
inline constexpr auto kFieldNames = [] {
  std::array<std::string_view, std::tuple_size_v<decltype(std::declval<const T&>().fields())>> names{};
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = nth_name(T::field_list(), i);
  return names;
}();
}  // namespace detail

template <Described T>
void json_into(std::string& out, const T& v) {
  out += '{';
  std::size_t n = 0;
  const auto member = [&](const auto& field) {
    out += n > 0 ? ",\"" : "\"";
    out += detail::kFieldNames<T>[n++];
    out += "\":";
    json_into(out, field);
  };
  std::apply([&](const auto&... field) { (member(field), ...); }, v.fields());
  out += '}';
}

template <Hashable T>
std::string to_json(const T& v) {
  std::string out;
  json_into(out, v);
  return out;
}

}  // namespace sim
