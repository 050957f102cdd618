// A client of a service: it asks for something to be done, and reports what came of it, for the history.
//
// Closed loop (`interval` 0): one request at a time. Open loop: requests arrive as a Poisson process whatever is answered, up to
// `in_flight` at once. Each request has an idempotency key of its own. One that is not answered within `retry_after`, or is
// answered with a conflict (the same request is being worked on), is sent again with the same key; after `give_up_after`
// nobody knows what became of it. That time travels with the request as its deadline.
//
// Where a scenario has `maybe`, the client now and then has the bug that mismatch (422) is for: it uses the key of its last
// request for another one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocols/services/messages.hpp"
#include "sim/check/workload.hpp"
#include "sim/node/node.hpp"

namespace protocols::services {

/// A message to oneself: what start() saved is durable, so the client may begin.
struct Begin {
  SIM_DESCRIBE(Begin)
};
/// Timer: the next request is due.
struct Next {
  SIM_DESCRIBE(Next)
};
/// Timer: the request of that slot has waited long enough.
struct Retry {
  std::uint32_t slot = 0;
  SIM_DESCRIBE(Retry, slot)
};

/// One request at a time.
struct Slot {
  bool busy = false;
  std::uint64_t id = 0;          ///< of the newest attempt
  std::uint64_t first_id = 0;    ///< attempts of this request have ids from here on
  std::uint64_t generation = 0;  ///< how often this slot gave up
  std::string key;
  std::uint64_t payload = 0;
  sim::Time began{};
  SIM_DESCRIBE(Slot, busy, id, first_id, generation, key, payload, began)
};

struct Client {
  static constexpr std::uint32_t kMaxSlots = 1000;

  explicit Client(const sim::check::Workload& workload);

  sim::check::Workload workload;
  std::vector<Slot> slots;
  std::uint64_t life = 0;
  std::uint64_t issued = 0;
  std::uint64_t shed = 0;      ///< arrivals that found every slot busy
  std::uint64_t attempts = 0;  ///< requests sent, retries included
  std::string last_key;
  SIM_DESCRIBE(Client, workload, slots, life, issued, shed, attempts, last_key)

  using Inbox = sim::Accepts<Reply, Begin, Next, Retry>;
  void start(sim::Ctx& ctx);
  void on(sim::Ctx& ctx, sim::NodeId from, const Begin&);
  void on(sim::Ctx& ctx, sim::NodeId from, const Reply& reply);
  void on(sim::Ctx& ctx, const Next&);
  void on(sim::Ctx& ctx, const Retry& timer);

 private:
  bool open_loop() const { return workload.interval > sim::Duration{}; }
  bool done() const { return workload.operations > 0 && issued >= workload.operations; }
  std::uint64_t process(const sim::Ctx& ctx, std::uint32_t slot) const;
  void arm_next(sim::Ctx& ctx);
  void begin(sim::Ctx& ctx, std::uint32_t slot);
  void ask(sim::Ctx& ctx, std::uint32_t slot);
  void wait(sim::Ctx& ctx, std::uint32_t slot, sim::Duration at_most);
  void finish(sim::Ctx& ctx, std::uint32_t slot, sim::check::Outcome outcome, const std::string& body);
};

}  // namespace protocols::services
