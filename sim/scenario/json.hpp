// Json: text to Value, through nlohmann-json.
#pragma once

#include <string_view>

#include "sim/core/result.hpp"
#include "sim/core/value.hpp"

namespace sim {

/// Reads one JSON document. Error: not JSON (with line and column), a key that stands twice in one object, or nesting deeper
/// than 200 levels.
Result<Value> parse_json(std::string_view text);

}  // namespace sim
