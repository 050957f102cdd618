// What clients, the orchestrator and the services say to each other.
#pragma once

#include <cstdint>

#include "sim/script/calls.hpp"

namespace protocols::saga {

/// Numbers an order, and the saga that carries it out: given by the client, so that an order that is placed twice is one order.
using OrderId = std::uint64_t;

/// How an order ended.
struct Outcome {
  bool approved = false;
  bool unavailable = false;  ///< it was not even tried
  SIM_DESCRIBE(Outcome, approved, unavailable)
};
/// A client places an order: of each service on its way, `amount` from the account number `account` (modulo how many it has).
struct Place {
  using Answer = Outcome;
  OrderId order = 0;
  std::uint64_t account = 0;
  std::uint64_t amount = 0;
  SIM_DESCRIBE(Place, order, account, amount)
};

/// Whether a service did as it was told.
struct Reply {
  bool ok = false;
  SIM_DESCRIBE(Reply, ok)
};
/// A step Ti: set this aside for the order. What is set aside is locked: neither available to others nor sold (a semantic lock).
struct Hold {
  using Answer = Reply;
  OrderId order = 0;
  std::uint64_t account = 0;
  std::uint64_t amount = 0;
  SIM_DESCRIBE(Hold, order, account, amount)
};
/// Its compensation Ci: give it back, whether or not it was set aside, and never set it aside again.
struct Release {
  using Answer = Reply;
  OrderId order = 0;
  SIM_DESCRIBE(Release, order)
};
/// A step behind the pivot: it is sold.
struct Settle {
  using Answer = Reply;
  OrderId order = 0;
  SIM_DESCRIBE(Settle, order)
};

}  // namespace protocols::saga
