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
  /// Judged when the run is over: it fails as soon as the history so far is none that can be.
  bool at_end() const { return kind == "history"; }
  /// Liveness of the clients, which is no spec's.
  bool of_progress() const { return name == "clients.progress"; }
  /// A violation ends the run.
  bool judged_by_event() const { return !at_end() && !of_progress(); }
};

/// Runs a case, of at most `most` events, and adds how much work that was to `work`. Its size, if it violates that claim (before
/// any other).
std::optional<RunSize> size_if_failing(const ShrinkCase& it, const WantedClaim& claim, std::uint64_t most, std::uint64_t& work);

/// A case that fails, and its size.
struct FailingCase {
  ShrinkCase it;
  RunSize size;
};

/// A message that was sent or a timer that fired.
struct Happening {
  Omission omission;      ///< what leaves it out
  std::uint64_t key = 0;  ///< what it is: where, when and with which content
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
  /// Events that were handled in all runs, and what it took to build them.
  std::uint64_t work() const { return work_; }
  /// The budget is used up, or the watcher has had enough: nothing is tried any more.
  bool stopped() const { return stopped_; }
  void begin_stage(std::string_view name) { stage_ = name; }
  /// How much work to spend on the seeds of each change of the scenario from now on.
  void set_effort(std::uint64_t work) { effort_ = work; }

  /// Whether the candidate fails by the claim in at most `most` events; then it is the best.
  bool attempt(ShrinkCase candidate, std::uint64_t most);
  /// The same of other decisions.
  bool attempt(Decisions decisions, std::uint64_t most);
  /// The same of another document, with the seed at hand and with others, as many as the effort allows. False also if it does not
  /// load.
  bool attempt(const Value& document, std::uint64_t most);
  /// The same with the seed at hand only, and no more events.
  bool attempt_same(const Value& document);
  /// Tries the seed at hand without those faults and with nothing happening but what is in `kept` (Happening::key, in order): what
  /// is left out may bring other things about, which are left out too.
  bool attempt_nothing_new(const std::vector<std::uint32_t>& without_faults, const std::vector<std::uint64_t>& kept,
                           std::uint64_t most);
  /// What happens in the smallest run, in its order.
  std::vector<Happening> happenings();
  /// Looks for a seed that fails sooner.
  void other_seeds();
  /// Other seeds that fail, in not many more events: at most so many, the shortest first.
  std::vector<FailingCase> others(std::size_t most);

 private:
  bool go_on();
  bool take(ShrinkCase candidate, std::uint64_t most);

  FailingCase best_;
  WantedClaim claim_;
  const Registry* registry_;
  const ShrinkOptions* options_;
  std::string_view stage_;
  std::uint64_t runs_ = 0;
  std::uint64_t work_ = 0;
  std::uint64_t effort_ = 0;
  bool stopped_ = false;
};

/// Makes the scenario simpler: fewer clients, nodes, faults, keys; a simpler network; shorter times; other seeds. Until no change
/// works any more that is given so much work, or `until` is used up in all.
void shrink_scenario(ShrinkSearch& search, std::uint64_t until);
/// Ends the run as soon as it still fails.
void shrink_duration(ShrinkSearch& search);
/// Leaves out faults that the seed decided on.
void shrink_faults(ShrinkSearch& search);
/// Leaves out timers and messages.
void shrink_events(ShrinkSearch& search);

}  // namespace sim
