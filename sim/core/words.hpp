// Words: helping a person who mistyped one.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sim {

/// The known word nearest to `word` by edits (Damerau-Levenshtein, adjacent transpositions counted once), or empty where
/// none is near: about a third of the letters may differ; a beginning of three letters or more counts as one edit.
std::string nearest(std::string_view word, std::span<const std::string> known);

/// The JSON path of a member: "/systems" and "nodes" give "/systems/nodes".
std::string path_to(std::string_view path, std::string_view member);

/// "expected one of a, b or c", with the nearest word to `found` where there is one: what an Error ends with.
std::string expected_one_of(std::string_view found, std::span<const std::string> known);

}  // namespace sim
