// The acceptor's side of phase 2, and its log of votes.
#include <algorithm>

#include "protocols/consensus/paxos/node.hpp"

namespace protocols::paxos {

const Vote& Node::vote(std::uint64_t slot) const {
  static const Vote none;
  return slot <= base_index || slot > last() ? none : votes[slot - base_index - 1];
}

// Only ever upwards, and on the disk before anything is said in it (PMS 2.5).
void Node::promise(sim::Ctx& ctx, const Ballot& ballot) {
  if (ballot <= promised) return;
  promised = ballot;
  ctx.save(Promised{promised});
  leader.reset();
  held = commit_index;
  draw_election_timeout(ctx);
}

// Takes a vote for `ballot`, which is promised. False: it has one already, or knows what is chosen in the slot.
bool Node::accept(sim::Ctx& ctx, std::uint64_t slot, const Ballot& ballot, const sim::Payload& command) {
  if (slot <= commit_index) return false;
  if (slot > last()) votes.resize(slot - base_index);
  Vote& mine = votes[slot - base_index - 1];
  if (mine.ballot == ballot) return false;  // a ballot has one command in a slot
  mine = {ballot, command};
  log(ctx).append({slot, ballot, command, commit_index});
  return true;
}

void Node::extend_held() {
  held = std::max(held, commit_index);
  while (held < last() && vote(held + 1).ballot == promised) ++held;
}

// Only the leader of a ballot sends 2a in it.
void Node::follow(sim::Ctx& ctx, const Ballot& ballot) {
  if (role != Role::follower) step_down(ctx);
  promise(ctx, ballot);
  leader = ballot.owner;
  arm_election_timer(ctx);
  if (config.reads == ReadMode::lease) {
    granted = true;
    ctx.set_timer(GrantOver{}, config.lease_duration);
  }
}

void Node::on(sim::Ctx& ctx, sim::NodeId from, const Accept& accept_message) {
  const Accept& a = accept_message;
  if (a.ballot < promised) {
    ctx.send(from, Reject{promised});
    return;
  }
  if (opening) return;
  follow(ctx, a.ballot);
  std::uint64_t slot = a.first;
  for (const sim::Payload& command : a.commands) accept(ctx, slot++, a.ballot, command);
  extend_held();
  // What is chosen in the leader's slots up to its commit index is what it proposed there, in this ballot.
  if (const std::uint64_t known = std::min(a.commit_index, held); known > commit_index) {
    commit_index = known;
    apply(ctx);
  }
  repaired(ctx);
  if (repair.active) ctx.send(from, RepairQuery{promised, repair.damages, held});
  const Accepted reply{a.ballot, a.first, a.commands.size(), held, a.read_round};
  if (planted(Mutant::ack_before_fsync)) {
    ctx.send_at_once(from, reply);
  } else {
    ctx.send(from, reply);
  }
}

// ---- the log --------------------------------------------------------------------------------------------------------

void Node::open_log(sim::Ctx& ctx) {
  find_damage(ctx);
  replay(ctx);
}

// A record's commit index holds for the votes before it, which are all there: a log loses its end, never its middle.
void Node::replay(sim::Ctx& ctx) {
  const Log mine = log(ctx);
  std::uint64_t known = base_index;
  const std::uint64_t readable = mine.first_damaged() == 0 ? mine.last() : mine.first_damaged() - 1;
  for (std::uint64_t i = mine.first(); i <= readable; ++i) {
    const Record& r = mine.at(i);
    promised = std::max(promised, r.ballot);
    known = std::max(known, r.commit_index);
    if (r.slot <= base_index) continue;
    if (r.slot > last()) votes.resize(r.slot - base_index);
    Vote& v = votes[r.slot - base_index - 1];
    if (r.ballot >= v.ballot) v = {r.ballot, r.command};
  }
  // Where a disk lied, slots may be missing all the same.
  while (commit_index < known && !vote(commit_index + 1).ballot.none()) ++commit_index;
}

}  // namespace protocols::paxos
