// A site of a replicated database that is kept consistent by epidemics: Demers et al., "Epidemic algorithms for replicated database
// maintenance" (PODC 1987; Xerox PARC report CSL-89-1). § refers to it.
//
// The idea. An update is made at one site and must reach all, over a network that loses messages, while sites come and go.
// Direct mail tells everybody at once, and some never hear it (§1.2). Rumour mongering: a site that has news tells one other at
// random in each cycle, and loses interest when it meets too many that know (§1.4): quick and cheap, but some may be left out (the
// residue). Anti-entropy: now and then a site compares its database with that of another at random, and they resolve their
// differences (§1.3): slow, but whoever was left out is found. So rumours carry the news and anti-entropy mends the rest (§1.5).
//
// Why it is right. Updates have a total order by their stamps, and of two versions of a key the later is kept, wherever and in
// whatever order they arrive: merging is commutative, associative and idempotent, so sites that have seen the same updates hold
// the same, and a site only ever moves forward. Nothing forgets an update while a site lacks it: anti-entropy goes on for ever.
//
// Deletion. The absence of an item does not spread: a site that still has it would give it back to all. So a deletion is a
// version too, a death certificate (§2). It must be kept until every site has it, and nobody knows when that is. So every site
// keeps it for certificate_active, and a few retention sites, named in it, for certificate_dormant longer, without passing it on.
// When an obsolete item comes to a retention site after all, from a site that was away, the dormant certificate awakens and spreads
// again. Its stamp stays what it was, lest it delete what was written since; a second one, of its activation, begins anew (§2.2).
//
// The disk. A log of items, newest last; a client's update is acknowledged when it is durable, and is told to nobody before.
//
// Deliberately left out: pulling rumours, connection limits and hunting (§1.4), recent-update lists and peel back (§1.3), and
// partners by distance (§3). Sites are all nodes of the system.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "protocols/kv/messages.hpp"
#include "protocols/membership/gossip/config.hpp"
#include "protocols/membership/gossip/messages.hpp"
#include "sim/node/node.hpp"

namespace protocols::gossip {

/// What a site holds of one key.
struct Entry {
  sim::Payload held;     ///< an Item
  sim::Time learned{};   ///< by my clock: when it came here
  bool dormant = false;  ///< a certificate that I keep and do not pass on
  SIM_DESCRIBE(Entry, held, learned, dormant)
  const Item& item() const { return *held.as<Item>(); }
};

/// Whether a version is later than another of the same key.
constexpr bool later(const Stamp& a, sim::Time a_activated, const Stamp& b, sim::Time b_activated) {
  return a != b ? a > b : a_activated > b_activated;
}

/// A rumour that I spread.
struct Rumour {
  std::uint32_t key = 0;
  std::uint32_t count = 0;  ///< contacts that count towards k
  SIM_DESCRIBE(Rumour, key, count)
};

/// Figures of one life of a site.
struct Tally {
  std::uint64_t updates_made = 0;  ///< by clients, here
  std::uint64_t updates_sent = 0;  ///< items sent, of whatever use (Demers's traffic m, for one site)
  std::uint64_t exchanges = 0;     ///< anti-entropy begun
  std::uint64_t mended = 0;        ///< items that anti-entropy brought
  SIM_DESCRIBE(Tally, updates_made, updates_sent, exchanges, mended)
};

/// One site.
struct Node {
  explicit Node(const Config& config, Mutant mutant = Mutant::none);

  std::vector<Entry> entries;          ///< by key
  std::vector<Rumour> hot;             ///< by key
  std::uint64_t checksum = 0;          ///< of what is not dormant: a sum, so that the order of updates does not matter
  bool cycling = false;                ///< the timer of rumour cycles is set
  sim::Time phase{};                   ///< by my clock: my rumour cycles begin at it and every rumour_interval after
  sim::Time up_since{};                ///< by my clock
  std::uint64_t changes = 0;           ///< how often an entry changed
  std::vector<std::uint32_t> touched;  ///< the keys that the last event changed
  Tally tally;

  Config config;
  Mutant mutant = Mutant::none;
  SIM_DESCRIBE(Node, entries, hot, checksum, cycling, phase, up_since, changes, touched, tally, config, mutant)

  using Inbox = sim::Accepts<Compare, Versions, Items, ExchangeDue, Rumours, Heard, RumourCycle, Mail, CollectDue, kv::Request>;
  void start(sim::Ctx& ctx);
  void on(sim::Ctx& ctx, sim::NodeId from, const kv::Request& request);

  // exchange.cpp
  void on(sim::Ctx& ctx, const ExchangeDue&);
  void on(sim::Ctx& ctx, sim::NodeId from, const Compare& compare);
  void on(sim::Ctx& ctx, sim::NodeId from, const Versions& versions);
  void on(sim::Ctx& ctx, sim::NodeId from, const Items& items);

  // rumour.cpp
  void on(sim::Ctx& ctx, const RumourCycle&);
  void on(sim::Ctx& ctx, sim::NodeId from, const Rumours& rumours);
  void on(sim::Ctx& ctx, sim::NodeId from, const Heard& heard);
  void on(sim::Ctx& ctx, sim::NodeId from, const Mail& mail);

  // certificate.cpp
  void on(sim::Ctx& ctx, const CollectDue&);

  /// What is held of a key, or nullptr. A dormant certificate counts.
  const Entry* find(std::uint32_t key) const;

  static constexpr std::string_view kLog = "items";

 private:
  bool planted(Mutant bug) const { return mutant == bug; }
  std::vector<Entry>::iterator place_of(std::uint32_t key);
  Entry* entry_of(std::uint32_t key);
  std::optional<sim::NodeId> partner(sim::Ctx& ctx) const;
  std::uint64_t summary() const;
  sim::Duration first_after(sim::Ctx& ctx, sim::Duration interval) const;

  // What is held.
  void load(sim::Ctx& ctx);
  void persist(sim::Ctx& ctx, const sim::Payload& item) const;
  bool merge(sim::Ctx& ctx, const sim::Payload& item);
  void hold(sim::Ctx& ctx, const sim::Payload& item);
  void changed(std::uint32_t key);
  sim::Payload written(sim::Ctx& ctx, const kv::Command& command, const Entry* before) const;
  void update(sim::Ctx& ctx, const kv::Command& command);
  void answer(sim::Ctx& ctx, const kv::Request& request, bool found, std::string value) const;

  // Certificates.
  bool expired(const sim::Ctx& ctx, const Item& item) const;
  void collect(sim::Ctx& ctx);
  void awaken(sim::Ctx& ctx, Entry& entry);

  // Rumours.
  void spread(sim::Ctx& ctx, std::uint32_t key);
  void arm_cycle(sim::Ctx& ctx);
  sim::Time cycle_start(const sim::Ctx& ctx) const;
  bool loses_interest(sim::Ctx& ctx, Rumour& rumour) const;
};

}  // namespace protocols::gossip
