// A client of the transactional store: it runs one transaction after the other and reports what it saw, for the history.
//
// It reads rows one after the other at a server near it, all at the snapshot that the first read gave, then sends the commit to
// whoever leads. What is aborted is run again, up to five times in all: an abort promises that nothing happened. A read that is not
// answered, or not served, begins the transaction anew at another server. A commit that is not answered goes to another server
// with the same number; after `give_up_after` nobody knows what became of it, and the client goes on as a new process.
//
// A process is numbered `generation * 10^9 + client * 1000`; a client that restarts begins a million generations later.
#pragma once

#include <cstdint>
#include <optional>

#include "protocols/clients/closed_loop.hpp"
#include "protocols/transactions/occ_store/messages.hpp"
#include "protocols/transactions/occ_store/operations.hpp"
#include "sim/check/workload.hpp"
#include "sim/node/node.hpp"

namespace protocols::occ_store {

using clients::Begin;
using clients::Next;
using clients::Retry;

enum class Phase : std::uint8_t { idle, reading, committing };
SIM_DESCRIBE_ENUM(Phase, idle, reading, committing)

struct Client {
  Client(const sim::check::Workload& workload, Does does);

  sim::check::Workload workload;
  Does does{};
  Phase phase{};
  Operation operation;
  std::optional<std::uint64_t> snapshot;  ///< of the attempt, once a server has said it
  Rows known;                             ///< rows that the attempt has read
  Effect effect;                          ///< committing: what it comes to
  std::uint64_t sequence = 0;             ///< of the attempt
  std::uint32_t attempts = 0;             ///< begun for this operation, up to an abort
  std::uint32_t hops = 0;                 ///< refusals followed since the last wait
  sim::Time began{};
  std::uint32_t near = 0;    ///< place of the server that it reads from
  std::uint32_t leader = 0;  ///< place of the server that it commits at
  std::uint64_t generation = 0;
  std::uint64_t issued = 0;
  std::int64_t value = 0;    ///< the next value that nobody else writes
  std::uint64_t writes = 0;  ///< since it moved on to fresh keys
  std::uint32_t first_key = 0;
  SIM_DESCRIBE(Client, workload, does, phase, operation, snapshot, known, effect, sequence, attempts, hops, began, near, leader,
               generation, issued, value, writes, first_key)

  using Inbox = sim::Accepts<ReadReply, CommitReply, Begin, Next, Retry>;
  void start(sim::Ctx& ctx);
  void on(sim::Ctx& ctx, sim::NodeId from, const Begin&);
  void on(sim::Ctx& ctx, sim::NodeId from, const ReadReply& reply);
  void on(sim::Ctx& ctx, sim::NodeId from, const CommitReply& reply);
  void on(sim::Ctx& ctx, const Next&);
  void on(sim::Ctx& ctx, const Retry&);

 private:
  std::uint64_t process(const sim::Ctx& ctx) const { return clients::process_of(ctx, generation); }
  bool done() const { return workload.operations > 0 && issued >= workload.operations; }
  bool out_of_time(const sim::Ctx& ctx) const { return ctx.now() >= began + workload.give_up_after; }
  void attempt(sim::Ctx& ctx);
  void read_next(sim::Ctx& ctx);
  void read_elsewhere(sim::Ctx& ctx);
  void commit(sim::Ctx& ctx);
  void ask_leader(sim::Ctx& ctx);
  void refused(sim::Ctx& ctx, sim::NodeId from, const CommitReply& reply);
  void wait(sim::Ctx& ctx, sim::Duration at_most);
  void finish(sim::Ctx& ctx, sim::check::Outcome outcome);
};

/// The client of one workload.
template <Does D>
struct ClientOf : Client {
  explicit ClientOf(const sim::check::Workload& w) : Client(w, D) {}
};

}  // namespace protocols::occ_store
