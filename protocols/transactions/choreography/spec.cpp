#include "protocols/transactions/choreography/spec.hpp"

#include <algorithm>

#include "protocols/transactions/choreography/claims.hpp"
#include "protocols/transactions/saga/client.hpp"

namespace protocols::choreography {

namespace {

struct Client : sim::Script<saga::Shopper> {
  explicit Client(const sim::check::Workload& workload) : Script(saga::Shopper{workload, false}) {}
};

std::int64_t count(const Cluster& cluster, Standing standing) {
  const auto& entries = cluster.node(cluster.members().front()).entries;
  return std::count_if(entries.begin(), entries.end(), [&](const auto& order) { return order.second.standing == standing; });
}

bool reached(const Cluster& cluster, sim::NodeId changed, Standing standing) {
  const Node& node = cluster.node(changed);
  return std::any_of(node.changed.begin(), node.changed.end(),
                     [&](OrderId order) { return node.entries.at(order).standing == standing; });
}

}  // namespace

sim::check::Spec<Node> spec() {
  sim::check::Spec<Node> s("choreography", "A saga by choreography: order, stock and payment react to each other's events");
  s.config<Config, Mutant>({
      {"relay", "how long an event waits for its acknowledgement before it is published again"},
      {"batch", "events published at once, at most"},
      {"accounts", "kinds of goods at stock, customers at payment"},
      {"balance", "what is in each account at the beginning"},
      {"refuses", "share of steps that stock and payment refuse by chance"},
  });
  s.clients<Client>("orders", "place orders at the first member, one after the other, and wait for their outcome");
  s.always("outcome-is-true", "an approved order has its goods and is paid for, a rejected one is not paid for", outcome_is_true);
  s.always("conserved", "what is available, set aside and sold of an account is what there was", Conserved{});
  s.eventually("every-order-ends", "every order that was open when faults stopped ends, and its goods are sold or put back",
               EveryOrderEnds{}, sim::Duration{5'000'000'000});
  s.sometimes("approved", "an order goes through",
              [](const Cluster& c, sim::NodeId changed) { return reached(c, changed, Standing::approved); });
  s.sometimes("compensated", "stock puts goods back",
              [](const Cluster& c, sim::NodeId changed) { return reached(c, changed, Standing::released); });
  s.sometimes("refused", "a service refuses its step");
  s.sometimes("event-repeated", "an event comes twice");
  s.measure("orders-approved", "at the first member", [](const Cluster& c) { return count(c, Standing::approved); });
  s.measure("orders-rejected", "at the first member", [](const Cluster& c) { return count(c, Standing::rejected); });
  s.measure("orders-pending", "at the end of the run", [](const Cluster& c) { return count(c, Standing::pending); });
  s.mutant("no-outbox", "sends an event once, when it happens: where that is lost the others wait for ever",
           "Richardson 2018, section 3.3.7");
  s.mutant("inbox-forgets", "does not write down which events it has consumed: one that comes twice is carried out twice",
           "Richardson 2018, section 3.3.6");
  return s;
}

}  // namespace protocols::choreography
