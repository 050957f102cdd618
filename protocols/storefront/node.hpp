// A storefront: what stands between a shop's customers and the systems behind it. It puts three of this catalogue together: a
// circuit breaker in front of the sagas that carry orders out, and a replicated store in which it writes down what came of them.
//
// An order goes like this. The breaker says whether the sagas may be called at all; while it is open the customer is told at once
// that the shop is closed, and nothing waits. Else the order is placed as a saga, under the customer's own number, so that a second
// attempt is the same order. Its outcome is written to the store, at whichever server leads, and only then told to the customer:
// whoever heard "approved" finds it in the store, whatever fails afterwards.
//
// Each order is a script (Checkout) that dies with the storefront: it holds nothing that counts. The saga is durable, the store is
// replicated, and a customer who was told nothing asks again.
//
// Deliberately left out: more than one storefront sharing a breaker, reading orders back.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocols/kv/messages.hpp"
#include "protocols/resilience/breaker.hpp"
#include "protocols/storefront/config.hpp"
#include "protocols/transactions/saga/messages.hpp"
#include "sim/node/node.hpp"
#include "sim/script/script.hpp"

namespace protocols::storefront {

/// One customer's order, from the moment the breaker let it in.
struct Checkout {
  saga::Place order;
  Config config;
  Mutant mutant = Mutant::none;
  sim::NodeId customer{};
  sim::CallId call;
  resilience::Permit permit;
  sim::Time began{};
  SIM_DESCRIBE(Checkout, order, config, mutant, customer, call, permit, began)

  using Inbox = sim::Accepts<kv::Reply>;
  struct State {
    bool answered = false;         ///< the sagas said something
    std::optional<bool> approved;  ///< what the customer is to be told; nothing: nobody knows
    SIM_DESCRIBE(State, answered, approved)
  };
  static sim::Task<> run(sim::Proc p, Checkout self, State& state);
};

/// On the disk: how often the storefront was started, so that no session of the store is used twice.
struct Lives {
  std::uint64_t count = 0;
  SIM_DESCRIBE(Lives, count)
};

/// The key under which the outcome of an order stands in the store.
std::uint32_t key_of(saga::OrderId order);

/// The storefront.
struct Node {
  explicit Node(const Config& c, Mutant m = Mutant::none);

  Config config;
  Mutant mutant = Mutant::none;
  resilience::CircuitBreaker breaker;
  sim::Scripts<Checkout> checkouts{sim::Durability::in_memory};
  std::map<saga::OrderId, std::uint64_t> open;  ///< by order: its script
  std::uint64_t last_script = 0;
  std::vector<saga::OrderId> approved;  ///< what customers were told, by this life
  SIM_DESCRIBE(Node, config, mutant, breaker, checkouts, open, last_script, approved)

  using Inbox = sim::Accepts<sim::Call<saga::Place>, sim::Answer, sim::Wake, kv::Reply>;
  void start(sim::Ctx& ctx);
  void on(sim::Ctx& ctx, sim::NodeId from, const sim::Call<saga::Place>& call);
  void on(sim::Ctx& ctx, sim::NodeId from, const sim::Answer& answer) { finish(ctx, checkouts.on(ctx, from, answer)); }
  void on(sim::Ctx& ctx, const sim::Wake& wake) { finish(ctx, checkouts.on(ctx, wake)); }
  /// The store's answer; its slot is the script that asked.
  void on(sim::Ctx& ctx, sim::NodeId from, const kv::Reply& reply) {
    finish(ctx, checkouts.learn(ctx, reply.slot, from, ctx.share(reply)));
  }

 private:
  void finish(sim::Ctx& ctx, const std::optional<sim::Ended<Checkout>>& ended);
};

}  // namespace protocols::storefront
