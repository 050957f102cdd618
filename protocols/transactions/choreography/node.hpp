// A saga by choreography: order, stock and payment react to each other's events, and nobody directs them (Richardson,
// "Microservices Patterns" (2018), section 4.2.1).
//
// The idea. The order service announces "placed". Stock hears it, sets goods aside and announces "reserved", or "out of stock".
// Payment hears "reserved" and announces "charged" or "not charged". Stock hears that and sells the goods, or puts them back, which
// is its compensation. The order service hears the end of it and approves or rejects. Members of the system are, by their place:
// the order service, stock, payment.
//
// Why it is safe. A service that changed its books and then failed to announce it would leave the others waiting for ever; one that
// announced and then lost its books would have lied. So what a local transaction consumes, changes and announces is one record of
// its log (the transactional outbox). A relay publishes the log's events to each subscriber, in order, until they are acknowledged,
// and a subscriber takes them in order and each once, because its own records say how far it has come.
//
// Compared with the orchestrated saga: nobody holds the whole state, so "every order ends" can only be said from outside; what a
// service does about an order is spread over its reactions; and every event goes to everybody.
//
// Deliberately left out: a broker in between (the relay delivers itself), compaction of the log.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "protocols/transactions/choreography/config.hpp"
#include "protocols/transactions/choreography/messages.hpp"
#include "sim/node/node.hpp"

namespace protocols::choreography {

/// Which service a member is, by its place in the system.
enum class Service : std::uint8_t { orders, stock, payment };
SIM_DESCRIBE_ENUM(Service, orders, stock, payment)

/// An order at one service.
struct Entry {
  Standing standing{};
  std::uint64_t account = 0;
  std::uint64_t amount = 0;
  SIM_DESCRIBE(Entry, standing, account, amount)
};

/// A client that waits for its order.
struct Waiting {
  sim::NodeId client{};
  sim::CallId call;
  SIM_DESCRIBE(Waiting, client, call)
};

/// A service.
struct Node {
  explicit Node(const Config& c, Mutant m = Mutant::none) : config(c), mutant(m), available(c.accounts, c.balance) {}

  Config config;
  Mutant mutant = Mutant::none;
  Service service{};
  std::vector<std::uint64_t> available;  ///< stock, payment: by account
  std::map<OrderId, Entry> entries;
  std::vector<Event> outbox;                          ///< everything that it announced; the first has number 1
  std::map<sim::NodeId, std::uint64_t> acknowledged;  ///< by subscriber: up to here
  std::map<sim::NodeId, std::uint64_t> consumed;      ///< by publisher: up to here
  std::map<OrderId, Waiting> waiting;                 ///< orders: whom to tell; forgotten in a crash
  std::vector<OrderId> changed;                       ///< the orders that the last event changed
  SIM_DESCRIBE(Node, config, mutant, service, available, entries, outbox, acknowledged, consumed, waiting, changed)

  using Inbox = sim::Accepts<sim::Call<Place>, Publish, Acknowledge, Relay>;
  void start(sim::Ctx& ctx);
  void on(sim::Ctx& ctx, sim::NodeId from, const sim::Call<Place>& call);
  void on(sim::Ctx& ctx, sim::NodeId from, const Publish& publish);
  void on(sim::Ctx& ctx, sim::NodeId from, const Acknowledge& acknowledge);
  void on(sim::Ctx& ctx, const Relay&);

 private:
  bool planted(Mutant bug) const { return mutant == bug; }
  /// What this service does about an event: its local transaction. Nothing where it does not care.
  Committed react(sim::Ctx& ctx, const Event& event) const;
  Committed take(sim::Ctx& ctx, const Event& event, Standing yes, Happened announce_yes, Happened announce_no) const;
  void commit(sim::Ctx& ctx, const Committed& record);
  void apply(const Committed& record);
  void publish(sim::Ctx& ctx, sim::NodeId to) const;
  void tell(sim::Ctx& ctx, OrderId order);
};

}  // namespace protocols::choreography
