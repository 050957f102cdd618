// A service: it takes requests, works on them with a pool of workers behind a bounded queue, calls what it depends on, answers.
// Services of one scenario that name each other in `calls` make a chain or a graph; one that only calls is a gateway.
//
// The idea. A system of services fails in the calls between them. A dependency that is slow, not dead, holds its callers'
// workers; callers that retry multiply the load at the worst time; queues fill with work for which nobody waits any more, and
// the system stays down though its trigger is gone (Bronson et al., "Metastable Failures in Distributed Systems", HotOS 2021).
// What helps are guards, each small, each at its place, each a plain value of protocols/resilience:
//
//   a request comes in    rate limiter -> idempotency key -> queue -> deadline -> a worker
//   a call goes out       deadline -> throttle -> breaker -> bulkhead -> the wire, with a timeout
//   a call fails          attempts left? -> deadline -> retry budget -> backoff -> a call
//
// A worker is busy until its job is answered, calls included (a thread a request, the usual server). Its own work comes first,
// then its calls, all at once or in turn. A call that the caller's own guards refuse counts for nothing, neither for the breaker
// nor as a retry: it was never sent. Refusals by business rules are answers, and say that the dependency is well.
//
// Why effects happen once. See protocols/resilience/idempotency.hpp: the key is taken before the work, given back where the
// work had no effect, and recorded with the effect in one log record. The answer leaves when that record is durable.
//
// Deliberately left out: cancellation of calls in flight, hedged requests, discovery and balancing beyond round robin (a request
// with a key goes where the key's hash says), a store of keys that several servers share, streaming.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "protocols/resilience/deadline.hpp"
#include "protocols/resilience/idempotency.hpp"
#include "protocols/resilience/throttle.hpp"
#include "protocols/services/config.hpp"
#include "protocols/services/messages.hpp"
#include "sim/node/node.hpp"

namespace protocols::services {

using resilience::BreakerState;
using resilience::Outcome;

/// A request that is queued or worked on.
struct Job {
  Request request;
  sim::NodeId from{};
  resilience::Deadline deadline;
  sim::Time arrived{};
  std::uint32_t open = 0;      ///< calls that have not ended
  std::uint32_t begun = 0;     ///< calls that were begun
  Status status = Status::ok;  ///< the first that was not ok
  SIM_DESCRIBE(Job, request, from, deadline, arrived, open, begun, status)
};

/// One attempt at a call: on the wire, or waiting to be made again.
struct Attempt {
  std::uint64_t job = 0;
  std::uint32_t dependency = 0;
  std::uint32_t number = 0;  ///< from 0
  sim::Duration waited{};    ///< before this one
  resilience::Permit permit;
  sim::Time sent{};
  SIM_DESCRIBE(Attempt, job, dependency, number, waited, permit, sent)
};

/// A system that this service calls, and the guards of those calls.
struct Dependency {
  std::string name;
  resilience::CircuitBreaker breaker;
  resilience::RetryBudget budget;
  resilience::Bulkhead bulkhead;
  resilience::AdaptiveThrottle throttle;
  std::uint32_t next = 0;  ///< whose turn it is, of its members
  SIM_DESCRIBE(Dependency, name, breaker, budget, bulkhead, throttle, next)
};

/// What a service did while it handled one event, for claims and tests. Nothing in the service reads it.
enum class Did : std::uint8_t {
  admitted,   ///< past the limiter
  started,    ///< a worker took it up; `deadline` is the job's
  requested,  ///< a call is wanted, not a retry of one
  retried,    ///< a retry was granted
  called,     ///< an attempt went out; `deadline` is its own, `until` the job's
  refused,    ///< by the breaker or the bulkhead: nothing went out
  settled,    ///< an attempt ended
  answered,   ///< ok, with a receipt
};
SIM_DESCRIBE_ENUM(Did, admitted, started, requested, retried, called, refused, settled, answered)

/// A breaker as it is seen from outside.
struct Sight {
  BreakerState state{};
  std::uint64_t generation = 0;
  std::uint32_t out = 0;
  std::uint32_t probes = 0;
  resilience::Tally window;
  SIM_DESCRIBE(Sight, state, generation, out, probes, window)
};

struct Deed {
  Did did{};
  sim::Time at{};  ///< by the service's own clock
  std::uint32_t dependency = 0;
  sim::Time deadline = sim::Time::max();
  sim::Time until = sim::Time::max();
  std::uint64_t permit = 0;  ///< called, settled: the generation of its permit
  Outcome outcome{};         ///< settled
  bool slow = false;         ///< settled
  Sight before;              ///< called, refused, settled: the breaker
  Sight after;
  std::string key;            ///< answered
  std::uint64_t payload = 0;  ///< answered
  std::string receipt;        ///< answered
  SIM_DESCRIBE(Deed, did, at, dependency, deadline, until, permit, outcome, slow, before, after, key, payload, receipt)
};

/// What happened in one second of its clock.
struct Second {
  std::uint64_t arrived = 0;
  std::uint64_t good = 0;   ///< answered ok while its caller was waiting
  std::uint64_t other = 0;  ///< answered otherwise, or too late
  std::uint64_t calls = 0;  ///< attempts that went out
  SIM_DESCRIBE(Second, arrived, good, other, calls)
};

struct Node {
  explicit Node(const Config& config, Mutant mutant = Mutant::none);

