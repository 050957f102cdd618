// Run: one seed of one scenario, with its claims watched; and what there is to report of it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/check/question.hpp"
#include "sim/engine/world.hpp"
#include "sim/scenario/decisions.hpp"
#include "sim/scenario/scenario.hpp"

namespace sim {

/// clients.progress: some operation begun after faults stop is answered within so long.
inline constexpr Duration kProgressWithin = 5_s;

/// How a claim stands.
enum class ClaimStatus : std::uint8_t {
  holds,  ///< always: never broken; eventually: came true in time; history: valid
  violated,
  reached,      ///< sometimes
  not_reached,  ///< sometimes: not in this run; a sweep asks whether in any
  not_judged,   ///< eventually: there was no quiet time, or too little; or the run ended before
  undecided,    ///< history: the checker ran out of its budget
};
SIM_DESCRIBE_ENUM(ClaimStatus, holds, violated, reached, not_reached, not_judged, undecided)

/// What a run says of one claim.
struct ClaimReport {
  std::string name;  ///< in full: "raft.election-safety"
  std::string kind;  ///< always, sometimes, eventually or history
  ClaimStatus status{};
  std::string message;  ///< of a violation, or why it is undecided: one sentence with the values
  Time at{};            ///< when it was violated or reached
  EventId event{};
  std::string node;  ///< at which node; empty where it is no single one's
};

/// What the clients saw, in numbers; of completed operations unless said otherwise.
struct ClientReport {
  std::uint64_t invoked = 0;
  std::uint64_t ok = 0;
  std::uint64_t failed = 0;
  std::uint64_t unknown = 0;  ///< given up, or open at the end
  Duration p50{};
  Duration p99{};
  Duration max{};
  std::uint64_t per_second = 0;          ///< completed, over the whole virtual time
  std::vector<std::uint64_t> over_time;  ///< completed in each of kParts equal parts of the run
  static constexpr std::size_t kParts = 50;
};

/// What a measure of a system gave.
struct MeasureReport {
  std::string name;  ///< in full: "gossip.residue"
  std::string doc;
  Value value;
};

/// One line of the log of faults.
struct FaultReport {
  Time at{};
  std::string text;
};

/// Everything that `simulate run` prints but the wall clock.
struct Report {
  std::uint64_t seed = 0;
  std::vector<ClaimReport> claims;
  ClientReport clients;
  Counters counters;
  std::vector<std::string> choices;  ///< what the seed decided for the whole run: swarm, atlas, core, rare paths
  std::vector<FaultReport> faults;
  std::vector<Mark> marks;              ///< of all systems, each name once
  std::vector<MeasureReport> measures;  ///< empty unless asked for: Run::measures()
  std::uint64_t digest = 0;
  Duration virtual_time{};

  /// The first violated claim, or nullptr.
  const ClaimReport* violation() const;
  /// "violation", "undecided" or "ok".
  std::string verdict() const;
};

/// A world with the claims of its systems. A copyable value: a copy goes on exactly as the original does.
class Run {
 public:
  /// What to watch. A run without claims is the bare engine.
  struct Options {
    bool claims = true;   ///< look at claims after each event, and stop at the first that is violated
    bool history = true;  ///< judge the clients' history, as it grows where that can be, and at the end
    Decisions decisions{};
    std::string only{};  ///< look at no claim but this, named in full; empty: at all
  };
  /// `scenario` must outlive the run.
  Run(const Scenario& scenario, std::uint64_t seed, Options options);
  Run(const Scenario& scenario, std::uint64_t seed) : Run(scenario, seed, Options{}) {}

  /// Handles one event. False: the run is over, by its duration or by a violation.
  bool step();
  /// Steps until it is over.
  void finish() {
    while (step()) {
    }
  }
  /// Whether a claim is violated already; a claim that is judged at the end is only in the report.
  bool violated() const { return violated_; }
  const World& world() const { return world_; }
  World& world() { return world_; }
  const Scenario& scenario() const { return *scenario_; }
  /// What the clients saw so far; of one system's clients where its name is given, and of those with one workload where that is.
  check::History history(std::string_view system = {}, std::string_view workload = {}) const;
  /// The report; judges the history, so it is best asked for once, at the end.
  Report report() const;
  /// What the systems' measures give now. Costs what they cost, so a sweep does without.
  std::vector<MeasureReport> measures() const;
  /// How many faults the seed decided on, those left out included.
  std::size_t planned_faults() const { return planned_faults_; }

 private:
  static constexpr std::uint64_t kFirstLook = 256;

  struct Watched {
    std::size_t system;
    const check::ClaimInfo* info;
    std::unique_ptr<check::AnyClaim> claim;  // none for a mark
    ClaimReport report;
    Watched(std::size_t s, const check::ClaimInfo& i, std::string full_name);
    Watched(const Watched& other);
    Watched(Watched&&) = default;
    Watched& operator=(const Watched&) = delete;
    Watched& operator=(Watched&&) = default;
    ~Watched() = default;
  };

  void build();
  bool wanted(const std::string& claim) const;
  void watch_claims();
  void check_claims(const Step& step);
  void check_one(Watched& watched, const Step& step);
  void violate(Watched& watched, const Step& step, std::string message);
  void note_fault(const Step& step);
  void close_eventual();
  void report_marks(std::vector<ClaimReport>& claims) const;
  ClaimReport progress() const;
  ClaimReport judge_history(const SystemPlan& system, const check::HistoryInfo& claim) const;
  ClaimReport first_breach(const SystemPlan& system, const check::HistoryInfo& claim, const check::Question& question) const;
  void follow_histories();
  check::History history_until(std::uint64_t last, std::string_view system, std::string_view workload) const;
  bool calls(NodeId client, std::string_view system, std::string_view workload) const;
  bool quiet() const { return world_.now() >= quiet_from_; }
  void intervene();
  void see_role(NodeId node);

  const Scenario* scenario_;
  std::shared_ptr<const Scenario> instance_;  // what the seed makes of it, where that is not just the same
  std::vector<std::string> choices_;
  std::size_t planned_faults_ = 0;
  Options options_;
  World world_;
  std::vector<Watched> watched_;
  std::vector<std::vector<std::size_t>> open_;  // by system: the claims still to be looked at after each event
  std::vector<FaultReport> faults_;
  std::uint64_t next_look_ = kFirstLook;  // at the history, when so many observations are there
  std::optional<ClaimReport> breach_;     // of a history that was found broken before the end
  Time quiet_from_{};                     // no fault from here on, the interventions' included
  std::size_t next_intervention_ = 0;
  struct Playing {
    std::string_view role;
    std::uint64_t epoch = 0;
  };
  std::vector<Playing> playing_;  // by node: what who watches was told
  bool violated_ = false;
  bool over_ = false;
};

}  // namespace sim
