// A server of a transactional store: optimistic transactions, ordered by a replicated log.
//
// The idea. A transaction runs at its client: it reads rows, one after the other, as they were at one place of the log (its
// snapshot), and keeps what it writes to itself. To commit, it hands in what it read and what it wants to write; that goes into
// the log as one entry. Whoever applies the entry decides: if no row that the transaction read was written between its snapshot
// and the entry, it commits, and all that it writes appears there, at once; else it aborts and nothing does. So concurrency control
// is a function of the log, and every server decides alike without a word. This is Hyder (Bernstein, Reid and Das, CIDR 2011),
// whose log is the only thing that servers share; FoundationDB's resolvers (Zhou et al., SIGMOD 2021, section 2.4.2) decide by the
// same rule, and the rule is the backward validation of Kung and Robinson (TODS 1981).
//
// Why it is strictly serializable. (1) A committed transaction could have run at the place of its entry: what it read is what it
// would have read there. So the order of the entries is a serial order that explains everything. (2) The entry is appended after
// the transaction began and applied before its client hears of it, so that order keeps that of real time. This goes for
// transactions that only read, too: they commit through the log like all others. (3) Raft keeps the log.
//
// What is done once. Each client numbers its transactions; the state remembers the last number of each and what came of it,
// so a retry of a commit is answered again and not judged again. Judged again, it would fail: its own writes are newer than its
// snapshot. The client would hear "aborted", and run it again.
//
// The log. Raft is the one of protocols/consensus/raft, unchanged, as a member: this node hands it every message that is its own,
// and applies what became committed after each. Rows can be read at any server, however far behind: a stale snapshot costs an
// abort, never a wrong answer.
//
// Deliberately left out: snapshots of the state (after a crash it is built from the whole log), reads without the log (FoundationDB
// gets a read version from a quorum instead), ranges (so there are no phantoms), and locks.
#pragma once

#include <vector>

#include "protocols/consensus/raft/hosted.hpp"
#include "protocols/transactions/occ_store/config.hpp"
#include "protocols/transactions/occ_store/machine.hpp"
#include "protocols/transactions/occ_store/messages.hpp"
#include "sim/node/node.hpp"

namespace protocols::occ_store {

/// One server.
struct Node {
  explicit Node(const Config& config, Mutant mutant = Mutant::none);

  raft::Node raft;
  Machine machine;  ///< after raft.applied_index
  Config config;
  Mutant mutant = Mutant::none;
  SIM_DESCRIBE(Node, raft, machine, config, mutant)

  using Inbox = raft::HostInbox<Read, Commit>;
  void start(sim::Ctx& ctx);
  void on(sim::Ctx& ctx, sim::NodeId from, const Read& read);
  void on(sim::Ctx& ctx, sim::NodeId from, const Commit& commit);
  /// Raft's messages and timers.
  template <class M>
  requires sim::HandlesMessage<raft::Node, M>
  void on(sim::Ctx& ctx, sim::NodeId from, const M& message) {
    const std::vector<Commit> open = undecided(ctx);
    raft.on(ctx, from, message);
    catch_up(ctx);
    forsake(ctx, open);
  }
  template <class T>
  requires sim::HandlesTimer<raft::Node, T>
  void on(sim::Ctx& ctx, const T& timer) {
    raft.on(ctx, timer);
    catch_up(ctx);
  }

 private:
  bool planted(Mutant bug) const { return mutant == bug; }
  bool leads() const { return raft.role == raft::Role::leader; }
  void catch_up(sim::Ctx& ctx);
  std::optional<Content> content_of(sim::Ctx& ctx, const Key& key, std::uint64_t snapshot) const;
  static void answer(sim::Ctx& ctx, const Commit& commit, Status status);
  // Of the planted bug counter-retry; else nothing.
  std::vector<Commit> undecided(sim::Ctx& ctx) const;
  void forsake(sim::Ctx& ctx, const std::vector<Commit>& open) const;
};

}  // namespace protocols::occ_store
