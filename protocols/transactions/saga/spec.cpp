#include "protocols/transactions/saga/spec.hpp"

#include <algorithm>

#include "protocols/transactions/saga/claims.hpp"
#include "protocols/transactions/saga/client.hpp"

namespace protocols::saga {

using sim::check::Spec;

namespace {

std::int64_t count_finished(const Cluster& cluster, bool approved) {
  std::int64_t n = 0;
  for (const sim::NodeId id : cluster.members()) {
    const auto& finished = cluster.node(id).finished;
    n += std::count_if(finished.begin(), finished.end(), [&](const auto& order) { return order.second == approved; });
  }
  return n;
}

}  // namespace

Spec<Node> spec() {
  Spec<Node> s("saga", "Sagas by orchestration: an order goes through several services, all of it or none of it");
  s.config<Config, Mutant>({
      {"services", "the systems that take the steps, in order; the last one's is the pivot"},
      {"timeout", "how long a command waits for its answer"},
      {"attempts", "how often a step is sent before it counts as failed"},
      {"longest_timeout", "to which the waits of what must succeed grow"},
  });
  s.clients<Client>("orders", "place orders, one after the other, and wait for their outcome");
  s.watches_all();
  s.always("all-or-nothing", "when a saga ends, each of its steps is settled, or none is in effect", AllOrNothing{});
  s.always("no-step-after-end", "after a saga has ended no step of it takes effect", no_step_after_end);
  s.always("reverse-order", "when a step is given back, no later one is in effect", reverse_order);
  s.always("pivot-is-final", "past the pivot nothing is given back", pivot_is_final);
  s.eventually("every-saga-ends", "every saga that had begun when faults stopped ends, and sets free what it held", EverySagaEnds{},
               5_s);
  s.sometimes("approved", "a saga goes through");
  s.sometimes("compensated", "a saga is undone");
  s.sometimes("step-unknown", "a step is not answered in time, so that nobody knows whether it was served");
  s.sometimes("resumed", "an orchestrator goes on with its sagas after a crash");
  s.measure("approved", "orders", [](const Cluster& c) { return count_finished(c, true); });
  s.measure("refused", "orders, each compensated", [](const Cluster& c) { return count_finished(c, false); });
  s.measure("steps", "that the finished sagas have begun", [](const Cluster& c) {
    std::int64_t n = 0;
    for (const sim::NodeId id : c.members()) n += static_cast<std::int64_t>(c.node(id).steps);
    return n;
  });
  s.measure("running", "sagas at the end of the run", [](const Cluster& c) {
    std::int64_t n = 0;
    for (const sim::NodeId id : c.members()) n += static_cast<std::int64_t>(c.node(id).sagas.running().size());
    return n;
  });
  s.mutant("step-marked-done", "takes a step that failed for done: no compensation", "booking-microservices#23");
  s.mutant("log-after-send", "sends commands before its journal is durable: a crash forgets a step that was taken",
           "Garcia-Molina & Salem 1987, section 4");
  s.mutant("pivot-compensated", "gives up on a step past the pivot and compensates: some is sold, some given back",
           "Richardson 2018, section 4.2.2");
  return s;
}

Spec<Service> service_spec() {
  Spec<Service> s("saga-service", "A service that takes a step of sagas: accounts from which orders take");
  s.config<ServiceConfig, ServiceMutant>({
      {"accounts", "how many accounts it has"},
      {"balance", "what is in each at the beginning"},
      {"refuses", "share of steps that it refuses by chance"},
  });
  s.always("conserved", "what is available, held and sold of an account is what there was", Conserved{});
  s.sometimes("repeated", "a step comes twice");
  s.sometimes("late-step-refused", "a step comes after its compensation");
  s.mutant("compensation-not-idempotent", "gives back again when a compensation is repeated: a double refund",
           "Garcia-Molina & Salem 1987");
  s.mutant("late-after-compensate", "takes a step that comes after its compensation: it is held for ever",
           "Garcia-Molina & Salem 1987; Richardson 2018, section 4.3");
  return s;
}

}  // namespace protocols::saga
