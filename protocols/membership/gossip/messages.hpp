// What sites say to each other, what they keep, and their timers.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "protocols/membership/gossip/config.hpp"
#include "sim/core/describe.hpp"
#include "sim/core/payload.hpp"

namespace protocols::gossip {

/// When and where an update was made: a total order of all updates (Demers §1.1: a globally unique timestamp).
struct Stamp {
  sim::Time at{};  ///< by the site's clock
  sim::NodeId site{};
  SIM_DESCRIBE(Stamp, at, site)
  friend constexpr auto operator<=>(const Stamp&, const Stamp&) = default;
};

/// A version of one key: a value, or a death certificate that says that it was deleted (§2). Immutable, shared by all that hold it.
struct Item {
  std::uint32_t key = 0;
  Stamp stamp;
  bool deleted = false;
  std::string value{};
  sim::Time activated{};                   ///< deleted: when the certificate was made or awakened (§2.2: activation timestamp)
  std::vector<sim::NodeId> retained_by{};  ///< deleted: who keeps it when it is dormant (§2.1: retention sites)
  SIM_DESCRIBE(Item, key, stamp, deleted, value, activated, retained_by)
};

/// Which version of a key somebody holds. A certificate that was awakened is beyond what it was.
struct Version {
  std::uint32_t key = 0;
  Stamp stamp;
  sim::Time activated{};
  SIM_DESCRIBE(Version, key, stamp, activated)
};

/// A record of the log on the disk: an item (the newest of its key counts).
struct Record {
  sim::Payload item;
  SIM_DESCRIBE(Record, item)
};

// ---- anti-entropy (§1.3) ----------------------------------------------------------------------------------------------

/// "My database has this checksum." An answer comes only where the receiver's differs.
struct Compare {
  Exchange exchange{};
  std::uint64_t checksum = 0;
  SIM_DESCRIBE(Compare, exchange, checksum)
};

/// All that the sender holds, by version.
struct Versions {
  Exchange exchange{};
  std::vector<Version> held;  ///< by key
  SIM_DESCRIBE(Versions, exchange, held)
};

/// Items that the receiver lacks, and the keys of those that the sender wants in return.
struct Items {
  std::vector<sim::Payload> items;
  std::vector<std::uint32_t> wanted;
  SIM_DESCRIBE(Items, items, wanted)
};

// ---- rumours (§1.4) and direct mail (§1.2) ------------------------------------------------------------------------------

/// Items that the sender takes an interest in.
struct Rumours {
  std::vector<sim::Payload> items;
  SIM_DESCRIBE(Rumours, items)
};

/// Feedback: which of them were news.
struct Heard {
  std::vector<Version> versions;   ///< as told
  std::vector<std::uint8_t> news;  ///< 1: it was
  SIM_DESCRIBE(Heard, versions, news)
};

/// An update, mailed by the site where it was made.
struct Mail {
  sim::Payload item;
  SIM_DESCRIBE(Mail, item)
};

// ---- timers -----------------------------------------------------------------------------------------------------------

/// Time for an anti-entropy exchange.
struct ExchangeDue {
  SIM_DESCRIBE(ExchangeDue)
};

/// A cycle of rumour mongering begins.
struct RumourCycle {
  SIM_DESCRIBE(RumourCycle)
};

/// Time to look at the age of certificates.
struct CollectDue {
  SIM_DESCRIBE(CollectDue)
};

}  // namespace protocols::gossip
