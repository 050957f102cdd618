#include "protocols/consensus/paxos/claims.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace protocols::paxos {
namespace {

std::string text(std::uint64_t n) { return std::to_string(n); }

const sim::CowLog<Record>& log_of(const Cluster& cluster, sim::NodeId id) { return cluster.log<Record>(id, Node::kLog); }

// The snapshot that reaches least far: votes of slots before its end no server needs any more.
std::uint64_t lowest_base(const Cluster& cluster) {
  std::uint64_t lowest = ~std::uint64_t{0};
  for (const sim::NodeId id : cluster.members()) lowest = std::min(lowest, cluster.node(id).base_index);
  return lowest;
}

std::string ballot_text(const Cluster& cluster, const Ballot& b) {
  return "ballot " + text(b.round) + " of " + cluster.name(b.owner);
}

}  // namespace

bool Places::add(std::size_t place) {
  if (place < 64) {
    if ((first_ >> place & 1U) != 0) return false;
    first_ |= std::uint64_t{1} << place;
  } else {
    if (std::find(rest_.begin(), rest_.end(), place) != rest_.end()) return false;
    rest_.push_back(place);
  }
  ++size_;
  return true;
}

// ---- slots ----------------------------------------------------------------------------------------------------------

Violation SlotClaim::operator()(const Cluster& cluster, sim::NodeId changed) {
  Watch& w = watches_[changed];
  const Node& node = cluster.node(changed);
  const sim::Disk& disk = cluster.disk(changed);
  if (w.written != disk.written() || w.up_since != node.up_since) {
    if (auto violation = look_at_log(cluster, changed, w)) return violation;
  }
  while (!w.pending.empty() && disk.synced() >= w.pending.front().written && cluster.up(changed)) {
    const std::uint64_t up_to = w.pending.front().record;
    w.pending.erase(w.pending.begin());
    if (auto violation = count(cluster, changed, w, up_to)) return violation;
  }
  if (w.commit == node.commit_index && w.base == node.base_index) return {};
  return look_at_commits(cluster, changed, w);
}

Violation SlotClaim::report(SlotRule rule, std::string text) const {
  return rule == rule_ ? Violation(std::move(text)) : Violation();
}

Violation SlotClaim::look_at_log(const Cluster& cluster, sim::NodeId id, Watch& w) {
  const Node& node = cluster.node(id);
  if (node.opening) return {};  // it will soon have cut off what it cannot read
  const auto& log = log_of(cluster, id);
  w.written = cluster.disk(id).written();
  if (w.up_since != node.up_since) {
    w.up_since = node.up_since;
    // What a crash left of the unsynced votes is durable, and what it took is gone.
    w.pending.clear();
    w.commit = 0;
    w.seen = std::min(w.seen, log.last());
    w.durable = std::min(w.durable, log.last());
    if (auto violation = count(cluster, id, w, w.seen)) return violation;
  }
  const std::uint64_t before = w.seen;
  while (w.seen < log.last()) {
    const std::uint64_t i = std::max(w.seen + 1, log.first());
    w.seen = i;
    if (auto violation = proposed(cluster, id, log.at(i))) return violation;
  }
  if (w.seen > before) w.pending.push_back({w.written, w.seen});
  return {};
}

SlotClaim::Proposal* SlotClaim::find(Slot& slot, const Ballot& ballot) {
  if (slot.first.ballot == ballot) return &slot.first;
  for (Proposal& p : slot.later) {
    if (p.ballot == ballot) return &p;
  }
  return nullptr;
}

Violation SlotClaim::proposed(const Cluster& cluster, sim::NodeId id, const Record& r) {
  if (r.slot <= base_) return {};
  if (r.slot > base_ + slots_.size()) slots_.resize(r.slot - base_);
  Slot& slot = *find(r.slot);
  const std::uint64_t command = r.command.digest();
  const auto where = [&] { return " in slot " + text(r.slot) + " in " + ballot_text(cluster, r.ballot); };
  if (const Proposal* known = find(slot, r.ballot); known != nullptr) {
    if (known->command == command) return {};
    return report(SlotRule::one_proposal_per_ballot,
                  cluster.name(known->by) + " and " + cluster.name(id) + " accepted different commands" + where());
  }
  (slot.first.ballot.none() ? slot.first : slot.later.emplace_back()) = {r.ballot, command, id, {}};
  const bool of_the_chosen = slot.chosen && slot.command == command;
  if (slot.chosen && slot.ballot < r.ballot && !of_the_chosen) {
    return report(SlotRule::chosen_is_proposed, ballot_text(cluster, r.ballot) + " proposes another command in slot " +
                                                    text(r.slot) + " than was chosen there in " +
                                                    ballot_text(cluster, slot.ballot));
  }
  // The leader sends what it knows to be chosen in its own ballot, though it has no vote in that itself.
  if (id != r.ballot.owner && !of_the_chosen) {
    return report(SlotRule::one_proposal_per_ballot,
                  cluster.name(id) + " accepted a command" + where() + ", which nobody proposed");
  }
  return {};
}

