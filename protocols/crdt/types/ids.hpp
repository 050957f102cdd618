// Who edits, and how edits are counted: replica ids, dots, version vectors.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sim/core/describe.hpp"

namespace protocols::crdt {

/// One life of a replica's memory. A node whose disk was lost comes back as another replica, with another incarnation: under its
/// old id it would give the ids of its lost edits to new ones. Ordered by node, then incarnation; shown as "node.incarnation".
struct ReplicaId {
  sim::NodeId node{};
  std::uint32_t incarnation = 0;  ///< drawn at random by a replica that finds its disk empty

  friend constexpr auto operator<=>(const ReplicaId&, const ReplicaId&) = default;
  friend constexpr void hash_into(sim::Digest& d, const ReplicaId& id) { d.add(index(id.node), id.incarnation); }
  friend void json_into(std::string& out, const ReplicaId& id) {
    out += '"' + std::to_string(index(id.node)) + '.' + std::to_string(id.incarnation) + '"';
  }
};

/// The name of one event: the n-th of a replica, from 1.
struct Dot {
  ReplicaId replica;
  std::uint64_t n = 0;

  friend constexpr auto operator<=>(const Dot&, const Dot&) = default;
  friend constexpr void hash_into(sim::Digest& d, const Dot& dot) {
    hash_into(d, dot.replica);
    d.add(dot.n);
  }
  friend void json_into(std::string& out, const Dot& dot) {
    out += '"' + std::to_string(index(dot.replica.node)) + '.' + std::to_string(dot.replica.incarnation) + ':' +
           std::to_string(dot.n) + '"';
  }
};

/// How many events of each replica are known: the first so many, without a gap (Fidge, Mattern 1988). Zeros are not kept.
struct VersionVector {
  std::vector<std::pair<ReplicaId, std::uint64_t>> counts;  ///< in the order of replicas
  SIM_DESCRIBE(VersionVector, counts)

  std::uint64_t of(const ReplicaId& replica) const {
    const auto at = find(replica);
    return at != counts.end() && at->first == replica ? at->second : 0;
  }
  bool has(const Dot& dot) const { return dot.n <= of(dot.replica); }
  /// Sets the count of a replica to n, if that is more than it is.
  void raise(const ReplicaId& replica, std::uint64_t n) {
    if (n == 0) return;
    const auto at = counts.begin() + (find(replica) - counts.cbegin());
    if (at == counts.end() || at->first != replica) {
      counts.insert(at, {replica, n});
    } else {
      at->second = std::max(at->second, n);
    }
  }
  /// The least vector that is not below either.
  void join(const VersionVector& other) {
    for (const auto& [replica, n] : other.counts) raise(replica, n);
  }
  /// The greatest vector that is not above either.
  void meet(const VersionVector& other) {
    for (auto& [replica, n] : counts) n = std::min(n, other.of(replica));
    counts.erase(std::remove_if(counts.begin(), counts.end(), [](const auto& c) { return c.second == 0; }), counts.end());
  }
  /// Whether everything in here is in `other`.
  bool within(const VersionVector& other) const {
    return std::all_of(counts.begin(), counts.end(), [&](const auto& c) { return c.second <= other.of(c.first); });
  }

 private:
  std::vector<std::pair<ReplicaId, std::uint64_t>>::const_iterator find(const ReplicaId& replica) const {
    return std::lower_bound(counts.begin(), counts.end(), replica, [](const auto& c, const ReplicaId& r) { return c.first < r; });
  }
};

/// What a replica knows of itself at the moment of an edit.
struct Stamp {
  ReplicaId replica;
  sim::Time now{};  ///< by its own clock
};

}  // namespace protocols::crdt
