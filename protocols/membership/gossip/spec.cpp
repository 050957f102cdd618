#include "protocols/membership/gossip/spec.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "protocols/kv/client.hpp"
#include "protocols/membership/gossip/claims.hpp"

namespace protocols::gossip {

namespace {

using namespace sim::literals;  // NOLINT(google-build-using-namespace)
using sim::check::Spec;

void add_claims(Spec<Node>& s) {
  s.always("never-goes-back", "a running site never replaces a version by an older one", GoesForward(false));
  s.always("no-resurrection", "a site takes no deleted item back while the death certificate has to be kept", GoesForward(true));
  s.always("stamps-are-issued", "every version was made at the site that its stamp names", StampsAreIssued{});

  s.sometimes("anti-entropy-mended", "an exchange brings what rumours left out");
  s.sometimes("interest-lost", "a site meets enough others that know, and loses interest in a rumour");
  s.sometimes("mail-delivered", "an update arrives by direct mail");
  s.sometimes("written-after-deletion", "a deleted key gets a new value, which is later than its certificate");
  s.sometimes("certificate-dormant", "a retention site keeps a certificate that it passes on no more");
  s.sometimes("certificate-forgotten", "a site drops a certificate that is past its time");
  s.sometimes("certificate-awakened", "an obsolete item meets a dormant certificate, which spreads again");

  s.eventually("deletions-win", "no live site holds an item that was deleted later, as far as any site still knows", DeletionsWin{},
               30_s);
  s.eventually("convergence", "all live sites hold the same", Convergence{}, 30_s);
}

/// `part` / `whole` to three decimals.
std::string decimal(std::uint64_t part, std::uint64_t whole) {
  const std::uint64_t thousandths = whole == 0 ? 0 : (part * 1000 + whole / 2) / whole;
  std::string fraction = std::to_string(1000 + thousandths % 1000);
  fraction.front() = '.';
  return std::to_string(thousandths / 1000) + fraction;
}

/// How the newest version of each key has spread over the live sites: where it is missing, and how long after its writing it came.
struct Reach {
  std::uint64_t sites = 0;
  std::uint64_t keys = 0;
  std::uint64_t holders = 0;  // (site, key) pairs
  sim::Duration sum{};        // from writing to arrival, over those
  sim::Duration last{};
};

Reach reach(const Cluster& cluster) {
  std::map<std::uint32_t, std::pair<Stamp, bool>> newest;  // with: is it a deletion?
  Reach out;
  const auto each = [&](auto&& f) {
    for (const sim::NodeId id : cluster.members()) {
      if (!cluster.up(id)) continue;
      for (const Entry& entry : cluster.node(id).entries) f(entry);
    }
  };
  each([&](const Entry& entry) {
    const std::pair<Stamp, bool> version{entry.item().stamp, entry.item().deleted};
    const auto at = newest.try_emplace(entry.item().key, version).first;
    at->second = std::max(at->second, version);
  });
  std::erase_if(newest, [](const auto& n) { return n.second.second; });
  for (const sim::NodeId id : cluster.members()) out.sites += cluster.up(id) ? 1 : 0;
  out.keys = newest.size();
  each([&](const Entry& entry) {
    const auto at = newest.find(entry.item().key);
    if (at == newest.end() || at->second.first != entry.item().stamp) return;
    ++out.holders;
    const sim::Duration took = std::max(sim::Duration{}, entry.learned - entry.item().stamp.at);
    out.sum = out.sum + took;
    out.last = std::max(out.last, took);
  });
  return out;
}

/// All live sites' tallies together.
Tally total(const Cluster& cluster) {
  Tally out;
  for (const sim::NodeId id : cluster.members()) {
    const Tally& t = cluster.node(id).tally;
    out.updates_made += t.updates_made;
    out.updates_sent += t.updates_sent;
    out.exchanges += t.exchanges;
    out.mended += t.mended;
  }
  return out;
}

// Demers's figures (§1): of the newest version of each key that is no deletion, as it stands when the run ends. Tallies are of
// the last life of each site.
void add_measures(Spec<Node>& s) {
  s.measure("residue", "share of live sites that lack the newest version of a key", [](const Cluster& cluster) {
    const Reach r = reach(cluster);
    return decimal(r.sites * r.keys - r.holders, r.sites * r.keys);
  });
  s.measure("traffic", "updates sent for each update made and site (m)", [](const Cluster& cluster) {
    const Tally t = total(cluster);
    return decimal(t.updates_sent, t.updates_made * cluster.members().size());
  });
  s.measure("t-ave", "mean time from an update to its arrival at a site", [](const Cluster& cluster) {
    const Reach r = reach(cluster);
    return to_text(sim::Duration{r.holders == 0 ? 0 : r.sum.ns / static_cast<std::int64_t>(r.holders) / 1'000'000 * 1'000'000});
  });
  s.measure("t-last", "the longest of those times",
            [](const Cluster& cluster) { return to_text(sim::Duration{reach(cluster).last.ns / 1'000'000 * 1'000'000}); });
  s.measure("mended", "updates that anti-entropy brought, for each update made and site", [](const Cluster& cluster) {
    const Tally t = total(cluster);
    return decimal(t.mended, t.updates_made * cluster.members().size());
  });
}

void add_mutants(Spec<Node>& s) {
  s.mutant("tombstone-early", "forgets a death certificate at once: a site that was away brings the item back",
           "Demers 1987 §2; Cassandra gc_grace_seconds");
  s.mutant("older-accepted", "takes whatever version arrives: a late one undoes a newer", "Demers 1987 §1.1");
  s.mutant("deletion-not-compared", "anti-entropy leaves certificates out: who missed the deletion keeps the item for ever",
           "Demers 1987 §2: absence does not spread");
  s.mutant("newest-compared", "sites compare their newest updates only: an older one that a site missed is never mended",
           "Demers 1987 §1.3: checksums");
  s.mutant("never-awakened", "a dormant certificate stays dormant when an obsolete item comes: the item is back for good",
           "Demers 1987 §2.1");
  s.mutant("awakened-as-new", "awakening gives a certificate a new stamp: it deletes what was written since", "Demers 1987 §2.2");
}

}  // namespace

Spec<Node> spec() {
  Spec<Node> s("gossip", "Epidemic replication: direct mail, rumour mongering, anti-entropy and death certificates");
  s.config<Config, Mutant>({
      {"anti_entropy", "what an exchange does about differences: push, pull, push-pull; none: no exchanges"},
      {"anti_entropy_interval", "how often each site begins one"},
      {"rumours", "whether sites tell each other what is new"},
      {"rumour_interval", "the cycle of rumours: each site that has some tells one other"},
      {"feedback", "whether only contacts that knew already count against a rumour; false: all do (blind)"},
      {"loss", "counter: a site loses interest after k contacts that count; coin: after each with probability 1/k"},
      {"k", "see loss"},
      {"judged", "what a contact's usefulness is judged on: on-arrival, or at-cycle-start as in the paper's tables"},
      {"counter_reset", "whether a contact that was useful sets the counter back to 0"},
      {"direct_mail", "whether the site of an update tells all others at once"},
      {"redistribute", "whether what an exchange brought becomes a rumour again"},
      {"stagger", "sites begin their cycles at random moments; false: all at once"},
      {"certificate_active", "for how long every site keeps a death certificate and passes it on"},
      {"certificate_dormant", "for how long after that its retention sites keep it"},
      {"retention_sites", "how many those are"},
      {"collect_interval", "how often sites look at the age of certificates"},
  });
  s.clients<kv::Client>();
  add_claims(s);
  add_measures(s);
  add_mutants(s);
  return s;
}

}  // namespace protocols::gossip