Violation SlotClaim::count(const Cluster& cluster, sim::NodeId id, Watch& w, std::uint64_t up_to) {
  const auto& log = log_of(cluster, id);
  for (std::uint64_t i = std::max(w.durable + 1, log.first()); i <= up_to && i <= log.last(); ++i) {
    if (auto violation = voted(cluster, id, log.at(i))) return violation;
  }
  w.durable = std::max(w.durable, up_to);
  return {};
}

Violation SlotClaim::voted(const Cluster& cluster, sim::NodeId id, const Record& r) {
  Slot* found = find(r.slot);
  if (found == nullptr) return {};  // below what is remembered
  Slot& slot = *found;
  Proposal* p = find(slot, r.ballot);
  if (p == nullptr || p->command != r.command.digest()) return {};
  const auto members = cluster.members();
  const auto place = static_cast<std::size_t>(std::find(members.begin(), members.end(), id) - members.begin());
  if (!p->acceptors.add(place)) return {};
  if (p->acceptors.size() != cluster.node(id).quorums(members.size()).phase2) return {};
  if (slot.chosen && slot.command != p->command) {
    return report(SlotRule::one_command_chosen, "in slot " + text(r.slot) + " one command was chosen in " +
                                                    ballot_text(cluster, slot.ballot) + ", and another one in " +
                                                    ballot_text(cluster, p->ballot));
  }
  if (!slot.chosen || p->ballot < slot.ballot) {
    slot.chosen = true;
    slot.ballot = p->ballot;
    slot.command = p->command;
    // A quorum may be complete only after a higher ballot has proposed something else.
    const auto contradicts = [&](const Proposal& other) { return other.ballot > p->ballot && other.command != p->command; };
    const auto later = std::find_if(slot.later.begin(), slot.later.end(), contradicts);
    if (!contradicts(slot.first) && later == slot.later.end()) return {};
    const Ballot& other = later == slot.later.end() ? slot.first.ballot : later->ballot;
    return report(SlotRule::chosen_is_proposed, ballot_text(cluster, other) + " proposed another command in slot " + text(r.slot) +
                                                    " than is chosen there in " + ballot_text(cluster, p->ballot));
  }
  return {};
}

Violation SlotClaim::look_at_commits(const Cluster& cluster, sim::NodeId id, Watch& w) {
  const Node& node = cluster.node(id);
  const std::uint64_t from = std::max(w.commit, node.base_index) + 1;
  w.commit = node.commit_index;
  if (w.base != node.base_index) {
    w.base = node.base_index;
    forget(cluster);
  }
  if (rule_ != SlotRule::learned_is_chosen) return {};
  for (std::uint64_t i = from; i <= node.commit_index; ++i) {
    const Slot* slot = find(i);
    if (slot == nullptr && i <= base_) continue;
    if (slot == nullptr || !slot->chosen) {
      return cluster.name(id) + " takes a command for chosen in slot " + text(i) + ", but no quorum has accepted one";
    }
    if (slot->command != node.vote(i).command.digest()) {
      return cluster.name(id) + " takes another command for chosen in slot " + text(i) + " than was chosen in " +
             ballot_text(cluster, slot->ballot);
    }
  }
  return {};
}

void SlotClaim::forget(const Cluster& cluster) {
  const std::uint64_t lowest = lowest_base(cluster);
  for (; base_ < lowest && !slots_.empty(); ++base_) slots_.pop_front();
  base_ = std::max(base_, lowest);
}

// ---- acceptors ------------------------------------------------------------------------------------------------------

Violation PromiseMonotone::operator()(const Cluster& cluster, sim::NodeId changed) {
  const Node& node = cluster.node(changed);
  Seen& seen = seen_[changed];
  if (seen.promised != node.promised) {
    seen.promised = node.promised;
    seen.written = cluster.disk(changed).written();
    if (node.promised < seen.told) {
      return cluster.name(changed) + " promised " + ballot_text(cluster, seen.told) + ", and now holds itself bound by " +
             (node.promised.none() ? std::string("none") : ballot_text(cluster, node.promised) + " only");
    }
  }
  // One that went down in this very event has told nobody.
  if (seen.told < seen.promised && cluster.up(changed) && cluster.disk(changed).synced() >= seen.written) seen.told = seen.promised;
  return {};
}

