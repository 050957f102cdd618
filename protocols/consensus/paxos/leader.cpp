// The leader's side of phase 2 (PMMC: commanders), and when a slot is chosen.
#include <algorithm>
#include <utility>

#include "protocols/consensus/paxos/node.hpp"

namespace protocols::paxos {

void Node::propose(sim::Ctx& ctx, const sim::Payload& command) {
  const std::uint64_t slot = last() + 1;
  accept(ctx, slot, promised, command);
  ctx.send(ctx.self(), Persisted{promised, slot});
}

void Node::replicate(sim::Ctx& ctx, bool heartbeat) {
  Batch batch;
  for (std::size_t i = 0; i < own.progress.size(); ++i) {
    if (ctx.peers()[i] != ctx.self()) send_next(ctx, i, heartbeat, batch);
  }
}

// Sends a peer the next slots, if there are any and room for them; a heartbeat in any case. True if slots were sent.
bool Node::send_next(sim::Ctx& ctx, std::size_t peer, bool heartbeat, Batch& batch) {
  Progress& p = own.progress[peer];
  std::uint64_t count = 0;
  if (p.heard && p.match < base_index) {
    // What it needs first is in the snapshot only.
    if (ctx.now() >= p.resend) {
      p.resend = ctx.now() + config.snapshot_resend;
      ctx.send_at_once(ctx.peers()[peer], InstallSnapshot{ctx.saved<Snapshot>()});
    }
  } else {
    p.next = std::max({p.next, p.match + 1, base_index + 1});
    p.floor = std::max(p.floor, p.match);
    const std::uint64_t in_flight = p.next - 1 - std::min(p.floor, p.next - 1);
    const std::uint64_t room = in_flight < config.max_in_flight ? config.max_in_flight - in_flight : 0;
    const std::uint64_t most = room > 0 && ctx.maybe("short-accept") ? 1 : config.max_entries_per_append;
    count = std::min({room, most, last() + 1 - std::min(p.next, last() + 1)});
  }
  if (count == 0 && !heartbeat) return false;
  send_slots(ctx, peer, p.next, count, batch);
  p.next += count;
  return count > 0;
}

// It goes without waiting for the disk: it says nothing of what this server keeps.
void Node::send_slots(sim::Ctx& ctx, std::size_t peer, std::uint64_t first, std::uint64_t count, Batch& batch) const {
  if (!batch.message || batch.first != first || batch.count != count) {
    Accept message{promised, first, {}, commit_index, own.read_round};
    message.commands.reserve(count);
    for (std::uint64_t slot = first; slot < first + count; ++slot) message.commands.push_back(vote(slot).command);
    batch = {first, count, ctx.share(std::move(message))};
  }
  ctx.send_at_once(ctx.peers()[peer], batch.message);
}

void Node::on(sim::Ctx& ctx, const HeartbeatTimeout&) {
  if (role != Role::leader) return;
  if (out_of_touch()) {
    step_down(ctx, "leader-gave-up");
    return;
  }
  if (config.reads == ReadMode::lease) next_round(ctx);
  for (Progress& p : own.progress) p.filled = false;
  replicate(ctx, true);
  ctx.set_timer(HeartbeatTimeout{}, config.heartbeat_interval);
}

// ---- what comes back ------------------------------------------------------------------------------------------------

void Node::on(sim::Ctx& ctx, sim::NodeId from, const Persisted& persisted) {
  if (role != Role::leader || persisted.ballot != promised) return;
  Progress& p = own.progress[place_of(ctx, from)];
  p.match = std::max(p.match, persisted.slot);
  advance_commit(ctx);
}

void Node::on(sim::Ctx& ctx, sim::NodeId from, const Accepted& accepted) {
  if (role != Role::leader || accepted.ballot != promised || accepted.match > last()) return;
  const std::size_t peer = place_of(ctx, from);
  Progress& p = own.progress[peer];
  p.heard = true;
  if (accepted.read_round > p.acked_round) {
    p.acked_round = accepted.read_round;
    renew_lease(ctx);
    finish_reads(ctx);
  }
  if (note_votes(p, accepted)) advance_commit(ctx);
  if (p.match + 1 < accepted.first && p.match == accepted.match && !p.filled) fill_gap(ctx, peer);
  Batch batch;
  while (send_next(ctx, peer, false, batch)) {
  }
}

// Slots are chosen one by one: a vote counts though one before it is missing. True if there was a new one.
bool Node::note_votes(Progress& p, const Accepted& accepted) const {
  const std::uint64_t before = p.match;
  const std::size_t known = p.beyond.size();
  for (std::uint64_t slot = std::max(accepted.first, p.match + 1); slot < accepted.first + accepted.count; ++slot) {
    const auto at = std::lower_bound(p.beyond.begin(), p.beyond.end(), slot);
    if (at == p.beyond.end() || *at != slot) p.beyond.insert(at, slot);
  }
  const bool more = p.beyond.size() > known;
  p.match = std::max(p.match, accepted.match);
  auto done = p.beyond.begin();
  while (done != p.beyond.end() && *done <= p.match + 1) p.match = std::max(p.match, *done++);
  p.beyond.erase(p.beyond.begin(), done);
  return more || p.match > before;
}

// A message was lost, or overtaken: what is missing between the votes is sent again, once a heartbeat.
void Node::fill_gap(sim::Ctx& ctx, std::size_t peer) {
  Progress& p = own.progress[peer];
  p.filled = true;
  if (p.match < base_index) return;  // it needs the snapshot
  const bool whole = p.beyond.empty();
  const std::uint64_t end = whole ? p.next : p.beyond.front();
  const std::uint64_t first = p.match + 1;
  if (first >= end) return;
  const std::uint64_t count = std::min<std::uint64_t>(end - first, config.max_entries_per_append);
  ctx.mark("slots-sent-again");
  Batch batch;
  send_slots(ctx, peer, first, count, batch);
  if (!whole) return;
  p.next = first + count;
  p.floor = p.match;
}

bool Node::chosen(sim::Ctx& ctx, std::uint64_t slot) const {
  // In a gap nothing was seen; but nothing is chosen there until a quorum has the no-op.
  if (planted(Mutant::slot_gap) && slot <= own.recovered && !vote(slot).command) return true;
  std::size_t acceptors = 0;
  for (const Progress& p : own.progress) {
    acceptors += p.match >= slot || std::binary_search(p.beyond.begin(), p.beyond.end(), slot) ? 1 : 0;
  }
  return acceptors >= quorums(ctx.peers().size()).phase2;
}

void Node::advance_commit(sim::Ctx& ctx) {
  std::uint64_t known = commit_index;
  while (known < last() && chosen(ctx, known + 1)) ++known;
  if (known == commit_index) return;
  commit_index = known;
  apply(ctx);
  if (!own.backlog.empty() && last() < commit_index + config.max_in_flight) {
    const std::uint64_t room = commit_index + config.max_in_flight - last();
    const auto count = static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(room, own.backlog.size()));
    for (std::ptrdiff_t i = 0; i < count; ++i) propose(ctx, own.backlog[static_cast<std::size_t>(i)]);
    own.backlog.erase(own.backlog.begin(), own.backlog.begin() + count);
    replicate(ctx, false);
  }
  begin_reads(ctx);
}

}  // namespace protocols::paxos
