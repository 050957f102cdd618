// The coordinator's side.
#include <algorithm>

#include "protocols/transactions/two_phase_commit/node.hpp"

namespace protocols::two_phase_commit {

namespace {

sim::DurableLog<Committed> commits(sim::Ctx& ctx) { return ctx.log<Committed>("commits"); }

void add(std::vector<sim::NodeId>& to, sim::NodeId id) {
  if (std::find(to.begin(), to.end(), id) == to.end()) to.push_back(id);
}

}  // namespace

void Node::start(sim::Ctx& ctx) {
  role = ctx.self() == ctx.peers().front() ? Role::coordinator : Role::participant;
  if (role == Role::coordinator) {
    start_coordinator(ctx);
  } else {
    start_participant(ctx);
  }
}

// What is not in the log was not committed, and never will be: its votes are forgotten.
void Node::start_coordinator(sim::Ctx& ctx) {
  auto log = commits(ctx);
  for (std::uint64_t i = log.first(); i <= log.last(); ++i) {
    const Committed& record = log.at(i);
    told[record.transfer.request] = Decision::commit;
    if (record.forgotten) {
      open.erase(record.tx);
    } else {
      open[record.tx] = {record.transfer, Decision::commit, {}, {}, {}, {}};
    }
  }
  const std::uint64_t lives = ctx.saved<Lives>().count + 1;
  ctx.save(Lives{lives});
  last_tx = lives << 32U;
  for (const auto& [tx, c] : open) ctx.set_timer(DecideAgain{tx}, sim::Duration{});
}

sim::NodeId Node::participant(const sim::Ctx& ctx, std::uint32_t place) {
  const auto peers = ctx.peers();
  return peers[1 + place % (peers.size() - 1)];
}

void Node::on(sim::Ctx& ctx, sim::NodeId from, const sim::Call<Transfer>& call) {
  const Transfer& t = call.body;
  if (role != Role::coordinator || ctx.peers().size() < 3) return sim::answer(ctx, from, call, {false});
  if (const auto known = told.find(t.request); known != told.end())
    return sim::answer(ctx, from, call, {known->second == Decision::commit});
  if (voting.contains(t.request)) return;  // it is answered when it is decided
  const TxId tx = ++last_tx;
  voting[t.request] = tx;
  open[tx] = {t, Decision::unknown, {}, {}, from, call.id};
  const sim::NodeId payer = participant(ctx, t.from);
  const sim::NodeId payee = participant(ctx, t.to);
  ctx.send(payer, Prepare{tx, t.account, -static_cast<std::int64_t>(t.amount), payee});
  ctx.send(payee, Prepare{tx, t.account, static_cast<std::int64_t>(t.amount), payer});
  ctx.set_timer(VotesDue{tx}, config.vote_timeout);
}

void Node::on(sim::Ctx& ctx, sim::NodeId from, const Vote& vote) {
  const auto found = open.find(vote.tx);
  if (found == open.end() || found->second.decision != Decision::unknown) return;
  if (!vote.yes) return decide(ctx, vote.tx, Decision::abort);
  add(found->second.voted, from);
  if (found->second.voted.size() == 2) decide(ctx, vote.tx, Decision::commit);
}

void Node::on(sim::Ctx& ctx, const VotesDue& due) {
  const auto found = open.find(due.tx);
  if (found != open.end() && found->second.decision == Decision::unknown) decide(ctx, due.tx, Decision::abort);
}

// The commit is in the log before anybody hears of it: send() waits for the disk.
void Node::decide(sim::Ctx& ctx, TxId tx, Decision decision) {
  Coordinated& c = open.at(tx);
  c.decision = decision;
  told[c.transfer.request] = decision;
  voting.erase(c.transfer.request);
  changed = tx;
  changed_to = decision;
  ctx.cancel_timer(VotesDue{tx});
  if (decision == Decision::commit && !planted(Mutant::decision_in_memory)) commits(ctx).append({tx, c.transfer, false});
  tell(ctx, tx, c);
  if (c.client) ctx.send(*c.client, sim::Answer{c.call, ctx.share(Transferred{decision == Decision::commit})});
  if (decision == Decision::abort) {
    open.erase(tx);
  } else {
    ctx.set_timer(DecideAgain{tx}, config.resend);
  }
}

void Node::tell(sim::Ctx& ctx, TxId tx, const Coordinated& c) const {
  for (const std::uint32_t place : {c.transfer.from, c.transfer.to}) ctx.send(participant(ctx, place), Decide{tx, c.decision});
}

void Node::on(sim::Ctx& ctx, const DecideAgain& again) {
  const auto found = open.find(again.tx);
  if (found == open.end()) return;
  tell(ctx, again.tx, found->second);
  ctx.set_timer(again, config.resend);
}

void Node::on(sim::Ctx& ctx, sim::NodeId from, const Acknowledge& acknowledge) {
  const auto found = open.find(acknowledge.tx);
  if (found == open.end()) return;
  add(found->second.acknowledged, from);
  if (found->second.acknowledged.size() < 2) return;
  commits(ctx).append({acknowledge.tx, found->second.transfer, true});
  open.erase(found);
  ctx.cancel_timer(DecideAgain{acknowledge.tx});
}

}  // namespace protocols::two_phase_commit
