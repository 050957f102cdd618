// A client of the broker, producer and consumer in one, and what it reports for the history: the workload of Maelstrom's kafka.
//
// It sends records to partitions by chance, polls all partitions from where it stands, commits how far it has come, and asks what
// was committed. Polls go to a server near it, the rest to whoever leads. A command that is not answered goes to another server
// with the same number; after `give_up_after` nobody knows what became of it, and the client goes on as a new process. A poll that
// is not answered has failed. A client that restarts goes on from offset 0: it has read nothing in that life.
//
// A process is numbered `generation * 10^9 + client * 1000`; a client that restarts begins a million generations later.
#pragma once

#include <cstdint>
#include <string>

#include "protocols/broker/messages.hpp"
#include "protocols/clients/closed_loop.hpp"
#include "sim/check/workload.hpp"
#include "sim/node/node.hpp"

namespace protocols::broker {

using clients::Begin;
using clients::Next;
using clients::Retry;

enum class Phase : std::uint8_t { idle, polling, commanding };
SIM_DESCRIBE_ENUM(Phase, idle, polling, commanding)

struct Client {
  explicit Client(const sim::check::Workload& workload);

  sim::check::Workload workload;
  Phase phase{};
  Command command;    ///< commanding
  Offsets positions;  ///< the next offset to poll of each partition
  std::uint64_t sequence = 0;
  std::uint32_t hops = 0;  ///< refusals followed since the last wait
  sim::Time began{};
  std::uint32_t near = 0;    ///< place of the server that it polls
  std::uint32_t leader = 0;  ///< place of the server that is asked first
  std::uint64_t generation = 0;
  std::uint64_t issued = 0;
  std::int64_t value = 0;  ///< the next value that nobody else sends
  SIM_DESCRIBE(Client, workload, phase, command, positions, sequence, hops, began, near, leader, generation, issued, value)

  using Inbox = sim::Accepts<Answer, Polled, Begin, Next, Retry>;
  void start(sim::Ctx& ctx);
  void on(sim::Ctx& ctx, sim::NodeId from, const Begin&);
  void on(sim::Ctx& ctx, sim::NodeId from, const Answer& answer);
  void on(sim::Ctx& ctx, sim::NodeId from, const Polled& polled);
  void on(sim::Ctx& ctx, const Next&);
  void on(sim::Ctx& ctx, const Retry&);

 private:
  std::uint64_t process(const sim::Ctx& ctx) const { return clients::process_of(ctx, generation); }
  bool done() const { return workload.operations > 0 && issued >= workload.operations; }
  bool out_of_time(const sim::Ctx& ctx) const { return ctx.now() >= began + workload.give_up_after; }
  void poll(sim::Ctx& ctx);
  void draw(sim::Ctx& ctx);
  void ask(sim::Ctx& ctx);
  void wait(sim::Ctx& ctx, sim::Duration at_most);
  void finish(sim::Ctx& ctx, sim::check::Outcome outcome, std::string output);
};

}  // namespace protocols::broker
