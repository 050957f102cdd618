#include "protocols/membership/gossip/claims.hpp"

#include <algorithm>
#include <map>
#include <string>

namespace protocols::gossip {

namespace {

std::string text(const Cluster& cluster, const Stamp& stamp) { return to_text(stamp.at) + " by " + cluster.name(stamp.site); }

}  // namespace

Violation GoesForward::operator()(const Cluster& cluster, sim::NodeId changed) {
  const Node& node = cluster.node(changed);
  if (index(changed) >= known_.size()) known_.resize(index(changed) + 1);
  auto& known = known_[index(changed)];
  return changes_.each(node, changed, [&](std::uint32_t key, bool fresh) -> Violation {
    const Entry* entry = node.find(key);
    if (entry == nullptr) return {};  // a forgotten certificate
    const Item& item = entry->item();
    auto at = std::lower_bound(known.begin(), known.end(), key, [](const Known& k, std::uint32_t key_) { return k.key < key_; });
    const Known now{key, item.stamp, item.deleted, item.activated};
    if (at == known.end() || at->key != key) {
      known.insert(at, now);
      return {};
    }
    const Known before = std::exchange(*at, now);
    if (fresh || before.deleted != deletions_ || item.stamp >= before.stamp) return {};
    if (before.deleted && entry->learned - before.activated >= node.config.certificate_active) return {};
    return cluster.name(changed) + (before.deleted ? " knew that key " : " had a version of key ") + std::to_string(key) +
           (before.deleted ? " was deleted (" : " (") + text(cluster, before.stamp) + ") and now holds an older one (" +
           text(cluster, item.stamp) + ")" +
           (before.deleted ? ", " + to_text(entry->learned - before.activated) + " after the deletion; certificates are kept for " +
                                 to_text(node.config.certificate_active)
                           : std::string());
  });
}

Violation StampsAreIssued::operator()(const Cluster& cluster, sim::NodeId changed) {
  const Node& node = cluster.node(changed);
  return changes_.each(node, changed, [&](std::uint32_t key, bool) -> Violation {
    const Entry* entry = node.find(key);
    if (entry == nullptr) return {};
    const Stamp& stamp = entry->item().stamp;
    if (stamp.site == changed) {
      issued_.insert({stamp, key});
    } else if (!issued_.contains({stamp, key})) {
      return cluster.name(changed) + " holds a version of key " + std::to_string(key) + " stamped " + text(cluster, stamp) +
             ", but " + cluster.name(stamp.site) + " never made it";
    }
    return {};
  });
}

bool DeletionsWin::still(const Cluster& cluster, const Wrong& wrong) {
  if (!cluster.up(wrong.site) || !cluster.up(wrong.witness)) return false;
  const Entry* held = cluster.node(wrong.site).find(wrong.key);
  const Entry* certificate = cluster.node(wrong.witness).find(wrong.key);
  return held != nullptr && certificate != nullptr && !held->item().deleted && certificate->item().deleted &&
         held->item().stamp < certificate->item().stamp;
}

std::optional<DeletionsWin::Wrong> DeletionsWin::search(const Cluster& cluster) {
  std::map<std::uint32_t, std::pair<Stamp, sim::NodeId>> deleted;  // by key: the latest deletion that anybody knows of
  for (const sim::NodeId id : cluster.members()) {
    if (!cluster.up(id)) continue;
    for (const Entry& entry : cluster.node(id).entries) {
      const Item& item = entry.item();
      if (!item.deleted) continue;
      const auto [at, fresh] = deleted.try_emplace(item.key, item.stamp, id);
      if (!fresh && at->second.first < item.stamp) at->second = {item.stamp, id};
    }
  }
  if (deleted.empty()) return std::nullopt;
  for (const sim::NodeId id : cluster.members()) {
    if (!cluster.up(id)) continue;
    for (const Entry& entry : cluster.node(id).entries) {
      const auto at = deleted.find(entry.item().key);
      if (at == deleted.end()) continue;
      const Wrong wrong{id, at->second.second, entry.item().key};
      if (still(cluster, wrong)) return wrong;
    }
  }
  return std::nullopt;
}

Violation DeletionsWin::operator()(const Cluster& cluster, sim::NodeId) {
  if (!wrong_ || !still(cluster, *wrong_)) wrong_ = search(cluster);
  if (!wrong_) return {};
  return cluster.name(wrong_->site) + " holds key " + std::to_string(wrong_->key) + " (" +
         text(cluster, cluster.node(wrong_->site).find(wrong_->key)->item().stamp) + "), which was deleted later (" +
         text(cluster, cluster.node(wrong_->witness).find(wrong_->key)->item().stamp) + "), as " + cluster.name(wrong_->witness) +
         " knows";
}

bool Convergence::differ(const Cluster& cluster, sim::NodeId a, sim::NodeId b) {
  return cluster.up(a) && cluster.up(b) && cluster.node(a).checksum != cluster.node(b).checksum;
}

Violation Convergence::operator()(const Cluster& cluster, sim::NodeId) {
  if (!differing_ || !differ(cluster, differing_->first, differing_->second)) {
    differing_.reset();
    std::optional<sim::NodeId> first;
    for (const sim::NodeId id : cluster.members()) {
      if (!cluster.up(id)) continue;
      if (!first) first = id;
      if (!differ(cluster, *first, id)) continue;
      differing_ = {*first, id};
      break;
    }
  }
  if (!differing_) return {};
  return cluster.name(differing_->first) + " and " + cluster.name(differing_->second) + " hold different databases";
}

}  // namespace protocols::gossip
