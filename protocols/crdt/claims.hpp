// What a replicated data type claims, as an observer who sees all replicas checks it. A claim looks at the replica that changed,
// and at what it remembers of the edits that users made anywhere (Ledger).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocols/crdt/models.hpp"
#include "protocols/crdt/node.hpp"
#include "sim/check/spec.hpp"

namespace protocols::crdt {

template <Crdt T>
using Cluster = sim::check::Cluster<Replica<T>>;
using sim::check::Violation;

/// Something remembered of each replica.
template <class V>
class PerReplica {
 public:
  V& operator[](sim::NodeId id) {
    if (index(id) >= held_.size()) held_.resize(index(id) + 1);
    return held_[index(id)];
  }

 private:
  std::vector<V> held_;
};

/// Says whether a replica's state was touched since the last look, or is another one after a restart.
template <Crdt T>
class ChangeWatch {
 public:
  enum class Change : std::uint8_t { none, touched, restarted };
  Change look(const Cluster<T>& cluster, sim::NodeId id) {
    Seen& seen = seen_[id];
    const Seen now{true, cluster.incarnation(id), cluster.node(id).changes};
    if (!seen.any || seen.life != now.life) {
      seen = now;
      return Change::restarted;
    }
    if (seen.changes == now.changes) return Change::none;
    seen = now;
    return Change::touched;
  }

 private:
  struct Seen {
    bool any = false;
    std::uint64_t life = 0;
    std::uint64_t changes = 0;
  };
  PerReplica<Seen> seen_;
};

/// All edits that users made. An edit that a crash destroyed before anybody was told of it gives its place to the next of that dot;
/// so equal vectors stand for equal edits only together with the history of each replica's edits so far.
template <Crdt T>
class Ledger {
 public:
  /// Takes note of the last edit of a replica. True if it is new.
  bool look(const Replica<T>& replica) {
    if (!replica.last) return false;
    const Dot& dot = replica.last->op.dot;
    std::vector<Entry>& own = made_[dot.replica];
    if (dot.n <= own.size() && own[dot.n - 1].made == *replica.last) return false;
    own.resize(dot.n);
    sim::Digest history(dot.n > 1 ? own[dot.n - 2].history : 0);
    hash_into(history, *replica.last);
    own[dot.n - 1] = {*replica.last, history.value()};
    return true;
  }
  const Made<T>& at(const Dot& dot) const { return made_.at(dot.replica)[dot.n - 1].made; }
  bool has(const Dot& dot) const {
    const auto own = made_.find(dot.replica);
    return own != made_.end() && dot.n <= own->second.size() && own->second[dot.n - 1].made.op.dot == dot;
  }
  /// Equal for equal sets of edits.
  std::uint64_t digest_of(const VersionVector& known) const {
    sim::Digest d;
    for (const auto& [writer, n] : known.counts) {
      hash_into(d, Dot{writer, n});
      if (has({writer, n})) d.add(made_.at(writer)[n - 1].history);
    }
    return d.value();
  }

 private:
  struct Entry {
    Made<T> made;
    std::uint64_t history = 0;  // digest of this edit and all of its replica before it
  };
  std::map<ReplicaId, std::vector<Entry>> made_;
};

/// Two replicas that know the same edits show the same value (strong eventual consistency; Shapiro et al., Conflict-free Replicated
/// Data Types, SSS 2011).
template <Crdt T>
class StrongConvergence {
 public:
  Violation operator()(const Cluster<T>& cluster, sim::NodeId changed) {
    const Replica<T>& replica = cluster.node(changed);
    ledger_.look(replica);
    if (watch_.look(cluster, changed) == ChangeWatch<T>::Change::none) return {};
    const std::uint64_t value = sim::digest_of(replica.state.value());
    const Shown& shown = shown_.try_emplace(ledger_.digest_of(replica.known), Shown{value, changed, cluster.now()}).first->second;
    if (shown.value == value) return {};
    const Replica<T>& other = cluster.node(shown.by);
    std::string what = cluster.name(changed) + " shows " + sim::to_json(replica.state.value()) + "; " + cluster.name(shown.by);
    what += ", which knew the same edits at " + to_text(shown.at) + ", showed ";
    return what + (other.known == replica.known ? sim::to_json(other.state.value()) : "something else");
  }

 private:
  struct Shown {
    std::uint64_t value = 0;
    sim::NodeId by{};
    sim::Time at{};
  };
  ChangeWatch<T> watch_;
  Ledger<T> ledger_;
  std::map<std::uint64_t, Shown> shown_;  // by the digest of what is known
};

/// A replica's value is what the type's model makes of the edits that it knows.
template <Crdt T>
class SpecifiedValue {
 public:
  Violation operator()(const Cluster<T>& cluster, sim::NodeId changed) {
    const Replica<T>& replica = cluster.node(changed);
    ledger_.look(replica);
    const auto change = watch_.look(cluster, changed);
    if (change == ChangeWatch<T>::Change::none) return {};
    Counted& counted = counted_[changed];
    if (change == ChangeWatch<T>::Change::restarted || !counted.known.within(replica.known)) counted = {};
    for (const auto& [writer, n] : replica.known.counts) {
      for (std::uint64_t i = counted.known.of(writer) + 1; i <= n; ++i) {
        if (ledger_.has({writer, i})) counted.model.add(ledger_.at({writer, i}));
      }
    }
    counted.known = replica.known;
    if (Wrong wrong = counted.model.check(replica.state)) return cluster.name(changed) + " " + *wrong;
    return {};
  }

