#include "protocols/services/node.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace protocols::services {

std::string Config::wrong() const {
  if (workers == 0) return "\"workers\" must be at least 1";
  if (attempts == 0) return "\"attempts\" counts the first one: at least 1";
  if (fan_out == 0) return "\"fan_out\" must be at least 1";
  if (brownout_factor == 0) return "\"brownout_factor\" must be at least 1";
  if (limit_count == 0 || limit_burst == 0 || limit_per == sim::Duration{}) return "limits must be above 0";
  if (std::max(limit_burst, limit_count) > static_cast<std::uint64_t>(sim::Duration::longest().ns / limit_per.ns)) {
    return "\"limit_burst\" and \"limit_count\" are too large for \"limit_per\"";
  }
  if (budget_window < sim::Duration{10}) return "\"budget_window\" must be at least 10ns";
  if (breaker_window_size == 0 || breaker_half_open_calls == 0) return "a breaker's windows must hold a call";
  if (backoff_factor < sim::Ratio::one()) return "\"backoff_factor\" must be at least 1";
  if (idempotency && !effects) return "\"idempotency\" protects \"effects\", and there are none";
  return {};
}

std::vector<std::string> Config::dependencies() const {
  std::vector<std::string> out;
  std::string name;
  for (const char c : calls + ",") {
    if (c == ' ') continue;
    if (c != ',') {
      name += c;
    } else if (!name.empty()) {
      out.push_back(std::exchange(name, {}));
    }
  }
  return out;
}

resilience::BreakerConfig Config::breaker_config() const {
  resilience::BreakerConfig c;
  c.window = breaker_window;
  c.window_size = breaker_window_size;
  c.minimum_calls = breaker_minimum_calls;
  c.failure_rate = breaker_failure_rate;
  c.slow_rate = breaker_slow_rate;
  c.slow_call = breaker_slow_call;
  c.open_for = breaker_open_for;
  c.half_open_calls = breaker_half_open_calls;
  c.half_open_for = breaker_half_open_for;
  return c;
}

resilience::RetryConfig Config::retry_config() const { return {attempts, backoff, backoff_base, backoff_cap, backoff_factor}; }

resilience::BudgetConfig Config::budget_config() const { return {budget_window, budget_min_per_second, budget_share}; }

Node::Node(const Config& c, Mutant m) : limiter(c.limiter, c.quota(), m), config(c), mutant(m) {
  keys.retention = config.key_retention;
  keys.mutant = mutant;
  for (std::string& name : config.dependencies()) {
    Dependency d;
    d.name = std::move(name);
    d.breaker = resilience::CircuitBreaker(config.breaker_config(), mutant);
    d.budget = resilience::RetryBudget(config.budget_config(), mutant);
    d.bulkhead = resilience::Bulkhead({config.bulkhead, {}});
    if (!config.breaker) d.breaker.force(BreakerState::disabled, {});
    dependencies.push_back(std::move(d));
  }
}

