#include "protocols/consensus/synod/claims.hpp"

#include <algorithm>
#include <utility>

namespace protocols::synod {
namespace {

std::string ballot_text(const Cluster& cluster, const Ballot& b) {
  return "ballot " + std::to_string(b.round) + " of " + cluster.name(b.owner);
}

}  // namespace

Violation BallotClaim::report(Rule rule, std::string text) const {
  return rule == rule_ ? Violation(std::move(text)) : Violation();
}

BallotClaim::Proposal* BallotClaim::find(const Ballot& ballot) {
  const auto same = [&](const Proposal& p) { return p.ballot == ballot; };
  const auto at = std::find_if(proposals_.begin(), proposals_.end(), same);
  return at == proposals_.end() ? nullptr : &*at;
}

Violation BallotClaim::operator()(const Cluster& cluster, sim::NodeId changed) {
  if (auto violation = look_at_proposer(cluster, changed)) return violation;
  if (auto violation = look_at_acceptor(cluster, changed)) return violation;
  const Node& node = cluster.node(changed);
  if (!node.learned || rule_ != Rule::learned_is_chosen) return {};
  if (!chosen_) return cluster.name(changed) + " takes " + *node.learned + " for chosen, but no quorum has accepted a value";
  if (chosen_->value == *node.learned) return {};
  return cluster.name(changed) + " takes " + *node.learned + " for chosen, but " + chosen_->value + " was chosen in " +
         ballot_text(cluster, chosen_->ballot);
}

Violation BallotClaim::look_at_proposer(const Cluster& cluster, sim::NodeId id) {
  const Node& node = cluster.node(id);
  Watch& w = watches_[id];
  if (node.phase == Phase::idle) {
    if (node.up_since != w.up_since || node.own.empty()) w.proposed = {};
    return {};
  }
  if (std::find(wished_.begin(), wished_.end(), node.own) == wished_.end()) wished_.push_back(node.own);
  if (node.phase != Phase::accept || w.proposed == node.ballot) return {};
  w.proposed = node.ballot;
  const std::string where = ballot_text(cluster, node.ballot);
  if (std::find(wished_.begin(), wished_.end(), node.value) == wished_.end()) {
    return report(Rule::only_proposed, where + " proposes " + node.value + ", which no proposer asked for");
  }
  if (const Proposal* known = find(node.ballot); known != nullptr) {
    if (known->value == node.value) return {};
    return report(Rule::one_value_per_ballot, where + " proposes " + node.value + ", and had proposed " + known->value);
  }
  proposals_.push_back({node.ballot, node.value, {}});
  if (!chosen_ || chosen_->ballot > node.ballot || chosen_->value == node.value) return {};
  return report(Rule::chosen_is_proposed, where + " proposes " + node.value + ", but " + chosen_->value + " was chosen in " +
                                              ballot_text(cluster, chosen_->ballot));
}

Violation BallotClaim::look_at_acceptor(const Cluster& cluster, sim::NodeId id) {
  const Node& node = cluster.node(id);
  const sim::Disk& disk = cluster.disk(id);
  Watch& w = watches_[id];
  if (w.up_since != node.up_since) {
    w.up_since = node.up_since;
    w.accepted = node.acceptor.accepted;
    w.written = disk.synced();  // what a crash left is durable
    w.counted = w.accepted.none();
  } else if (w.accepted != node.acceptor.accepted) {
    w.accepted = node.acceptor.accepted;
    w.written = disk.written();
    w.counted = false;
    const Proposal* known = find(w.accepted);
    if (known == nullptr || known->value != node.acceptor.value) {
      return report(known == nullptr ? Rule::only_proposed : Rule::one_value_per_ballot,
                    cluster.name(id) + " accepted " + node.acceptor.value + " in " + ballot_text(cluster, w.accepted) +
                        (known == nullptr ? ", which nobody proposed" : ", which proposed " + known->value));
    }
  }
  if (w.counted || disk.synced() < w.written || !cluster.up(id)) return {};
  w.counted = true;
  return vote(cluster, id);
}

Violation BallotClaim::vote(const Cluster& cluster, sim::NodeId id) {
  const Node& node = cluster.node(id);
  Proposal* p = find(node.acceptor.accepted);
  if (p == nullptr || p->value != node.acceptor.value) return {};
  if (std::find(p->acceptors.begin(), p->acceptors.end(), id) != p->acceptors.end()) return {};
  p->acceptors.push_back(id);
  if (p->acceptors.size() != node.quorums(cluster.members().size()).phase2) return {};
  if (chosen_ && chosen_->value != p->value) {
    return report(Rule::one_value_chosen, chosen_->value + " was chosen in " + ballot_text(cluster, chosen_->ballot) + ", and " +
                                              p->value + " in " + ballot_text(cluster, p->ballot));
  }
  if (chosen_ && chosen_->ballot < p->ballot) return {};
  chosen_ = *p;
  // A quorum may be complete only after a higher ballot has proposed something else.
  for (const Proposal& other : proposals_) {
    if (other.ballot <= p->ballot || other.value == p->value) continue;
    return report(Rule::chosen_is_proposed, ballot_text(cluster, other.ballot) + " proposed " + other.value + ", but " + p->value +
                                                " is chosen in " + ballot_text(cluster, p->ballot));
  }
  return {};
}

Violation AcceptorRemembers::operator()(const Cluster& cluster, sim::NodeId changed) {
  const Acceptor& now = cluster.node(changed).acceptor;
  const sim::Disk& disk = cluster.disk(changed);
  Seen& seen = seen_[changed];
  if (seen.promised != now.promised || seen.accepted != now.accepted) {
    seen.promised = now.promised;
    seen.accepted = now.accepted;
    seen.written = disk.written();
    const auto text = [&](const Ballot& b) { return b.none() ? std::string("none") : ballot_text(cluster, b); };
    if (now.promised < seen.told_promise) {
      return cluster.name(changed) + " promised " + text(seen.told_promise) + ", and now remembers " + text(now.promised);
    }
    if (now.accepted < seen.told_vote) {
      return cluster.name(changed) + " accepted a value in " + text(seen.told_vote) + ", and now remembers " + text(now.accepted);
    }
  }
  // One that went down in this very event has told nobody.
  if (cluster.up(changed) && disk.synced() >= seen.written) {
    seen.told_promise = std::max(seen.told_promise, seen.promised);
    seen.told_vote = std::max(seen.told_vote, seen.accepted);
  }
  return {};
}

std::int64_t rounds_of(const Cluster& cluster) {
  std::uint64_t rounds = 0;
  for (const sim::NodeId id : cluster.members()) rounds += cluster.node(id).rounds;
  return static_cast<std::int64_t>(rounds);
}

Violation all_know(const Cluster& cluster, sim::NodeId) {
  std::size_t knowing = 0;
  std::size_t up = 0;
  for (const sim::NodeId id : cluster.members()) {
    if (!cluster.up(id)) continue;
    ++up;
    knowing += cluster.node(id).learned ? 1 : 0;
  }
  if (knowing == up) return {};
  return std::to_string(knowing) + " of " + std::to_string(up) + " processes know a chosen value, after " +
         std::to_string(rounds_of(cluster)) + " rounds";
}

}  // namespace protocols::synod
