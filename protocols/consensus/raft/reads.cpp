// Linearizable reads without the log (§6.4).
//
// The leader notes its commit index, makes sure by a round of heartbeats that it still led after that, and reads once that
// index is applied. Reads that arrive during a round share the next one.
#include <algorithm>

#include "protocols/consensus/raft/node.hpp"

namespace protocols::raft {

void Node::read(sim::Ctx& ctx, const kv::Request& request) {
  if (planted(Mutant::read_no_quorum)) {
    answer(ctx, request.session, request.sequence, machine.read(request.command.key));
    return;
  }
  // A session waits for one read at most: a later one takes the place of what it gave up.
  const auto same = [&](const PendingRead& r) { return r.session == request.session; };
  reads.erase(std::remove_if(reads.begin(), reads.end(), same), reads.end());
  reads.push_back({request.session, request.sequence, request.command.key, 0, 0});
  begin_reads(ctx);
}

// A new leader has every committed entry but does not know which they are, until one of its own term is committed.
void Node::begin_reads(sim::Ctx& ctx) {
  if (reading || (commit_index < noop_index && !planted(Mutant::read_before_noop))) return;
  const bool wanted = std::any_of(reads.begin(), reads.end(), [](const PendingRead& r) { return r.round == 0; });
  if (!wanted) return;
  ++read_round;
  reading = true;
  for (PendingRead& r : reads) {
    if (r.round == 0) {
      r.round = read_round;
      r.index = commit_index;
    }
  }
  replicate(ctx, true);
  finish_reads(ctx);
}

void Node::finish_reads(sim::Ctx& ctx) {
  if (!reading) return;
  std::size_t confirmed = 1;  // by itself
  for (const Progress& p : progress) confirmed += p.acked_round >= read_round ? 1 : 0;
  if (confirmed < ctx.majority()) return;
  reading = false;
  // Applying follows committing at once here, so what was committed when the round began is applied by now.
  const auto ready = [&](const PendingRead& r) { return r.round != 0 && r.round <= read_round && r.index <= applied_index; };
  for (const PendingRead& r : reads) {
    if (ready(r)) answer(ctx, r.session, r.sequence, machine.read(r.key));
  }
  reads.erase(std::remove_if(reads.begin(), reads.end(), ready), reads.end());
  begin_reads(ctx);
}

void Node::drop_reads(sim::Ctx& ctx) {
  for (const PendingRead& r : reads) refuse(ctx, r.session, r.sequence);
  reads.clear();
  reading = false;
}

}  // namespace protocols::raft
