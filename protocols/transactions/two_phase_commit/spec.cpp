#include "protocols/transactions/two_phase_commit/spec.hpp"

#include <algorithm>
#include <string>

#include "protocols/transactions/two_phase_commit/claims.hpp"
#include "protocols/transactions/two_phase_commit/client.hpp"

namespace protocols::two_phase_commit {

namespace {

std::string_view role_of(const Node& node) { return node.role == Role::coordinator ? "coordinator" : "participant"; }

/// The longest time that a participant was in doubt, and who it was; doubts that still last count too.
std::string longest_doubt(const Cluster& cluster) {
  sim::Duration longest{};
  std::string who = "nobody";
  for (const sim::NodeId id : cluster.members()) {
    const Node& node = cluster.node(id);
    sim::Duration own = node.longest_doubt;
    for (const auto& [tx, part] : node.parts) {
      if (part.decision == Decision::unknown) own = std::max(own, cluster.now() - part.doubt_since);
    }
    if (own <= longest) continue;
    longest = own;
    who = cluster.name(id);
  }
  const std::int64_t milliseconds = longest.ns / 1'000'000;
  return sim::to_text(sim::Duration{milliseconds * 1'000'000}) + " at " + who + ", its account locked all that time";
}

}  // namespace

sim::check::Spec<Node> spec() {
  sim::check::Spec<Node> s("two-phase-commit",
                           "Two-phase commit with presumed abort: transfers between accounts at two participants");
  s.config<Config, Mutant>({
      {"vote_timeout", "how long the coordinator waits for votes before it aborts"},
      {"resend", "how long anybody waits for an answer before asking again"},
      {"accounts", "at every participant"},
      {"balance", "in each account at the beginning"},
      {"ask_others", "a participant in doubt asks the other one, not only the coordinator"},
  });
  s.clients<Client>("transfers", "move money between two participants, one transfer after the other");
  s.role<&role_of>();
  s.always("agreement", "no two members decide a transaction differently, and none reverses a decision", Agreement{});
  s.always("commit-needs-promises", "a transaction is committed only if both participants have promised", commit_needs_promises);
  s.eventually("nobody-in-doubt", "every participant that was in doubt when faults stopped learns the decision", NobodyInDoubt{},
               sim::Duration{5'000'000'000});
  s.sometimes("refused", "a participant cannot do its part");
  s.sometimes("in-doubt", "a participant that has promised hears nothing and asks");
  s.sometimes("blocked", "a participant in doubt asks another, and that one is in doubt too");
  s.sometimes("settled-by-others", "a participant in doubt learns the decision from the other one");
  s.measure("longest-doubt", "how long a participant could neither commit nor abort", longest_doubt);
  s.mutant("prepare-in-memory", "promises without writing it down: after a crash it has forgotten, and the outcome is split",
           "Gray 1978, section 5.8.3.3");
  s.mutant("decision-in-memory", "the coordinator tells its decision without writing it down: after a crash it presumes abort",
           "Gray 1978, section 5.8.3.3");
  s.mutant("abort-alone", "a participant in doubt gives up waiting and aborts by itself", "Bernstein et al. 1987, section 7.3");
  return s;
}

}  // namespace protocols::two_phase_commit
