// What Raft claims (Figure 3.2 of the dissertation, and what it says in prose), as an observer who sees all servers checks it.
//
// Each claim is looked at after every event, so each remembers what it saw of every server and looks only at what is new:
// a few comparisons where nothing is, a few look-ups for an entry that was appended, committed or applied. What lies below
// every server's snapshot is forgotten, so memory is bounded by what the servers themselves keep.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "protocols/consensus/raft/node.hpp"
#include "sim/check/spec.hpp"
#include "sim/core/cow_log.hpp"

namespace protocols::raft {

using Cluster = sim::check::Cluster<Node>;
using sim::check::Violation;

/// Something remembered of each server.
template <class T>
class PerNode {
 public:
  T& operator[](sim::NodeId id) {
    if (index(id) >= held_.size()) held_.resize(index(id) + 1);
    return held_[index(id)];
  }

 private:
  std::vector<T> held_;
};

/// Says whether anything was written to a server's disk, or lost from it by a crash, since the last look: where not, its log
/// is what it was.
class DiskWatch {
 public:
  bool changed(const Cluster& cluster, sim::NodeId id);

 private:
  struct Seen {
    sim::Time up_since{};
    std::uint64_t written = 0;
  };
  PerNode<Seen> seen_;
};

/// At most one leader is elected in a term (§3.4).
class ElectionSafety {
 public:
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  PerNode<std::uint64_t> led_;                                  // the newest term each was seen to lead
  std::vector<std::pair<std::uint64_t, sim::NodeId>> leaders_;  // by term
};

/// A server votes for one candidate a term, whatever crashes meanwhile (§3.4, §3.8). Seen from both ends: no two candidates of
/// a term count the vote of one server; and a server that may have told anybody of its vote, because its disk has all that
/// was written until then, keeps it for the term.
class OneVotePerTerm {
 public:
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  struct Promise {
    std::uint64_t term = 0;
    std::optional<sim::NodeId> vote;
    std::uint64_t written = 0;  // the disk's newest write when the vote was first seen
    bool told = false;          // that is durable, so the answer may be out
    std::uint64_t told_term = 0;
    sim::NodeId told_vote{};  // the newest that was told; the server may have lost all memory of a later term
  };
  struct Count {
    std::uint64_t term = 0;
    std::size_t votes = 0;
  };
  struct Cast {
    sim::NodeId voter;
    sim::NodeId candidate;
  };
  Violation look_at_voter(const Cluster& cluster, sim::NodeId id);
  Violation look_at_candidate(const Cluster& cluster, sim::NodeId id);

  PerNode<Promise> promises_;
  PerNode<Count> counted_;
  std::map<std::uint64_t, std::vector<Cast>> cast_;  // by term; only terms that somebody may still campaign in
};

/// A leader only appends to its log (§3.5).
class LeaderAppendOnly {
 public:
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  struct Seen {
    std::uint64_t term = 0;  // that it led then; 0: it did not lead
    std::uint64_t last = 0;
    std::uint64_t last_term = 0;
    std::uint64_t last_digest = 0;
  };
  DiskWatch disks_;
  PerNode<Seen> seen_;
};

/// Two logs that have an entry of the same index and term are the same up to that entry (§3.5). An entry together with all
/// before it has a digest, computed from its own content and its predecessor's digest; the first log to have the entry says
/// what the digest is, and every other must agree.
class LogMatching {
 public:
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  struct Seen {
    std::uint64_t first = 1;
    std::uint64_t last = 0;
    std::uint64_t last_term = 0;
  };
  struct Known {
    std::uint64_t term = 0;
    std::uint64_t digest = 0;
    sim::NodeId by{};
  };
  const Known* find(std::uint64_t i, std::uint64_t term) const;
  Violation look_at(const Cluster& cluster, sim::NodeId id, const sim::CowLog<Entry>& log, std::uint64_t i);
  void forget(const Cluster& cluster);

  DiskWatch disks_;
  PerNode<Seen> seen_;
  sim::CowLog<Known> main_;                                        // of each index the entry seen first
  std::map<std::pair<std::uint64_t, std::uint64_t>, Known> rest_;  // (index, term) of those that contradict it
};

/// What has been committed, and in which term: shared by the claims about committed entries.
class Committed {
 public:
  /// The newest entry committed, and its term; index 0: none.
  std::uint64_t index() const { return terms_.last(); }
  std::uint64_t term() const { return terms_.empty() ? 0 : terms_.at(terms_.last()); }
  /// Takes note of what a leader has committed since the last look. True if that was news.
  bool look(const Cluster& cluster, sim::NodeId changed);
  /// The newest entry that was committed in a term below `term`, or 0.
  std::uint64_t before(std::uint64_t term) const;
  /// Whether a server has a committed entry, in its log or in its snapshot.
  bool held(const Cluster& cluster, sim::NodeId id, std::uint64_t i) const;
  /// In which term the entry was committed.
  std::uint64_t committed_in(std::uint64_t i) const;
  std::uint64_t term_of(std::uint64_t i) const { return terms_.at(i); }

 private:
  struct Mark {
    std::uint64_t in_term = 0;
    std::uint64_t up_to = 0;
  };
  sim::CowLog<std::uint64_t> terms_;  // the term of each entry committed, by index
  std::vector<Mark> marks_;           // by term: the newest entry that its leader committed
  PerNode<std::uint64_t> base_;
};

/// An entry committed in some term is in the logs of the leaders of all later terms (§3.6.3).
class LeaderCompleteness {
 public:
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  Violation lacks(const Cluster& cluster, sim::NodeId id) const;
  Committed committed_;
  PerNode<std::uint64_t> led_;
};

/// A committed entry is held by a majority, on their disks or in their snapshots, from then on (what §3.6.3 rests on).
class CommittedStays {
 public:
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  struct Seen {
    std::uint64_t last = 0;
    std::uint64_t last_term = 0;
  };
  Committed committed_;
  DiskWatch disks_;
  PerNode<Seen> seen_;
};

/// No two servers apply different entries at one index (§3.6.3), nor reach different states by one index.
class StateMachineSafety {
 public:
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  struct Seen {
    sim::Time up_since{};
    std::uint64_t applied = 0;
    std::uint64_t base = 0;
  };
  struct Applied {
    std::uint64_t term = 0;
    std::uint64_t command = 0;  // its digest
    sim::NodeId by{};
  };
  struct Taken {
    std::uint64_t index = 0;
    std::uint64_t digest = 0;
    sim::NodeId by{};
  };
  Violation look_at_entry(const Cluster& cluster, sim::NodeId id, const sim::CowLog<Entry>& log, std::uint64_t i);
  Violation look_at_snapshot(const Cluster& cluster, sim::NodeId id);

  PerNode<Seen> seen_;
  sim::CowLog<Applied> applied_;
  std::vector<Taken> snapshots_;  // by index
};

/// While a server runs, its commit index only rises (§3.5).
class CommitMonotone {
 public:
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  struct Seen {
    sim::Time up_since{};
    std::uint64_t commit = 0;
  };
  PerNode<Seen> seen_;
};

/// Liveness: somebody leads, and a majority is in its term.
Violation leader_exists(const Cluster& cluster, sim::NodeId changed);

}  // namespace protocols::raft
