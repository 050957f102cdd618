#include "protocols/membership/gossip/spec.hpp"

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
  add_mutants(s);
  return s;
}

}  // namespace protocols::gossip
