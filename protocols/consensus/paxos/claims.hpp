// What Multi-Paxos claims, as an observer who sees all servers checks it. The claims about ballots and chosen commands are PMS's P1
// to P2c and PMMC's invariants, seen from the acceptors' logs: what is chosen is what a quorum has on its disks.
//
// Each claim is looked at after every event, so each remembers what it saw of every server and looks only at what is new. What lies
// below every server's snapshot is forgotten.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "protocols/consensus/paxos/node.hpp"
#include "protocols/consensus/synod/per_node.hpp"
#include "sim/check/spec.hpp"
#include "sim/core/cow_log.hpp"

namespace protocols::paxos {

using Cluster = sim::check::Cluster<Node>;
using sim::check::Violation;
using synod::PerNode;

/// A set of servers by their places in the cluster, which knows its size. The first 64 cost no memory of their own.
class Places {
 public:
  /// False: it was in there.
  bool add(std::size_t place);
  std::size_t size() const { return size_; }

 private:
  std::uint64_t first_ = 0;
  std::size_t size_ = 0;
  std::vector<std::size_t> rest_;
};

/// The rules about what is proposed and chosen in a slot.
enum class SlotRule : std::uint8_t {
  one_proposal_per_ballot,  ///< a ballot has one command in a slot, and its owner proposed it (PMS 2.2; PMMC, 2.3)
  chosen_is_proposed,       ///< once a command is chosen, every higher ballot proposes it (PMS, P2b)
  one_command_chosen,       ///< at most one command is chosen in a slot (PMS 2.1)
  learned_is_chosen,  ///< what a server takes for chosen is (PMS 2.1: "a process never learns that a value is chosen unless ...")
};

/// Checks one of them. Follows every acceptor's log: a vote counts once the disk has it, for only then can anybody have been told,
/// and a command is chosen when a quorum of phase 2 has votes for it in one ballot. Each claim follows the logs by itself.
class SlotClaim {
 public:
  explicit SlotClaim(SlotRule rule) : rule_(rule) {}
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  struct Proposal {
    Ballot ballot;
    std::uint64_t command = 0;  // its digest
    sim::NodeId by{};           // who was seen to have it first
    Places acceptors;
  };
  struct Slot {
    Proposal first;               // in the order in which they were seen; most slots have one
    std::vector<Proposal> later;  // the others
    bool chosen = false;
    Ballot ballot;              // chosen: in which
    std::uint64_t command = 0;  // chosen: its digest
  };
  struct Pending {
    std::uint64_t written = 0;  // the disk's newest write when it was seen
    std::uint64_t record = 0;   // records up to this one are durable when that is
  };
  struct Watch {
    sim::Time up_since{};
    std::uint64_t written = 0;  // of the disk
    std::uint64_t seen = 0;     // the last record looked at
    std::uint64_t durable = 0;  // the last record that counts
    std::uint64_t base = 0;
    std::uint64_t commit = 0;
    std::vector<Pending> pending;
  };
  Violation look_at_log(const Cluster& cluster, sim::NodeId id, Watch& w);
  Violation look_at_commits(const Cluster& cluster, sim::NodeId id, Watch& w);
  Violation proposed(const Cluster& cluster, sim::NodeId id, const Record& r);
  Violation count(const Cluster& cluster, sim::NodeId id, Watch& w, std::uint64_t up_to);
  Violation voted(const Cluster& cluster, sim::NodeId id, const Record& r);
  void forget(const Cluster& cluster);
  Violation report(SlotRule rule, std::string text) const;
  Slot* find(std::uint64_t slot) { return slot <= base_ || slot > base_ + slots_.size() ? nullptr : &slots_[slot - base_ - 1]; }
  static Proposal* find(Slot& slot, const Ballot& ballot);

  SlotRule rule_;
  PerNode<Watch> watches_;
  std::uint64_t base_ = 0;  // every server's snapshot has the slots up to here
  std::deque<Slot> slots_;  // those after it
};

/// An acceptor's promise only rises, crashes included (PMMC, A1). One that it may have told is never taken back.
class PromiseMonotone {
 public:
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  struct Seen {
    Ballot promised;
    std::uint64_t written = 0;  // the disk's newest write when it was first seen
    Ballot told;                // the highest that is durable, or would be if it had been saved
  };
  PerNode<Seen> seen_;
};

/// An acceptor remembers its votes, crashes included: it has a vote of that ballot or a higher one, or a snapshot of the slot, or
/// knows that it has forgotten some (PMS 2.5).
class VotesStay {
 public:
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  struct Untold {
    std::uint64_t written = 0;  // the disk's newest write when it was seen
    std::uint64_t slot = 0;
    Ballot ballot;
  };
  struct Seen {
    sim::Time up_since{};
    std::uint64_t written = 0;   // of the disk
    std::uint64_t record = 0;    // the last record looked at
    std::uint64_t base = 0;      // of the node
    std::uint64_t damages = 0;   // of the node
    std::vector<Ballot> told;    // by slot, after base: the highest that it may have told
    std::vector<Untold> untold;  // not durable yet
  };
  Violation compare(const Cluster& cluster, sim::NodeId id, const Seen& seen) const;

  PerNode<Seen> seen_;
};

/// No two servers apply different commands in one slot, nor reach different states by one.
class StateMachineSafety {
 public:
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  struct Seen {
    sim::Time up_since{};
    std::uint64_t applied = 0;
    std::uint64_t base = 0;
  };
  struct Applied {
    std::uint64_t command = 0;  // its digest
    sim::NodeId by{};
  };
  struct Taken {
    std::uint64_t index = 0;
    std::uint64_t digest = 0;
    sim::NodeId by{};
  };
  Violation look_at_snapshot(const Cluster& cluster, sim::NodeId id);

  PerNode<Seen> seen_;
  sim::CowLog<Applied> applied_;
  std::vector<Taken> snapshots_;  // by index
};

/// While a server runs, what it knows to be chosen only grows.
class CommitMonotone {
 public:
  Violation operator()(const Cluster& cluster, sim::NodeId changed);

 private:
  struct Seen {
    sim::Time up_since{};
    std::uint64_t commit = 0;
  };
  PerNode<Seen> seen_;
};

/// The highest round that anybody has promised: how often somebody wanted to lead, or a little more.
std::int64_t highest_round(const Cluster& cluster);
/// How many slots are known to be chosen.
std::int64_t slots_chosen(const Cluster& cluster);

/// Liveness: somebody leads, and a quorum follows.
Violation leader_exists(const Cluster& cluster, sim::NodeId changed);

}  // namespace protocols::paxos
