// The follower's side of replication (§3.5), and applying what is committed.
#include <algorithm>

#include "protocols/consensus/raft/node.hpp"

namespace protocols::raft {

// An acknowledgement says "my disk has it", so it waits for the disk.
void Node::reply_to_append(sim::Ctx& ctx, sim::NodeId to, const AppendReply& reply) const {
  if (planted(Mutant::ack_before_fsync)) {
    ctx.send_at_once(to, reply);
  } else {
    ctx.send(to, reply);
  }
}

void Node::on(sim::Ctx& ctx, sim::NodeId from, const AppendEntries& append) {
  if (append.term < term) {
    ctx.send(from, AppendReply{term, false, append.prev_index, 0, 0, append.read_round});
    return;
  }
  follow(ctx, append.term, from);
  if (opening) return;
  const Log mine = log(ctx);
  const bool agrees =
      append.prev_index < base_index || (append.prev_index <= mine.last() && term_at(mine, append.prev_index) == append.prev_term);
  if (!agrees) {
    refuse_append(ctx, from, append, mine);
    return;
  }
  const std::uint64_t match = merge(ctx, append);
  repaired(ctx, match);
  if (append.commit_index > commit_index) {
    commit_index = std::max(commit_index, std::min(append.commit_index, match));
    apply(ctx);
  }
  reply_to_append(ctx, from, AppendReply{term, true, match, 0, 0, append.read_round});
}

// The hint passes over everything of a later term than the leader's entry there: none of that can agree.
void Node::refuse_append(sim::Ctx& ctx, sim::NodeId from, const AppendEntries& append, const Log& mine) const {
  std::uint64_t hint = std::min(append.prev_index, mine.last());
  while (hint > base_index && term_at(mine, hint) > append.prev_term) --hint;
  ctx.send(from, AppendReply{term, false, append.prev_index, hint, term_at(mine, hint), append.read_round, repair_until != 0});
}

// Makes the log agree with the message; how far it does is returned. An entry is dropped only where it contradicts the
// leader's: the message may be an old one that was overtaken, and entries behind it may be acknowledged already (§3.5).
std::uint64_t Node::merge(sim::Ctx& ctx, const AppendEntries& append) {
  Log mine = log(ctx);
  if (planted(Mutant::heartbeat_race)) mine.truncate(std::max(append.prev_index, base_index) + 1);
  std::uint64_t i = append.prev_index;
  for (const Entry& entry : append.entries) {
    if (++i <= base_index) continue;  // committed, and in the snapshot
    if (i <= mine.last()) {
      if (mine.at(i).term == entry.term) continue;
      ctx.mark("suffix-truncated");
      mine.truncate(i);
    }
    mine.append(entry);
  }
  return std::max(i, base_index);
}

void Node::apply(sim::Ctx& ctx) {
  const Log mine = log(ctx);
  const std::uint64_t until = std::min(commit_index, mine.last());
  while (applied_index < until) {
    const auto* request = mine.at(++applied_index).command.as<kv::Request>();
    if (request == nullptr) continue;  // a no-op
    auto came_of_it = machine.apply(*request);
    if (role == Role::leader && came_of_it) answer(ctx, request->session, request->sequence, *std::move(came_of_it));
  }
  if (config.snapshot_after == 0 || saving_index != 0 || applied_index == base_index) return;
  if (applied_index >= base_index + config.snapshot_after || ctx.maybe("early-snapshot")) take_snapshot(ctx);
}

}  // namespace protocols::raft
