#include "protocols/storefront/spec.hpp"

#include "protocols/storefront/claims.hpp"
#include "protocols/transactions/saga/client.hpp"

namespace protocols::storefront {

namespace {

bool opened(const Cluster& cluster, sim::NodeId changed) {
  const Node* node = cluster.other<Node>(changed);
  return node != nullptr && node->breaker.state == resilience::BreakerState::open;
}

}  // namespace

sim::check::Spec<Node> spec() {
  sim::check::Spec<Node> s("storefront",
                           "A shop's front: a circuit breaker before order sagas, and a replicated store of outcomes");
  s.config<Config, Mutant>({
      {"orders", "the system of sagas that carries orders out"},
      {"store", "the replicated store in which outcomes are written down"},
      {"timeout", "how long it waits for the outcome of an order"},
      {"record_within", "how long it tries to write an outcome down"},
      {"retry_after", "how long it waits for one server of the store"},
      {"breaker", "whether calls to the sagas go through a circuit breaker"},
      {"breaker_window", "calls that the breaker judges by"},
      {"breaker_open_for", "how long it stays open"},
  });
  s.clients<saga::Client>("orders", "place orders, one after the other, and wait for their outcome");
  s.watches_all();
  s.always("approved-is-true", "whoever is told that an order is approved has an order that its saga approved", ApprovedIsTrue{});
  s.always("open-lets-nobody-in", "while the breaker is open no order is let in", OpenLetsNobodyIn{});
  s.eventually("approved-is-recorded", "every order that a customer was told is approved is found in the store",
               ApprovedIsRecorded{}, sim::Duration{5'000'000'000});
  s.sometimes("breaker-opened", "the breaker opens", opened);
  s.sometimes("shop-closed", "a customer is turned away because the breaker is open");
  s.sometimes("store-asked-again", "a server of the store does not lead, or does not answer");
  s.sometimes("outcome-unknown", "a customer is told nothing, because nobody knows what came of the order");
  s.mutant("answers-before-recorded", "tells the customer when the write of the outcome is on its way, not when it is done",
           "Richardson 2018, section 3.3.7: dual write");
  s.mutant("timeout-is-yes", "takes a timeout of the sagas for an approval", "booking-microservices#23");
  return s;
}

}  // namespace protocols::storefront
