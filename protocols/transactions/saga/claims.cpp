#include "protocols/transactions/saga/claims.hpp"

#include <algorithm>

namespace protocols::saga {

namespace {

bool in_effect(Standing standing) { return standing == Standing::held || standing == Standing::settled; }

/// The service that takes step `step` of an order; nothing where it is down or the scenario has none.
struct Step {
  sim::NodeId id{};
  const Service* service = nullptr;
};

Step step_of(const Cluster& cluster, OrderId order, std::size_t step) {
  const Config& config = cluster.node(cluster.members().front()).config;
  const auto members = cluster.members(config.services[step]);
  if (members.empty()) return {};
  const sim::NodeId id = members[order % members.size()];
  return {id, cluster.up(id) ? cluster.other<Service>(id) : nullptr};
}

std::size_t steps(const Cluster& cluster) { return cluster.node(cluster.members().front()).config.services.size(); }

/// What became of a step; nothing where nothing did, or where its service is down.
std::optional<Standing> standing_of(const Cluster& cluster, OrderId order, std::size_t step) {
  const Service* service = step_of(cluster, order, step).service;
  if (service == nullptr) return std::nullopt;
  const auto entry = service->entries.find(order);
  return entry == service->entries.end() ? std::nullopt : std::optional(entry->second.standing);
}

/// The outcome of an order, where an orchestrator has it.
std::optional<bool> outcome_of(const Cluster& cluster, OrderId order) {
  for (const sim::NodeId id : cluster.members()) {
    const auto& finished = cluster.node(id).finished;
    if (const auto known = finished.find(order); known != finished.end()) return known->second;
  }
  return std::nullopt;
}

/// The step that the changed node took, of the order that it was about; nothing where it is no service.
struct Touched {
  OrderId order = 0;
  std::size_t step = 0;
};
std::optional<Touched> touched(const Cluster& cluster, sim::NodeId changed) {
  const Service* service = cluster.other<Service>(changed);
  if (service == nullptr || service->changed == 0 || !cluster.up(changed)) return std::nullopt;
  for (std::size_t step = 0; step < steps(cluster); ++step) {
    if (step_of(cluster, service->changed, step).id == changed) return Touched{service->changed, step};
  }
  return std::nullopt;
}

std::string order_text(OrderId order) { return "order " + std::to_string(order); }

std::string step_text(const Cluster& cluster, OrderId order, std::size_t step) {
  const auto standing = standing_of(cluster, order, step);
  const std::string& name = cluster.node(cluster.members().front()).config.services[step];
  return name + (standing ? " has it " + sim::enum_name(*standing) : " knows nothing of it");
}

}  // namespace

Violation AllOrNothing::operator()(const Cluster& cluster, sim::NodeId changed) {
  if (cluster.other<Node>(changed) == nullptr) return {};
  const OrderId order = cluster.node(changed).last_finished;
  if (order == 0 || seen_[changed] == order) return {};
  seen_[changed] = order;
  const std::optional<bool> approved = outcome_of(cluster, order);
  for (std::size_t step = 0; step < steps(cluster) && approved; ++step) {
    if (step_of(cluster, order, step).service == nullptr) continue;
    const auto standing = standing_of(cluster, order, step);
    const bool right = *approved ? standing == Standing::settled : !standing || !in_effect(*standing);
    if (!right)
      return order_text(order) + (*approved ? " is approved, but " : " is refused, but ") + step_text(cluster, order, step);
  }
  return {};
}

Violation no_step_after_end(const Cluster& cluster, sim::NodeId changed) {
  const auto touch = touched(cluster, changed);
  if (!touch) return {};
  const auto approved = outcome_of(cluster, touch->order);
  const auto standing = standing_of(cluster, touch->order, touch->step);
  if (!approved || *approved || !standing || !in_effect(*standing)) return {};
  return order_text(touch->order) + " has ended as refused, and now " + step_text(cluster, touch->order, touch->step);
}

Violation reverse_order(const Cluster& cluster, sim::NodeId changed) {
  const auto touch = touched(cluster, changed);
  if (!touch || standing_of(cluster, touch->order, touch->step) != Standing::released) return {};
  for (std::size_t later = touch->step + 1; later < steps(cluster); ++later) {
    const auto standing = standing_of(cluster, touch->order, later);
    if (standing && in_effect(*standing))
      return order_text(touch->order) + " gives back step " + std::to_string(touch->step + 1) + ", but " +
             step_text(cluster, touch->order, later);
  }
  return {};
}

Violation pivot_is_final(const Cluster& cluster, sim::NodeId changed) {
  const auto touch = touched(cluster, changed);
  if (!touch || standing_of(cluster, touch->order, touch->step) != Standing::released) return {};
  for (std::size_t step = 0; step < steps(cluster); ++step) {
    if (standing_of(cluster, touch->order, step) == Standing::settled)
      return order_text(touch->order) + " gives back step " + std::to_string(touch->step + 1) +
             " past its pivot: " + step_text(cluster, touch->order, step);
  }
  return {};
}

Violation EverySagaEnds::operator()(const Cluster& cluster, sim::NodeId) {
  const auto running = [&](OrderId order) {
    return std::any_of(cluster.members().begin(), cluster.members().end(),
                       [&](sim::NodeId id) { return cluster.node(id).sagas.contains(order); });
  };
  if (!open_) {
    open_.emplace();
    for (const sim::NodeId id : cluster.members()) {
      for (const auto& [order, saga] : cluster.node(id).sagas.running()) open_->push_back(order);
    }
    for (std::size_t step = 0; step < steps(cluster); ++step) {
      for (const sim::NodeId id : cluster.members(cluster.node(cluster.members().front()).config.services[step])) {
        const Service* service = cluster.other<Service>(id);
        if (service == nullptr) continue;
        for (const auto& [order, entry] : service->entries) {
          if (entry.standing == Standing::held) open_->push_back(order);
        }
      }
    }
  }
  while (!open_->empty()) {
    const OrderId order = open_->back();
    if (running(order)) return order_text(order) + " still runs";
    for (std::size_t step = 0; step < steps(cluster); ++step) {
      if (standing_of(cluster, order, step) == Standing::held)
        return order_text(order) + " runs nowhere, but " + step_text(cluster, order, step);
    }
    open_->pop_back();
  }
  return {};
}

void Conserved::take(Seen& seen, OrderId order, const Entry& entry) {
  const auto known = seen.entries.find(order);
  if (known != seen.entries.end() && in_effect(known->second.standing)) seen.out[known->second.account] -= known->second.amount;
  if (in_effect(entry.standing)) seen.out[entry.account] += entry.amount;
  seen.entries[order] = entry;
}

Violation Conserved::operator()(const sim::check::Cluster<Service>& cluster, sim::NodeId changed) {
  if (!cluster.up(changed)) return {};
  const Service& service = cluster.node(changed);
  Seen& seen = seen_[changed];
  if (seen.out.empty() || seen.incarnation != cluster.incarnation(changed)) {  // what was not durable is gone
    seen = {cluster.incarnation(changed), {}, std::vector<std::uint64_t>(service.available.size())};
    for (const auto& [order, entry] : service.entries) take(seen, order, entry);
  }
  const auto entry = service.entries.find(service.changed);
  if (entry == service.entries.end()) return {};
  take(seen, entry->first, entry->second);
  const std::uint64_t account = entry->second.account;
  if (service.available[account] + seen.out[account] == service.config.balance) return {};
  return "account " + std::to_string(account) + " had " + std::to_string(service.config.balance) + "; now " +
         std::to_string(service.available[account]) + " are available and " + std::to_string(seen.out[account]) +
         " are held or sold, after " + order_text(entry->first);
}

}  // namespace protocols::saga
