// A client of the id servers: it asks for one id after the other, and reports them.
//
// It asks a server by chance; where no answer comes within `retry_after`, another one. An id that comes late is thrown away. After
// `give_up_after` the client goes on as a new process. A process is numbered `generation * 10^9 + client * 1000`.
#pragma once

#include <cstdint>

#include "protocols/clients/closed_loop.hpp"
#include "protocols/flake/messages.hpp"
#include "sim/check/workload.hpp"
#include "sim/node/node.hpp"

namespace protocols::flake {

using clients::Begin;
using clients::Next;
using clients::Retry;

struct Client {
  explicit Client(const sim::check::Workload& workload);

  sim::check::Workload workload;
  bool busy = false;
  std::uint64_t sequence = 0;
  std::uint64_t generation = 0;
  std::uint64_t issued = 0;
  sim::Time began{};
  SIM_DESCRIBE(Client, workload, busy, sequence, generation, issued, began)

  using Inbox = sim::Accepts<Generated, Begin, Next, Retry>;
  void start(sim::Ctx& ctx);
  void on(sim::Ctx& ctx, sim::NodeId from, const Begin&);
  void on(sim::Ctx& ctx, sim::NodeId from, const Generated& reply);
  void on(sim::Ctx& ctx, const Next&);
  void on(sim::Ctx& ctx, const Retry&);

 private:
  std::uint64_t process(const sim::Ctx& ctx) const { return clients::process_of(ctx, generation); }
  bool done() const { return workload.operations > 0 && issued >= workload.operations; }
  void ask(sim::Ctx& ctx);
  void finish(sim::Ctx& ctx, sim::check::Outcome outcome, std::string id);
};

}  // namespace protocols::flake
