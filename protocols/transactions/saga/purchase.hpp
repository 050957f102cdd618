// Purchase: the saga itself, as a program that reads from top to bottom.
#pragma once

#include <cstdint>
#include <vector>

#include "protocols/transactions/saga/config.hpp"
#include "protocols/transactions/saga/messages.hpp"
#include "sim/script/script.hpp"

namespace protocols::saga {

/// How far a purchase has come.
enum class Stage : std::uint8_t {
  holding,   ///< taking the compensatable steps
  undoing,   ///< compensating, in reverse
  settling,  ///< past the pivot: what is left succeeds in the end
  over,
};
SIM_DESCRIBE_ENUM(Stage, holding, undoing, settling, over)

/// The arguments and the text of one saga.
struct Purchase {
  Place order;
  std::vector<sim::NodeId> services;  ///< in the order of the steps
  sim::Duration timeout{};
  std::uint32_t attempts = 0;
  sim::Duration longest_timeout{};
  Mutant mutant = Mutant::none;
  sim::NodeId client{};  ///< whom to tell
  sim::CallId call;
  SIM_DESCRIBE(Purchase, order, services, timeout, attempts, longest_timeout, mutant, client, call)

  struct State {
    Stage stage = Stage::holding;
    std::uint32_t steps = 0;  ///< commands of steps that were begun, compensations not counted
    bool approved = false;    ///< past the pivot
    SIM_DESCRIBE(State, stage, steps, approved)
  };
  static sim::Task<> run(sim::Proc p, Purchase self, State& state);
};

}  // namespace protocols::saga
