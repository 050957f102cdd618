// Starting, terms and what is saved of them, and the requests of clients.
#include "protocols/consensus/raft/node.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace protocols::raft {

std::string Config::wrong() const {
  if (election_timeout_min > election_timeout_max) {
    return "election_timeout_min (" + to_text(election_timeout_min) + ") is above election_timeout_max (" +
           to_text(election_timeout_max) + ")";
  }
  if (heartbeat_interval <= sim::Duration{}) return "heartbeat_interval is 0, expected more";
  if (heartbeat_interval >= election_timeout_min) {
    return "heartbeat_interval (" + to_text(heartbeat_interval) + ") is not below election_timeout_min (" +
           to_text(election_timeout_min) + "): followers would not wait for the leader";
  }
  if (max_entries_per_append == 0) return "max_entries_per_append is 0, expected at least 1";
  if (max_in_flight == 0) return "max_in_flight is 0, expected at least 1";
  return {};
}

Node::Node(const Config& c, Mutant m) : config(c), mutant(m) {}

void Node::start(sim::Ctx& ctx) {
  up_since = ctx.now();
  restore_snapshot(ctx);
  restore_hard_state(ctx);
  open_log(ctx);
  draw_election_timeout(ctx);
  arm_election_timer(ctx);
}

// The log may be of a later term than the saved one: both are written when a leader's first entries arrive, and a crash can
// keep one without the other.
void Node::restore_hard_state(sim::Ctx& ctx) {
  auto saved = ctx.saved<HardState>();
  if (planted(Mutant::term_vote_torn)) saved = {ctx.saved<TornTerm>().term, ctx.saved<TornVote>().voted_for};
  const Log mine = log(ctx);
  term = std::max(saved.term, term_at(mine, mine.last()));
  voted_for = term == saved.term ? saved.voted_for : std::nullopt;
  // Should the entries of that term rot, the term must stand by itself: else a leader of an earlier one could repair the log.
  if (term > saved.term && !planted(Mutant::term_vote_torn)) persist(ctx);
}

// A record that fails its checksum is not a torn write: it and those behind it may be acknowledged, and committed through this
// server's word alone with others'. To truncate and go on as if nothing were missing loses them (Alagappan et al., Protocol-Aware
// Recovery, FAST 2018, section 2.3). So the server truncates, and neither votes nor stands until the leader has given it as much
// as it once had. A quorum of the others still meets every quorum that this one was part of.
//
// A crash keeps some of what a handler wrote, and saved values and the log each by themselves. So the log is cut only when it is
// durable that something is missing (LossSaved), and that is forgotten only when what the leader gave is durable (LossMended).
void Node::open_log(sim::Ctx& ctx) {
  repair_until = ctx.saved<Repair>().until;
  Log mine = log(ctx);
  const std::uint64_t damaged = mine.first_damaged();
  if (damaged == 0) return;
  ctx.mark("log-damaged");
  if (planted(Mutant::rot_truncates)) return mine.truncate(damaged);
  opening = true;
  repair_until = std::max(repair_until, mine.last());
  ctx.save(Repair{repair_until});
  ctx.send(ctx.self(), LossSaved{});
}

void Node::on(sim::Ctx& ctx, sim::NodeId, const LossSaved&) {
  opening = false;
  Log mine = log(ctx);
  if (const std::uint64_t damaged = mine.first_damaged(); damaged != 0) mine.truncate(damaged);
}

void Node::repaired(sim::Ctx& ctx, std::uint64_t up_to) const {
  if (repair_until != 0 && up_to >= repair_until) ctx.send(ctx.self(), LossMended{repair_until});
}

void Node::on(sim::Ctx& ctx, sim::NodeId, const LossMended& mended) {
  if (mended.until != repair_until || repair_until == 0) return;
  ctx.mark("log-repaired");
  repair_until = 0;
  ctx.save(Repair{});
}

void Node::persist(sim::Ctx& ctx) const {
  if (planted(Mutant::vote_not_persisted)) return;
  if (planted(Mutant::term_vote_torn)) {
    ctx.save(TornTerm{term});
    ctx.save(TornVote{voted_for});
    return;
  }
  ctx.save(HardState{term, voted_for});
}

std::size_t Node::place_of(const sim::Ctx& ctx, sim::NodeId peer) {
  const auto peers = ctx.peers();
  const auto at = std::find(peers.begin(), peers.end(), peer);
  assert(at != peers.end());
  return static_cast<std::size_t>(at - peers.begin());
}

// ---- clients --------------------------------------------------------------------------------------------------------

void Node::on(sim::Ctx& ctx, sim::NodeId, const kv::Request& request) {
  if (role != Role::leader) {
    refuse(ctx, request.session, request.sequence);
    return;
  }
  if (request.command.function == kv::Function::read && config.reads == ReadMode::read_index) {
    read(ctx, request);
    return;
  }
  // §6.3: what its session has done already is answered again; what its session has gone beyond, nobody waits for.
  if (const kv::Done* last = machine.last_of(request.session); last != nullptr && request.sequence <= last->sequence) {
    if (request.sequence == last->sequence) answer(ctx, request.session, request.sequence, last->answer);
    return;
  }
  propose(ctx, ctx.share(request));
  replicate(ctx, false);
}

bool Node::offer(sim::Ctx& ctx, sim::Payload command) {
  if (role != Role::leader) return false;
  propose(ctx, std::move(command));
  replicate(ctx, false);
  return true;
}

// An answer tells what a majority has made durable, so it need not wait for this server's own disk.
void Node::answer(sim::Ctx& ctx, const kv::Session& session, std::uint64_t sequence, kv::Answer answer) const {
  ctx.send_at_once(session.client, kv::Reply{session.slot, sequence, kv::Status::ok, {}, answer.found, std::move(answer.value)});
}

void Node::refuse(sim::Ctx& ctx, const kv::Session& session, std::uint64_t sequence) const {
  ctx.send_at_once(session.client, kv::Reply{session.slot, sequence, kv::Status::not_leader, leader, false, {}});
}

}  // namespace protocols::raft
