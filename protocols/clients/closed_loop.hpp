// What clients share that do one thing after the other: how they begin, pause, give up and are numbered, and whom they ask next.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>

#include "sim/check/workload.hpp"
#include "sim/core/describe.hpp"
#include "sim/node/node.hpp"

namespace protocols::clients {

/// A message to oneself: what start() saved is durable, so the client may begin.
struct Begin {
  SIM_DESCRIBE(Begin)
};
/// Timer: the next operation is due.
struct Next {
  SIM_DESCRIBE(Next)
};
/// Timer: the server has had its time to answer.
struct Retry {
  SIM_DESCRIBE(Retry)
};

/// On the client's disk: how often it was started.
struct Lives {
  std::uint64_t count = 0;
  SIM_DESCRIBE(Lives, count)
};

/// Values of one client that nobody else writes: so many, from its node's number times so many on; and lives apart by more than all
/// nodes' values.
inline constexpr std::int64_t kValuesPerClient = 1'000'000;
inline constexpr std::int64_t kMostClients = 10'000'000;

/// The numbers of one life of a client; those of an earlier life are never used again.
struct Life {
  std::uint64_t generation = 0;  ///< of its first process
  std::uint64_t sequence = 0;    ///< below that of its first request
  std::int64_t value = 0;        ///< the first of a million and more values that nobody else writes
};

/// Begins a life: counts it on the disk, and sends Begin once that is durable.
inline Life begin_life(sim::Ctx& ctx) {
  const std::uint64_t lives = ctx.saved<Lives>().count;
  ctx.save(Lives{lives + 1});
  ctx.send(ctx.self(), Begin{});
  return {
      lives * 1'000'000, lives << 32U,
      static_cast<std::int64_t>(lives) * kMostClients * kValuesPerClient + std::int64_t{index(ctx.self())} * kValuesPerClient + 1};
}

/// The process of a history that a client plays: `generation * 10^9 + client * 1000`. A client whose operation has no known end
/// goes on with the next generation, and one that restarts a million generations later.
inline std::uint64_t process_of(const sim::Ctx& ctx, std::uint64_t generation) {
  return generation * 1'000'000'000 + std::uint64_t{index(ctx.self())} * 1000;
}

/// The next server in a circle.
inline std::uint32_t next_place(std::uint32_t place, std::span<const sim::NodeId> servers) {
  return (place + 1) % static_cast<std::uint32_t>(servers.size());
}

/// The place of the server that a refusal points to, or nothing where it points to none, or to the one that refused.
inline std::optional<std::uint32_t> hinted_place(std::span<const sim::NodeId> servers, sim::NodeId from,
                                                 const std::optional<sim::NodeId>& hint) {
  const auto at = hint ? std::find(servers.begin(), servers.end(), *hint) : servers.end();
  if (at == servers.end() || *at == from) return std::nullopt;
  return static_cast<std::uint32_t>(at - servers.begin());
}

/// How long to wait for an answer: `at_most`, and not beyond the time at which the operation is given up.
inline sim::Duration patience(const sim::Ctx& ctx, const sim::check::Workload& workload, sim::Time began, sim::Duration at_most) {
  return std::clamp(began + workload.give_up_after - ctx.now(), sim::Duration{}, at_most);
}

/// Refusals that are followed at once, before a wait: hints may go in a circle.
inline constexpr std::uint32_t kMostHops = 2;

}  // namespace protocols::clients
