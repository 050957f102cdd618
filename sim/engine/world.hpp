// World: a whole run as one copyable value: nodes, network, disks, clocks, pending events.
//
// step() takes the next event by (time, order of scheduling), hands it to its node, and applies the effects that the
// handler recorded. Nothing else moves. A copy of a world goes on exactly as the original does.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/cow_log.hpp"
#include "sim/core/digest.hpp"
#include "sim/core/pool.hpp"
#include "sim/core/rc.hpp"
#include "sim/engine/event_queue.hpp"
#include "sim/engine/fault.hpp"
#include "sim/engine/timer_table.hpp"
#include "sim/net/network.hpp"
#include "sim/node/node.hpp"
#include "sim/node/view.hpp"
#include "sim/trace/record.hpp"

namespace sim {

/// How a node's clock differs from true time.
struct Clock {
  Duration offset{};                   ///< what it shows when the run begins
  std::int64_t drift_per_billion = 0;  ///< how many nanoseconds it gains a second; negative: loses

  /// The drift that counts: where faults add up, a clock goes at a tenth of its pace at least. None stands still or goes back.
  std::int64_t rate() const { return std::max(drift_per_billion, std::int64_t{-900'000'000}); }
  /// From `now` on it gains so much more a second; what it shows now does not change.
  void change_drift(Time now, std::int64_t per_billion);
  Time local(Time true_time) const;
  /// How much true time passes while the clock shows that `local` passed.
  Duration true_length(Duration local) const;
};

/// How a node is put into a world.
struct NodeOptions {
  std::string_view system;  ///< the system it belongs to; peers are the nodes of one system
  std::string_view name;
  Latency fsync{};  ///< how long its disk takes to make writes durable; zero: at once
  Duration cost{};  ///< how long it is busy with each event that it handles; what arrives meanwhile waits in line
  Clock clock{};
  std::string_view (*role)(const AnyNode&) = nullptr;  ///< what role it plays, for faults that aim at one
};

/// Something that chance or the protocol would have done, taken out of a run. What remains of a failing run when nothing more
/// can be taken out is its story.
struct Omission {
  enum class Kind : std::uint8_t { message, timer };
  Kind kind{};
  NodeId node{};             ///< the message's sender, the timer's owner
  std::uint64_t number = 0;  ///< the message is lost that this node sends so-many-th to others, or the timer that fires so-many-th,
                             ///< from 0
  friend auto operator<=>(const Omission&, const Omission&) = default;
};

/// A message that takes longer than its link would have it.
struct Delay {
  NodeId node{};             ///< its sender
  std::uint64_t number = 0;  ///< as in Omission
  Duration by{};
  friend auto operator<=>(const Delay&, const Delay&) = default;
};

/// Decides while a world runs what is left out of it, message by message and timer by timer. Shrinking finds out with one how a
/// run goes that does nothing new.
class Censor {
 public:
  Censor() = default;
  virtual ~Censor() = default;
  /// Whether this message, which is sent at `at` to another node, or this timer, which fires then, is left out. For a timer `to` is
  /// its owner. Asked for each once, in their order; not for those that are left out already.
  virtual bool omits(const Omission& it, Time at, NodeId to, const Payload& what) = 0;

