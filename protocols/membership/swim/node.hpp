// A member of a group that finds out by itself who of the group is alive: SWIM (Das, Gupta, Motivala, DSN 2002) with the
// suspicion of its §4.2, and Lifeguard (Dadgar, Phillips, Currey, 2017), in the form of hashicorp/memberlist.
//
// The idea. In every period each member pings one other. No answer in time: it asks k others to ping for it, so that one bad
// path convicts nobody. Still none by the end of the period: the target is suspected. News about members rides on the pings
// and acks that fly anyway, each a limited number of times, so it spreads like an infection; the load on each member and the
// time to detect a crash do not grow with the group (§3.2), and news reaches everybody in a time that grows with its logarithm.
//
// Why it is right. A crashed member answers nobody, and each live member pings it once a round, so each finds out even if no
// news ever reaches it (completeness). A live one is suspected before it is declared dead, hears of that, and refutes. What is
// held of a member is ordered by (incarnation, alive < suspect < dead), everybody moves upwards only, and only the member
// itself raises its incarnation: so news may come late, twice and out of order, the end is the same everywhere, a refutation
// wins over every earlier accusation, and no echo of an old "alive" brings back who is dead.
//
// What Lifeguard adds, for members that are slow themselves and so think that others are (its §IV): (a) a member whose own
// probes fail without the relays' word that they tried (nacks), or that has to refute, takes its own health to be worse, and
// probes less often; (b) a suspicion times out late, and sooner the more members share it; (c) a suspected member is told
// first, with the next ping. Each can be switched off: health_max 1, suspicion_max_mult 1, buddy false is SWIM.
//
// Around it, from memberlist and Serf: gossip beside the probes, a sync of everything with somebody now and then, on joining
// and with a member that is held dead (else two sides of a long partition would never speak again).
//
// Memory only: a restarted member begins at incarnation 0, hears from its first sync or from an accusation what it was held to
// be, and goes beyond that.
//
// Deliberately left out: leaving on purpose, unknown members that join (the group is all nodes of the system), the ping by TCP
// after the ping by UDP, encryption, and metadata.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "protocols/membership/swim/config.hpp"
#include "protocols/membership/swim/formulas.hpp"
#include "protocols/membership/swim/messages.hpp"
#include "sim/node/node.hpp"

namespace protocols::swim {

/// What is held of one member.
struct Member {
  sim::Time since{};  ///< by the holder's clock: when it came to this status
  std::uint32_t incarnation = 0;
  Status status = Status::alive;
  SIM_DESCRIBE(Member, since, incarnation, status)
};

/// Whether (incarnation, status) of `update` is beyond what is held.
constexpr bool supersedes(const Update& update, const Member& held) {
  return update.incarnation != held.incarnation ? update.incarnation > held.incarnation : update.status > held.status;
}

/// A suspicion that runs (memberlist's suspicion.go).
struct Suspicion {
  sim::NodeId member{};
  sim::Time start{};
  sim::Duration min{};
  sim::Duration max{};
  sim::Time deadline{};                  ///< by my clock: when the member is dead
  std::uint32_t wanted = 0;              ///< confirmations that bring its timeout down to min; 0: it is there already
  std::vector<sim::NodeId> believers{};  ///< who says so; the first is no confirmation
  SIM_DESCRIBE(Suspicion, member, start, min, max, deadline, wanted, believers)
};

/// An update on its way to everybody.
struct Broadcast {
  Update update;
  std::uint32_t transmits = 0;  ///< how often I have sent it
  std::uint64_t number = 0;     ///< rises with each broadcast
  SIM_DESCRIBE(Broadcast, update, transmits, number)
};

/// The probe of this period.
struct Probe {
  bool open = false;  ///< not answered yet
  bool indirect = false;
  sim::NodeId target{};
  std::uint32_t sequence = 0;
  std::uint32_t periods = 0;  ///< until it has failed: one, more if my health is bad
  std::uint32_t nacks_due = 0;
  std::uint32_t nacks = 0;
  SIM_DESCRIBE(Probe, open, indirect, target, sequence, periods, nacks_due, nacks)
};

/// A ping that I sent for another.
struct Relay {
  std::uint32_t sequence = 0;  ///< mine
  std::uint32_t asked = 0;     ///< the asker's
  sim::NodeId asker{};
  bool nack = false;
  SIM_DESCRIBE(Relay, sequence, asked, asker, nack)
};

/// Figures of one life of a member.
struct Tally {
  std::uint64_t probes = 0;
  std::uint64_t failed_probes = 0;  ///< neither the target nor any relay answered
  std::uint64_t deaths = 0;         ///< that I declared because my own suspicion timed out
  std::uint64_t refutations = 0;
  std::uint64_t updates_sent = 0;
  std::uint32_t largest_packet = 0;  ///< bytes
  SIM_DESCRIBE(Tally, probes, failed_probes, deaths, refutations, updates_sent, largest_packet)
};

/// One member.
struct Node {
  explicit Node(const Config& config, Mutant mutant = Mutant::none);

