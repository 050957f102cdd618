// The clients that place orders, one after the other.
#pragma once

#include "protocols/transactions/saga/messages.hpp"
#include "sim/check/workload.hpp"
#include "sim/script/script.hpp"

namespace protocols::saga {

/// A client's life: it places an order, waits for its outcome, thinks, and places the next. Of a workload it uses target, keys (how
/// many accounts it buys from), think, retry_after, give_up_after and operations. An order that is refused counts as failed; of
/// one that it gave up, nobody has told it.
struct Shopper {
  sim::check::Workload workload;
  SIM_DESCRIBE(Shopper, workload)

  struct State {
    std::uint64_t placed = 0;
    SIM_DESCRIBE(State, placed)
  };
  static sim::Task<> run(sim::Proc p, Shopper self, State& state);
};

/// The client node.
struct Client : sim::Script<Shopper> {
  explicit Client(const sim::check::Workload& workload) : Script(Shopper{workload}) {}
};

}  // namespace protocols::saga
