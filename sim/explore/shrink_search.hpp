// The search behind shrink(): the smallest case so far, and how candidates are tried against it. Internal to sim/explore.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/explore/shrink.hpp"

namespace sim {

/// How a run must fail to be of interest.
struct WantedClaim {
  std::string name;
  std::string kind;  ///< as in a ClaimReport
  bool at_end() const { return kind == "history" || name == "clients.progress"; }
};

/// Runs a case, of at most `most` events, and adds how many there were to `handled`. Its size, if it violates that claim (before
/// any other).
std::optional<RunSize> size_if_failing(const ShrinkCase& it, const WantedClaim& claim, std::uint64_t most, std::uint64_t& handled);

/// A case that fails, and its size.
struct FailingCase {
  ShrinkCase it;
  RunSize size;
};

/// The smallest case so far.
class ShrinkSearch {
 public:
  ShrinkSearch(FailingCase failing, WantedClaim claim, const Registry& registry, const ShrinkOptions& options)
      : best_(std::move(failing)), claim_(std::move(claim)), registry_(&registry), options_(&options) {}

  const ShrinkCase& best() const { return best_.it; }
  const RunSize& size() const { return best_.size; }
  const FailingCase& failing() const { return best_; }
  /// Goes on from there.
  void restart(FailingCase from) { best_ = std::move(from); }
  const WantedClaim& claim() const { return claim_; }
  std::uint64_t runs() const { return runs_; }
  /// The budget is used up, or the watcher has had enough: nothing is tried any more.
  bool stopped() const { return stopped_; }
  void begin_stage(std::string_view name) { stage_ = name; }

  /// Whether the candidate fails by the claim in at most `most` events; then it is the best.
  bool attempt(ShrinkCase candidate, std::uint64_t most);
  /// The same of other decisions.
  bool attempt(Decisions decisions, std::uint64_t most);
  /// The same of another document, with the seed at hand and with others, as many as the effort allows. False also if it does not
  /// load.
  bool attempt(const Value& document);
  /// The same with the seed at hand only, and no more events.
  bool attempt_same(const Value& document);
  /// Looks for a seed that fails sooner.
  void other_seeds();
  /// Other seeds that fail, in not many more events: at most so many, the shortest first.
  std::vector<FailingCase> others(std::size_t most);

 private:
  bool go_on();

  FailingCase best_;
  WantedClaim claim_;
  const Registry* registry_;
  const ShrinkOptions* options_;
  std::string_view stage_;
  std::uint64_t runs_ = 0;
  std::uint64_t events_ = 0;  // handled in all runs
  bool stopped_ = false;
};

/// Makes the scenario simpler: fewer clients, nodes, faults, keys; a simpler network; another seed.
void shrink_scenario(ShrinkSearch& search);
/// Ends the run right behind the violation.
void shrink_duration(ShrinkSearch& search);

}  // namespace sim
