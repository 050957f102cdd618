#include "protocols/consensus/synod/node.hpp"

#include <algorithm>
#include <utility>

namespace protocols::synod {

std::string Config::wrong(std::size_t nodes) const {
  if (proposers > nodes) {
    return "proposers (" + std::to_string(proposers) + ") is above the number of nodes (" + std::to_string(nodes) + ")";
  }
  if (back_off_unit <= sim::Duration{}) return "back_off_unit is 0, expected more";
  if (back_off_limit > 30) return "back_off_limit (" + std::to_string(back_off_limit) + ") is above 30";
  if (round_timeout <= sim::Duration{}) return "round_timeout is 0, expected more";
  return wrong_quorums(q1, q2, nodes);
}

Node::Node(const Config& c, Mutant m) : config(c), mutant(m) {}

Quorums Node::quorums(std::size_t nodes) const {
  Quorums q = quorums_of(config.q1, config.q2, nodes);
  if (planted(Mutant::quorums_disjoint)) q.phase1 = nodes - q.phase2;
  return q;
}

// After a restart a proposer proposes what its client asks for then, which is something else.
void Node::start(sim::Ctx& ctx) {
  up_since = ctx.now();
  acceptor = ctx.saved<Acceptor>();
  round = ctx.saved<Round>().number;
  const auto peers = ctx.peers();
  const std::size_t place = static_cast<std::size_t>(std::find(peers.begin(), peers.end(), ctx.self()) - peers.begin());
  if (config.proposers == 0 || place < config.proposers) {
    own = "v" + std::to_string(place + 1) + "." + std::to_string(ctx.choose("value", 1'000'000));
    ctx.set_timer(NextRound{}, ctx.jitter({}, config.start_within));
  } else {
    ctx.set_timer(AskAgain{}, config.round_timeout);
  }
}

template <class M>
void Node::ask_all(sim::Ctx& ctx, M message) {
  const sim::Payload shared = ctx.share(std::move(message));
  for (const sim::NodeId peer : ctx.peers()) ctx.send(peer, shared);
}

// ---- the acceptor ---------------------------------------------------------------------------------------------------

// P1a (PMS 2.2). A message that arrives twice is answered twice.
void Node::on(sim::Ctx& ctx, sim::NodeId from, const Prepare& prepare) {
  if (learned) {
    ctx.send(from, Decided{*learned});
    return;
  }
  if (prepare.ballot < acceptor.promised) {
    ctx.send(from, Reject{prepare.ballot, acceptor.promised});
    return;
  }
  if (prepare.ballot > acceptor.promised) {
    acceptor.promised = prepare.ballot;
    if (!planted(Mutant::promise_forgotten)) ctx.save(acceptor);
  }
  ctx.send(from, Promise{prepare.ballot, acceptor.accepted, acceptor.value});
  preempted(ctx, prepare.ballot);
}

void Node::on(sim::Ctx& ctx, sim::NodeId from, const Accept& accept) {
  if (accept.ballot < acceptor.promised) {
    ctx.send(from, Reject{accept.ballot, acceptor.promised});
    return;
  }
  acceptor = {accept.ballot, accept.ballot, accept.value};
  ctx.save(acceptor);
  ctx.send(from, Accepted{accept.ballot});
  preempted(ctx, accept.ballot);
}

// ---- the proposer ---------------------------------------------------------------------------------------------------

void Node::on(sim::Ctx& ctx, const NextRound&) {
  if (!learned && phase == Phase::idle) begin_round(ctx);
}

// A round above every one that it has begun, before a crash or after (PMS 2.5), and above those that it has heard of.
void Node::begin_round(sim::Ctx& ctx) {
  ++round;
  ++rounds;
  if (!planted(Mutant::ballot_reused)) ctx.save(Round{round});
  ballot = {round, ctx.self()};
  phase = Phase::prepare;
  promisers.clear();
  voters.clear();
  best = {};
  value = own;
  ask_all(ctx, Prepare{ballot});
  ctx.set_timer(RoundTimeout{}, config.round_timeout);
}

// P2c (PMS 2.2): the value of the highest ballot that any of the quorum has accepted; any value where none has.
void Node::on(sim::Ctx& ctx, sim::NodeId from, const Promise& promise) {
  if (phase != Phase::prepare) return;
  if (promise.ballot != ballot && !planted(Mutant::stale_promise)) return;
  if (std::find(promisers.begin(), promisers.end(), from) != promisers.end()) return;
  promisers.push_back(from);
  const bool higher = promise.accepted > best || (planted(Mutant::highest_ignored) && !promise.accepted.none());
  if (higher && !planted(Mutant::any_value)) {
    best = promise.accepted;
    value = promise.value;
  }
  if (promisers.size() < quorums(ctx.peers().size()).phase1) return;
  if (!best.none()) ctx.mark("value-adopted");
  phase = Phase::accept;
  ask_all(ctx, Accept{ballot, value});
}

void Node::on(sim::Ctx& ctx, sim::NodeId from, const Accepted& accepted) {
  if (phase != Phase::accept || accepted.ballot != ballot) return;
  const bool counted = std::find(voters.begin(), voters.end(), from) != voters.end();
  if (counted && !planted(Mutant::votes_not_voters)) return;
  voters.push_back(from);
  if (voters.size() < quorums(ctx.peers().size()).phase2) return;
  learn(ctx, value);
  ctx.broadcast(Decided{value});
}

void Node::on(sim::Ctx& ctx, sim::NodeId, const Reject& reject) {
  if (reject.ballot == ballot) preempted(ctx, reject.promised);
}

// Somebody uses a higher ballot: this round will come to nothing (PMS 2.5: the proposer should abandon it).
void Node::preempted(sim::Ctx& ctx, const Ballot& by) {
  round = std::max(round, by.round);
  if (phase == Phase::idle || by <= ballot) return;
  ctx.mark("proposer-preempted");
  fail(ctx);
}

void Node::on(sim::Ctx& ctx, const RoundTimeout&) {
  if (phase == Phase::idle) return;
  ctx.mark("round-timed-out");
  fail(ctx);
}

void Node::fail(sim::Ctx& ctx) {
  phase = Phase::idle;
  ctx.cancel_timer(RoundTimeout{});
  if (config.back_off == BackOff::none) {
    begin_round(ctx);
    return;
  }
  failures = std::min(failures + 1, config.back_off_limit);
  ctx.set_timer(NextRound{}, ctx.jitter({}, config.back_off_unit * (std::int64_t{1} << failures)));
}

// ---- the learner ----------------------------------------------------------------------------------------------------

void Node::learn(sim::Ctx& ctx, const std::string& chosen) {
  if (learned) return;
  learned = chosen;
  phase = Phase::idle;
  ctx.cancel_timer(RoundTimeout{});
  ctx.cancel_timer(NextRound{});
}

void Node::on(sim::Ctx& ctx, sim::NodeId, const Decided& decided) { learn(ctx, decided.value); }

void Node::on(sim::Ctx& ctx, sim::NodeId from, const Query&) {
  if (learned) ctx.send(from, Decided{*learned});
}

void Node::on(sim::Ctx& ctx, const AskAgain&) {
  if (learned) return;
  ctx.broadcast(Query{});
  ctx.set_timer(AskAgain{}, config.round_timeout);
}

}  // namespace protocols::synod
