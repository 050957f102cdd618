// Recorded: a history in the form that its judge reads fastest.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "sim/check/formats/formats.hpp"
#include "sim/check/history.hpp"
#include "sim/check/models.hpp"
#include "sim/check/objects/log.hpp"
#include "sim/check/transactions/log.hpp"

namespace sim::check {

/// A history as it was read.
struct Recorded {
  std::variant<History, objects::Log, transactions::Log> form;
  std::vector<FaultNote> faults;  ///< of a log; a History has its own

  Recorded(History history) : form(std::move(history)) {}    // NOLINT(google-explicit-constructor)
  Recorded(objects::Log log) : form(std::move(log)) {}       // NOLINT(google-explicit-constructor)
  Recorded(transactions::Log log) : form(std::move(log)) {}  // NOLINT(google-explicit-constructor)
};

/// Reads a history piece by piece, into the form that suits its operations, or that model where one is given: memory grows with
/// the history, not with the text. Error: as of parse().
Result<Recorded> read_recorded(Format format, formats::Window& window, std::optional<ModelName> model = std::nullopt);
/// How many operations it has.
std::size_t size(const Recorded& recorded);
/// The same as a History, for explanations and pictures; index for index.
History to_history(const Recorded& recorded);

}  // namespace sim::check
