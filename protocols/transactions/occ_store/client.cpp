#include "protocols/transactions/occ_store/client.hpp"

#include <algorithm>
#include <utility>

namespace protocols::occ_store {

using sim::check::Outcome;

namespace {

constexpr std::uint32_t kAttempts = 5;

}  // namespace

Client::Client(const sim::check::Workload& w, Does d) : workload(w), does(d), first_key(w.key_offset) {}

void Client::start(sim::Ctx& ctx) {
  const clients::Life life = clients::begin_life(ctx);
  generation = life.generation;
  sequence = life.sequence;
  value = life.value;
}

void Client::on(sim::Ctx& ctx, sim::NodeId, const Begin&) {
  const auto servers = ctx.members(workload.target);
  if (servers.empty()) return;
  near = leader = index(ctx.self()) % static_cast<std::uint32_t>(servers.size());
  if (!done()) ctx.set_timer(Next{}, workload.think);
}

void Client::on(sim::Ctx& ctx, const Next&) {
  if (phase != Phase::idle || done()) return;
  ++issued;
  const Draw draw{does, workload, first_key, done()};
  operation = draw_operation(draw, ctx.stream("workload"), value);
  // Fresh keys keep lists short: a list that is read as often as it is written costs its length squared.
  first_key += keys_left(draw, operation, writes);
  began = ctx.now();
  attempts = 0;
  ctx.observe(sim::check::Called{process(ctx), function_of(operation), input_of(operation)});
  attempt(ctx);
}

// ---- reading ----------------------------------------------------------------------------------------------------------

void Client::attempt(sim::Ctx& ctx) {
  ++sequence;
  phase = Phase::reading;
  snapshot.reset();
  known.clear();
  read_next(ctx);
}

void Client::read_next(sim::Ctx& ctx) {
  const Key* key = next_to_read(operation, known);
  if (key == nullptr) return commit(ctx);
  ctx.send(ctx.members(workload.target)[near], Read{sequence, *key, snapshot});
  wait(ctx, workload.retry_after);
}

void Client::on(sim::Ctx& ctx, sim::NodeId, const ReadReply& reply) {
  if (phase != Phase::reading || reply.sequence != sequence) return;
  const Key* wanted = next_to_read(operation, known);
  if (wanted == nullptr || *wanted != reply.key) return;  // a duplicate
  if (!reply.served) return read_elsewhere(ctx);
  snapshot = reply.snapshot;
  known.emplace_back(reply.key, reply.content);
  read_next(ctx);
}

// Nothing was handed in yet, so to give up is to fail.
void Client::read_elsewhere(sim::Ctx& ctx) {
  if (out_of_time(ctx)) return finish(ctx, Outcome::fail);
  near = clients::next_place(near, ctx.members(workload.target));
  attempt(ctx);
}

// ---- committing -------------------------------------------------------------------------------------------------------

void Client::commit(sim::Ctx& ctx) {
  effect = evaluate(operation, known);
  if (effect.refused) return finish(ctx, Outcome::fail);
  phase = Phase::committing;
  hops = 0;
  ask_leader(ctx);
}

void Client::ask_leader(sim::Ctx& ctx) {
  Commit commit{ctx.self(), sequence, snapshot.value_or(0), {}, {}};
  for (const auto& [key, content] : known) commit.reads.push_back(key);
  for (const auto& [key, content] : effect.writes) commit.writes.push_back({key, content});
  ctx.send(ctx.members(workload.target)[leader], std::move(commit));
  wait(ctx, workload.retry_after);
}

void Client::on(sim::Ctx& ctx, sim::NodeId from, const CommitReply& reply) {
  if (phase != Phase::committing || reply.sequence != sequence) return;
  switch (reply.status) {
    case Status::committed: return finish(ctx, Outcome::ok);
    case Status::not_leader: return refused(ctx, from, reply);
    case Status::aborted:
      if (++attempts >= kAttempts || out_of_time(ctx)) return finish(ctx, Outcome::fail);
      attempt(ctx);
  }
}

// Where the refusal points, at once; but while there is no leader all refuse, and hints can go in a circle: then it waits.
void Client::refused(sim::Ctx& ctx, sim::NodeId from, const CommitReply& reply) {
  const auto servers = ctx.members(workload.target);
  if (servers[leader] != from) return;  // it has asked another one since
  const auto hinted = clients::hinted_place(servers, from, reply.leader);
  if (!hinted || hops >= clients::kMostHops) return wait(ctx, workload.retry_after / 8);
  ++hops;
  leader = *hinted;
  ask_leader(ctx);
}

void Client::wait(sim::Ctx& ctx, sim::Duration at_most) {
  ctx.set_timer(Retry{}, clients::patience(ctx, workload, began, at_most));
}

void Client::on(sim::Ctx& ctx, const Retry&) {
  if (phase == Phase::reading) return read_elsewhere(ctx);
  if (phase != Phase::committing) return;
  if (out_of_time(ctx)) return finish(ctx, Outcome::info);
  leader = clients::next_place(leader, ctx.members(workload.target));
  hops = 0;
  ask_leader(ctx);
}

void Client::finish(sim::Ctx& ctx, Outcome outcome) {
  phase = Phase::idle;
  ctx.cancel_timer(Retry{});
  ctx.observe(sim::check::Answered{process(ctx), outcome, outcome == Outcome::ok ? output_of(operation, effect) : std::string()});
  if (outcome == Outcome::info) ++generation;
  if (!done()) ctx.set_timer(Next{}, workload.think);
}

}  // namespace protocols::occ_store
