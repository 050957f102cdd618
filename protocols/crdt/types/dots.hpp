// Causal contexts: what makes a set forget without tombstones (Bieniusa et al.: An optimized conflict-free replicated set, INRIA
// RR-8083; Almeida, Shoker, Baquero 2018).
//
// Every add gives its element a dot. A state is the dots that live and the context: all dots that were ever seen. A dot that the
// other side has seen and does not hold was removed there; one that it has not seen is news. So the context stands for all
// tombstones at once, and as a version vector it is as long as there are replicas.
#pragma once

#include <map>
#include <set>
#include <string>

#include "protocols/crdt/types/crdt.hpp"

namespace protocols::crdt {

/// All dots that were seen. Those of a replica without a gap stand in the vector, others in the cloud until the gap is filled. A
/// state that grew by causal delivery has no cloud; a delta may have one.
struct DotContext {
  VersionVector vector;
  std::set<Dot> cloud;
  SIM_DESCRIBE(DotContext, vector, cloud)

  bool has(const Dot& dot) const { return vector.has(dot) || cloud.count(dot) > 0; }
  Dot next(const ReplicaId& replica) const { return {replica, vector.of(replica) + 1}; }
  void add(const Dot& dot) {
    if (has(dot)) return;
    cloud.insert(dot);
    compact();
  }
  void join(const DotContext& other) {
    vector.join(other.vector);
    cloud.insert(other.cloud.begin(), other.cloud.end());
    compact();
  }

 private:
  /// Moves what follows the vector without a gap into it. The cloud is in the order of replicas, then numbers: one pass does.
  void compact() {
    for (auto dot = cloud.begin(); dot != cloud.end();) {
      const std::uint64_t known = vector.of(dot->replica);
      if (dot->n > known + 1) {
        ++dot;
        continue;
      }
      vector.raise(dot->replica, dot->n);
      dot = cloud.erase(dot);
    }
  }
};

/// The dot of an element of a set or a map of dots.
inline const Dot& dot_of(const Dot& dot) { return dot; }
template <class V>
const Dot& dot_of(const std::pair<const Dot, V>& entry) {
  return entry.first;
}

/// Joins two sets (or maps) of live dots, each with all that its side has seen. Both contexts are those before the join.
template <class Dots>
void join_dots(Dots& mine, const DotContext& my_seen, const Dots& theirs, const DotContext& their_seen, Mutant planted) {
  for (auto at = mine.begin(); at != mine.end();) {
    const bool removed_there = theirs.count(dot_of(*at)) == 0 && their_seen.has(dot_of(*at));
    at = removed_there ? mine.erase(at) : std::next(at);
  }
  for (const auto& entry : theirs) {
    const Dot& dot = dot_of(entry);
    bool removed_here = my_seen.has(dot);
    if (planted == Mutant::not_strict) removed_here = dot.n < my_seen.vector.of(dot.replica);
    if (!removed_here) mine.insert(entry);
  }
}

/// The same for each of several elements or keys; those without a live dot go.
template <class Dots>
void join_entries(std::map<std::string, Dots>& mine, const DotContext& my_seen, const std::map<std::string, Dots>& theirs,
                  const DotContext& their_seen, Mutant planted) {
  static const Dots nothing;
  for (auto& [name, dots] : mine) {
    const auto other = theirs.find(name);
    join_dots(dots, my_seen, other == theirs.end() ? nothing : other->second, their_seen, planted);
  }
  for (const auto& [name, dots] : theirs) {
    if (mine.count(name) == 0) join_dots(mine[name], my_seen, dots, their_seen, planted);
  }
  for (auto at = mine.begin(); at != mine.end();) {
    const bool goes = at->second.empty() && planted != Mutant::keeps_removed;
    at = goes ? mine.erase(at) : std::next(at);
  }
}

}  // namespace protocols::crdt