Second& Node::second(sim::Time now) {
  const auto at = static_cast<std::size_t>(std::max<std::int64_t>(now.ns, 0) / 1'000'000'000);
  if (at >= seconds.size()) seconds.resize(at + 1);
  return seconds[at];
}

Deed& Node::note(Did did, sim::Time now) {
  Deed& deed = deeds.emplace_back();
  deed.did = did;
  deed.at = now;
  return deed;
}

void Node::start(sim::Ctx& ctx) {
  if (!dependencies.empty()) {
    const std::uint64_t lives = ctx.saved<Lives>().count;
    next_attempt = lives << 32U;
    ctx.save(Lives{lives + 1});
  }
  if (!config.idempotency || planted(Mutant::keys_in_memory)) return;
  const Effects log = effects(ctx);
  for (std::uint64_t i = log.first(); i <= log.last(); ++i) {
    const Effect& e = log.at(i);
    keys.complete({sim::index(e.tenant), 0, e.key}, e.payload, e.receipt, e.at);
  }
}

// ---- requests -------------------------------------------------------------------------------------------------------

void Node::on(sim::Ctx& ctx, sim::NodeId from, const Request& request) {
  begin_event();
  ++second(ctx.now()).arrived;
  if (!let_in(ctx, from, request)) return;
  Job job;
  job.request = request;
  job.from = from;
  job.arrived = ctx.now();
  if (request.left < sim::Duration::longest()) job.deadline = resilience::Deadline::after(ctx.now(), request.left);
  if (jobs.size() >= config.workers && queue.size() >= config.queue) {
    ctx.mark("queue-full");
    refuse(ctx, job, Status::unavailable);
    return;
  }
  queue.emplace(next_job++, std::move(job));
  pump(ctx);
}

bool Node::let_in(sim::Ctx& ctx, sim::NodeId from, const Request& request) {
  const auto no = [&](Status status) {
    answer(ctx, from, request, ctx.now(), status, {});
    return false;
  };
  if (!limiter.admits(ctx.now())) {
    ctx.mark("limited");
    return no(Status::limited);
  }
  note(Did::admitted, ctx.now());
  if (!config.idempotency) return true;
  switch (keys.begin(scoped(request), request.payload, ctx.now())) {
    case resilience::Verdict::proceed: return true;
    case resilience::Verdict::missing: return no(Status::missing_key);
    case resilience::Verdict::conflict: ctx.mark("key-conflict"); return no(Status::conflict);
    case resilience::Verdict::mismatch: ctx.mark("key-mismatch"); return no(Status::mismatch);
    case resilience::Verdict::replay: break;
  }
  ctx.mark("key-replayed");
  answer(ctx, from, request, ctx.now() + request.left, Status::ok, *keys.find(scoped(request)));
  return false;
}

// Gives queued jobs to idle workers.
void Node::pump(sim::Ctx& ctx) {
  while (jobs.size() < config.workers && !queue.empty()) {
    const auto next = config.queue_order == QueueOrder::fifo ? queue.begin() : std::prev(queue.end());
    const std::uint64_t id = next->first;
    Job job = std::move(next->second);
    queue.erase(next);
    begin(ctx, id, std::move(job));
  }
}

void Node::begin(sim::Ctx& ctx, std::uint64_t id, Job job) {
  if (config.deadlines && job.deadline.passed(ctx.now()) && !planted(Mutant::works_past_deadline)) {
    ctx.mark("late-work-refused");
    refuse(ctx, job, Status::late);
    return;
  }
  note(Did::started, ctx.now()).deadline = job.deadline.at;
  jobs.emplace(id, std::move(job));
  const sim::Duration takes = work_time(ctx);
  if (takes > sim::Duration{}) {
    ctx.set_timer(Worked{id}, takes);
  } else {
    worked(ctx, id);
  }
}

sim::Duration Node::work_time(sim::Ctx& ctx) const {
  sim::Rng& rng = ctx.stream("service");
  sim::Duration takes = config.service_time;
  if (config.slow_share > sim::Ratio{} && rng.chance(config.slow_share)) {
    takes = config.slow_time;
  } else if (config.service_distribution == ServiceTime::exponential) {
    takes = sim::exponential(rng, config.service_time);
  } else if (config.service_distribution == ServiceTime::log_normal) {
    takes = sim::log_normal(rng, config.service_time, config.sigma);
  }
  const sim::Time from = sim::Time{} + config.brownout_at;
  const bool browned = ctx.now() >= from && ctx.now() < from + config.brownout_for;
  return browned ? takes * config.brownout_factor : takes;
}

void Node::on(sim::Ctx& ctx, const Worked& timer) {
  begin_event();
  worked(ctx, timer.job);
  pump(ctx);
}

// A worker is through with its own part: it goes wrong, or needs others, or is done.
void Node::worked(sim::Ctx& ctx, std::uint64_t id) {
  Job& job = jobs.at(id);
  sim::Rng& luck = ctx.stream("luck");
  if (luck.chance(config.failures)) {
    job.status = Status::failed;
  } else if (luck.chance(config.refusals)) {
    job.status = Status::rejected;
  }
  if (job.status != Status::ok || dependencies.empty()) {
    finish(ctx, id);
    return;
  }
  const std::uint32_t at_once = config.calls_in_turn ? 1 : calls_of_a_job();
  job.open = at_once;
  for (std::uint32_t i = 0; i < at_once; ++i) begin_call(ctx, id);  // the last one may end the job
}

// The next call that the job needs.
void Node::begin_call(sim::Ctx& ctx, std::uint64_t id) {
  Attempt first;
  first.job = id;
  first.dependency = jobs.at(id).begun++ % static_cast<std::uint32_t>(dependencies.size());
  if (config.budget) dependencies[first.dependency].budget.request(ctx.now());
  note(Did::requested, ctx.now()).dependency = first.dependency;
  call(ctx, first);
}

// The job is over: its effect happens, its caller is told, its worker is free.
void Node::finish(sim::Ctx& ctx, std::uint64_t id) {
  const Job job = std::move(jobs.at(id));
  jobs.erase(id);
  if (job.status != Status::ok) {
    refuse(ctx, job, job.status);
    return;
  }
  std::string receipt;
  if (config.effects) {
    Effects log = effects(ctx);
    receipt = "receipt " + std::to_string(log.last() + 1);
    log.append({job.request.tenant, job.request.key, job.request.payload, receipt, ctx.now()});
    if (config.idempotency) keys.complete(scoped(job.request), job.request.payload, receipt, ctx.now());
  }
  answer(ctx, job.from, job.request, job.deadline.at, Status::ok, std::move(receipt));
}

// Answers a request that took no effect. Its key is free again.
void Node::refuse(sim::Ctx& ctx, const Job& job, Status status) {
  if (config.idempotency) keys.give_back(scoped(job.request));
  answer(ctx, job.from, job.request, job.deadline.at, status, {});
}

void Node::answer(sim::Ctx& ctx, sim::NodeId to, const Request& request, sim::Time deadline, Status status, std::string body) {
  Second& now = second(ctx.now());
  ++(status == Status::ok && ctx.now() <= deadline ? now.good : now.other);
  if (status == Status::ok && config.effects) {
    Deed& deed = note(Did::answered, ctx.now());
    deed.key = std::to_string(sim::index(request.tenant)) + "/" + request.key;
    deed.payload = request.payload;
    deed.receipt = body;
    ctx.send(to, Reply{request.id, status, std::move(body)});  // when the effect is durable
    return;
  }
  ctx.send_at_once(to, Reply{request.id, status, std::move(body)});
}

}  // namespace protocols::services
