// The clients that move money, one transfer after the other.
#pragma once

#include "protocols/transactions/two_phase_commit/messages.hpp"
#include "sim/check/workload.hpp"
#include "sim/script/script.hpp"

namespace protocols::two_phase_commit {

/// A client's life. Of a workload it uses target, keys (how many accounts it touches), think, retry_after, give_up_after and
/// operations. A transfer that is aborted counts as failed.
struct Payer {
  sim::check::Workload workload;
  SIM_DESCRIBE(Payer, workload)

  struct State {
    std::uint64_t asked = 0;
    SIM_DESCRIBE(State, asked)
  };
  static sim::Task<> run(sim::Proc p, Payer self, State& state);
};

/// The client node.
struct Client : sim::Script<Payer> {
  explicit Client(const sim::check::Workload& workload) : Script(Payer{workload}) {}
};

}  // namespace protocols::two_phase_commit