 protected:
  Censor(const Censor&) = default;
  Censor& operator=(const Censor&) = default;
};

/// What happened so far, in numbers.
struct Counters {
  std::uint64_t events = 0;     ///< handled
  std::uint64_t sent = 0;       ///< messages that nodes sent, those to themselves not counted
  std::uint64_t delivered = 0;  ///< duplicates included
  std::uint64_t duplicated = 0;
  std::uint64_t lost = 0;       ///< by a link's loss
  std::uint64_t cut = 0;        ///< by a partition
  std::uint64_t clogged = 0;    ///< held by a clogged link for a time
  std::uint64_t corrupt = 0;    ///< arrived with a bit flipped, and were thrown away where checksums are on
  std::uint64_t omitted = 0;    ///< taken out of the run
  std::uint64_t to_down = 0;    ///< arrived at a node that was down
  std::uint64_t timers = 0;     ///< fired
  std::uint64_t syncs = 0;      ///< disk syncs that took time
  std::uint64_t unhandled = 0;  ///< arrived at a node that has no handler for them
  SIM_DESCRIBE(Counters, events, sent, delivered, duplicated, lost, cut, clogged, corrupt, omitted, to_down, timers, syncs,
               unhandled)
};

/// What a client saw, for the history.
struct Observation {
  Time at{};
  NodeId node{};
  EventId event{};
  Payload what;
};

/// How often a mark was reached by the nodes of one system, and where first.
struct Mark {
  std::string name;
  std::uint32_t system = 0;  ///< by its place in the directory
  std::uint64_t count = 0;
  EventId first_event{};
  Time first_at{};
};

/// The event that step() handled last.
struct Step {
  EventKind kind{};
  EventId event{};
  NodeId node{};  ///< whose state it may have changed; of a fault nobody's: restarts are events of their own
  NodeId from{};
  std::uint64_t fault = 0;
  bool fault_ends = false;
  bool fault_strikes = false;  ///< a crash that waited for a save has come
};

class World;

/// What happened in a fault event, in words; empty where nothing did.
std::string fault_text(const World& world, const Step& step);

class World final : public View {
 public:
  /// An empty world. The seed decides everything that chance decides.
  explicit World(std::uint64_t seed) : seed_(seed), luck_(seed) {}

  // ---- before the start ----
  /// Adds a node; ids count from 0.
  NodeId add(NodeBox node, const NodeOptions& options);
  /// Lays the network between all nodes added so far, and schedules their start at time 0, in the order of their ids.
  void start(const Link& standard);
  /// Places that say ctx.maybe() fire from now on: each is on with probability `on`, and then fires with `fires`.
  void set_rarities(Ratio on, Ratio fires) { rarities_ = Rarities(seed_, on, fires); }
  /// Whether receivers throw corrupt messages away (they do unless told).
  void set_checksums(bool on) { checksums_ = on; }
  /// What is left out of this run.
  void omit(std::vector<Omission> omissions);
  /// What takes longer in this run.
  void delay(std::vector<Delay> delays);

  // ---- running ----
  /// Handles the next event due at or before `limit`. False: there is none (time then stands at `limit`, if it is finite).
  bool step(Time limit = Time::max());
  /// The event that the last successful step() handled.
  const Step& last() const { return last_; }
  /// Plans a fault; the number it gets. It begins at `at`, not before now().
  std::uint32_t schedule(Time at, Fault fault);
  /// Plans the end of a fault: what it broke is mended.
  void schedule_end(Time at, std::uint32_t fault);
  /// From now on everything that chance decides comes from another seed.
  void reseed(std::uint64_t seed);
  Network& network() { return network_; }
  /// Who sees the records of this run; none: nobody. A copy of the world has none.
  void watch(Sink* sink);
  bool watched() const { return sink_.who != nullptr; }
  /// Tells who watches that a node plays another role from the last event on, or is in another epoch.
  void tell_role(NodeId node, std::string_view role, std::uint64_t epoch);

  /// Who decides what else is left out; none: nobody. A copy of the world has none.
  void set_censor(Censor* censor) { censor_ = Watcher<Censor>{censor}; }

