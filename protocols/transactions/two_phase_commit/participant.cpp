// A participant's side.
#include <algorithm>

#include "protocols/transactions/two_phase_commit/node.hpp"

namespace protocols::two_phase_commit {

namespace {
sim::DurableLog<Logged> journal(sim::Ctx& ctx) { return ctx.log<Logged>("journal"); }
}  // namespace

void Node::start_participant(sim::Ctx& ctx) {
  balance.assign(config.accounts, config.balance);
  auto log = journal(ctx);
  for (std::uint64_t i = log.first(); i <= log.last(); ++i) {
    const Logged& line = log.at(i);
    if (line.decision == Decision::unknown) {
      parts[line.tx] = {Decision::unknown, line.prepare, line.coordinator, ctx.now()};
      locks[line.prepare.account % config.accounts] = line.tx;
    } else if (const auto found = parts.find(line.tx); found != parts.end()) {
      apply(found->second, line.decision);
      found->second.decision = line.decision;
    } else {
      parts[line.tx] = {line.decision, line.prepare, line.coordinator, ctx.now()};
    }
  }
  for (const auto& [tx, part] : parts) {
    if (part.decision == Decision::unknown) ctx.set_timer(InDoubt{tx}, sim::Duration{});
  }
}

void Node::on(sim::Ctx& ctx, sim::NodeId from, const Prepare& prepare) {
  if (role != Role::participant) return;
  if (const auto known = parts.find(prepare.tx); known != parts.end()) {
    if (known->second.decision == Decision::abort) ctx.send(from, Vote{prepare.tx, false});
    if (known->second.decision == Decision::unknown) ctx.send(from, Vote{prepare.tx, true});
    return;
  }
  const Part part{Decision::unknown, prepare, from, ctx.now()};
  if (!can(prepare)) {
    ctx.mark("refused");
    parts[prepare.tx] = part;
    resolve(ctx, prepare.tx, Decision::abort);
    return ctx.send(from, Vote{prepare.tx, false});
  }
  promise(ctx, part);
  ctx.send(from, Vote{prepare.tx, true});
}

bool Node::can(const Prepare& prepare) const {
  const std::uint64_t account = prepare.account % config.accounts;
  if (locks.contains(account)) return false;  // another transaction is in doubt about it
  return prepare.change >= 0 || balance[account] >= static_cast<std::uint64_t>(-prepare.change);
}

void Node::promise(sim::Ctx& ctx, const Part& part) {
  const TxId tx = part.prepare.tx;
  parts[tx] = part;
  locks[part.prepare.account % config.accounts] = tx;
  changed = tx;
  changed_to = Decision::unknown;
  if (!planted(Mutant::prepare_in_memory)) journal(ctx).append({tx, Decision::unknown, part.prepare, part.coordinator});
  ctx.set_timer(InDoubt{tx}, config.vote_timeout + config.resend);
}

void Node::on(sim::Ctx& ctx, sim::NodeId from, const Decide& decide) {
  if (const auto found = parts.find(decide.tx); found == parts.end()) {
    // Before its Prepare came: only an abort can be. The mutant has forgotten that it promised.
    if (decide.decision == Decision::abort) {
      parts[decide.tx] = {Decision::unknown, {.tx = decide.tx, .account = 0, .change = 0, .other = {}}, from, ctx.now()};
      resolve(ctx, decide.tx, Decision::abort);
    }
  } else if (found->second.decision == Decision::unknown) {
    resolve(ctx, decide.tx, decide.decision);
  }
  if (decide.decision == Decision::commit && role == Role::participant) ctx.send(from, Acknowledge{decide.tx});
}

void Node::resolve(sim::Ctx& ctx, TxId tx, Decision decision) {
  Part& part = parts.at(tx);
  apply(part, decision);
  part.decision = decision;
  changed = tx;
  changed_to = decision;
  const sim::Duration doubt = ctx.now() - part.doubt_since;
  in_doubt = in_doubt + doubt;
  longest_doubt = std::max(longest_doubt, doubt);
  journal(ctx).append({tx, decision, part.prepare, part.coordinator});
  ctx.cancel_timer(InDoubt{tx});
}

// The only place where balances and locks change by a decision.
void Node::apply(const Part& part, Decision decision) {
  const std::uint64_t account = part.prepare.account % config.accounts;
  if (const auto lock = locks.find(account); lock != locks.end() && lock->second == part.prepare.tx) locks.erase(lock);
  if (decision == Decision::commit) balance[account] += static_cast<std::uint64_t>(part.prepare.change);
}

void Node::on(sim::Ctx& ctx, const InDoubt& doubt) {
  const auto found = parts.find(doubt.tx);
  if (found == parts.end() || found->second.decision != Decision::unknown) return;
  if (planted(Mutant::abort_alone)) return resolve(ctx, doubt.tx, Decision::abort);
  ctx.mark("in-doubt");
  ctx.send(found->second.coordinator, Inquire{doubt.tx});
  if (config.ask_others) ctx.send(found->second.prepare.other, Inquire{doubt.tx});
  ctx.set_timer(doubt, config.resend);
}

void Node::on(sim::Ctx& ctx, sim::NodeId from, const Inquire& inquire) {
  if (role == Role::coordinator) {
    if (const auto known = open.find(inquire.tx); known != open.end()) {
      if (known->second.decision != Decision::unknown) ctx.send(from, Decide{inquire.tx, known->second.decision});
      return;  // else it is being voted on: the decision comes by itself
    }
    // Presumed abort. Of a commit that is not in the log any more, all know already, and none minds what is said now.
    return ctx.send(from, Decide{inquire.tx, Decision::abort});
  }
  const auto known = parts.find(inquire.tx);
  if (known == parts.end()) {  // it has not voted, and now never will
    parts[inquire.tx] = {Decision::unknown, {.tx = inquire.tx, .account = 0, .change = 0, .other = from}, from, ctx.now()};
    resolve(ctx, inquire.tx, Decision::abort);
    ctx.mark("settled-by-others");
    return ctx.send(from, Decide{inquire.tx, Decision::abort});
  }
  if (known->second.decision == Decision::unknown) {
    ctx.mark("blocked");  // both are in doubt
    return;
  }
  ctx.mark("settled-by-others");
  ctx.send(from, Decide{inquire.tx, known->second.decision});
}

}  // namespace protocols::two_phase_commit
