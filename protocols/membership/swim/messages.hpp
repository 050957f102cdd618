// What members say to each other, and their timers. Every packet carries updates about members (SWIM §4.1).
#pragma once

#include <cstdint>
#include <vector>

#include "sim/core/describe.hpp"

namespace protocols::swim {

/// What is held of a member. At one incarnation a later value overrides an earlier one (SWIM §4.2).
enum class Status : std::uint8_t { alive, suspect, dead };
SIM_DESCRIBE_ENUM(Status, alive, suspect, dead)

/// News about one member. Only the member itself raises its incarnation.
struct Update {
  sim::NodeId member{};
  sim::NodeId from{};  ///< who says so at first hand: of a suspicion whose probe failed (Lifeguard counts them)
  std::uint32_t incarnation = 0;
  Status status{};
  SIM_DESCRIBE(Update, member, from, incarnation, status)
};

/// "Are you there?" `sequence` is the sender's own count.
struct Ping {
  std::uint32_t sequence = 0;
  std::vector<Update> updates;
  SIM_DESCRIBE(Ping, sequence, updates)
};

/// The answer to a Ping; or, from a relay, that the target has answered it.
struct Ack {
  std::uint32_t sequence = 0;
  std::vector<Update> updates;
  SIM_DESCRIBE(Ack, sequence, updates)
};

/// "Ping that one for me." `nack`: tell me also if it does not answer (Lifeguard §IV.A).
struct PingRequest {
  std::uint32_t sequence = 0;
  sim::NodeId target{};
  bool nack = false;
  std::vector<Update> updates;
  SIM_DESCRIBE(PingRequest, sequence, target, nack, updates)
};

/// A relay's word that the target has not answered in time: so the path between asker and relay is sound.
struct Nack {
  std::uint32_t sequence = 0;
  std::vector<Update> updates;
  SIM_DESCRIBE(Nack, sequence, updates)
};

/// Nothing but updates (memberlist's gossip beside the probes).
struct Gossip {
  std::vector<Update> updates;
  SIM_DESCRIBE(Gossip, updates)
};

/// All that the sender holds of all members; the receiver answers with its own. A stream in memberlist, so no packet's bound.
struct Sync {
  bool reply = false;
  std::vector<Update> states;
  SIM_DESCRIBE(Sync, reply, states)
};

// ---- timers ---------------------------------------------------------------------------------------------------------

/// A protocol period begins.
struct ProbePeriod {
  SIM_DESCRIBE(ProbePeriod)
};

/// The probe's target has not answered: ask others to try.
struct ProbeTimeout {
  SIM_DESCRIBE(ProbeTimeout)
};

/// The target of a relayed ping has not answered.
struct RelayTimeout {
  std::uint32_t sequence = 0;
  SIM_DESCRIBE(RelayTimeout, sequence)
};

/// A suspected member may have had its time to refute: the earliest of all suspicions.
struct SuspicionTimeout {
  SIM_DESCRIBE(SuspicionTimeout)
};

/// Time to gossip.
struct GossipDue {
  SIM_DESCRIBE(GossipDue)
};

/// Time for a sync with somebody.
struct SyncDue {
  SIM_DESCRIBE(SyncDue)
};

/// Time to try a member that is held dead.
struct ReconnectDue {
  SIM_DESCRIBE(ReconnectDue)
};

}  // namespace protocols::swim
