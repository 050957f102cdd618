#include "protocols/membership/swim/spec.hpp"

#include <algorithm>

#include "protocols/membership/swim/claims.hpp"

namespace protocols::swim {

namespace {

using namespace sim::literals;  // NOLINT(google-build-using-namespace)
using sim::check::Spec;

void add_claims(Spec<Node>& s) {
  s.always("incarnation-order",
           "what a member holds of another only rises in (incarnation, alive < suspect < dead); a dead one returns only with a "
           "higher incarnation",
           IncarnationOrder{});
  s.always("incarnations-are-own", "nobody holds an incarnation of a member that the member never had", IncarnationsAreOwn{});
  s.always("transmit-limit", "each member sends an update at most retransmit_mult * ceil(log10(n + 1)) times", transmit_limit);
  s.always("packet-bound", "no packet is larger than packet_bytes", packet_bound);

  s.sometimes("refuted", "a member hears that it is suspected or dead and refutes with a higher incarnation");
  s.sometimes("indirect-probe-saved", "a probe that failed directly succeeds through another member");
  s.sometimes("suspicion-confirmed", "a suspicion is shared by another member, which shortens its timeout");
  s.sometimes("lifeguard-slowed", "a member takes its own health to be bad and probes less often");
  s.sometimes("death-declared", "a suspicion times out");
  s.sometimes("false-positive", "a member declares another dead that is up", FalsePositive{});
  s.sometimes("dead-returned", "a member that was held dead is alive again, with a higher incarnation");
  s.sometimes("reconnected", "a member that is held dead is tried all the same");
  s.sometimes("packet-full", "a packet carries as many updates as fit", [](const Cluster& cluster, sim::NodeId changed) {
    const Node& node = cluster.node(changed);
    return node.tally.largest_packet + node.config.update_bytes > node.config.packet_bytes;
  });

  s.eventually("completeness", "every live member holds every crashed member dead", EveryoneHolds(false), 60_s);
  s.eventually("accuracy", "every live member holds every live member alive", EveryoneHolds(true), 60_s);
}

/// The sum of one figure over the last lives of all members.
template <class Figure>
std::int64_t sum(const Cluster& cluster, Figure figure) {
  std::uint64_t out = 0;
  for (const sim::NodeId id : cluster.members()) out += figure(cluster.node(id));
  return static_cast<std::int64_t>(out);
}

void add_measures(Spec<Node>& s) {
  s.measure("probes", "probes begun", [](const Cluster& c) { return sum(c, [](const Node& n) { return n.tally.probes; }); });
  s.measure("failed-probes", "of those: neither the target nor a relay answered",
            [](const Cluster& c) { return sum(c, [](const Node& n) { return n.tally.failed_probes; }); });
  s.measure("deaths-declared", "suspicions that timed out",
            [](const Cluster& c) { return sum(c, [](const Node& n) { return n.tally.deaths; }); });
  s.measure("refutations", "accusations that reached a live member",
            [](const Cluster& c) { return sum(c, [](const Node& n) { return n.tally.refutations; }); });
  s.measure("updates-sent", "on packets and by gossip",
            [](const Cluster& c) { return sum(c, [](const Node& n) { return n.tally.updates_sent; }); });
  s.measure("largest-packet", "in bytes", [](const Cluster& c) {
    std::int64_t out = 0;
    for (const sim::NodeId id : c.members()) out = std::max<std::int64_t>(out, c.node(id).tally.largest_packet);
    return out;
  });
}

void add_mutants(Spec<Node>& s) {
  s.mutant("no-incarnation", "refutes without a higher incarnation: a live member stays dead", "SWIM 2002 §4.2, memberlist#311");
  s.mutant("death-not-spread", "keeps to itself that a member is dead: others go on as if it were there", "piko#314");
  s.mutant("dead-returns", "an alive at the same incarnation overrides a death: an old echo brings the dead back",
           "SWIM 2002 §4.2: the order of preference");
  s.mutant("accuser-increments", "the accuser raises the incarnation, so that its word counts: incarnations run away",
           "SWIM 2002 §4.2: only the member itself may");
  s.mutant("sent-for-ever", "never stops sending an update: packets fill up with old news", "SWIM 2002 §4.1: lambda log n times");
  s.mutant("packet-overflows", "puts everything it knows on one packet: it does not arrive on a real network",
           "memberlist: UDPBufferSize");
}

}  // namespace

Spec<Node> spec() {
  Spec<Node> s("swim", "SWIM with Lifeguard: group membership by probes, suspicion and gossip");
  s.config<Config, Mutant>({
      {"probe_interval", "the protocol period: one probe each"},
      {"probe_timeout", "how long the target of a probe, or of a relayed one, has for its answer"},
      {"indirect_checks", "how many others are asked to try when the target does not answer (k)"},
      {"targets", "round-robin: through a shuffled list; random: uniformly at random"},
      {"stagger", "members begin their periods at random moments; false: all at once, as the paper's formulas count"},
      {"suspicion_mult", "a suspicion lasts this times max(1, log10 n) periods at least; 0: a failed probe is a death"},
      {"suspicion_max_mult", "a suspicion that nobody shares lasts so many times longer; 1: no decay (plain SWIM)"},
      {"health_max", "a member of bad health probes up to so many times less often; 1: no local health (plain SWIM)"},
      {"buddy", "a suspected member is told so with the next ping; false: plain SWIM"},
      {"retransmit_mult", "each member sends an update this times ceil(log10(n + 1)) times"},
      {"gossip_interval", "how often news is sent beside the probes; 0s: never, it only rides on them (plain SWIM)"},
      {"gossip_nodes", "to how many at a time"},
      {"gossip_to_dead", "for how long members that are held dead are gossiped to all the same"},
      {"sync_interval", "how often all that is known is exchanged with one member, in groups up to 32; 0s: never, nor on joining"},
      {"reconnect_interval", "how often members that are held dead are tried; 0s: never"},
      {"packet_bytes", "the largest packet"},
      {"update_bytes", "what one update takes of it"},
  });
  add_claims(s);
  add_measures(s);
  add_mutants(s);
  return s;
}

}  // namespace protocols::swim
