#include "protocols/consensus/raft/claims.hpp"

#include <algorithm>
#include <string>

namespace protocols::raft {
namespace {

std::string text(std::uint64_t n) { return std::to_string(n); }

const sim::CowLog<Entry>& log_of(const Cluster& cluster, sim::NodeId id) { return cluster.log<Entry>(id, Node::kLog); }

// The term of the entry at i, which is in the log or the snapshot's last.
std::uint64_t term_at(const Node& node, const sim::CowLog<Entry>& log, std::uint64_t i) {
  return i < log.first() || i > log.last() ? node.base_term : log.at(i).term;
}

// The snapshot that reaches least far: what lies before its end no log has any more.
std::uint64_t lowest_base(const Cluster& cluster) {
  std::uint64_t lowest = ~std::uint64_t{0};
  for (const sim::NodeId id : cluster.members()) lowest = std::min(lowest, cluster.node(id).base_index);
  return lowest;
}

}  // namespace

bool DiskWatch::changed(const Cluster& cluster, sim::NodeId id) {
  Seen& seen = seen_[id];
  const Seen now{cluster.node(id).up_since, cluster.disk(id).written()};
  if (seen.written == now.written && seen.up_since == now.up_since) return false;
  seen = now;
  return true;
}

// ---- elections ------------------------------------------------------------------------------------------------------

Violation ElectionSafety::operator()(const Cluster& cluster, sim::NodeId changed) {
  const Node& node = cluster.node(changed);
  if (node.role != Role::leader || led_[changed] == node.term) return {};
  led_[changed] = node.term;
  const auto at =
      std::lower_bound(leaders_.begin(), leaders_.end(), node.term, [](const auto& l, std::uint64_t t) { return l.first < t; });
  if (at == leaders_.end() || at->first != node.term) {
    leaders_.insert(at, {node.term, changed});
    return {};
  }
  if (at->second == changed) return {};
  return cluster.name(at->second) + " and " + cluster.name(changed) + " were both elected leader of term " + text(node.term);
}

Violation OneVotePerTerm::operator()(const Cluster& cluster, sim::NodeId changed) {
  if (auto violation = look_at_voter(cluster, changed)) return violation;
  return cluster.node(changed).role == Role::follower ? Violation() : look_at_candidate(cluster, changed);
}

Violation OneVotePerTerm::look_at_voter(const Cluster& cluster, sim::NodeId id) {
  const Node& node = cluster.node(id);
  Promise& promise = promises_[id];
  const bool news = promise.term != node.term || promise.vote != node.voted_for;
  if (!news && promise.told) return {};
  if (news) {
    promise.term = node.term;
    promise.vote = node.voted_for;
    promise.written = cluster.disk(id).written();
    promise.told = !node.voted_for;  // nothing to tell
    if (promise.told_term == node.term && node.voted_for != promise.told_vote) {
      return cluster.name(id) + " voted for " + cluster.name(promise.told_vote) + " in term " + text(node.term) +
             ", and now, in the same term, " + (node.voted_for ? "for " + cluster.name(*node.voted_for) : "has forgotten it");
    }
  }
  // One that went down in this very event has told nobody.
  if (node.voted_for && cluster.up(id) && cluster.disk(id).synced() >= promise.written) {
    promise.told = true;
    promise.told_term = node.term;
    promise.told_vote = *node.voted_for;
  }
  return {};
}

Violation OneVotePerTerm::look_at_candidate(const Cluster& cluster, sim::NodeId changed) {
  const Node& node = cluster.node(changed);
  Count& seen = counted_[changed];
  if (seen.term == node.term && seen.votes == node.votes.size()) return {};
  if (seen.term != node.term) {
    seen = {node.term, 0};
    std::uint64_t lowest = node.term;
    for (const sim::NodeId id : cluster.members()) lowest = std::min(lowest, cluster.node(id).term);
    cast_.erase(cast_.begin(), cast_.lower_bound(lowest));
  }
  std::vector<Cast>& cast = cast_[node.term];
  for (; seen.votes < node.votes.size(); ++seen.votes) {
    const sim::NodeId voter = node.votes[seen.votes];
    const auto at = std::find_if(cast.begin(), cast.end(), [&](const Cast& c) { return c.voter == voter; });
    if (at == cast.end()) {
      cast.push_back({voter, changed});
    } else if (at->candidate != changed) {
      return cluster.name(at->candidate) + " and " + cluster.name(changed) + " both count the vote of " + cluster.name(voter) +
             " in term " + text(node.term);
    }
  }
  return {};
}

// ---- logs -----------------------------------------------------------------------------------------------------------

Violation LeaderAppendOnly::operator()(const Cluster& cluster, sim::NodeId changed) {
  const Node& node = cluster.node(changed);
  Seen& seen = seen_[changed];
  if (node.role != Role::leader) {
    seen.term = 0;
    return {};
  }
  if (!disks_.changed(cluster, changed) && seen.term == node.term) return {};
  const auto& log = log_of(cluster, changed);
  if (seen.term == node.term) {
    if (log.last() < seen.last) {
      return cluster.name(changed) + ", leader of term " + text(node.term) + ", cut its log from entry " + text(seen.last) +
             " back to " + text(log.last());
    }
    if (log.last() == seen.last) return {};
    if (seen.last >= log.first() &&
        (log.at(seen.last).term != seen.last_term || log.at(seen.last).command.digest() != seen.last_digest)) {
      return cluster.name(changed) + ", leader of term " + text(node.term) + ", overwrote its entry " + text(seen.last);
    }
  }
  const bool empty = log.empty();
  seen = {node.term, log.last(), empty ? 0 : log.at(log.last()).term, empty ? 0 : log.at(log.last()).command.digest()};
  return {};
}

const LogMatching::Known* LogMatching::find(std::uint64_t i, std::uint64_t term) const {
  if (i >= main_.first() && i <= main_.last() && main_.at(i).term == term) return &main_.at(i);
  const auto at = rest_.find({i, term});
  return at == rest_.end() ? nullptr : &at->second;
}

Violation LogMatching::operator()(const Cluster& cluster, sim::NodeId changed) {
  if (!disks_.changed(cluster, changed)) return {};
  const Node& node = cluster.node(changed);
  const auto& log = log_of(cluster, changed);
  Seen& seen = seen_[changed];
  const std::uint64_t last_term = term_at(node, log, log.last());
  if (log.last() == seen.last && last_term == seen.last_term && log.first() == seen.first) return {};
  // Where the entry that was last is still there, so is all before it; else what is new is not known, and all is looked at.
  const bool extended = seen.last >= log.first() && seen.last <= log.last() && log.at(seen.last).term == seen.last_term;
  const bool cut_before = log.first() != seen.first;
  const std::uint64_t from = extended ? seen.last + 1 : log.first();
  seen = {log.first(), log.last(), last_term};
  if (cut_before) forget(cluster);
  if (cut_before && extended) {  // does what is left of the log follow on its snapshot?
    if (auto violation = look_at(cluster, changed, log, log.first())) return violation;
  }
  for (std::uint64_t i = from; i <= log.last(); ++i) {
    if (auto violation = look_at(cluster, changed, log, i)) return violation;
  }
  return {};
}

Violation LogMatching::look_at(const Cluster& cluster, sim::NodeId id, const sim::CowLog<Entry>& log, std::uint64_t i) {
  if (i < main_.first()) return {};
  sim::Digest digest;
  if (i > 1) {
    const Known* before = find(i - 1, term_at(cluster.node(id), log, i - 1));
    if (before == nullptr) return {};  // below what is remembered
    digest.add(before->digest);
  }
  const Entry& entry = log.at(i);
  digest.add(entry.term, entry.command.digest());
  if (const Known* known = find(i, entry.term); known == nullptr) {
    const Known fresh{entry.term, digest.value(), id};
    if (i == main_.last() + 1) {
      main_.append(fresh);
    } else {
      rest_.emplace(std::pair{i, entry.term}, fresh);
    }
  } else if (known->digest != digest.value()) {
    const std::string entry_text = "entry " + text(i) + " of term " + text(entry.term);
    if (known->by == id) return "the log of " + cluster.name(id) + " below its " + entry_text + " is not what it was";
    return cluster.name(known->by) + " and " + cluster.name(id) + " both have " + entry_text +
           ", but their logs differ at or below it";
  }
  return {};
}

void LogMatching::forget(const Cluster& cluster) {
  const std::uint64_t keep = std::min(lowest_base(cluster), main_.last() + 1);
  main_.compact(keep);
  rest_.erase(rest_.begin(), rest_.lower_bound({keep, 0}));
}

// ---- what is committed ----------------------------------------------------------------------------------------------

bool Committed::look(const Cluster& cluster, sim::NodeId changed) {
  const Node& node = cluster.node(changed);
  if (node.base_index != base_[changed]) {
    base_[changed] = node.base_index;
    terms_.compact(std::min(lowest_base(cluster), terms_.last() + 1));
  }
  if (node.role != Role::leader || node.commit_index <= terms_.last()) return false;
  const auto& log = log_of(cluster, changed);
  while (terms_.last() < node.commit_index) terms_.append(term_at(node, log, terms_.last() + 1));
  auto at = std::lower_bound(marks_.begin(), marks_.end(), node.term, [](const Mark& m, std::uint64_t t) { return m.in_term < t; });
  if (at == marks_.end() || at->in_term != node.term) at = marks_.insert(at, {node.term, 0});
  at->up_to = terms_.last();
  return true;
}

std::uint64_t Committed::before(std::uint64_t term) const {
  const auto at =
      std::lower_bound(marks_.begin(), marks_.end(), term, [](const Mark& m, std::uint64_t t) { return m.in_term < t; });
  return at == marks_.begin() ? 0 : (at - 1)->up_to;
}

std::uint64_t Committed::committed_in(std::uint64_t i) const {
  const auto at = std::find_if(marks_.begin(), marks_.end(), [&](const Mark& m) { return i <= m.up_to; });
  return at == marks_.end() ? 0 : at->in_term;
}

bool Committed::held(const Cluster& cluster, sim::NodeId id, std::uint64_t i) const {
  const Node& node = cluster.node(id);
  const auto& log = log_of(cluster, id);
  if (i <= node.base_index || i < log.first() || i < terms_.first()) return true;
  return i <= log.last() && log.at(i).term == terms_.at(i);
}

Violation LeaderCompleteness::operator()(const Cluster& cluster, sim::NodeId changed) {
  if (committed_.look(cluster, changed)) {
    // A leader that was deposed without knowing may have committed late: whoever leads a later term must have it too.
    for (const sim::NodeId id : cluster.members()) {
      if (id == changed || cluster.node(id).role != Role::leader) continue;
      if (auto violation = lacks(cluster, id)) return violation;
    }
  }
  const Node& node = cluster.node(changed);
  if (node.role != Role::leader || led_[changed] == node.term) return {};
  led_[changed] = node.term;
  return lacks(cluster, changed);
}

Violation LeaderCompleteness::lacks(const Cluster& cluster, sim::NodeId id) const {
  const std::uint64_t i = committed_.before(cluster.node(id).term);
  if (i == 0 || committed_.held(cluster, id, i)) return {};
  return cluster.name(id) + " leads term " + text(cluster.node(id).term) + " without entry " + text(i) + " of term " +
         text(committed_.term_of(i)) + ", which was committed in term " + text(committed_.committed_in(i));
}

Violation CommittedStays::operator()(const Cluster& cluster, sim::NodeId changed) {
  committed_.look(cluster, changed);
  if (!disks_.changed(cluster, changed)) return {};
  const auto& log = log_of(cluster, changed);
  Seen& seen = seen_[changed];
  const std::uint64_t last_term = term_at(cluster.node(changed), log, log.last());
  const bool grew = log.last() > seen.last || (log.last() == seen.last && last_term == seen.last_term);
  const bool replaced = grew && log.last() > seen.last && seen.last >= log.first() && log.at(seen.last).term != seen.last_term;
  seen = {log.last(), last_term};
  if ((grew && !replaced) || committed_.index() == 0) return {};
  const std::uint64_t i = committed_.index();
  std::size_t holders = 0;
  // A server that knows what it lost counts: it lets no leader be elected without the entry. One that has been restarted and has
  // not begun knows it from its disk.
  const auto guards = [&](sim::NodeId id) {
    return cluster.node(id).repair_until >= i || (!cluster.up(id) && cluster.saved<Repair>(id).until >= i);
  };
  for (const sim::NodeId id : cluster.members()) holders += committed_.held(cluster, id, i) || guards(id) ? 1 : 0;
  if (holders > cluster.members().size() / 2) return {};
  return "entry " + text(i) + " of term " + text(committed_.term()) + " was committed in term " + text(committed_.committed_in(i)) +
         ", but now that " + cluster.name(changed) + " lost it only " + text(holders) + " of " + text(cluster.members().size()) +
         " servers hold it";
}

// ---- what is applied ------------------------------------------------------------------------------------------------

Violation StateMachineSafety::operator()(const Cluster& cluster, sim::NodeId changed) {
  const Node& node = cluster.node(changed);
  Seen& seen = seen_[changed];
  if (seen.applied == node.applied_index && seen.base == node.base_index && seen.up_since == node.up_since) return {};
  if (seen.up_since != node.up_since || node.applied_index < seen.applied) seen.applied = node.base_index;
  const std::uint64_t from = std::max(seen.applied, node.base_index) + 1;
  const bool new_base = seen.base != node.base_index;
  seen = {node.up_since, node.applied_index, node.base_index};
  const auto& log = log_of(cluster, changed);
  for (std::uint64_t i = std::max(from, log.first()); i <= node.applied_index && i <= log.last(); ++i) {
    if (auto violation = look_at_entry(cluster, changed, log, i)) return violation;
  }
  return new_base ? look_at_snapshot(cluster, changed) : Violation();
}

Violation StateMachineSafety::look_at_entry(const Cluster& cluster, sim::NodeId id, const sim::CowLog<Entry>& log,
                                            std::uint64_t i) {
  const Entry& entry = log.at(i);
  if (i == applied_.last() + 1) {
    applied_.append({entry.term, entry.command.digest(), id});
    return {};
  }
  if (i < applied_.first() || i > applied_.last()) return {};
  const Applied& before = applied_.at(i);
  if (before.term == entry.term && before.command == entry.command.digest()) return {};
  return cluster.name(before.by) + " applied an entry of term " + text(before.term) + " at index " + text(i) + ", and " +
         cluster.name(id) + (before.term == entry.term ? " another one" : " one") + " of term " + text(entry.term);
}

Violation StateMachineSafety::look_at_snapshot(const Cluster& cluster, sim::NodeId id) {
  const Node& node = cluster.node(id);
  const std::uint64_t lowest = lowest_base(cluster);
  applied_.compact(std::min(lowest, applied_.last() + 1));
  std::erase_if(snapshots_, [&](const Taken& t) { return t.index < lowest; });
  const auto snapshot = cluster.saved<Snapshot>(id);
  if (snapshot.index != node.base_index) return {};
  const auto at = std::find_if(snapshots_.begin(), snapshots_.end(), [&](const Taken& t) { return t.index == snapshot.index; });
  if (at == snapshots_.end()) {
    snapshots_.push_back({snapshot.index, snapshot.state.digest(), id});
  } else if (at->digest != snapshot.state.digest()) {
    return cluster.name(at->by) + " and " + cluster.name(id) + " have different snapshots of index " + text(snapshot.index);
  }
  return {};
}

Violation CommitMonotone::operator()(const Cluster& cluster, sim::NodeId changed) {
  const Node& node = cluster.node(changed);
  Seen& seen = seen_[changed];
  const Seen before = std::exchange(seen, {node.up_since, node.commit_index});
  if (before.up_since != node.up_since || before.commit <= node.commit_index) return {};
  return "the commit index of " + cluster.name(changed) + " went back from " + text(before.commit) + " to " +
         text(node.commit_index);
}

Violation leader_exists(const Cluster& cluster, sim::NodeId) {
  for (const sim::NodeId id : cluster.members()) {
    const Node& node = cluster.node(id);
    if (!cluster.up(id) || node.role != Role::leader) continue;
    std::size_t in_term = 0;
    for (const sim::NodeId other : cluster.members()) in_term += cluster.up(other) && cluster.node(other).term == node.term ? 1 : 0;
    if (in_term > cluster.members().size() / 2) return {};
  }
  return "no server leads a term that a majority is in";
}

}  // namespace protocols::raft