 private:
  struct Counted {
    VersionVector known;
    Model<T> model;
  };
  ChangeWatch<T> watch_;
  Ledger<T> ledger_;
  PerReplica<Counted> counted_;
};

/// While a replica runs it forgets no edit.
template <Crdt T>
class KnownGrows {
 public:
  Violation operator()(const Cluster<T>& cluster, sim::NodeId changed) {
    const Replica<T>& replica = cluster.node(changed);
    const auto change = watch_.look(cluster, changed);
    if (change == ChangeWatch<T>::Change::none) return {};
    VersionVector& known = known_[changed];
    const bool fell = change == ChangeWatch<T>::Change::touched && !known.within(replica.known);
    std::string before = fell ? sim::to_json(known.counts) : "";
    known = replica.known;
    if (!fell) return {};
    return cluster.name(changed) + " knew the edits " + before + " and knows only " + sim::to_json(replica.known.counts) + " now";
  }

 private:
  ChangeWatch<T> watch_;
  PerReplica<VersionVector> known_;
};

/// No two edits have the same id: what a replica numbers, no other has heard of under that number.
template <Crdt T>
class UniqueIds {
 public:
  Violation operator()(const Cluster<T>& cluster, sim::NodeId changed) {
    const Replica<T>& replica = cluster.node(changed);
    if (watch_.look(cluster, changed) == ChangeWatch<T>::Change::none) return {};
    if (ledger_.look(replica) && told_.has(replica.last->op.dot)) {
      return cluster.name(changed) + " gives a new edit the id " + sim::to_json(replica.last->op.dot) +
             ", under which others know one that it has lost";
    }
    for (const auto& [writer, n] : replica.known.counts) {
      if (writer.node != changed) told_.raise(writer, n);
    }
    return {};
  }

 private:
  ChangeWatch<T> watch_;
  Ledger<T> ledger_;
  VersionVector told_;  // of each replica, what another node knows
};

/// What is kept beside the values is bounded by the values and the replicas: each live element (key, value) has one dot of a
/// replica at most, nothing is kept of what was removed, and the context is one number a replica.
template <Crdt T>
class BoundedMetadata {
 public:
  Violation operator()(const Cluster<T>& cluster, sim::NodeId changed) {
    const Replica<T>& replica = cluster.node(changed);
    if (watch_.look(cluster, changed) == ChangeWatch<T>::Change::none) return {};
    for (const auto& [name, dots] : replica.state.entries) {
      if (dots.empty()) return cluster.name(changed) + " keeps an entry of \"" + name + "\", which is removed";
      std::optional<ReplicaId> before;
      for (const auto& entry : dots) {
        const Dot& dot = dot_of(entry);
        if (before == dot.replica) return cluster.name(changed) + " has two dots of one replica for \"" + name + "\"";
        before = dot.replica;
      }
    }
    if (replica.state.seen.cloud.empty()) return {};
    return cluster.name(changed) + " has a gap in its context: " + sim::to_json(replica.state.seen);
  }

 private:
  ChangeWatch<T> watch_;
};

/// Text typed in a row stays together, forwards and backwards (Weidner and Kleppmann 2023: maximally non-interleaving).
class NoInterleaving {
 public:
  Violation operator()(const Cluster<Text>& cluster, sim::NodeId changed);

 private:
  ChangeWatch<Text> watch_;
};

/// The first place where a list breaks either half of non-interleaving, or nothing. Forwards: the list is a walk through the tree
/// of left origins that finishes each branch before it begins the next. Backwards: so are, from the right, the characters with one
/// left origin, in the tree of right origins.
Wrong interleaved(const std::vector<TextItem>& items);

/// Liveness: every edit that a running replica knew when faults had stopped is known to all.
template <Crdt T>
class ReplicasAgree {
 public:
  Violation operator()(const Cluster<T>& cluster, sim::NodeId /*changed*/) {
    if (!begun_) {
      begun_ = true;
      // Of one that is down nobody can say which of its edits its disk has.
      for (const sim::NodeId id : cluster.members()) {
        if (cluster.up(id)) target_.join(cluster.node(id).known);
      }
    }
    for (const sim::NodeId id : cluster.members()) {
      if (cluster.up(id) && !target_.within(cluster.node(id).known)) return cluster.name(id) + " lacks edits that others know";
    }
    return {};
  }

 private:
  bool begun_ = false;
  VersionVector target_;
};

/// Reached when a node comes back under another id.
template <Crdt T>
class Reborn {
 public:
  bool operator()(const Cluster<T>& cluster, sim::NodeId changed) {
    std::optional<ReplicaId>& id = ids_[changed];
    const ReplicaId& now = cluster.node(changed).id;
    const bool another = id && *id != now && now.incarnation != 0 && id->incarnation != 0;
    id = now;
    return another;
  }

 private:
  PerReplica<std::optional<ReplicaId>> ids_;
};

}  // namespace protocols::crdt
