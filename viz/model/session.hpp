// Session: what the viewer has open: a run that it can step, look into and fork, or a trace that it can only show.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/check/history.hpp"
#include "sim/check/judgement.hpp"
#include "sim/core/difference.hpp"
#include "sim/core/result.hpp"
#include "sim/scenario/run.hpp"
#include "sim/trace/timeline.hpp"

namespace viz {

/// What is wanted of a run: whatever decides it.
struct Wish {
  std::shared_ptr<const sim::Scenario> scenario;
  std::uint64_t seed = 1;
  sim::Decisions decisions;
};

/// A node as it was just after an event.
struct Inspection {
  std::uint32_t event = 0;  ///< the event asked for
  std::uint32_t node = 0;
  std::uint32_t last = 0;  ///< the newest event at or before it that touched the node; 0: none
  sim::Value state;        ///< sim::node_state(): "status", "state", "disk"
  sim::Value timers;       ///< sim::node_timers()
  std::string role;
  std::vector<sim::Difference> changes;  ///< what event `last` changed of the state, where last == event; else empty
  sim::Value message;                    ///< of event `event`: its line of the trace ("kind", "type", "value", ...)
  std::vector<sim::Value> asides;        ///< the lines that hang on it: notes, marks, observations, lost messages
};

/// The clients' operations and what a checker says of them.
struct JudgedHistory {
  std::string claim;  ///< full name: "store.linearizable-kv"
  sim::check::History history;
  sim::check::Judgement judgement;
  std::vector<std::uint32_t> rows;  ///< of each of the history's operations its place among the timeline's
};

/// A run, or one of its forks, that goes on as long as it is advanced.
class Branch {
 public:
  Branch(Wish wish, std::string title);
  Branch(sim::Timeline trace, std::string title);
  Branch(const Branch&) = delete;
  Branch& operator=(const Branch&) = delete;
  ~Branch();

  const std::string& title() const { return title_; }
  /// Whether it can be looked into and forked; a trace cannot.
  bool live() const { return wish_.scenario != nullptr; }
  const Wish& wish() const { return wish_; }

  /// Runs up to so many events further. False: it is over, and the timeline is there.
  bool advance(std::uint64_t events);
  bool finished() const { return finished_; }
  /// How far it is, from 0 to 1, by virtual time.
  double progress() const;

  /// The whole run. Finished ones only.
  const sim::Timeline& timeline() const { return timeline_; }
  /// Of a trace: nothing.
  const sim::Report* report() const { return report_ ? &*report_ : nullptr; }
  /// The history claims, judged: where one is violated its core, else the order that explains it. Made at the first call.
  const std::vector<JudgedHistory>& histories();
  /// A node just after an event, by running there again from the nearest snapshot. Live ones only.
  Inspection inspect(std::uint32_t node, std::uint32_t event);
  /// The event's line of the trace with its message, and what hangs on it; of a trace whatever it kept of it.
  sim::Value line_of(std::uint32_t event);

  /// The last event that this branch has in common with the one it was forked from, or is compared with; 0: with none.
  std::uint32_t forked_at = 0;
  bool compared = false;   ///< a run of its own beside the first
  std::size_t parent = 0;  ///< of a fork: its place in the session

 private:
  struct Recording;
  void finish();
  sim::Run& run_until(std::uint32_t event);
  std::uint32_t last_at(std::uint32_t node, std::uint32_t event) const;

  std::string title_;
  Wish wish_;
  std::unique_ptr<sim::Run> run_;
  std::unique_ptr<Recording> recording_;
  std::vector<sim::Run> snapshots_;  // in the order of their events; the first before any
  std::uint64_t spacing_ = 0;        // events from one to the next, at least
  std::optional<sim::Run> cursor_;   // where it was looked at last
  sim::Timeline timeline_;
  std::optional<sim::Report> report_;
  std::optional<std::vector<JudgedHistory>> histories_;
  bool finished_ = false;
};

/// What a fork does differently from the focused event on.
struct Change {
  enum class Kind : std::uint8_t {
    drop,       ///< the message is lost: `message`
    delay,      ///< the message takes `by` longer: `message`
    crash,      ///< `nodes` crash right after the event, and restart after `by` (0: never)
    partition,  ///< `nodes` are cut off from the others right after the event, for `by` (0: for good)
    reseed,     ///< what chance decides after the event comes from `seed`
  } kind{};
  std::uint32_t event = 0;
  std::uint32_t message = sim::Timeline::kNone;  ///< an index into the timeline's messages
  std::vector<std::uint32_t> nodes;
  sim::Duration by{};
  std::uint64_t seed = 0;
};
/// "n2 crashes after event 1,204", "AppendEntries from n1 to n3 is lost".
std::string describe(const sim::Timeline& timeline, const Change& change);

/// A run and its forks, in the order in which they were made; the first is the one that was opened.
class Session {
 public:
  explicit Session(Wish wish);
  explicit Session(sim::Timeline trace, std::string title);

  std::size_t size() const { return branches_.size(); }
  Branch& branch(std::size_t i) { return *branches_[i]; }
  const Branch& branch(std::size_t i) const { return *branches_[i]; }
  /// Adds a fork of a branch; its place. It must be advanced. Error: the branch is a trace, or the change is none that can be
  /// made (a message that a node sent to itself).
  sim::Result<std::size_t> fork(std::size_t of, const Change& change);
  /// Adds a run of its own beside the first, to be compared with it; its place. It must be advanced. Once both are over, and
  /// where they part was found (see part()), its forked_at says so.
  std::size_t add(Wish wish);
  std::size_t add(sim::Timeline trace, std::string title);
  /// Finds where the runs that are compared part from the first, of those that are over.
  void part();
  /// Takes a fork away again; the first branch stays. Forks of it stay too.
  void close(std::size_t i);

 private:
  std::vector<std::unique_ptr<Branch>> branches_;
};

}  // namespace viz
