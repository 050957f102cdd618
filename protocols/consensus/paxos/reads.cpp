// Linearizable reads without a slot.
//
// read-index: the leader makes sure by a round of messages that its state is the newest, and reads. A server that answers in the
// leader's ballot has promised no higher one until then; if so many do that every quorum of phase 1 has one of them, nobody
// else can have got anything chosen before the round began. Reads that arrive during a round share the next one.
//
// lease: a server that hears from its leader promises nobody else for lease_duration, by its own clock. Where so many said so, the
// leader may read without asking until that time, less what clocks may differ by, has passed since it asked (PML 5.2).
// Timers measure it, not the time of day, which may jump.
#include <algorithm>

#include "protocols/consensus/paxos/node.hpp"

namespace protocols::paxos {

// How many servers, itself among them, leave no quorum of phase 1 without one.
std::size_t Node::confirming(sim::Ctx& ctx) const {
  const std::size_t n = ctx.peers().size();
  return n + 1 - quorums(n).phase1;
}

// What may have been chosen before this ballot is chosen in it by now, and applied.
bool Node::knows_newest() const { return commit_index >= own.recovered || planted(Mutant::read_before_recovered); }

void Node::read(sim::Ctx& ctx, const kv::Request& request) {
  const bool by_lease = leased() && knows_newest();
  if (by_lease || planted(Mutant::read_no_quorum)) {
    if (by_lease) ctx.mark("read-by-lease");
    answer(ctx, request.session, request.sequence, machine.read(request.command.key));
    return;
  }
  // A session waits for one read at most: a later one takes the place of what it gave up.
  std::erase_if(own.reads, [&](const PendingRead& r) { return r.session == request.session; });
  own.reads.push_back({request.session, request.sequence, request.command.key, 0});
  begin_reads(ctx);
}

// Everything that is sent from now on asks for this round.
void Node::next_round(sim::Ctx& ctx) {
  ++own.read_round;
  if (config.reads != ReadMode::lease) return;
  const sim::Duration d = config.lease_duration;
  // The leader's clock may be slow and the others' fast. In millionths, so that the product stays small.
  const auto margin = static_cast<std::int64_t>(config.clock_drift.billionths) * 2 / 1000;
  const sim::Duration safe = d - sim::Duration{d.ns / 1'000'000 * margin + d.ns % 1'000'000 * margin / 1'000'000};
  ctx.set_timer(LeaseOver{own.read_round}, planted(Mutant::lease_drift) ? d : safe);
  renew_lease(ctx);
}

// With leases a leader that no quorum answers must give up by itself: whoever still hears it has given its word, again with every
// heartbeat, and would promise nobody else for ever.
bool Node::out_of_touch() const {
  const auto unanswered = static_cast<std::int64_t>(own.read_round - own.lease_round);
  return config.reads == ReadMode::lease && config.heartbeat_interval * unanswered > config.election_timeout_max * 2;
}

void Node::renew_lease(sim::Ctx& ctx) {
  if (config.reads != ReadMode::lease) return;
  std::vector<std::uint64_t> rounds;
  for (std::size_t i = 0; i < own.progress.size(); ++i) {
    rounds.push_back(ctx.peers()[i] == ctx.self() ? own.read_round : own.progress[i].acked_round);
  }
  std::sort(rounds.begin(), rounds.end());
  own.lease_round = rounds[rounds.size() - confirming(ctx)];
}

void Node::on(sim::Ctx&, const LeaseOver& over) {
  if (role == Role::leader) own.lapsed = std::max(own.lapsed, over.round);
}

void Node::on(sim::Ctx&, const GrantOver&) { granted = false; }

void Node::begin_reads(sim::Ctx& ctx) {
  if (own.reading || !knows_newest()) return;
  const bool wanted = std::any_of(own.reads.begin(), own.reads.end(), [](const PendingRead& r) { return r.round == 0; });
  if (!wanted) return;
  next_round(ctx);
  own.reading = true;
  for (PendingRead& r : own.reads) {
    if (r.round == 0) r.round = own.read_round;
  }
  replicate(ctx, true);
  finish_reads(ctx);
}

// Applying follows choosing at once, so what was chosen when the round began is applied by now.
void Node::finish_reads(sim::Ctx& ctx) {
  if (!own.reading) return;
  std::size_t confirmed = 1;  // by itself
  for (const Progress& p : own.progress) confirmed += p.acked_round >= own.read_round ? 1 : 0;
  if (confirmed < confirming(ctx)) return;
  own.reading = false;
  const auto ready = [&](const PendingRead& r) { return r.round != 0 && r.round <= own.read_round; };
  for (const PendingRead& r : own.reads) {
    if (ready(r)) answer(ctx, r.session, r.sequence, machine.read(r.key));
  }
  std::erase_if(own.reads, ready);
  begin_reads(ctx);
}

}  // namespace protocols::paxos
