// What services claim, as an observer checks it. An observer sees what a service did while it handled the last event (its deeds)
// and keeps books of its own: what is outstanding, what came of it, in which generation of a breaker. The books are plain
// recounts; they know nothing of rings and counters.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/services/node.hpp"
#include "sim/check/spec.hpp"

namespace protocols::services {

using Cluster = sim::check::Cluster<Node>;
using sim::check::Violation;

/// Something remembered of each service, anew after each restart.
template <class T>
class PerLife {
 public:
  /// `fresh` is set where there was nothing to remember.
  T& at(const Cluster& cluster, sim::NodeId id, bool* fresh = nullptr) {
    if (index(id) >= held_.size()) held_.resize(index(id) + 1);
    std::optional<Held>& held = held_[index(id)];
    const std::uint32_t life = cluster.incarnation(id);
    const bool anew = !held || held->life != life;
    if (anew) held = Held{life, {}, 0};
    if (fresh != nullptr) *fresh = anew;
    return held->what;
  }

  /// The deeds of a service's last event, unless it was handed them before: an event at a service need not be one that it
  /// handles (a sync, a message that is dropped).
  std::span<const Deed> deeds(const Cluster& cluster, sim::NodeId id) {
    at(cluster, id);
    const Node& node = cluster.node(id);
    Held& held = *held_[index(id)];
    if (held.handled == node.handled) return {};
    held.handled = node.handled;
    return node.deeds;
  }

 private:
  struct Held {
    std::uint32_t life = 0;
    T what{};
    std::uint64_t handled = 0;
  };
  std::vector<std::optional<Held>> held_;
};

/// The observer's book of one breaker.
struct Book {
  struct Result {
    sim::Time at{};
    bool failed = false;
    bool slow = false;
  };
  bool known = false;
  BreakerState state{};
  std::uint64_t generation = 0;
  sim::Time since{};
  std::uint32_t outstanding = 0;  ///< calls of this generation that have not ended
  std::vector<Result> results;    ///< of calls of this generation

  /// Enters what a deed says, up to but not with the change of state that it brought.
  void take(const Deed& deed);
  /// Enters the change of state, if it brought one.
  void turn(const Deed& deed);
  /// Counts the results that are in the window.
  resilience::Tally recount(const Config& config, sim::Time now) const;
};

/// Books of all dependencies, and the deeds in order.
class Breakers {
 public:
  /// Calls look(config, book, deed) for each deed that concerns a breaker, when the book has it but not yet its change of state;
  /// and then turned(config, book, deed). The first violation counts.
  template <class Look, class Turned>
  Violation follow(const Cluster& cluster, sim::NodeId changed, Look&& look, Turned&& turned);

 private:
  PerLife<std::vector<Book>> books_;
};

/// No call leaves while its breaker is open, and it stays open for as long as it should.
class OpenMeansNoCalls {
 public:
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  Breakers breakers_;
};

/// Half-open, no more calls are out or judged than it permits.
class ProbesBounded {
 public:
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  Breakers breakers_;
};

/// Permits that are out are calls that are out: each is returned once, none is lost.
class PermitsReturned {
 public:
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  Breakers breakers_;
};

/// closed -> open -> half-open -> open or closed.
class AllowedTransitions {
 public:
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  Breakers breakers_;
};

/// A breaker's window holds the results of its generation, recounted.
class WindowExact {
 public:
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  Breakers breakers_;
};

/// It trips, and closes again, only when a full enough window says so.
class JudgedByWindow {
 public:
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  Breakers breakers_;
};

/// No worker takes up a job after its deadline.
Violation no_work_after_deadline(const Cluster& cluster, sim::NodeId changed);

/// A call's deadline is no later than its job's.
Violation deadlines_shrink(const Cluster& cluster, sim::NodeId changed);

/// Calls that are out to one dependency are no more than its bulkhead has places.
class BulkheadHolds {
 public:
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  PerLife<std::vector<std::uint32_t>> out_;
};

/// In nine tenths of the window: retries <= share * requests of the window + what is always allowed.
class RetriesWithinBudget {
 public:
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  struct Seen {
    std::vector<sim::Time> requests;
    std::vector<sim::Time> retries;
  };
  PerLife<std::vector<Seen>> seen_;
};

/// Admitted in any span t: at most burst + rate * t; of the limiters with windows: at most the limit in each aligned window.
class LimiterBound {
 public:
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  struct Seen {
    sim::Time last{};
    std::int64_t excess = 0;  // the most, over spans that end at `last`, of admitted * per - count * t
    std::int64_t window = 0;
    std::uint64_t admitted = 0;
  };
  PerLife<Seen> seen_;
};

/// A key takes effect once in its retention, whatever crashes.
class OneEffectPerKey {
 public:
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  struct Seen {
    std::uint64_t last = 0;  // in the log
    std::map<std::string, sim::Time> effects;
  };
  PerLife<Seen> seen_;
};

/// What was answered ok for a key, and for which payload: shared by the two claims below.
class Answers {
 public:
  struct Answer {
    std::uint64_t payload = 0;
    std::string receipt;
    sim::Time at{};
  };
  /// Calls differs(first answer, deed) for each answer after the first of a key.
  template <class Differs>
  Violation follow(const Cluster& cluster, sim::NodeId changed, Differs&& differs);

 private:
  PerLife<std::map<std::string, Answer>> seen_;
};

/// All ok answers of a key are the same.
class RepliesIdentical {
 public:
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  Answers answers_;
};

/// Nobody is answered ok for another payload than the one that the key stands for.
class ReplayMatchesRequest {
 public:
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  Answers answers_;
};

/// Liveness: in a whole second at least four in five of what arrives at each service is answered ok and in time.
class GoodputRecovers {
 public:
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  std::optional<sim::Time> began_;
};

/// Liveness: no breaker is half-open with all places taken by calls that have ended.
Violation half_open_ends(const Cluster& cluster, sim::NodeId changed);

}  // namespace protocols::services
