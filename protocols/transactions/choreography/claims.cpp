#include "protocols/transactions/choreography/claims.hpp"

namespace protocols::choreography {

namespace {

bool taken(Standing s) { return s == Standing::reserved || s == Standing::charged || s == Standing::settled; }

/// Where an order stands at a service; nothing where it is not known there, or the service is down.
std::optional<Standing> standing(const Cluster& cluster, Service service, OrderId order) {
  const auto place = static_cast<std::size_t>(service);
  if (place >= cluster.members().size() || !cluster.up(cluster.members()[place])) return std::nullopt;
  const auto& entries = cluster.node(cluster.members()[place]).entries;
  const auto entry = entries.find(order);
  return entry == entries.end() ? std::nullopt : std::optional(entry->second.standing);
}

std::string order_text(OrderId order) { return "order " + std::to_string(order); }

bool is_up(const Cluster& cluster, Service service) { return cluster.up(cluster.members()[static_cast<std::size_t>(service)]); }

}  // namespace

Violation outcome_is_true(const Cluster& cluster, sim::NodeId changed) {
  const Node& node = cluster.node(changed);
  if (node.service != Service::orders || !cluster.up(changed)) return {};
  for (const OrderId order : node.changed) {
    const Standing now = node.entries.at(order).standing;
    const auto paid = standing(cluster, Service::payment, order);
    const auto goods = standing(cluster, Service::stock, order);
    if (now == Standing::approved && is_up(cluster, Service::payment) && paid != Standing::charged)
      return order_text(order) + " is approved, but payment has not charged it";
    if (now == Standing::approved && is_up(cluster, Service::stock) && goods != Standing::reserved && goods != Standing::settled)
      return order_text(order) + " is approved, but stock has set nothing aside";
    if (now == Standing::rejected && paid == Standing::charged) return order_text(order) + " is rejected, but paid for";
  }
  return {};
}

void Conserved::take(Seen& seen, OrderId order, const Entry& entry) {
  const auto known = seen.entries.find(order);
  if (known != seen.entries.end() && taken(known->second.standing)) seen.out[known->second.account] -= known->second.amount;
  if (taken(entry.standing)) seen.out[entry.account] += entry.amount;
  seen.entries[order] = entry;
}

Violation Conserved::operator()(const Cluster& cluster, sim::NodeId changed) {
  if (!cluster.up(changed)) return {};
  const Node& node = cluster.node(changed);
  Seen& seen = seen_[changed];
  if (seen.out.empty() || seen.incarnation != cluster.incarnation(changed)) {  // what was not durable is gone
    seen = {cluster.incarnation(changed), {}, std::vector<std::uint64_t>(node.available.size())};
    for (const auto& [order, entry] : node.entries) take(seen, order, entry);
  }
  if (node.service == Service::orders) return {};
  for (const OrderId order : node.changed) take(seen, order, node.entries.at(order));
  for (const OrderId order : node.changed) {
    const Entry& entry = node.entries.at(order);
    if (node.available[entry.account] + seen.out[entry.account] == node.config.balance) continue;
    return "account " + std::to_string(entry.account) + " had " + std::to_string(node.config.balance) + "; now " +
           std::to_string(node.available[entry.account]) + " are available and " + std::to_string(seen.out[entry.account]) +
           " are set aside or sold, after " + order_text(order);
  }
  return {};
}

Violation EveryOrderEnds::operator()(const Cluster& cluster, sim::NodeId) {
  if (!open_) {
    open_.emplace();
    for (const sim::NodeId id : cluster.members()) {
      for (const auto& [order, entry] : cluster.node(id).entries) {
        if (entry.standing == Standing::pending || entry.standing == Standing::reserved) open_->push_back(order);
      }
    }
  }
  while (!open_->empty()) {
    const OrderId order = open_->back();
    if (standing(cluster, Service::orders, order) == Standing::pending)
      return order_text(order) + " is neither approved nor rejected";
    if (standing(cluster, Service::stock, order) == Standing::reserved)
      return "the goods of " + order_text(order) + " are set aside for ever";
    open_->pop_back();
  }
  return {};
}

}  // namespace protocols::choreography
