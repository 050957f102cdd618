// Snapshots and the end of the log's beginning (§5).
#include "protocols/consensus/raft/node.hpp"

namespace protocols::raft {

// What the disk kept need not fit together: the snapshot may reach beyond the log, or the log may contradict it where it was
// to be replaced. Then nothing in the log is worth keeping. (A log that begins after the snapshot's end has lost what lay
// between; only a disk that lied about what is durable leaves that.)
void Node::restore_snapshot(sim::Ctx& ctx) {
  const auto snapshot = ctx.saved<Snapshot>();
  base_index = commit_index = applied_index = snapshot.index;
  base_term = snapshot.term;
  if (const auto* state = snapshot.state.as<kv::Machine>()) machine = *state;
  Log mine = log(ctx);
  if (mine.first() == base_index + 1) return;
  const bool agrees = mine.first() <= base_index && base_index <= mine.last() && mine.at(base_index).term == base_term;
  if (agrees) {
    mine.compact(base_index + 1);
  } else {
    mine.reset(base_index + 1);
  }
}

// The log is cut only when the snapshot is durable: SnapshotSaved says so.
void Node::take_snapshot(sim::Ctx& ctx) {
  saving_index = applied_index;
  ctx.save(Snapshot{applied_index, term_at(log(ctx), applied_index), ctx.share(machine)});
  ctx.send(ctx.self(), SnapshotSaved{applied_index, false});
}

void Node::send_snapshot(sim::Ctx& ctx, std::size_t peer) {
  Progress& p = progress[peer];
  p.feed = Feed::snapshot;
  p.waiting = false;
  p.in_flight = 0;
  p.resend = ctx.now() + config.snapshot_resend;
  ctx.send_at_once(ctx.peers()[peer], InstallSnapshot{term, ctx.saved<Snapshot>()});
}

void Node::on(sim::Ctx& ctx, sim::NodeId from, const InstallSnapshot& install) {
  if (install.term < term) {
    ctx.send(from, AppendReply{term, false, 0, 0, 0, 0});
    return;
  }
  follow(ctx, install.term, from);
  if (opening) return;
  const Snapshot& snapshot = install.snapshot;
  if (snapshot.index <= commit_index && !planted(Mutant::old_snapshot_truncates)) {
    // An old one: what is committed here is committed at the leader too, so the logs agree up to there.
    ctx.send(from, AppendReply{term, true, commit_index, 0, 0, 0});
    return;
  }
  if (snapshot.index <= saving_index && !planted(Mutant::old_snapshot_truncates)) return;  // on its way to the disk already
  saving_index = snapshot.index;
  ctx.save(snapshot);
  ctx.send(ctx.self(), SnapshotSaved{snapshot.index, true});
}

void Node::on(sim::Ctx& ctx, sim::NodeId, const SnapshotSaved& saved) {
  const auto snapshot = ctx.saved<Snapshot>();
  if (snapshot.index != saved.index) return;  // a newer one replaced it and will report too
  saving_index = 0;
  if (saved.index > commit_index || (saved.installed && planted(Mutant::old_snapshot_truncates))) {
    adopt_snapshot(ctx, snapshot);
  } else if (saved.index > base_index) {
    // Taken here, or overtaken by the log meanwhile: the state is beyond it, only the log's beginning goes.
    Log mine = log(ctx);
    base_term = term_at(mine, saved.index);
    base_index = saved.index;
    mine.compact(base_index + 1);
  }
  if (saved.installed && role == Role::follower && leader) ctx.send(*leader, AppendReply{term, true, commit_index, 0, 0, 0});
}

// §5.3: where the log has the snapshot's last entry, what follows it is kept; else the whole log gives way.
void Node::adopt_snapshot(sim::Ctx& ctx, const Snapshot& snapshot) {
  ctx.mark("snapshot-installed");
  Log mine = log(ctx);
  const bool held = snapshot.index > base_index && snapshot.index <= mine.last();
  const bool agrees = held && mine.at(snapshot.index).term == snapshot.term;
  if (agrees || (held && planted(Mutant::snapshot_keeps_conflict))) {
    mine.compact(snapshot.index + 1);
  } else {
    mine.reset(snapshot.index + 1);
  }
  base_index = commit_index = applied_index = snapshot.index;
  base_term = snapshot.term;
  machine = *snapshot.state.as<kv::Machine>();
  repaired(ctx, snapshot.index);
}

}  // namespace protocols::raft
