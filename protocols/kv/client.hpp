// A client of the replicated store: it plays a workload and reports what it saw, for the history.
//
// Closed loop (`interval` 0): one request at a time, the next one `think` after the reply. Open loop: requests arrive as a
// Poisson process whatever is answered, up to `in_flight` at once; what arrives beyond that is shed, as a client with a
// bounded queue does. Each request in flight has a slot of its own, and each slot is a session of the store: within a
// session requests never overlap, so the store can tell a retry from a new request by the sequence number alone.
//
// A request goes to the server that was leader last. One that is refused goes where the refusal points, at once; one that
// is not answered within `retry_after` goes to the next server, with the same sequence number. After `give_up_after` the
// outcome is unknown for good: it may still take effect at any time, so the slot goes on as a new process of the history.
//
// A slot's process is numbered `generation * 10^9 + client * 1000 + slot`: 3001 is slot 1 of node 3, and 1000003001 is the
// same slot after it gave up once. A client that crashes and restarts begins a million generations later, with higher
// sequence numbers and new values, so that nothing of its former life is taken for the present one.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "protocols/kv/messages.hpp"
#include "sim/check/workload.hpp"
#include "sim/core/random.hpp"
#include "sim/core/rc.hpp"
#include "sim/node/node.hpp"

namespace protocols::kv {

/// A message to oneself: what start() saved is durable, so the client may begin.
struct Begin {
  SIM_DESCRIBE(Begin)
};

/// Timer: the next request is due (after thinking, or by arrival).
struct Next {
  SIM_DESCRIBE(Next)
};

/// Timer: the request of that slot has waited long enough for the server it was sent to.
struct Retry {
  std::uint32_t slot = 0;
  SIM_DESCRIBE(Retry, slot)
};

/// On the client's disk: how often it was started.
struct Lives {
  std::uint64_t count = 0;
  SIM_DESCRIBE(Lives, count)
};

/// How keys are drawn. A constant of a run, made from the workload; copies share it.
class KeyChoice {
 public:
  KeyChoice(std::uint32_t keys, sim::Ratio skew);
  /// From 0 to the number of keys - 1.
  std::uint32_t draw(sim::Rng& rng) const;

  friend bool operator==(const KeyChoice& a, const KeyChoice& b) { return a.keys_ == b.keys_ && a.skew_ == b.skew_; }
  friend void hash_into(sim::Digest& d, const KeyChoice& k) { d.add(k.keys_, k.skew_.billionths); }
  friend void json_into(std::string& out, const KeyChoice& k) { out += std::to_string(k.keys_); }

 private:
  std::uint32_t keys_;
  sim::Ratio skew_;
  sim::Rc<sim::Zipf> zipf_;  // none where the choice is uniform
};

/// One request at a time, and the session that it belongs to.
struct Slot {
  bool busy = false;
  std::uint64_t sequence = 0;    ///< of the request in flight, or of the last one
  std::uint64_t generation = 0;  ///< how often this slot gave up
  Command command;
  std::uint32_t asked = 0;  ///< place of the server asked last
  std::uint32_t hops = 0;   ///< refusals followed since the last wait
  sim::Time began{};
  SIM_DESCRIBE(Slot, busy, sequence, generation, command, asked, hops, began)
};

/// The client node.
struct Client {
  /// The most slots that the numbering of processes has room for.
  static constexpr std::uint32_t kMaxSlots = 1000;

  explicit Client(const sim::check::Workload& workload);

  sim::check::Workload workload;
  KeyChoice choice;
  std::vector<Slot> slots;
  std::uint32_t leader = 0;                                 ///< place of the server that is asked first
  std::uint64_t issued = 0;                                 ///< operations begun
  std::uint64_t shed = 0;                                   ///< arrivals that found every slot busy
  std::uint64_t values = 0;                                 ///< unique values made
  std::uint64_t writes = 0;                                 ///< since it moved on to fresh keys
  std::uint32_t epoch = 0;                                  ///< how often it moved on to fresh keys
  std::vector<std::pair<std::uint32_t, std::string>> seen;  ///< the value it saw last of each key of this epoch, for cas
  SIM_DESCRIBE(Client, workload, choice, slots, leader, issued, shed, values, writes, epoch, seen)

  using Inbox = sim::Accepts<Reply, Begin, Next, Retry>;
  void start(sim::Ctx& ctx);
  void on(sim::Ctx& ctx, sim::NodeId from, const Begin&);
  void on(sim::Ctx& ctx, sim::NodeId from, const Reply& reply);
  void on(sim::Ctx& ctx, const Next&);
  void on(sim::Ctx& ctx, const Retry& timer);

  /// The process that the slot's operations belong to in the history.
  std::uint64_t process(const sim::Ctx& ctx, std::uint32_t slot) const;

 private:
  bool open_loop() const { return workload.interval > sim::Duration{}; }
  bool done() const { return workload.operations > 0 && issued >= workload.operations; }
  void arm_next(sim::Ctx& ctx);
  void begin(sim::Ctx& ctx, std::uint32_t slot);
  Command draw(sim::Ctx& ctx);
  Function draw_function(sim::Rng& rng) const;
  void move_on();
  void ask(sim::Ctx& ctx, std::uint32_t slot, std::uint32_t server);
  void wait(sim::Ctx& ctx, std::uint32_t slot, sim::Duration at_most);
  void refused(sim::Ctx& ctx, sim::NodeId from, const Reply& reply);
  void finish(sim::Ctx& ctx, std::uint32_t slot, sim::check::Returned returned);
  std::string& last_seen(std::uint32_t key);
};

}  // namespace protocols::kv
