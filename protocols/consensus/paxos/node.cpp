// Starting, the requests of clients, and applying what is chosen.
#include "protocols/consensus/paxos/node.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace protocols::paxos {

std::string Config::wrong(std::size_t nodes) const {
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
  if (reads == ReadMode::lease && lease_duration <= heartbeat_interval) {
    return "lease_duration (" + to_text(lease_duration) + ") is not above heartbeat_interval (" + to_text(heartbeat_interval) +
           "): every lease would lapse before it is renewed";
  }
  if (clock_drift >= sim::Ratio::percent(50U)) return "clock_drift is 50% or more: no lease would be left";
  return synod::wrong_quorums(q1, q2, nodes);
}

Node::Node(const Config& c, Mutant m) : config(c), mutant(m) {}

synod::Quorums Node::quorums(std::size_t nodes) const {
  synod::Quorums q = synod::quorums_of(config.q1, config.q2, nodes);
  if (planted(Mutant::quorums_disjoint)) q.phase1 = nodes - q.phase2;
  return q;
}

void Node::start(sim::Ctx& ctx) {
  up_since = ctx.now();
  const auto snapshot = ctx.saved<Snapshot>();
  base_index = commit_index = applied_index = snapshot.index;
  if (const auto* state = snapshot.state.as<kv::Machine>()) machine = *state;
  promised = ctx.saved<Promised>().ballot;
  const Ballot saved = promised;
  open_log(ctx);
  // The votes are of a higher ballot where a crash kept them and not the promise; should they rot, it must stand by itself.
  if (saved < promised && !planted(Mutant::promise_forgotten)) ctx.save(Promised{promised});
  held = commit_index;
  apply(ctx);
  draw_election_timeout(ctx);
  arm_election_timer(ctx);
  // What it told a leader before the crash is still owed (PML 5.2: master leases).
  if (config.reads == ReadMode::lease && !planted(Mutant::lease_forgotten)) {
    granted = true;
    ctx.set_timer(GrantOver{}, config.lease_duration);
  }
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
  if (request.command.function == kv::Function::read && config.reads != ReadMode::log) {
    read(ctx, request);
    return;
  }
  // What its session has done already is answered again; what its session has gone beyond, nobody waits for.
  if (const kv::Done* done = machine.last_of(request.session); done != nullptr && request.sequence <= done->sequence) {
    if (request.sequence == done->sequence) answer(ctx, request.session, request.sequence, done->answer);
    return;
  }
  enqueue(ctx, request);
}

// A slot is used at most max_in_flight beyond the last that is known to be chosen (PMMC: WINDOW); what comes then waits. A session
// waits with one request at most.
void Node::enqueue(sim::Ctx& ctx, const kv::Request& request) {
  if (own.backlog.empty() && last() < commit_index + config.max_in_flight) {
    propose(ctx, ctx.share(request));
    replicate(ctx, false);
    return;
  }
  ctx.mark("window-full");
  const auto same = [&](const sim::Payload& p) { return p.as<kv::Request>()->session == request.session; };
  std::erase_if(own.backlog, same);
  own.backlog.push_back(ctx.share(request));
}

void Node::apply(sim::Ctx& ctx) {
  while (applied_index < commit_index) {
    const auto* request = vote(++applied_index).command.as<kv::Request>();
    if (request == nullptr) continue;  // a no-op
    auto came_of_it = machine.apply(*request);
    if (role == Role::leader && came_of_it) answer(ctx, request->session, request->sequence, *std::move(came_of_it));
  }
  if (config.snapshot_after == 0 || saving_index != 0 || applied_index == base_index) return;
  if (applied_index >= base_index + config.snapshot_after || ctx.maybe("early-snapshot")) take_snapshot(ctx);
}

// An answer tells what a quorum has made durable, so it need not wait for this server's own disk.
void Node::answer(sim::Ctx& ctx, const kv::Session& session, std::uint64_t sequence, kv::Answer answer) const {
  ctx.send_at_once(session.client, kv::Reply{session.slot, sequence, kv::Status::ok, {}, answer.found, std::move(answer.value)});
}

void Node::refuse(sim::Ctx& ctx, const kv::Session& session, std::uint64_t sequence) const {
  ctx.send_at_once(session.client, kv::Reply{session.slot, sequence, kv::Status::not_leader, leader, false, {}});
}

void Node::drop_requests(sim::Ctx& ctx) {
  for (const PendingRead& r : own.reads) refuse(ctx, r.session, r.sequence);
  for (const sim::Payload& p : own.backlog) {
    const auto& request = *p.as<kv::Request>();
    refuse(ctx, request.session, request.sequence);
  }
  own = {};
}

}  // namespace protocols::paxos
