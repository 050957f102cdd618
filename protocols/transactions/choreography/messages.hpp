// The events that the services publish, and what travels and is stored around them.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "protocols/transactions/saga/messages.hpp"
#include "sim/script/calls.hpp"

namespace protocols::choreography {

using saga::OrderId;
using saga::Outcome;
using saga::Place;

/// What can happen to an order.
enum class Happened : std::uint8_t { placed, reserved, out_of_stock, charged, not_charged };
SIM_DESCRIBE_ENUM(Happened, placed, reserved, out_of_stock, charged, not_charged)

/// An event. Its place among all events of its service is its number.
struct Event {
  Happened what{};
  OrderId order = 0;
  std::uint64_t account = 0;
  std::uint64_t amount = 0;
  SIM_DESCRIBE(Event, what, order, account, amount)
};

/// The relay publishes events of the outbox in order, the first of them with that number.
struct Publish {
  std::uint64_t first = 0;
  std::vector<Event> events;
  SIM_DESCRIBE(Publish, first, events)
};
/// A subscriber has carried out all events up to that number, durably.
struct Acknowledge {
  std::uint64_t number = 0;
  SIM_DESCRIBE(Acknowledge, number)
};
/// Timer: publish again what is not acknowledged.
struct Relay {
  SIM_DESCRIBE(Relay)
};

/// Where an order stands at one service.
enum class Standing : std::uint8_t { pending, reserved, charged, settled, refused, released, approved, rejected };
SIM_DESCRIBE_ENUM(Standing, pending, reserved, charged, settled, refused, released, approved, rejected)

/// One local transaction, written as one record: what it consumed, what it changed, what it announces. That the three are one
/// write is the transactional outbox and the idempotent inbox (Richardson 2018, section 3.3.7).
struct Committed {
  std::optional<sim::NodeId> publisher{};  ///< whose event it consumed
  std::uint64_t consumed = 0;              ///< its number
  OrderId order = 0;
  std::optional<Standing> standing{};  ///< nothing: it changed nothing
  Event order_of;                      ///< account and amount of the order
  std::optional<Happened> announces{};
  SIM_DESCRIBE(Committed, publisher, consumed, order, standing, order_of, announces)
};

}  // namespace protocols::choreography
