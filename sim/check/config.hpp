// Config: reading a described struct of settings from data, and saying what it consists of.
#pragma once

#include <charconv>
#include <concepts>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "sim/core/describe.hpp"
#include "sim/core/words.hpp"

namespace sim::check {

/// One setting of a system, for `describe`, the schema and error messages.
struct ConfigField {
  std::string name;
  std::string type;           ///< "duration", "count", "ratio", "boolean", "text", "texts", or the names of an enum joined by '|'
  std::string default_value;  ///< as JSON
  std::string doc;            ///< what it does; units where the type does not carry them
};

/// What a field's doc says, by its name.
struct FieldDoc {
  std::string_view field;
  std::string_view doc;
};

namespace detail {

inline std::string shown(const Value& value) { return value.to_json(); }

template <class T>
std::string type_name() {
  if constexpr (std::same_as<T, bool>) {
    return "boolean";
  } else if constexpr (std::integral<T>) {
    return "count";
  } else if constexpr (std::same_as<T, Duration>) {
    return "duration";
  } else if constexpr (std::same_as<T, Ratio>) {
    return "ratio";
  } else if constexpr (NamedEnum<T>) {
    std::string out;
    for (const std::string& name : enum_names<T>()) out += (out.empty() ? "" : "|") + name;
    return out;
  } else if constexpr (std::same_as<T, std::vector<std::string>>) {
    return "texts";
  } else {
    static_assert(std::same_as<T, std::string>,
                  "a setting is a count, bool, Duration, Ratio, named enum, string or list of strings");
    return "text";
  }
}

inline std::string read(Duration& into, const Value& from) {
  if (from.text() == nullptr) return "found " + shown(from) + ", expected a duration with its unit, as in \"150ms\"";
  auto parsed = parse_duration(*from.text());
  if (!parsed) return parsed.error().what;
  into = *parsed;
  return {};
}
inline std::string read(Ratio& into, const Value& from) {
  // Numbers go through their shortest decimal text, so that 0.1 is one tenth and not the double beside it; never "1e-04".
  std::string text = from.text() != nullptr ? *from.text() : shown(from);
  if (const double* real = from.real(); real != nullptr) {
    char digits[400];  // the longest double has 309 digits before its point, the finest 324 zeros behind it and 17 digits
    text.assign(digits, std::to_chars(digits, digits + sizeof digits, *real, std::chars_format::fixed).ptr);
  }
  auto parsed = parse_ratio(text);
  if (!parsed) return parsed.error().what;
  into = *parsed;
  return {};
}
inline std::string read(bool& into, const Value& from) {
  if (from.boolean() == nullptr) return "found " + shown(from) + ", expected true or false";
  into = *from.boolean();
  return {};
}
inline std::string read(std::string& into, const Value& from) {
  if (from.text() == nullptr) return "found " + shown(from) + ", expected a text";
  into = *from.text();
  return {};
}
inline std::string read(std::vector<std::string>& into, const Value& from) {
  std::string wrong = "found " + shown(from) + ", expected a list of texts";
  if (from.list() == nullptr) return wrong;
  std::vector<std::string> texts;
  for (const Value& text : *from.list()) {
    if (text.text() == nullptr) return wrong;
    texts.push_back(*text.text());
  }
  into = std::move(texts);
  return {};
}
template <std::integral T>
requires(!std::same_as<T, bool>) std::string read(T& into, const Value& from) {
  const std::int64_t* number = from.integer();
  if (number == nullptr || !std::in_range<T>(*number)) {
    return "found " + shown(from) + ", expected a whole number from " + std::to_string(std::numeric_limits<T>::min()) + " to " +
           std::to_string(std::numeric_limits<T>::max());
  }
  into = static_cast<T>(*number);
  return {};
}
template <NamedEnum E>
std::string read(E& into, const Value& from) {
  const std::vector<std::string> names = enum_names<E>();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (from.text() != nullptr && *from.text() == names[i]) {
      into = static_cast<E>(i);
      return {};
    }
  }
  return "found " + shown(from) + ", " + expected_one_of(from.text() == nullptr ? "" : *from.text(), names);
}

template <Described C, class F>
void for_each_field(C& config, F&& f) {
  std::size_t n = 0;
  std::apply([&](auto&... field) { (f(nth_name(std::remove_const_t<C>::field_list(), n++), field), ...); }, config.fields());
}

}  // namespace detail

/// Sets the fields that `from` (a map) names; the rest keep what they have. Every mistake is reported, each with its path
/// under `path`: an unknown field with the nearest known word, a wrong type, a number out of range.
template <Described C>
std::vector<Error> read_config(C& into, const Value& from, const std::string& path) {
  std::vector<Error> errors;
  const Value::Map* members = from.map();
  if (members == nullptr) {
    errors.push_back({path, "found " + detail::shown(from) + ", expected an object"});
    return errors;
  }
  for (const auto& [key, value] : *members) {
    const std::string at = path_to(path, key);
    bool known = false;
    std::vector<std::string> names;
    detail::for_each_field(into, [&, &key = key, &value = value](std::string_view name, auto& field) {
      names.emplace_back(name);
      if (name != key) return;
      known = true;
      if (std::string wrong = detail::read(field, value); !wrong.empty()) errors.push_back({at, std::move(wrong)});
    });
    if (!known) errors.push_back({at, "unknown setting \"" + key + "\", " + expected_one_of(key, names)});
  }
  return errors;
}

/// The fields of a config with the defaults that `defaults` holds. Every field has a doc, every doc a field: asserted.
template <Described C>
std::vector<ConfigField> config_fields(const C& defaults, const std::vector<FieldDoc>& docs) {
  std::vector<ConfigField> out;
  detail::for_each_field(defaults, [&]<class T>(std::string_view name, const T& field) {
    std::string_view doc;
    for (const FieldDoc& d : docs) {
      if (d.field == name) doc = d.doc;
    }
    assert(!doc.empty());
    out.push_back({std::string(name), detail::type_name<T>(), to_json(field), std::string(doc)});
  });
  assert(out.size() == docs.size());
  return out;
}

}  // namespace sim::check
