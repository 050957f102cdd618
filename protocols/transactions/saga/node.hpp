// The orchestrator of order sagas, after Garcia-Molina & Salem, "Sagas" (SIGMOD 1987), with the kinds of steps and the
// countermeasures of Richardson, "Microservices Patterns" (2018), chapter 4.
//
// The idea. A transaction over several services is cut into a transaction T1 .. Tn at each service, with a compensation Ci that
// undoes Ti. Either all of T1 .. Tn take effect, or T1 .. Tj and then Cj .. C1. Here each Ti sets something aside at one service
// (Hold), Ci gives it back (Release). The last of them is the pivot: once it has succeeded the order is approved, and what
// follows (Settle, at each service) can only be repeated until it succeeds.
//
// Why it is safe. (1) The orchestrator is a durable script: what it learned is on its disk before the command that follows from it
// leaves. After a crash it stands where it stood, and sends the command that it waits for again. (2) So commands come at least
// once; services do them at most once, by the order's number. (3) A step that nobody answered may have been served, or may be
// served later. It is compensated like one that was, and the Release that comes first leaves a tombstone which refuses the late
// Hold. (4) A compensation cannot be refused and is sent until it is done, so no saga ends half undone.
//
// What it does not give is isolation. What a saga has taken is gone for others though the saga may still fail; Hold is a semantic
// lock: others see that much less available, and never something sold that was not.
//
// Deliberately left out: parallel branches, several orchestrators for one order, timeouts of a whole saga.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "protocols/transactions/saga/purchase.hpp"
#include "sim/node/node.hpp"

namespace protocols::saga {

/// An order that is over, on the disk.
struct Finished {
  OrderId order = 0;
  bool approved = false;
  SIM_DESCRIBE(Finished, order, approved)
};

/// The orchestrator.
struct Node {
  explicit Node(Config c, Mutant m = Mutant::none) : config(std::move(c)), mutant(m) {}

  Config config;
  Mutant mutant = Mutant::none;
  sim::Scripts<Purchase> sagas{sim::Durability::durable};
  std::map<OrderId, bool> finished;  ///< whether it was approved
  OrderId last_finished = 0;
  std::uint64_t steps = 0;  ///< of the sagas that are over
  SIM_DESCRIBE(Node, config, mutant, sagas, finished, last_finished, steps)

  using Inbox = sim::Accepts<sim::Call<Place>, sim::Answer, sim::Wake>;
  void start(sim::Ctx& ctx);
  void on(sim::Ctx& ctx, sim::NodeId from, const sim::Call<Place>& call);
  void on(sim::Ctx& ctx, sim::NodeId from, const sim::Answer& answer) { finish(ctx, sagas.on(ctx, from, answer)); }
  void on(sim::Ctx& ctx, const sim::Wake& wake) { finish(ctx, sagas.on(ctx, wake)); }

 private:
  void finish(sim::Ctx& ctx, const std::optional<sim::Ended<Purchase>>& ended);
};

}  // namespace protocols::saga
