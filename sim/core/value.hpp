// Value: neutral data (what JSON and EDN have in common), for configurations, recorded histories and tools.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace sim {

/// A tree of plain data. Never part of a node's state or a message: it may hold a double, which only readers of files see.
class Value {
 public:
  using List = std::vector<Value>;
  using Map = std::vector<std::pair<std::string, Value>>;  ///< in the order of the file; keys are unique

  Value() = default;                                    // nil
  Value(bool v) : held_(v) {}                           // NOLINT(google-explicit-constructor)
  Value(std::int64_t v) : held_(v) {}                   // NOLINT(google-explicit-constructor)
  Value(double v) : held_(v) {}                         // NOLINT(google-explicit-constructor)
  Value(std::string v) : held_(std::move(v)) {}         // NOLINT(google-explicit-constructor)
  Value(std::string_view v) : held_(std::string(v)) {}  // NOLINT(google-explicit-constructor)
  Value(const char* v) : held_(std::string(v)) {}       // NOLINT(google-explicit-constructor)
  Value(List v) : held_(std::move(v)) {}                // NOLINT(google-explicit-constructor)
  Value(Map v) : held_(std::move(v)) {}                 // NOLINT(google-explicit-constructor)

  bool is_nil() const { return std::holds_alternative<std::monostate>(held_); }
  const bool* boolean() const { return std::get_if<bool>(&held_); }
  const std::int64_t* integer() const { return std::get_if<std::int64_t>(&held_); }
  const double* real() const { return std::get_if<double>(&held_); }
  const std::string* text() const { return std::get_if<std::string>(&held_); }
  const List* list() const { return std::get_if<List>(&held_); }
  const Map* map() const { return std::get_if<Map>(&held_); }

  /// The member of that name, or nullptr when this is no map or has none.
  const Value* find(std::string_view key) const;

  /// JSON text, one line, keys in their order.
  std::string to_json() const;

  friend bool operator==(const Value&, const Value&) = default;

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, List, Map> held_;
};

/// Appends `text` to `out` as a JSON string with its quotes. Bytes that are not valid UTF-8 are written as they are.
void append_json_string(std::string& out, std::string_view text);

}  // namespace sim
