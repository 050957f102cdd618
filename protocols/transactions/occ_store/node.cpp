#include "protocols/transactions/occ_store/node.hpp"

#include <utility>

namespace protocols::occ_store {

raft::Config Config::consensus() const { return raft::hosted_config(*this); }

std::string Config::wrong() const {
  if (snapshot_window == 0) return "snapshot_window is 0, expected at least 1";
  return consensus().wrong();
}

Node::Node(const Config& c, Mutant m) : raft(c.consensus()), config(c), mutant(m) {
  machine.window = c.snapshot_window;
  machine.mutant = m;
}

void Node::start(sim::Ctx& ctx) { raft.start(ctx); }

// Every server applies, and so decides; the one that leads tells the client. Committed is known to be so, so the answer need not
// wait for the disk.
void Node::catch_up(sim::Ctx& ctx) {
  const raft::Node::Log log = raft::Node::log(ctx);
  while (machine.applied < raft.applied_index) {
    const auto* commit = log.at(machine.applied + 1).command.as<Commit>();
    if (commit == nullptr) {  // a leader's first entry
      machine.skip();
      continue;
    }
    const Done* before = machine.last_of(commit->client);
    if (before != nullptr && before->sequence == commit->sequence) ctx.mark("retry-recognised");
    const auto committed = machine.apply(*commit, planted(Mutant::leader_validates) && !leads());
    if (!committed || !leads()) continue;
    if (!*committed) ctx.mark("conflict");
    answer(ctx, *commit, *committed ? Status::committed : Status::aborted);
  }
}

void Node::answer(sim::Ctx& ctx, const Commit& commit, Status status) {
  ctx.send_at_once(commit.client, CommitReply{commit.sequence, status, {}});
}

// ---- clients --------------------------------------------------------------------------------------------------------

// What the state had been, for a snapshot that a server chose; at the beginning of a transaction, what it is.
void Node::on(sim::Ctx& ctx, sim::NodeId from, const Read& read) {
  const std::uint64_t snapshot = planted(Mutant::latest_read) ? machine.applied : read.snapshot.value_or(machine.applied);
  auto content = content_of(ctx, read.key, snapshot);
  if (!content) ctx.mark("snapshot-not-served");
  const bool served = content.has_value();
  ctx.send_at_once(from, ReadReply{read.sequence, served, read.key, snapshot, std::move(content).value_or(Content{})});
}

std::optional<Content> Node::content_of(sim::Ctx& ctx, const Key& key, std::uint64_t snapshot) const {
  if (planted(Mutant::dirty_read)) {
    const raft::Node::Log log = raft::Node::log(ctx);
    for (std::uint64_t i = log.last(); i > machine.applied; --i) {
      const auto* commit = log.at(i).command.as<Commit>();
      if (commit == nullptr) continue;
      for (const Write& w : commit->writes) {
        if (w.key == key) return w.content;
      }
    }
  }
  return machine.read(key, snapshot);
}

void Node::on(sim::Ctx& ctx, sim::NodeId from, const Commit& commit) {
  if (commit.writes.empty() && planted(Mutant::stale_read)) return answer(ctx, commit, Status::committed);
  if (!leads()) {
    ctx.send_at_once(from, CommitReply{commit.sequence, Status::not_leader, raft.leader});
    return;
  }
  const Done* last = planted(Mutant::duplicate_enqueue) ? nullptr : machine.last_of(commit.client);
  if (last != nullptr && commit.sequence <= last->sequence) {
    if (commit.sequence == last->sequence) answer(ctx, commit, last->committed ? Status::committed : Status::aborted);
    return;
  }
  raft.offer(ctx, ctx.share(commit));
  if (planted(Mutant::lost_add)) answer(ctx, commit, Status::committed);
}

// ---- a planted bug ----------------------------------------------------------------------------------------------------

std::vector<Commit> Node::undecided(sim::Ctx& ctx) const {
  std::vector<Commit> out;
  if (!planted(Mutant::counter_retry) || !leads()) return out;
  const raft::Node::Log log = raft::Node::log(ctx);
  for (std::uint64_t i = machine.applied + 1; i <= log.last(); ++i) {
    if (const auto* commit = log.at(i).command.as<Commit>(); commit != nullptr) out.push_back(*commit);
  }
  return out;
}

void Node::forsake(sim::Ctx& ctx, const std::vector<Commit>& open) const {
  if (leads()) return;
  for (const Commit& commit : open) answer(ctx, commit, Status::aborted);
}

}  // namespace protocols::occ_store
