// A service that takes one step of a saga: goods in stock, a customer's money, a place in a van. It has accounts with a balance,
// and for every order it knows what became of it here.
//
// Commands come at least once, late and out of order, so each is idempotent by the order's number: a second one is answered like
// the first and changes nothing. The one that matters most is the Release that overtakes its Hold. It leaves a tombstone, and
// the Hold that comes after it is refused; else it would be set aside for a saga that is over, for ever.
//
// The books are a log on the disk, one record a change, read again at start(). Left out: forgetting the orders of long ago.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "protocols/transactions/saga/config.hpp"
#include "protocols/transactions/saga/messages.hpp"
#include "sim/node/node.hpp"

namespace protocols::saga {

/// What became of an order at one service.
enum class Standing : std::uint8_t {
  held,      ///< set aside
  refused,   ///< there was not enough, or chance was against it
  released,  ///< given back, or never to be taken
  settled,   ///< sold
};
SIM_DESCRIBE_ENUM(Standing, held, refused, released, settled)

/// One order in the books.
struct Entry {
  Standing standing{};
  std::uint64_t account = 0;
  std::uint64_t amount = 0;  ///< 0 in a tombstone
  SIM_DESCRIBE(Entry, standing, account, amount)
};

/// A change of the books on the disk: what the entry is from now on.
struct Booked {
  OrderId order = 0;
  Entry entry;
  SIM_DESCRIBE(Booked, order, entry)
};

/// The service.
struct Service {
  explicit Service(const ServiceConfig& c, ServiceMutant m = ServiceMutant::none)
      : config(c), mutant(m), available(c.accounts, c.balance) {}

  ServiceConfig config;
  ServiceMutant mutant = ServiceMutant::none;
  std::vector<std::uint64_t> available;  ///< by account: neither held nor sold
  std::map<OrderId, Entry> entries;
  OrderId changed = 0;  ///< the order whose entry changed last
  SIM_DESCRIBE(Service, config, mutant, available, entries, changed)

  using Inbox = sim::Accepts<sim::Call<Hold>, sim::Call<Release>, sim::Call<Settle>>;
  void start(sim::Ctx& ctx);
  void on(sim::Ctx& ctx, sim::NodeId from, const sim::Call<Hold>& call);
  void on(sim::Ctx& ctx, sim::NodeId from, const sim::Call<Release>& call);
  void on(sim::Ctx& ctx, sim::NodeId from, const sim::Call<Settle>& call);

 private:
  bool planted(ServiceMutant bug) const { return mutant == bug; }
  Standing decide(sim::Ctx& ctx, const Hold& hold, std::uint64_t account) const;
  void book(sim::Ctx& ctx, OrderId order, const Entry& entry);
  void apply(OrderId order, const Entry& entry);
};

}  // namespace protocols::saga
