// What single-decree Paxos claims (PMS 2.1 and 2.2), as an observer who sees all agents checks it. Values are chosen by what
// acceptors have on their disks, whether anybody knows it or not.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocols/consensus/synod/node.hpp"
#include "protocols/consensus/synod/per_node.hpp"
#include "sim/check/spec.hpp"

namespace protocols::synod {

using Cluster = sim::check::Cluster<Node>;
using sim::check::Violation;

/// The rules about ballots and values.
enum class Rule : std::uint8_t {
  only_proposed,         ///< only a value that a proposer wished for is proposed or accepted (PMS 2.1)
  one_value_per_ballot,  ///< a ballot has one value, which its owner proposes (PMS 2.2)
  chosen_is_proposed,    ///< once a value is chosen, every higher ballot proposes it (PMS, P2b)
  one_value_chosen,      ///< only a single value is chosen (PMS 2.1)
  learned_is_chosen,     ///< a process never learns that a value is chosen unless it is (PMS 2.1)
};

/// Checks one of them. A vote counts once the acceptor's disk has it; a value is chosen when a quorum has votes for it in one
/// ballot.
class BallotClaim {
 public:
  explicit BallotClaim(Rule rule) : rule_(rule) {}
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  struct Proposal {
    Ballot ballot;
    std::string value;
    std::vector<sim::NodeId> acceptors;
  };
  struct Watch {
    sim::Time up_since{};
    Ballot accepted;            // the vote seen last
    std::uint64_t written = 0;  // the disk's newest write when it was seen
    bool counted = true;        // it is durable
    Ballot proposed;            // as a proposer: the ballot of the proposal seen last
  };
  Violation look_at_proposer(const Cluster& cluster, sim::NodeId id);
  Violation look_at_acceptor(const Cluster& cluster, sim::NodeId id);
  Violation vote(const Cluster& cluster, sim::NodeId id);
  Proposal* find(const Ballot& ballot);
  Violation report(Rule rule, std::string text) const;

  Rule rule_;
  PerNode<Watch> watches_;
  std::vector<std::string> wished_;  // what proposers would like
  std::vector<Proposal> proposals_;
  std::optional<Proposal> chosen_;
};

/// An acceptor's promise and vote only rise, across crashes (PMS 2.5).
class AcceptorRemembers {
 public:
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  struct Seen {
    Ballot promised;
    Ballot accepted;
    std::uint64_t written = 0;  // the disk's newest write when they were first seen
    Ballot told_promise;        // the highest that it may have told
    Ballot told_vote;
  };
  PerNode<Seen> seen_;
};

/// How many rounds were begun, by each proposer since its last start.
std::int64_t rounds_of(const Cluster& cluster);

/// Liveness: every process that is up knows the chosen value.
Violation all_know(const Cluster& cluster, sim::NodeId changed);

}  // namespace protocols::synod