  // ---- looking ----
  Time now() const override { return now_; }
  const AnyNode& node(NodeId id) const override { return *slot(id).node; }
  template <class N>
  const N* node_as(NodeId id) const {
    return node(id).as<N>();
  }
  const Disk& disk(NodeId id) const override { return slot(id).disk; }
  bool up(NodeId id) const override { return slot(id).up && !slot(id).starting; }
  std::uint32_t incarnation(NodeId id) const override { return slot(id).incarnation; }
  bool paused(NodeId id) const { return slot(id).paused; }
  const Directory& directory() const override { return *directory_; }
  std::size_t size() const { return slots_.size(); }
  std::uint64_t seed() const { return seed_; }
  const Counters& counters() const { return counters_; }
  const CowLog<Observation>& observations() const { return observations_; }
  std::span<const Mark> marks() const { return marks_; }
  const std::vector<Rarities::Site>& rarities() const { return rarities_.sites(); }
  /// A planned fault; its targets are resolved once it has begun.
  const Fault& fault(std::uint32_t number) const { return faults_[number].fault; }
  std::span<const NodeId> fault_hit(std::uint32_t number) const { return faults_[number].hit; }
  std::size_t faults() const { return faults_.size(); }
  /// Whom a fault still ails; nobody where it has not begun, has ended, was mended by another or does its harm at once.
  std::vector<NodeId> ailed_by(std::uint32_t number) const;
  /// Whether a node has ever lost its disk.
  bool wiped(NodeId id) const { return slot(id).wiped; }
  std::size_t pending() const { return queue_.size(); }
  /// What a node has done so far, as an Omission counts it.
  std::uint64_t messages_sent(NodeId id) const { return slot(id).sent; }
  std::uint64_t timers_fired(NodeId id) const { return slot(id).fired; }
  /// Calls f(const Payload& what, Time due) for each timer of a node that is set, in no order that means anything. `due` is in
  /// true time.
  template <class F>
  void for_each_timer(NodeId id, F&& f) const {
    for (const Timer& timer : slot(id).timers) {
      if (timer.armed) f(timer.what, timer.due);
    }
  }

  /// Running digest of everything that was handled, always on: two runs with equal digests did the same.
  std::uint64_t trace_digest() const { return trace_.value(); }
  /// Digest of the state alone: nodes, disks, messages in flight, timers. Computed when asked for.
  std::uint64_t state_digest() const;
  /// The part of state_digest() that belongs to one node.
  std::uint64_t node_digest(NodeId id) const;

 private:
  static constexpr std::uint32_t kNoFault = ~std::uint32_t{0};
  struct Altered {                        // what of a node's doing is left out, or takes longer
    std::vector<std::uint64_t> messages;  // in order
    std::vector<std::uint64_t> timers;
    std::vector<Delay> delays;  // of messages, in order
  };
  // What is wrong with a node beyond being down or paused.
  struct Trouble {
    Duration cost{};  // of each event
    Time busy_until{};
    bool waking = false;  // a wake event is pending
    Duration disk_delay{};
    std::uint32_t disk_stalls = 0;
    std::uint32_t disk_full = 0;
    std::uint32_t disk_lies = 0;
    std::uint64_t stalled_sync = 0;  // the newest write of the sync that a stalled disk holds; 0: none
    std::uint32_t trap = kNoFault;   // the crash that waits for the next save
  };
  struct Held {  // a message that waits for the disk
    std::uint64_t until_write;
    NodeId to;
    EventId cause;
    Payload what;
  };
  // What every event touches stands first and begins a cache line.
  struct alignas(64) Slot {
    NodeBox node;
    std::uint64_t sent = 0;
    std::uint32_t incarnation = 0;
    std::uint32_t system = 0;
    bool up = true;
    bool starting = false;  // restarted, and start() has not run yet
    bool paused = false;
    bool syncing = false;
    bool instant_sync = true;
    bool slow = false;    // events cost time, or some wait in line
    bool wiped = false;   // it has lost its disk once
    bool ailing = false;  // something is wrong with its disk, or a trap is set
    Clock clock;
    Streams streams;
    Disk disk{};
    TimerTable timers{};
    std::vector<Held> held{};
    std::vector<Event> backlog{};  // while paused, and what waits in line for a slow node
    Trouble trouble{};
    std::uint64_t fired = 0;  // timers
    Rc<Altered> altered{};
    std::uint32_t down_by = kNoFault;
    std::uint32_t paused_by = kNoFault;
    Latency fsync;
    Rng disk_luck;
    Rc<NodeBox> pristine;  // what a restart begins with
    std::string_view (*role)(const AnyNode&) = nullptr;
  };
  struct PlannedFault {
    Fault fault;
    std::vector<NodeId> hit;  // resolved when it began
    bool active = false;      // begun and not ended
  };
  struct Clogged {  // a message that a clogged link holds
    NodeId from;
    NodeId to;
    std::uint64_t number;
    EventId cause;
    Payload what;
  };
  template <class T>
  struct Watcher {  // a pointer that does not follow a copy of the world
    T* who = nullptr;
    Watcher() = default;
    explicit Watcher(T* w) : who(w) {}
    Watcher(const Watcher&) {}
    Watcher& operator=(const Watcher& other) {
      if (&other != this) who = nullptr;
      return *this;
    }
    Watcher(Watcher&&) = default;
    Watcher& operator=(Watcher&&) = default;
    ~Watcher() = default;
  };