  std::vector<Member> members;       ///< in the order of ctx.peers(), myself among them
  std::vector<std::uint32_t> order;  ///< round robin: places, in the order of probing
  std::uint32_t next = 0;            ///< in `order`
  std::uint32_t sequence = 0;        ///< the last that I used
  std::uint32_t health = 0;          ///< Lifeguard's local health: 0 is good, below health_max
  std::uint32_t dead = 0;            ///< how many I hold dead
  bool joining = true;               ///< nobody has answered my first sync yet
  Probe probe;
  std::vector<Relay> relays;           ///< in the order of their sequence numbers
  std::vector<Suspicion> suspicions;   ///< in the order of members
  bool awaiting = false;               ///< the timer of suspicions is set...
  sim::Time awaited{};                 ///< ...to this, which is not after the first deadline
  std::vector<Broadcast> queue;        ///< fewest transmits first, then newest first
  std::uint64_t broadcasts = 0;        ///< begun so far
  bool gossiping = false;              ///< the gossip timer is set
  sim::Time up_since{};                ///< by my clock
  std::uint64_t changes = 0;           ///< how often an entry of `members` changed
  std::vector<std::uint32_t> touched;  ///< the places that the last event changed
  Tally tally;

  Config config;
  Mutant mutant = Mutant::none;
  SIM_DESCRIBE(Node, members, order, next, sequence, health, dead, joining, probe, relays, suspicions, awaiting, awaited, queue,
               broadcasts, gossiping, up_since, changes, touched, tally, config, mutant)

  using Inbox = sim::Accepts<Ping, Ack, ProbePeriod, Gossip, GossipDue, ProbeTimeout, PingRequest, Nack, RelayTimeout,
                             SuspicionTimeout, Sync, SyncDue, ReconnectDue>;
  void start(sim::Ctx& ctx);

  // probe.cpp
  void on(sim::Ctx& ctx, const ProbePeriod&);
  void on(sim::Ctx& ctx, const ProbeTimeout&);
  void on(sim::Ctx& ctx, const RelayTimeout& timer);
  void on(sim::Ctx& ctx, sim::NodeId from, const Ping& ping);
  void on(sim::Ctx& ctx, sim::NodeId from, const Ack& ack);
  void on(sim::Ctx& ctx, sim::NodeId from, const PingRequest& request);
  void on(sim::Ctx& ctx, sim::NodeId from, const Nack& nack);

  // member.cpp
  void on(sim::Ctx& ctx, const SuspicionTimeout&);

  // spread.cpp
  void on(sim::Ctx& ctx, sim::NodeId from, const Gossip& gossip);
  void on(sim::Ctx& ctx, const GossipDue&);
  void on(sim::Ctx& ctx, sim::NodeId from, const Sync& sync);
  void on(sim::Ctx& ctx, const SyncDue&);
  void on(sim::Ctx& ctx, const ReconnectDue&);

  /// The place of a member in `members`.
  static std::uint32_t place_of(const sim::Ctx& ctx, sim::NodeId member);
  /// How often this member sends an update at most.
  std::uint32_t limit() const { return retransmit_limit(config.retransmit_mult, members.size()); }

 private:
  bool planted(Mutant bug) const { return mutant == bug; }
  sim::NodeId at(const sim::Ctx& ctx, std::uint32_t place) const { return ctx.peers()[place]; }
  Update state_of(const sim::Ctx& ctx, std::uint32_t place) const;
  template <class Wanted>
  std::vector<std::uint32_t> pick(sim::Ctx& ctx, std::uint32_t count, Wanted&& wanted) const;

  // Probing.
  std::optional<std::uint32_t> next_target(sim::Ctx& ctx);
  void shuffle(sim::Ctx& ctx);
  void begin_probe(sim::Ctx& ctx);
  void fail_probe(sim::Ctx& ctx);
  void feel(sim::Ctx& ctx, std::int64_t worse);

  // What is held of members.
  void learn(sim::Ctx& ctx, const std::vector<Update>& updates);
  void apply(sim::Ctx& ctx, const Update& update);
  void hold(sim::Ctx& ctx, std::uint32_t place, Status status, std::uint32_t incarnation);
  void accuse(sim::Ctx& ctx, std::uint32_t place);
  void accused(sim::Ctx& ctx, const Update& update);
  void begin_suspicion(sim::Ctx& ctx, const Update& update);
  void confirm(sim::Ctx& ctx, const Update& update);
  void end_suspicion(sim::Ctx& ctx, sim::NodeId member);
  void await(sim::Ctx& ctx, sim::Time deadline);
  std::vector<Suspicion>::iterator suspicion_of(sim::NodeId member);

  // Spreading news.
  void broadcast(sim::Ctx& ctx, const Update& update);
  std::vector<Update> ride(std::uint32_t taken = 0);
  void arm_gossip(sim::Ctx& ctx);
  void sync_with(sim::Ctx& ctx, std::uint32_t place, bool reply) const;
  void join(sim::Ctx& ctx);
};

/// Up to `count` different members at random that `wanted` (a place) accepts, as memberlist draws them: it tries three times as
/// often as there are members, and then has what it has.
template <class Wanted>
std::vector<std::uint32_t> Node::pick(sim::Ctx& ctx, std::uint32_t count, Wanted&& wanted) const {
  std::vector<std::uint32_t> out;
  sim::Rng& rng = ctx.stream("members");
  for (std::size_t tries = 3 * members.size(); tries > 0 && out.size() < count; --tries) {
    const auto place = static_cast<std::uint32_t>(rng.below(members.size()));
    if (at(ctx, place) == ctx.self() || !wanted(place)) continue;
    if (std::find(out.begin(), out.end(), place) == out.end()) out.push_back(place);
  }
  return out;
}

}  // namespace protocols::swim
