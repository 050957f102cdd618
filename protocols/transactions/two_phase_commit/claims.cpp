#include "protocols/transactions/two_phase_commit/claims.hpp"

#include <algorithm>

namespace protocols::two_phase_commit {

namespace {
std::string tx_text(TxId tx) { return "transaction " + std::to_string(tx >> 32U) + "." + std::to_string(tx & 0xFFFFFFFFU); }
std::string text(Decision decision) { return decision == Decision::commit ? "committed" : "aborted"; }
}  // namespace

Violation Agreement::operator()(const Cluster& cluster, sim::NodeId changed) {
  const Node& node = cluster.node(changed);
  Watched& w = watched_[changed];
  if (w.incarnation != cluster.incarnation(changed)) w = {cluster.incarnation(changed), {}, 0};  // what was not durable is gone
  if (!cluster.up(changed)) return {};
  if (node.changed != 0 && node.changed_to != Decision::unknown && node.changed != w.last) {
    w.last = node.changed;
    w.pending.push_back({node.changed, node.changed_to, cluster.disk(changed).written()});
  }
  while (!w.pending.empty() && w.pending.front().written <= cluster.disk(changed).synced()) {
    const Pending now = w.pending.front();
    w.pending.erase(w.pending.begin());
    const auto [known, is_new] = decided_.emplace(now.tx, std::pair(now.decision, changed));
    if (!is_new && known->second.first != now.decision)
      return tx_text(now.tx) + " is " + text(now.decision) + " at " + cluster.name(changed) + ", but " + text(known->second.first) +
             " at " + cluster.name(known->second.second);
  }
  return {};
}

Violation commit_needs_promises(const Cluster& cluster, sim::NodeId changed) {
  const Node& node = cluster.node(changed);
  if (node.role != Role::participant || node.changed_to != Decision::commit || !cluster.up(changed)) return {};
  const auto own = node.parts.find(node.changed);
  if (own == node.parts.end() || !cluster.up(own->second.prepare.other)) return {};
  const Node& other = cluster.node(own->second.prepare.other);
  const auto part = other.parts.find(node.changed);
  if (part != other.parts.end() && part->second.decision != Decision::abort) return {};
  return tx_text(node.changed) + " is committed at " + cluster.name(changed) + ", but " + cluster.name(own->second.prepare.other) +
         (part == other.parts.end() ? " knows of no promise" : " has aborted it");
}

Violation NobodyInDoubt::operator()(const Cluster& cluster, sim::NodeId) {
  if (!looked_) {
    looked_ = true;
    for (const sim::NodeId id : cluster.members()) {
      for (const auto& [tx, part] : cluster.node(id).parts) {
        if (part.decision == Decision::unknown) open_.emplace_back(id, tx);
      }
    }
  }
  while (!open_.empty()) {
    const auto [id, tx] = open_.back();
    const auto& parts = cluster.node(id).parts;
    const auto part = parts.find(tx);
    if (!cluster.up(id) || (part != parts.end() && part->second.decision == Decision::unknown))
      return cluster.name(id) + " is in doubt about " + tx_text(tx);
    open_.pop_back();
  }
  return {};
}

}  // namespace protocols::two_phase_commit
