// Difference: where two trees of plain data are not the same.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/value.hpp"

namespace sim {

/// One place at which two trees differ.
struct Difference {
  std::string path;            ///< "/systems/0/nodes"; empty: the trees themselves
  std::optional<Value> left;   ///< nothing: there is no such member
  std::optional<Value> right;  ///< nothing: there is no such member

  friend bool operator==(const Difference&, const Difference&) = default;
};

/// Every place at which two trees differ, in the order of the left one and then of what only the right one has. Members of maps
/// are matched by their keys. Lists are matched from both ends, so that an element put in or taken out is one difference and
/// not many; the index in a path is that of the side that has the element, the left one's where both do.
std::vector<Difference> differences(const Value& left, const Value& right);

/// The differences as a list of maps: "path", and the two values under those names, where there are such.
Value to_value(const std::vector<Difference>& all, std::string_view left, std::string_view right);

}  // namespace sim
