// The leader's side of replication (§3.5), and when an entry is committed (§3.6.2).
#include <algorithm>
#include <utility>

#include "protocols/consensus/raft/node.hpp"

namespace protocols::raft {

void Node::propose(sim::Ctx& ctx, sim::Payload command) {
  Log mine = log(ctx);
  mine.append({term, std::move(command)});
  ctx.send(ctx.self(), Persisted{term, mine.last()});
}

void Node::replicate(sim::Ctx& ctx, bool heartbeat) {
  Batch batch;
  for (std::size_t i = 0; i < progress.size(); ++i) {
    if (ctx.peers()[i] != ctx.self()) send_next(ctx, i, heartbeat, batch);
  }
}

// Sends one message to a peer, if there is something to send and room for it; a heartbeat in any case. It goes without
// waiting for the disk: it says nothing of what this server keeps (§10.2.1).
bool Node::send_next(sim::Ctx& ctx, std::size_t peer, bool heartbeat, Batch& batch) {
  Progress& p = progress[peer];
  const Log mine = log(ctx);
  if (p.next <= base_index && p.feed != Feed::snapshot) {
    send_snapshot(ctx, peer);
    return false;
  }
  if (p.feed == Feed::snapshot && heartbeat && ctx.now() >= p.resend) send_snapshot(ctx, peer);
  // While a snapshot is on its way, heartbeats ask about its end: the answer may come before the snapshot's own.
  const std::uint64_t next = p.feed == Feed::snapshot ? base_index + 1 : p.next;
  const bool full = p.feed == Feed::probe       ? p.waiting && !heartbeat
                    : p.feed == Feed::replicate ? p.in_flight >= config.max_in_flight
                                                : true;
  const std::uint64_t most = !full && ctx.maybe("short-append") ? 1 : config.max_entries_per_append;
  const std::uint64_t count = full ? 0 : std::min<std::uint64_t>(most, mine.last() + 1 - next);
  if (count == 0 && !heartbeat) return false;
  if (!batch.message || batch.next != next || batch.count != count) {
    AppendEntries append{term, next - 1, term_at(mine, next - 1), {}, commit_index, read_round};
    append.entries.reserve(count);
    for (std::uint64_t i = next; i < next + count; ++i) append.entries.push_back(mine.at(i));
    batch = {next, count, ctx.share(std::move(append))};
  }
  ctx.send_at_once(ctx.peers()[peer], batch.message);
  if (p.feed == Feed::probe) p.waiting = true;
  if (p.feed == Feed::replicate && count > 0) {
    p.next += count;
    ++p.in_flight;
  }
  return p.feed == Feed::replicate && count > 0;
}

void Node::on(sim::Ctx& ctx, const HeartbeatTimeout&) {
  if (role != Role::leader) return;
  replicate(ctx, true);
  ctx.set_timer(HeartbeatTimeout{}, config.heartbeat_interval);
}

// ---- what comes back ------------------------------------------------------------------------------------------------

void Node::on(sim::Ctx& ctx, sim::NodeId from, const Persisted& own) {
  if (role != Role::leader || own.term != term) return;
  Progress& p = progress[place_of(ctx, from)];
  p.match = std::max(p.match, own.index);
  advance_commit(ctx);
}

void Node::on(sim::Ctx& ctx, sim::NodeId from, const AppendReply& reply) {
  if (reply.term > term) {
    step_down(ctx, reply.term);
    return;
  }
  if (role != Role::leader || reply.term < term) return;
  const std::size_t peer = place_of(ctx, from);
  if (reply.read_round > progress[peer].acked_round) {
    progress[peer].acked_round = reply.read_round;
    finish_reads(ctx);
  }
  if (reply.success) {
    accepted(ctx, peer, reply.index);
  } else {
    refused(ctx, peer, reply);
  }
}

void Node::accepted(sim::Ctx& ctx, std::size_t peer, std::uint64_t index) {
  Progress& p = progress[peer];
  if (index > log(ctx).last()) return;  // no server of a correct cluster knows more than its leader
  const bool news = index > p.match;
  p.match = std::max(p.match, index);
  p.next = std::max(p.next, p.match + 1);
  if (p.feed == Feed::replicate) {
    p.in_flight = p.match + 1 >= p.next || p.in_flight == 0 ? 0 : p.in_flight - 1;
  } else if (p.feed == Feed::probe || p.match >= base_index) {
    p.feed = Feed::replicate;
    p.waiting = false;
    p.in_flight = 0;
    p.next = p.match + 1;
  }
  if (news) advance_commit(ctx);
  Batch batch;
  while (send_next(ctx, peer, false, batch)) {
  }
}

// The hint is the newest entry of the follower that may agree; where mine at that place is of a later term, the search goes
// on at my side of it. So one refusal skips a whole term of either log (§3.5), not an entry.
void Node::refused(sim::Ctx& ctx, std::size_t peer, const AppendReply& reply) {
  Progress& p = progress[peer];
  if (p.feed == Feed::snapshot) return;
  // What it acknowledged and its disk has lost since counts no more. An old answer of this kind costs a few entries sent twice.
  if (reply.repairing) p.match = std::min(p.match, reply.hint_index);
  if (reply.index <= p.match) return;  // overtaken by a later answer
  if (p.feed == Feed::probe && reply.index == p.next - 1) {
    const Log mine = log(ctx);
    std::uint64_t agree = std::min(reply.hint_index, reply.index - 1);
    while (agree > base_index && term_at(mine, agree) > reply.hint_term) --agree;
    p.next = std::max(agree, p.match) + 1;
  } else if (p.feed == Feed::replicate || reply.repairing) {
    p.next = p.match + 1;  // a message was lost or overtaken
    p.feed = Feed::probe;
  } else {
    return;  // of an older probe
  }
  p.waiting = false;
  p.in_flight = 0;
  Batch batch;
  send_next(ctx, peer, false, batch);
}

// §3.6.2: a majority holds it, and it is of this term. Of an earlier term, a majority is not enough (Figure 3.7): it commits
// with the first entry of this term behind it.
void Node::advance_commit(sim::Ctx& ctx) {
  std::uint64_t held = commit_index;
  for (const Progress& candidate : progress) {
    if (candidate.match <= held) continue;
    std::size_t holders = 0;
    for (const Progress& p : progress) holders += p.match >= candidate.match ? 1 : 0;
    if (holders >= ctx.majority()) held = candidate.match;
  }
  if (held == commit_index) return;
  if (term_at(log(ctx), held) != term && !planted(Mutant::commit_old_term)) return;
  commit_index = held;
  apply(ctx);
  begin_reads(ctx);
}

}  // namespace protocols::raft
