// Snapshots, and forgetting the votes that they stand for.
#include <algorithm>

#include "protocols/consensus/paxos/node.hpp"

namespace protocols::paxos {

// Votes are forgotten only when the snapshot is durable: SnapshotSaved says so.
void Node::take_snapshot(sim::Ctx& ctx) {
  saving_index = applied_index;
  ctx.save(Snapshot{applied_index, ctx.share(machine)});
  ctx.send(ctx.self(), SnapshotSaved{applied_index, false});
}

void Node::on(sim::Ctx& ctx, sim::NodeId, const InstallSnapshot& install) {
  const Snapshot& snapshot = install.snapshot;
  if (opening) return;
  if (snapshot.index <= saving_index) return;  // on its way to the disk already
  if (snapshot.index <= commit_index && !planted(Mutant::old_snapshot_adopted)) return;
  saving_index = snapshot.index;
  ctx.save(snapshot);
  ctx.send(ctx.self(), SnapshotSaved{snapshot.index, true});
}

void Node::on(sim::Ctx& ctx, sim::NodeId, const SnapshotSaved& saved) {
  const auto snapshot = ctx.saved<Snapshot>();
  if (snapshot.index != saved.index) return;  // a newer one replaced it and will report too
  saving_index = 0;
  if (saved.index > commit_index || (saved.installed && planted(Mutant::old_snapshot_adopted))) {
    adopt_snapshot(ctx, snapshot);
  } else if (saved.index > base_index) {
    forget_until(ctx, saved.index);
  }
  // The leader of the promised ballot hears of it, as it does of votes.
  if (saved.installed && role == Role::follower && leader) ctx.send(*leader, Accepted{promised, held + 1, 0, held, 0});
}

// Votes for later slots stay: they have nothing to do with it.
void Node::adopt_snapshot(sim::Ctx& ctx, const Snapshot& snapshot) {
  ctx.mark("snapshot-installed");
  forget_until(ctx, snapshot.index);
  commit_index = applied_index = snapshot.index;
  machine = *snapshot.state.as<kv::Machine>();
  extend_held();
  repaired(ctx);
}

// Records of later slots may stand among those of earlier ones; the log is cut before the first of them.
void Node::forget_until(sim::Ctx& ctx, std::uint64_t slot) {
  const std::uint64_t count = std::min<std::uint64_t>(slot - base_index, votes.size());
  votes.erase(votes.begin(), votes.begin() + static_cast<std::ptrdiff_t>(count));
  base_index = slot;
  Log mine = log(ctx);
  std::uint64_t first = mine.first();
  while (first <= mine.last() && mine.at(first).slot <= slot) ++first;
  mine.compact(first);
}

}  // namespace protocols::paxos