  std::map<std::uint64_t, Job> queue;        ///< by arrival
  std::map<std::uint64_t, Job> jobs;         ///< those that have a worker
  std::map<std::uint64_t, Attempt> out;      ///< on the wire
  std::map<std::uint64_t, Attempt> resting;  ///< before a retry
  std::vector<Dependency> dependencies;
  resilience::RateLimiter limiter;
  resilience::IdempotencyStore keys;
  std::uint64_t next_job = 0;
  std::uint64_t next_attempt = 0;
  std::vector<Second> seconds;  ///< from the run's beginning
  std::vector<Deed> deeds;      ///< of the last event
  std::uint64_t handled = 0;    ///< events that it handled

  Config config;
  Mutant mutant = Mutant::none;
  SIM_DESCRIBE(Node, queue, jobs, out, resting, dependencies, limiter, keys, next_job, next_attempt, seconds, deeds, handled,
               config, mutant)

  using Inbox = sim::Accepts<Request, Reply, Worked, TimedOut, Again>;
  void start(sim::Ctx& ctx);
  void on(sim::Ctx& ctx, sim::NodeId from, const Request& request);
  void on(sim::Ctx& ctx, const Worked& timer);

  // calls.cpp
  void on(sim::Ctx& ctx, sim::NodeId from, const Reply& reply);
  void on(sim::Ctx& ctx, const TimedOut& timer);
  void on(sim::Ctx& ctx, const Again& timer);

  static constexpr std::string_view kEffects = "effects";
  using Effects = sim::DurableLog<Effect>;
  static Effects effects(sim::Ctx& ctx) { return ctx.log<Effect>(kEffects); }
  resilience::ScopedKey scoped(const Request& r) const { return {sim::index(r.tenant), 0, r.key}; }

 private:
  bool planted(Mutant bug) const { return mutant == bug; }
  void begin_event() {
    deeds.clear();
    ++handled;
  }
  Second& second(sim::Time now);
  Deed& note(Did did, sim::Time now);
  static Sight look(const Dependency& d);

  // Requests.
  bool let_in(sim::Ctx& ctx, sim::NodeId from, const Request& request);
  void pump(sim::Ctx& ctx);
  void begin(sim::Ctx& ctx, std::uint64_t id, Job job);
  void worked(sim::Ctx& ctx, std::uint64_t id);
  std::uint32_t calls_of_a_job() const { return static_cast<std::uint32_t>(dependencies.size()) * config.fan_out; }
  void begin_call(sim::Ctx& ctx, std::uint64_t id);
  void finish(sim::Ctx& ctx, std::uint64_t id);
  void refuse(sim::Ctx& ctx, const Job& job, Status status);
  void answer(sim::Ctx& ctx, sim::NodeId to, const Request& request, sim::Time deadline, Status status, std::string body);
  sim::Duration work_time(sim::Ctx& ctx) const;

  // Calls.
  void call(sim::Ctx& ctx, Attempt attempt);
  void settle(sim::Ctx& ctx, std::uint64_t id, Status status);
  void ended(sim::Ctx& ctx, std::uint64_t job, Status status);
  static Outcome outcome_of(Status status);
};

}  // namespace protocols::services