  Slot& slot(NodeId id) { return slots_[index(id)]; }
  const Slot& slot(NodeId id) const { return slots_[index(id)]; }

  bool on_start(Event& event);
  bool on_message(Event& event);
  bool on_timer(Event& event);
  bool on_sync(Event& event);
  bool on_fault(const Event& event);
  bool wait_in_line(Event& event);
  bool on_wake(const Event& wake);
  bool handle(Event& event);
  bool deliver_corrupt(Event& event);
  void begin_event(EventKind kind, NodeId node, NodeId from, std::uint64_t digest);

  template <class Handler>
  void run(NodeId id, Handler&& handler);
  void apply_effects(NodeId id);
  void persist(NodeId id);
  void send(NodeId from, NodeId to, const Payload& what, EventId cause);
  void transmit(NodeId from, NodeId to, std::uint64_t number, const Payload& what, EventId cause);
  void release_clogged();
  void set_timer(NodeId id, const Payload& what, Duration after);
  void cancel_timer(NodeId id, const Payload& what);
  bool persist_ailing(NodeId id);
  bool omitted(Omission::Kind kind, NodeId node, std::uint64_t number, NodeId to, const Payload& what);
  static Duration sync_time(Slot& s);
  void begin_sync(NodeId id, Duration takes);
  void reach(const Payload& mark);

  void begin_fault(std::uint32_t number);
  void end_fault(std::uint32_t number);
  void mend(std::uint32_t number, NodeId id);
  void heal_core(std::span<const NodeId> core);
  bool strike_disk(std::uint32_t number, NodeId id);
  void mend_disk(std::uint32_t number, NodeId id);
  bool set_trap(NodeId id, std::uint32_t fault);
  void update_ailing(NodeId id);
  bool strikes_in_vain(const Event& event) const;
  void fill_up(NodeId id);
  std::vector<NodeId> resolve(const Target& target) const;
  Disturbance disturbance(const Fault& fault, std::span<const NodeId> side) const;
  bool crash(NodeId id, std::uint32_t by);
  bool restart(NodeId id);
  bool pause(NodeId id, std::uint32_t by);
  bool resume(NodeId id);

  void record(RecordKind kind, NodeId node, NodeId peer, const Payload* what, std::string_view text = {}, EventId cause = {},
              Time sent = {}, std::uint64_t number = 0);
  void record_fault(std::uint32_t number);
  std::vector<FaultRecord::Ailing> ailments_changed();

  std::uint64_t seed_;
  std::uint64_t luck_;  // what chance decides by: the seed, or another since reseed()
  PoolRef pool_;
  Time now_{};
  EventQueue queue_;
  Digest trace_;
  Counters counters_;
  Step last_;
  Network network_;
  std::vector<Slot> slots_;
  Rc<Directory> directory_ = Rc<Directory>::make();
  std::vector<Effect> effects_;  // of the handler that runs; empty between events
  std::vector<PlannedFault> faults_;
  std::vector<Clogged> clogged_;  // in the order of sending
  Rarities rarities_;
  bool checksums_ = true;
  bool serving_ = false;  // the event in hand has stood in line already
  CowLog<Observation> observations_;
  std::vector<Mark> marks_;
  Watcher<Sink> sink_;
  std::vector<std::vector<NodeId>> ailing_;  // by fault: whom it ails as the sink knows it
  Watcher<Censor> censor_;
};

}  // namespace sim
