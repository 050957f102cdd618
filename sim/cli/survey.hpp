// Survey: a bundle's run once through, so that any moment of it can be found. Internal to sim/cli.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "sim/cli/bundle.hpp"
#include "sim/explore/causality.hpp"

namespace sim::cli {

/// The run from end to end, without its claims' verdicts, and what caused what in it.
struct Survey {
  Run run;  ///< over
  Causality causality;

  explicit Survey(const OpenedBundle& opened) : run(opened.run()), causality(run.world()) {}
  Survey(const Survey&) = delete;
  Survey& operator=(const Survey&) = delete;
  ~Survey() = default;

  EventId last() const { return EventId{causality.size()}; }
};

/// Does the run of a bundle and confirms its digest; complains and gives nothing where it is another.
std::unique_ptr<Survey> survey(const OpenedBundle& opened);

/// A moment of a run, as an option names it.
struct Moment {
  EventId event{};      ///< the newest event at that moment
  Time at{};            ///< the moment itself
  bool beyond = false;  ///< it would be after the end; `event` and `at` are of the end
};

/// Reads "4.2s", an event's number ("2929" or "2,929"), or "violation". `option` is for complaints, on stderr.
std::optional<Moment> moment_of(const std::string& option, const std::string& text, const Survey& survey);

/// "at 4.125673s, after event 2,929".
std::string moment_text(const Moment& moment);

}  // namespace sim::cli
