// Phase 1: becoming the leader of a ballot (PMMC: scouts; PMS sections 2.2 and 3).
#include <algorithm>

#include "protocols/consensus/paxos/node.hpp"

namespace protocols::paxos {

// Random, so that proposers who have preempted each other do not do it for ever (PMS 2.4).
void Node::draw_election_timeout(sim::Ctx& ctx) {
  election_timeout = ctx.jitter(config.election_timeout_min, config.election_timeout_max);
}

void Node::arm_election_timer(sim::Ctx& ctx) const { ctx.set_timer(ElectionTimeout{}, election_timeout); }

void Node::step_down(sim::Ctx& ctx, std::string_view why) {
  if (role == Role::leader) {
    ctx.mark(why);
    ctx.cancel_timer(HeartbeatTimeout{});
    arm_election_timer(ctx);
  }
  role = Role::follower;
  leader.reset();
  drop_requests(ctx);
}

void Node::on(sim::Ctx& ctx, const ElectionTimeout&) {
  if (role == Role::leader) return;
  if (repair.active || bound()) {  // its own promise would count too
    arm_election_timer(ctx);
    return;
  }
  if (role == Role::candidate) ctx.mark("election-failed");
  // Above every ballot that it has promised, its own among them: no ballot is used twice, whatever crashes (PMS 2.5).
  ++attempts;
  const bool again = planted(Mutant::ballot_reused) && attempts == 1 && promised.owner == ctx.self();
  promised = {again && !promised.none() ? promised.round : promised.round + 1, ctx.self()};
  ctx.save(Promised{promised});
  role = Role::candidate;
  leader.reset();
  held = commit_index;
  own = {};
  own.from = commit_index + 1;
  own.progress.assign(ctx.peers().size(), {});
  // What it has accepted itself counts whether or not its own promise is among the first.
  for (const SlotVote& mine : votes_from(own.from)) adopt(mine);
  draw_election_timeout(ctx);
  arm_election_timer(ctx);
  ctx.broadcast(Prepare{promised, own.from});
  ctx.send(ctx.self(), Promise{promised, commit_index, {}});  // counts once it is durable, as anybody's does
}

std::vector<SlotVote> Node::votes_from(std::uint64_t slot) const {
  std::vector<SlotVote> out;
  for (; slot <= last(); ++slot) {
    if (const Vote& v = vote(slot); !v.ballot.none()) out.push_back({slot, v});
  }
  return out;
}

void Node::on(sim::Ctx& ctx, sim::NodeId from, const Prepare& prepare) {
  if (prepare.ballot < promised) {
    ctx.send(from, Reject{promised});
    return;
  }
  if (repair.active || bound()) return;  // silence promises nothing
  if (prepare.from <= base_index) {
    // It asks for slots that this server has only in its snapshot. They are chosen: it may have that, and stand again.
    ctx.send_at_once(from, InstallSnapshot{ctx.saved<Snapshot>()});
    return;
  }
  if (prepare.ballot > promised) {
    if (role != Role::follower) step_down(ctx);
    promised = prepare.ballot;
    if (!planted(Mutant::promise_forgotten)) ctx.save(Promised{promised});
    leader.reset();
    held = commit_index;
    draw_election_timeout(ctx);
    arm_election_timer(ctx);
  }
  ctx.send(from, Promise{prepare.ballot, commit_index, votes_from(prepare.from)});
}

void Node::on(sim::Ctx& ctx, sim::NodeId, const Reject& reject) {
  if (reject.promised <= promised) return;
  promise(ctx, reject.promised);
  if (role != Role::follower) step_down(ctx);
}

void Node::on(sim::Ctx& ctx, sim::NodeId from, const Promise& promise) {
  if (role != Role::candidate) return;
  if (promise.ballot != promised && !planted(Mutant::stale_promise)) return;
  if (std::find(own.promisers.begin(), own.promisers.end(), from) != own.promisers.end()) return;
  own.promisers.push_back(from);
  for (const SlotVote& theirs : promise.votes) {
    if (!planted(Mutant::any_value)) adopt(theirs);
  }
  Progress& p = own.progress[place_of(ctx, from)];
  p.match = promise.commit_index;
  p.heard = true;
  if (own.promisers.size() >= quorums(ctx.peers().size()).phase1) lead(ctx);
}

// PMMC's pmax: of each slot, the vote of the highest ballot.
void Node::adopt(const SlotVote& theirs) {
  if (theirs.slot < own.from) return;
  const std::size_t place = theirs.slot - own.from;
  if (place >= own.adopted.size()) own.adopted.resize(place + 1);
  Vote& best = own.adopted[place];
  if (theirs.vote.ballot > best.ballot || planted(Mutant::highest_ignored)) best = theirs.vote;
}

void Node::lead(sim::Ctx& ctx) {
  role = Role::leader;
  leader = ctx.self();
  ctx.cancel_timer(ElectionTimeout{});
  for (Progress& p : own.progress) {
    p.floor = p.heard ? p.match : commit_index;
    p.next = p.floor + 1;
  }
  recover(ctx);
  next_round(ctx);
  replicate(ctx, true);
  ctx.set_timer(HeartbeatTimeout{}, config.heartbeat_interval);
}

// Everything that may be chosen is proposed again in this ballot; in a gap, where nobody has voted, a no-op.
void Node::recover(sim::Ctx& ctx) {
  own.recovered = own.from + own.adopted.size() - 1;
  for (std::uint64_t slot = commit_index + 1; slot <= own.recovered; ++slot) {
    const Vote& best = own.adopted[slot - own.from];
    ctx.mark(best.ballot.none() ? "gap-filled" : "value-adopted");
    accept(ctx, slot, promised, best.command);
  }
  own.adopted.clear();
  ctx.send(ctx.self(), Persisted{promised, std::max(own.recovered, commit_index)});
}

}  // namespace protocols::paxos
