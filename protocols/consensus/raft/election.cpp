// Elections (§3.4) and who may win them (§3.6.1).
#include <algorithm>

#include "protocols/consensus/raft/node.hpp"

namespace protocols::raft {

// Drawn once a term and not at every heartbeat: it must differ between servers and from one election to the next, no more.
void Node::draw_election_timeout(sim::Ctx& ctx) {
  election_timeout = ctx.jitter(config.election_timeout_min, config.election_timeout_max);
}

void Node::arm_election_timer(sim::Ctx& ctx) const { ctx.set_timer(ElectionTimeout{}, election_timeout); }

// A server that hears of a later term enters it, as a follower that has not voted (§3.3).
void Node::step_down(sim::Ctx& ctx, std::uint64_t to_term) {
  if (to_term > term) {
    term = to_term;
    voted_for.reset();
    leader.reset();
    persist(ctx);
    draw_election_timeout(ctx);
  }
  if (role == Role::leader) {
    ctx.mark("leader-deposed");
    ctx.cancel_timer(HeartbeatTimeout{});
    arm_election_timer(ctx);
    drop_reads(ctx);
  }
  role = Role::follower;
}

// A message that only the leader of `of_term` can have sent: not an earlier term than mine.
void Node::follow(sim::Ctx& ctx, std::uint64_t of_term, sim::NodeId whom) {
  if (of_term > term || role != Role::follower) step_down(ctx, of_term);
  if (planted(Mutant::vote_reset_same_term)) voted_for.reset();
  leader = whom;
  arm_election_timer(ctx);
}

void Node::on(sim::Ctx& ctx, const ElectionTimeout&) {
  if (role == Role::leader) return;
  if (repair_until > 0) {
    arm_election_timer(ctx);
    return;
  }
  if (role == Role::candidate) ctx.mark("split-vote");
  ++term;
  role = Role::candidate;
  voted_for = ctx.self();
  leader.reset();
  votes.clear();
  persist(ctx);
  draw_election_timeout(ctx);
  arm_election_timer(ctx);
  const Log mine = log(ctx);
  ctx.broadcast(RequestVote{term, mine.last(), term_at(mine, mine.last())});
  ctx.send(ctx.self(), Vote{term, true});  // its own vote counts once it is durable, as anybody's does
}

// §3.6.1: the later last term wins; of the same term, the longer log.
bool Node::up_to_date(const RequestVote& ask, const Log& mine) const {
  const std::uint64_t last_term = term_at(mine, mine.last());
  if (planted(Mutant::log_check_or)) return ask.last_term >= last_term || ask.last_index >= mine.last();
  return ask.last_term > last_term || (ask.last_term == last_term && ask.last_index >= mine.last());
}

void Node::on(sim::Ctx& ctx, sim::NodeId from, const RequestVote& ask) {
  if (ask.term > term) step_down(ctx, ask.term);
  const bool granted = ask.term == term && repair_until == 0 && (!voted_for || *voted_for == from) && up_to_date(ask, log(ctx));
  if (granted) {
    voted_for = from;
    persist(ctx);
    arm_election_timer(ctx);  // §3.4: granting a vote is a reason to wait
  }
  ctx.send(from, Vote{term, granted});
}

void Node::on(sim::Ctx& ctx, sim::NodeId from, const Vote& vote) {
  if (vote.term > term) {
    step_down(ctx, vote.term);
    return;
  }
  if (role != Role::candidate || vote.term < term) return;
  if (!vote.granted && !planted(Mutant::seen_is_granted)) return;
  // A reply can arrive twice: voters count, not votes.
  const bool counted = std::find(votes.begin(), votes.end(), from) != votes.end();
  if (counted && !planted(Mutant::votes_not_voters)) return;
  votes.push_back(from);
  if (votes.size() >= ctx.majority()) lead(ctx);
}

void Node::lead(sim::Ctx& ctx) {
  role = Role::leader;
  leader = ctx.self();
  ctx.cancel_timer(ElectionTimeout{});
  const std::uint64_t last = log(ctx).last();
  progress.assign(ctx.peers().size(), Progress{.next = last + 1});
  reads.clear();
  reading = false;
  read_round = 0;
  // Entries of earlier terms commit only behind one of this term (§3.6.2), and until one is committed the leader does not
  // know what is (§6.4): so it begins with an entry of its own that does nothing.
  noop_index = last + 1;
  propose(ctx, {});
  replicate(ctx, true);
  ctx.set_timer(HeartbeatTimeout{}, config.heartbeat_interval);
}

}  // namespace protocols::raft
