// Recorded: a history in the form that its judge reads fastest.
#pragma once

#include <cstddef>
#include <optional>
#include <variant>

#include "sim/check/formats/formats.hpp"
#include "sim/check/history.hpp"
#include "sim/check/models.hpp"

namespace sim::check {

/// A history as it was read.
using Recorded = std::variant<History>;

/// Reads a history in the form that suits its operations, or that model where one is given. Error: as of read_history().
Result<Recorded> read_recorded(Format format, formats::Window& window, std::optional<ModelName> model = std::nullopt);
/// How many operations it has.
std::size_t size(const Recorded& recorded);
/// The same as a History, for explanations and pictures; index for index.
History to_history(const Recorded& recorded);

}  // namespace sim::check
