#include "protocols/broker/client.hpp"

#include <algorithm>
#include <utility>

namespace protocols::broker {

namespace {

std::string number(std::uint64_t n) { return std::to_string(n); }

/// {"0":7,"1":3}
std::string offsets_text(const Offsets& offsets) {
  std::string out = "{";
  for (const auto& [partition, offset] : offsets)
    out += (out.size() > 1 ? ",\"" : "\"") + number(partition) + "\":" + number(offset);
  return out + "}";
}

/// {"0":[[7,5000001],[8,6000001]]}
std::string batches_text(const std::vector<Batch>& batches) {
  std::string out = "{";
  for (const Batch& batch : batches) {
    out += (out.size() > 1 ? ",\"" : "\"") + number(batch.partition) + "\":[";
    for (std::size_t i = 0; i < batch.values.size(); ++i)
      out += (i > 0 ? ",[" : "[") + number(batch.first + i) + "," + std::to_string(batch.values[i]) + "]";
    out += "]";
  }
  return out + "}";
}

std::string input_of(const Command& command) {
  switch (command.kind) {
    case CommandKind::send: return "[\"" + number(command.partition) + "\"," + std::to_string(command.value) + "]";
    case CommandKind::commit_offsets: return offsets_text(command.offsets);
    case CommandKind::list_committed_offsets: break;
  }
  std::string out = "[";
  for (const auto& [partition, unused] : command.offsets) out += (out.size() > 1 ? ",\"" : "\"") + number(partition) + "\"";
  return out + "]";
}

std::string output_of(const Command& command, const Outcome& outcome) {
  switch (command.kind) {
    case CommandKind::send: return number(outcome.offset);
    case CommandKind::commit_offsets: break;
    case CommandKind::list_committed_offsets: return offsets_text(outcome.offsets);
  }
  return {};
}

std::string function_of(const Command& command) {
  switch (command.kind) {
    case CommandKind::send: return "send";
    case CommandKind::commit_offsets: return "commit_offsets";
    case CommandKind::list_committed_offsets: break;
  }
  return "list_committed_offsets";
}

}  // namespace

Client::Client(const sim::check::Workload& w) : workload(w) {
  for (std::uint32_t i = 0; i < w.keys; ++i) positions.emplace_back(w.key_offset + i, 0);
}

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
  ++sequence;
  began = ctx.now();
  if (ctx.stream("workload").chance(workload.reads)) return poll(ctx);
  draw(ctx);
  phase = Phase::commanding;
  hops = 0;
  ctx.observe(sim::check::Called{process(ctx), function_of(command), input_of(command)});
  ask(ctx);
}

// Of ten commands eight are records: offsets are committed now and then.
void Client::draw(sim::Ctx& ctx) {
  sim::Rng& rng = ctx.stream("workload");
  const std::uint64_t which = rng.below(10);
  command = {ctx.self(), sequence, CommandKind::send, 0, 0, {}};
  if (which < 8) {
    command.partition = workload.key_offset + static_cast<std::uint32_t>(rng.below(workload.keys));
    command.value = value++;
    return;
  }
  command.kind = which == 8 ? CommandKind::commit_offsets : CommandKind::list_committed_offsets;
  command.offsets = positions;
}

// ---- polls ------------------------------------------------------------------------------------------------------------

void Client::poll(sim::Ctx& ctx) {
  phase = Phase::polling;
  ctx.observe(sim::check::Called{process(ctx), "poll", {}});
  ctx.send(ctx.members(workload.target)[near], Poll{sequence, positions});
  wait(ctx, workload.retry_after);
}

void Client::on(sim::Ctx& ctx, sim::NodeId, const Polled& polled) {
  if (phase != Phase::polling || polled.sequence != sequence) return;
  for (const Batch& batch : polled.batches) {
    const auto own = std::find_if(positions.begin(), positions.end(), [&](const auto& p) { return p.first == batch.partition; });
    if (own != positions.end()) own->second = batch.first + batch.values.size();
  }
  finish(ctx, sim::check::Outcome::ok, batches_text(polled.batches));
}

// ---- commands -----------------------------------------------------------------------------------------------------------

void Client::ask(sim::Ctx& ctx) {
  ctx.send(ctx.members(workload.target)[leader], command);
  wait(ctx, workload.retry_after);
}

// A refusal is followed where it points, at once; but while there is no leader all refuse: then it waits.
void Client::on(sim::Ctx& ctx, sim::NodeId from, const Answer& answer) {
  if (phase != Phase::commanding || answer.sequence != sequence) return;
  if (answer.done) return finish(ctx, sim::check::Outcome::ok, output_of(command, answer.outcome));
  const auto servers = ctx.members(workload.target);
  if (servers[leader] != from) return;  // it has asked another one since
  const auto hinted = clients::hinted_place(servers, from, answer.leader);
  if (!hinted || hops >= clients::kMostHops) return wait(ctx, workload.retry_after / 8);
  ++hops;
  leader = *hinted;
  ask(ctx);
}

void Client::wait(sim::Ctx& ctx, sim::Duration at_most) {
  ctx.set_timer(Retry{}, clients::patience(ctx, workload, began, at_most));
}

// A poll changes nothing, so one without an answer has failed; the next goes to another server.
void Client::on(sim::Ctx& ctx, const Retry&) {
  const auto servers = ctx.members(workload.target);
  if (phase == Phase::polling) {
    near = clients::next_place(near, servers);
    return finish(ctx, sim::check::Outcome::fail, {});
  }
  if (phase != Phase::commanding) return;
  if (out_of_time(ctx)) return finish(ctx, sim::check::Outcome::info, {});
  leader = clients::next_place(leader, servers);
  hops = 0;
  ask(ctx);
}

void Client::finish(sim::Ctx& ctx, sim::check::Outcome outcome, std::string output) {
  phase = Phase::idle;
  ctx.cancel_timer(Retry{});
  ctx.observe(sim::check::Answered{process(ctx), outcome, std::move(output)});
  if (outcome == sim::check::Outcome::info) ++generation;
  if (!done()) ctx.set_timer(Next{}, workload.think);
}

}  // namespace protocols::broker
