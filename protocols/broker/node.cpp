#include "protocols/broker/node.hpp"

#include <algorithm>
#include <utility>

namespace protocols::broker {

raft::Config Config::consensus() const { return raft::hosted_config(*this); }

std::string Config::wrong() const {
  if (max_poll_records == 0) return "max_poll_records is 0, expected at least 1";
  return consensus().wrong();
}

Node::Node(const Config& c, Mutant m) : raft(c.consensus()), config(c), mutant(m) {}

void Node::start(sim::Ctx& ctx) { raft.start(ctx); }

// Every server applies; the one that leads tells the client. What is applied is committed, so the answer need not wait for the
// disk.
void Node::catch_up(sim::Ctx& ctx) {
  const raft::Node::Log log = raft::Node::log(ctx);
  while (machine.applied < raft.applied_index) {
    const auto* command = log.at(machine.applied + 1).command.as<Command>();
    if (command == nullptr) {  // a leader's first entry
      machine.skip();
      continue;
    }
    const Done* before = machine.last_of(command->client);
    if (before != nullptr && before->sequence == command->sequence) ctx.mark("retry-recognised");
    const auto outcome = machine.apply(*command, planted(Mutant::not_idempotent));
    if (outcome && leads()) answer(ctx, *command, *outcome);
  }
}

void Node::answer(sim::Ctx& ctx, const Command& command, const Outcome& outcome) {
  ctx.send_at_once(command.client, Answer{command.sequence, true, {}, outcome});
}

Machine Node::ahead(sim::Ctx& ctx) const {
  Machine out = machine;
  const raft::Node::Log log = raft::Node::log(ctx);
  for (std::uint64_t i = machine.applied + 1; i <= log.last(); ++i) {
    if (const auto* command = log.at(i).command.as<Command>(); command != nullptr) out.apply(*command);
  }
  return out;
}

void Node::on(sim::Ctx& ctx, sim::NodeId from, const Command& command) {
  if (!leads()) {
    ctx.send_at_once(from, Answer{command.sequence, false, raft.leader, {}});
    return;
  }
  const Done* last = planted(Mutant::not_idempotent) ? nullptr : machine.last_of(command.client);
  if (last != nullptr && command.sequence <= last->sequence) {
    if (command.sequence == last->sequence) answer(ctx, command, last->outcome);
    return;
  }
  raft.offer(ctx, ctx.share(command));
  if (planted(Mutant::acks_leader)) {
    const Machine soon = ahead(ctx);
    if (const Done* done = soon.last_of(command.client); done->sequence == command.sequence) answer(ctx, command, done->outcome);
  }
}

void Node::on(sim::Ctx& ctx, sim::NodeId from, const Poll& poll) {
  const Machine state = planted(Mutant::beyond_high_watermark) ? ahead(ctx) : machine;
  Polled out{poll.sequence, {}};
  for (const auto& [partition, offset] : poll.from) {
    const std::uint64_t length = state.length(partition);
    if (length <= offset) {
      if (length < offset) ctx.mark("server-behind");
      continue;
    }
    const bool full = length - offset > config.max_poll_records;
    if (full) ctx.mark("poll-full");
    const std::uint64_t first = full && planted(Mutant::latest_first) ? length - config.max_poll_records : offset;
    out.batches.push_back(state.read(partition, first, config.max_poll_records));
  }
  ctx.send_at_once(from, std::move(out));
}

}  // namespace protocols::broker