Violation VotesStay::operator()(const Cluster& cluster, sim::NodeId changed) {
  const Node& node = cluster.node(changed);
  const sim::Disk& disk = cluster.disk(changed);
  Seen& seen = seen_[changed];
  const auto tell = [&](std::uint64_t slot, const Ballot& ballot) {
    if (slot <= seen.base) return;
    if (slot > seen.base + seen.told.size()) seen.told.resize(slot - seen.base);
    Ballot& told = seen.told[slot - seen.base - 1];
    told = std::max(told, ballot);
  };
  if (node.base_index > seen.base) {
    const std::uint64_t gone = std::min<std::uint64_t>(node.base_index - seen.base, seen.told.size());
    seen.told.erase(seen.told.begin(), seen.told.begin() + static_cast<std::ptrdiff_t>(gone));
    seen.base = node.base_index;
  }
  // What a server that has found damage still has in its log is not all readable; it will soon have cut the rest off.
  if (!node.opening && (seen.written != disk.written() || seen.up_since != node.up_since)) {
    const auto& log = log_of(cluster, changed);
    seen.written = disk.written();
    if (seen.up_since != node.up_since) {
      seen.up_since = node.up_since;
      seen.untold.clear();
      seen.record = log.first() - 1;  // all that is left is durable
      if (node.repair.damages != seen.damages) {
        // It knows what it lost. Some of that it will never have again: votes beyond the slots in use, for what cannot be chosen.
        seen.damages = node.repair.damages;
        seen.told.clear();
      }
      if (auto violation = compare(cluster, changed, seen)) return violation;
    }
    for (std::uint64_t i = std::max(seen.record + 1, log.first()); i <= log.last(); ++i) {
      seen.untold.push_back({seen.written, log.at(i).slot, log.at(i).ballot});
    }
    seen.record = log.last();
  }
  std::size_t durable = 0;
  while (durable < seen.untold.size() && disk.synced() >= seen.untold[durable].written && cluster.up(changed)) {
    tell(seen.untold[durable].slot, seen.untold[durable].ballot);
    ++durable;
  }
  seen.untold.erase(seen.untold.begin(), seen.untold.begin() + static_cast<std::ptrdiff_t>(durable));
  return {};
}

Violation VotesStay::compare(const Cluster& cluster, sim::NodeId id, const Seen& seen) const {
  const Node& node = cluster.node(id);
  for (std::size_t i = 0; i < seen.told.size(); ++i) {
    const std::uint64_t slot = seen.base + i + 1;
    if (slot <= node.base_index || node.vote(slot).ballot >= seen.told[i]) continue;
    return cluster.name(id) + " accepted a command in slot " + text(slot) + " in " + ballot_text(cluster, seen.told[i]) +
           ", and has forgotten it";
  }
  return {};
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
  for (std::uint64_t i = from; i <= node.applied_index; ++i) {
    const std::uint64_t command = node.vote(i).command.digest();
    if (i == applied_.last() + 1) {
      applied_.append({command, changed});
    } else if (i >= applied_.first() && i <= applied_.last() && applied_.at(i).command != command) {
      return cluster.name(applied_.at(i).by) + " and " + cluster.name(changed) + " applied different commands in slot " + text(i);
    }
  }
  return new_base ? look_at_snapshot(cluster, changed) : Violation();
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
    return cluster.name(at->by) + " and " + cluster.name(id) + " have different snapshots of slot " + text(snapshot.index);
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

std::int64_t highest_round(const Cluster& cluster) {
  std::uint64_t round = 0;
  for (const sim::NodeId id : cluster.members()) round = std::max(round, cluster.node(id).promised.round);
  return static_cast<std::int64_t>(round);
}

std::int64_t slots_chosen(const Cluster& cluster) {
  std::uint64_t slots = 0;
  for (const sim::NodeId id : cluster.members()) slots = std::max(slots, cluster.node(id).commit_index);
  return static_cast<std::int64_t>(slots);
}

Violation leader_exists(const Cluster& cluster, sim::NodeId) {
  for (const sim::NodeId id : cluster.members()) {
    const Node& node = cluster.node(id);
    if (!cluster.up(id) || node.role != Role::leader) continue;
    std::size_t following = 0;
    for (const sim::NodeId other : cluster.members()) {
      following += cluster.up(other) && cluster.node(other).promised == node.promised ? 1 : 0;
    }
    if (following >= node.quorums(cluster.members().size()).phase2) return {};
  }
  return "no server leads a ballot that a quorum is in";
}

}  // namespace protocols::paxos
